//! The data directory: its lock, the marker that says a database was made in it, free space, and setting a database aside.
//!
//! It does not know what is inside the database.
//!
//! | name | what |
//! |---|---|
//! | `store.lock` | locked while a process works in the directory |
//! | `store.format` | the marker: the format's version with a check, written once the database is on stable storage |
//! | `store.clean` | the database was closed with all of it on stable storage; removed when it is opened |
//! | `store.commits` | how often the database was written, see `commits` |
//! | `store/` | the database |
//! | `blocks/` | what is sealed: `raw/`, `hours/` and `days/` |
//! | `store.damaged-2026-11-22T13-00-00.000Z/` | a database that was set aside |
//! | `store.next/`, `store.renewed/`, `store.old/` | a renewal of the database under way, see `seal::renewal` |
//! | `store.replaced-2026-11-22T13-00-00.000Z/` | a store that `restore` or `repair` replaced, see `succession` |
//! | `backup.tmp/` | copies for backups under way |

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use shared::Timestamp;

use super::{
    OpenError, StoreFault, backup,
    database::{self, Files},
    seal::renewal,
    succession,
};

/// The newest format that this version reads and the one it writes.
pub(super) const FORMAT: u32 = 2;

/// A data directory that is ours until this is dropped.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// Holds the lock.
    _lock: File,
}

/// Why there is no database.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The operator must decide.
    Refused(OpenError),
    /// It is tried again.
    Fault(StoreFault),
}

impl From<StoreFault> for Trouble {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault)
    }
}

impl Directory {
    /// Makes the directory where needed and locks it.
    pub(super) fn acquire(path: &Path) -> Result<Self, Trouble> {
        let at = |error: io::Error| trouble(path, &error);
        create(path).map_err(at)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(path.join("store.lock")).map_err(at)?;
        match lock.try_lock() {
            Ok(()) => {
                // What an earlier process left half-way is finished or removed before anything is read.
                backup::clear(path).map_err(at)?;
                let directory = Self { path: path.to_owned(), _lock: lock };
                directory.finish_move()?;
                Ok(directory)
            }
            Err(TryLockError::WouldBlock) => Err(Trouble::Refused(OpenError::Locked(path.to_owned()))),
            Err(TryLockError::Error(error)) => Err(at(error)),
        }
    }

    /// Finishes a move of a new database into its place that was cut off.
    pub(super) fn finish_move(&self) -> Result<(), Trouble> {
        let finished = succession::finish(&self.path).and_then(|_| renewal::finish(&self.path));
        finished.map_err(|error| trouble(&self.path, &error))
    }

