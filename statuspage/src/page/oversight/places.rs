//! The places of measurement: whether each one reports and sees anything, and when it was last heard of.
//!
//! It does not know what they found.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{LocationName, Status, Timestamp};

use super::{is_fresh, sees};
use crate::{
    island::{Look, state::Age},
    page::shell,
    snapshot::{ProbeAtLocation, Snapshot},
    words::{Words, quantity},
};

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
}

impl Sight {
    pub(super) fn of(snapshot: &Snapshot, place: &LocationName) -> Self {
        let now = snapshot.generated_at;
        let heard = snapshot.locations.get(place).copied().flatten().is_some();
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
            Self::Silent | Self::Waiting => Status::Unknown.into(),
        }
    }

    fn word(self, words: &Words) -> String {
        match self {
            Self::Reports => words.place_reports(),
            Self::Blind => words.place_blind(),
            Self::Silent => words.place_silent(),
            Self::Waiting => words.place_waiting(),
        }
    }
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
    fresh: String,
    why: Option<String>,
}

impl Places {
    pub(super) fn of(snapshot: &Snapshot, words: &Words) -> Self {
        let total: usize = snapshot.components.iter().map(|component| component.probes.len()).sum();
        let row = |place: &LocationName| row(snapshot, place, total, words);
        Self { last: quantity::capital(&words.last_measurement()), rows: snapshot.locations.keys().map(row).collect() }
    }

    pub(super) fn view(self) -> AnyView {
        let last = self.last;
        let row = |row: Row| {
            view! {
                <li>
                    <div class="who"><h3>{row.name}</h3></div>
                    <div class="news"><p class=row.look.class>{shell::shape(row.look)}{row.word}</p></div>
                    <p class="why">
                        {last.clone()}" "<Age/>" · "<span class="news">{row.fresh}</span>
                        <span class="news">{row.why}</span>
                    </p>
                </li>
            }
        };
        view! { <ul class="rows">{self.rows.into_iter().map(row).collect_view()}</ul> }.into_any()
    }
}

fn row(snapshot: &Snapshot, place: &LocationName, total: usize, words: &Words) -> Row {
    let now: Timestamp = snapshot.generated_at;
    let sight = Sight::of(snapshot, place);
    let fresh = results(snapshot, place).filter(|at| is_fresh(at.stale_at, now)).count();
    Row {
        name: quantity::place(place),
        look: sight.look(),
        word: sight.word(words),
        fresh: words.place_fresh(fresh, total),
        why: (sight == Sight::Blind).then(|| format!(" · {}", words.place_blind_why())),
    }
}
