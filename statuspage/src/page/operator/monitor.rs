//! What is wrong with the monitor itself: its database, and definition files that cannot be used.
//!
//! It does not know how either is mended beyond what the reports say.

use leptos::prelude::*;

use crate::{
    snapshot::{Snapshot, StoreState},
    subscriber::Counts,
    words::{Words, inert},
};

/// The faults, or that there is none.
pub(super) fn faults(snapshot: &Snapshot, words: &Words) -> AnyView {
    let store = match snapshot.store {
        StoreState::Synced => None,
        StoreState::Behind => Some(words.operator_store_behind()),
        StoreState::Absent => Some(words.operator_store_absent()),
    };
    let well =
        (store.is_none() && snapshot.quarantined.is_empty()).then(|| view! { <p>{words.operator_monitor_well()}</p> });
    let store = store.map(|fault| view! { <p class="alert">{fault}</p> });
    let file = |quarantined: &prober::definition::Quarantined| {
        let file = inert(&quarantined.file);
        let said = match &quarantined.kept {
            Some(component) => words.operator_quarantined_kept(file, component.to_string()),
            None => words.operator_quarantined(file),
        };
        // The report has lines of its own, which matter.
        let report = quarantined.report.lines().map(inert).collect::<Vec<_>>().join("\n");
        view! { <div class="card"><p class="fault">{said}</p><pre>{report}</pre></div> }
    };
    let files = snapshot.quarantined.iter().map(file).collect_view();
    let subscribers = subscribers(snapshot, words);
    view! { <section><h2>{words.operator_monitor()}</h2>{well}{store}{files}{subscribers}</section> }.into_any()
}

/// How many are told by mail, and whose mailbox takes none; nothing where no mail is sent.
fn subscribers(snapshot: &Snapshot, words: &Words) -> Option<AnyView> {
    let Counts { confirmed, asked, quarantined, refused: _ } = snapshot.mail.subscribers?;
    Some(view! { <p class="meta">{words.operator_subscribers(confirmed, asked, quarantined)}</p> }.into_any())
}
