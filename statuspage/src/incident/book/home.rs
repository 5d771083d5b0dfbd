//! Which incident a failure belongs to, and which one that is over it brings back.
//!
//! It does not change any.

use std::{collections::BTreeSet, time::Duration};

use shared::{IncidentId, Timestamp};

use super::{Book, entry::Entry, failure::Failure};
use crate::incident::correlation::TOGETHER;

/// An incident that begins so soon after the end of one that it resembles is its return.
const RETURN: Duration = Duration::from_secs(86_400);

impl Book {
    /// The oldest open incident that explains a failure.
    pub(super) fn home(&self, failure: &Failure<'_>, concerned: &BTreeSet<IncidentId>) -> Option<IncidentId> {
        let mut homes = self.index.kin(failure.component, failure.signature.as_ref(), failure.span, &self.landscape);
        homes.extend(concerned.iter().filter(|id| self.returns_to(id, failure)).cloned());
        for root in self.landscape.roots(failure.component) {
            let incidents = self.concerned.get(root).into_iter().flatten();
            let fails = |id: &&IncidentId| self.entries.get(*id).is_some_and(|entry| entry.failing.contains(root));
            homes.extend(incidents.filter(|id| self.open.contains(*id)).filter(fails).cloned());
        }
        homes
            .into_iter()
            .min_by_key(|id| self.entries.get(id).map(|entry| (entry.incident.times.detected_at, id.clone())))
    }

    /// Whether a component that was part of an open incident, and works, comes back to it by failing again.
    fn returns_to(&self, id: &IncidentId, failure: &Failure<'_>) -> bool {
        let Some(entry) = self.entries.get(id).filter(|entry| entry.is_open()) else { return false };
        let Some(part) = entry.incident.components.get(failure.component) else { return false };
        let lately = part.recovered_at.is_some_and(|at| failure.at.since(at) <= entry.quiet(&self.rules).max(TOGETHER));
        let trace = entry.memory.traces.get(failure.component);
        let alike = failure.signature.iter().any(|signature| {
            trace.is_some_and(|trace| trace.signatures.iter().any(|other| other.resembles(signature)))
        });
        entry.failing.is_empty() || lately || alike
    }

    /// The incident that ended lately and that this failure is the return of: with the same component, and a signature or a
    /// dependency in common.
    pub(super) fn earlier(&self, id: &IncidentId, failure: &Failure<'_>) -> Option<IncidentId> {
        let known = self.entries.get(id)?;
        if known.incident.relapse_of.is_some() || known.memory.linked_by_hand {
            return None;
        }
        let begin = known.incident.times.started_at.min(failure.since);
        let roots = self.landscape.roots(failure.component);
        let alike = |(_, id): &&(Timestamp, IncidentId)| {
            let Some(Entry { incident, .. }) = self.entries.get(id) else { return false };
            let signatures = incident.components.values().filter_map(|part| part.signature.as_ref());
            incident.components.contains_key(failure.component)
                && (roots.iter().any(|root| *root != failure.component && incident.components.contains_key(*root))
                    || failure.signature.iter().any(|mine| signatures.clone().any(|other| other.resembles(mine))))
        };
        let lately = self.resolved.iter().rev().take_while(|(at, _)| begin.since(*at) <= RETURN);
        lately.filter(|(_, other)| other != id).find(alike).map(|(_, id)| id.clone())
    }
}
