//! Damage, files that vanish, and retention.

use super::*;

/// Turns a byte inside a frame of a file.
fn spoil(path: &Path, number: usize) -> Damage {
    let frame = BlockFile::open(path).expect("opens").frames()[number].clone();
    let mut bytes = fs::read(path).expect("readable");
    bytes[frame.offset as usize + 30] ^= 1;
    fs::write(path, bytes).expect("written");
    Damage { file: path.to_owned(), frame: Some(frame.name), offset: frame.offset, wrong: Wrong::Checksum }
}

#[test]
fn a_damaged_frame_is_passed_over_and_named_once() {
    let fixture = Fixture::with_hours([12, 13, 14]);
    let expected: Vec<_> = fixture.all();
    let damage = spoil(&fixture.dir.path().join("2026/11/22/13.blk"), 0);
    let lost = rows("cloud/login", hour(13), 9);
    let rest: Vec<_> = expected.into_iter().filter(|row| !lost.contains(row)).collect();
    assert_eq!(fixture.all(), rest);
    assert_eq!(fixture.all(), rest);
    assert_eq!(fixture.archive.take_damage(), [damage]);
    assert_eq!(fixture.archive.take_damage(), []);
}

#[test]
fn a_damaged_file_is_set_aside_and_the_rest_of_it_goes_on() {
    let mut fixture = Fixture::with_hours([13]);
    let path = fixture.dir.path().join("2026/11/22/13.blk");
    let damage = spoil(&path, 0);
    let kept = fixture.archive.set_aside(&damage).expect("set aside").expect("damaged");
    assert_eq!(kept, path.with_extension("blk.damaged-1"));
    assert!(BlockFile::open(&kept).expect("opens").verify().contains(&Damage { file: kept, ..damage.clone() }));
    assert_eq!(fixture.all(), rows("wiki/page", hour(13), 5));
    assert_eq!(fixture.archive.set_aside(&damage).expect("looked at"), None, "it is whole now");
    assert_eq!((fixture.archive.take_damage(), fixture.files().len()), (vec![], 2));
    fixture.reopen();
    assert_eq!(fixture.archive.bytes(), fixture.files().values().sum::<u64>());
    assert_eq!(fixture.archive.files().count(), 1);
}

#[test]
fn a_file_with_nothing_good_in_it_is_only_kept_aside() {
    let mut fixture = Fixture::with_hours([13]);
    let path = fixture.dir.path().join("2026/11/22/13.blk");
    fs::write(&path, b"nothing of ours").expect("written");
    assert_eq!(fixture.all(), []);
    let damage = fixture.archive.take_damage().remove(0);
    fixture.archive.set_aside(&damage).expect("set aside").expect("damaged");
    assert_eq!(fixture.files().keys().collect::<Vec<_>>(), ["2026/11/22/13.blk.damaged-1"]);
    assert_eq!(fixture.archive.files().count(), 0);
}

#[test]
fn merging_into_a_damaged_file_keeps_it_aside() {
    let mut fixture = Fixture::with_hours([13]);
    let path = fixture.dir.path().join("2026/11/22/13.blk");
    let damage = spoil(&path, 0);
    fixture.seal(hour(13), rows("wiki/page", hour(13), 6));
    assert_eq!(fixture.archive.take_damage(), [damage]);
    assert_eq!(fixture.all(), rows("wiki/page", hour(13), 6));
    assert!(path.with_extension("blk.damaged-1").exists());
}

#[test]
fn a_full_disk_changes_nothing_however_often_it_is_tried() {
    let mut fixture = Fixture::with_hours([13]);
    let path = fixture.dir.path().join("2026/11/22/13.blk");
    spoil(&path, 0);
    let before = fixture.all();
    for _ in 0..3 {
        std::os::unix::fs::symlink("/dev/full", path.with_extension("blk.new")).expect("linked");
        let mut frames = Some(("wiki/page@local".to_owned(), rows("wiki/page", hour(13), 6))).into_iter();
        let error = fixture.archive.merge(hour(13), || Ok(frames.next()), at_ease).expect_err("no space");
        assert!(matches!(error, BlockError::NoSpace(_)), "{error:?}");
        assert_eq!(fixture.all(), before);
    }
    let names = ["2026/11/22/13.blk", "2026/11/22/13.blk.damaged-1"];
    assert_eq!(fixture.files().keys().collect::<Vec<_>>(), names);
    fixture.seal(hour(13), rows("wiki/page", hour(13), 6));
    assert_eq!(fixture.all(), rows("wiki/page", hour(13), 6));
    assert_eq!(fixture.files().keys().collect::<Vec<_>>(), names);
    assert_eq!(fixture.archive.bytes(), fixture.files().values().sum::<u64>());
}

