//! A place that reports to a hub like any other and tells by itself when that hub is silent: what it knows of the hub, and how what is
//! observed reaches both.
//!
//! It does not know how anything is judged, told or shown: that is what its own hub, on the same results, does.

mod ear;
mod kept;
mod lookout;
mod station;
mod tee;
mod view;

pub use lookout::Lookout;
pub use station::{OutpostOptions, Station, Unfit, settings};
use tee::tee;
pub use view::{Hearing, HubView};

pub use crate::notify::HubTrouble as Trouble;
