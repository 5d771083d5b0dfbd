//! What operators order through the socket: a backup of the running hub, and a look at every checksum.
//!
//! It does not know what is in it.

use std::{
    io::{self, BufWriter, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time};

use super::{rights::Operator, router::App};
use crate::{
    api::problem::Problem,
    backup::pack,
    command::Line,
    store::{Audit, BackupPoint},
};

/// Pieces of a body that may wait for the reader; then whoever makes them waits too.
const PIECES: usize = 8;
/// How large a piece is.
const PIECE: usize = 128 << 10;
/// How often somebody who waits hears how far it is.
const PROGRESS: Duration = Duration::from_secs(1);
/// How long the reader may take none.
const PATIENCE: Duration = Duration::from_secs(60);

/// `GET /api/v1/backup`: the store as it is at one instant, as an archive.
pub(super) async fn backup(_: Operator, State(app): State<App>) -> Response {
    let Ok(turn) = Arc::clone(&app.cares).try_acquire_owned() else { return busy() };
    match app.store.backup().await {
        Ok(point) => stream("application/x-tar", move |out| send(&point, out, turn)),
        Err(error) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).respond(),
    }
}

/// `POST /api/v1/verify`: looks at every checksum, at full speed; JSON lines tell how far it is, and the last one what came of it.
pub(super) async fn verify(_: Operator, State(app): State<App>) -> Response {
    let Ok(turn) = Arc::clone(&app.cares).try_acquire_owned() else { return busy() };
    match app.store.audit().await {
        Ok(audit) => stream("application/x-ndjson", move |out| tell(audit, out, turn)),
        Err(error) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).respond(),
    }
}

fn tell(mut audit: Audit, out: &mut Pipe, turn: OwnedSemaphorePermit) -> io::Result<()> {
    let _turn = turn;
    let mut told = Instant::now();
    while audit.step() {
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            line(out, &Line::Progress(audit.checked().clone()))?;
        }
    }
    line(out, &Line::Report(audit.finish()))
}

fn line(out: &mut Pipe, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    out.write_all(&text)
}

/// The order that came first is carried out alone: each of them reads everything there is.
fn busy() -> Response {
    let detail = "the hub is at a backup or verifies already: try again when it is done";
    Problem::new(StatusCode::CONFLICT, detail).respond()
}

fn send(point: &BackupPoint, out: &mut Pipe, turn: OwnedSemaphorePermit) -> io::Result<()> {
    let _turn = turn;
    let mut out = BufWriter::with_capacity(PIECE, out);
    pack(point.directory(), point.head(), &mut out)?;
    out.flush()
}

/// An answer whose body is made by a thread of its own, piece by piece; one that cannot be made whole breaks off.
fn stream(kind: &'static str, make: impl FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static) -> Response {
    let (sender, body) = Channel::new(PIECES);
    let mut pipe = Pipe { sender, runtime: Handle::current() };
    // It ends with its reader: a piece that nobody takes any more is an error, which ends it.
    tokio::task::spawn_blocking(move || {
        if let Err(error) = make(&mut pipe) {
            tracing::warn!(%error, "an answer to an operator broke off");
            pipe.sender.abort(error);
        }
    });
    let mut response = Response::new(Body::new(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The writing end of a body.
struct Pipe {
    sender: Sender<Bytes, io::Error>,
    runtime: Handle,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        let sent = self.runtime.block_on(time::timeout(PATIENCE, self.sender.send_data(piece)));
        match sent {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "nobody reads it any more")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
