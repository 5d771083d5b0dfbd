//! System calls of a program under test that do not return, as on a disk or in a kernel that does not answer any more.
//!
//! It does not know which part of the program makes them. The library that stands between a program and the system is built from
//! `clock/hang.c`.

use std::{os::unix::fs::FileExt as _, path::PathBuf};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

use crate::preload;

/// What hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// Nothing.
    None,
    /// What brings files to the disk.
    Sync,
    /// What waits for all sockets: whoever is in the same runtime waits with it.
    Wait,
}

/// What a program goes by; nothing hangs until it is told so.
#[derive(Debug)]
pub struct Hang {
    file: NamedTempFile,
    library: PathBuf,
}

impl Hang {
    /// A program that works.
    pub fn new() -> Result<Self> {
        let hang = Self { file: NamedTempFile::new()?, library: preload::library("hang.c")? };
        hang.order(Calls::None)?;
        Ok(hang)
    }

    /// What a program is started with so that it can be told.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [("LD_PRELOAD", self.library.clone()), ("BELFRY_TEST_HANG", self.file.path().to_owned())]
    }

    /// From now on those hang, and no others.
    pub fn order(&self, calls: Calls) -> Result<()> {
        let order: i32 = match calls {
            Calls::None => 0,
            Calls::Sync => 1,
            Calls::Wait => 2,
        };
        self.file.as_file().write_all_at(&order.to_ne_bytes(), 0).context("write what hangs")
    }
}
