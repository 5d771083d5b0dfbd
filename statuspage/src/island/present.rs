//! The present that all islands of a page share: what the hub last said, what time it is there, and what follows for each component.
//!
//! It does not know how the hub is asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
    vec::IntoIter,
};

use leptos::prelude::{ArcRwSignal, Get, With};
use serde::{Deserialize, Serialize};
use shared::{ComponentId, LocationName, Status, Timestamp, live};

use super::{
    age::fill,
    phrases::Phrases,
    proof::{status_at, status_without_proof},
};

/// How a state looks: the shape and the colour beside its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Class in the style sheet.
    pub class: &'static str,
    /// Reference of the shape in the page's sprite.
    pub shape: &'static str,
}

impl From<Status> for Look {
    fn from(status: Status) -> Self {
        match status {
            Status::Operational => Self { class: "ok", shape: "#ok" },
            Status::UnderMaintenance => Self { class: "work", shape: "#work" },
            Status::Unknown => Self { class: "none", shape: "#none" },
            Status::DegradedPerformance => Self { class: "slow", shape: "#slow" },
            Status::PartialOutage => Self { class: "part", shape: "#part" },
            Status::MajorOutage => Self { class: "down", shape: "#down" },
        }
    }
}

/// What is known of the time at the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Now {
    /// Nothing yet: as rendered on the server.
    Rendered,
    /// At least that late: no answer has told the time since the page was loaded.
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser has a clock"))]
    AtLeast(Timestamp),
    /// That, by the last answer's clock.
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser has a clock"))]
    Told(Timestamp),
}

/// What a page tells its islands, in a block of data with the id [`Told::ID`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    /// The present as the hub knew it; its components are those that the page shows.
    pub live: live::Live,
    /// The components in the order of the page.
    pub shown: Vec<Shown>,
    /// Words for what the browser finds out by itself.
    pub phrases: Phrases,
}

/// A component as the page calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Which.
    pub id: ComponentId,
    /// Its name in the reader's language.
    pub name: String,
}

impl Told {
    /// Where the block stands in the document.
    pub const ID: &str = "told";
}

/// The present, provided by [`super::live::Live`] to the islands inside it.
///
/// Signals and closures only, neither memos nor effects: each of those brings code of its own for each type, and all of this has to
/// come over a bad network.
#[derive(Debug, Clone)]
pub struct Present {
    pub(super) live: ArcRwSignal<live::Live>,
    pub(super) now: ArcRwSignal<Now>,
    pub(super) phrases: Arc<Phrases>,
    shown: Arc<[Shown]>,
    components: Arc<Mutex<IntoIter<ComponentId>>>,
    locations: Arc<Mutex<IntoIter<LocationName>>>,
}

impl Present {
    /// The present as the page was told.
    pub fn new(told: Told) -> Self {
        let locations: Vec<LocationName> = told.live.locations.keys().cloned().collect();
        let components: Vec<ComponentId> = told.shown.iter().map(|shown| shown.id.clone()).collect();
        Self {
            live: ArcRwSignal::new(told.live),
            now: ArcRwSignal::new(Now::Rendered),
            phrases: Arc::new(told.phrases),
            shown: told.shown.into(),
            components: Arc::new(Mutex::new(components.into_iter())),
            locations: Arc::new(Mutex::new(locations.into_iter())),
        }
    }

