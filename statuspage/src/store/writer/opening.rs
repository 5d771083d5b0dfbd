//! Opening the database: lock, space, format, marker; and what to do when it is damaged or gone.
//!
//! It does not know when to try again.

use super::{Broken, Directory, Restored, StoreFault, Trouble, Writer};
use crate::store::{
    StoreOptions,
    blocks::Blocks,
    database::Files,
    directory::{FORMAT, Marker},
    holdings::Holdings,
    migrate::migrate,
    restore, revival,
    shelf::{Format, Shelf},
};

/// What is read on opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// Everything that comes back: the hub does not know it yet.
    WithContents,
    /// Nothing: the hub has it in memory.
    Again,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) restored: Restored,
    pub(super) faults: Vec<StoreFault>,
    pub(super) corrupt_rows: u64,
    /// It was made just now, or has lost what was written last: it does not hold what the hub knows.
    pub(super) is_behind: bool,
}

impl Writer {
    /// Opens the database, or sets a damaged one aside and makes a new one.
    pub(super) fn open(&mut self, opening: Opening) -> Result<Found, Trouble> {
        let directory: &Directory = match &mut self.directory {
            Some(directory) => directory,
            none => none.insert(Directory::acquire(&self.path)?),
        };
        directory.require_space(self.options.reserve)?;
        directory.finish_move()?;
        let marker = directory.marker()?;
        let mut faults = Vec::new();
        // Asked in any case: a database of another user is the operator's to give back.
        let has_database = directory.has_database()?;
        if marker != Marker::Missing && !has_database {
            directory.set_aside(crate::clock::now())?;
            faults.push(StoreFault::Gone(directory.database()));
            faults.extend(revive(&self.options, directory, opening));
        }
        let last_end = directory.take_clean_end()?;
        let mut attempt = if self.damages >= super::TRIES {
            Err(Unopened::Broken(Broken::Damaged("it fails again and again".to_owned())))
        } else {
            // What looked like damage may have been a passing failure: the second look decides.
            try_open(directory, opening, marker, files(marker, last_end))
                .or_else(|_| try_open(directory, opening, marker, files(marker, Files::WrittenAnew)))
        };
        if let Err(Unopened::Broken(broken)) = &attempt
            && is_beyond_repair(broken, self.failed_openings + 1)
        {
            // A full disk can look like damage, and the database is good again once there is room.
            directory.require_space(self.options.reserve)?;
            let reason = broken.reason().to_owned();
            if let Some(kept) = directory.set_aside(crate::clock::now())? {
                faults.push(StoreFault::SetAside { reason, kept });
                faults.extend(revive(&self.options, directory, opening));
            }
            attempt = try_open(directory, opening, Marker::Missing, Files::Unfinished);
        }
        let (holdings, format, mut restored) = attempt.map_err(|unopened| match unopened {
            Unopened::Broken(broken) => StoreFault::Failing(broken.reason().to_owned()).into(),
            Unopened::Newer(found) => directory.newer(found),
        })?;
        let Holdings { shelf, blocks } = &holdings;
        let is_new = prepare(directory, shelf, format)?;
        if faults.iter().any(|fault| matches!(fault, StoreFault::RestoredFrom { .. })) {
            let forgotten = revival::forget_pending(shelf);
            forgotten.map_err(|broken| StoreFault::Failing(broken.reason().to_owned()))?;
            restored.notifications.retain(|notification| !notification.is_pending());
        }
        // A new database knows of no files: it takes those that are there for its own.
        faults.extend(blocks.missed().iter().cloned().map(StoreFault::MissingBlock));
        let corrupt_rows = shelf.bury().map_err(|broken| StoreFault::Failing(broken.reason().to_owned()))?;
        if corrupt_rows > 0 {
            faults.push(StoreFault::CorruptRows { rows: corrupt_rows });
        }
        let lost = shelf.lost();
        if let Some(writes) = lost {
            faults.push(StoreFault::LostWrites { writes });
            shelf.forget_lost().map_err(|broken| StoreFault::Failing(broken.reason().to_owned()))?;
        }
        self.damages = 0;
        self.failed_openings = 0;
        self.holdings = Some(holdings);
        Ok(Found { restored, faults, corrupt_rows, is_behind: is_new || lost.is_some() })
    }
}

/// The last backup, where there is one; once the hub knows what there was, it writes that down again by itself.
fn revive(options: &StoreOptions, directory: &Directory, opening: Opening) -> Option<StoreFault> {
    match (opening, &options.backups) {
        (Opening::WithContents, Some(backups)) => revival::revive(directory, backups),
        (Opening::WithContents, None) | (Opening::Again, _) => None,
    }
}

/// What the files of a database need before it is opened, after the end that it had.
fn files(marker: Marker, last_end: Files) -> Files {
    match marker {
        Marker::Missing => Files::Unfinished,
        Marker::Present(_) => last_end,
    }
}

fn is_beyond_repair(broken: &Broken, tries: u32) -> bool {
    match broken {
        Broken::Damaged(_) => true,
        Broken::Unreadable(_) => tries >= super::TRIES,
        Broken::Failing(_) => false,
    }
}

/// Writes the format where there is none, then the marker. True for a database that is new.
fn prepare(directory: &Directory, shelf: &Shelf, format: Format) -> Result<bool, Trouble> {
    let is_new = match format {
        Format::None => {
            shelf.set_format().map_err(|broken| StoreFault::Failing(broken.reason().to_owned()))?;
            true
        }
        Format::Known(_) => false,
    };
    directory.mark()?;
    Ok(is_new)
}

/// Why there is no open database after an attempt.
enum Unopened {
    Broken(Broken),
    /// Its own row says that it has that format; nothing was written to it.
    Newer(u32),
}

impl From<Broken> for Unopened {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

fn try_open(
    directory: &Directory,
    opening: Opening,
    marker: Marker,
    files: Files,
) -> Result<(Holdings, Format, Restored), Unopened> {
    let had_file = directory.has_database().unwrap_or(false);
    let shelf = Shelf::open(directory, files)?;
    let format = shelf.format()?;
    // Once the marker is there the format was synced: without it, rows have vanished.
    if format == Format::None && marker != Marker::Missing && had_file {
        return Err(Broken::Damaged("it is empty, and was not".to_owned()).into());
    }
    match format {
        Format::Known(newer) if newer > FORMAT => return Err(Unopened::Newer(newer)),
        Format::Known(older) if older < FORMAT => migrate(&shelf, older)?,
        Format::Known(_) | Format::None => {}
    }
    let blocks = Blocks::open(&directory.blocks(), &shelf)?;
    let holdings = Holdings { shelf, blocks };
    let restored = match opening {
        Opening::WithContents => restore::restore(&holdings, crate::clock::now())?,
        Opening::Again => Restored::default(),
    };
    Ok((holdings, format, restored))
}
