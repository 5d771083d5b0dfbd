//! The places of measurement: whether each one reports and sees anything, and when it was last heard of.
//!
//! It does not know what they found.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;
use shared::{LocationName, Status, Timestamp};

use super::{is_fresh, sees};
use crate::{
    island::{Look, state::Age},
    location::{LocationView, Standing},
    page::shell,
    snapshot::{ProbeAtLocation, Snapshot},
    words::{Words, inert, quantity},
};

/// The kind of probe that is waited for, not asked.
const HEARTBEAT: &str = "heartbeat";

/// Whether results come from a place, and count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// It reports what it sees.
    Reports,
    /// It reports that it sees nothing: its own network is at fault.
    Blind,
    /// Nothing has come for too long.
    Silent,
    /// Nothing has ever come.
    Waiting,
    /// What comes from it counts no more.
    Revoked,
}

impl Sight {
    pub(super) fn of(snapshot: &Snapshot, place: &LocationName) -> Self {
        match snapshot.places.get(place).map(|view| view.standing) {
            Some(Standing::Revoked) => return Self::Revoked,
            // Its last words may hold for hours yet; that nothing follows them is seen after a minute.
            Some(Standing::Silent) => return Self::Silent,
            Some(Standing::Awaited | Standing::Reports) | None => {}
        }
        if blind_since(snapshot, place).is_some() {
            return Self::Blind;
        }
        let now = snapshot.generated_at;
        // A place that reports says so before its first result is here again, after a start of the hub.
        let said = snapshot.places.get(place).is_some_and(|view| view.heard_at.is_some());
        let heard = said || snapshot.locations.get(place).copied().flatten().is_some();
        let fresh = || results(snapshot, place).filter(|at| is_fresh(at.stale_at, now));
        match (heard, fresh().any(|at| sees(at, now)), fresh().next().is_some()) {
            (_, true, _) => Self::Reports,
            (_, false, true) => Self::Blind,
            (true, false, false) => Self::Silent,
            (false, false, false) => Self::Waiting,
        }
    }

    fn look(self) -> Look {
        match self {
            Self::Reports => Status::Operational.into(),
            Self::Blind => Status::DegradedPerformance.into(),
            Self::Silent | Self::Waiting | Self::Revoked => Status::Unknown.into(),
        }
    }

    fn word(self, words: &Words) -> String {
        match self {
            Self::Reports => words.place_reports(),
            Self::Blind => words.place_blind(),
            Self::Silent => words.place_silent(),
            Self::Waiting => words.place_waiting(),
            Self::Revoked => words.place_revoked(),
        }
    }
}

/// Since when a place says that it sees nothing.
fn blind_since(snapshot: &Snapshot, place: &LocationName) -> Option<Timestamp> {
    snapshot.alarms.blind().find(|(location, _)| *location == place.as_str()).map(|(_, since)| since)
}

/// What a place last said of each probe.
fn results<'a>(snapshot: &'a Snapshot, place: &'a LocationName) -> impl Iterator<Item = &'a ProbeAtLocation> {
    let probes = snapshot.components.iter().map(Arc::as_ref).flat_map(|component| &component.probes);
    probes.filter_map(move |probe| probe.locations.get(place))
}

/// Every place, ready to be rendered where the present is known.
pub(super) struct Places {
    last: String,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    look: Look,
    word: String,
    /// Whether the age of a last measurement is known of it: the islands take the places of which one is, in their order.
    is_dated: bool,
    /// What else is worth a word, joined.
    facts: String,
}

impl Places {
    pub(super) fn of(snapshot: &Snapshot, words: &Words) -> Self {
        let row = |place: &LocationName| row(snapshot, place, words);
        Self {
            last: quantity::capital(&words.last_measurement()),
            rows: names(snapshot).into_iter().map(row).collect(),
        }
    }

