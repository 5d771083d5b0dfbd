//! The islands that show the present: headline, state and note of a component, ages of measurements.
//!
//! It does not know where the present comes from.

use std::sync::{Mutex, PoisonError};

use super::present::Present;
use leptos::prelude::*;

type Text = Box<dyn Fn() -> String + Send + Sync>;

/// A text that changes by itself; in one function, since each closure type brings its own code.
fn text(class: &'static str, text: Text) -> impl IntoView {
    view! { <span class=class>{move || text()}</span> }
}

/// The state of everything in one sentence.
#[island]
pub fn Headline() -> impl IntoView {
    let present = expect_context::<Present>();
    let look = present.clone();
    view! { <h1 class=move || look.headline().0.class>{move || present.headline().1}</h1> }
}

/// Says a change of the state of the page's component, once and to those who listen; empty until then. Then one sentence that appears
/// when the page is older than it promised, for everybody.
#[island]
pub fn Announcement() -> impl IntoView {
    let present = expect_context::<Present>();
    let told = Mutex::new((String::new(), false));
    let alarm = present.clone();
    let change = move || {
        let now = present.steady_state();
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, changed) = &mut *told;
        if first.is_empty() {
            first.clone_from(&now);
        }
        // What was on the page from the start is no news; from the first change on, everything is.
        *changed |= *first != now;
        if *changed { now } else { String::new() }
    };
    let alarm = move || if alarm.stopped() { alarm.headline().1 } else { String::new() };
    view! {
        {text("unseen", Box::new(change))}
        {text("alarm", Box::new(alarm))}
    }
}

/// The next component's state, a shape and a word; then why, since when, or how fast it is.
#[island]
pub fn State() -> impl IntoView {
    let present = expect_context::<Present>();
    let id = present.next_component();
    let note = {
        let (present, id) = (present.clone(), id.clone());
        move || present.note(id.as_ref())
    };
    let state = move || present.state(id.as_ref());
    let (class, shape) = (state.clone(), state.clone());
    view! {
        <p class=move || class().0.class>
            <svg aria-hidden="true"><use href=move || shape().0.shape></use></svg>
            {move || state().1}
        </p>
        <p class="note">{note}</p>
    }
}

/// Since when the page's component has its state.
#[island]
pub fn Since() -> impl IntoView {
    let present = expect_context::<Present>();
    text("since", Box::new(move || present.since()))
}

/// Until when the page may be believed as it came; once it keeps itself fresh, what it promises.
#[island]
pub fn Validity() -> impl IntoView {
    let present = expect_context::<Present>();
    text("valid", Box::new(move || present.validity()))
}

/// How long ago the last measurement of the next location was; the time of day until scripts know the hub's clock.
#[island]
pub fn Age() -> impl IntoView {
    let present = expect_context::<Present>();
    let location = present.next_location();
    text("age", Box::new(move || present.age(location.as_ref())))
}
