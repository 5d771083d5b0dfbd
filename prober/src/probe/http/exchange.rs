//! One request and its answer over one connection, whichever version of HTTP it speaks.
//!
//! It does not know redirects nor expectations: whoever asks says how much of the body is wanted once the head is there.

use std::{ops::ControlFlow, time::Duration};

use http::{HeaderMap, StatusCode};
use shared::{Failure, FailureKind, HttpVersion};
use tokio::time::Instant;

use super::{h1, h2, request::Request};
use crate::probe::{
    connect::{Connection, First},
    deadline::Deadline,
    record::Record,
};

/// A head has at most that many bytes and headers.
pub(super) const MAX_HEAD_BYTES: u32 = 64 * 1024;
pub(super) const MAX_HEADERS: usize = 100;
/// Interim answers (1xx) before the real one.
pub(super) const MAX_INTERIM: usize = 16;

/// The head of an answer.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) version: HttpVersion,
    pub(super) headers: HeaderMap,
}

/// How much of a body is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Appetite {
    /// Nothing.
    None,
    /// To be read, up to so many bytes, and thrown away.
    Discard(u64),
    /// To be read and kept, up to so many bytes.
    Keep(u64),
    /// A few bytes as evidence, if they come soon; how reading ends does not matter.
    Glance,
}

impl Appetite {
    /// Until when the body is waited for: evidence is not worth a long wait.
    pub(super) fn patience(self, deadline: Deadline) -> Deadline {
        match self {
            Self::None | Self::Discard(_) | Self::Keep(_) => deadline,
            Self::Glance => deadline.at_most(Duration::from_secs(1)),
        }
    }
}

/// How a body ended.
#[derive(Debug)]
pub(super) enum End {
    /// As it should.
    Complete,
    /// Reading stopped: enough was read.
    Stopped,
    /// It broke off.
    Failed(Failure),
}

/// What was read of a body.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) end: End,
}

/// A head and what was read of its body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: Head,
    pub(super) body: Body,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// It failed.
    Failed(Failure),
    /// The server asks to try again on another connection (GOAWAY with NO_ERROR).
    Elsewhere,
}

impl From<Failure> for NoAnswer {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Asks, waits for the head, reads as much of the body as `appetite` says. Both waits are measured in `record`.
pub(super) async fn exchange(
    connection: Connection,
    request: &Request,
    deadline: Deadline,
    appetite: impl Fn(&Head) -> Appetite,
    record: &mut Record,
) -> Result<Answer, NoAnswer> {
    let clock = Clock { established: connection.established, first: connection.stream.first() };
    let asked = if connection.stream.speaks_http2() {
        h2::exchange(connection.stream, request.http2()?, request.body.clone(), deadline, appetite, &clock).await
    } else {
        h1::exchange(connection.stream, request.http1()?, deadline, appetite, &clock).await.map_err(NoAnswer::from)
    };
    let first_byte = match &asked {
        Ok((answered_at, _)) => Some(*answered_at),
        Err(_) => None,
    };
    record.timings.processing =
        Some(first_byte.map_or(clock.established.elapsed(), |at| at.duration_since(clock.established)));
    let (answered_at, answer) = asked?;
    record.timings.transfer = Some(answered_at.elapsed());
    Ok(answer)
}

/// When things happened on a connection.
pub(super) struct Clock {
    established: Instant,
    pub(super) first: First,
}

/// The failure of a head that did not come in time.
pub(super) fn no_head_in_time() -> Failure {
    Failure::new(FailureKind::HttpTimeout, "no complete answer head by the deadline")
}

/// The failure of an answer that is not HTTP.
pub(super) fn malformed(words: &str) -> Failure {
    Failure::new(FailureKind::HttpProtocol, words)
}

/// The failure of a body that broke off.
pub(super) fn truncated() -> Failure {
    Failure::new(FailureKind::BodyTruncated, "the connection ended inside the body")
}

/// The failure of a body that did not end in time.
pub(super) fn no_end_in_time() -> Failure {
    Failure::new(FailureKind::BodyTimeout, "the body did not end by the deadline")
}

/// Collects a body piece by piece.
pub(super) struct Plate {
    bytes: Vec<u8>,
    read: u64,
    limit: u64,
    keeps: Keeps,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    Bytes,
    Nothing,
}

/// Bytes of a body that are shown as evidence.
const GLANCE: u64 = 400;

impl Plate {
    /// An empty one; none when no body is wanted.
    pub(super) fn for_appetite(appetite: Appetite) -> Option<Self> {
        let (limit, keeps) = match appetite {
            Appetite::None => return None,
            Appetite::Discard(limit) => (limit, Keeps::Nothing),
            Appetite::Keep(limit) => (limit, Keeps::Bytes),
            Appetite::Glance => (GLANCE, Keeps::Bytes),
        };
        Some(Self { bytes: Vec::new(), read: 0, limit, keeps })
    }

    /// Takes a piece; breaks when there is more than was wanted.
    pub(super) fn take(&mut self, piece: &[u8]) -> ControlFlow<()> {
        let room = usize::try_from(self.limit - self.read).unwrap_or(usize::MAX);
        let taken = piece.get(..room).unwrap_or(piece);
        if self.keeps == Keeps::Bytes {
            self.bytes.extend_from_slice(taken);
        }
        self.read += u64::try_from(taken.len()).unwrap_or(u64::MAX);
        if taken.len() < piece.len() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// What was taken, and how it ended.
    pub(super) fn served(self, end: End) -> Body {
        Body { bytes: self.bytes, end }
    }
}
