//! A name server as an operator writes it.
//!
//! It does not know whether anything answers there.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

/// The port of DNS (RFC 1035 §4.2).
const DNS: u16 = 53;

/// `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`; the port is 53 unless given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameServer(SocketAddr);

impl NameServer {
    /// Where it is asked.
    pub fn address(self) -> SocketAddr {
        self.0
    }
}

/// The text is no name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNameServer {
    /// Port 0.
    #[error("nothing listens at port 0: leave the port out for 53")]
    Port,
    /// A name, or something else altogether.
    #[error("a name server is an address, with or without a port: 9.9.9.9 or [2620:fe::fe]:53")]
    Address,
}

impl FromStr for NameServer {
    type Err = InvalidNameServer;

    fn from_str(text: &str) -> Result<Self, InvalidNameServer> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let address = bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DNS)).or_else(|_| text.parse());
        match address {
            Ok(address) if address.port() == 0 => Err(InvalidNameServer::Port),
            Ok(address) => Ok(Self(address)),
            Err(_) => Err(InvalidNameServer::Address),
        }
    }
}

impl fmt::Display for NameServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_is_an_address_with_or_without_a_port() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(text.parse::<NameServer>().ok().map(|server| server.to_string()).as_deref(), expected, "{text}");
        };
        check("192.0.2.53", Some("192.0.2.53:53"));
        check("192.0.2.53:5353", Some("192.0.2.53:5353"));
        check("2001:db8::53", Some("[2001:db8::53]:53"));
        check("[2001:db8::53]", Some("[2001:db8::53]:53"));
        check("[2001:db8::53]:5353", Some("[2001:db8::53]:5353"));
        check(" 192.0.2.53 ", Some("192.0.2.53:53"));
        check("192.0.2.53:0", None);
        check("[192.0.2.53", None);
        check("dns.example.org", None);
    }
}
