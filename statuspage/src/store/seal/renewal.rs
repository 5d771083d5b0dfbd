//! Renews the database: one without what is sealed takes its place.
//!
//! Rows are not removed one by one, for two reasons. The space comes back to the disk at once, since the old files go. And sled
//! writes over what removed rows leave free before that is on stable storage: power cuts in that moment made it unreadable, while
//! databases that are only added to survived them all. It does not know what is sealed when.
//!
//! | name | what |
//! |---|---|
//! | `store.next/` | a new database under way; of no use, and removed by whoever comes next |
//! | `store.renewed/` | a new database, whole and on stable storage: it goes to `store/` |
//! | `store.old/` | what was there before; of no use once there is a `store/` |

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File},
    io::{self, ErrorKind},
    ops::ControlFlow,
    os::unix::fs::DirBuilderExt as _,
    path::Path,
};

use super::{Round, hot::old_failures};
use crate::store::{
    database::{Broken, Files},
    directory::{Directory, FORMAT},
    frame,
    key::{self, Kind},
    restoration::Filling,
    shelf::Shelf,
    tally::Tallies,
};

/// What came of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renewal {
    /// The new database is in place and open.
    Done,
    /// The old one is as it was: damaged rows were met, which must be buried first, or nobody would ever hear of them.
    Damaged,
}

/// Makes a database of the rows that are not sealed, closes the old one, moves the new one into its place and opens it.
///
/// # Errors
///
/// The old database is in its place and whole, or its successor is; in any case one must be opened again.
pub(super) fn renew(
    shelf: &mut Shelf,
    directory: &Directory,
    round: &Round,
    fresh: &BTreeSet<Vec<u8>>,
) -> Result<Renewal, Broken> {
    let data = directory.path();
    let failing = |error: io::Error| Broken::Failing(format!("the database could not be renewed: {error}"));
    finish(data).map_err(failing)?;
    let next = data.join("store.next");
    DirBuilder::new().mode(0o700).create(&next).map_err(failing)?;
    copy(shelf, Filling::after(&next, shelf.commits())?, round, fresh)?;
    if shelf.has_damage() {
        return Ok(Renewal::Damaged);
    }
    // From here on nothing of the old one may be written to the paths of the new one.
    shelf.close();
    let ready = || {
        sync(&next)?;
        fs::rename(&next, data.join("store.renewed"))?;
        sync(data)?;
        finish(data)
    };
    ready().map_err(failing)?;
    *shelf = Shelf::open(directory, Files::AsTheyAre)?;
    Ok(Renewal::Done)
}

/// Removes what is of no use and finishes a renewal that was cut off; no database is open.
pub(in crate::store) fn finish(data: &Path) -> io::Result<()> {
    let [next, renewed, place, old] = ["store.next", "store.renewed", "store", "store.old"].map(|name| data.join(name));
    remove(&next)?;
    if renewed.exists() {
        if place.exists() {
            remove(&old)?;
            fs::rename(&place, &old)?;
            sync(data)?;
        }
        fs::rename(&renewed, &place)?;
        sync(data)?;
    }
    if place.exists() { remove(&old) } else { Ok(()) }
}

fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Removes a directory with all that is in it, where there is one.
fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn copy(shelf: &Shelf, mut new: Filling, round: &Round, fresh: &BTreeSet<Vec<u8>>) -> Result<(), Broken> {
    let mut tallies = shelf.tallies();
    let mut failures = BTreeSet::new();
    for component in shelf.components(Kind::Failure)? {
        failures.extend(old_failures(shelf, &component)?);
    }
    let mut written = Ok(());
    shelf.raw(|key, value| {
        if key.first() == Some(&(Kind::Tally as u8)) || failures.contains(key) {
            return ControlFlow::Continue(());
        }
        // What was buried stays as it was found.
        let is_buried = key.first() == Some(&(Kind::Corrupt as u8));
        if !is_buried && frame::open(key, value).is_none() {
            shelf.note(key, value);
        } else if is_sealed(key, round) && !is_fresh(key, fresh) {
            leave(key, &mut tallies);
        } else {
            written = new.add_raw(key, value.to_vec());
        }
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    for (location, tally) in tallies {
        new.add(&key::tally(&location), &tally.to_bytes())?;
    }
    new.finish(FORMAT)?;
    Ok(())
}

fn is_sealed(key: &[u8], round: &Round) -> bool {
    match key.first() {
        Some(&kind) if kind == Kind::Observation as u8 => {
            let place = key::read_observation(key).and_then(|(_, place)| key::read_place(place));
            place.is_some_and(|(start, ..)| round.sealed_until(start).is_some())
        }
        Some(&kind) if kind == Kind::Hour as u8 => {
            key::read_ledger(key).is_some_and(|(start, _)| round.hours.contains(&start))
        }
        Some(&kind) if kind == Kind::Day as u8 => {
            key::read_ledger(key).is_some_and(|(start, _)| round.days.contains(&start))
        }
        Some(_) | None => false,
    }
}

fn is_fresh(key: &[u8], fresh: &BTreeSet<Vec<u8>>) -> bool {
    fresh.contains(key) || key::read_part(key).is_some_and(|(base, _)| fresh.contains(base))
}

fn leave(key: &[u8], tallies: &mut Tallies) {
    if key.first() == Some(&(Kind::Observation as u8))
        && let Some(tally) = key::location_of(key).and_then(|location| tallies.get_mut(location))
    {
        tally.left += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(directory: &Path, text: &str) {
        fs::create_dir(directory).expect("made");
        fs::write(directory.join("db"), text).expect("written");
    }

    #[test]
    fn a_renewal_that_was_cut_off_anywhere_is_finished_or_forgotten() {
        let check = |left: &[(&str, &str)], expected: &str| {
            let data = tempfile::tempdir().expect("a directory");
            left.iter().for_each(|(name, text)| put(&data.path().join(name), text));
            for _ in 0..2 {
                finish(data.path()).expect("finished");
                assert_eq!(fs::read_to_string(data.path().join("store/db")).expect("there"), expected, "{left:?}");
                assert_eq!(fs::read_dir(data.path()).expect("lists").count(), 1, "nothing else is left: {left:?}");
            }
        };
        check(&[("store", "old")], "old");
        check(&[("store", "old"), ("store.next", "half")], "old");
        check(&[("store", "old"), ("store.renewed", "new")], "new");
        check(&[("store.old", "old"), ("store.renewed", "new")], "new");
        check(&[("store.old", "old"), ("store", "new")], "new");
        check(&[("store.old", "older"), ("store", "old"), ("store.renewed", "new")], "new");
    }
}
