//! What a journal keeps over restarts, kills, damage and full disks.

use std::{fs, io::Write as _};

use proptest::prelude::*;
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

fn numbers(journal: &Journal) -> Vec<u64> {
    let picked = journal.pick(&everything(journal), usize::MAX);
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
    assert_eq!(numbers(&journal), [1, 2, 3, 4, 5, 6]);
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
fn a_torn_end_is_left_out_and_its_numbers_are_given_again() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 3));
    drop(journal);
    let part = parts(&directory).remove(0);
    let whole = fs::read(&part).expect("read");
    let frame = frame::seal(&[]).expect("a frame");
    for cut in 1..frame.len() {
        fs::write(&part, [whole.as_slice(), &frame[..cut]].concat()).expect("written");
        let journal = open(&directory);
        assert_eq!((journal.begins(), journal.state().damaged), (Sequence::new(4), 0), "{cut}");
    }
}

#[test]
fn damage_costs_the_frames_that_it_hit_and_is_counted_and_given_up() {
    let directory = directory();
    let mut journal = open(&directory);
    for second in 0..5 {
        journal.append(some(second, 1));
    }
    drop(journal);
    let part = parts(&directory).remove(0);
    let mut bytes = fs::read(&part).expect("read");
    let third = bytes.len() / 2;
    bytes[third] ^= 0xff;
    fs::write(&part, bytes).expect("written");
    let journal = open(&directory);
    assert_eq!((numbers(&journal), journal.state().damaged), (vec![1, 2, 4, 5], 1));
    let lost: Vec<(u64, u64)> = journal.pick(&everything(&journal), 9).lost.iter().map(Into::into).collect();
    assert_eq!(lost, [(3, 3)]);
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
    assert_eq!(numbers(&journal), [6]);
}

#[test]
fn what_was_acknowledged_goes_after_seven_days_and_not_before() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 5));
    drop(journal);
    let mut journal = open(&directory);
    let day = 86_400;
    journal.take_receipt(Sequence::new(5), Sequence::new(5), at(0));
    assert_eq!(journal.state().depth, 0);
    journal.forget(at(7 * day - 1));
    assert_eq!(numbers(&journal).len(), 5);
    journal.forget(at(7 * day));
    assert!(numbers(&journal).is_empty() && parts(&directory).is_empty());
    journal.append(some(6, 1));
    assert_eq!(numbers(&journal), [6]);
}

#[test]
fn a_hub_that_went_back_gets_everything_again_and_the_seven_days_begin_anew() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 5));
    drop(journal);
    let mut journal = open(&directory);
    let day = 86_400;
    journal.take_receipt(Sequence::new(5), Sequence::new(5), at(0));
    journal.take_receipt(Sequence::new(2), Sequence::new(2), at(6 * day));
    assert_eq!(journal.state().depth, 3);
    journal.take_receipt(Sequence::new(5), Sequence::new(5), at(6 * day + 9));
    journal.forget(at(8 * day));
    assert_eq!(numbers(&journal).len(), 5);
}

#[test]
fn a_full_journal_is_thinned_to_changes_of_verdicts_oldest_first() {
    let directory = directory();
    let options = JournalOptions { max_bytes: 1, ..JournalOptions::default() };
    let mut journal = open_with(&directory, options);
    let down = |second: i64| fresh(second, Verdict::Fail);
    journal.append([some(0, 10), vec![down(10), down(11)], some(12, 3)].concat());
    drop(journal);
    let mut journal = open_with(&directory, options);
    journal.forget(at(20));
    assert_eq!((numbers(&journal), journal.state().thinned), (vec![1, 11, 13, 15], 11));
    drop(journal);
    let journal = open_with(&directory, options);
    assert_eq!(numbers(&journal), [1, 11, 13, 15]);
    assert_eq!(journal.pick(&everything(&journal), 9).lost.count(), 11);
}

