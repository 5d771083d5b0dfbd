//! The pages as readers get them: complete HTML documents and the same in plain text, each a pure function of one snapshot.
//!
//! It does not know HTTP: no address is read, nothing is compressed or cached here.

mod affected;
mod chart;
mod day;
mod failures;
mod freshness;
mod history;
mod home;
mod incident;
mod news;
pub mod operator;
mod oversight;
mod plain;
mod planned;
mod policy;
mod postmortem;
mod present;
mod probes;
mod problem;
mod record;
mod service;
mod shell;
mod strip;
pub mod subscribe;
mod upstream;
mod uptime;
mod voice;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use affected::{Asked, affected};
pub use history::{Month, history};
pub use home::home;
pub use incident::incident;
pub use oversight::oversight;
pub use plain::plain_text;
pub use planned::maintenance;
pub use policy::{content_security_policy, operator_security_policy};
pub use postmortem::postmortem;
pub use present::live;
pub use problem::{Problem, error, error_text};
pub use service::service;
pub use voice::voice;
