//! What this process lives on: room on the disk, memory, descriptors, a clock that is right, and parts that give signs of life.
//!
//! It does not know who is told when something runs out.

mod judge;
mod reading;
mod steward;
mod trend;

pub use judge::{Found, Judge};
pub use reading::{Disk, Memory, Reading, Share};
pub use steward::{Sources, Steward};
