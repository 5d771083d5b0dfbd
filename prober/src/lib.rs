//! Asks services whether they work: definitions, schedule and probes, and one bounded channel of observations out.
//!
//! It knows nothing of history, incidents or pages.

pub mod canary;
pub mod cli;
mod control;
mod counters;
pub mod definition;
#[cfg(test)]
mod faultd;
pub mod journal;
pub mod limits;
pub mod load;
mod local;
mod location;
mod network;
mod probe;
pub mod reload;
pub mod reporter;
mod runner;
pub mod schema;
pub mod signals;
pub mod supervisor;
mod template;

pub use control::{ControlTarget, InvalidControlTarget, saw_nothing};
pub use counters::{Counted, Counters};
pub use network::{InvalidNameServer, NameServer, Network, NetworkError, NetworkOptions, PrivateTargets};
pub use probe::{Attempt, execute};
pub use runner::{Prober, RunnerOptions};
