//! What keeps watch over the monitoring: control targets, an outside watch, the store, the definitions, fresh proof, canaries, its own
//! parts, what they live on, and whether letters leave.
//!
//! It does not know which targets, files or services those are; readers need not.

use leptos::prelude::*;
use shared::Status;

use super::is_fresh;
use crate::{
    island::Look,
    mailing::Flow,
    notify::FaultKind,
    page::shell,
    site::DeadManSwitch,
    snapshot::{Detection, Snapshot, StoreState},
    words::Words,
};

/// The faults of the disk.
const DISK: [FaultKind; 6] = [
    FaultKind::LowSpace,
    FaultKind::NoSpace,
    FaultKind::DiskLow,
    FaultKind::DiskVeryLow,
    FaultKind::DiskCritical,
    FaultKind::DiskFilling,
];

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
    let all = all.chain([detection(snapshot, words), parts(snapshot, words), means(snapshot, words)]);
    let all = all.chain(mail(snapshot, words));
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
    let taken = snapshot.watch.pings.taken_at().map(|at| words.dead_man_taken(words.at(at, snapshot.generated_at)));
    let heard = |why: String| std::iter::once(why).chain(taken.clone()).collect::<Vec<_>>().join(" ");
    let fails = snapshot.watch.is_any_open(&[FaultKind::PingFailing]);
    let (look, word, why) = match (snapshot.site.safeguards.dead_man, &taken) {
        (DeadManSwitch::Expected, _) if fails => (bad(), words.dead_man_failing(), heard(words.dead_man_failing_why())),
        (DeadManSwitch::Expected, Some(_)) => (good(), words.dead_man_set(), heard(words.dead_man_set_why())),
        (DeadManSwitch::Expected, None) => (lacking(), words.dead_man_awaited(), words.dead_man_set_why()),
        (DeadManSwitch::Absent, _) => (lacking(), words.dead_man_none(), words.dead_man_none_why()),
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

/// Whether failures are found at all.
fn detection(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let (look, word) = match snapshot.watch.detection {
        Detection::Unproven => (lacking(), words.detection_unproven()),
        Detection::Proven => (good(), words.detection_proven()),
        Detection::Broken => (bad(), words.detection_broken()),
    };
    Safeguard { name: words.detection(), look, word, why: words.detection_why() }
}

/// Whether its own parts give signs of life.
fn parts(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let (look, word) = if snapshot.watch.is_any_open(&[FaultKind::Restarting]) {
        (bad(), words.parts_restarting())
    } else if snapshot.watch.is_any_open(&[FaultKind::SchedulerLate]) {
        (bad(), words.parts_late())
    } else {
        (good(), words.parts_alive())
    };
    Safeguard { name: words.parts(), look, word, why: words.parts_why() }
}

/// What it lives on, without figures: those are the operators'.
fn means(snapshot: &Snapshot, words: &Words) -> Safeguard {
    let watch = &snapshot.watch;
    let short: Vec<String> = [
        (&DISK[..], words.means_disk()),
        (&[FaultKind::MemoryShort], words.means_memory()),
        (&[FaultKind::Descriptors], words.means_descriptors()),
        (&[FaultKind::ClockOff], words.means_clock()),
    ]
    .into_iter()
    .filter(|(kinds, _)| watch.is_any_open(kinds))
    .map(|(_, word)| word)
    .collect();
    let (look, word) = match short.as_slice() {
        [] => (good(), words.means_enough()),
        [..] => (bad(), words.means_short(words.list(short.iter().map(String::as_str)))),
    };
    Safeguard { name: words.means(), look, word, why: words.means_why() }
}

/// Whether letters to subscribers leave; nothing where none are sent.
fn mail(snapshot: &Snapshot, words: &Words) -> Option<Safeguard> {
    let Flow { accepted_at, proven_at, waiting, .. } = snapshot.mail.flow?;
    let (look, word, why) = match (waiting, accepted_at) {
        (waiting, _) if snapshot.watch.is_any_open(&[FaultKind::MailFailing]) => {
            (bad(), words.mail_failing(), words.mail_failing_why(waiting))
        }
        (0, Some(at)) => (good(), words.mail_good(), words.mail_flows(words.at(at, snapshot.generated_at))),
        (0, None) if proven_at.is_some() => (good(), words.mail_idle_word(), words.mail_idle()),
        (0, None) => (lacking(), words.mail_unproven(), words.mail_idle()),
        (waiting, _) => (lacking(), words.mail_waits_word(), words.mail_waits(waiting)),
    };
    let proven = proven_at.map(|at| words.mail_proven(words.at(at, snapshot.generated_at)));
    let why = std::iter::once(why).chain(proven).collect::<Vec<_>>().join(" ");
    Some(Safeguard { name: words.mail_letters(), look, word, why })
}
