//! A service manager in systemd's place: the socket that it names, and what it hears there.
//!
//! It does not know whom it hears.

use std::{
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::wait;

/// The service manager's socket.
#[derive(Debug)]
pub struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Manager {
    /// One that listens in a directory.
    pub fn new(directory: &Path) -> Result<Self> {
        let path = directory.join("notify");
        let socket = UnixDatagram::bind(&path)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, path })
    }

    /// What `NOTIFY_SOCKET` names.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was said since the last time.
    pub fn heard(&self) -> Vec<String> {
        let one = || {
            let mut buffer = [0; 1_024];
            let length = self.socket.recv(&mut buffer).ok()?;
            Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
        };
        std::iter::from_fn(one).collect()
    }

    /// Waits until it hears a line that begins so.
    pub async fn until(&self, line: &str) {
        wait::until(&format!("the service manager hears {line}"), async || {
            self.heard().iter().any(|said| said.starts_with(line)).then_some(())
        })
        .await;
    }
}
