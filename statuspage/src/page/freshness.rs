//! Where measurements come from and how old the last ones are.
//!
//! It does not know what was measured.

use leptos::prelude::*;
use shared::LocationName;

use crate::{
    island::state::Age,
    snapshot::Snapshot,
    words::{Words, quantity::place},
};

/// The locations, each with its last measurement: in absolute time until scripts make it an age.
pub(super) struct Freshness {
    /// What stands before the locations, or before the age of the only one.
    before: String,
    from: Option<String>,
    locations: Vec<LocationName>,
}

impl Freshness {
    pub(super) fn of(snapshot: &Snapshot, words: &Words) -> Self {
        let alone = snapshot.locations.len() == 1;
        Self {
            before: if alone { words.last_measurement() } else { words.last_measurements() },
            from: alone.then(|| words.measured_from(words.places(snapshot.locations.keys()))),
            locations: snapshot.locations.keys().cloned().collect(),
        }
    }

    pub(super) fn view(self) -> AnyView {
        if self.locations.is_empty() {
            return ().into_any();
        }
        let several = self.from.is_none();
        let age = move |(i, location): (usize, LocationName)| {
            let name = several.then(|| place(&location) + " ");
            view! { {(i > 0).then_some(" · ")}<span class="whole">{name}<Age/></span> }
        };
        let ages = self.locations.into_iter().enumerate().map(age).collect_view();
        view! { {self.from.map(|from| from + " · ")}{self.before}" "{ages} }.into_any()
    }
}
