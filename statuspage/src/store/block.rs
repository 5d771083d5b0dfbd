//! Block files: what is over, in checksummed files that are whole or not there.
//!
//! It does not know the database, nor when something is over.
//!
//! | module | what |
//! |---|---|
//! | [`file`] | one file: frames, index, checksums |
//! | [`observation`] | the codec of results |
//! | [`archive`] | a directory of files: merging, joining, reading, retention |

mod archive;
mod content;
mod damage;
mod file;
mod observation;
mod span;

pub(in crate::store) use archive::{Archive, Joining, Kept};
pub(in crate::store) use content::{Content, Days, Hours, Raw, is_content, verify};
pub(in crate::store) use damage::{BlockError, Damage, Wrong};
pub(in crate::store) use file::{BlockFile, Draft, Facts, FileFacts, Frame, Kind, sync_directory};
