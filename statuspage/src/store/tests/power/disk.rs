//! A disk with a cache, fed with file operations: what a power cut may leave of them.
//!
//! It does not know what is in the files. It promises as little as POSIX does and less than Linux file systems do:
//! - a sync of a file keeps its contents and its length, and no name;
//! - a sync of a directory keeps the names in it. Of later changes of a directory some first ones may have been kept, in their order;
//!   different directories do not wait for each other;
//! - of what was written since the last sync, each sector holds what it held at some moment since, whatever its neighbours hold; the
//!   length, too, is that of some moment;
//! - a name that moves from one directory to another is kept in both or in neither, as every file system with a journal has it; a sync
//!   of either keeps it;
//! - a sync that fails has forgotten what it was to keep: the pages are taken for clean, and what was written to them reaches the
//!   disk only when the page is written to again (`Documentation/filesystems/vfs`, "fsyncgate" of 2018).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ffi::OsString,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use super::{super::chance::Chance, recording::Event};

const SECTOR: usize = 512;
const PAGE: usize = 4_096;

/// What is left of the operations since the last sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Nothing,
    Everything,
    /// The first ones of each file, in their order.
    First,
    /// Each sector as it was at a moment of its own.
    Scattered,
}

impl Kept {
    pub(super) const ALL: [Self; 4] = [Self::Nothing, Self::Everything, Self::First, Self::Scattered];

    /// How many of `count` operations are kept; for [`Kept::Scattered`] asked anew for each sector.
    fn of(self, count: usize, chance: &mut Chance) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Everything => count,
            Self::First | Self::Scattered => chance.of(0..count + 1),
        }
    }
}

/// A file or a directory, by its place in [`Disk::nodes`].
type Id = usize;

/// The files below one root.
#[derive(Debug)]
pub(super) struct Disk {
    /// The first is the root.
    nodes: Vec<Node>,
    /// What an inode means at the moment; numbers are used again for later files.
    inodes: HashMap<u64, Id>,
    /// How many names have moved from one directory to another.
    moves: usize,
}

#[derive(Debug)]
enum Node {
    File(Contents),
    Directory(Names),
}

#[derive(Debug, Default)]
struct Contents {
    synced: Vec<u8>,
    pending: Vec<Edit>,
}

#[derive(Debug, Clone)]
struct Edit {
    what: What,
    /// A sync that was to keep it failed.
    is_forgotten: bool,
}

#[derive(Debug, Clone)]
enum What {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Debug, Default)]
struct Names {
    now: BTreeMap<OsString, Id>,
    synced: BTreeMap<OsString, Id>,
    pending: Vec<Renaming>,
}

#[derive(Debug, Clone)]
enum Renaming {
    Set(OsString, Id),
    Remove(OsString),
    Move(OsString, OsString),
    /// To another directory, which has the [`Renaming::Arrive`] of the same number.
    Leave(OsString, usize),
    Arrive(OsString, Id, usize),
}

impl Disk {
    /// A disk on which the files below `root` lie and are synced.
    pub(super) fn of(root: &Path) -> Self {
        let mut disk = Self { nodes: Vec::new(), inodes: HashMap::new(), moves: 0 };
        disk.import(root);
        disk
    }

    fn import(&mut self, path: &Path) -> Id {
        let id = self.nodes.len();
        if path.is_file() {
            self.nodes.push(Node::File(Contents { synced: fs::read(path).expect("reads"), pending: Vec::new() }));
            return id;
        }
        self.nodes.push(Node::Directory(Names::default()));
        for entry in fs::read_dir(path).expect("lists").flatten() {
            let child = self.import(&entry.path());
            self.names(id).set(Renaming::Set(entry.file_name(), child));
        }
        self.names(id).sync(usize::MAX);
        id
    }

    fn names(&mut self, id: Id) -> &mut Names {
        match &mut self.nodes[id] {
            Node::Directory(names) => names,
            Node::File(_) => unreachable!("a file has no names in it"),
        }
    }

    fn contents(&mut self, inode: u64) -> &mut Contents {
        match &mut self.nodes[self.inodes[&inode]] {
            Node::File(contents) => contents,
            Node::Directory(_) => unreachable!("a directory is not written to"),
        }
    }

    fn find(&mut self, path: &Path) -> Option<Id> {
        path.iter().try_fold(0, |id, name| self.names(id).now.get(name).copied())
    }

    /// The directory of a path, and its name there.
    fn place(&mut self, path: &Path) -> (Id, OsString) {
        let parent = self.find(path.parent().expect("not the root")).expect("the directory is there");
        (parent, path.file_name().expect("not the root").to_owned())
    }

