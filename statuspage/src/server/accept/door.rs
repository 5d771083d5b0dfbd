//! Where connections come in: an address for everybody, or the hub's own socket for operators.
//!
//! It does not know what is served, nor how long a connection may last.

use std::{io, net::SocketAddr};

use axum::extract::Request;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_rustls::TlsAcceptor;

use crate::server::{peer::Peer, rights::Rights};

/// A listener.
pub(super) enum Door {
    /// An address, with TLS where there is a certificate.
    Outside(TcpListener, Option<TlsAcceptor>),
    /// A socket in the file system: its mode is what lets people in.
    Inside(UnixListener),
}

/// A connection that was just accepted.
pub(super) enum Arrival {
    /// Through an address, in the clear.
    Plain(TcpStream, Caller),
    /// Through an address, with TLS still to be spoken.
    Tls(TcpStream, TlsAcceptor, Caller),
    /// Through the socket.
    Local(UnixStream, Caller),
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Caller {
    /// Anybody.
    Anybody(SocketAddr),
    /// Who may open the socket.
    Operator,
}

impl Door {
    /// Waits for the next connection.
    pub(super) async fn accept(&self) -> io::Result<Arrival> {
        match self {
            Self::Outside(listener, tls) => {
                let (stream, address) = listener.accept().await?;
                // Answers are written whole; waiting for more would only delay them.
                let _ = stream.set_nodelay(true);
                let caller = Caller::Anybody(address);
                Ok(match tls {
                    Some(tls) => Arrival::Tls(stream, tls.clone(), caller),
                    None => Arrival::Plain(stream, caller),
                })
            }
            Self::Inside(listener) => Ok(Arrival::Local(listener.accept().await?.0, Caller::Operator)),
        }
    }
}

impl Arrival {
    pub(super) fn caller(&self) -> Caller {
        match self {
            Self::Plain(_, caller) | Self::Tls(_, _, caller) | Self::Local(_, caller) => *caller,
        }
    }
}

impl Caller {
    /// Says in a request who asks.
    pub(super) fn sign<B>(self, request: &mut Request<B>) {
        match self {
            Self::Anybody(address) => {
                request.extensions_mut().insert(Peer(address.ip()));
                request.extensions_mut().insert(Rights::Public);
            }
            Self::Operator => {
                request.extensions_mut().insert(Rights::Operator);
            }
        }
    }
}
