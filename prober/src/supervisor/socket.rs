//! What the service manager is told, in systemd's words (sd_notify(3)): one datagram each to the socket that it named.
//!
//! It does not know what is true: the supervisor says so. A manager that does not listen is no fault. By hand over the standard
//! library: the crates `sd-notify` and `libsystemd` send the same lines, and read and change the environment as a whole.

use std::{
    ffi::OsStr,
    os::unix::net::{SocketAddr, UnixDatagram},
    os::{linux::net::SocketAddrExt as _, unix::ffi::OsStrExt as _},
    path::Path,
    time::Duration,
};

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credo {
    /// It works from now on.
    Ready,
    /// How it does, in one line for people.
    Status(String),
    /// It is alive.
    Alive,
    /// It is about to end.
    Stopping,
}

impl Credo {
    fn line(&self) -> String {
        match self {
            Self::Ready => "READY=1".to_owned(),
            // A line of its own: what follows a line feed would be another assignment.
            Self::Status(status) => format!("STATUS={}", status.replace(['\n', '\r'], " ")),
            Self::Alive => "WATCHDOG=1".to_owned(),
            Self::Stopping => "STOPPING=1".to_owned(),
        }
    }
}

/// The socket of the service manager.
#[derive(Debug)]
pub struct ServiceSocket {
    socket: UnixDatagram,
    address: SocketAddr,
    every: Option<Duration>,
}

impl ServiceSocket {
    /// The socket that the environment names (`NOTIFY_SOCKET`), and how often the manager wants to hear of us: within a third of
    /// `WATCHDOG_USEC`, when it is this process that is meant (`WATCHDOG_PID`).
    pub fn from_environment(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<Self> {
        let address = address(&variable("NOTIFY_SOCKET")?)?;
        let number = |name: &str| variable(name)?.to_str()?.parse::<u64>().ok();
        let ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let every = number("WATCHDOG_USEC").filter(|limit| ours && *limit > 0);
        let socket = UnixDatagram::unbound().ok()?;
        // The supervisor must not wait for a manager that reads nothing.
        socket.set_nonblocking(true).ok()?;
        Some(Self { socket, address, every: every.map(|limit| Duration::from_micros(limit / 3)) })
    }

    /// How often it is to be told that we are alive, at least.
    pub fn every(&self) -> Option<Duration> {
        self.every
    }

    /// Says it, once.
    pub fn say(&self, credo: &Credo) {
        if let Err(error) = self.socket.send_to_addr(credo.line().as_bytes(), &self.address) {
            tracing::debug!(%error, "the service manager could not be told");
        }
    }
}

/// A path, or with an `@` in front a name of Linux' abstract namespace.
fn address(name: &OsStr) -> Option<SocketAddr> {
    match name.as_bytes() {
        [b'/', ..] => SocketAddr::from_pathname(Path::new(name)).ok(),
        [b'@', rest @ ..] => SocketAddr::from_abstract_name(rest).ok(),
        [..] => None,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn named(socket: OsString, watchdog: &'static [(&'static str, &'static str)]) -> Option<ServiceSocket> {
        ServiceSocket::from_environment(|name| match name {
            "NOTIFY_SOCKET" => Some(socket.clone()),
            other => watchdog.iter().find(|(name, _)| *name == other).map(|(_, value)| value.into()),
        })
    }

    fn heard(by: &UnixDatagram) -> String {
        let mut buffer = [0; 512];
        let length = by.recv(&mut buffer).expect("a datagram");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    #[test]
    fn each_word_is_a_datagram_to_a_path_or_an_abstract_name() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("notify");
        let by_path = UnixDatagram::bind(&path).expect("bound");
        let name = format!("belfry-test-{}", std::process::id());
        let by_name = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).expect("a name")).expect("bound");
        for (manager, socket) in [(by_path, path.into_os_string()), (by_name, format!("@{name}").into())] {
            let socket = named(socket, &[]).expect("a socket");
            assert_eq!(socket.every(), None);
            let said = [Credo::Ready, Credo::Status("a\nWATCHDOG=1".to_owned()), Credo::Alive, Credo::Stopping];
            let lines = said.map(|credo| {
                socket.say(&credo);
                heard(&manager)
            });
            assert_eq!(lines, ["READY=1", "STATUS=a WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]);
        }
    }

    #[test]
    fn the_watchdog_is_told_three_times_in_its_time_when_it_means_us() {
        let every = |watchdog| named("/nowhere".into(), watchdog).expect("a socket").every();
        assert_eq!(every(&[("WATCHDOG_USEC", "60000000")]), Some(Duration::from_secs(20)));
        assert_eq!(every(&[("WATCHDOG_USEC", "60000000"), ("WATCHDOG_PID", "1")]), None);
        assert_eq!(every(&[("WATCHDOG_USEC", "many")]), None);
        assert!(named("relative".into(), &[]).is_none() && named("".into(), &[]).is_none());
    }

    #[test]
    fn a_manager_that_is_gone_is_no_fault() {
        named("/nowhere/at/all".into(), &[]).expect("a socket").say(&Credo::Alive);
    }
}