    /// The directory itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the database lies.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join("store")
    }

    /// Where it is counted how often the database was written.
    pub(super) fn count(&self) -> PathBuf {
        self.path.join("store.commits")
    }

    /// Where the block files lie.
    pub(super) fn blocks(&self) -> PathBuf {
        self.path.join("blocks")
    }

    /// Whether the database's own file is there, and ours to use.
    pub(super) fn has_database(&self) -> Result<bool, Trouble> {
        match OpenOptions::new().read(true).write(true).open(database::file_of(&self.database())) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(trouble(&self.path, &error)),
        }
    }

    /// Fails when less than `reserve` bytes are free.
    pub(super) fn require_space(&self, reserve: u64) -> Result<u64, Trouble> {
        let free = fs4::available_space(&self.path).map_err(|error| trouble(&self.path, &error))?;
        if free < reserve {
            return Err(StoreFault::NoSpace { dir: self.path.clone(), free, reserve }.into());
        }
        Ok(free)
    }

    /// Whether a database was ever made here.
    pub(super) fn marker(&self) -> Result<Marker, Trouble> {
        let text = match fs::read_to_string(self.marker_path()) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Marker::Missing),
            // Unreadable words are still a marker; the database knows its format too.
            Err(error) if error.kind() == ErrorKind::InvalidData => String::new(),
            Err(error) => return Err(trouble(&self.path, &error)),
        };
        let format = match read_marker(&text) {
            Said::Surely(format) => {
                self.require_format(format)?;
                format
            }
            // One flipped bit makes a newer format of ours: the row of the database, which has a checksum, decides.
            Said::Perhaps(format) => format.min(FORMAT),
            Said::Nothing => FORMAT,
        };
        Ok(Marker::Present(format))
    }

    /// Fails when the format is newer than this version.
    pub(super) fn require_format(&self, found: u32) -> Result<(), Trouble> {
        if found <= FORMAT {
            return Ok(());
        }
        Err(self.newer(found))
    }

    /// The refusal of a format that is newer than this version.
    pub(super) fn newer(&self, found: u32) -> Trouble {
        Trouble::Refused(OpenError::Newer { dir: self.path.clone(), found, known: FORMAT })
    }

    /// Writes the marker, whole or not at all, unless it is there as it should be.
    pub(super) fn mark(&self) -> Result<(), Trouble> {
        let line = marker_line(FORMAT);
        if fs::read(self.marker_path()).is_ok_and(|there| there == line.as_bytes()) {
            return Ok(());
        }
        self.write(MARKER_FILE, &line)
    }

    /// What the files of the database need before it is opened: nothing after a clean end, of which the mark is taken away. Any other
    /// end may have come after a sync that failed: what the files seem to hold need not be on the disk.
    pub(super) fn take_clean_end(&self) -> Result<Files, Trouble> {
        let path = self.path.join(CLEAN_FILE);
        let said = match fs::read(&path) {
            Ok(said) => said,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Files::WrittenAnew),
            Err(error) => return Err(trouble(&self.path, &error)),
        };
        let removed = fs::remove_file(&path).and_then(|()| File::open(&self.path)?.sync_all());
        removed.map_err(|error| trouble(&self.path, &error))?;
        Ok(if said == checked_line(CLEAN).as_bytes() { Files::AsTheyAre } else { Files::WrittenAnew })
    }

    /// Notes that the database was closed, and all of it is on stable storage.
    pub(super) fn leave_clean_end(&self) -> Result<(), Trouble> {
        self.write(CLEAN_FILE, &checked_line(CLEAN))
    }

    /// Writes a small file, whole or not at all.
    fn write(&self, name: &str, line: &str) -> Result<(), Trouble> {
        let write = || {
            let draft = self.path.join(format!("{name}.new"));
            let mut file = File::create(&draft)?;
            file.write_all(line.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, self.path.join(name))?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(|error| trouble(&self.path, &error))
    }

    /// Moves the database out of the way and says where it lies now; none when nothing was there.
    pub(super) fn set_aside(&self, now: Timestamp) -> Result<Option<PathBuf>, Trouble> {
        let name = format!("store.damaged-{}", now.to_string().replace(':', "-"));
        let kept = self.path.join(name);
        match fs::rename(self.database(), &kept) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(trouble(&self.path, &error)),
        }
        File::open(&self.path).and_then(|dir| dir.sync_all()).map_err(|error| trouble(&self.path, &error))?;
        Ok(Some(kept))
    }

    fn marker_path(&self) -> PathBuf {
        self.path.join(MARKER_FILE)
    }
}

