//! Asks services whether they work: definitions, schedule and probes, and one bounded channel of observations out.
//!
//! It knows nothing of history, incidents or pages.

pub mod definition;
pub mod load;
pub mod reload;
pub mod schema;
