//! What moves on a page: small islands that are rendered on the server and come alive in the browser as WASM.
//!
//! It does not know Fluent, time zones or the hub: every word comes with the page, and a view is a function of what came. In the
//! browser the first rendering equals the server's letter by letter; only then do clocks and questions begin.

mod age;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod clock;
pub mod live;
#[cfg(any(feature = "hydrate", test))]
mod passing;
mod phrases;
#[cfg(feature = "hydrate")]
mod poll;
mod present;
mod proof;
pub mod reading;
pub mod state;

pub use age::Spans;
pub use phrases::{NAMED, Phrases};
pub use present::{Look, Present, Shown, Told};

/// What the start script calls before it wakes the islands one by one.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
