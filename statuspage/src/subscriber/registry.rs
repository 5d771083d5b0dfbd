//! Who owns the book while the hub runs: one thread that changes it, writes it down, and only then answers.
//!
//! It does not know what a change means. What waits together is written together; what cannot be written is taken back, and
//! whoever asked is told to come again.

mod handle;
mod request;
mod work;

#[cfg(test)]
mod tests;

use std::{io, sync::mpsc as queue, thread};

use shared::Timestamp;
use tokio::sync::{mpsc, watch};

use super::{Vault, Wanted};
use work::Worker;

pub use handle::{RegistryHandle, Unavailable};

/// Requests that may wait. When that many do, the next are refused at once: the disk hangs, and a crowd would wait in vain.
const WAITING: usize = 1_024;

/// How the registry behaves.
#[derive(Debug, Clone)]
pub struct RegistryOptions {
    /// Domains whose addresses cannot subscribe, with everything below them: in A-labels and lower case.
    pub own_domains: Vec<String>,
    /// Tells the time.
    pub now: fn() -> Timestamp,
}

/// Why it cannot start.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The system gives no thread.
    #[error("the book of subscribers gets no thread of its own: {0}")]
    Thread(io::Error),
}

/// The book of subscribers while the hub runs.
#[derive(Debug)]
pub struct Registry;

impl Registry {
    /// Starts its thread, which ends when every handle is gone. A vault that does not open is tried again and again: see
    /// [`RegistryHandle::trouble`].
    ///
    /// Letters go into `letters`; when it is full, whoever asks is told to come again.
    ///
    /// # Errors
    ///
    /// When there is no thread to be had.
    pub fn start(
        vault: Vault,
        options: RegistryOptions,
        letters: mpsc::Sender<Wanted>,
    ) -> Result<RegistryHandle, RegistryError> {
        let (requests, inbox) = queue::sync_channel(WAITING);
        let (told, trouble) = watch::channel(None);
        let (closed, closing) = watch::channel(None);
        let worker = Worker::new(vault, options.now, letters, (told, closed));
        let thread = thread::Builder::new().name("subscribers".to_owned());
        thread.spawn(move || worker.run(&inbox)).map_err(RegistryError::Thread)?;
        Ok(RegistryHandle::of(requests, (trouble, closing), options.own_domains))
    }
}
