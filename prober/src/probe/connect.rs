//! From a name to an open connection: resolve, check the address, connect, TLS; each step measured.
//!
//! It does not know what will be said over the connection.

mod failure;
mod stream;

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use rustls::pki_types::ServerName;
use shared::{Failure, FailureKind};
use tokio::{net::TcpStream, time::Instant};
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::Host;

pub(crate) use failure::local_or;
pub(crate) use stream::{First, Stream};

use super::{deadline::Deadline, record::Record};
use crate::network::{Above, Addresses, Family, LookupError, Network, Trail};

/// Which addresses of a name will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The first A, else the first AAAA.
    Any,
    /// Only one family.
    Only(Family),
}

/// What is spoken on top of TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// No TLS.
    Plain,
    /// TLS, and what the handshake offers above it.
    Tls(Above),
}

/// Where to, and how.
pub(crate) struct Dial<'a> {
    pub(crate) network: &'a Network,
    pub(crate) host: Host<&'a str>,
    pub(crate) port: u16,
    pub(crate) layer: Layer,
    pub(crate) choice: Choice,
    /// Where the exchange has been before.
    pub(crate) trail: Trail,
    pub(crate) deadline: Deadline,
    /// The answer of the name servers, where they were asked beforehand.
    pub(crate) resolved: Option<Resolution>,
}

/// What the name servers answered, and how long that took.
#[derive(Debug, Clone)]
pub(crate) struct Resolution {
    pub(crate) answer: Result<Addresses, LookupError>,
    took: Duration,
}

/// An open connection.
pub(crate) struct Connection {
    pub(crate) stream: Stream,
    /// Where the exchange has been now.
    pub(crate) trail: Trail,
    /// When it was established, TLS included.
    pub(crate) established: Instant,
}

impl Dial<'_> {
    /// Opens a connection to one address, the first that will do; what was learnt on the way is in `record` even on failure.
    pub(crate) async fn open(mut self, record: &mut Record) -> Result<Connection, Failure> {
        let resolution = match self.resolved.take() {
            Some(resolution) => resolution,
            None => resolve(self.network, &self.host, self.choice, self.deadline).await,
        };
        record.timings.resolve = Some(resolution.took);
        let addresses = resolution.answer.map_err(|error| failure::lookup(&error, &self.host))?;
        let address = addresses.first();
        record.address = Some(address);
        record.addresses = addresses.all();
        let trail = self
            .network
            .admit(&self.host.to_string(), address, self.trail)
            .map_err(|words| Failure::new(FailureKind::AddressBlocked, words).with_evidence(self.led_to(address)))?;
        let began = Instant::now();
        let tcp = self.connect(address).await;
        record.timings.connect = Some(began.elapsed());
        let stream = match (tcp?, self.layer) {
            (tcp, Layer::Plain) => Stream::plain(tcp),
            (tcp, Layer::Tls(above)) => {
                let began = Instant::now();
                let stream = self.secure(tcp, above, record).await;
                record.timings.tls = Some(began.elapsed());
                stream?
            }
        };
        Ok(Connection { stream, trail, established: Instant::now() })
    }

    fn led_to(&self, address: IpAddr) -> String {
        match self.host {
            Host::Domain(name) => format!("{name} is {address}"),
            Host::Ipv4(_) | Host::Ipv6(_) => address.to_string(),
        }
    }

    async fn connect(&self, address: IpAddr) -> Result<TcpStream, Failure> {
        match self.deadline.meet(TcpStream::connect(SocketAddr::new(address, self.port))).await {
            Some(Ok(tcp)) => {
                // Small writes go out at once; a socket that refuses the option works all the same.
                let _ = tcp.set_nodelay(true);
                Ok(tcp)
            }
            Some(Err(error)) => Err(failure::connect(&error, address)),
            None => Err(Failure::new(FailureKind::ConnectTimeout, "no connection by the deadline")),
        }
    }

    async fn secure(&self, tcp: TcpStream, above: Above, record: &mut Record) -> Result<Stream, Failure> {
        let name = self.server_name()?;
        let handshake = TlsConnector::from(self.network.tls(above)).connect(name.clone(), tcp);
        match self.deadline.meet(handshake).await {
            Some(Ok(stream)) => {
                record.note_certificate(self.expiry(&name, &stream));
                record.chain = stream.get_ref().1.peer_certificates().unwrap_or_default().to_vec();
                Ok(Stream::tls(stream))
            }
            Some(Err(error)) => {
                if let Some(rejection) = failure::refused_chain(&error) {
                    record.note_certificate(rejection.expires_at);
                    record.chain.clone_from(&rejection.chain);
                }
                Err(failure::tls(&error))
            }
            None => Err(Failure::new(FailureKind::TlsTimeout, "the TLS handshake did not end by the deadline")),
        }
    }

    fn expiry(&self, name: &ServerName<'_>, stream: &TlsStream<TcpStream>) -> Option<shared::Timestamp> {
        self.network.expiry(name, stream.get_ref().1.peer_certificates()?)
    }

    fn server_name(&self) -> Result<ServerName<'static>, Failure> {
        match self.host {
            Host::Ipv4(address) => Ok(ServerName::from(IpAddr::V4(address))),
            Host::Ipv6(address) => Ok(ServerName::from(IpAddr::V6(address))),
            Host::Domain(domain) => ServerName::try_from(domain.trim_end_matches('.').to_owned())
                .map_err(|_| Failure::new(FailureKind::TlsHostname, "the name cannot stand in a certificate")),
        }
    }
}

/// Asks the name servers for an address of `host`; an address literal is its own answer.
pub(crate) async fn resolve(network: &Network, host: &Host<&str>, choice: Choice, deadline: Deadline) -> Resolution {
    let began = Instant::now();
    let answer = address(network, host, choice, deadline).await;
    Resolution { answer, took: began.elapsed() }
}

async fn address(
    network: &Network,
    host: &Host<&str>,
    choice: Choice,
    deadline: Deadline,
) -> Result<Addresses, LookupError> {
    let domain = match (host, choice) {
        (Host::Ipv4(address), Choice::Any | Choice::Only(Family::V4)) => return Ok(IpAddr::V4(*address).into()),
        (Host::Ipv6(address), Choice::Any | Choice::Only(Family::V6)) => return Ok(IpAddr::V6(*address).into()),
        (Host::Ipv4(_) | Host::Ipv6(_), Choice::Only(_)) => return Err(LookupError::NoData),
        (Host::Domain(domain), _) => *domain,
    };
    let lookup = |family| network.resolver().lookup(domain, family, deadline.instant());
    match choice {
        Choice::Only(family) => lookup(family).await,
        Choice::Any => match lookup(Family::V4).await {
            Err(LookupError::NoData) => lookup(Family::V6).await,
            answer => answer,
        },
    }
}
