//! A drawing whose parts can be read one by one: by pointer, by touch, and as one tab stop with the arrow keys.
//!
//! It does not know what is drawn: a part is an element with `data-part` and an `aria-label`, and its siblings are the other parts.

use leptos::prelude::*;

/// Shows under its children the name of the part that is pointed at or focused.
#[island]
pub fn Reading(
    /// The drawing.
    children: Children,
) -> impl IntoView {
    // Without scripts there is nothing to hint at.
    let text = ArcRwSignal::new(String::new());
    parts::hint(&text);
    let (focused, pointed) = (text.clone(), text.clone());
    view! {
        <div
            class="reading"
            on:keydown=move |event| parts::step(&event)
            on:focusin=move |event| parts::read(&event, &focused)
            on:pointerover=move |event| parts::read(&event, &pointed)
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
        prelude::{ArcRwSignal, Set, event_target, use_context},
    };
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Element, HtmlElement};

    use crate::island::Present;

    const PART: &str = "[data-part]";

    fn part(event: &ev::Event) -> Option<Element> {
        event_target::<Element>(event).closest(PART).ok()?
    }

    /// Says how to read the drawing, once the page is alive: the first rendering has to be the server's.
    pub(super) fn hint(text: &ArcRwSignal<String>) {
        let Some(present) = use_context::<Present>() else { return };
        let text = text.clone();
        spawn_local(async move { text.set(present.phrases.hint.clone()) });
    }

    /// Shows the name of the part that the event is about.
    pub(super) fn read(event: &ev::Event, text: &ArcRwSignal<String>) {
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
    use leptos::prelude::ArcRwSignal;

    pub(super) fn hint(_: &ArcRwSignal<String>) {}

    pub(super) fn read<E>(_: &E, _: &ArcRwSignal<String>) {}

    pub(super) fn step<E>(_: &E) {}
}
