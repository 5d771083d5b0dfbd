//! Asks services whether they work: definitions, schedule and probes, and one bounded channel of observations out.
//!
//! It knows nothing of history, incidents or pages.

pub mod cli;
pub mod control;
pub mod counters;
pub mod definition;
#[cfg(any(test, feature = "faultd"))]
pub mod faultd;
pub mod limits;
pub mod load;
mod local;
pub mod network;
pub mod probe;
pub mod reload;
pub mod runner;
pub mod schema;
pub mod template;

pub use control::ControlTarget;
pub use counters::{Counted, Counters};
pub use network::{NameServer, Network, NetworkError, NetworkOptions, PrivateTargets};
pub use probe::{Attempt, execute};
pub use runner::{Prober, RunnerOptions};
