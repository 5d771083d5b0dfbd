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
    connect::{Choice, Dial, Layer, Resolution, resolve},
    deadline::Deadline,
    exhibit,
    finding::{Finding, ours},
    record::Record,
    wall_clock,
};
use crate::{
    definition::{HttpCheck, IpPreference},
    network::{Above, Family, Network, Trail, beginning},
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
    let walk = |choice| Walk { check, network, choice, deadline };
    let with = |choice| walk(choice).judged(Start::default(), began);
    match check.ip {
        IpPreference::Any => with(Choice::Any).await,
        IpPreference::V4 => with(Choice::Only(Family::V4)).await,
        IpPreference::V6 => with(Choice::Only(Family::V6)).await,
        IpPreference::Both => {
            let (v4, v6) = (walk(Choice::Only(Family::V4)), walk(Choice::Only(Family::V6)));
            let (first, second) = Start::of_both(&v4, &v6).await;
            // On the heap, so that the many probes that ask one family do not carry the room for two.
            let (v4, v6) = tokio::join!(Box::pin(v4.judged(first, began)), Box::pin(v6.judged(second, began)));
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

/// Where a walk begins.
#[derive(Debug, Default)]
struct Start {
    trail: Trail,
    resolved: Option<Resolution>,
}

impl Start {
    /// Both families are resolved before either is connected to: a name that is public in the first does not lead to a private
    /// address in the second.
    async fn of_both(v4: &Walk<'_>, v6: &Walk<'_>) -> (Self, Self) {
        let (first, second) = tokio::join!(v4.resolved(), v6.resolved());
        let public = first.as_ref().and_then(|resolution| resolution.answer.as_ref().ok()?.first().into());
        let trail = public.map_or(Trail::Direct, beginning);
        (Self { trail: Trail::Direct, resolved: first }, Self { trail, resolved: second })
    }
}

/// A walk along redirects, to one family of addresses.
struct Walk<'a> {
    check: &'a HttpCheck,
    network: &'a Network,
    choice: Choice,
    deadline: Deadline,
}

impl Walk<'_> {
    /// Walks to the end and judges what is there.
    async fn judged(self, start: Start, began: Instant) -> (Record, Option<Finding>) {
        let mut record = Record::default();
        let judged = match self.to_the_end(start, &mut record).await {
            Ok(Answer { head, body }) => judge::answer(self.check, &head, body)
                .inspect_err(|_| record.head = exhibit::head(head.status, head.version, &head.headers)),
            Err(failure) => Err(failure),
        };
        let finding = match judged {
            Err(failure) => Some(failure.into()),
            Ok(()) => judge::warning(&self.check.expect, record.certificate_expires_at, wall_clock(), began.elapsed()),
        };
        (record, finding)
    }

    async fn resolved(&self) -> Option<Resolution> {
        Some(resolve(self.network, &self.check.url.host()?, self.choice, self.deadline).await)
    }

    /// Follows redirects until an answer is none.
    async fn to_the_end(&self, start: Start, record: &mut Record) -> Result<Answer, Failure> {
        let mut visited = vec![Request::first(self.check, self.network.user_agent())?];
        let mut redirects = Vec::new();
        let Start { mut trail, mut resolved } = start;
        loop {
            let Some(request) = visited.last() else { return Err(ours("nothing was asked")) };
            let mut hop = Record::default();
            let answer = self.hop(request, &mut trail, resolved.take(), &mut hop).await;
            let timings = hop.timings;
            record.add(hop);
            let answer = answer?;
            let Head { status, version, .. } = answer.head;
            let facts = |redirects| Some(HttpFacts { status: status.as_u16(), version, redirects });
            if !redirect::follows(self.check, &answer.head) {
                record.http = facts(redirects);
                return Ok(answer);
            }
            record.http = facts(redirects.clone());
            let next = redirect::next(self.check, &visited, &answer.head)
                .inspect_err(|_| record.head = exhibit::head(status, version, &answer.head.headers))?;
            let location = Some(next.url.to_string());
            redirects.push(Hop { status: status.as_u16(), location, timings });
            record.http = facts(redirects.clone());
            visited.push(next);
        }
    }

    /// One request on a connection of its own; on a second one where the server asks for that.
    async fn hop(
        &self,
        request: &Request,
        trail: &mut Trail,
        resolved: Option<Resolution>,
        record: &mut Record,
    ) -> Result<Answer, Failure> {
        match self.attempt(request, trail, resolved, record).await {
            Err(NoAnswer::Elsewhere) => {}
            Err(NoAnswer::Failed(failure)) => return Err(failure),
            Ok(answer) => return Ok(answer),
        }
        let mut again = Record::default();
        let answer = self.attempt(request, trail, None, &mut again).await;
        record.add(again);
        answer.map_err(|no_answer| match no_answer {
            NoAnswer::Failed(failure) => failure,
            NoAnswer::Elsewhere => malformed("the server sends every HTTP/2 connection away"),
        })
    }

    async fn attempt(
        &self,
        request: &Request,
        trail: &mut Trail,
        resolved: Option<Resolution>,
        record: &mut Record,
    ) -> Result<Answer, NoAnswer> {
        let connection = self.dial(request, *trail, resolved)?.open(record).await?;
        *trail = connection.trail;
        let appetite = |head: &Head| {
            if redirect::follows(self.check, head) { Appetite::None } else { judge::appetite(self.check, head) }
        };
        exchange(connection, request, self.deadline, appetite, record).await
    }

    fn dial<'r>(
        &'r self,
        request: &'r Request,
        trail: Trail,
        resolved: Option<Resolution>,
    ) -> Result<Dial<'r>, Failure> {
        let url = &request.url;
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(ours("the definition's URL has no host"));
        };
        let layer = if url.scheme() == "https" { Layer::Tls(Above::Http) } else { Layer::Plain };
        let Self { network, choice, deadline, .. } = *self;
        Ok(Dial { network, host, port, layer, choice, trail, deadline, resolved })
    }
}
