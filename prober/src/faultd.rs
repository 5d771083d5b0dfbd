//! A scripted bad world for tests: servers that misbehave as told, name servers that lie as told, and authorities of our own.
//!
//! It is compiled for tests only (feature `faultd`), and knows nothing of probes.

mod dns;
mod pki;
mod server;

pub(crate) use dns::{NameServer, Reply};
pub(crate) use pki::{Authority, Identity, Validity};
pub(crate) use server::{Act, Server};
