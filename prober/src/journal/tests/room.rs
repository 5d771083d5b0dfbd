//! What goes when there is no room, and what stays.

use super::*;

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
    assert_eq!(numbers(&mut journal).len(), 5);
    journal.forget(at(7 * day));
    assert!(numbers(&mut journal).is_empty() && parts(&directory).is_empty());
    journal.append(some(6, 1));
    assert_eq!(numbers(&mut journal), [6]);
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
    assert_eq!(numbers(&mut journal).len(), 5);
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
    assert_eq!((numbers(&mut journal), journal.state().thinned), (vec![1, 11, 13, 15], 11));
    drop(journal);
    let mut journal = open_with(&directory, options);
    assert_eq!(numbers(&mut journal), [1, 11, 13, 15]);
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
    assert_eq!((numbers(&mut journal).len(), journal.state().thinned), (0, 0));
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
    assert_eq!(numbers(&mut journal), [3, 4, 5, 6], "they can be reported all the same");
    journal.directory = place;
    journal.append(some(6, 1));
    assert_eq!((journal.state().in_memory, numbers(&mut journal)), (0, vec![3, 4, 5, 6, 7]));
    drop(journal);
    assert_eq!(numbers(&mut open(&directory)), [3, 4, 5, 6, 7]);
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
    assert_eq!((numbers(&mut journal), journal.state().in_memory), (vec![5, 6, 7, 8, 9, 10, 11, 12, 13], 0));
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
    assert_eq!(numbers(&mut open(&directory)), [1, 10]);
    assert_eq!(parts(&directory).len(), 1);
}
