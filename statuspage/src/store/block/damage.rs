//! What can be wrong with block files, as data.
//!
//! It does not know what is done about it.

use std::{
    io::{self, ErrorKind},
    path::PathBuf,
};

/// A part of a block file that cannot be used; the rest of the file can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {} at byte {offset}: {wrong}", file.display(), frame.as_deref().map_or("the part".to_owned(), |name| format!("the frame {name}")))]
pub(in crate::store) struct Damage {
    /// Which file.
    pub(in crate::store) file: PathBuf,
    /// The name of the frame, where it is known.
    pub(in crate::store) frame: Option<String>,
    /// Where it begins.
    pub(in crate::store) offset: u64,
    /// What is wrong with it.
    pub(in crate::store) wrong: Wrong,
}

/// What is wrong with a part of a block file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::store) enum Wrong {
    /// The first sixteen bytes.
    #[error("the header is damaged; the frames were found without it")]
    Header,
    /// The footer or the trailer.
    #[error("the index is damaged or missing; it was made again from the frames")]
    Index,
    /// The bytes are not those that were written.
    #[error("its checksum does not fit")]
    Checksum,
    /// The file is shorter than it was.
    #[error("the file ends before it does")]
    CutOff,
    /// No frame begins where one should.
    #[error("no frame begins here")]
    NoFrame,
    /// A whole frame, but another one than the index says.
    #[error("the index names another frame")]
    Misplaced,
    /// The frames are whole and the file is not what was written.
    #[error("the file's SHA-256 does not fit")]
    Hash,
    /// The frame is as it was written, and what is in it cannot be read.
    #[error("its content cannot be read")]
    Content,
    /// A file of another collection.
    #[error("the file belongs to another collection")]
    Foreign,
    /// A later version of this programme wrote the file.
    #[error("the file was written by a newer version (format {0}): upgrade to read it")]
    Newer(u16),
    /// The disk does not give it back.
    #[error("the disk cannot read it ({0})")]
    Unreadable(String),
}

impl Wrong {
    /// Whether the disk could not read it, which may pass: nothing says that the bytes are not there.
    pub(in crate::store) fn may_pass(&self) -> bool {
        match self {
            Self::Unreadable(_) => true,
            Self::Header
            | Self::Index
            | Self::Checksum
            | Self::CutOff
            | Self::NoFrame
            | Self::Misplaced
            | Self::Hash
            | Self::Content
            | Self::Foreign
            | Self::Newer(_) => false,
        }
    }
}

/// Why a block file was not written or opened.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum BlockError {
    /// The disk or the quota is full, or files may not grow so long: nothing was changed, and it may work later.
    #[error("no space for a block file: free some, or lower max_bytes")]
    NoSpace(#[source] io::Error),
    /// The file system is read-only: nothing was changed.
    #[error("the file system of the block files is read-only: mount it for writing")]
    ReadOnly(#[source] io::Error),
    /// What was written did not read back: nothing was changed.
    #[error("a block file was not written as it should be: {0}")]
    Damaged(#[from] Damage),
    /// A later version of this programme wrote it.
    #[error("{} was written by a newer version (format {found}, this one reads up to {known}): upgrade", file.display())]
    Newer {
        /// Which file.
        file: PathBuf,
        /// Its format.
        found: u16,
        /// The newest that is known.
        known: u16,
    },
    /// Another fault of the disk.
    #[error("a block file cannot be read or written")]
    Io(#[source] io::Error),
}

impl From<io::Error> for BlockError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::NoSpace(error),
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(error),
            // The other kinds are many, and the standard library adds to them.
            _ => Self::Io(error),
        }
    }
}
