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
