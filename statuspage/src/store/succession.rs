//! A new store takes the place of the old one, in steps that may be cut off anywhere: what is found then is the old store or the
//! new one, and whoever opens the directory next finishes the move.
//!
//! It does not know what is in either.
//!
//! | name | what |
//! |---|---|
//! | `store.incoming/` | a new store under way; of no use, and removed by whoever comes next |
//! | `store.ready-TIME/` | a new store, whole and on stable storage: its parts are moved to their places |
//! | `store.replaced-TIME/` | what was in their places before |

use std::{
    fs::{self, DirBuilder, File},
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use shared::Timestamp;

use crate::subscriber::SEALED;

const INCOMING: &str = "store.incoming";
const READY: &str = "store.ready-";
const REPLACED: &str = "store.replaced-";
/// What can be replaced: the database, the block files, and the sealed file of subscribers, which stays as it is when the new store
/// brings none.
pub(super) const PARTS: [&str; 3] = ["store", "blocks", SEALED];

/// Makes an empty directory for a new store; the caller has the lock of the data directory.
pub(super) fn begin(data: &Path) -> io::Result<PathBuf> {
    let incoming = data.join(INCOMING);
    remove(&incoming)?;
    DirBuilder::new().mode(0o700).create(&incoming)?;
    Ok(incoming)
}

/// Declares the new store whole, and moves it into place; gives where the old one is kept, where there was one.
pub(super) fn commit(data: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    let incoming = data.join(INCOMING);
    for part in PARTS.map(|part| incoming.join(part)) {
        if part.is_dir() {
            File::open(part)?.sync_all()?;
        }
    }
    File::open(&incoming)?.sync_all()?;
    let time = now.to_string().replace(':', "-");
    fs::rename(&incoming, data.join(format!("{READY}{time}")))?;
    File::open(data)?.sync_all()?;
    finish(data)
}

/// Removes what is of no use and finishes what was declared whole.
pub(super) fn finish(data: &Path) -> io::Result<Option<PathBuf>> {
    remove(&data.join(INCOMING))?;
    let names = fs::read_dir(data)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    let mut kept = None;
    let mut times: Vec<_> = names.iter().filter_map(|name| name.to_str()?.strip_prefix(READY)).collect();
    times.sort_unstable();
    for time in times {
        kept = settle(data, time)?.or(kept);
    }
    Ok(kept)
}

/// Each step leaves something that says what the next one is.
fn settle(data: &Path, time: &str) -> io::Result<Option<PathBuf>> {
    let (ready, replaced) = (data.join(format!("{READY}{time}")), data.join(format!("{REPLACED}{time}")));
    for part in PARTS {
        let (new, place) = (ready.join(part), data.join(part));
        if !new.exists() {
            continue;
        }
        if place.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(&replaced)?;
            fs::rename(&place, replaced.join(part))?;
            File::open(&replaced)?.sync_all()?;
            File::open(data)?.sync_all()?;
        }
        fs::rename(&new, &place)?;
        File::open(data)?.sync_all()?;
    }
    remove(&ready)?;
    File::open(data)?.sync_all()?;
    Ok(replaced.exists().then_some(replaced))
}

fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(directory: &Path, part: &str, text: &str) {
        fs::create_dir_all(directory.join(part)).expect("made");
        fs::write(directory.join(part).join("what"), text).expect("written");
    }

    fn there(directory: &Path) -> [Option<String>; 2] {
        ["store", "blocks"].map(|part| fs::read_to_string(directory.join(part).join("what")).ok())
    }

    fn texts(store: &str, blocks: &str) -> [Option<String>; 2] {
        [store, blocks].map(|text| Some(text.to_owned()))
    }

    #[test]
    fn a_new_store_takes_the_place_of_the_old_one_which_is_kept() {
        let data = tempfile::tempdir().expect("a directory");
        put(data.path(), "store", "old");
        put(data.path(), "blocks", "old blocks");
        let incoming = begin(data.path()).expect("begun");
        put(&incoming, "store", "new");
        assert_eq!(finish(data.path()).expect("nothing to finish"), None);
        assert_eq!(there(data.path()), texts("old", "old blocks"), "what was not declared whole is gone");
        let incoming = begin(data.path()).expect("begun");
        put(&incoming, "store", "new");
        let kept = commit(data.path(), Timestamp::from_millis(0)).expect("moved").expect("there was one");
        assert_eq!(there(data.path()), texts("new", "old blocks"));
        assert_eq!(fs::read_to_string(kept.join("store/what")).expect("kept"), "old");
        assert_eq!(fs::read_dir(data.path()).expect("a directory").count(), 3, "nothing else is left");
    }

    /// The directory as it is after each step of the move.
    #[test]
    fn a_move_that_was_cut_off_anywhere_is_finished_by_who_comes_next() {
        let steps: [fn(&Path, &Path); 6] = [
            |_, _| {},
            |data, replaced| {
                fs::create_dir(replaced).expect("made");
                fs::rename(data.join("store"), replaced.join("store")).expect("moved");
            },
            |data, _| fs::rename(data.join("store.ready-T/store"), data.join("store")).expect("moved"),
            |data, replaced| fs::rename(data.join("blocks"), replaced.join("blocks")).expect("moved"),
            |data, _| fs::rename(data.join("store.ready-T/blocks"), data.join("blocks")).expect("moved"),
            |data, _| fs::remove_dir_all(data.join("store.ready-T")).expect("removed"),
        ];
        for done in 0..=steps.len() {
            let data = tempfile::tempdir().expect("a directory");
            put(data.path(), "store", "old");
            put(data.path(), "blocks", "old blocks");
            put(&data.path().join("store.ready-T"), "store", "new");
            put(&data.path().join("store.ready-T"), "blocks", "new blocks");
            let replaced = data.path().join("store.replaced-T");
            steps[..done].iter().for_each(|step| step(data.path(), &replaced));
            for _ in 0..2 {
                finish(data.path()).expect("finished");
                assert_eq!(there(data.path()), texts("new", "new blocks"), "after {done} steps");
                assert_eq!(there(&replaced), texts("old", "old blocks"), "after {done} steps");
                assert_eq!(fs::read_dir(data.path()).expect("a directory").count(), 3, "after {done} steps");
            }
        }
    }
}
