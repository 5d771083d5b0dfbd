//! A database of an earlier version is taken over whole.

use super::{
    super::{database::Files, directory::Directory, frame, key, record, shelf::Shelf},
    base, close, id, observations, open, read_all,
};

/// Makes a database of this version one of format 1: failures without a body, nothing counted.
fn make_old(dir: &std::path::Path, failures: impl Iterator<Item = std::sync::Arc<shared::Observation>>) {
    let shelf = Shelf::open(&Directory::acquire(dir).expect("ours"), Files::AsTheyAre).expect("opens");
    for failure in failures {
        let place = key::place(failure.started_at, &failure.probe.name, &failure.location);
        let (row, copy) = (
            key::observation(key::Kind::Observation, &id("cloud"), &place),
            key::observation(key::Kind::Failure, &id("cloud"), &place),
        );
        shelf.put_raw(&row, &frame::seal(&row, &record::encode(&failure)));
        shelf.put_raw(&copy, &frame::seal(&copy, &[]));
    }
    shelf.put_raw(&key::schema(), &frame::seal(&key::schema(), &1_u32.to_be_bytes()));
    std::fs::write(dir.join("store.format"), "belfry store format 1\n").expect("written");
}

#[tokio::test]
async fn a_database_of_format_1_keeps_its_observations_and_its_newest_failures() {
    let dir = tempfile::tempdir().expect("a directory");
    let start = base();
    close(open(dir.path()).handle).await;
    let failed = |row: &std::sync::Arc<shared::Observation>| row.failure.is_some();
    make_old(dir.path(), observations(start, 0..400).into_iter().filter(failed));

    let opened = open(dir.path());
    assert_eq!(opened.restored.faults, []);
    assert_eq!(read_all(&opened.handle).await.len(), 40);
    close(opened.handle).await;
    let shelf = Shelf::open(&Directory::acquire(dir.path()).expect("ours"), Files::AsTheyAre).expect("opens");
    assert_eq!(shelf.tallies()["local"].present(), 40);
    let newest = super::restore::failures(&shelf, &id("cloud")).expect("reads");
    assert_eq!(newest.first(), observations(start, 399..400).first());
    assert_eq!(newest.len(), 20);
    assert_eq!(shelf.bury().expect("reads"), 0, "nothing was taken for damage");
    let marker = std::fs::read_to_string(dir.path().join("store.format")).expect("there");
    assert!(marker.starts_with("belfry store format 2 "), "{marker}");
}
