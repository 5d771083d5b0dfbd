//! HTTP/2 over one connection, driven inside the probe's own task.
//!
//! The crate `h2` is used without hyper around it: it says who ended a stream and why, and needs no task to be spawned.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use bytes::Bytes;
use h2::{
    Reason, RecvStream,
    client::{self, Connection, ResponseFuture},
};
use shared::{Failure, HttpVersion};
use tokio::time::Instant;

use super::exchange::{
    Answer, Appetite, Body, Clock, End, Head, MAX_HEAD_BYTES, MAX_HEADERS, MAX_INTERIM, NoAnswer, Plate, malformed,
    no_end_in_time, no_head_in_time, truncated,
};
use crate::probe::{
    connect::{Stream, local_or},
    deadline::Deadline,
};

/// Asks and reads. The instant is that of the answer's head: the first bytes of a connection are settings, not an answer.
pub(super) async fn exchange(
    stream: Stream,
    request: http::Request<()>,
    body: Option<Bytes>,
    deadline: Deadline,
    appetite: impl Fn(&Head) -> Appetite,
    clock: &Clock,
) -> Result<(Instant, Answer), NoAnswer> {
    let no_head = |error: h2::Error| no_head(&error, clock);
    let handshake = client::Builder::new().enable_push(false).max_header_list_size(MAX_HEAD_BYTES).handshake(stream);
    let (sender, connection) = deadline.meet(handshake).await.ok_or_else(no_head_in_time)?.map_err(no_head)?;
    let mut driver = Driver { connection: pin!(connection), alive: true };
    let asking = driver.drive(ask(sender, request, body));
    let response = deadline.meet(asking).await.ok_or_else(no_head_in_time)?.map_err(|error| match error {
        Unanswered::Http2(error) => no_head(error),
        Unanswered::Flood => malformed("more than 16 interim answers").into(),
    })?;
    let answered_at = Instant::now();
    let (parts, incoming) = response.into_parts();
    if parts.headers.len() > MAX_HEADERS {
        return Err(malformed("the answer has more than 100 headers").into());
    }
    let head = Head { status: parts.status, version: HttpVersion::Http2, headers: parts.headers };
    let body = read(&mut driver, incoming, appetite(&head), deadline).await;
    Ok((answered_at, Answer { head, body }))
}

enum Unanswered {
    Http2(h2::Error),
    Flood,
}

async fn ask(
    sender: client::SendRequest<Bytes>,
    request: http::Request<()>,
    body: Option<Bytes>,
) -> Result<http::Response<RecvStream>, Unanswered> {
    let mut sender = sender.ready().await.map_err(Unanswered::Http2)?;
    let (response, mut stream) = sender.send_request(request, body.is_none()).map_err(Unanswered::Http2)?;
    if let Some(body) = body {
        // The body is the definition's own and small; h2 keeps it until the server's window lets it out.
        stream.send_data(body, true).map_err(Unanswered::Http2)?;
    }
    await_head(response).await
}

async fn await_head(mut response: ResponseFuture) -> Result<http::Response<RecvStream>, Unanswered> {
    let mut interim = 0;
    poll_fn(|cx| {
        // Interim answers queue up before the real one until they are taken.
        while let Poll::Ready(Some(Ok(_))) = response.poll_informational(cx) {
            interim += 1;
            if interim > MAX_INTERIM {
                return Poll::Ready(Err(Unanswered::Flood));
            }
        }
        Pin::new(&mut response).poll(cx).map_err(Unanswered::Http2)
    })
    .await
}

async fn read(driver: &mut Driver<'_>, mut incoming: RecvStream, appetite: Appetite, deadline: Deadline) -> Body {
    let deadline = appetite.patience(deadline);
    let Some(mut plate) = Plate::for_appetite(appetite) else {
        return Body { bytes: Vec::new(), end: End::Stopped };
    };
    loop {
        let end = match deadline.meet(driver.drive(incoming.data())).await {
            Some(Some(Ok(data))) => {
                // A window that was already given back means that the stream has ended; the next piece will tell.
                let _ = incoming.flow_control().release_capacity(data.len());
                match plate.take(&data).is_break() {
                    true => End::Stopped,
                    false => continue,
                }
            }
            Some(Some(Err(error))) => End::Failed(broken_body(&error)),
            Some(None) => End::Complete,
            None => End::Failed(no_end_in_time()),
        };
        return plate.served(end);
    }
}

/// The connection, which must be polled for anything to happen on it.
struct Driver<'a> {
    connection: Pin<&'a mut Connection<Stream, Bytes>>,
    alive: bool,
}

impl Driver<'_> {
    async fn drive<F: Future>(&mut self, waiting: F) -> F::Output {
        let mut waiting = pin!(waiting);
        poll_fn(|cx| {
            if let Poll::Ready(output) = waiting.as_mut().poll(cx) {
                return Poll::Ready(output);
            }
            // How the connection ended is told to whoever waits for it.
            self.alive = self.alive && self.connection.as_mut().poll(cx).is_pending();
            waiting.as_mut().poll(cx)
        })
        .await
    }
}

fn no_head(error: &h2::Error, clock: &Clock) -> NoAnswer {
    if error.is_go_away() && error.is_remote() && error.reason() == Some(Reason::NO_ERROR) {
        return NoAnswer::Elsewhere;
    }
    let failure = match (error.is_io(), error.is_go_away(), error.is_reset()) {
        (true, ..) => local_or(error, || malformed("the connection was closed without an answer")),
        (false, true, _) if error.is_remote() => malformed("the server ended the HTTP/2 connection with an error"),
        (false, _, true) if error.is_remote() => malformed("the server reset the HTTP/2 stream"),
        (false, ..) => malformed("the answer is not HTTP/2"),
    };
    NoAnswer::Failed(failure.with_evidence(format!("{error} {}", clock.first.text())))
}

fn broken_body(error: &h2::Error) -> Failure {
    let ours_found_it_malformed = !error.is_io() && !error.is_remote();
    let failure = if ours_found_it_malformed { malformed("the body breaks HTTP/2") } else { truncated() };
    failure.with_evidence(error.to_string())
}
