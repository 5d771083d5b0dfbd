//! What keeps watch over the monitoring: control targets, an outside watch, the store, the definitions, fresh proof.
//!
//! It does not know which targets, files or services those are; readers need not.

use leptos::prelude::*;
use shared::Status;

use super::is_fresh;
use crate::{
    island::Look,
    page::shell,
    site::DeadManSwitch,
    snapshot::{Snapshot, StoreState},
    words::Words,
};

/// One safeguard: its name, how it does in a word, and what that means.
struct Safeguard {
    name: String,
    look: Look,
    word: String,
    why: String,
}

pub(super) fn list(snapshot: &Snapshot, words: &Words) -> AnyView {
    let all = [control(snapshot, words), outside(snapshot, words), store(snapshot, words)];
    let all = all.into_iter().chain([definitions(snapshot, words), proof(snapshot, words)]);
    let row = |safeguard: Safeguard| {
        view! {
            <li>
                <div class="who"><h3>{safeguard.name}</h3></div>
                <p class=safeguard.look.class>{shell::shape(safeguard.look)}{safeguard.word}</p>
                <p class="why">{safeguard.why}</p>
            </li>
        }
    };
    view! { <ul class="rows">{all.map(row).collect_view()}</ul> }.into_any()
}

fn good() -> Look {
    Status::Operational.into()
}

fn lacking() -> Look {
    Status::Unknown.into()
}

fn bad() -> Look {
    Status::DegradedPerformance.into()
}

fn control(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let (look, word, why) = match snapshot.site.safeguards.control_targets {
        0 => (lacking(), words.control_none(), words.control_none_why()),
        count @ 1.. => (good(), words.control_set(count), words.control_set_why()),
    };
    Safeguard { name: words.control_targets(), look, word, why }
}

fn outside(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let (look, word, why) = match snapshot.site.safeguards.dead_man {
        DeadManSwitch::Expected => (good(), words.dead_man_set(), words.dead_man_set_why()),
        DeadManSwitch::Absent => (lacking(), words.dead_man_none(), words.dead_man_none_why()),
    };
    Safeguard { name: words.dead_man(), look, word, why }
}

fn store(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let (look, word, why) = match snapshot.store {
        StoreState::Synced => (good(), words.storage_synced(), words.storage_synced_why()),
        StoreState::Behind => (bad(), words.storage_behind(), words.storage_behind_why()),
        StoreState::Absent => (bad(), words.storage_absent(), words.storage_absent_why()),
    };
    Safeguard { name: words.storage(), look, word, why }
}

fn definitions(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let (look, word, why) = match snapshot.quarantined.len() {
        0 => (good(), words.definitions_good(), words.definitions_good_why()),
        count @ 1.. => (bad(), words.definitions_bad(count), words.definitions_bad_why()),
    };
    Safeguard { name: words.definitions(), look, word, why }
}

fn proof(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let (now, total) = (snapshot.generated_at, snapshot.components.len());
    let fresh = snapshot.components.iter().filter(|component| is_fresh(component.stale_at, now)).count();
    let (look, word) =
        if fresh == total { (good(), words.proof_all(total)) } else { (bad(), words.proof_some(fresh, total)) };
    Safeguard { name: words.proof(), look, word, why: words.proof_why() }
}