/// Makes the directory and those above it that are missing, for this user alone, and syncs their names: also of those that are
/// there, for a process that died, or whose sync failed, may have made them.
pub(super) fn create(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let ours = fs::metadata(path)?;
    for dir in path.ancestors().take_while(|dir| !dir.as_os_str().is_empty()) {
        let facts = fs::metadata(dir)?;
        if (facts.uid(), facts.dev()) != (ours.uid(), ours.dev()) {
            break;
        }
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match File::open(parent) {
            Ok(parent) => parent.sync_all()?,
            // Where this user may not even look, it has made nothing.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a database was ever made in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// It was, of that format.
    Present(u32),
    /// It was not, or the process died before it was done.
    Missing,
}

const MARKER_FILE: &str = "store.format";
const MARKER: &str = "belfry store format ";
const CLEAN_FILE: &str = "store.clean";
const CLEAN: &str = "belfry store closed";

/// What the words of a marker say of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Its check fits.
    Surely(u32),
    /// It was written before there was a check.
    Perhaps(u32),
    /// They are garbled.
    Nothing,
}

/// Words and their CRC-32C: `belfry store format 2 d42cd4b4`.
fn checked_line(words: &str) -> String {
    format!("{words} {:08x}\n", crc32c::crc32c(words.as_bytes()))
}

fn marker_line(format: u32) -> String {
    checked_line(&format!("{MARKER}{format}"))
}

fn read_marker(text: &str) -> Said {
    let Some(said) = text.strip_suffix('\n').and_then(|line| line.strip_prefix(MARKER)) else { return Said::Nothing };
    let (number, check) = said.split_once(' ').map_or((said, None), |(number, check)| (number, Some(check)));
    match (number.parse().ok(), check) {
        (None, _) => Said::Nothing,
        (Some(format), None) => Said::Perhaps(format),
        (Some(format), Some(_)) if text == marker_line(format) => Said::Surely(format),
        (Some(_), Some(_)) => Said::Nothing,
    }
}

/// What an error of the file system means: the operator's decision, or something that may pass.
fn trouble(path: &Path, error: &io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::PermissionDenied => Trouble::Refused(OpenError::Permission(path.to_owned())),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists | ErrorKind::IsADirectory => {
            Trouble::Refused(OpenError::NotADirectory(path.to_owned()))
        }
        _ => Trouble::Fault(StoreFault::Failing(format!("{}: {error}", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_only_the_operator_can_mend_are_told_from_those_that_may_pass() {
        let check = |kind: ErrorKind, expected: &str| {
            let said = match trouble(Path::new("/data"), &kind.into()) {
                Trouble::Refused(error) => format!("refused: {error}"),
                Trouble::Fault(_) => "fault".to_owned(),
            };
            assert!(said.starts_with(expected), "{kind:?}: {said}");
        };
        check(ErrorKind::PermissionDenied, "refused: no permission to use the data directory /data");
        check(ErrorKind::NotADirectory, "refused: /data is not a directory");
        check(ErrorKind::AlreadyExists, "refused: /data is not a directory");
        check(ErrorKind::StorageFull, "fault");
        check(ErrorKind::ReadOnlyFilesystem, "fault");
        check(ErrorKind::Other, "fault");
    }

    #[test]
    fn a_directory_is_made_with_those_above_it_and_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("var/lib/belfry");
        drop(Directory::acquire(&path).expect("ours"));
        let mode = fs::metadata(&path).expect("made").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn a_garbled_marker_is_still_a_marker() {
        let dir = tempfile::tempdir().expect("a directory");
        let directory = Directory::acquire(dir.path()).expect("ours");
        assert_eq!(directory.marker().expect("readable"), Marker::Missing);
        fs::write(dir.path().join("store.format"), [0xff, 0xfe]).expect("written");
        assert_eq!(directory.marker().expect("readable"), Marker::Present(FORMAT));
        directory.mark().expect("written");
        assert_eq!(directory.marker().expect("readable"), Marker::Present(FORMAT));
        assert_eq!(fs::read_to_string(dir.path().join("store.format")).expect("text"), marker_line(FORMAT));
    }

    #[test]
    fn a_clean_end_is_believed_once_and_only_when_it_is_whole() {
        let dir = tempfile::tempdir().expect("a directory");
        let directory = Directory::acquire(dir.path()).expect("ours");
        let taken = || directory.take_clean_end().expect("readable");
        assert_eq!(taken(), Files::WrittenAnew);
        directory.leave_clean_end().expect("written");
        assert_eq!((taken(), taken()), (Files::AsTheyAre, Files::WrittenAnew));
        for text in ["", "belfry store closed\n", &checked_line(CLEAN).to_uppercase()] {
            fs::write(dir.path().join(CLEAN_FILE), text).expect("written");
            assert_eq!(taken(), Files::WrittenAnew, "{text:?}");
        }
    }

    #[test]
    fn a_marker_is_believed_when_its_check_fits() {
        let check = |text: &str, expected: Said| assert_eq!(read_marker(text), expected, "{text:?}");
        check(&marker_line(2), Said::Surely(2));
        check(&marker_line(7), Said::Surely(7));
        check(&marker_line(2).replace("format 2", "format 3"), Said::Nothing);
        check(&marker_line(2).to_uppercase(), Said::Nothing);
        check("belfry store format 2 00000000\n", Said::Nothing);
        check("belfry store format 2 \n", Said::Nothing);
        check("belfry store format 1\n", Said::Perhaps(1));
        check("belfry store format 6\n", Said::Perhaps(6));
        check("belfry store format 2", Said::Nothing);
        check("belfry store format x\n", Said::Nothing);
        check("", Said::Nothing);
    }

    #[test]
    fn no_flipped_bit_of_a_marker_makes_a_newer_format_of_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let directory = Directory::acquire(dir.path()).expect("ours");
        for line in [marker_line(FORMAT), format!("{MARKER}{FORMAT}\n")] {
            for bit in 0..line.len() * 8 {
                let mut bytes = line.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                fs::write(dir.path().join("store.format"), bytes).expect("written");
                assert!(matches!(directory.marker(), Ok(Marker::Present(0..=FORMAT))), "bit {bit} of {line:?}");
            }
        }
    }
}
