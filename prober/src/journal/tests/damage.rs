//! What becomes of files that are torn, damaged or cannot be read.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;

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
        let mut journal = open(&directory);
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
    let mut journal = open(&directory);
    assert_eq!((numbers(&mut journal), journal.state().damaged), (vec![1, 2, 4, 5], 1));
    let lost: Vec<(u64, u64)> = journal.pick(&everything(&journal), 9).lost.iter().map(Into::into).collect();
    assert_eq!(lost, [(3, 3)]);
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
    fs::remove_dir(&part).and_then(|()| fs::write(&part, whole)).expect("it is back");
    journal.forget(at(20));
    assert_eq!(numbers(&mut journal), [1, 10]);
}

/// Ends the file that is written: nothing of it is in memory any more.
fn ended(journal: &mut Journal) {
    journal.take_back();
}

/// Flips a byte of the frame with that number, so many bytes behind its beginning.
fn flip(part: &Path, number: u64, offset: usize) {
    let mut bytes = fs::read(part).expect("read");
    let frames = frame::read(&bytes).frames;
    let hit = frames.iter().find(|found| found.entries.iter().any(|entry| entry.sequence.number() == number));
    bytes[hit.expect("a frame").at + offset] ^= 0xff;
    fs::write(part, bytes).expect("written");
}

fn lost(journal: &mut Journal) -> Vec<(u64, u64)> {
    let wanted = everything(journal);
    journal.pick(&wanted, usize::MAX).lost.iter().map(Into::into).collect()
}

#[test]
fn damage_while_the_process_runs_costs_the_frame_that_it_hit_and_nothing_behind_it() {
    // Magic, length, checksum, results.
    for offset in [0, 4, 8, 12] {
        let directory = directory();
        let mut journal = open(&directory);
        (0..5).for_each(|second| journal.append(some(second, 1)));
        ended(&mut journal);
        flip(&parts(&directory)[0], 3, offset);
        for _ in 0..2 {
            assert_eq!((numbers(&mut journal), lost(&mut journal)), (vec![1, 2, 4, 5], vec![(3, 3)]), "{offset}");
            let state = journal.state();
            assert_eq!((state.damaged, state.depth, state.oldest), (1, 4, Some(at(0))), "{offset}");
        }
    }
}

#[test]
fn damage_to_the_file_that_is_written_costs_the_frame_that_it_hit() {
    let directory = directory();
    let mut journal = open(&directory);
    (0..30).for_each(|round| journal.append(some(round * 100, 100)));
    flip(&parts(&directory)[0], 1, 20);
    assert_eq!(lost(&mut journal), [(1, 64)]);
    journal.append(some(3_000, 1));
    assert_eq!((numbers(&mut journal).len(), journal.state().damaged), (3_001 - 64, 1));
}

#[test]
fn what_is_behind_the_end_of_a_file_that_was_cut_is_given_up() {
    let directory = directory();
    let mut journal = open(&directory);
    (0..5).for_each(|second| journal.append(some(second, 1)));
    ended(&mut journal);
    let part = parts(&directory).remove(0);
    let whole = fs::read(&part).expect("read");
    fs::write(&part, &whole[..whole.len() / 2]).expect("cut");
    assert_eq!((numbers(&mut journal), lost(&mut journal)), (vec![1, 2], vec![(3, 5)]));
}

#[test]
fn a_file_of_which_nothing_is_left_is_set_aside_and_the_rest_goes_on() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 3));
    ended(&mut journal);
    journal.append(some(3, 3));
    flip(&parts(&directory)[0], 1, 20);
    assert_eq!((numbers(&mut journal), lost(&mut journal)), (vec![4, 5, 6], vec![(1, 3)]));
    assert_eq!((journal.state().damaged, parts(&directory).len()), (1, 1));
    assert!(directory.path().join("journal/00000000000000000001.damaged-1").exists());
    flip(&parts(&directory)[0], 4, 20);
    ended(&mut journal);
    assert_eq!((numbers(&mut journal).len(), journal.state().damaged), (0, 2));
    assert!(directory.path().join("journal/00000000000000000004.damaged-1").exists());
}

#[test]
fn a_damaged_file_is_thinned_out_without_what_it_lost() {
    let directory = directory();
    let mut journal = open_with(&directory, JournalOptions { max_bytes: 1, ..JournalOptions::default() });
    (0..5).for_each(|second| journal.append(some(second * 3, 3)));
    ended(&mut journal);
    flip(&parts(&directory)[0], 7, 20);
    journal.forget(at(20));
    assert_eq!((numbers(&mut journal), journal.state().thinned, journal.state().damaged), (vec![1, 15], 10, 1));
}

#[test]
fn what_is_set_aside_stays_as_long_as_results_are_kept_however_old_it_is() {
    let directory = directory();
    drop(open(&directory));
    let part = directory.path().join("journal/00000000000000000001.part");
    fs::write(&part, "anything else").expect("written");
    let days = |number: u64| Duration::from_secs(number * 86_400);
    let written = File::options().write(true).open(&part).expect("opens");
    written.set_modified(std::time::SystemTime::now() - days(30)).expect("dated");
    let (mut journal, now) = (open(&directory), crate::probe::wall_clock());
    let aside = directory.path().join("journal/00000000000000000001.damaged-1");
    journal.upkeep(now.plus(days(6)));
    assert!(aside.exists());
    journal.upkeep(now.plus(days(8)));
    assert!(!aside.exists());
}

#[test]
fn a_file_in_which_nothing_can_be_read_is_set_aside_and_counted() {
    let check = |bytes: &[u8], damaged: u64, files: usize| {
        let directory = directory();
        drop(open(&directory));
        fs::write(directory.path().join("journal/00000000000000000001.part"), bytes).expect("written");
        let mut journal = open(&directory);
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
    journal.upkeep(now.minus(Duration::from_secs(6 * 86_400)));
    assert_eq!(left(), [4, 5, 6, 7, 8, 9, 10, 11], "eight at most");
    journal.upkeep(now);
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
