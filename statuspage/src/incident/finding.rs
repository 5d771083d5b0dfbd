//! What the failing components of an incident have in common, and how much it hurts.
//!
//! It does not know when that is asked, nor what was found before.

use std::collections::BTreeMap;

use shared::{ComponentId, Impact, Status};

use super::{Finding, Incident, Involvement, Landscape};

/// What those that fail now have in common; none when nothing was measured.
pub(super) fn finding(incident: &Incident, landscape: &Landscape) -> Option<Finding> {
    let failing: Vec<_> = incident.failing().filter_map(|(id, part)| Some((id, part.signature.as_ref()?))).collect();
    let mut kinds = BTreeMap::<_, usize>::new();
    for (_, signature) in &failing {
        *kinds.entry((signature.kind, signature.http_status)).or_default() += 1;
    }
    let most = kinds.values().copied().max()?;
    let (kind, http_status) = kinds.into_iter().find(|(_, count)| *count == most)?.0;
    let (_, first) = failing.first()?;
    let together = failing.len() > 1 && failing.iter().all(|(_, signature)| signature.address == first.address);
    Some(Finding {
        kind,
        http_status,
        components: u32::try_from(failing.len()).unwrap_or(u32::MAX),
        address: first.address.filter(|_| together),
        dependency: dependency(incident, landscape),
    })
}

/// The failing component that all others that fail depend on.
fn dependency(incident: &Incident, landscape: &Landscape) -> Option<ComponentId> {
    let mut failing = incident.failing().map(|(id, _)| id);
    let first = failing.next()?;
    let mut common = landscape.roots(first);
    common.retain(|id| incident.components.get(*id).is_some_and(|part| part.recovered_at.is_none()));
    let mut others = 0;
    for id in failing {
        others += 1;
        let roots = landscape.roots(id);
        common.retain(|candidate| roots.contains(candidate));
        if common.is_empty() {
            return None;
        }
    }
    // Where several depend on each other in a row, the one that all of them depend on.
    let deepest = common.into_iter().min_by_key(|id| landscape.roots(id).len());
    deepest.filter(|_| others > 0).cloned()
}

/// How much what fails now hurts.
pub(super) fn impact(incident: &Incident, landscape: &Landscape) -> Impact {
    let count = |worst: Status| incident.failing().filter(|(_, part): &(_, &Involvement)| part.worst == worst).count();
    let major = count(Status::MajorOutage);
    if major > 0 {
        return if major * 2 >= landscape.len() { Impact::Critical } else { Impact::Major };
    }
    let disturbed = count(Status::PartialOutage) + count(Status::DegradedPerformance);
    if disturbed > 0 { Impact::Minor } else { Impact::None }
}
