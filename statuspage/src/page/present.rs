//! The present in the reader's language, as pages carry it and `/snapshot.json` repeats it.
//!
//! It does not know how often it is asked for.

use sha2::{Digest as _, Sha256};
use shared::{Language, Status, Timestamp, live};

use super::{oversight, upstream};
use crate::{
    bundle,
    island::{Shown, Told},
    maintenance::ANNOUNCED_BEFORE,
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

/// What `/snapshot.json?lang=` answers: the words are those of the page made from the same snapshot.
pub fn live(snapshot: &Snapshot, language: Language) -> live::Live {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    of(snapshot, &words, snapshot.components.iter().map(AsRef::as_ref))
}

/// What a page that shows these components tells its islands.
pub(super) fn told<'a>(
    snapshot: &Snapshot,
    words: &Words,
    shown: impl Iterator<Item = &'a ComponentView> + Clone,
) -> Told {
    let mut phrases = words.phrases(&inert(snapshot.site.title.get(words.language())));
    let at = |last: &Option<Timestamp>| match last {
        Some(last) => words.at(*last, snapshot.generated_at),
        None => words.never_measured(),
    };
    phrases.measured = snapshot.locations.iter().map(|(location, last)| (location.clone(), at(last))).collect();
    let until = snapshot.generated_at.plus(snapshot.promise);
    phrases.valid = words.page_valid(words.clock_precise(snapshot.generated_at), words.clock_precise(until));
    phrases.promise = words.promise(words.span(snapshot.promise));
    let name = |component: &ComponentView| inert(component.name.get(words.language()));
    let live = of(snapshot, words, shown.clone());
    Told { live, shown: shown.map(|shown| Shown { id: shown.id.clone(), name: name(shown) }).collect(), phrases }
}

/// Stands for everything that pages say besides states: what is said changes only with it.
fn news(snapshot: &Snapshot) -> String {
    let now = snapshot.generated_at;
    let mut digest = Sha256::new();
    for incident in snapshot.incidents.iter() {
        let late = incident.stage.is_open() && incident.next_update_at.is_some_and(|promised| promised <= now);
        digest.update(format!("{} {} {late};", incident.id, incident.version));
    }
    for maintenance in snapshot.maintenances.iter() {
        let near = maintenance.starts_at <= now.plus(ANNOUNCED_BEFORE);
        digest.update(format!("{} {} {} {near};", maintenance.id, maintenance.version, maintenance.stage));
    }
    digest.update(oversight::digest(snapshot));
    digest.update(upstream::digest(snapshot));
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The present of these components.
fn of<'a>(snapshot: &Snapshot, words: &Words, shown: impl Iterator<Item = &'a ComponentView>) -> live::Live {
    let now = snapshot.generated_at;
    let component = |component: &ComponentView| live::LiveComponent {
        status: component.status,
        lasting: component.status == Status::UnderMaintenance
            || component.declared.is_some_and(|declared| declared.status == component.status),
        word: words.state(component, now),
        note: words.note(component, now),
        measured: words.last_measured(component, now),
        since: words.when(component.since, now),
        last_result_at: component.last_result_at,
        stale_at: component.stale_at,
    };
    live::Live {
        generated_at: now,
        promise: u32::try_from(snapshot.promise.as_secs()).unwrap_or(u32::MAX),
        language: words.language(),
        build: bundle::build_id().to_owned(),
        status: snapshot.status,
        headline: words.headline(snapshot),
        title: words.title(snapshot),
        news: news(snapshot),
        locations: snapshot.locations.clone(),
        components: shown.map(|shown| (shown.id.clone(), component(shown))).collect(),
    }
}
