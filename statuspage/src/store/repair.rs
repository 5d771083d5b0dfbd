//! Saves what can be read of a damaged store: a new database of every row that is sound, and block files without their damaged
//! frames. Nothing is deleted: the old database and the damaged files stay under other names.
//!
//! It does not know what is lost with what cannot be read; it counts.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder},
    io,
    ops::ControlFlow,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use super::{
    OfflineError, RestorationError,
    backup::block_files,
    block::{self, BlockFile, Draft, Kind as FileKind, is_content},
    database::{Broken, Database, Files, Order},
    directory::{FORMAT, Marker},
    frame,
    key::{self, Kind},
    offline,
    restoration::Filling,
    succession,
    tally::Tally,
};
use crate::backup::BLOCKS;

/// What came of a repair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were there and not sound.
    pub damaged_rows: u64,
    /// What the database said where it could not be read on.
    pub breaks: Vec<String>,
    /// Where the old database is, when there is a new one.
    pub kept: Option<PathBuf>,
    /// Block files that were looked at.
    pub files: u64,
    /// Block files that had damage.
    pub damaged_files: Vec<RepairedFile>,
}

/// A block file that is now without its damaged frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairedFile {
    /// Where it is; nothing is there when none of its frames was sound.
    pub file: PathBuf,
    /// Where the damaged one is kept.
    pub kept: PathBuf,
    /// Sound frames.
    pub frames: u64,
    /// What was wrong.
    pub damage: Vec<String>,
}

/// Repairs the store of a data directory that no hub uses.
///
/// # Errors
///
/// When there is no store, a hub uses it, or the disk does not work; then the old store is in its place.
pub fn repair(dir: &Path) -> Result<Repaired, RestorationError> {
    let directory = offline::lock(dir)?;
    let marker = directory.marker().map_err(|trouble| OfflineError::trouble(dir, trouble))?;
    let format = match marker {
        Marker::Present(format) => format,
        Marker::Missing => FORMAT,
    };
    let mut repaired = Repaired::default();
    for path in block_files(&dir.join(BLOCKS))? {
        repaired.files += 1;
        repaired.damaged_files.extend(repair_file(&path)?);
    }
    let incoming = succession::begin(dir)?;
    let (old, place) = (incoming.join("old"), incoming.join("store"));
    // Opening a damaged database changes it: what is kept must be what was found.
    copy(&directory.database(), &old)?;
    DirBuilder::new().mode(0o700).create(&place)?;
    let mut salvage =
        Salvage { old: old.clone(), open: None, filling: Filling::new(&place)?, repaired, tallies: BTreeMap::new() };
    salvage.all()?;
    if marker != Marker::Missing && !salvage.filling.has_format() {
        salvage.repaired.breaks.push("it is empty, or has lost what it had".to_owned());
    }
    let mut repaired = salvage.finish(format)?;
    fs::remove_dir_all(old)?;
    if repaired.is_sound() {
        fs::remove_dir_all(incoming)?;
    } else {
        repaired.kept = succession::commit(dir, crate::clock::now())?;
    }
    Ok(repaired)
}

