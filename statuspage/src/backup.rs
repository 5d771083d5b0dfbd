//! A backup as a file: a plain tar with a first page that says what it is, the files, and the hash of each of them at the end.
//!
//! It does not know what the files mean, nor where a backup is made.
//!
//! | member | what |
//! |---|---|
//! | `belfry-backup.json` | [`Head`]: the format's version, when it was made and by which version |
//! | `rows.blk` | every row of the database, as a block file |
//! | `subscribers.sealed` | the subscribers, encrypted with a key that no backup holds; absent where nobody can subscribe |
//! | `blocks/…` | the block files, by their paths in the data directory |
//! | `manifest.json` | [`Manifest`]: length and SHA-256 of every member before it; without it a backup was cut off |

mod pack;
mod rotation;
mod unpack;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::Timestamp;

pub use pack::pack;
pub use rotation::{made_at, name_at, newest_first, rotate};
pub use unpack::{UnpackError, check, unpack, unpack_rows};

/// The newest format that this version reads and the one it writes.
///
/// Version 2 may hold `subscribers.sealed`.
pub const FORMAT: u32 = 2;
/// The rows of the database.
pub const ROWS: &str = "rows.blk";
/// Where block files lie.
pub const BLOCKS: &str = "blocks";
const HEAD: &str = "belfry-backup.json";
const MANIFEST: &str = "manifest.json";

/// The first page of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of this format.
    pub format: u32,
    /// The instant that it shows.
    pub made_at: Timestamp,
    /// The version of the programme that made it.
    pub software: String,
    /// Rows of the database.
    pub rows: u64,
    /// Files of blocks.
    pub block_files: u64,
}

/// The last page of a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Every other member, by its name.
    pub members: BTreeMap<String, Member>,
}

/// What a member must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its length.
    pub bytes: u64,
    /// In hexadecimal.
    pub sha256: String,
}
