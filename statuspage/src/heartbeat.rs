//! Signs of life that something sends by itself: which are expected, what one says, and when one is missed. Pure.
//!
//! It does not know by which path a sign comes, nor what its observation means for a service. It reads no clock.

mod book;
mod keys;
mod push;
#[cfg(test)]
pub(crate) mod sample;

pub use book::Book;
pub use keys::{Key, Keys};
pub use push::{Push, Sign};
