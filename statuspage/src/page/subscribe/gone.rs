//! A link of a letter that opens nothing, whatever the reason: the same page for all of them.
//!
//! It does not know the reason.

use leptos::prelude::*;
use shared::Language;

use super::{SUBSCRIBE, head};
use crate::{page::shell, snapshot::Snapshot, words::Words};

/// That it opens nothing, and how to get another one.
pub fn gone(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let head = head(snapshot, &words, "", words.subscription_gone());
    shell::render(|| {
        let content = view! {
            <div class="banner one">
                <h1>{words.subscription_gone()}</h1>
                <p>{words.subscription_gone_text()}</p>
                <p><a href=head.link(SUBSCRIBE)>{words.subscription_new()}</a></p>
            </div>
        };
        shell::form(&head, content.into_any())
    })
}
