//! The state in a few sentences made to be read aloud, by an answering machine or a screen.
//!
//! It does not know who listens. Nothing in it is an address, an abbreviation or a list.

use shared::{ComponentId, Language};

use super::upstream;
use crate::{
    incident::wording,
    maintenance,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// Whoever listens on the telephone remembers so many.
const TOLD: usize = 2;

/// The headline, the open incidents, what was promised, maintenance, and when that was true.
pub fn voice(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let now = snapshot.generated_at;
    let mut said = vec![format!("{}.", inert(snapshot.site.title.get(language))), words.headline(snapshot)];
    said.extend(snapshot.upstream.as_ref().map(|view| upstream::spoken(view, snapshot, &words)));
    for incident in snapshot.open_incidents().take(TOLD) {
        let since = words.when(incident.times.started_at, now);
        said.push(words.spoken_incident(since, wording::spoken(incident, &words)));
        said.extend(incident.next_update_at.map(|next| words.next_update(words.when(next, now))));
    }
    match snapshot.open_incidents().count().saturating_sub(TOLD) {
        0 => {}
        others @ 1.. => said.push(words.spoken_others(others)),
    }
    let name = |id: &ComponentId| snapshot.component(id).map(|found| inert(found.name.get(language)));
    for work in snapshot.maintenances.iter().rev().filter(|work| work.is_near(now)).take(TOLD) {
        let title = maintenance::wording::title(work, &words);
        let concerned = maintenance::wording::scope(&work.scope, &words, name);
        let stage = maintenance::wording::stage(work.stage, &words).to_lowercase();
        let window = maintenance::wording::window(work, &words);
        said.push(words.spoken_maintenance(stage, words.list_comma(title, concerned), window));
    }
    said.push(words.spoken_at(words.when(now, now)));
    said.join("\n") + "\n"
}
