//! The harness of the end-to-end tests: real programs on free loopback ports, each stopped when its handle is dropped.
//!
//! It does not know what is tested; the tests live in `it/`.

pub mod alertmanager;
pub mod backend;
pub mod browser;
pub mod clock;
pub mod compose;
pub mod hang;
pub mod hook;
pub mod hub;
pub mod image;
pub mod letter;
pub mod line;
pub mod manager;
pub mod manual;
pub mod measured;
pub mod names;
pub mod namespace;
pub mod nginx;
pub mod place;
pub mod preload;
pub mod program;
pub mod prometheus;
pub mod relay;
pub mod smtpd;
pub mod submission;
pub mod town;
pub mod unit;
pub mod wait;
