//! `[probe.http]`: asks, follows redirects, and holds the answer against what is expected.
//!
//! Each hop has a connection of its own. It does not know schedules nor what a finding means for a service.

mod decode;
mod exchange;
mod h1;
mod h2;
mod judge;
mod redirect;
mod request;

use shared::{Failure, Hop, HttpFacts, Verdict};
use tokio::time::Instant;

use super::{
    connect::{Choice, Dial, Layer},
    deadline::Deadline,
    finding::{Finding, ours},
    record::Record,
    wall_clock,
};
use crate::{
    definition::{HttpCheck, IpPreference},
    network::{Above, Family, Network, Trail},
};
use exchange::{Answer, Appetite, Head, NoAnswer, exchange, malformed};
use request::Request;

/// Carries out a check that began at `began`.
pub(super) async fn run(
    check: &HttpCheck,
    network: &Network,
    deadline: Deadline,
    began: Instant,
) -> (Record, Option<Finding>) {
    let with = |choice| judged(check, network, choice, deadline, began);
    match check.ip {
        IpPreference::Any => with(Choice::Any).await,
        IpPreference::V4 => with(Choice::Only(Family::V4)).await,
        IpPreference::V6 => with(Choice::Only(Family::V6)).await,
        IpPreference::Both => {
            let (v4, v6) = tokio::join!(with(Choice::Only(Family::V4)), with(Choice::Only(Family::V6)));
            both(v4, v6)
        }
    }
}

/// Judges two families together: both failing is a failure, a single one a warning that names it. The facts kept are those of the
/// family that decided.
fn both(v4: (Record, Option<Finding>), v6: (Record, Option<Finding>)) -> (Record, Option<Finding>) {
    let weight = |found: &Option<Finding>| match found.as_ref().map(|finding| finding.verdict) {
        None | Some(Verdict::Pass) => 0,
        Some(Verdict::Warn) => 1,
        Some(Verdict::Unknown) => 2,
        Some(Verdict::Fail) => 3,
    };
    let (first, second) = (weight(&v4.1), weight(&v6.1));
    let earliest = v4.0.certificate_expires_at.into_iter().chain(v6.0.certificate_expires_at).min();
    let (name, (mut record, finding), lesser) = if second > first { ("IPv6", v6, first) } else { ("IPv4", v4, second) };
    record.certificate_expires_at = earliest;
    let finding = finding.map(|finding| match (first == second, lesser) {
        (true, _) => finding.about("IPv4 and IPv6"),
        (false, 0 | 1) => finding.mild().about(name),
        // One family failed and we could not look at the other: what is known is not enough for more than unknown.
        (false, _) => {
            Finding { verdict: Verdict::Unknown, ..ours("one family failed and the other could not be asked").into() }
        }
    });
    (record, finding)
}

async fn judged(
    check: &HttpCheck,
    network: &Network,
    choice: Choice,
    deadline: Deadline,
    began: Instant,
) -> (Record, Option<Finding>) {
    let mut record = Record::default();
    let walk = Walk { check, network, choice, deadline };
    let judged = walk.to_the_end(&mut record).await.and_then(|answer| judge::answer(check, answer));
    let finding = match judged {
        Err(failure) => Some(failure.into()),
        Ok(()) => judge::warning(&check.expect, record.certificate_expires_at, wall_clock(), began.elapsed()),
    };
    (record, finding)
}

/// A walk along redirects, to one family of addresses.
struct Walk<'a> {
    check: &'a HttpCheck,
    network: &'a Network,
    choice: Choice,
    deadline: Deadline,
}

impl Walk<'_> {
    /// Follows redirects until an answer is none.
    async fn to_the_end(&self, record: &mut Record) -> Result<Answer, Failure> {
        let mut visited = vec![Request::first(self.check, self.network.user_agent())?];
        let mut redirects = Vec::new();
        let mut trail = Trail::default();
        loop {
            let Some(request) = visited.last() else { return Err(ours("nothing was asked")) };
            let mut hop = Record::default();
            let answer = self.hop(request, &mut trail, &mut hop).await;
            record.add(&hop);
            let answer = answer?;
            let Head { status, version, .. } = answer.head;
            let facts = |redirects| Some(HttpFacts { status: status.as_u16(), version, redirects });
            if !redirect::follows(self.check, &answer.head) {
                record.http = facts(redirects);
                return Ok(answer);
            }
            record.http = facts(redirects.clone());
            let next = redirect::next(self.check, &visited, &answer.head)?;
            let location = Some(next.url.to_string());
            redirects.push(Hop { status: status.as_u16(), location, timings: hop.timings });
            record.http = facts(redirects.clone());
            visited.push(next);
        }
    }

    /// One request on a connection of its own; on a second one where the server asks for that.
    async fn hop(&self, request: &Request, trail: &mut Trail, record: &mut Record) -> Result<Answer, Failure> {
        match self.attempt(request, trail, record).await {
            Err(NoAnswer::Elsewhere) => {}
            Err(NoAnswer::Failed(failure)) => return Err(failure),
            Ok(answer) => return Ok(answer),
        }
        let mut again = Record::default();
        let answer = self.attempt(request, trail, &mut again).await;
        record.add(&again);
        answer.map_err(|no_answer| match no_answer {
            NoAnswer::Failed(failure) => failure,
            NoAnswer::Elsewhere => malformed("the server sends every HTTP/2 connection away"),
        })
    }

    async fn attempt(&self, request: &Request, trail: &mut Trail, record: &mut Record) -> Result<Answer, NoAnswer> {
        let connection = self.dial(request, *trail)?.open(record).await?;
        *trail = connection.trail;
        let appetite = |head: &Head| {
            if redirect::follows(self.check, head) { Appetite::None } else { judge::appetite(self.check, head) }
        };
        exchange(connection, request, self.deadline, appetite, record).await
    }

    fn dial<'r>(&'r self, request: &'r Request, trail: Trail) -> Result<Dial<'r>, Failure> {
        let url = &request.url;
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(ours("the definition's URL has no host"));
        };
        let layer = if url.scheme() == "https" { Layer::Tls(Above::Http) } else { Layer::Plain };
        Ok(Dial { network: self.network, host, port, layer, choice: self.choice, trail, deadline: self.deadline })
    }
}
