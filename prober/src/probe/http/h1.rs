//! HTTP/1.1 over one connection, by hyper, driven inside the probe's own task.
//!
//! It does not know what the answer should be.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Incoming,
    client::conn::http1::{self, Connection},
};
use hyper_util::rt::TokioIo;
use shared::{Failure, HttpVersion};
use tokio::time::Instant;

use super::exchange::{
    Answer, Appetite, Body, Clock, End, Head, MAX_HEAD_BYTES, MAX_INTERIM, Plate, malformed, no_end_in_time,
    no_head_in_time, truncated,
};
use crate::{
    local,
    probe::{
        connect::{Stream, local_or},
        deadline::Deadline,
    },
};

/// Asks and reads. The instant is that of the answer's first byte.
pub(super) async fn exchange(
    stream: Stream,
    mut request: http::Request<Full<Bytes>>,
    deadline: Deadline,
    appetite: impl Fn(&Head) -> Appetite,
    clock: &Clock,
) -> Result<(Instant, Answer), Failure> {
    let interim = Interim::default();
    interim.count_in(&mut request);
    let (mut sender, connection) = http1::Builder::new()
        .max_header_size(usize::try_from(MAX_HEAD_BYTES).unwrap_or(usize::MAX))
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| no_head(&error, clock))?;
    let mut driver = Driver { connection: pin!(connection), alive: true, interim };
    let response = match deadline.meet(driver.drive(sender.send_request(request))).await {
        Some(Ok(Ok(response))) => response,
        Some(Ok(Err(error))) => return Err(no_head(&error, clock)),
        Some(Err(flood)) => return Err(flood),
        None => return Err(no_head_in_time()),
    };
    let answered_at = clock.first.at().unwrap_or_else(Instant::now);
    let (parts, incoming) = response.into_parts();
    let head = Head { status: parts.status, version: version(parts.version), headers: parts.headers };
    let body = read(&mut driver, incoming, appetite(&head), deadline).await;
    Ok((answered_at, Answer { head, body }))
}

fn version(version: http::Version) -> HttpVersion {
    if version == http::Version::HTTP_10 { HttpVersion::Http10 } else { HttpVersion::Http11 }
}

async fn read(driver: &mut Driver<'_>, mut incoming: Incoming, appetite: Appetite, deadline: Deadline) -> Body {
    let deadline = appetite.patience(deadline);
    let Some(mut plate) = Plate::for_appetite(appetite) else {
        return Body { bytes: Vec::new(), end: End::Stopped };
    };
    loop {
        let end = match deadline.meet(driver.drive(incoming.frame())).await {
            Some(Ok(Some(Ok(frame)))) => match frame.data_ref().map(|data| plate.take(data)) {
                Some(flow) if flow.is_break() => End::Stopped,
                Some(_) | None => continue,
            },
            Some(Ok(Some(Err(error)))) => End::Failed(broken_body(&error)),
            Some(Ok(None)) => End::Complete,
            Some(Err(flood)) => End::Failed(flood),
            None => End::Failed(no_end_in_time()),
        };
        return plate.served(end);
    }
}

/// The connection, which must be polled for anything to happen on it: here beside whatever waits for it, not in a task of its own.
struct Driver<'a> {
    connection: Pin<&'a mut Connection<TokioIo<Stream>, Full<Bytes>>>,
    alive: bool,
    interim: Interim,
}

impl Driver<'_> {
    /// Polls the connection until `waiting` is done; an error when too many interim answers came.
    async fn drive<F: Future>(&mut self, waiting: F) -> Result<F::Output, Failure> {
        let mut waiting = pin!(waiting);
        poll_fn(|cx| {
            if let Poll::Ready(output) = waiting.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            // How the connection ended is told to whoever waits for it.
            self.alive = self.alive && self.connection.as_mut().poll(cx).is_pending();
            if self.interim.too_many() {
                return Poll::Ready(Err(malformed("more than 16 interim answers")));
            }
            waiting.as_mut().poll(cx).map(Ok)
        })
        .await
    }
}

/// Counts interim answers, which hyper passes over without a limit.
#[derive(Debug, Clone, Default)]
struct Interim(Arc<AtomicUsize>);

impl Interim {
    fn count_in<B>(&self, request: &mut http::Request<B>) {
        let count = Arc::clone(&self.0);
        hyper::ext::on_informational(request, move |_answer| {
            count.fetch_add(1, Ordering::Relaxed);
        });
    }

    fn too_many(&self) -> bool {
        self.0.load(Ordering::Relaxed) > MAX_INTERIM
    }
}

fn no_head(error: &hyper::Error, clock: &Clock) -> Failure {
    let began = clock.first.at().is_some();
    let failure = if error.is_parse_too_large() {
        malformed("the answer's head is larger than 64 KiB or has more than 100 headers")
    } else if error.is_parse() {
        malformed("the answer is not HTTP")
    } else if began {
        malformed("the connection ended before the answer's head was complete")
    } else {
        local_or(error, || malformed("the connection was closed without an answer"))
    };
    failure.with_evidence(format!("{} {}", describe(error), clock.first.text()))
}

fn broken_body(error: &hyper::Error) -> Failure {
    use std::io::ErrorKind::{InvalidData, InvalidInput};
    match local::io_error(error).map(std::io::Error::kind) {
        Some(InvalidData | InvalidInput) => malformed("the body's chunks are malformed").with_evidence(describe(error)),
        Some(_) | None => truncated().with_evidence(describe(error)),
    }
}

fn describe(error: &hyper::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
