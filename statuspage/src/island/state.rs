//! The islands that show the present: headline, state and note of a component, ages of measurements.
//!
//! It does not know where the present comes from.
#![expect(missing_docs, reason = "the island macro writes items that cannot carry documentation")]

use leptos::prelude::*;
use shared::{ComponentId, LocationName};

use super::present::Present;

/// The state of everything in one sentence.
#[island]
pub fn Headline() -> impl IntoView {
    let present = expect_context::<Present>();
    let headline = Memo::new(move |_| present.headline().1);
    let class = Memo::new(move |_| present.headline().0.class);
    view! { <h1 class=move || class.get()>{move || headline.get()}</h1> }
}

/// One sentence that appears when the page is older than it promised, where no headline says so.
#[island]
pub fn Alarm() -> impl IntoView {
    let present = expect_context::<Present>();
    let stopped = Memo::new(move |_| present.stopped());
    let text = move || if stopped.get() { present.headline().1 } else { String::new() };
    view! { <p class="alarm" hidden=move || !stopped.get()>{text}</p> }
}

/// A component's state: a shape and a word.
#[island]
pub fn State(
    /// Which component.
    id: ComponentId,
) -> impl IntoView {
    let present = expect_context::<Present>();
    let state = Memo::new({
        let id = id.clone();
        move |_| present.state(&id).1
    });
    let look = Memo::new(move |_| present.state(&id).0);
    view! {
        <span class=move || look.get().class>
            <svg aria-hidden="true"><use href=move || look.get().shape></use></svg>
            {move || state.get()}
        </span>
    }
}

/// Why a component is in its state, since when, or how fast it is.
#[island]
pub fn Note(
    /// Which component.
    id: ComponentId,
) -> impl IntoView {
    let present = expect_context::<Present>();
    let note = Memo::new(move |_| present.note(&id));
    view! { <span>{move || note.get()}</span> }
}

/// How long ago the last measurement was; the time of day until scripts know the hub's clock.
#[island]
pub fn Age(
    /// At which location; anywhere when absent.
    #[prop(optional)]
    location: Option<LocationName>,
    /// The time of day of the measurement.
    at: String,
) -> impl IntoView {
    let present = expect_context::<Present>();
    let text = Memo::new(move |_| present.age(location.as_ref()).unwrap_or_else(|| at.clone()));
    view! { <span>{move || text.get()}</span> }
}
