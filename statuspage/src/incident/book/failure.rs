//! A confirmed failure of a component, as the book compares it.
//!
//! It does not know incidents.

use shared::{ComponentId, IncidentId, LocationName, Status, Text, Timestamp};

use crate::{
    engine::Transition,
    incident::{Involvement, Landscape, Signature, correlation::Span},
};

/// A failure that was confirmed, as the book compares it.
#[derive(Clone)]
pub(super) struct Failure<'a> {
    pub(super) component: &'a ComponentId,
    pub(super) from: Status,
    pub(super) to: Status,
    pub(super) at: Timestamp,
    /// When it was confirmed.
    pub(super) known_at: Timestamp,
    pub(super) span: Span,
    pub(super) since: Timestamp,
    pub(super) signature: Option<Signature>,
    pub(super) detail: &'a str,
    pub(super) locations: &'a [LocationName],
    /// The incident that operators closed while this failed.
    pub(super) closed: Option<Closed>,
}

/// An incident that was closed while something failed, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) id: IncidentId,
    pub(super) at: Timestamp,
}

impl<'a> Failure<'a> {
    pub(super) fn of(transition: &'a Transition) -> Self {
        let Transition { component, at, from, to, reason, onset, .. } = transition;
        // The clock may have been set back in between.
        let since = onset.map_or(*at, |onset| onset.since.min(*at));
        let after = onset.and_then(|onset| onset.after).unwrap_or(since);
        let signature = reason.as_ref().map(|reason| Signature {
            kind: reason.kind,
            http_status: reason.http_status,
            address: onset.and_then(|onset| onset.address),
        });
        Self {
            component,
            from: *from,
            to: *to,
            at: *at,
            known_at: *at,
            span: (after.min(since), since),
            since,
            signature,
            detail: reason.as_ref().map_or("", |reason| reason.detail.as_str()),
            locations: reason.as_ref().map_or(&[][..], |reason| reason.locations.as_slice()),
            closed: None,
        }
    }

    /// What still fails of an incident that was closed: no minute of it is counted twice.
    pub(super) fn of_part(component: &'a ComponentId, part: &'a Involvement, closed: Closed, at: Timestamp) -> Self {
        let since = closed.at.min(at);
        Self {
            component,
            from: Status::Operational,
            to: part.status,
            at,
            known_at: since,
            span: (since, since),
            since,
            signature: part.signature.clone(),
            detail: &part.detail,
            locations: &part.locations,
            closed: Some(closed),
        }
    }

    /// The same of what failed already when its incident was closed.
    pub(super) fn after(&self, closed: Closed) -> Self {
        let since = self.since.max(closed.at).min(self.at);
        let span = (self.span.0.max(closed.at).min(since), since);
        Self { since, span, closed: Some(closed), ..self.clone() }
    }

    /// The part that its component has in an incident, at first.
    pub(super) fn involvement(&self, landscape: &Landscape) -> Involvement {
        let landmark = landscape.get(self.component);
        let name = landmark.map_or_else(|| Text::from(self.component.as_str()), |landmark| landmark.name.clone());
        Involvement {
            name,
            group: landmark.and_then(|landmark| landmark.group.clone()),
            since: self.since,
            detected_at: self.known_at,
            recovered_at: None,
            status: self.to,
            worst: self.to,
            signature: self.signature.clone(),
            detail: self.detail.to_owned(),
            locations: self.locations.to_vec(),
        }
    }
}
