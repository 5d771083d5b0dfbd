//! Verifying, repairing, backing up and restoring, with the damage that calls for them.

use std::{fs, path::PathBuf};

use super::*;
use crate::store::{
    BackupPoint, Offline, Over, Restoration, RestorationError,
    block::{Content as _, Draft, Facts, Kind, Raw},
    database::Files,
    directory::Directory,
    repair,
    shelf::Shelf,
};

/// A store with a minute of results and a closed hub.
async fn filled(dir: &Path) -> Vec<Arc<Observation>> {
    let opened = open(dir);
    let all = observations(base(), 0..60);
    assert_eq!(opened.handle.append(all.clone()).await, Durability::Synced);
    close(opened.handle).await;
    all
}

/// A frame of so many results of a probe of `wiki`.
fn put(draft: &mut Draft, probe: &str, count: u64) {
    let probe: shared::ProbeId = probe.parse().expect("an id");
    let rows: Vec<_> = observations(base(), 0..count)
        .iter()
        .map(|row| Observation { probe: probe.clone(), ..(**row).clone() })
        .collect();
    let (from, to) = (rows[0].started_at, rows[rows.len() - 1].started_at);
    let facts = Facts { rows: u32::try_from(count).expect("small"), from, to };
    draft.put(&format!("{probe}@local"), facts, &Raw::pack(&rows)).expect("written");
}

/// A block file with three frames.
fn block(dir: &Path, name: &str) -> PathBuf {
    let path = dir.join("blocks").join(name);
    let mut draft = Draft::create(&path, Kind::Raw).expect("begun");
    for probe in ["wiki/a", "wiki/b", "wiki/c"] {
        put(&mut draft, probe, 20);
    }
    draft.finish().expect("in place");
    path
}

fn flip(path: &Path, text: &str) {
    let mut bytes = fs::read(path).expect("there");
    let at = bytes.windows(text.len()).position(|part| part == text.as_bytes()).expect("it is in there");
    bytes[at + text.len() * 3] ^= 1;
    fs::write(path, bytes).expect("written");
}

/// Damages one row of the database without the database's knowing.
fn damage_a_row(dir: &Path) {
    let shelf = Shelf::open(&Directory::acquire(dir).expect("ours"), Files::AsTheyAre).expect("opens");
    let mut key = None;
    let found = shelf.scan(b"o", b"p", crate::store::database::Order::Ascending, |found, _| {
        key = Some(found.to_vec());
        std::ops::ControlFlow::Break(())
    });
    found.expect("reads");
    shelf.put_raw(&key.expect("a row"), b"not what was written");
}

fn audited(dir: &Path) -> crate::store::Report {
    let store = Offline::open(dir).expect("opens");
    let mut audit = store.audit().expect("reads");
    while audit.step() {}
    audit.finish()
}

fn read(dir: &Path) -> Vec<Arc<Observation>> {
    Offline::open(dir).expect("opens").observations(&everything()).expect("reads").observations
}

#[tokio::test]
async fn verifying_finds_each_damage_and_names_its_place() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path()).await;
    let path = block(dir.path(), "raw/2026/11/22.blk");
    let sound = audited(dir.path());
    assert!(sound.is_sound(), "{sound:?}");
    let checked = &sound.checked;
    assert_eq!((checked.results["local"], checked.files, checked.frames), (60, 1, 3));
    assert_eq!(checked.bytes, path.metadata().expect("there").len());
    flip(&path, "wiki/b@local");
    damage_a_row(dir.path());
    let report = audited(dir.path());
    let said: Vec<_> = report.findings.iter().map(|finding| (finding.file.as_str(), finding.what.as_str())).collect();
    let expected =
        [("the database", "its checksum does not fit"), ("blocks/raw/2026/11/22.blk", "its checksum does not fit")];
    assert_eq!(said, expected);
    assert!(report.findings[1].part.as_ref().is_some_and(|part| part.contains("wiki/b@local")), "{report:?}");
    assert_eq!(audited(dir.path()), report, "looking changes nothing");
}

#[tokio::test]
async fn a_result_that_vanished_without_a_word_is_missed() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path()).await;
    let shelf = Shelf::open(&Directory::acquire(dir.path()).expect("ours"), Files::AsTheyAre).expect("opens");
    let mut tallies = shelf.tallies();
    tallies.get_mut("local").expect("counted").written += 1;
    shelf.set_tallies(tallies).expect("written");
    drop(shelf);
    let report = audited(dir.path());
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].what, "61 results of local should be there, and 60 are");
}

