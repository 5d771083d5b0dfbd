//! The accept loop: takes connections up to a cap, gives each its deadlines, and lets them end when told to stop.
//!
//! It does not know routes. Deadlines of a connection: TLS within [`Limits::handshake`]; the first request, and the head of each
//! one, within [`Limits::head`] (an idle HTTP/1 connection ends by that too); at [`Limits::age`] it is asked to end and gets
//! [`Limits::drain`] for what is under way, so that readers who never read hold nothing for long.

mod door;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::Request};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
    sync::Semaphore,
    task::{JoinError, JoinSet},
    time,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::Instrument as _;

use self::door::{Arrival, Caller, Door};
use super::descriptors;

/// Deadlines and caps of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; further ones wait in the system's queue.
    pub connections: usize,
    /// For TLS to be spoken.
    pub handshake: Duration,
    /// For the head of a request.
    pub head: Duration,
    /// Of a connection.
    pub age: Duration,
    /// For what is under way when a connection or the server is to end.
    pub drain: Duration,
}

impl Limits {
    /// What the product uses: as many connections as the process's limit of open files leaves to readers.
    pub fn of_this_process() -> Self {
        Self { connections: descriptors::connections(), ..Self::default() }
    }

    /// For the socket of operators: few connections, and time enough for a large backup.
    pub(crate) fn of_operators() -> Self {
        Self { connections: 32, age: Duration::from_secs(4 * 3_600), ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(5),
            age: Duration::from_secs(300),
            // A process that is told to stop has 10 s in all, and the store needs some of them.
            drain: Duration::from_secs(4),
        }
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Service {
    router: Router,
    limits: Limits,
    stop: CancellationToken,
}

/// Accepts until `stop`, then waits for the connections to end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    stop: CancellationToken,
) {
    keep(Door::Outside(listener, tls), router, limits, stop).await;
}

/// The same for a socket in the file system: whoever may open it has an operator's rights.
pub(crate) async fn serve_operators(listener: UnixListener, router: Router, limits: Limits, stop: CancellationToken) {
    keep(Door::Inside(listener), router, limits, stop).await;
}

async fn keep(door: Door, router: Router, limits: Limits, stop: CancellationToken) {
    let service = Service { router, limits, stop: stop.clone() };
    let slots = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let slot = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            slot = Arc::clone(&slots).acquire_owned() => slot.expect("it is never closed"),
        };
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(ended) = connections.join_next() => { note(ended); continue; }
            accepted = door.accept() => accepted,
        };
        match accepted {
            Ok(arrival) => {
                let span = tracing::debug_span!("connection", peer = ?arrival.caller());
                let connection = connection(service.clone(), arrival);
                connections.spawn(
                    async move {
                        let _slot = slot;
                        connection.await;
                    }
                    .instrument(span),
                );
            }
            Err(fault) => wait_for_room(&fault).await,
        }
    }
    drop(door);
    drain(connections, limits.drain).await;
}

/// A connection that failed before it was accepted is its own business; without file descriptors we wait for some.
async fn wait_for_room(fault: &io::Error) {
    let theirs = [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::Interrupted];
    if !theirs.contains(&fault.kind()) {
        tracing::warn!(%fault, "cannot accept a connection, trying again");
        time::sleep(Duration::from_millis(100)).await;
    }
}

async fn drain(mut connections: JoinSet<()>, patience: Duration) {
    let all = async {
        while let Some(ended) = connections.join_next().await {
            note(ended);
        }
    };
    if time::timeout(patience, all).await.is_err() {
        tracing::info!(connections = connections.len(), "closing the connections that did not end in time");
        connections.shutdown().await;
    }
}

fn note(ended: Result<(), JoinError>) {
    if let Err(fault) = ended
        && fault.is_panic()
    {
        tracing::error!(%fault, "a connection ended by a fault of ours");
    }
}

async fn connection(service: Service, arrival: Arrival) {
    match arrival {
        Arrival::Plain(stream, caller) => talk(&service, stream, caller).await,
        Arrival::Local(stream, caller) => talk(&service, stream, caller).await,
        Arrival::Tls(stream, tls, caller) => match time::timeout(service.limits.handshake, tls.accept(stream)).await {
            Ok(Ok(stream)) => talk(&service, stream, caller).await,
            Ok(Err(fault)) => tracing::debug!(%fault, "the TLS handshake failed"),
            Err(_) => tracing::debug!("the TLS handshake took too long"),
        },
    }
}

async fn talk(service: &Service, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, caller: Caller) {
    let asked = Arc::new(AtomicBool::new(false));
    let answer = {
        let (router, asked) = (service.router.clone(), Arc::clone(&asked));
        service_fn(move |mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            caller.sign(&mut request);
            router.clone().oneshot(request)
        })
    };
    let builder = protocols(service.limits);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), answer));
    // hyper's own deadline for heads begins once the protocol is known, which a silent client never lets happen.
    let mut silence = std::pin::pin!(time::sleep(service.limits.head));
    let mut until = time::Instant::now() + service.limits.age;
    let mut ending = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(fault) = ended {
                    tracing::debug!(fault, "a connection broke");
                }
                return;
            }
            () = silence.as_mut(), if !silence.is_elapsed() => {
                if asked.load(Ordering::Relaxed) {
                    continue;
                }
                return;
            }
            () = time::sleep_until(until) => {
                if ending {
                    return;
                }
            }
            () = service.stop.cancelled(), if !ending => {}
        }
        ending = true;
        connection.as_mut().graceful_shutdown();
        until = time::Instant::now() + service.limits.drain;
    }
}

fn protocols(limits: Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(32 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}
