//! Where measurements come from and how old the last ones are.
//!
//! It does not know what was measured.

use leptos::prelude::*;
use shared::LocationName;

use crate::{
    island::state::Age,
    snapshot::Snapshot,
    words::{
        Words,
        quantity::{capital, place},
    },
};

/// The locations, each with its last measurement: in absolute time until scripts make it an age.
pub(super) struct Freshness {
    /// What stands before the locations, or before the age of the only one.
    before: String,
    several: bool,
    locations: Vec<LocationName>,
}

/// The embedded prober's location when nobody named it: it tells readers nothing.
const UNNAMED: &str = "local";

/// Where everything is measured from, in a sentence without its end; nothing when that has no name.
pub(super) fn origin(snapshot: &Snapshot, words: &Words) -> Option<String> {
    let named = snapshot.locations.len() > 1 || snapshot.locations.keys().any(|location| location.as_str() != UNNAMED);
    named.then(|| words.measured_from(words.places(snapshot.locations.keys())))
}

impl Freshness {
    pub(super) fn of(snapshot: &Snapshot, words: &Words) -> Self {
        let alone = snapshot.locations.len() == 1;
        let before = match (alone, origin(snapshot, words)) {
            (true, Some(origin)) => format!("{origin} · {}", words.last_measurement()),
            (true, None) => capital(&words.last_measurement()),
            (false, _) => words.last_measurements(),
        };
        Self { before, several: !alone, locations: snapshot.locations.keys().cloned().collect() }
    }

    pub(super) fn view(self) -> AnyView {
        if self.locations.is_empty() {
            return ().into_any();
        }
        let age = move |(i, location): (usize, LocationName)| {
            let name = self.several.then(|| place(&location) + " ");
            view! { {(i > 0).then_some(" · ")}<span class="whole">{name}<Age/></span> }
        };
        let ages = self.locations.into_iter().enumerate().map(age).collect_view();
        view! { {self.before}" "{ages} }.into_any()
    }
}