    /// The component of the next island that shows one. Server and browser come to the islands in the same order, the document's.
    pub(super) fn next_component(&self) -> Option<ComponentId> {
        self.components.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// The location of the next island that shows one.
    pub(super) fn next_location(&self) -> Option<LocationName> {
        self.locations.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// Everything the page shows is older than the hub promised: it proves nothing any more.
    pub(super) fn stopped(&self) -> bool {
        let valid = self.live.with(|live| live.generated_at.plus(Duration::from_secs(live.promise.into())));
        match self.now.get() {
            Now::Rendered => false,
            Now::AtLeast(now) | Now::Told(now) => now > valid,
        }
    }

    /// The state in one sentence, and how it looks.
    pub(super) fn headline(&self) -> (Look, String) {
        if self.stopped() {
            // The states below turn grey; that nobody measures any more is an alarm of its own.
            return (Status::MajorOutage.into(), self.phrases.stopped.clone());
        }
        match self.unproven() {
            Some(names) => (Status::Unknown.into(), self.phrases.unproven(&names, self.shown.len())),
            None => self.live.with(|live| (live.status.into(), live.headline.clone())),
        }
    }

    /// The title of the browser's tab.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn title(&self) -> String {
        if self.stopped() {
            return self.phrases.stopped_title.clone();
        }
        if let Some(title) = &self.phrases.title {
            return title.clone();
        }
        match (&self.phrases.subject, self.unproven()) {
            (Some((id, title)), _) => fill(title, &self.state(Some(id)).1),
            (None, Some(_)) => self.phrases.unproven_title.clone(),
            (None, None) => self.live.with(|live| live.title.clone()),
        }
    }

    /// The components of which nobody knows anything now, when that takes the ground from the hub's headline: results have become too
    /// old since, and nothing that is still proven is as bad as it says.
    fn unproven(&self) -> Option<Vec<&str>> {
        let now = self.time()?;
        self.live.with(|live| {
            let known =
                |shown: &Shown| live.components.get(&shown.id).map(|known| (known.status, status_at(known, now)));
            let states: Vec<_> = self.shown.iter().filter_map(|shown| Some((shown, known(shown)?))).collect();
            let outdated = states.iter().any(|(_, (told, now))| told != now);
            let worst = states.iter().map(|(_, (_, now))| *now).reduce(Status::worst);
            let stands = !outdated || (worst == Some(live.status) && live.status != Status::Unknown);
            let unknown = states.iter().filter(|(_, (_, now))| *now == Status::Unknown);
            (!stands).then(|| unknown.map(|(shown, _)| shown.name.as_str()).collect())
        })
    }

    /// The hub's time, as late as it is known to be.
    fn time(&self) -> Option<Timestamp> {
        match self.now.get() {
            Now::Rendered => None,
            Now::AtLeast(now) | Now::Told(now) => Some(now),
        }
    }

    /// How a component looks and the word for it; grey as soon as its last result is too old.
    pub(super) fn state(&self, id: Option<&ComponentId>) -> (Look, String) {
        let known = id.and_then(|id| self.live.with(|live| live.components.get(id).cloned()));
        let Some(component) = known else {
            return (Status::Unknown.into(), self.phrases.unverified_ever.clone());
        };
        let Some(now) = self.time() else { return (component.status.into(), component.word) };
        let status = if self.stopped() { status_without_proof(&component) } else { status_at(&component, now) };
        let last = component.last_result_at.filter(|_| status == Status::Unknown);
        (status.into(), last.map_or(component.word, |last| self.phrases.unverified(now.since(last))))
    }

    /// The word for the state of the page's component without an age in it, which would change every minute.
    pub(super) fn steady_state(&self) -> String {
        let Some((id, _)) = &self.phrases.subject else { return String::new() };
        let (look, word) = self.state(Some(id));
        let unknown = look == Look::from(Status::Unknown);
        if unknown { self.phrases.unverified_ever.clone() } else { word }
    }

    /// Since when the page's component has its state; nothing when nobody knows its state now.
    pub(super) fn since(&self) -> String {
        let Some((id, _)) = &self.phrases.subject else { return String::new() };
        let since = self.live.with(|live| live.components.get(id).map(|known| (known.status, known.since.clone())));
        let (look, _) = self.state(Some(id));
        let told = since.filter(|(status, _)| look == Look::from(*status));
        told.map_or_else(String::new, |(_, since)| fill(&self.phrases.since, &since))
    }

    /// Until when the page as it came may be believed, for as long as no answer has come since.
    pub(super) fn validity(&self) -> String {
        match self.now.get() {
            Now::Rendered | Now::AtLeast(_) => self.phrases.valid.clone(),
            Now::Told(_) => self.phrases.promise.clone(),
        }
    }

    /// Why, since when, or how fast; when it was last measured, of what nobody knows any more.
    pub(super) fn note(&self, id: Option<&ComponentId>) -> String {
        let unknown = self.state(id).0 == Look::from(Status::Unknown);
        let note = |live: &live::Live| {
            let component = id.and_then(|id| live.components.get(id))?;
            Some(if unknown { component.measured.clone() } else { component.note.clone() })
        };
        self.live.with(note).unwrap_or_default()
    }

    /// How long ago the last measurement at a location was; the time of day until the hub's time is known.
    pub(super) fn age(&self, location: Option<&LocationName>) -> String {
        let Some(location) = location else { return String::new() };
        let told = self.live.with(|live| live.locations.get(location).copied().flatten());
        match (self.now.get(), told) {
            (Now::Told(now), Some(last)) => fill(&self.phrases.ago, &self.phrases.spans.write(now.since(last))),
            (Now::Rendered | Now::AtLeast(_), _) | (Now::Told(_), None) => {
                self.phrases.measured.get(location).cloned().unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use leptos::prelude::{Set, Update};
    use shared::{Language, live::LiveComponent};

    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::from_millis(0).plus(Duration::from_secs(second))
    }

    fn id(name: &str) -> ComponentId {
        name.parse().expect("an id")
    }

    /// A page made at second 1,000 that proves its components until second 1,090 and itself until second 1,120.
    fn present_of(components: &[(&str, Status)]) -> Present {
        let component = |status| LiveComponent {
            status,
            lasting: status == Status::UnderMaintenance,
            word: "as told".to_owned(),
            note: "answers in 180 ms".to_owned(),
            measured: "last measurement at 16:50".to_owned(),
            since: "16:36".to_owned(),
            last_result_at: Some(at(990)),
            stale_at: Some(at(1_090)).filter(|_| status != Status::Unknown),
        };
        let live = live::Live {
            generated_at: at(1_000),
            promise: 120,
            language: Language::En,
            build: String::new(),
            status: components.iter().map(|(_, status)| *status).fold(Status::Operational, Status::worst),
            headline: "headline".to_owned(),
            title: "title".to_owned(),
            news: String::new(),
            locations: BTreeMap::from([("lyon".parse().expect("a name"), Some(at(990)))]),
            components: components.iter().map(|(name, status)| (id(name), component(*status))).collect(),
        };
        let shown = components.iter().map(|(name, _)| Shown { id: id(name), name: (*name).to_owned() }).collect();
        let words = crate::words::Words::new(Language::En, jiff::tz::TimeZone::UTC);
        Present::new(Told { live, shown, phrases: words.phrases("Site") })
    }

    fn present(status: Status) -> Present {
        present_of(&[("cloud", status)])
    }

    fn check(status: Status, now: Now, state: (Status, &str), headline: (Status, &str)) {
        let present = present(status);
        present.now.set(now);
        let plain = |(look, text): (Look, String)| (look, text.replace('\u{a0}', " "));
        let expected = |(status, text): (Status, &str)| (Look::from(status), text.to_owned());
        assert_eq!(plain(present.state(Some(&id("cloud")))), expected(state), "{now:?}");
        assert_eq!(plain(present.headline()), expected(headline), "{now:?}");
    }

    #[test]
    fn green_needs_fresh_proof() {
        use Status::{MajorOutage, Operational, UnderMaintenance, Unknown};
        let blind = (Unknown, "No measurements are coming in any more.");
        let stopped = (MajorOutage, "Monitoring has stopped updating. Green below is history.");
        check(Operational, Now::Rendered, (Operational, "as told"), (Operational, "headline"));
        check(Operational, Now::Told(at(1_090)), (Operational, "as told"), (Operational, "headline"));
        check(Operational, Now::Told(at(1_091)), (Unknown, "Not verified for 1 min"), blind);
        check(MajorOutage, Now::AtLeast(at(1_091)), (Unknown, "Not verified for 1 min"), blind);
        check(UnderMaintenance, Now::Told(at(1_091)), (UnderMaintenance, "as told"), (UnderMaintenance, "headline"));
        check(Operational, Now::Told(at(1_121)), (Unknown, "Not verified for 2 min"), stopped);
        check(Operational, Now::AtLeast(at(8_000)), (Unknown, "Not verified for 1 h 56"), stopped);
    }

    #[test]
    fn what_is_not_verified_says_when_it_was_last_measured() {
        let present = present(Status::Operational);
        let note = || present.note(Some(&id("cloud")));
        present.now.set(Now::Told(at(1_090)));
        assert_eq!(note(), "answers in 180 ms");
        present.now.set(Now::Told(at(1_091)));
        assert_eq!(note(), "last measurement at 16:50");
    }

    #[test]
    fn what_operators_say_needs_no_proof() {
        let check = |lasting: bool, state: (Status, &str)| {
            let present = present(Status::PartialOutage);
            let said = |component: &mut LiveComponent| component.lasting = lasting;
            present.live.update(|live| drop(live.components.entry(id("cloud")).and_modify(said)));
            present.now.set(Now::Told(at(1_091)));
            let (look, word) = present.state(Some(&id("cloud")));
            assert_eq!((look, word.replace('\u{a0}', " ").as_str()), (state.0.into(), state.1));
        };
        check(true, (Status::PartialOutage, "as told"));
        // Of what was measured to be worse than they say, nobody knows.
        check(false, (Status::Unknown, "Not verified for 1 min"));
    }

    /// Of these components the given ones stay proven for longer; what is said of all of them a second after the others are not.
    fn check_some(components: &[(&str, Status)], proven: &[&str], headline: (Status, &str), title: &str) {
        let present = present_of(components);
        present.live.update(|live| {
            for name in proven {
                live.components.entry(id(name)).and_modify(|component| component.stale_at = Some(at(1_119)));
            }
        });
        present.now.set(Now::Told(at(1_091)));
        assert_eq!(present.headline(), (headline.0.into(), headline.1.to_owned()), "{components:?} {proven:?}");
        assert_eq!(present.title(), title, "{components:?} {proven:?}");
    }

    #[test]
    fn the_banner_names_what_is_not_verified_any_more() {
        use Status::{DegradedPerformance as Slow, MajorOutage as Down, Operational as Ok, UnderMaintenance, Unknown};
        let grey = "Not verified · Site";
        let all = [("a", Ok), ("b", Ok), ("c", Ok), ("d", Ok), ("e", Ok)];
        check_some(&all, &["a", "b", "c", "d"], (Unknown, "No recent measurement of e."), grey);
        check_some(&all, &["a", "b"], (Unknown, "No recent measurement of c, d and e."), grey);
        check_some(&all, &["a"], (Unknown, "No recent measurement of 4 of 5 services."), grey);
        check_some(&all, &["a", "b", "c", "d", "e"], (Ok, "headline"), "title");
        // What is known to be bad stays the news as long as it is proven.
        check_some(&[("a", Ok), ("b", Down)], &["b"], (Down, "headline"), "title");
        check_some(&[("a", Slow), ("b", Down)], &["a"], (Unknown, "No recent measurement of b."), grey);
        // What the hub itself does not know joins what we have not heard of since.
        check_some(
            &[("a", Unknown), ("b", Ok), ("c", Ok)],
            &["c"],
            (Unknown, "No recent measurement of a and b."),
            grey,
        );
        check_some(&[("a", Unknown), ("b", Ok)], &["b"], (Unknown, "headline"), "title");
        check_some(&[("a", UnderMaintenance), ("b", Ok)], &[], (Unknown, "No recent measurement of b."), grey);
    }

    #[test]
    fn an_age_is_told_only_by_the_hubs_clock() {
        let present = present(Status::Operational);
        let age = || present.age(Some(&"lyon".parse().expect("a name"))).replace('\u{a0}', " ");
        present.now.set(Now::AtLeast(at(1_000)));
        assert_eq!(age(), "");
        present.now.set(Now::Told(at(1_000)));
        assert_eq!(age(), "10 s ago");
    }

    #[test]
    fn a_state_is_dated_only_while_it_is_proven() {
        let Present { phrases, .. } = present(Status::Operational);
        let title = "#".to_owned();
        let about = Present {
            phrases: Arc::new(phrases.as_ref().clone().about(&id("cloud"), title)),
            ..present(Status::Operational)
        };
        about.now.set(Now::Told(at(1_090)));
        assert_eq!(about.since(), "In this state since 16:36");
        about.now.set(Now::Told(at(1_091)));
        assert_eq!(about.since(), "");
    }

    #[test]
    fn islands_take_their_parts_in_the_order_of_the_page() {
        let present = present(Status::Operational);
        assert_eq!(present.next_component(), Some(id("cloud")));
        assert_eq!(present.next_component(), None);
        assert_eq!(present.state(None).0, Look::from(Status::Unknown));
    }
}