#[tokio::test]
async fn a_frame_that_is_as_it_was_written_and_cannot_be_unpacked_is_named_and_kept_apart() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path()).await;
    let path = dir.path().join("blocks/raw/2026/11/22.blk");
    let mut draft = Draft::create(&path, Kind::Raw).expect("begun");
    put(&mut draft, "wiki/a", 20);
    let facts = Facts { rows: 1, from: base(), to: base() };
    draft.put("wiki/b@local", facts, b"no results").expect("written");
    draft.finish().expect("in place");
    let report = audited(dir.path());
    let said: Vec<_> = report.findings.iter().map(|finding| (finding.what.as_str(), &finding.advice)).collect();
    assert!(
        matches!(said[..], [("its content cannot be read", advice)] if advice.contains("please report")),
        "{said:?}"
    );
    let repaired = repair(dir.path()).expect("repaired");
    assert_eq!((repaired.damaged_files[0].frames, repaired.damaged_files[0].kept.exists()), (1, true));
    assert!(audited(dir.path()).is_sound());
}

#[tokio::test]
async fn repair_saves_all_that_is_sound_and_keeps_the_rest() {
    let dir = tempfile::tempdir().expect("a directory");
    let all = filled(dir.path()).await;
    let path = block(dir.path(), "raw/2026/11/22.blk");
    let untouched = repair(dir.path()).expect("nothing to do");
    assert!(untouched.is_sound() && untouched.kept.is_none() && untouched.damaged_files.is_empty());
    flip(&path, "wiki/b@local");
    damage_a_row(dir.path());
    let repaired = repair(dir.path()).expect("repaired");
    assert_eq!((repaired.damaged_rows, repaired.damaged_files.len()), (1, 1));
    let file = &repaired.damaged_files[0];
    assert_eq!((file.frames, file.damage.len(), file.kept.exists()), (2, 1, true));
    assert!(repaired.kept.is_some_and(|kept| kept.join("store/db").exists()), "the old database is kept");
    assert_eq!(read(dir.path()), all[1..], "all but the damaged row");
    let after = audited(dir.path());
    assert!(after.is_sound(), "{after:?}");
    assert_eq!(after.checked.frames, 2);
    let opened = open(dir.path());
    assert!(opened.restored.faults.is_empty(), "{:?}", opened.restored.faults);
    assert_eq!(read_all(&opened.handle).await, all[1..]);
}

#[tokio::test]
async fn a_database_of_which_nothing_can_be_read_is_kept_and_a_new_one_begins() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path()).await;
    let database = dir.path().join("store/db");
    let garbage = vec![0x5a; fs::metadata(&database).expect("there").len() as usize];
    fs::write(&database, &garbage).expect("written");
    fs::write(dir.path().join("store/conf"), b"garbage").expect("written");
    let refused = Offline::open(dir.path()).map(drop);
    assert!(matches!(refused, Err(crate::store::OfflineError::Damaged { .. })), "{refused:?}");
    fs::write(&database, &garbage).expect("written");
    let repaired = repair(dir.path()).expect("repaired");
    assert!(repaired.rows == 0 && !repaired.breaks.is_empty(), "{repaired:?}");
    assert_eq!(fs::read(repaired.kept.expect("kept").join("store/db")).expect("there"), garbage);
    let opened = open(dir.path());
    assert_eq!(opened.restored.faults, []);
    close(opened.handle).await;
}

/// What a point's directory holds, in another place.
fn unpacked(point: &BackupPoint, to: &Restoration) {
    let mut bytes = Vec::new();
    crate::backup::pack(point.directory(), point.head(), &mut bytes).expect("packed");
    crate::backup::unpack(bytes.as_slice(), to.incoming()).expect("unpacked");
}

