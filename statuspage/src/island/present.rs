//! The present that all islands of a page share: what the hub last said, what time it is there, and what follows for each component.
//!
//! It does not know how the hub is asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
    vec::IntoIter,
};

use leptos::prelude::{ArcRwSignal, Get, With};
use serde::{Deserialize, Serialize};
use shared::{ComponentId, LocationName, Status, Timestamp, live};

use super::age::{Spans, fill};

/// Words for what the browser finds out by itself; `#` stands for a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrases {
    /// The headline of a page that is older than its promise.
    pub stopped: String,
    /// The tab's title of such a page.
    pub stopped_title: String,
    /// The state of a component whose last result is too old.
    pub unverified: String,
    /// The same when there has been no result.
    pub unverified_ever: String,
    /// How long ago something was.
    pub ago: String,
    /// Spans of time.
    pub spans: Spans,
    /// The last measurement of each location as a time of day, for as long as the hub's time is unknown.
    pub measured: BTreeMap<LocationName, String>,
    /// How to read a drawing part by part.
    pub hint: String,
    /// The tab's title of a page about one component, with `#` in the place of its state; other pages take the hub's.
    pub subject: Option<(ComponentId, String)>,
}

impl Phrases {
    /// The same for a page about one component.
    #[must_use]
    pub fn about(self, component: &ComponentId, title: String) -> Self {
        Self { subject: Some((component.clone(), title)), ..self }
    }

    /// The tab's title of a page about one component in that state; empty for other pages.
    pub fn title(&self, state: &str) -> String {
        self.subject.as_ref().map_or_else(String::new, |(_, title)| fill(title, state))
    }
}

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
    pub order: Vec<ComponentId>,
    /// Words for what the browser finds out by itself.
    pub phrases: Phrases,
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
    components: Arc<Mutex<IntoIter<ComponentId>>>,
    locations: Arc<Mutex<IntoIter<LocationName>>>,
}

impl Present {
    /// The present as the page was told.
    pub fn new(told: Told) -> Self {
        let locations: Vec<LocationName> = told.live.locations.keys().cloned().collect();
        Self {
            live: ArcRwSignal::new(told.live),
            now: ArcRwSignal::new(Now::Rendered),
            phrases: Arc::new(told.phrases),
            components: Arc::new(Mutex::new(told.order.into_iter())),
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
            (Status::MajorOutage.into(), self.phrases.stopped.clone())
        } else {
            self.live.with(|live| (live.status.into(), live.headline.clone()))
        }
    }

    /// The title of the browser's tab.
    #[cfg(feature = "hydrate")]
    pub(super) fn title(&self) -> String {
        if self.stopped() {
            return self.phrases.stopped_title.clone();
        }
        match &self.phrases.subject {
            Some((id, title)) => fill(title, &self.state(Some(id)).1),
            None => self.live.with(|live| live.title.clone()),
        }
    }

    /// How a component looks and the word for it; grey as soon as its last result is too old.
    pub(super) fn state(&self, id: Option<&ComponentId>) -> (Look, String) {
        let known = id.and_then(|id| self.live.with(|live| live.components.get(id).cloned()));
        let Some(component) = known else {
            return (Status::Unknown.into(), self.phrases.unverified_ever.clone());
        };
        let now = match self.now.get() {
            Now::Rendered => return (component.status.into(), component.word),
            Now::AtLeast(now) | Now::Told(now) => now,
        };
        let proven = component.stale_at.is_some_and(|stale_at| now <= stale_at) && !self.stopped();
        match (proven, component.status, component.last_result_at) {
            // Announced work goes on whether or not somebody measures, and a first check has nothing to be older than.
            (true, _, _) | (false, Status::UnderMaintenance, _) | (false, _, None) => {
                (component.status.into(), component.word)
            }
            (false, _, Some(last)) => (Status::Unknown.into(), self.unverified(now.since(last))),
        }
    }

    /// The word for the state of the page's component without an age in it, which would change every minute.
    pub(super) fn steady_state(&self) -> String {
        let Some((id, _)) = &self.phrases.subject else { return String::new() };
        let (look, word) = self.state(Some(id));
        let unknown = look == Look::from(Status::Unknown);
        if unknown { self.phrases.unverified_ever.clone() } else { word }
    }

    fn unverified(&self, age: Duration) -> String {
        fill(&self.phrases.unverified, &self.phrases.spans.write(age))
    }

    /// Why, since when, or how fast.
    pub(super) fn note(&self, id: Option<&ComponentId>) -> String {
        let note =
            |live: &live::Live| id.and_then(|id| live.components.get(id)).map(|component| component.note.clone());
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
    use leptos::prelude::Set;
    use shared::{Language, live::LiveComponent};

    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::from_millis(0).plus(Duration::from_secs(second))
    }

    fn id() -> ComponentId {
        "cloud".parse().expect("an id")
    }

    /// A page made at second 1,000 that proves its one component until second 1,090 and itself until second 1,120.
    fn present(status: Status) -> Present {
        let component = LiveComponent {
            status,
            word: "as told".to_owned(),
            note: String::new(),
            last_result_at: Some(at(990)),
            stale_at: Some(at(1_090)),
        };
        let live = live::Live {
            generated_at: at(1_000),
            promise: 120,
            language: Language::En,
            build: String::new(),
            status,
            headline: "headline".to_owned(),
            title: "title".to_owned(),
            locations: BTreeMap::from([("lyon".parse().expect("a name"), Some(at(990)))]),
            components: BTreeMap::from([(id(), component)]),
        };
        let words = crate::words::Words::new(Language::En, jiff::tz::TimeZone::UTC);
        Present::new(Told { live, order: vec![id()], phrases: words.phrases("Site") })
    }

    fn check(status: Status, now: Now, state: (Status, &str), headline: &str) {
        let present = present(status);
        present.now.set(now);
        let (look, word) = present.state(Some(&id()));
        assert_eq!((look, word.replace('\u{a0}', " ")), (Look::from(state.0), state.1.to_owned()), "{now:?}");
        assert_eq!(present.headline().1, headline, "{now:?}");
    }

    #[test]
    fn green_needs_fresh_proof() {
        use Status::{MajorOutage, Operational, UnderMaintenance, Unknown};
        let stopped = "Monitoring has stopped updating. Green below is history.";
        check(Operational, Now::Rendered, (Operational, "as told"), "headline");
        check(Operational, Now::Told(at(1_090)), (Operational, "as told"), "headline");
        check(Operational, Now::Told(at(1_091)), (Unknown, "Not verified for 1 min"), "headline");
        check(MajorOutage, Now::AtLeast(at(1_091)), (Unknown, "Not verified for 1 min"), "headline");
        check(UnderMaintenance, Now::Told(at(1_091)), (UnderMaintenance, "as told"), "headline");
        check(Operational, Now::Told(at(1_121)), (Unknown, "Not verified for 2 min"), stopped);
        check(Operational, Now::AtLeast(at(8_000)), (Unknown, "Not verified for 1 h 56"), stopped);
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
    fn islands_take_their_parts_in_the_order_of_the_page() {
        let present = present(Status::Operational);
        assert_eq!(present.next_component(), Some(id()));
        assert_eq!(present.next_component(), None);
        assert_eq!(present.state(None).0, Look::from(Status::Unknown));
    }
}
