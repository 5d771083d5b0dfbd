//! Every order of an operator, carried out or refused, the newest first.
//!
//! It does not know how an order is carried out, nor how long it is remembered.

use leptos::prelude::*;
use shared::Language;

use super::{HOME, Signed, document, told, who_am_i};
use crate::{
    incident::{AuditEntry, AuditLog},
    maintenance::wording,
    page::shell::Head,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// Where it stands.
pub const AUDIT: &str = "/operator/audit";
/// Why somebody was not signed in, as it is kept.
pub const WRONG_PASSWORD: &str = "the password is wrong";
/// So many orders are on one page.
const ON_A_PAGE: usize = 100;

/// The page of the orders that came before the one with that number, or of the newest.
pub fn audit(snapshot: &Snapshot, language: Language, signed: &Signed, log: &AuditLog, before: Option<u64>) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let mut entries = log.iter().rev().filter(|entry| before.is_none_or(|before| entry.number < before));
    let shown: Vec<&AuditEntry> = entries.by_ref().take(ON_A_PAGE).map(AsRef::as_ref).collect();
    let earlier = entries.next().and(shown.last()).map(|oldest| oldest.number);
    document(&snapshot.site, &words, AUDIT.to_owned(), |head| {
        let earlier = earlier.map(|number| {
            let address = format!("{}&before={number}", head.link(AUDIT));
            view! { <p><a href=address>{words.operator_audit_earlier()}</a></p> }
        });
        let list = match shown.is_empty() {
            true => view! { <p>{words.operator_audit_none()}</p> }.into_any(),
            false => table(&shown, snapshot, head),
        };
        view! {
            <div class="banner">
                <p class="meta"><a href=head.link(HOME)>{words.operator_back()}</a></p>
                <h1>{words.operator_audit()}</h1>
                <p class="about">{words.operator_audit_text(words.zone_name())}</p>
                {who_am_i(signed, head)}
            </div>
            <section>{list}{earlier}</section>
        }
        .into_any()
    })
}

fn table(shown: &[&AuditEntry], snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let columns = [
        words.operator_told_at(),
        words.operator_audit_who(),
        words.operator_audit_what(),
        words.operator_audit_about(),
    ];
    let columns = columns.map(|column| view! { <th scope="col">{column}</th> });
    let rows: Vec<AnyView> = shown.iter().map(|entry| row(entry, snapshot, head)).collect();
    view! {
        <table class="log">
            <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(entry: &AuditEntry, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let when = words.when(entry.at, snapshot.generated_at);
    let refusal = entry.refusal.as_ref().map(|refusal| {
        // Refusals are kept as programs are told of them: in English.
        let why = if refusal == WRONG_PASSWORD { words.operator_audit_password() } else { inert(refusal) };
        view! { <p class="fault">{words.operator_audit_refused(why)}</p> }
    });
    view! {
        <tr>
            <td class="meta">{when}</td>
            <td><bdi>{told::actor(&entry.actor, words)}</bdi></td>
            <td>{words.operator_order(inert(&entry.what))}{refusal}</td>
            <td>{subject(entry.subject.as_deref(), snapshot, head)}</td>
        </tr>
    }
    .into_any()
}

/// The incident or maintenance by its title where there is one of that id; else the id.
fn subject(subject: Option<&str>, snapshot: &Snapshot, head: &Head<'_>) -> Option<AnyView> {
    let subject = subject?;
    let incident = subject.parse().ok().and_then(|id| snapshot.incident(&id));
    let maintenance = subject.parse().ok().and_then(|id| snapshot.maintenance(&id));
    let link = |kind: &str, title: String| {
        let address = head.link(&format!("/operator/{kind}/{subject}"));
        view! { <a href=address><bdi>{title}</bdi></a> }.into_any()
    };
    Some(match (incident, maintenance) {
        (Some(incident), _) => link("incidents", told::title(incident, head.words)),
        (None, Some(maintenance)) => link("maintenances", wording::title(maintenance, head.words)),
        (None, None) => view! { <code>{inert(subject)}</code> }.into_any(),
    })
}
