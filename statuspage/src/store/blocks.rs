//! The block files of a store, and the list of those that must be there.
//!
//! The list lies in the database: a file that vanishes is missed, and one that was exchanged is found by its hash. It does not
//! know when files are written.

mod retention;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

pub(super) use retention::Cutoffs;
use serde::{Deserialize, Serialize};

use super::{
    block::{Archive, BlockError, BlockFile, Damage, Days, FileFacts, Hours, Raw},
    database::{Broken, Order},
    directory, frame,
    key::{self, Kind},
    record,
    shelf::Shelf,
};

/// The version of the row of a block file.
const VERSION: u8 = 1;
/// Files that were written since then may be those of a process that died at it.
const LATELY: Duration = Duration::from_secs(7 * 86_400);

/// What the list says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    /// Its size.
    pub(super) bytes: u64,
    /// How many frames it has.
    pub(super) frames: u64,
    /// How many results or roll-ups.
    pub(super) rows: u64,
    /// The hash that its footer holds.
    pub(super) sha256: [u8; 32],
}

impl From<&FileFacts> for Listed {
    fn from(facts: &FileFacts) -> Self {
        Self { bytes: facts.bytes, frames: facts.frames as u64, rows: facts.rows, sha256: facts.sha256 }
    }
}

impl Listed {
    /// As it lies in the database.
    fn row(&self, path: &str) -> (Vec<u8>, Vec<u8>) {
        let key = key::block(path);
        let value = frame::seal(&key, &record::pack(VERSION, self));
        (key, value)
    }
}

/// All block files.
#[derive(Debug)]
pub(super) struct Blocks {
    root: PathBuf,
    /// Results.
    pub(super) raw: Archive<Raw>,
    /// Roll-ups by hour.
    pub(super) hours: Archive<Hours>,
    /// Roll-ups by day.
    pub(super) days: Archive<Days>,
    listed: BTreeMap<String, Listed>,
    /// Off the list because retention removes them, and perhaps still there.
    leaving: BTreeSet<String>,
    missed: Vec<PathBuf>,
}

/// Whether a file was written anew by a process that died before it could list that. What was written lately may have the same
/// length and other contents, and is asked for its hash.
fn is_other(path: &Path, listed: &Listed) -> bool {
    let Ok(metadata) = fs::metadata(path) else { return false };
    if metadata.len() != listed.bytes {
        return true;
    }
    let is_late = metadata.modified().ok().and_then(|at| at.elapsed().ok()).is_none_or(|age| age < LATELY);
    let hash = || BlockFile::open(path).ok().and_then(|file| file.facts()).map(|facts| facts.sha256);
    is_late && hash().is_some_and(|hash| hash != listed.sha256)
}

impl Blocks {
    /// Opens what lies under `root`, ends a removal that was cut off, compares the files with the list, and brings the list into line
    /// with them.
    pub(super) fn open(root: &Path, shelf: &Shelf) -> Result<Self, Broken> {
        let mut blocks = Self::look(root, shelf)?;
        blocks.end_removal(shelf)?;
        blocks.listed.retain(|path, listed| !is_other(&root.join(path), listed));
        blocks.enlist(shelf, None)?;
        Ok(blocks)
    }

    /// The same, and the list stays as it is.
    pub(super) fn look(root: &Path, shelf: &Shelf) -> Result<Self, Broken> {
        let archive = |error: io::Error| Broken::Failing(format!("{}: {error}", root.display()));
        let mut blocks = Self {
            raw: Archive::open(&root.join("raw")).map_err(archive)?,
            hours: Archive::open(&root.join("hours")).map_err(archive)?,
            days: Archive::open(&root.join("days")).map_err(archive)?,
            listed: list(shelf)?,
            leaving: retention::leaving(shelf)?,
            root: root.to_owned(),
            missed: Vec::new(),
        };
        let there = blocks.there();
        let missed = blocks.listed.keys().filter(|path| !there.contains(*path) && !blocks.was_joined(path, &there));
        blocks.missed = missed.map(|path| root.join(path)).collect();
        Ok(blocks)
    }

    /// Files that were on the list at the opening and did not exist.
    pub(super) fn missed(&self) -> &[PathBuf] {
        &self.missed
    }

    /// Damage that was met since the last time.
    pub(super) fn take_damage(&self) -> Vec<Damage> {
        [self.raw.take_damage(), self.hours.take_damage(), self.days.take_damage()].concat()
    }

