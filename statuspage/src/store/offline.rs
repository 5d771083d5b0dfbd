//! A store that no hub has open, for commands: it is locked and read as it lies there, and nothing is set aside or made anew.
//!
//! It does not know what the commands are.

use std::path::{Path, PathBuf};

use shared::ComponentId;

use super::{
    ObservationPage, ObservationQuery, OpenError, StoreFault,
    blocks::Blocks,
    database::Broken,
    directory::{Directory, FORMAT, Marker, Trouble},
    holdings::Holdings,
    key::{self, Kind},
    migrate::migrate,
    query::{self, Unanswered},
    shelf::{Format, Shelf},
};

/// A store in the hands of this process.
#[derive(Debug)]
pub struct Offline {
    /// In this order, so that the database is closed before the lock is released.
    holdings: Holdings,
    directory: Directory,
}

/// Why a command cannot use the store.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// There is none.
    #[error("there is no store in {}: choose its directory with --data", .0.display())]
    Missing(PathBuf),
    /// The directory cannot be had.
    #[error(transparent)]
    Refused(#[from] OpenError),
    /// The database is damaged.
    #[error("the database in {} is damaged ({reason}): `statuspage repair` saves what can be read", dir.display())]
    Damaged {
        /// The data directory.
        dir: PathBuf,
        /// What the database said.
        reason: String,
    },
    /// The disk does not work.
    #[error("the database in {} cannot be read now: {reason}", dir.display())]
    Failing {
        /// The data directory.
        dir: PathBuf,
        /// What the database said.
        reason: String,
    },
}

impl OfflineError {
    pub(super) fn broken(dir: &Path, broken: &Broken) -> Self {
        let (dir, reason) = (dir.to_owned(), broken.reason().to_owned());
        match broken {
            Broken::Damaged(_) => Self::Damaged { dir, reason },
            Broken::Unreadable(_) | Broken::Failing(_) => Self::Failing { dir, reason },
        }
    }

    pub(super) fn trouble(dir: &Path, trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(error) => Self::Refused(error),
            Trouble::Fault(StoreFault::Failing(reason)) => Self::Failing { dir: dir.to_owned(), reason },
            Trouble::Fault(fault) => Self::Failing { dir: dir.to_owned(), reason: fault.to_string() },
        }
    }
}

impl Drop for Offline {
    fn drop(&mut self) {
        // Without the mark the next opening takes a little longer.
        if self.holdings.shelf.finish().is_ok() {
            let _ = self.directory.leave_clean_end();
        }
    }
}

impl Offline {
    /// Opens the store of a data directory.
    ///
    /// # Errors
    ///
    /// When there is none, another process has it, or it cannot be read.
    pub fn open(dir: &Path) -> Result<Self, OfflineError> {
        let directory = lock(dir)?;
        let broken = |broken| OfflineError::broken(dir, &broken);
        let trouble = |trouble| OfflineError::trouble(dir, trouble);
        let files = directory.take_clean_end().map_err(trouble)?;
        let shelf = Shelf::open(&directory, files).map_err(broken)?;
        match shelf.format().map_err(broken)? {
            Format::Known(newer) if newer > FORMAT => directory.require_format(newer).map_err(trouble)?,
            Format::Known(older) if older < FORMAT => migrate(&shelf, older).map_err(broken)?,
            Format::Known(_) => {}
            Format::None if directory.marker().map_err(trouble)? == Marker::Missing => {}
            Format::None => return Err(broken(Broken::Damaged("it is empty, and was not".to_owned()))),
        }
        let blocks = Blocks::look(&directory.blocks(), &shelf).map_err(broken)?;
        Ok(Self { holdings: Holdings { shelf, blocks }, directory })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    /// A component's observations.
    ///
    /// # Errors
    ///
    /// When the database breaks.
    pub fn observations(&self, query: &ObservationQuery) -> Result<ObservationPage, OfflineError> {
        query::answer(&self.holdings, query).map_err(|fault| match fault {
            Unanswered::Database(broken) => OfflineError::broken(self.directory(), &broken),
            Unanswered::Files(error) => {
                OfflineError::Failing { dir: self.directory().to_owned(), reason: error.to_string() }
            }
        })
    }

    /// Whether there is or was a component of that name.
    ///
    /// # Errors
    ///
    /// When the database breaks.
    pub fn knows(&self, component: &ComponentId) -> Result<bool, OfflineError> {
        let broken = |broken| OfflineError::broken(self.directory(), &broken);
        let state = key::part(&key::named(Kind::Component, component.as_str()), 0);
        if self.holdings.shelf.get(&state).map_err(broken)?.is_some() {
            return Ok(true);
        }
        let (component, formerly) = (component.clone(), Vec::new());
        let any = ObservationQuery { component, formerly, from: None, to: None, limit: 1, cursor: None };
        Ok(!self.observations(&any)?.observations.is_empty())
    }
}

/// Locks a data directory that holds a database; nothing is made where none is.
pub(super) fn lock(dir: &Path) -> Result<Directory, OfflineError> {
    if !dir.join("store").exists() {
        return Err(OfflineError::Missing(dir.to_owned()));
    }
    let trouble = |trouble| OfflineError::trouble(dir, trouble);
    let directory = Directory::acquire(dir).map_err(trouble)?;
    directory.marker().map_err(trouble)?;
    if !directory.has_database().map_err(trouble)? {
        return Err(OfflineError::Missing(dir.to_owned()));
    }
    Ok(directory)
}
