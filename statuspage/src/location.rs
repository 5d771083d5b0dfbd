//! The places that report from elsewhere: who they are, how far what they say has come, and how they do. Pure.
//!
//! It does not know HTTP, the store or what results mean: records go in and out as bytes.

mod book;
mod code;
mod envelope;
mod place;
mod sight;
mod view;

#[cfg(test)]
mod tests;

pub use book::{Book, Command, OwnClock, Refused, SILENCE, Trouble, Undone};
pub use code::{Code, CodeHash};
pub use envelope::{KeyError, PublicKey, Register, Unverified, Verified};
pub use place::{Counts, News, Taken};
pub use sight::{Seen, Sights};
pub use view::{Coverage, LocationView, Standing};
