//! A drawing whose parts can be read one by one: by pointer, by touch, and as one tab stop with the arrow keys.
//!
//! It does not know what is drawn: a part is an element with `data-part` and an `aria-label`, and its siblings are the other parts.
#![expect(missing_docs, reason = "the island macro writes items that cannot carry documentation")]

use leptos::prelude::*;

/// Shows under its children the name of the part that is pointed at or focused.
#[island]
pub fn Reading(
    /// What stands there as long as nothing is pointed at.
    idle: String,
    /// The drawing.
    children: Children,
) -> impl IntoView {
    let text = RwSignal::new(idle);
    view! {
        <div
            class="reading"
            on:keydown=move |event| parts::step(&event)
            on:focusin=move |event| parts::read(&event, text)
            on:pointerover=move |event| parts::read(&event, text)
        >
            {children()}
            // The focused part is read out by its own name already.
            <p class="readout" aria-hidden="true">{move || text.get()}</p>
        </div>
    }
}

/// In the browser: finding parts and moving the focus among them.
#[cfg(feature = "hydrate")]
mod parts {
    use leptos::{
        ev,
        prelude::{RwSignal, Set, event_target},
    };
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlElement};

    const PART: &str = "[data-part]";

    fn part(event: &ev::Event) -> Option<Element> {
        event_target::<Element>(event).closest(PART).ok()?
    }

    /// Shows the name of the part that the event is about.
    pub(super) fn read(event: &ev::Event, text: RwSignal<String>) {
        if let Some(name) = part(event).and_then(|part| part.get_attribute("aria-label")) {
            text.set(name);
        }
    }

    /// Moves the focus, and the one tab stop with it.
    pub(super) fn step(event: &ev::KeyboardEvent) {
        let Some(from) = part(event) else { return };
        let to = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => from.next_element_sibling(),
            "ArrowLeft" | "ArrowUp" => from.previous_element_sibling(),
            "Home" => from.parent_element().and_then(|all| all.first_element_child()),
            "End" => from.parent_element().and_then(|all| all.last_element_child()),
            _ => return,
        };
        event.prevent_default();
        if let Some(to) = to {
            // An element that is gone takes no focus; there is nothing to tell anybody.
            let _ = from.set_attribute("tabindex", "-1");
            let _ = to.set_attribute("tabindex", "0");
            // An SVG element has `focus` as an HTML element has it; the cast is not checked for that reason.
            let _ = to.unchecked_ref::<HtmlElement>().focus();
        }
    }
}

/// On the server nothing is ever pointed at.
#[cfg(not(feature = "hydrate"))]
mod parts {
    use leptos::prelude::RwSignal;

    pub(super) fn read<E>(_: &E, _: RwSignal<String>) {}

    pub(super) fn step<E>(_: &E) {}
}
