//! Tells our own faults from the network's: what the kernel refuses *us* says nothing about a target.
//!
//! It does not know what was attempted.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
};

/// Whose fault an error of the operating system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalFault {
    /// Ours; the words may be public.
    Ours(&'static str),
    /// The network's or the target's.
    NotOurs,
}

/// Judges an error of the operating system.
pub(crate) fn fault(error: &io::Error) -> LocalFault {
    let Some(code) = error.raw_os_error() else {
        return if error.kind() == io::ErrorKind::OutOfMemory {
            LocalFault::Ours("this location has no memory left")
        } else {
            LocalFault::NotOurs
        };
    };
    match code {
        libc::EMFILE | libc::ENFILE => LocalFault::Ours("this location has no file descriptor left"),
        libc::ENOMEM | libc::ENOBUFS => LocalFault::Ours("this location has no memory left"),
        libc::EADDRNOTAVAIL | libc::EADDRINUSE => LocalFault::Ours("this location has no local address or port left"),
        libc::EACCES | libc::EPERM => LocalFault::Ours("this location is not allowed to connect"),
        libc::ENETDOWN => LocalFault::Ours("the network of this location is down"),
        libc::EAFNOSUPPORT => LocalFault::Ours("this location does not speak this version of IP"),
        _ => LocalFault::NotOurs,
    }
}

/// Whether the kernel itself knows a way to `address`. Where it does not, no router was asked: the uplink or the family is missing
/// here, which says nothing about the target.
pub(crate) fn has_route(address: IpAddr) -> bool {
    let any = match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    // Connecting a datagram socket looks the route up and sends nothing. The port does not matter.
    let looked_up = UdpSocket::bind((any, 0)).and_then(|socket| socket.connect((address, 9)));
    !looked_up.is_err_and(|error| error.kind() == io::ErrorKind::NetworkUnreachable)
}

/// The error of the operating system inside another error, if there is one.
pub(crate) fn io_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a io::Error> {
    let mut next = Some(error);
    let mut found = None;
    // The innermost one: TLS and HTTP wrap one in another.
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            found = Some(io);
            next = io.get_ref().map(|inner| inner as &(dyn std::error::Error + 'static));
        } else {
            next = error.source();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_always_has_a_route() {
        assert!(has_route(Ipv4Addr::LOCALHOST.into()));
    }

    #[test]
    fn what_the_kernel_refuses_us_is_our_own_fault() {
        let check = |code: i32, ours: bool| {
            assert_eq!(fault(&io::Error::from_raw_os_error(code)) != LocalFault::NotOurs, ours, "{code}");
        };
        check(libc::EMFILE, true);
        check(libc::ENFILE, true);
        check(libc::ENOBUFS, true);
        check(libc::EADDRNOTAVAIL, true);
        check(libc::EPERM, true);
        check(libc::ECONNREFUSED, false);
        check(libc::EHOSTUNREACH, false);
        check(libc::ENETUNREACH, false);
    }
}