#[test]
fn joining_passes_over_damage_and_keeps_the_damaged_leaf_aside() {
    let mut fixture = Fixture::with_hours(0..24);
    let expected = fixture.all();
    let lost = rows("cloud/login", hour(13), 9);
    let damage = spoil(&fixture.dir.path().join("2026/11/22/13.blk"), 0);
    fixture.archive.join(day()).expect("joined");
    let rest: Vec<_> = expected.into_iter().filter(|row| !lost.contains(row)).collect();
    assert_eq!(fixture.all(), rest);
    assert_eq!(fixture.archive.take_damage(), [damage]);
    assert_eq!(fixture.files().keys().collect::<Vec<_>>(), ["2026/11/22.blk", "2026/11/22/13.blk.damaged-1"]);
}

#[test]
fn a_file_of_another_collection_is_not_read() {
    let fixture = Fixture::with_hours([13, 14]);
    let path = fixture.dir.path().join("2026/11/22/13.blk");
    Draft::create(&path, crate::store::block::Kind::Hours)
        .and_then(|draft| draft.finish().map_err(io::Error::other))
        .expect("written");
    assert_eq!(fixture.all().len(), 14);
    assert_eq!(fixture.archive.take_damage().remove(0).wrong, Wrong::Foreign);
}

#[test]
fn a_file_of_a_newer_version_is_passed_over_and_never_replaced() {
    let mut fixture = Fixture::with_hours([13, 14]);
    let path = fixture.dir.path().join("2026/11/22/13.blk");
    let mut bytes = fs::read(&path).expect("readable");
    bytes[8] = 2;
    let checksum = crc32c::crc32c(&bytes[..12]);
    bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
    fs::write(&path, &bytes).expect("written");
    assert_eq!((fixture.all().len(), fixture.archive.take_damage().remove(0).wrong), (14, Wrong::Newer(2)));
    let error = fixture.archive.join(day()).expect_err("newer");
    assert!(matches!(error, BlockError::Newer { found: 2, .. }), "{error:?}");
    assert_eq!((fs::read(&path).expect("readable"), fixture.files().len()), (bytes, 2));
}

#[test]
fn a_file_that_vanishes_is_no_error_for_the_rest() {
    let mut fixture = Fixture::with_hours(0..24);
    fs::remove_file(fixture.dir.path().join("2026/11/22/13.blk")).expect("removed");
    assert_eq!(fixture.all().len(), 23 * 14);
    fixture.archive.join(day()).expect("joined");
    assert_eq!((fixture.all().len(), fixture.archive.take_damage()), (23 * 14, vec![]));
}

#[test]
fn what_was_begun_and_not_finished_is_removed_and_strangers_stay() {
    let mut fixture = Fixture::with_hours([13]);
    for name in ["2026/11/22/14.blk.new", "2026/11/22/13.blk.new", "2026/notes.txt", "2026/11/22/13.blk.bak"] {
        fs::write(fixture.dir.path().join(name), b"x").expect("written");
    }
    fixture.reopen();
    let names = ["2026/11/22/13.blk", "2026/11/22/13.blk.bak", "2026/notes.txt"];
    assert_eq!(fixture.files().keys().collect::<Vec<_>>(), names);
    assert_eq!(fixture.archive.files().count(), 1);
}

#[test]
fn retention_removes_whole_files_whose_time_is_over_and_counts_their_bytes() {
    let mut fixture = Fixture::with_hours(0..48);
    fixture.archive.join(day()).expect("joined");
    assert_eq!(fixture.archive.remove_before(hour(24).minus(HOUR)), 0);
    let first = fixture.archive.oldest().expect("one");
    assert_eq!((first.0, fixture.archive.remove_oldest()), (hour(24), Some(first.1)));
    assert_eq!(fixture.archive.oldest().map(|(end, _)| end), Some(hour(25)));
    assert_eq!(fixture.archive.remove_before(hour(30)), 6);
    assert_eq!(fixture.archive.bytes(), fixture.files().values().sum::<u64>());
    assert_eq!(fixture.archive.remove_before(hour(48)), 18);
    assert_eq!((fixture.archive.bytes(), fixture.archive.oldest(), fixture.archive.remove_oldest()), (0, None, None));
    assert_eq!(fs::read_dir(fixture.dir.path()).expect("readable").count(), 0, "no empty directories are left");
}

#[test]
fn retention_takes_what_was_set_aside_with_it() {
    let mut fixture = Fixture::with_hours([13, 14]);
    let damage = spoil(&fixture.dir.path().join("2026/11/22/13.blk"), 0);
    fixture.archive.set_aside(&damage).expect("set aside");
    assert_eq!(
        fixture.archive.oldest(),
        Some((hour(14), fixture.archive.bytes() - fixture.files()["2026/11/22/14.blk"]))
    );
    fixture.archive.remove_oldest();
    assert_eq!(fixture.files().keys().collect::<Vec<_>>(), ["2026/11/22/14.blk"]);
}
