//! That mail can be had, said where readers are; and where it cannot, what tells the same.
//!
//! It does not know the form.

use leptos::prelude::*;
use shared::ComponentId;

use super::{SUBSCRIBE, head};
use crate::{
    page::shell::{self, Head},
    snapshot::Snapshot,
    words::Words,
};

/// The way to the form, with a component ticked where the page is about one; nothing where no mail is sent.
pub(in crate::page) fn link(component: Option<&ComponentId>, head: &Head<'_>) -> Option<AnyView> {
    head.site.mail.as_ref()?;
    let path = component.map_or_else(|| SUBSCRIBE.to_owned(), |id| format!("{SUBSCRIBE}?component={id}"));
    Some(view! { <p class="meta"><a href=head.link(&path)>{head.words.subscribe()}</a></p> }.into_any())
}

/// The page of a site that sends no mail.
pub(super) fn nothing(snapshot: &Snapshot, words: &Words, site: String) -> String {
    let head = head(snapshot, words, SUBSCRIBE, words.subscribe());
    let ways = [
        ("/history.atom", words.subscribe_feed("Atom")),
        ("/history.rss", words.subscribe_feed("RSS")),
        ("/feed.json", words.subscribe_feed("JSON")),
        ("/calendar.ics", words.subscribe_calendar()),
    ];
    let way = |(path, name): (&str, String)| view! { <li><a href=head.link(path)>{name}</a></li> };
    shell::render(|| {
        let content = view! {
            <div class="banner one">
                <p class="meta"><a href=head.link("/")>"← "{words.home()}</a></p>
                <h1>{words.subscribe_none()}</h1>
                <p>{words.subscribe_none_text(site)}</p>
                <ul class="links">{ways.into_iter().map(way).collect_view()}</ul>
            </div>
        };
        shell::form(&head, content.into_any())
    })
}