#[tokio::test]
async fn a_copy_of_an_open_store_is_that_of_one_instant_and_leaves_nothing_behind() {
    let (dir, elsewhere) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    block(dir.path(), "raw/2026/11/22.blk");
    fs::write(dir.path().join("blocks/raw/2026/11/23.blk.new"), "under way").expect("written");
    let handle = open(dir.path()).handle;
    let before = observations(base(), 0..40);
    handle.append(before.clone()).await;
    let point = handle.backup().await.expect("copied");
    handle.append(observations(base(), 40..60)).await;
    assert_eq!(point.head().block_files, 1);
    let restoration = Restoration::begin(elsewhere.path(), Over::Nothing).expect("empty");
    unpacked(&point, &restoration);
    let restored = restoration.finish().expect("sound");
    assert_eq!((restored.rows, restored.block_files, restored.kept), (point.head().rows, 1, None));
    assert_eq!(read(elsewhere.path()), before);
    assert!(audited(elsewhere.path()).is_sound());
    let copy = point.directory().to_owned();
    drop(point);
    assert!(!copy.exists());
    close(handle).await;
}

#[tokio::test]
async fn a_restoration_that_is_given_up_or_cut_off_leaves_the_old_store() {
    let dir = tempfile::tempdir().expect("a directory");
    let all = filled(dir.path()).await;
    assert!(matches!(Restoration::begin(dir.path(), Over::Nothing), Err(RestorationError::Taken(_))));
    let restoration = Restoration::begin(dir.path(), Over::SetAside).expect("ours");
    assert!(Offline::open(dir.path()).is_err(), "nobody else works in the directory meanwhile");
    fs::write(restoration.incoming().join("rows.blk"), "not a dump").expect("written");
    assert!(matches!(restoration.finish(), Err(RestorationError::Damaged(_))));
    assert_eq!(read(dir.path()), all);
    assert!(!dir.path().join("store.incoming").exists(), "who opens the directory next tidies up");
}

/// Writes the backup of a store into a directory of backups, under the name that a schedule would give it.
async fn back_up(handle: &StoreHandle, backups: &Path) {
    let point = handle.backup().await.expect("copied");
    let file = fs::File::create(backups.join(crate::backup::name_at(point.head().made_at))).expect("made");
    crate::backup::pack(point.directory(), point.head(), file).expect("packed");
}

#[tokio::test]
async fn a_database_that_is_damaged_or_gone_begins_with_the_last_good_backup() {
    let (dir, backups) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let before = filled(dir.path()).await;
    let options = StoreOptions { backups: Some(backups.path().to_owned()), ..options() };
    let handle = Store::open(dir.path(), options.clone()).expect("opens").handle;
    back_up(&handle, backups.path()).await;
    fs::write(backups.path().join("belfry-2999-01-01T00-00-00Z.tar"), "no backup, and the newest by its name")
        .expect("written");
    handle.append(observations(base(), 60..70)).await;
    close(handle).await;
    let check = async |words: &str| {
        let opened = Store::open(dir.path(), options.clone()).expect("opens");
        let said: Vec<_> = opened.restored.faults.iter().map(ToString::to_string).collect();
        assert!(said.len() == 2 && said[0].contains(words) && said[1].contains("were put into the new"), "{said:?}");
        assert_eq!(read_all(&opened.handle).await, before);
        close(opened.handle).await;
        assert!(audited(dir.path()).is_sound());
    };
    fs::write(dir.path().join("store/db"), vec![0x5a; 100_000]).expect("written");
    fs::write(dir.path().join("store/conf"), "garbage").expect("written");
    check("was damaged").await;
    fs::remove_dir_all(dir.path().join("store")).expect("removed");
    check("is gone").await;
}

#[tokio::test]
async fn a_block_file_that_is_missing_or_another_one_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path()).await;
    let (first, second) = (block(dir.path(), "raw/2026/11/21.blk"), block(dir.path(), "raw/2026/11/22.blk"));
    close(open(dir.path()).handle).await;
    assert!(audited(dir.path()).is_sound(), "the hub has put them on its list");
    fs::remove_file(&first).expect("removed");
    let mut draft = Draft::create(&second, Kind::Raw).expect("begun");
    put(&mut draft, "wiki/a", 7);
    draft.finish().expect("in place");
    let report = audited(dir.path());
    let said: Vec<_> = report.findings.iter().map(|finding| (finding.file.as_str(), finding.what.as_str())).collect();
    let other = "it is whole, and not the file that the database knows under this name";
    assert_eq!(said, [("blocks/raw/2026/11/21.blk", "it is missing"), ("blocks/raw/2026/11/22.blk", other)]);
    assert_eq!(audited(dir.path()), report, "looking changes nothing");
}
