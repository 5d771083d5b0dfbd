//! Which files an archive has, by name; kept in memory, so that nobody walks the directory again.
//!
//! It does not open files.

use std::{
    collections::BTreeMap,
    fs::{self, DirEntry},
    io::{self, ErrorKind},
    ops::RangeBounds,
    path::{Path, PathBuf},
};

use super::super::{file::at, span::Slot};

/// The files of an archive.
#[derive(Debug)]
pub(super) struct Catalog {
    root: PathBuf,
    files: BTreeMap<Slot, Held>,
    /// Damaged files that are kept for whoever wants to look into them; they go with their time.
    aside: BTreeMap<(Slot, PathBuf), u64>,
    bytes: u64,
}

#[derive(Debug)]
struct Held {
    path: PathBuf,
    bytes: u64,
}

impl Catalog {
    /// Lists the directory, which need not exist. What was begun and not finished is removed.
    pub(super) fn list(root: &Path) -> io::Result<Self> {
        let mut catalog = Self { root: root.to_owned(), files: BTreeMap::new(), aside: BTreeMap::new(), bytes: 0 };
        catalog.walk(root, 0)?;
        Ok(catalog)
    }

    fn walk(&mut self, directory: &Path, depth: usize) -> io::Result<()> {
        // Year, month and day.
        const DEEPEST: usize = 3;
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(at(directory, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| at(directory, &error))?;
            let kind = entry.file_type().map_err(|error| at(&entry.path(), &error))?;
            if kind.is_file() {
                self.take(&entry)?;
            } else if kind.is_dir() && depth < DEEPEST {
                self.walk(&entry.path(), depth + 1)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, entry: &DirEntry) -> io::Result<()> {
        let path = entry.path();
        let Some((slot, rest)) = self.slot(&path) else { return Ok(()) };
        if rest == ".new" {
            return removed(&path);
        }
        let bytes = match entry.metadata() {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(at(&path, &error)),
        };
        let (is_file, is_aside) = (rest.is_empty(), rest.starts_with(ASIDE));
        if is_file {
            self.hold(slot, Held { path, bytes });
        } else if is_aside {
            self.insert_aside(slot, path, bytes);
        }
        Ok(())
    }

    /// The slot that a name belongs to, and what comes behind `.blk`.
    fn slot<'a>(&self, path: &'a Path) -> Option<(Slot, &'a str)> {
        const SUFFIX: &str = ".blk";
        let name = path.strip_prefix(&self.root).ok()?.to_str()?;
        let end = name.find(SUFFIX)? + SUFFIX.len();
        Some((Slot::read(Path::new(&name[..end]))?, &name[end..]))
    }

    /// The slot whose file that is.
    pub(super) fn slot_of(&self, path: &Path) -> Option<Slot> {
        let (slot, rest) = self.slot(path)?;
        (rest.is_empty() && self.files.contains_key(&slot)).then_some(slot)
    }

    /// The slot whose file lies or would lie there.
    pub(super) fn slot_at(&self, path: &Path) -> Option<Slot> {
        self.slot(path).filter(|(_, rest)| rest.is_empty()).map(|(slot, _)| slot)
    }

    /// Where the file of a slot lies or would lie.
    pub(super) fn path(&self, slot: Slot) -> PathBuf {
        self.root.join(slot.path())
    }

    pub(super) fn contains(&self, slot: Slot) -> bool {
        self.files.contains_key(&slot)
    }

    /// The slots with files, in the order of their starts; of equal starts the shorter first.
    pub(super) fn slots(&self, starts: impl RangeBounds<Slot>) -> impl DoubleEndedIterator<Item = Slot> {
        self.files.range(starts).map(|(&slot, _)| slot)
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.values().map(|held| held.path.as_path())
    }

    /// Of all files, those aside included.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The bytes of a slot's file and of what was set aside of it.
    pub(super) fn bytes_of(&self, slot: Slot) -> u64 {
        let beside = self.aside.iter().filter(|((aside, _), _)| *aside == slot).map(|(_, bytes)| bytes);
        self.files.get(&slot).map_or(0, |held| held.bytes) + beside.sum::<u64>()
    }

    /// Notes the file of a slot, new or changed.
    pub(super) fn insert(&mut self, slot: Slot, bytes: u64) {
        let path = self.path(slot);
        self.hold(slot, Held { path, bytes });
    }

    fn hold(&mut self, slot: Slot, held: Held) {
        let bytes = held.bytes;
        let before = self.files.insert(slot, held).map_or(0, |held| held.bytes);
        self.bytes = self.bytes - before + bytes;
    }

    fn insert_aside(&mut self, slot: Slot, path: PathBuf, bytes: u64) {
        let before = self.aside.insert((slot, path), bytes).unwrap_or(0);
        self.bytes = self.bytes - before + bytes;
    }

    /// Looks again whether a slot has a file, after something failed half-way.
    pub(super) fn look_again(&mut self, slot: Slot) {
        match fs::metadata(self.path(slot)) {
            Ok(metadata) => self.insert(slot, metadata.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => self.forget(slot),
            // What was known is as good as anything.
            Err(_) => {}
        }
    }

    fn forget(&mut self, slot: Slot) {
        self.bytes -= self.files.remove(&slot).map_or(0, |held| held.bytes);
    }

    /// Removes the file of a slot, and directories that become empty.
    pub(super) fn remove(&mut self, slot: Slot) -> io::Result<()> {
        removed(&self.path(slot))?;
        self.forget(slot);
        self.prune(slot);
        Ok(())
    }

    /// Removes the file of a slot with all that was set aside of it.
    pub(super) fn remove_all(&mut self, slot: Slot) -> io::Result<()> {
        let aside: Vec<_> = self.aside.keys().filter(|(aside, _)| *aside == slot).cloned().collect();
        for key in aside {
            removed(&key.1)?;
            self.bytes -= self.aside.remove(&key).unwrap_or(0);
        }
        self.remove(slot)
    }

    /// Slots that something is kept of, the oldest first.
    pub(super) fn kept(&self) -> Vec<Slot> {
        let mut slots: Vec<_> = self.files.keys().copied().chain(self.aside.keys().map(|(slot, _)| *slot)).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Gives the file of a slot a second name, under which it stays when the first is used for another.
    pub(super) fn keep_aside(&mut self, slot: Slot) -> io::Result<PathBuf> {
        let path = self.path(slot);
        let mut number = 1;
        let kept = loop {
            let mut name = path.as_os_str().to_owned();
            name.push(format!("{ASIDE}{number}"));
            let kept = PathBuf::from(name);
            match fs::hard_link(&path, &kept) {
                Ok(()) => break kept,
                // Kept before, by an attempt that failed later on.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && is_same(&path, &kept)? => break kept,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(at(&kept, &error)),
            }
        };
        let bytes = fs::metadata(&kept).map_err(|error| at(&kept, &error))?.len();
        self.insert_aside(slot, kept.clone(), bytes);
        Ok(kept)
    }

    /// Removes the directories above a file that are empty now, but not the archive's own.
    fn prune(&self, slot: Slot) {
        let path = self.path(slot);
        for directory in path.ancestors().skip(1).take_while(|directory| *directory != self.root) {
            // One that is not empty stays.
            if fs::remove_dir(directory).is_err() {
                break;
            }
        }
    }
}

/// What a damaged file is called behind its name; a number follows.
const ASIDE: &str = ".damaged-";

fn removed(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(at(path, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether two names lead to the same file.
fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let place = |path: &Path| fs::metadata(path).map(|m| (m.dev(), m.ino())).map_err(|error| at(path, &error));
    Ok(place(one)? == place(other)?)
}
