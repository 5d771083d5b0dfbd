//! The hub's own socket, `DATA/control.sock`: how commands on the same machine talk to a running hub, with an operator's rights.
//!
//! It does not know what is asked through it. Who may open the socket is an operator: its mode is 0600 from its first moment on.

mod client;

use std::{
    fs, io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
        net::UnixStream,
    },
    path::{Path, PathBuf},
};

use tokio::net::UnixListener;

pub use client::{Answer, Client, ClientError};

/// The longest path that an address of a socket can hold (`sun_path` less its final zero, unix(7)).
const LONGEST: usize = 107;

/// The socket's place in a data directory.
pub fn path_in(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// The socket, taken and listening; it is removed when this is dropped.
#[derive(Debug)]
pub struct Endpoint {
    listener: UnixListener,
    file: SocketFile,
}

/// Why there is no socket. The hub runs without it, and commands that need it say so.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// Its path does not fit into an address.
    #[error(
        "the path {} has {} bytes and a socket's has at most {LONGEST}: choose a shorter data directory to give commands to a running hub",
        .0.display(), .0.as_os_str().len()
    )]
    TooLong(PathBuf),
    /// Another process answers there.
    #[error("another process listens at {}", .0.display())]
    InUse(PathBuf),
    /// Something else has that name.
    #[error("{} is no socket: move it away", .0.display())]
    NoSocket(PathBuf),
    /// The file system refuses.
    #[error("cannot make the socket {}: {reason}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

impl Endpoint {
    /// Takes the socket of a data directory; that of a hub that has died is replaced.
    ///
    /// # Errors
    ///
    /// When the path is too long or taken, or the file system refuses.
    pub fn open(data: &Path) -> Result<Self, EndpointError> {
        let path = path_in(data);
        if path.as_os_str().as_bytes().len() > LONGEST {
            return Err(EndpointError::TooLong(path));
        }
        let at = |reason| EndpointError::Io { path: path.clone(), reason };
        match fs::symlink_metadata(&path) {
            Ok(found) if !found.file_type().is_socket() => return Err(EndpointError::NoSocket(path)),
            Ok(_) if UnixStream::connect(&path).is_ok() => return Err(EndpointError::InUse(path)),
            Ok(_) | Err(_) => {}
        }
        let listener = listen(data, &path).map_err(at)?;
        let place = fs::symlink_metadata(&path).map_err(at)?;
        Ok(Self { listener, file: SocketFile { path, place: (place.dev(), place.ino()) } })
    }

    /// The listener, and the file that goes when it is dropped.
    pub(crate) fn into_parts(self) -> (UnixListener, SocketFile) {
        (self.listener, self.file)
    }
}

/// Makes the socket where nobody else can reach it, narrows its mode, and only then moves it into place.
fn listen(data: &Path, path: &Path) -> io::Result<UnixListener> {
    // Its name is no longer than the socket's own, so that this path fits too.
    let nest = data.join(".control");
    clear(&nest)?;
    fs::DirBuilder::new().mode(0o700).create(&nest)?;
    let egg = nest.join("new");
    let listener = UnixListener::bind(&egg)?;
    fs::set_permissions(&egg, fs::Permissions::from_mode(0o600))?;
    fs::rename(&egg, path)?;
    clear(&nest)?;
    Ok(listener)
}

/// Removes what an earlier process may have left half-way.
fn clear(nest: &Path) -> io::Result<()> {
    match fs::remove_dir_all(nest) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The socket's name; removed on drop unless it has become another's.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    place: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|now| (now.dev(), now.ino()) == self.place);
        if ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "cannot remove the control socket");
        }
    }
}

#[cfg(test)]
mod tests;
