//! A scripted bad world for tests: servers that misbehave as told, name servers that lie as told, and authorities of our own.
//!
//! It is compiled for tests only (feature `faultd`), and knows nothing of probes.

mod dns;
mod pki;
mod server;

pub use dns::{NameServer, Reply};
pub use pki::{Authority, Identity, Validity};
pub use server::{Act, Server};