    pub(super) fn view(self) -> AnyView {
        let last = self.last;
        let row = |row: Row| {
            view! {
                <li>
                    <div class="who"><h3>{row.name}</h3></div>
                    <div class="news"><p class=row.look.class>{shell::shape(row.look)}{row.word}</p></div>
                    <p class="why">
                        {row.is_dated.then(|| view! { {last.clone()}" "<Age/>" · " })}
                        <span class="news">{row.facts}</span>
                    </p>
                </li>
            }
        };
        view! { <ul class="rows">{self.rows.into_iter().map(row).collect_view()}</ul> }.into_any()
    }
}

fn row(snapshot: &Snapshot, place: &LocationName, words: &Words) -> Row {
    let now: Timestamp = snapshot.generated_at;
    let sight = Sight::of(snapshot, place);
    let fresh = results(snapshot, place).filter(|at| is_fresh(at.stale_at, now)).count();
    let first = match sight {
        Sight::Waiting => words.place_waiting_why(),
        Sight::Reports | Sight::Blind | Sight::Silent | Sight::Revoked => {
            words.place_fresh(fresh, expected(snapshot, place))
        }
    };
    let blind = (sight == Sight::Blind).then(|| {
        let since = blind_since(snapshot, place).map(|at| words.going_since(words.when(at, now)));
        since.into_iter().chain([words.place_blind_why()])
    });
    let state = snapshot.places.get(place).map(|view| state(view, now, words));
    let facts: Vec<String> =
        std::iter::once(first).chain(blind.into_iter().flatten()).chain(state.into_iter().flatten()).collect();
    Row {
        name: quantity::place(place),
        look: sight.look(),
        word: sight.word(words),
        is_dated: snapshot.locations.contains_key(place),
        facts: facts.join(" · "),
    }
}

/// How many probes a place has: a sign of life comes to the hub, and no other place can see it.
fn expected(snapshot: &Snapshot, place: &LocationName) -> usize {
    let probes = snapshot.components.iter().map(Arc::as_ref).flat_map(|component| &component.probes);
    let elsewhere = snapshot.places.contains_key(place);
    probes.filter(|probe| !elsewhere || probe.kind != HEARTBEAT || probe.locations.contains_key(place)).count()
}

/// Where results came from, and where they are awaited from.
pub(super) fn names(snapshot: &Snapshot) -> BTreeSet<&LocationName> {
    snapshot.locations.keys().chain(snapshot.places.keys()).collect()
}

/// How a location does that reports from elsewhere: always when it was heard and its version, and whatever is not as it should be.
pub(super) fn state(view: &LocationView, now: Timestamp, words: &Words) -> Vec<String> {
    let count = |count: u64, say: &dyn Fn(u64) -> String| (count > 0).then(|| say(count));
    let heartbeat = view.heartbeat.as_ref();
    let clock = view.ahead_ms.map_or(0, |millis| millis.unsigned_abs() / 1_000);
    let said = [
        view.heard_at.map(|at| words.place_heard(words.at(at, now))),
        heartbeat.map(|heartbeat| words.place_version(inert(&heartbeat.version).to_string())),
        count(heartbeat.map_or(0, |heartbeat| heartbeat.overdue), &|probes| words.place_overdue(probes)),
        // A few are always on their way.
        count(heartbeat.map_or(0, |heartbeat| heartbeat.journal.depth), &|results| words.place_journal(results))
            .filter(|_| view.gaps > 0 || view.standing == Standing::Silent),
        (clock > 2).then(|| words.place_clock(clock)),
        view.drifts_since.map(|_| words.place_drift()),
        count(view.gaps, &|results| words.place_gaps(results)),
        count(view.counts.lost, &|results| words.place_lost(results)),
        count(view.counts.duplicates, &|results| words.place_duplicates(results)),
        count(view.counts.copied, &|reports| words.place_copied(reports)),
        count(view.counts.set_back, &|times| words.place_set_back(times)),
        count(view.counts.rejected, &|reports| words.place_rejected(reports)),
    ];
    said.into_iter().flatten().collect()
}
