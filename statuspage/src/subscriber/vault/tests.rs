//! A file that opens with its key alone, and is never lost to a mistake.

use std::{os::unix::fs::PermissionsExt as _, os::unix::fs::symlink};

use shared::{Language, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::subscriber::{Imported, Mailbox, Moment, Scope};

/// A data directory and a directory for the key beside it.
struct Place {
    directory: TempDir,
    vault: Vault,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        fs::create_dir(directory.path().join("data")).expect("made");
        let vault = Vault::at(&directory.path().join("data"), &directory.path().join("key"));
        Self { directory, vault }
    }

    fn filled() -> Self {
        let place = Self::new();
        let mut roll = place.vault.open().expect("empty");
        let imported = Imported {
            address: "amel@example.org".parse().expect("an address"),
            scope: Scope::default(),
            language: Language::Fr,
            mailbox: Mailbox::Personal,
        };
        roll.import(imported, Moment { now: Timestamp::from_millis(0), draw: &mut || [1; 16] });
        place.vault.write(&roll).expect("written");
        place
    }

    fn sealed(&self) -> PathBuf {
        self.directory.path().join("data").join(SEALED)
    }

    fn key(&self) -> PathBuf {
        self.directory.path().join("key")
    }

    /// It does not open for that reason, and nothing was changed.
    fn check_refused(&self, reason: &str) {
        let before = fs::read(self.sealed()).ok();
        let refused = self.vault.open().expect_err(reason).to_string();
        assert!(refused.contains(reason), "{refused}");
        assert_eq!(fs::read(self.sealed()).ok(), before);
    }
}

#[test]
fn a_book_is_read_back_and_not_to_be_read_without_its_key() {
    let place = Place::filled();
    assert_eq!(place.vault.open().expect("opened").counts().confirmed, 1);
    let sealed = fs::read(place.sealed()).expect("there");
    assert!(!sealed.windows(4).any(|bytes| bytes == b"amel"));
    assert_eq!(fs::metadata(place.sealed()).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(place.key()).expect("there").permissions().mode() & 0o777, 0o600);
    let roll = place.vault.open().expect("opened");
    place.vault.write(&roll).expect("written");
    assert_ne!(fs::read(place.sealed()).expect("there"), sealed, "the nonce is another each time");
    assert_eq!(
        fs::read_dir(place.directory.path().join("data")).expect("a directory").count(),
        1,
        "nothing old is left"
    );
}

#[test]
fn every_flipped_bit_is_noticed() {
    let place = Place::filled();
    let sound = fs::read(place.sealed()).expect("there");
    for place_of_bit in 0..sound.len() * 8 {
        let mut bytes = sound.clone();
        bytes[place_of_bit / 8] ^= 1 << (place_of_bit % 8);
        fs::write(place.sealed(), &bytes).expect("written");
        assert!(place.vault.open().is_err(), "bit {place_of_bit}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_damaged_and_stays() {
    let place = Place::filled();
    let sound = fs::read(place.sealed()).expect("there");
    for length in 0..sound.len() {
        fs::write(place.sealed(), &sound[..length]).expect("written");
        assert!(matches!(place.vault.open(), Err(VaultError::Damaged(_))), "{length} bytes");
    }
    place.check_refused("is damaged: bring it back from a backup");
}

#[test]
fn a_write_that_was_cut_off_leaves_the_last_book() {
    let place = Place::filled();
    fs::write(place.sealed().with_extension("sealed.new"), b"belfry-subs").expect("written");
    let roll = place.vault.open().expect("opened");
    assert_eq!(roll.counts().confirmed, 1);
    place.vault.write(&roll).expect("written over it");
    assert_eq!(place.vault.open().expect("opened").counts().confirmed, 1);
}

#[test]
fn a_file_of_another_key_or_a_newer_version_is_left_alone() {
    let place = Place::filled();
    fs::remove_file(place.key()).expect("removed");
    place.check_refused("bring back");
    Vault::at(Place::new().directory.path(), &place.key()).open().expect("another key is made there");
    place.check_refused("was sealed with another key");
    fs::write(place.sealed(), b"belfry-subscribers 2\nwhatever").expect("written");
    place.check_refused("a newer version wrote");
}

#[test]
fn a_key_that_others_can_read_or_that_lies_with_the_data_is_refused() {
    let place = Place::filled();
    fs::set_permissions(place.key(), fs::Permissions::from_mode(0o640)).expect("set");
    place.check_refused("others can read the key");
    fs::set_permissions(place.key(), fs::Permissions::from_mode(0o600)).expect("set");
    fs::write(place.key(), "something else").expect("written");
    place.check_refused("holds no key of subscribers");
    let data = place.directory.path().join("data");
    let check = |key: PathBuf| {
        let refused = Vault::at(&data, &key).open().expect_err("inside").to_string();
        assert!(refused.contains("lies in the data directory"), "{refused}");
    };
    check(data.join("key"));
    symlink(&data, place.directory.path().join("link")).expect("linked");
    check(place.directory.path().join("link/key"));
    let nowhere = Vault::at(&data, &place.directory.path().join("nowhere/key")).open().expect_err("no directory");
    assert!(matches!(nowhere, VaultError::Key { .. }));
}
