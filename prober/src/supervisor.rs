//! The watch over our own parts: a thread of the operating system to which each part gives a sign of life, and which ends the process
//! when one falls silent, so that whoever supervises the process starts it anew.
//!
//! It does not know what the parts do. It is no task: a runtime that stands still cannot blind it.

mod oversight;
mod parts;
mod pulse;
mod round;
mod socket;
mod starts;
mod thread;
mod vitals;

pub use oversight::Oversight;
pub use parts::{Finish, anew, finish};
pub use pulse::{Pulse, Pulses};
pub use socket::{Credo, ServiceSocket};
pub use starts::{Stability, Starts};
pub use thread::{Supervisor, Watching};
pub use vitals::{Vitals, measure_lag};