#[test]
fn what_the_hub_has_goes_before_anything_is_thinned() {
    let directory = directory();
    let options = JournalOptions { max_bytes: 1, ..JournalOptions::default() };
    let mut journal = open_with(&directory, options);
    journal.append(some(0, 10));
    drop(journal);
    let mut journal = open_with(&directory, options);
    journal.take_receipt(Sequence::new(10), Sequence::new(10), at(20));
    assert_eq!((numbers(&journal).len(), journal.state().thinned), (0, 0));
}

#[test]
fn a_disk_that_takes_nothing_leaves_results_in_memory_up_to_a_limit_and_they_are_written_later() {
    let directory = directory();
    let options = JournalOptions { in_memory: 4, ..JournalOptions::default() };
    let mut journal = open_with(&directory, options);
    // A place that is a file takes no file, whoever asks.
    let blocked = directory.path().join("blocked");
    fs::write(&blocked, "").expect("written");
    let place = std::mem::replace(&mut journal.directory, blocked);
    journal.append(some(0, 6));
    let state = journal.state();
    assert_eq!((state.depth, state.in_memory, state.dropped), (4, 4, 2));
    assert_eq!(numbers(&journal), [3, 4, 5, 6], "they can be reported all the same");
    journal.directory = place;
    journal.append(some(6, 1));
    assert_eq!((journal.state().in_memory, numbers(&journal)), (0, vec![3, 4, 5, 6, 7]));
    drop(journal);
    assert_eq!(numbers(&open(&directory)), [3, 4, 5, 6, 7]);
}

#[test]
fn a_journal_that_was_set_back_gives_its_own_results_new_numbers() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 3));
    drop(journal);
    let mut journal = open(&directory);
    journal.append(some(3, 2));
    journal.renumber(Sequence::new(100), &span(4, 5));
    assert_eq!((numbers(&journal), journal.begins()), (vec![1, 2, 3, 101, 102], Sequence::new(101)));
    journal.append(some(5, 1));
    drop(journal);
    assert_eq!(numbers(&open(&directory)), [1, 2, 3, 101, 102, 103]);
}

fn span(first: u64, last: u64) -> Spans {
    Span::new(Sequence::new(first), Sequence::new(last)).into_iter().collect()
}

#[test]
fn what_the_hub_has_keeps_its_number_when_the_rest_gets_new_ones() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 6));
    journal.renumber(Sequence::new(100), &span(5, 6));
    assert_eq!(numbers(&journal), [1, 2, 3, 4, 101, 102]);
    assert_eq!(journal.pick(&span(101, 101), 1).entries[0].observation.started_at, at(4));
    drop(journal);
    assert_eq!(numbers(&open(&directory)), [1, 2, 3, 4, 101, 102]);
}

#[test]
fn a_full_disk_keeps_what_waits_for_new_numbers_and_gives_them_later() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 4));
    journal.room = Some(0);
    journal.renumber(Sequence::new(100), &span(3, 4));
    journal.take_receipt(Sequence::new(4), Sequence::new(100), at(9));
    journal.append(some(4, 1));
    assert_eq!(
        (numbers(&journal).len(), journal.state().in_memory),
        (3, 1),
        "they wait, and are not sent under old numbers"
    );
    drop(journal);
    let mut journal = open(&directory);
    journal.flush();
    let mut starts: Vec<_> =
        journal.pick(&span(101, 999), 9).entries.iter().map(|entry| entry.observation.started_at).collect();
    starts.sort();
    assert_eq!(starts, [at(2), at(3)], "the one in memory is lost, those on the disk are not");
    assert_eq!(journal.pick(&span(1, 100), 9).entries.len(), 2);
}

