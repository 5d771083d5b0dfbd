//! Damage at random places of every file of a data directory: flipped bits, sectors of zeros or garbage, files cut short.
//!
//! Whatever it hits, the store opens, says what it missed, shows nothing that was not written, and goes on.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::Observation;

use super::super::{
    Durability, chance::Chance, close, id, load::Part, observation, read_all, restore, scale,
};
use crate::store::{Opened, Store, StoreHandle};

/// Places that are damaged, times the scale.
const PLACES: u64 = 36;
/// Batches in the data directory: about two days, most of them in block files.
const BATCHES: u64 = 120;

/// What happens to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Bit,
    Zeros,
    Garbage,
    Cut,
    Removed,
}

impl Damage {
    const ALL: [Self; 5] = [Self::Bit, Self::Zeros, Self::Garbage, Self::Cut, Self::Removed];

    fn strike(self, file: &Path, chance: &mut Chance) {
        let mut bytes = fs::read(file).expect("reads");
        let place = chance.of(0..bytes.len().max(1));
        let sector = place / 512 * 512..bytes.len().min(place / 512 * 512 + 512);
        match self {
            Self::Removed => return fs::remove_file(file).expect("removed"),
            Self::Cut => bytes.truncate(place),
            Self::Bit => bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1 << chance.of(0..8)),
            Self::Zeros => bytes[sector].fill(0),
            Self::Garbage => bytes[sector].iter_mut().for_each(|byte| *byte = chance.of(0..256) as u8),
        }
        fs::write(file, bytes).expect("written");
    }
}

/// Every file below a directory, in order.
fn files(root: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![root.to_owned()]);
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).expect("lists").flatten().map(|entry| entry.path()));
        } else {
            found.insert(path);
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).expect("below it"));
        fs::create_dir_all(copy.parent().expect("below it")).expect("made");
        fs::copy(file, copy).expect("copied");
    }
}
