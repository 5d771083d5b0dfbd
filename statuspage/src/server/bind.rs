//! Taking the address to listen on, and saying clearly why it cannot be had.
//!
//! It does not know what is served there.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    time::Duration,
};

use tokio::{net::TcpListener, time};
use url::Url;

use super::tls::TlsError;

/// How long a name in the address may take to resolve.
const RESOLVING: Duration = Duration::from_secs(5);

/// Host and port, as the operator wrote them: `127.0.0.1:8080`, `[::]:443`, `localhost:0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddress(String);

/// The text is not an address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address to listen on has a host and a port, such as 127.0.0.1:8080 or [::]:8080")]
pub struct InvalidListenAddress;

impl FromStr for ListenAddress {
    type Err = InvalidListenAddress;

    fn from_str(text: &str) -> Result<Self, InvalidListenAddress> {
        let (host, port) = text.rsplit_once(':').ok_or(InvalidListenAddress)?;
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let literal = text.parse::<SocketAddr>().is_ok();
        let sound = literal || (!host.is_empty() && host.chars().all(name) && port.parse::<u16>().is_ok());
        if sound { Ok(Self(text.to_owned())) } else { Err(InvalidListenAddress) }
    }
}

impl Default for ListenAddress {
    /// Only this machine: whoever wants more says so, or puts a proxy in front.
    fn default() -> Self {
        Self("127.0.0.1:8080".to_owned())
    }
}

impl From<SocketAddr> for ListenAddress {
    fn from(address: SocketAddr) -> Self {
        Self(address.to_string())
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else listens there.
    #[error("the address {0} is in use by another process: stop it, or choose another address with --listen")]
    InUse(ListenAddress),
    /// The system does not let this user listen there.
    #[error("no permission to listen on {0}: choose a port from 1024 up with --listen, or grant CAP_NET_BIND_SERVICE")]
    Permission(ListenAddress),
    /// No interface has that address, or the name has none.
    #[error(
        "this machine has no address {0}: choose one of its own with --listen, such as 127.0.0.1:8080 or [::]:8080"
    )]
    NotOurs(ListenAddress),
    /// Something else.
    #[error("cannot listen on {address} ({fault}): choose another address with --listen")]
    Other {
        /// Where.
        address: ListenAddress,
        /// What the system said.
        fault: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Listens on the first address of the name that can be had.
pub(super) async fn listen(address: &ListenAddress) -> Result<(TcpListener, SocketAddr), BindError> {
    let bound = time::timeout(RESOLVING, TcpListener::bind(&address.0)).await;
    let listener = bound.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    listener
        .and_then(|listener| listener.local_addr().map(|local| (listener, local)))
        .map_err(|fault| refused(address, fault))
}

fn refused(address: &ListenAddress, fault: io::Error) -> BindError {
    let address = address.clone();
    if fault.kind() == io::ErrorKind::AddrInUse {
        BindError::InUse(address)
    } else if fault.kind() == io::ErrorKind::PermissionDenied {
        BindError::Permission(address)
    } else if fault.kind() == io::ErrorKind::AddrNotAvailable {
        BindError::NotOurs(address)
    } else {
        BindError::Other { address, fault }
    }
}

/// The address as a browser on this machine types it: an unspecified address means every one, the loopback among them.
pub(super) fn url(scheme: &str, address: SocketAddr) -> Url {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, address.port());
    Url::parse(&format!("{scheme}://{address}/")).expect("a socket address is a host and a port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        let check = |text: &str, good: bool| assert_eq!(text.parse::<ListenAddress>().is_ok(), good, "{text:?}");
        check("127.0.0.1:8080", true);
        check("[::]:8080", true);
        check("localhost:0", true);
        check("8080", false);
        check(":8080", false);
        check("::8080", false);
        check("host:", false);
        check("host:70000", false);
        check("a b:80", false);
    }

    #[test]
    fn an_unspecified_address_is_shown_as_the_loopback() {
        let check = |address: &str, expected: &str| {
            assert_eq!(url("http", address.parse().expect("an address")).as_str(), expected);
        };
        check("0.0.0.0:8080", "http://127.0.0.1:8080/");
        check("[::]:8080", "http://[::1]:8080/");
        check("192.0.2.1:80", "http://192.0.2.1/");
    }

    #[tokio::test]
    async fn a_port_in_use_is_named_with_a_way_out() {
        let (_first, taken) = listen(&"127.0.0.1:0".parse().expect("an address")).await.expect("a free port");
        let refused = listen(&taken.into()).await.expect_err("it is taken").to_string();
        assert!(refused.contains(&taken.to_string()) && refused.contains("--listen"), "{refused}");
    }
}
