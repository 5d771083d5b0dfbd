//! Leaving by the link that every mail holds.
//!
//! It does not know who leaves.

use leptos::{html, prelude::*};
use shared::Language;

use super::{SUBSCRIBE, head};
use crate::{page::shell, snapshot::Snapshot, subscriber::Mailbox, words::Words};

/// Asks whether to leave. Its address stands in no form: the browser sends the form to where the page is.
pub fn leave(snapshot: &Snapshot, language: Language, mailbox: Mailbox) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let head = head(snapshot, &words, "", words.subscription_leave());
    shell::render(|| {
        let content = view! {
            <div class="banner one">
                <h1>{words.subscription_leave()}</h1>
                <p>{words.subscription_leave_text()}</p>
                {shared(mailbox, &words)}
                <form method="post">
                    {html::input().r#type("hidden").name("do").value("leave")}
                    <button class="first">{words.subscription_leave_do()}</button>
                </form>
            </div>
        };
        shell::form(&head, content.into_any())
    })
}

/// What leaving means for others who read along.
pub(super) fn shared(mailbox: Mailbox, words: &Words) -> Option<AnyView> {
    match mailbox {
        Mailbox::Personal => None,
        Mailbox::Shared => Some(view! { <p class="box">{words.subscription_leave_shared()}</p> }.into_any()),
    }
}

/// That somebody has left, now or long ago.
pub fn left(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let head = head(snapshot, &words, "", words.subscription_left());
    shell::render(|| {
        let content = view! {
            <div class="banner one">
                <h1>{words.subscription_left()}</h1>
                <p>{words.subscription_left_text()}</p>
                <p><a href=head.link(SUBSCRIBE)>{words.subscribe()}</a></p>
            </div>
        };
        shell::form(&head, content.into_any())
    })
}