impl Repaired {
    /// Whether the database was as it should be.
    pub fn is_sound(&self) -> bool {
        self.damaged_rows == 0 && self.breaks.is_empty()
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

/// Rows on their way from the old database to the new one.
struct Salvage {
    old: PathBuf,
    /// The old database until it breaks; then it must be opened anew.
    open: Option<Database>,
    filling: Filling,
    repaired: Repaired,
    /// Counted anew: what is lost is not missed any more.
    tallies: BTreeMap<String, Tally>,
}

impl Salvage {
    /// Each kind of row for itself, from both ends: what one of them breaks at does not hide the others.
    fn all(&mut self) -> Result<(), RestorationError> {
        for kind in (0..u8::MAX).filter(|&kind| kind != Kind::Corrupt as u8 && kind != Kind::Tally as u8) {
            let (from, to) = (vec![kind], vec![kind + 1]);
            let mut last = from.clone();
            if self.part(&from, &to, Order::Ascending, &mut last)? == Reach::Everything {
                continue;
            }
            // The first key behind the last one that could be read.
            last.push(0);
            self.part(&last.clone(), &to, Order::Descending, &mut last)?;
        }
        Ok(())
    }

    /// Reads a range as far as it goes.
    fn part(&mut self, from: &[u8], to: &[u8], order: Order, last: &mut Vec<u8>) -> Result<Reach, RestorationError> {
        let mut fault = Ok(());
        let scanned =
            self.open.take().map_or_else(|| Database::open(&self.old, Files::AsTheyAre), Ok).and_then(|database| {
                database.scan(from, to, order, |key, value| {
                    if order == Order::Ascending {
                        key.clone_into(last);
                    }
                    fault = self.row(key, value);
                    if fault.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })?;
                Ok(database)
            });
        fault?;
        match scanned {
            Ok(database) => {
                self.open = Some(database);
                Ok(Reach::Everything)
            }
            Err(Broken::Failing(reason)) => Err(RestorationError::Disk(reason)),
            Err(Broken::Damaged(reason) | Broken::Unreadable(reason)) => {
                if !self.repaired.breaks.contains(&reason) {
                    self.repaired.breaks.push(reason);
                }
                Ok(Reach::Part)
            }
        }
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), Broken> {
        let Some(body) = frame::open(key, value) else {
            self.repaired.damaged_rows += 1;
            return Ok(());
        };
        if let Some(location) = key::location_of(key).filter(|_| key.first() == Some(&(Kind::Observation as u8))) {
            self.tallies.entry(location.to_owned()).or_default().written += 1;
        }
        self.repaired.rows += 1;
        self.filling.add(key, body)
    }

    fn finish(mut self, format: u32) -> Result<Repaired, Broken> {
        for (location, tally) in &self.tallies {
            self.filling.add(&key::tally(location), &tally.to_bytes())?;
        }
        self.filling.finish(format)?;
        Ok(self.repaired)
    }
}

/// How far a range could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To its end.
    Everything,
    /// To a place that is damaged.
    Part,
}

/// Rewrites a damaged block file with what is sound in it.
fn repair_file(path: &Path) -> Result<Option<RepairedFile>, RestorationError> {
    let file = BlockFile::open(path)?;
    let damage: Vec<_> = block::verify(&file).iter().map(ToString::to_string).collect();
    if damage.is_empty() {
        return Ok(None);
    }
    let mut draft = Draft::create(path, file.kind().unwrap_or_else(|| kind_by_place(path)))?;
    let mut frames = 0;
    for part in file.frames() {
        if let Ok(payload) = file.read(part)
            && is_content(file.kind(), part, &payload)
        {
            draft.put(&part.name, part.facts, &payload)?;
            frames += 1;
        }
    }
    let kept = beside(path);
    fs::hard_link(path, &kept)?;
    if frames > 0 {
        draft.finish()?;
    } else {
        fs::remove_file(path)?;
    }
    Ok(Some(RepairedFile { file: path.to_owned(), kept, frames, damage }))
}

/// What a file holds that cannot say it any more.
fn kind_by_place(path: &Path) -> FileKind {
    let is_below = |name: &str| path.ancestors().any(|above| above.file_name().is_some_and(|part| part == name));
    if is_below("hours") {
        FileKind::Hours
    } else if is_below("days") {
        FileKind::Days
    } else {
        FileKind::Raw
    }
}

/// The first free name for a damaged file: `13.blk.damaged-1`.
fn beside(path: &Path) -> PathBuf {
    let name = |number: u32| PathBuf::from(format!("{}.damaged-{number}", path.display()));
    (1..u32::MAX).map(name).find(|name| fs::symlink_metadata(name).is_err_and(is_missing)).unwrap_or_else(|| name(0))
}

fn is_missing(error: io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}
