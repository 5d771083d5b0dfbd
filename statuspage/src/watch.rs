//! The dead-man switch: each minute an outside watcher is told that probes really ran, or why not (`[watch] ping = URL`).
//!
//! It does not know how probing works: the hub hands in what it saw. The protocol is that of Healthchecks.io: `GET URL` is a sign of
//! life, `POST URL/fail` with the reason as its body is an alarm; silence is one too. A service that knows plain URLs only works as
//! well: it never sees the sign of life while something is wrong.

mod gait;
mod pinger;
mod seen;
mod verdict;

pub use gait::{Gait, Stride};
pub use pinger::{Ping, Watch};
pub use seen::{PingBoard, PingSeen, PingsSeen};
pub use verdict::{Reason, WatchInput, verdict};
