//! What a journal keeps over restarts.

mod damage;
mod renumbering;
mod room;

use shared::{Span, Verdict};
use tempfile::TempDir;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
}

fn fresh(second: i64, verdict: Verdict) -> Fresh {
    let json = serde_json::json!({
        "probe": "cloud/login", "location": "lyon", "started_at": at(second), "verdict": verdict, "failure": null,
        "timings": {}, "duration": 0.1, "certificate_expires_at": null, "confirmation": false,
    });
    Fresh { observation: serde_json::from_value(json).expect("an observation"), ahead_ms: Some(second) }
}

fn some(from: i64, count: i64) -> Vec<Fresh> {
    (from..from + count).map(|second| fresh(second, Verdict::Pass)).collect()
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn open(directory: &TempDir) -> Journal {
    open_with(directory, JournalOptions::default())
}

fn open_with(directory: &TempDir, options: JournalOptions) -> Journal {
    let pulse = Pulse::new("journal", Duration::from_secs(30));
    Journal::open(directory.path(), options).expect("opens").read(pulse)
}

fn everything(journal: &Journal) -> Spans {
    Spans::up_to(journal.last())
}

fn numbers(journal: &mut Journal) -> Vec<u64> {
    let wanted = everything(journal);
    let picked = journal.pick(&wanted, usize::MAX);
    picked.entries.iter().map(|entry| entry.sequence.number()).collect()
}

/// The files with results, in their order.
fn parts(directory: &TempDir) -> Vec<PathBuf> {
    let found = fs::read_dir(directory.path().join("journal")).expect("a directory");
    let mut parts: Vec<_> = found.map(|found| found.expect("an entry").path()).collect();
    parts.retain(|path| path.extension().is_some_and(|end| end == segment::WHOLE || end == segment::THIN));
    parts.sort();
    parts
}

fn span(first: u64, last: u64) -> Spans {
    Span::new(Sequence::new(first), Sequence::new(last)).into_iter().collect()
}

#[test]
fn what_was_kept_is_there_after_a_restart_and_numbers_go_on() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 3));
    journal.append(some(3, 2));
    drop(journal);
    let mut journal = open(&directory);
    assert_eq!((journal.begins(), journal.state().depth), (Sequence::new(6), 5));
    journal.append(some(5, 1));
    assert_eq!(numbers(&mut journal), [1, 2, 3, 4, 5, 6]);
    let picked = journal.pick(&everything(&journal), 2);
    assert_eq!(picked.entries[1].ahead_ms, Some(1));
    assert_eq!(picked.entries[1].observation.started_at, at(1));
}

#[test]
fn two_processes_cannot_have_one_journal() {
    let directory = directory();
    let _journal = open(&directory);
    let second = Journal::open(directory.path(), JournalOptions::default());
    assert!(matches!(second, Err(JournalError::Locked(_))));
}

#[test]
fn numbers_that_the_hub_knows_are_never_given_again_even_when_the_end_is_lost() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 5));
    journal.take_receipt(Sequence::new(5), Sequence::new(5), at(9));
    drop(journal);
    for part in parts(&directory) {
        fs::remove_file(part).expect("removed");
    }
    let mut journal = open(&directory);
    assert_eq!(journal.begins(), Sequence::new(6));
    journal.append(some(9, 1));
    assert_eq!(numbers(&mut journal), [6]);
}

#[test]
fn more_is_written_than_one_file_holds_and_comes_back_in_order() {
    let directory = directory();
    let mut journal = open(&directory);
    for round in 0..40 {
        let mut noisy = some(round * 500, 500);
        for (number, fresh) in noisy.iter_mut().enumerate() {
            // What does not compress, so that files fill.
            let digest =
                aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &(round * 500 + number as i64).to_be_bytes());
            fresh.observation.failure = Some(shared::Failure::new(shared::FailureKind::Body, format!("{digest:?}")));
        }
        journal.append(noisy);
    }
    assert!(parts(&directory).len() > 1);
    assert_eq!(journal.held(), Spans::up_to(Sequence::new(20_000)));
    let wanted: Spans = Span::new(Sequence::new(9_990), Sequence::new(10_010)).into_iter().collect();
    assert_eq!(journal.pick(&wanted, 5).entries[4].sequence, Sequence::new(9_994));
}

#[test]
fn the_newest_results_are_reported_from_memory_and_older_ones_by_the_place_where_they_lie() {
    let directory = directory();
    let mut journal = open(&directory);
    for round in 0..30 {
        journal.append(some(round * 100, 100));
    }
    let part = parts(&directory).remove(0);
    let bytes = fs::read(&part).expect("read");
    fs::write(&part, "").expect("emptied");
    let newest = journal.pick(&span(2_501, 3_000), 500);
    assert_eq!((newest.entries.len(), newest.lost.count()), (500, 0), "nothing is read");
    assert!(journal.pick(&span(1, 100), 500).entries.is_empty(), "older ones are not in memory");
    // All but one frame in the middle is gone: only that is read.
    let all = frame::read(&bytes);
    let middle = all.frames.iter().find(|found| found.entries[0].sequence > Sequence::new(700)).expect("a frame");
    let wanted = Span::new(middle.entries[0].sequence, middle.entries[0].sequence).into_iter().collect();
    let mut holes = vec![0; bytes.len()];
    holes[middle.at..middle.at + middle.length].copy_from_slice(&bytes[middle.at..middle.at + middle.length]);
    fs::write(&part, holes).expect("written");
    assert_eq!(journal.pick(&wanted, 1).entries, [middle.entries[0].clone()]);
}

#[test]
fn canaries_travel_and_are_not_counted_as_waiting() {
    let directory = directory();
    let mut journal = open(&directory);
    let canary = |second: i64| {
        let mut fresh = fresh(second, Verdict::Fail);
        fresh.observation.probe = "belfry-canary/502".parse().expect("an id");
        fresh
    };
    journal.append(vec![canary(0), fresh(1, Verdict::Pass), canary(2)]);
    assert_eq!((journal.state().depth, journal.state().oldest, numbers(&mut journal).len()), (1, Some(at(1)), 3));
    drop(journal);
    let mut journal = open(&directory);
    assert_eq!(journal.state().depth, 1, "after a restart too");
    journal.take_receipt(Sequence::new(2), Sequence::new(2), at(9));
    assert_eq!((journal.state().depth, journal.state().oldest), (0, None));
}
