//! The island around the others: it holds the present and, in the browser, keeps it fresh.
//!
//! It does not know what the islands inside it show.

use leptos::prelude::*;

use super::present::Present;

/// Provides the present to the islands among its children.
///
/// No island has properties: Leptos would bring serde_json into the browser for them, a third of the WASM. What the islands show
/// stands once in the page as a block of data, and each takes its part by its place in the document.
#[island]
pub fn Live(
    /// The page.
    children: Children,
) -> impl IntoView {
    #[cfg(not(feature = "hydrate"))]
    let present = expect_context::<Present>();
    #[cfg(feature = "hydrate")]
    let present = Present::new(super::browser::told());
    provide_context(present.clone());
    #[cfg(feature = "hydrate")]
    super::poll::start(present);
    children()
}
