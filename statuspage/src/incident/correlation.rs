//! Which failures have one cause: those that began at about the same time and share a mark.
//!
//! It does not know incidents' words, nor how one ends. What is open is found by its marks, so that a failure is compared with
//! those that it has something in common with, and never with all others.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, FailureKind, IncidentId, Timestamp};

use super::{Landscape, Signature};

/// Failures that begin within that time of each other may have one cause.
pub(super) const TOGETHER: Duration = Duration::from_secs(120);
/// So many separate beginnings of one mark are remembered.
const SPANS: usize = 32;

/// What failures of one cause have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    /// The same reason and HTTP status.
    Kind(FailureKind, Option<u16>),
    /// The same address.
    Address(IpAddr),
    /// The component itself, or one that it depends on.
    Root(ComponentId),
}

/// When something may have begun: between two instants.
pub(super) type Span = (Timestamp, Timestamp);

/// Stretches of time in which failures began, in their order, further apart than [`TOGETHER`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    /// Whether something that began in that time may have begun together with one of these.
    fn meet(&self, (from, to): Span) -> bool {
        self.0.iter().any(|(first, last)| from <= last.plus(TOGETHER) && *first <= to.plus(TOGETHER))
    }

    /// Adds a stretch, joined with those that it touches.
    pub(super) fn insert(&mut self, (from, to): Span) {
        let mut whole = (from.min(to), to);
        let touches = |span: &mut Span| {
            let touches = whole.0 <= span.1.plus(TOGETHER) && span.0 <= whole.1.plus(TOGETHER);
            if touches {
                whole = (whole.0.min(span.0), whole.1.max(span.1));
            }
            touches
        };
        self.0.extract_if(.., touches).for_each(drop);
        let at = self.0.partition_point(|span| *span < whole);
        self.0.insert(at, whole);
        if self.0.len() > SPANS {
            self.0.remove(0);
        }
    }

    /// Nothing that began lies after `now`.
    pub(super) fn turn_back(&mut self, now: Timestamp) {
        let before = std::mem::take(&mut self.0);
        before.into_iter().for_each(|(from, to)| self.insert((from.min(now), to.min(now))));
    }

    fn extend(&mut self, other: &Self) {
        other.0.iter().for_each(|span| self.insert(*span));
    }
}

/// What was measured of one component of an incident: when it began to fail, each time, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trace {
    pub(super) spans: Spans,
    pub(super) signatures: BTreeSet<Signature>,
}

/// Open incidents by their marks.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    marks: BTreeMap<Mark, BTreeMap<IncidentId, Spans>>,
    /// For removing an incident.
    of: BTreeMap<IncidentId, BTreeSet<Mark>>,
}

impl Index {
    /// A component of the incident began to fail.
    pub(super) fn add(&mut self, incident: &IncidentId, component: &ComponentId, trace: &Trace, landscape: &Landscape) {
        for mark in marks(component, &trace.signatures, landscape) {
            let spans = self.marks.entry(mark.clone()).or_default().entry(incident.clone()).or_default();
            spans.extend(&trace.spans);
            self.of.entry(incident.clone()).or_default().insert(mark);
        }
    }

    /// The incident is over.
    pub(super) fn remove(&mut self, incident: &IncidentId) {
        for mark in self.of.remove(incident).unwrap_or_default() {
            if let Some(incidents) = self.marks.get_mut(&mark) {
                incidents.remove(incident);
                if incidents.is_empty() {
                    self.marks.remove(&mark);
                }
            }
        }
    }

    /// The open incidents with failures that began together with this one and share a mark with it.
    pub(super) fn kin(
        &self,
        component: &ComponentId,
        signature: Option<&Signature>,
        span: Span,
        landscape: &Landscape,
    ) -> BTreeSet<IncidentId> {
        let signatures = signature.cloned().into_iter().collect();
        let marks = marks(component, &signatures, landscape);
        let incidents = marks.iter().filter_map(|mark| self.marks.get(mark)).flatten();
        incidents.filter(|(_, spans)| spans.meet(span)).map(|(id, _)| id.clone()).collect()
    }
}

fn marks(component: &ComponentId, signatures: &BTreeSet<Signature>, landscape: &Landscape) -> BTreeSet<Mark> {
    let roots = landscape.roots(component).into_iter().cloned().map(Mark::Root);
    let kinds = signatures.iter().map(|signature| Mark::Kind(signature.kind, signature.http_status));
    let addresses = signatures.iter().filter_map(|signature| signature.address.map(Mark::Address));
    roots.chain(kinds).chain(addresses).collect()
}

impl Signature {
    /// Whether two failures look like one: the same reason and status, or the same address.
    pub fn resembles(&self, other: &Self) -> bool {
        let kind = (self.kind, self.http_status) == (other.kind, other.http_status);
        kind || (self.address.is_some() && self.address == other.address)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
    }

    fn span((from, length): (i64, i64)) -> Span {
        (at(from), at(from + length))
    }

    proptest! {
        /// Whatever the order in which they came: two beginnings meet exactly when a row of neighbours leads from one to the other.
        #[test]
        fn stretches_of_time_are_joined_where_they_touch(parts in prop::collection::vec((0..3_000_i64, 0..400_i64), 1..12)) {
            let mut spans = Spans::default();
            parts.iter().for_each(|part| spans.insert(span(*part)));
            let mut backwards = Spans::default();
            parts.iter().rev().for_each(|part| backwards.insert(span(*part)));
            prop_assert_eq!(&spans, &backwards);
            prop_assert!(parts.iter().all(|part| spans.meet(span(*part))));
            prop_assert!(spans.0.windows(2).all(|pair| pair[0].1.plus(TOGETHER) < pair[1].0));
        }
    }

    #[test]
    fn a_mark_that_is_shared_counts_only_at_about_the_same_time() {
        let incident: IncidentId = "kctbh9vrtdwd".parse().expect("an id");
        let signature = Signature { kind: FailureKind::HttpStatus, http_status: Some(502), address: None };
        let mut trace = Trace { signatures: [signature.clone()].into(), ..Trace::default() };
        trace.spans.insert(span((0, 0)));
        let (mut index, landscape) = (Index::default(), Landscape::default());
        index.add(&incident, &"cloud".parse().expect("an id"), &trace, &landscape);
        let check = |signature: &Signature, (from, to): (i64, i64), expected: usize| {
            let forum = "forum".parse().expect("an id");
            let kin = index.kin(&forum, Some(signature), (at(from), at(to)), &landscape);
            assert_eq!(kin.len(), expected, "{signature:?} between {from} and {to}");
        };
        check(&signature, (100, 100), 1);
        check(&signature, (-120, -120), 1);
        check(&signature, (121, 121), 0);
        // A probe that runs every five minutes.
        check(&signature, (-200, 100), 1);
        check(&signature, (60, 360), 1);
        check(&signature, (150, 450), 0);
        check(&Signature { http_status: Some(503), ..signature.clone() }, (0, 0), 0);
    }
}
