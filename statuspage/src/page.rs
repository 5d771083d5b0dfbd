//! The pages as readers get them: complete HTML documents and the same in plain text, each a pure function of one snapshot.
//!
//! It does not know HTTP: no address is read, nothing is compressed or cached here.

mod chart;
mod day;
mod failures;
mod freshness;
mod home;
pub mod operator;
mod plain;
mod policy;
mod postmortem;
mod present;
mod probes;
mod problem;
mod service;
mod shell;
mod strip;
mod uptime;
mod voice;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use home::home;
pub use plain::plain_text;
pub use policy::{content_security_policy, operator_security_policy};
pub use postmortem::postmortem;
pub use present::live;
pub use problem::{Problem, error};
pub use service::service;
pub use voice::voice;