    fn change(&mut self, path: &Path, change: impl FnOnce(OsString) -> Renaming) {
        let (directory, name) = self.place(path);
        self.names(directory).set(change(name));
    }

    fn make(&mut self, path: &Path, node: Node) -> Id {
        let id = self.nodes.len();
        self.nodes.push(node);
        self.change(path, |name| Renaming::Set(name, id));
        id
    }

    /// One more operation.
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Open { inode, path } => {
                let id = self.find(path).unwrap_or_else(|| self.make(path, Node::File(Contents::default())));
                self.inodes.insert(*inode, id);
            }
            Event::Write { inode, at, bytes } => self.contents(*inode).edit(What::Write(*at, bytes.clone())),
            Event::Length { inode, length } => self.contents(*inode).edit(What::Length(*length)),
            Event::Sync { inode } => {
                let id = self.inodes[inode];
                match &mut self.nodes[id] {
                    Node::File(contents) => contents.sync(),
                    Node::Directory(_) => self.sync_names(id, usize::MAX),
                }
            }
            Event::Rename { old, new } => {
                let name = new.file_name().expect("not the root").to_owned();
                if old.parent() == new.parent() {
                    self.change(old, |old| Renaming::Move(old, name));
                } else {
                    let (id, number) = (self.find(old).expect("it is there"), self.moves);
                    self.moves += 1;
                    self.change(new, |name| Renaming::Arrive(name, id, number));
                    self.change(old, |name| Renaming::Leave(name, number));
                }
            }
            Event::Link { old, new } => {
                let id = self.find(old).expect("it is there");
                self.change(new, |name| Renaming::Set(name, id));
            }
            Event::Remove { path } => self.change(path, Renaming::Remove),
            Event::Make { path } => drop(self.make(path, Node::Directory(Names::default()))),
            Event::Failed { inode, operation } if ["sync", "range"].contains(&operation.as_str()) => {
                if let Node::File(contents) = &mut self.nodes[self.inodes[inode]] {
                    contents.pending.iter_mut().for_each(|edit| edit.is_forgotten = true);
                }
            }
            Event::Failed { .. } | Event::Acknowledged { .. } => {}
        }
    }

    /// Keeps the first changes of a directory's names, and with each name that moves what the other directory did until then.
    fn sync_names(&mut self, id: Id, count: usize) {
        for number in self.names(id).sync(count) {
            let partner = (0..self.nodes.len()).find_map(|other| Some((other, self.place_of_move(other, number)?)));
            if let Some((other, place)) = partner {
                self.sync_names(other, place + 1);
            }
        }
    }

    /// Where among the pending changes of a directory the move of that number is.
    fn place_of_move(&self, id: Id, number: usize) -> Option<usize> {
        match &self.nodes[id] {
            Node::Directory(names) => names.pending.iter().position(|change| change.number() == Some(number)),
            Node::File(_) => None,
        }
    }

    /// How many of the pending changes of each directory a power cut leaves.
    fn kept_names(&self, kept: Kept, chance: &mut Chance) -> Vec<usize> {
        let pending = |node: &Node| match node {
            Node::Directory(names) => names.pending.len(),
            Node::File(_) => 0,
        };
        let mut first: Vec<_> = self.nodes.iter().map(|node| kept.of(pending(node), chance)).collect();
        let mut places: HashMap<usize, Vec<(Id, usize)>> = HashMap::new();
        for (id, node) in self.nodes.iter().enumerate() {
            let Node::Directory(names) = node else { continue };
            for (place, change) in names.pending.iter().enumerate() {
                change.number().into_iter().for_each(|number| places.entry(number).or_default().push((id, place)));
            }
        }
        // What one directory did not keep of a move, the other did not either; that may undo further moves.
        let mut is_settled = false;
        while !is_settled {
            is_settled = true;
            for both in places.values() {
                if both.iter().any(|&(id, place)| place >= first[id]) {
                    for &(id, place) in both.iter().filter(|(id, place)| *place < first[*id]).collect::<Vec<_>>() {
                        first[id] = place;
                        is_settled = false;
                    }
                }
            }
        }
        first
    }

    /// Writes what a power cut at this moment leaves to the directory `to`, which is not there yet.
    pub(super) fn cut(&self, kept: Kept, chance: &mut Chance, to: &Path) {
        let names = self.kept_names(kept, chance);
        self.write(0, (kept, &names), chance, to, &mut HashMap::new());
    }

    fn write(
        &self,
        id: Id,
        (kept, first): (Kept, &[usize]),
        chance: &mut Chance,
        to: &Path,
        written: &mut HashMap<Id, PathBuf>,
    ) {
        match &self.nodes[id] {
            Node::File(contents) => match written.get(&id) {
                Some(first) => fs::hard_link(first, to).expect("linked"),
                None => {
                    fs::write(to, contents.after_cut(kept, chance)).expect("written");
                    written.insert(id, to.to_owned());
                }
            },
            Node::Directory(names) => {
                fs::create_dir(to).expect("made");
                for (name, id) in names.after_cut(first[id]) {
                    self.write(id, (kept, first), chance, &to.join(name), written);
                }
            }
        }
    }
}