    /// Rewrites files without their damaged frames; the damaged files stay beside them under another name.
    pub(super) fn set_aside(&mut self, damages: &[Damage]) -> Result<(), BlockError> {
        for damage in damages {
            // Each knows its own files.
            self.raw.set_aside(damage)?;
            self.hours.set_aside(damage)?;
            self.days.set_aside(damage)?;
            // What is left of it is another file, and is listed as such.
            if let Some(path) = self.below(&damage.file) {
                self.listed.remove(&path);
            }
        }
        Ok(())
    }

    /// What the list says, by the path below the root.
    pub(super) fn listed(&self) -> &BTreeMap<String, Listed> {
        &self.listed
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.raw.bytes() + self.hours.bytes() + self.days.bytes()
    }

    fn there(&self) -> BTreeSet<String> {
        let files = self.raw.files().chain(self.hours.files()).chain(self.days.files());
        files.filter_map(|path| self.below(path.as_ref())).collect()
    }

    /// Whether a listed file went into a larger one that is there and newer than the list: the process died before it could say so.
    fn was_joined(&self, path: &str, there: &BTreeSet<String>) -> bool {
        let Some(joined) = path.rsplit_once('/').map(|(span, _)| format!("{span}.blk")) else { return false };
        let is_newer = |listed: &Listed| {
            let facts = BlockFile::open(&self.root.join(&joined)).ok().and_then(|file| file.facts());
            facts.is_some_and(|facts| facts.sha256 != listed.sha256)
        };
        there.contains(&joined) && self.listed.get(&joined).is_none_or(is_newer)
    }

    /// Brings the list into line with what lies on the disk, of which `written` has just been written. Gives how many results were
    /// in files that have gone.
    pub(super) fn enlist(&mut self, shelf: &Shelf, written: Option<FileFacts>) -> Result<u64, Broken> {
        let there = self.there();
        let mut gone = Vec::new();
        let mut results = 0;
        self.listed.retain(|path, listed| {
            let stays = there.contains(path);
            if !stays {
                results += if path.starts_with("raw/") { listed.rows } else { 0 };
                gone.push(key::block(path));
            }
            stays
        });
        let written = written.and_then(|facts| Some((self.below(&facts.path)?, facts)));
        let mut new = Vec::new();
        for path in there {
            let facts = match &written {
                Some((other, facts)) if *other == path => Some(facts.clone()),
                Some(_) | None if self.listed.contains_key(&path) => None,
                // Retention has dropped it, and it could not be removed yet.
                Some(_) | None if self.leaving.contains(&path) => None,
                // Written by a process that died before it could list it.
                Some(_) | None => keep_name(&self.root.join(&path)).ok().and_then(|file| file.facts()),
            };
            let Some(facts) = facts else { continue };
            let listed = Listed::from(&facts);
            new.push(listed.row(&path));
            if self.leaving.remove(&path) {
                gone.push(key::leaving(&path));
            }
            self.listed.insert(path, listed);
        }
        if !(gone.is_empty() && new.is_empty()) {
            shelf.replace(&gone, &new)?;
        }
        Ok(results)
    }

    /// Puts a file that has just been written on the list, and leaves the rest of it alone: what is missing stays missed.
    pub(super) fn list_too(&mut self, shelf: &Shelf, written: FileFacts) -> Result<(), Broken> {
        let Some(path) = self.below(&written.path) else { return Ok(()) };
        let listed = Listed::from(&written);
        shelf.replace(&[], &[listed.row(&path)])?;
        self.listed.insert(path, listed);
        Ok(())
    }

    fn below(&self, path: &Path) -> Option<String> {
        Some(path.strip_prefix(&self.root).ok()?.to_string_lossy().into_owned())
    }
}

/// Opens a file that nobody listed: its name may not have reached the disk.
fn keep_name(path: &Path) -> Result<BlockFile, BlockError> {
    if let Some(parent) = path.parent() {
        directory::create(parent)?;
        File::open(parent)?.sync_all()?;
    }
    BlockFile::open(path)
}

fn list(shelf: &Shelf) -> Result<BTreeMap<String, Listed>, Broken> {
    let mut listed = BTreeMap::new();
    shelf.scan(&Kind::Block.prefix(), &[Kind::Block as u8 + 1], Order::Ascending, |key, body| {
        match key::read_block(key).zip(record::unpack(VERSION, body)) {
            Some((path, entry)) => drop(listed.insert(path.to_owned(), entry)),
            None => shelf.note(key, body),
        }
        ControlFlow::Continue(())
    })?;
    Ok(listed)
}