#[test]
fn a_full_disk_gives_up_what_the_hub_has_before_anything_else() {
    let directory = directory();
    for round in 0..3 {
        open(&directory).append(some(round * 4, 4));
    }
    let mut journal = open(&directory);
    journal.take_receipt(Sequence::new(8), Sequence::new(8), at(20));
    journal.room = Some(journal.bytes());
    journal.append(some(12, 1));
    assert_eq!((numbers(&journal), journal.state().in_memory), (vec![5, 6, 7, 8, 9, 10, 11, 12, 13], 0));
}

#[test]
fn a_file_that_cannot_be_read_is_neither_thinned_nor_given_up() {
    let directory = directory();
    open(&directory).append(some(0, 10));
    let options = JournalOptions { max_bytes: 1, ..JournalOptions::default() };
    let mut journal = open_with(&directory, options);
    let part = parts(&directory).remove(0);
    let whole = fs::read(&part).expect("read");
    // A directory in its place: it is there, and reading it is an error.
    fs::remove_file(&part).and_then(|()| fs::create_dir(&part)).expect("in its place");
    journal.forget(at(20));
    let picked = journal.pick(&everything(&journal), 99);
    assert_eq!((picked.entries.len(), picked.lost.count(), journal.state().thinned), (0, 0, 0));
    // Half of it, by a disk that is dying.
    fs::remove_dir(&part).and_then(|()| fs::write(&part, &whole[..whole.len() / 2])).expect("in its place");
    journal.forget(at(20));
    assert_eq!((journal.state().thinned, part.exists()), (0, true));
    fs::write(&part, whole).expect("it is back");
    journal.forget(at(20));
    assert_eq!(numbers(&journal), [1, 10]);
}

