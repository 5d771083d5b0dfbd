//! What a probe saw when a service does not work: for operators alone, every text of a target escaped and cut.
//!
//! It does not know how it was probed.

use leptos::prelude::*;
use shared::{Certificate, Exhibit, Failure, Observation, Status, Timestamp, Verdict};

use crate::{
    page::shell::{Head, shape},
    snapshot::{ComponentView, Snapshot},
    words::{Detail, Words, inert},
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
    let look = crate::island::Look::from(component.status);
    let state =
        format!("{}, {}", words.status(component.status), words.operator_since(words.when(component.since, now)));
    let failing = component.probes.iter().flat_map(|probe| probe.locations.values());
    let failing = failing.filter_map(|at| at.last.as_deref()).filter(|last| last.verdict != Verdict::Pass);
    let seen: Vec<AnyView> =
        alike(failing).iter().filter_map(|alike| Some(facts(alike.first()?, alike, now, words))).collect();
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
        <div class=format!("card {}", look.class)>
            <h3><a href=head.link(&format!("/services/{}", component.id))><bdi>{name}</bdi></a></h3>
            <p class=look.class>{shape(component.status.into())}" "{state}</p>
            {evidence}
        </div>
    }
    .into_any()
}

/// Observations of one probe that found the same from several places, together.
fn alike<'a>(seen: impl Iterator<Item = &'a Observation>) -> Vec<Vec<&'a Observation>> {
    let mut all: Vec<Vec<&Observation>> = Vec::new();
    let what = |one: &Observation| (one.probe.clone(), one.failure.as_ref().map(|f| (f.kind, f.detail.clone())));
    for one in seen {
        match all.iter_mut().find(|others| others.first().is_some_and(|first| what(first) == what(one))) {
            Some(others) => others.push(one),
            None => all.push(vec![one]),
        }
    }
    all
}

/// What one observation says, and from where others say the same.
pub(super) fn facts(seen: &Observation, alike: &[&Observation], now: Timestamp, words: &Words) -> AnyView {
    let places = words.places(alike.iter().map(|one| &one.location));
    let mut rows: Vec<(String, String)> = vec![(
        words.operator_observed(),
        format!("{} · {} · {places}", words.when(seen.started_at, now), seen.probe.name),
    )];
    let status = seen.http.as_ref().map(|http| http.status);
    let what = seen.failure.as_ref().map(|failure| {
        view! { <p><b>{words.what(failure.kind, status)}</b>" "{detail(failure, now, words)}</p> }
    });
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
        phases.filter_map(|(name, spent)| Some(words.operator_phase(name, words.latency(spent?)))).collect();
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
    view! { {what}<dl class="facts">{rows.into_iter().map(row).collect_view()}</dl>{head}{sample} }.into_any()
}

/// What the probe said beyond the reason; as it said it where the reader's language has no words for it.
pub(super) fn detail(failure: &Failure, now: Timestamp, words: &Words) -> Option<AnyView> {
    let Detail { text, language } = words.detail(failure, now)?;
    let foreign = (language != words.language()).then(|| language.tag());
    Some(view! { <span class="meta" lang=foreign>{inert(&text)}</span> }.into_any())
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