impl Contents {
    fn edit(&mut self, what: What) {
        self.pending.push(Edit { what, is_forgotten: false });
    }

    /// Keeps everything but what was forgotten and lies on pages that nobody has written to since.
    fn sync(&mut self) {
        let fresh = self.pending.iter().filter(|edit| !edit.is_forgotten);
        let pages: BTreeSet<usize> = fresh.flat_map(|edit| edit.range(PAGE)).collect();
        let mut left = Vec::new();
        for edit in std::mem::take(&mut self.pending) {
            match &edit.what {
                What::Length(length) => self.synced.resize(*length, 0),
                What::Write(at, bytes) => {
                    for (page, piece) in pieces(*at, bytes.len(), PAGE) {
                        let bytes = &bytes[piece.start - at..piece.end - at];
                        // The length is kept in any case.
                        self.synced.resize(self.synced.len().max(piece.end), 0);
                        if pages.contains(&page) {
                            self.synced[piece].copy_from_slice(bytes);
                        } else {
                            left.push(Edit { what: What::Write(piece.start, bytes.to_vec()), is_forgotten: true });
                        }
                    }
                }
            }
        }
        self.pending = left;
    }

    fn after_cut(&self, kept: Kept, chance: &mut Chance) -> Vec<u8> {
        let count = self.pending.len();
        let first = kept.of(count, chance);
        let mut moments = HashMap::new();
        let mut bytes = self.synced.clone();
        for (number, edit) in self.pending.iter().enumerate() {
            match &edit.what {
                What::Length(length) if number < first => bytes.resize(*length, 0),
                What::Length(_) => {}
                What::Write(at, written) => {
                    for (sector, piece) in pieces(*at, written.len(), SECTOR) {
                        let moment = match kept {
                            Kept::Scattered => *moments.entry(sector).or_insert_with(|| kept.of(count, chance)),
                            Kept::Nothing | Kept::Everything | Kept::First => first,
                        };
                        if number < moment {
                            bytes.resize(bytes.len().max(piece.end), 0);
                            let from = &written[piece.start - at..piece.end - at];
                            bytes[piece].copy_from_slice(from);
                        }
                    }
                }
            }
        }
        bytes
    }
}

impl Edit {
    /// The numbers of the blocks that it writes to.
    fn range(&self, block: usize) -> Range<usize> {
        match &self.what {
            What::Write(at, bytes) => at / block..(at + bytes.len()).div_ceil(block),
            What::Length(_) => 0..0,
        }
    }
}

/// A range of bytes, divided where blocks begin: the number of each block and what of the range lies in it.
fn pieces(at: usize, length: usize, block: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    let end = at + length;
    (at / block..end.div_ceil(block)).map(move |number| (number, at.max(number * block)..end.min((number + 1) * block)))
}

impl Names {
    fn set(&mut self, change: Renaming) {
        change.clone().apply(&mut self.now);
        self.pending.push(change);
    }

    /// Keeps the first of the pending changes; gives the numbers of the moves among them.
    fn sync(&mut self, count: usize) -> Vec<usize> {
        let kept: Vec<_> = self.pending.drain(..count.min(self.pending.len())).collect();
        kept.iter().cloned().for_each(|change| change.apply(&mut self.synced));
        kept.iter().filter_map(Renaming::number).collect()
    }

    fn after_cut(&self, first: usize) -> BTreeMap<OsString, Id> {
        let mut names = self.synced.clone();
        self.pending[..first].iter().cloned().for_each(|change| change.apply(&mut names));
        names
    }
}

impl Renaming {
    fn number(&self) -> Option<usize> {
        match self {
            Self::Leave(_, number) | Self::Arrive(_, _, number) => Some(*number),
            Self::Set(..) | Self::Remove(_) | Self::Move(..) => None,
        }
    }

    fn apply(self, names: &mut BTreeMap<OsString, Id>) {
        match self {
            Self::Set(name, id) | Self::Arrive(name, id, _) => drop(names.insert(name, id)),
            Self::Remove(name) | Self::Leave(name, _) => drop(names.remove(&name)),
            Self::Move(old, new) => {
                let id = names.remove(&old).expect("it was there");
                names.insert(new, id);
            }
        }
    }
}
