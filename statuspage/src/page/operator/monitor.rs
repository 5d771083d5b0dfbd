//! What is wrong with the monitor itself: its database, its locations, and definition files that cannot be used.
//!
//! It does not know how either is mended beyond what the reports say.

use leptos::prelude::*;
use shared::{LocationName, Timestamp};

use super::told;

use crate::{
    location::{LocationView, Standing},
    notify::fault_in_words,
    page::oversight,
    snapshot::{FaultView, Snapshot, StoreState},
    subscriber::Counts,
    words::{Words, inert, quantity},
};

/// The faults, or that there is none.
pub(super) fn faults(snapshot: &Snapshot, words: &Words) -> AnyView {
    let store = match snapshot.store {
        StoreState::Synced => None,
        StoreState::Behind => Some(words.operator_store_behind()),
        StoreState::Absent => Some(words.operator_store_absent()),
    };
    let places: Vec<_> = snapshot.places.iter().filter(|(_, view)| is_unwell(view)).collect();
    let open = &snapshot.alarms.faults;
    let well = (store.is_none() && snapshot.quarantined.is_empty() && places.is_empty() && open.is_empty())
        .then(|| view! { <p>{words.operator_monitor_well()}</p> });
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
    let place = |(name, view): (&LocationName, &LocationView)| {
        let state = oversight::place_state(view, snapshot.generated_at, words);
        view! { <p class="alert">{words.operator_location(quantity::place(name), state)}</p> }
    };
    let fault = |view: &FaultView| fault(view, snapshot.generated_at, words);
    let open = open.iter().map(fault).collect_view();
    let places = places.into_iter().map(place).collect_view();
    let files = snapshot.quarantined.iter().map(file).collect_view();
    let subscribers = subscribers(snapshot, words);
    view! { <section><h2>{words.operator_monitor()}</h2>{well}{store}{open}{places}{files}{subscribers}</section> }
        .into_any()
}

/// What messages tell of it, since when, and who takes care of it.
fn fault(view: &FaultView, now: Timestamp, words: &Words) -> AnyView {
    let said = quantity::capital(&inert(&fault_in_words(&view.fault, words.language(), words.zone().clone())));
    let since = words.operator_since(words.when(view.since, now));
    let taken = view.taken.as_ref().map(|taken| {
        let (who, when) = (told::actor(&taken.by, words), words.when(taken.at, now));
        format!(" · {}", words.operator_acknowledged(who, when))
    });
    view! { <div class="alert"><p>{said}</p><p class="meta">{since}{taken}</p></div> }.into_any()
}

/// How many are told by mail, and whose mailbox takes none; nothing where no mail is sent.
fn subscribers(snapshot: &Snapshot, words: &Words) -> Option<AnyView> {
    let Counts { confirmed, asked, quarantined, refused: _ } = snapshot.mail.subscribers?;
    Some(view! { <p class="meta">{words.operator_subscribers(confirmed, asked, quarantined)}</p> }.into_any())
}

/// Whether somebody should look after a location.
fn is_unwell(view: &LocationView) -> bool {
    match view.standing {
        Standing::Silent => true,
        Standing::Reports => view.has_wrong_clock || view.drifts_since.is_some(),
        Standing::Awaited | Standing::Revoked => false,
    }
}
