//! Results that get new numbers, over kills and full disks.

use super::*;

#[test]
fn a_journal_that_was_set_back_gives_its_own_results_new_numbers() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 3));
    drop(journal);
    let mut journal = open(&directory);
    journal.append(some(3, 2));
    journal.renumber(Sequence::new(100), &span(4, 5));
    assert_eq!((numbers(&mut journal), journal.begins()), (vec![1, 2, 3, 101, 102], Sequence::new(101)));
    journal.append(some(5, 1));
    drop(journal);
    assert_eq!(numbers(&mut open(&directory)), [1, 2, 3, 101, 102, 103]);
}

#[test]
fn what_the_hub_has_keeps_its_number_when_the_rest_gets_new_ones() {
    let directory = directory();
    let mut journal = open(&directory);
    journal.append(some(0, 6));
    journal.renumber(Sequence::new(100), &span(5, 6));
    assert_eq!(numbers(&mut journal), [1, 2, 3, 4, 101, 102]);
    assert_eq!(journal.pick(&span(101, 101), 1).entries[0].observation.started_at, at(4));
    drop(journal);
    assert_eq!(numbers(&mut open(&directory)), [1, 2, 3, 4, 101, 102]);
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
        (numbers(&mut journal).len(), journal.state().in_memory),
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
            // The small file is gone, whatever took it.
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

/// Three files of two results each, none of which the hub has.
fn three(directory: &TempDir) -> Journal {
    let mut journal = open(directory);
    for second in [0, 2, 4] {
        journal.append(some(second, 2));
        journal.take_back();
    }
    journal
}

#[test]
fn damage_does_not_keep_the_rest_from_new_numbers() {
    let directory = directory();
    let mut journal = three(&directory);
    let part = parts(&directory).remove(1);
    let mut bytes = fs::read(&part).expect("read");
    *bytes.last_mut().expect("a byte") ^= 0xff;
    fs::write(&part, bytes).expect("written");
    journal.renumber(Sequence::new(100), &span(1, 6));
    assert_eq!((numbers(&mut journal), journal.state().damaged), (vec![101, 102, 103, 104], 1));
    assert!(journal.marks.renumbering.is_empty(), "nothing waits");
}

#[test]
fn a_file_that_cannot_be_moved_now_waits_alone_and_the_journal_is_written_as_ever() {
    let check = |block: fn(&Path), clear: fn(&Path)| {
        let directory = directory();
        let mut journal = three(&directory);
        let part = parts(&directory).remove(1);
        block(&part);
        journal.renumber(Sequence::new(100), &span(1, 6));
        assert_eq!(numbers(&mut journal), [101, 102, 103, 104]);
        let before = parts(&directory).len();
        for second in 6..9 {
            journal.append(some(second, 1));
            journal.flush();
            assert_eq!((&journal.failing, parts(&directory).len()), (&None, before + 1), "one file is written on");
        }
        assert_eq!(numbers(&mut journal), [101, 102, 103, 104, 105, 106, 107]);
        clear(&part);
        journal.upkeep(at(20));
        assert_eq!((numbers(&mut journal).len(), journal.marks.renumbering.is_empty()), (9, true));
    };
    // It cannot be read: a directory is in its place.
    check(
        |part| fs::rename(part, part.with_extension("away")).and_then(|()| fs::create_dir(part)).expect("blocked"),
        |part| fs::remove_dir(part).and_then(|()| fs::rename(part.with_extension("away"), part)).expect("cleared"),
    );
    // What is to take its place cannot be written.
    check(
        |part| fs::create_dir(part.with_extension("new")).expect("blocked"),
        |part| fs::remove_dir(part.with_extension("new")).expect("cleared"),
    );
}

#[test]
fn nothing_is_moved_before_it_is_on_the_disk_what_is_to_be() {
    let directory = directory();
    let mut journal = three(&directory);
    let blocked = directory.path().join("journal/marks.new");
    fs::create_dir(&blocked).expect("blocked");
    journal.renumber(Sequence::new(100), &span(1, 6));
    assert!(numbers(&mut journal).is_empty(), "they wait");
    fs::remove_dir(&blocked).expect("cleared");
    journal.upkeep(at(20));
    assert_eq!(numbers(&mut journal), [101, 102, 103, 104, 105, 106]);
}