#[test]
fn a_file_in_which_nothing_can_be_read_is_set_aside_and_counted() {
    let check = |bytes: &[u8], damaged: u64, files: usize| {
        let directory = directory();
        drop(open(&directory));
        fs::write(directory.path().join("journal/00000000000000000001.part"), bytes).expect("written");
        let journal = open(&directory);
        let left = fs::read_dir(directory.path().join("journal")).expect("a directory");
        let aside = left.filter(|found| found.as_ref().is_ok_and(|found| found.file_name() != "lock"));
        assert_eq!((journal.state().damaged, aside.count()), (damaged, files), "{bytes:?}");
    };
    let frame = frame::seal(&[]).expect("a frame");
    check(&[], 0, 0);
    check(&frame[..frame.len() - 1], 0, 0);
    check(&frame[..3], 0, 0);
    check(b"anything else", 1, 1);
    check(&[0; 100], 1, 1);
    let flipped = [&frame[..frame.len() - 1], &[frame[frame.len() - 1] ^ 1]].concat();
    check(&flipped, 1, 1);
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

/// The same directory once more.
fn copied(directory: &TempDir) -> TempDir {
    let copy = self::directory();
    fs::create_dir(copy.path().join("journal")).expect("made");
    for found in fs::read_dir(directory.path().join("journal")).expect("a directory") {
        let path = found.expect("an entry").path();
        fs::copy(&path, copy.path().join("journal").join(path.file_name().expect("a name"))).expect("copied");
    }
    copy
}

#[test]
fn a_kill_at_any_step_of_renumbering_leaves_each_result_under_one_number() {
    let before = directory();
    let mut journal = open(&before);
    for second in [0, 2, 4] {
        journal.append(some(second, 2));
        journal.take_back();
    }
    // It is noted what is to be moved, and nothing is moved yet.
    journal.room = Some(0);
    journal.renumber(Sequence::new(100), &span(2, 5));
    drop(journal);
    let after = copied(&before);
    open(&after).flush();
    let expected: Vec<_> = (0..6).map(at).collect();
    for (moved, has_marks) in (0..=3).flat_map(|moved| [(moved, true), (moved, false)]) {
        let state = copied(&before);
        for (old, new) in parts(&state).iter().zip(parts(&after)).take(moved) {
            fs::copy(new, old).expect("moved");
        }
        if !has_marks {
            // A power cut took the small file: it is never synced.
            fs::remove_file(state.path().join("journal/marks")).expect("removed");
        }
        let mut journal = open(&state);
        journal.flush();
        let picked = journal.pick(&span(1, 999), 99).entries;
        let mut starts: Vec<_> = picked.iter().map(|entry| entry.observation.started_at).collect();
        starts.sort();
        assert_eq!(starts, expected, "{moved} files were moved, marks: {has_marks}");
        if has_marks {
            let kept = picked.iter().filter(|entry| entry.sequence <= Sequence::new(100)).count();
            assert_eq!(kept, 2, "what the hub has keeps its number");
        }
    }
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
    assert_eq!((journal.state().depth, journal.state().oldest, numbers(&journal).len()), (1, Some(at(1)), 3));
    drop(journal);
    let mut journal = open(&directory);
    assert_eq!(journal.state().depth, 1, "after a restart too");
    journal.take_receipt(Sequence::new(2), Sequence::new(2), at(9));
    assert_eq!((journal.state().depth, journal.state().oldest), (0, None));
}

#[test]
fn a_kill_while_a_file_is_thinned_out_leaves_one_of_both() {
    let directory = directory();
    open(&directory).append(some(0, 10));
    let part = parts(&directory).remove(0);
    let whole = fs::read(&part).expect("read");
    let mut journal = open_with(&directory, JournalOptions { max_bytes: 1, ..JournalOptions::default() });
    journal.forget(at(20));
    drop(journal);
    fs::write(&part, whole).expect("it was not removed yet");
    assert_eq!(numbers(&open(&directory)), [1, 10]);
    assert_eq!(parts(&directory).len(), 1);
}

#[test]
fn what_was_set_aside_goes_with_its_age_and_is_never_more_than_a_few_files() {
    let directory = directory();
    let mut journal = open(&directory);
    let now = crate::probe::wall_clock();
    let aside = |number: u32| directory.path().join(format!("journal/0000000000000000{number:04}.damaged-1"));
    let left = || (0..12).filter(|number| aside(*number).exists()).collect::<Vec<_>>();
    for number in 0..12 {
        fs::write(aside(number), "x").expect("written");
        let age = Duration::from_secs(u64::from(12 - number) * 86_400 + 3_600);
        let written = File::options().write(true).open(aside(number)).expect("opens");
        written.set_modified(std::time::SystemTime::now() - age).expect("dated");
    }
    journal.forget(now.minus(Duration::from_secs(6 * 86_400)));
    assert_eq!(left(), [4, 5, 6, 7, 8, 9, 10, 11], "eight at most");
    journal.forget(now);
    assert_eq!(left(), [6, 7, 8, 9, 10, 11], "seven days at most");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is cut off or flipped: the journal opens, what it gives is what was kept, and numbers only grow.
    #[test]
    fn no_damage_makes_it_fail_or_lie(cut in 0_usize..2_000, flips in proptest::collection::vec(0_usize..2_000, 0..4), rounds in 1_i64..5) {
        let directory = directory();
        let mut journal = open(&directory);
        for round in 0..rounds {
            journal.append(some(round * 3, 3));
        }
        drop(journal);
        for part in parts(&directory) {
            let mut bytes = fs::read(&part).expect("read");
            let end = bytes.len().saturating_sub(cut % (bytes.len() + 1));
            bytes.truncate(end);
            for flip in &flips {
                if let Some(byte) = bytes.get_mut(*flip) {
                    *byte ^= 0x55;
                }
            }
            let mut file = File::create(&part).expect("created");
            file.write_all(&bytes).expect("written");
        }
        let mut journal = open(&directory);
        for entry in journal.pick(&everything(&journal), usize::MAX).entries {
            prop_assert_eq!(entry.observation.started_at, at(entry.sequence.number() as i64 - 1));
        }
        let before = journal.last();
        journal.append(some(100, 2));
        prop_assert_eq!(journal.last().number(), before.number() + 2);
    }
}
