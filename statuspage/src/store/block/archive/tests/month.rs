//! An archive of days that are joined by month, with times that lie outside of what the file covers.

use super::*;
use crate::store::block::{Frame, Kind, span::Span};

/// A roll-up of a local day: it begins some hours before midnight UTC.
#[derive(Debug)]
enum Days {}

type Row = (String, i64, u32);

impl Content for Days {
    type Item = Row;
    type Key = (i64, String);

    const KIND: Kind = Kind::Days;
    const LEAF: Span = Span::Day;
    const JOINED: Span = Span::Month;
    const SLACK: Duration = DAY;
    const ROWS: usize = 100;

    fn frame((component, ..): &Row) -> String {
        component.clone()
    }

    fn key((component, start, _): &Row) -> Self::Key {
        (*start, component.clone())
    }

    fn at(&(_, start, _): &Row) -> Timestamp {
        Timestamp::from_millis(start)
    }

    fn pack(items: &[Row]) -> Vec<u8> {
        items.iter().flat_map(|(_, start, count)| [&start.to_le_bytes()[..], &count.to_le_bytes()].concat()).collect()
    }

    fn unpack(frame: &str, payload: &[u8]) -> Option<Vec<Row>> {
        let row = |bytes: &[u8]| {
            let (start, count) = bytes.split_first_chunk::<8>()?;
            Some((frame.to_owned(), i64::from_le_bytes(*start), u32::from_le_bytes(count.try_into().ok()?)))
        };
        payload.chunks(12).map(row).collect()
    }
}

/// The local day that begins an hour before the UTC day.
fn row(number: u32, count: u32) -> Row {
    ("cloud".to_owned(), day().plus(DAY * number).minus(HOUR).as_millis(), count)
}

fn seal(archive: &mut Archive<Days>, number: u32, row: Row) {
    let mut frames = Some(("cloud".to_owned(), vec![row])).into_iter();
    archive.merge(day().plus(DAY * number), || Ok(frames.next()), at_ease).expect("merged");
}

#[test]
fn local_days_are_found_by_their_own_start_and_joined_by_month() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut archive: Archive<Days> = Archive::open(dir.path()).expect("opens");
    (0..20).for_each(|number| seal(&mut archive, number, row(number, number)));
    assert_eq!(archive.joinable(day().plus(DAY * 20)), Some("2026-11-01T00:00:00Z".parse().expect("a time")));
    archive.join(day()).expect("joined");
    assert_eq!(archive.joinable(day().plus(DAY * 20)), None);
    assert_eq!(archive.files().count(), 1 + 11);
    let mut read = Vec::new();
    let (from, to) = (row(3, 0).1, row(12, 0).1);
    let visit = |rows| {
        read.extend(rows);
        ControlFlow::Continue(())
    };
    let (from, to) = (Timestamp::from_millis(from), Timestamp::from_millis(to));
    archive.read(from, to, Order::Ascending, |_| true, visit).expect("read");
    assert_eq!(read, (3..12).map(|number| row(number, number)).collect::<Vec<_>>());
}

#[test]
fn files_come_as_they_lie_the_newer_later() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut archive: Archive<Days> = Archive::open(dir.path()).expect("opens");
    (0..4).for_each(|number| seal(&mut archive, number, row(number, number)));
    archive.join(day()).expect("joined");
    seal(&mut archive, 2, row(2, 99));
    let items = |file: &BlockFile| {
        let unpack = |frame: &Frame| Days::unpack(&frame.name, &file.read(frame).expect("whole")).expect("readable");
        file.frames().iter().flat_map(unpack).collect::<Vec<_>>()
    };
    let rows: Vec<_> = archive.since(day().minus(DAY)).iter().map(|file| items(file)).collect();
    assert_eq!(rows, [(0..4).map(|number| row(number, number)).collect(), vec![row(2, 99)]]);
    assert_eq!(archive.since(day().plus(DAY * 40)).len(), 0);
}
