//! A wall clock that jumps while hours are sealed: nothing is lost, nothing is doubled, nothing goes for an age that it does not have.

use std::{path::Path, sync::Arc, time::Duration};

use super::{Timestamp, base, close, everything, id, observation, open, options, read_all};
use crate::store::{
    StoreOptions,
    blocks::Blocks,
    clock,
    database::Files,
    directory::Directory,
    holdings::Holdings,
    key::{self, Kind},
    query,
    queue::{Queue, Row, Work},
    record,
    seal::Step,
    shelf::Shelf,
    upkeep::Upkeep,
};

const HOUR: Duration = Duration::from_secs(3_600);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// A store whose clock is said from outside.
struct Bench {
    holdings: Holdings,
    directory: Directory,
    queue: Queue,
    upkeep: Upkeep,
    written: Vec<Arc<shared::Observation>>,
}

impl Bench {
    fn new(dir: &Path, now: Timestamp) -> Self {
        let bench = Self::open(dir);
        bench.holdings.shelf.set_format().expect("written");
        bench.directory.mark().expect("written");
        clock::believe(&bench.holdings.shelf, now);
        bench
    }

    /// A process that starts, with the directory as another left it.
    fn open(dir: &Path) -> Self {
        let directory = Directory::acquire(dir).expect("ours");
        let shelf = Shelf::open(&directory, Files::AsTheyAre).expect("opens");
        let blocks = Blocks::open(&directory.blocks(), &shelf).expect("opens");
        let eager = StoreOptions { grace: Duration::ZERO, rest: Duration::ZERO, ..options() };
        let upkeep = Upkeep::new(&eager);
        Self { holdings: Holdings { shelf, blocks }, directory, queue: Queue::new(1_000), upkeep, written: Vec::new() }
    }

    /// A prober with the same clock observes for some minutes, and upkeep does all there is to do.
    fn live(&mut self, now: Timestamp) {
        for second in 0..120 {
            let seen = observation(now.minus(Duration::from_secs(120)), second);
            let place = key::place(seen.started_at, &seen.probe.name, &seen.location);
            let key = key::observation(Kind::Observation, &id("cloud"), &place).into();
            let row = Row { number: 0, key, body: record::encode(&seen).into(), failure_key: None };
            let work = Work { rows: vec![row], changes: vec![] };
            self.holdings.shelf.commit(&work).expect("written");
            self.upkeep.written(&work);
            self.written.push(seen);
        }
        assert_eq!(self.tend(now), 0, "at {now}: nothing is as old as that");
        self.check(&format!("at {now}"));
    }

    /// Does all there is to do, and says how many results went.
    fn tend(&mut self, now: Timestamp) -> u64 {
        let mut removed = 0;
        loop {
            let done = self.upkeep.step(&mut self.holdings, &self.directory, &self.queue, now).expect("done");
            removed += done.removed;
            if done.step == Step::Done {
                return removed;
            }
        }
    }

    /// Everything is there, once.
    fn check(&mut self, about: &str) {
        self.written.sort_by_key(|row| row.started_at);
        let (mut query, mut found) = (everything(), Vec::new());
        loop {
            let page = query::answer(&self.holdings, &query).expect("reads");
            found.extend(page.observations);
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        assert!(found == self.written, "{about}: {} of {} are there", found.len(), self.written.len());
    }
}

#[tokio::test]
async fn a_clock_that_jumps_back_and_far_ahead_loses_doubles_and_removes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let right = base();
    let mut bench = Bench::new(dir.path(), right);
    // An hour back, a year ahead, back again, with hours that are sealed in each of these times.
    let minute = Duration::from_secs(300);
    for now in [
        right,
        right.plus(HOUR),
        right.plus(minute),
        right.plus(minute * 2),
        right.plus(YEAR),
        right.plus(YEAR + HOUR * 2),
        right.plus(HOUR * 2),
        right.plus(HOUR * 4),
    ] {
        bench.live(now);
    }
    let mut written = std::mem::take(&mut bench.written);
    drop(bench);
    written.sort_by_key(|row| row.started_at);
    let opened = open(dir.path());
    assert_eq!(opened.restored.faults, []);
    assert_eq!(read_all(&opened.handle).await, written);
    close(opened.handle).await;
}

#[test]
fn a_process_that_starts_with_a_clock_a_year_ahead_removes_nothing_before_it_has_held_for_a_day() {
    let dir = tempfile::tempdir().expect("a directory");
    let (right, wrong) = (base(), base().plus(YEAR));
    let mut bench = Bench::new(dir.path(), right);
    bench.live(right);
    bench.live(right.plus(HOUR));
    drop(bench);
    // Each start begins with what the one before has seen of the clock, not anew.
    for hours in [0, 1, 5, 10, 15, 20, 23] {
        assert_eq!(Bench::open(dir.path()).tend(wrong.plus(HOUR * hours)), 0, "{hours} hours after the leap");
    }
    assert_eq!(Bench::open(dir.path()).tend(wrong.plus(HOUR * 24)), 240, "it was no leap, but a long night");
}

#[test]
fn a_clock_that_is_set_right_again_removes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let (right, wrong) = (base(), base().plus(YEAR));
    let mut bench = Bench::new(dir.path(), right);
    bench.live(right);
    for now in [wrong, wrong.plus(HOUR), right.plus(HOUR), wrong.plus(HOUR * 30), right.plus(HOUR * 2)] {
        assert_eq!(bench.tend(now), 0, "at {now}");
    }
    bench.check("set right");
}
