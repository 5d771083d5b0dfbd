//! `[probe.tcp]`: connect, perhaps with TLS, perhaps say something, perhaps wait for an answer that matches.
//!
//! It knows no protocol above TCP.

use std::io;

use regex::bytes::Regex;
use shared::{Failure, FailureKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Host;

use super::{
    connect::{self, Choice, Connection, Dial, Layer},
    deadline::Deadline,
    record::Record,
};
use crate::{
    definition::TcpCheck,
    network::{Above, Network, Trail},
};

/// An answer must match within that many bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Carries out a check.
pub(super) async fn run(
    check: &TcpCheck,
    network: &Network,
    deadline: Deadline,
    record: &mut Record,
) -> Result<(), Failure> {
    let host = host(&check.host)?;
    let host = match &host {
        Host::Domain(domain) => Host::Domain(domain.as_str()),
        Host::Ipv4(address) => Host::Ipv4(*address),
        Host::Ipv6(address) => Host::Ipv6(*address),
    };
    let layer = if check.tls { Layer::Tls(Above::Anything) } else { Layer::Plain };
    let (port, choice, trail) = (check.port, Choice::Any, Trail::default());
    let dial = Dial { network, host, port, layer, choice, trail, deadline, resolved: None };
    let mut connection = dial.open(record).await?;
    if let Some(text) = &check.send {
        say(&mut connection, text.reveal().as_bytes(), deadline).await?;
    }
    match &check.expect {
        Some(pattern) => listen(&mut connection, pattern, deadline, record).await,
        None => Ok(()),
    }
}

/// Reads a host as URLs do, so that `127.1` and `0x7f000001` are the addresses that a resolver of the system would make of them.
fn host(text: &str) -> Result<Host, Failure> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = bare.parse() {
        return Ok(Host::Ipv6(address));
    }
    Host::parse(bare).map_err(|_| {
        Failure::new(FailureKind::AddressBlocked, "the host is neither a name nor an address").with_evidence(text)
    })
}

async fn say(connection: &mut Connection, bytes: &[u8], deadline: Deadline) -> Result<(), Failure> {
    let sent = deadline.meet(async {
        connection.stream.write_all(bytes).await?;
        connection.stream.flush().await
    });
    match sent.await {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => Err(broken(&error)),
        None => Err(Failure::new(FailureKind::Timeout, "what was to be sent did not go out by the deadline")),
    }
}

async fn listen(
    connection: &mut Connection,
    pattern: &Regex,
    deadline: Deadline,
    record: &mut Record,
) -> Result<(), Failure> {
    let first = connection.stream.first();
    let mut answer = Vec::new();
    let heard = hear(connection, pattern, deadline, &mut answer).await;
    record.timings.processing =
        Some(first.at().map_or(connection.established.elapsed(), |at| at.duration_since(connection.established)));
    record.timings.transfer = first.at().map(|at| at.elapsed());
    heard.map_err(|failure| if answer.is_empty() { failure } else { failure.with_evidence(first.text()) })
}

async fn hear(
    connection: &mut Connection,
    pattern: &Regex,
    deadline: Deadline,
    answer: &mut Vec<u8>,
) -> Result<(), Failure> {
    let unlike = |words: &str| Failure::new(FailureKind::Protocol, words);
    loop {
        match deadline.meet(connection.stream.read_buf(answer)).await {
            Some(Ok(0)) if answer.is_empty() => return Err(unlike("the connection was closed without an answer")),
            Some(Ok(0)) => return Err(unlike("the answer is not as expected")),
            Some(Ok(_)) if pattern.is_match(answer) => return Ok(()),
            Some(Ok(_)) if answer.len() >= MAX_ANSWER => {
                return Err(unlike("the answer is not as expected within 64 KiB"));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(broken(&error)),
            None if answer.is_empty() => return Err(Failure::new(FailureKind::Timeout, "no answer by the deadline")),
            None => return Err(unlike("the answer was not as expected by the deadline")),
        }
    }
}

fn broken(error: &io::Error) -> Failure {
    connect::local_or(error, || Failure::new(FailureKind::Protocol, "the connection broke"))
        .with_evidence(error.to_string())
}
