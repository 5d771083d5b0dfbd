//! The island around the others: it holds the present and keeps it fresh.
//!
//! It does not know what the islands inside it show.
#![expect(missing_docs, reason = "the island macro writes items that cannot carry documentation")]

use std::sync::Arc;

use leptos::prelude::*;
use shared::live;

use super::present::{Now, Phrases, Present};

/// Provides the present to the islands among its children and, in the browser, asks for it again and again.
#[island]
pub fn Live(
    /// The present as the server knew it.
    present: live::Live,
    /// Words for what the browser finds out.
    phrases: Phrases,
    /// The page.
    children: Children,
) -> impl IntoView {
    let present = Present {
        live: ArcRwSignal::new(present),
        now: ArcRwSignal::new(Now::Rendered),
        phrases: Arc::new(phrases),
    };
    #[cfg(feature = "hydrate")]
    super::poll::start(present.clone());
    provide_context(present);
    children()
}
