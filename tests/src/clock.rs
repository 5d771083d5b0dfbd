//! The wall clock of a program under test, which can be set ahead while it runs: nobody waits for a quarter of an hour.
//!
//! It does not know whose clock it is. The library that stands between a program and the system is built from `clock/clock.c`; the
//! clock by which deadlines are measured is left alone.

use std::{
    os::unix::fs::FileExt as _,
    path::PathBuf,
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

use crate::preload;

/// A clock that is as right as the system's until it is set ahead.
#[derive(Debug)]
pub struct Clock {
    ahead: AtomicI64,
    file: NamedTempFile,
    library: PathBuf,
}

impl Clock {
    /// The system's time.
    pub fn new() -> Result<Self> {
        let clock =
            Self { ahead: AtomicI64::new(0), file: NamedTempFile::new()?, library: preload::library("clock.c")? };
        clock.advance(Duration::ZERO)?;
        Ok(clock)
    }

    /// What a program is started with that goes by this clock.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [("LD_PRELOAD", self.library.clone()), ("BELFRY_TEST_CLOCK", self.file.path().to_owned())]
    }

    /// Sets it ahead, in whole seconds.
    pub fn advance(&self, by: Duration) -> Result<()> {
        let by = i64::try_from(by.as_secs())?;
        let ahead = self.ahead.fetch_add(by, Ordering::Relaxed) + by;
        // Eight bytes in one write: a reader sees the old ones or the new ones.
        self.file.as_file().write_all_at(&ahead.to_ne_bytes(), 0).context("set the clock ahead")
    }

    /// Its time.
    pub fn now(&self) -> SystemTime {
        let ahead = u64::try_from(self.ahead.load(Ordering::Relaxed)).unwrap_or_default();
        SystemTime::now() + Duration::from_secs(ahead)
    }
}
