//! What a probe saw when a service does not work: for operators alone, every text of a target escaped and cut.
//!
//! It does not know how it was probed.

use leptos::prelude::*;
use shared::{Certificate, Exhibit, Observation, Status, Timestamp, Verdict};

use crate::{
    page::shell::{Head, shape},
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert, quantity::place},
};

/// The services that do not work, the worst first, with what the probes saw.
pub(super) fn now(snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let mut wrong: Vec<&ComponentView> =
        snapshot.components.iter().map(AsRef::as_ref).filter(|c| c.status != Status::Operational).collect();
    wrong.sort_by_key(|component| Status::ALL.iter().position(|status| *status == component.status));
    wrong.reverse();
    let list = wrong.iter().map(|component| entry(component, snapshot.generated_at, head)).collect_view();
    let well = wrong.is_empty().then(|| view! { <p>{words.operator_all_well()}</p> });
    view! { <section><h2>{words.operator_now()}</h2>{well}{list}</section> }.into_any()
}

fn entry(component: &ComponentView, now: Timestamp, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let name = inert(component.name.get(words.language()));
    let state =
        format!("{}, {}", words.status(component.status), words.operator_since(words.when(component.since, now)));
    let failing = component.probes.iter().flat_map(|probe| probe.locations.values());
    let failing = failing.filter_map(|at| at.last.as_ref()).filter(|last| last.verdict != Verdict::Pass);
    let seen: Vec<AnyView> = failing.map(|last| facts(last, now, words)).collect();
    let evidence = (!seen.is_empty()).then(|| {
        view! {
            <details>
                <summary>{words.operator_evidence()}</summary>
                <p class="meta">{words.operator_evidence_note()}</p>
                {seen}
            </details>
        }
    });
    view! {
        <div class="card">
            <h3><a href=head.link(&format!("/services/{}", component.id))><bdi>{name}</bdi></a></h3>
            <p class=crate::island::Look::from(component.status).class>{shape(component.status.into())}" "{state}</p>
            {evidence}
        </div>
    }
    .into_any()
}

/// What one observation says.
pub(super) fn facts(seen: &Observation, now: Timestamp, words: &Words) -> AnyView {
    let mut rows: Vec<(String, String)> = vec![(
        words.operator_observed(),
        format!("{} · {} · {}", words.when(seen.started_at, now), seen.probe.name, place(&seen.location)),
    )];
    let status = seen.http.as_ref().map(|http| http.status);
    rows.extend(seen.failure.as_ref().map(|failure| {
        let detail = if failure.detail.is_empty() { String::new() } else { format!(": {}", failure.detail) };
        (words.operator_reason(), format!("{}{detail}", words.what(failure.kind, status)))
    }));
    rows.extend(
        seen.http
            .as_ref()
            .map(|http| (words.operator_answer(), format!("HTTP/{} {}", http.version.word(), http.status))),
    );
    rows.extend(seen.address.map(|address| (words.operator_address(), address.to_string())));
    rows.extend(
        seen.certificate_expires_at.map(|at| (words.operator_certificate(), words.long_date(words.day_of(at)))),
    );
    let hops = seen.http.iter().flat_map(|http| &http.redirects);
    let hops: Vec<String> =
        hops.map(|hop| format!("{} → {}", hop.status, hop.location.as_deref().unwrap_or("?"))).collect();
    rows.extend((!hops.is_empty()).then(|| (words.operator_redirects(), hops.join(", "))));
    let phases = seen.timings.phases().into_iter();
    let phases: Vec<String> =
        phases.filter_map(|(name, spent)| Some(format!("{name} {}", words.latency(spent?)))).collect();
    rows.extend((!phases.is_empty()).then(|| (words.operator_phases(), phases.join(", "))));
    let row = |(name, value): (String, String)| view! { <dt>{name}</dt><dd><bdi>{inert(&value)}</bdi></dd> };
    let met = seen.failure.as_ref().and_then(|failure| failure.exhibit.as_deref());
    rows.extend(met.into_iter().flat_map(|met| exhibited(met, words)));
    let head = met.map(|met| &met.head).filter(|head| !head.is_empty()).map(|head| {
        let lines: Vec<String> = head.iter().map(|line| inert(line)).collect();
        view! { <p class="meta">{words.operator_head()}</p><pre>{lines.join("\n")}</pre> }
    });
    let sample = seen.failure.as_ref().and_then(|failure| failure.evidence.as_deref()).map(|evidence| {
        view! { <p class="meta">{words.operator_sample()}</p><pre>{inert(evidence)}</pre> }
    });
    view! { <dl class="facts">{rows.into_iter().map(row).collect_view()}</dl>{head}{sample} }.into_any()
}

/// What the probe met on its way, but for the head.
fn exhibited(met: &Exhibit, words: &Words) -> Vec<(String, String)> {
    let day = |at| words.long_date(words.day_of(at));
    let addresses: Vec<String> = met.addresses.iter().map(ToString::to_string).collect();
    let mut rows: Vec<_> =
        (addresses.len() > 1).then(|| (words.operator_addresses(), addresses.join(", "))).into_iter().collect();
    rows.extend(met.certificates.iter().map(|certificate| {
        let Certificate { subject, issuer, serial, not_before, not_after } = certificate;
        let valid = words.operator_issued(subject.as_str(), issuer.as_str(), day(*not_before), day(*not_after));
        (words.operator_chain(), format!("{valid} ({serial})"))
    }));
    rows
}
