//! Damage at random places of every file of a data directory: flipped bits, sectors of zeros or garbage, files cut short or gone.
//!
//! Whatever it hits, the store opens, shows nothing that was not written, says what it missed, and goes on.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::super::{
    Durability, Store, StoreEvent, StoreOptions,
    chance::Chance,
    close,
    load::{Part, open},
    options, read_all, scale,
};

/// Places that are damaged, times the scale.
const PLACES: u64 = 40;
/// Batches in block files, of a day and a half, and all of them.
const SEALED: u64 = 110;
const BATCHES: u64 = 150;

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

    /// Strikes a file at a random place.
    fn strike(self, file: &Path, chance: &mut Chance) {
        let mut bytes = fs::read(file).expect("reads");
        let place = chance.of(0..bytes.len().max(1));
        let sector = &mut bytes[place / 512 * 512..];
        let sector_length = sector.len().min(512);
        match self {
            Self::Bit => bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1 << chance.of(0..8)),
            Self::Zeros => sector[..sector_length].fill(0),
            Self::Garbage => {
                sector[..sector_length]
                    .iter_mut()
                    .for_each(|byte| *byte = u8::try_from(chance.of(0..256)).expect("a byte"));
            }
            Self::Cut => bytes.truncate(place),
            Self::Removed => return fs::remove_file(file).expect("removed"),
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

/// Copies a directory with all that is below it.
pub(super) fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).expect("below it"));
        fs::create_dir_all(copy.parent().expect("below it")).expect("made");
        fs::copy(file, copy).expect("copied");
    }
}

/// Fills a directory: files of days, and rows that are not sealed.
async fn fill(root: &Path, part: Part) {
    part.write(root, SEALED, |_| ()).await;
    let unsealed = StoreOptions { grace: Duration::from_secs(60 * 86_400), ..options() };
    let handle = Store::open(root, unsealed).expect("opens").handle;
    for batch in SEALED..BATCHES {
        assert_eq!(part.try_one(&handle, batch).await, Durability::Synced);
    }
    close(handle).await;
}

/// Opens a damaged directory that held `part`, and gives how many rows are missing without a word.
async fn check(root: &Path, part: Part, about: &str) -> usize {
    let mut opened = open(root);
    let rows = read_all(&opened.handle).await;
    let written = part.rows(0..BATCHES);
    let mut rest = written.iter();
    assert!(rows.iter().all(|row| rest.any(|written| written == row)), "{about}: something else is shown, or twice");

    let again = read_all(&opened.handle).await;
    assert!(again == rows, "{about}: asked again, it says something else");
    let mut told = !opened.restored.faults.is_empty() || opened.handle.counters().corrupt_rows > 0;
    assert_eq!(part.try_one(&opened.handle, BATCHES).await, Durability::Synced, "{about}");
    close(opened.handle).await;
    while let Ok(event) = opened.events.try_recv() {
        told |= matches!(event, StoreEvent::Fault(_));
    }
    if told { 0 } else { written.len() - rows.len() }
}

#[tokio::test]
async fn damage_anywhere_is_told_and_never_shown() {
    let (whole, part, mut chance) = (tempfile::tempdir().expect("a directory"), Part::first(), Chance::new());
    fill(whole.path(), part).await;
    let files: Vec<_> = files(whole.path()).into_iter().filter(|file| !file.ends_with("store.lock")).collect();
    let database: Vec<_> = files.iter().filter(|file| file.starts_with(whole.path().join("store"))).collect();
    for number in 0..PLACES * scale() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path().join("data");
        copy(whole.path(), &root);
        // Each file has its turn, and those of the database, which cannot tell by themselves what they miss, one each time in between.
        let turn = usize::try_from(number / 2).expect("not so many");
        let file = if number % 2 == 0 { &files[turn % files.len()] } else { database[turn % database.len()] };
        let name = file.strip_prefix(whole.path()).expect("below it");
        let damage = chance.one_of(&Damage::ALL);
        damage.strike(&root.join(name), &mut chance);
        let about = format!("{chance}, number {number}, {damage:?} of {}", name.display());
        let untold = check(&root, part, &about).await;
        assert!(untold == 0, "{about}: {untold} rows are gone and nothing was said");
    }
}
