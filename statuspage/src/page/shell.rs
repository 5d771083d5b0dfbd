//! What all pages share: head, header, footer, and the island around them.
//!
//! It does not know what stands between header and footer.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::{html, prelude::*};
use shared::Language;

use crate::{
    bundle,
    feed::{Format, Subject},
    island::{Look, Present, Told, live::Live, state::Validity},
    site::Site,
    snapshot::Snapshot,
    style,
    words::{Words, inert},
};

/// A bell in the accent's colour: the tab's icon says who speaks, never a state that could be stale.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath \
    fill='%234a78e8' d='M8 1a4.5 4.5 0 0 0-4.5 4.5V9L2 11.5h12L12.5 9V5.5A4.5 4.5 0 0 0 8 1zM6 13a2 2 0 0 0 4 0z'/%3E%3C/svg%3E";

/// Without scripts the page asks to be loaded again after so many seconds.
const REFRESH: &str = "30";

/// The shapes beside the words, drawn once a page.
const SHAPES: [(&str, &str); 6] = [
    ("ok", "M3.2 8.6l3.1 3.1 6.5-7.4"),
    ("slow", "M8 1.6a6.4 6.4 0 1 0 .01 0M8 4.4V8l2.6 1.7"),
    ("part", "M8 1.8l6.6 12H1.4zM8 6.4v3.4M8 11.9v.1"),
    ("down", "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4"),
    ("work", "M2.8 13.2l6-6M9.6 3.4a3 3 0 0 0 3.8 4.2 3 3 0 0 1-4.4-4.4M13.6 2.6l-2 2"),
    (
        "none",
        "M8 1.8a6.2 6.2 0 0 1 3.6 1.2M13.9 6.2a6.2 6.2 0 0 1-.4 4.6M10.8 13.5a6.2 6.2 0 0 1-5 .3M2.6 11.2a6.2 6.2 0 0 1-.6-4.6M4 3.3a6.2 6.2 0 0 1 .8-.6",
    ),
];

/// What one page says of itself.
pub(super) struct Head<'a> {
    pub(super) site: &'a Site,
    pub(super) words: &'a Words,
    /// The path on this site, for the language switch.
    pub(super) path: String,
    pub(super) title: String,
}

impl Head<'_> {
    /// A link inside the site that keeps the language.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{path}?lang={}", self.words.language())
    }
}

/// Whether a page is worth loading again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It shows the present, or a trouble that passes.
    Soon,
    /// It will say the same for ever.
    Never,
}

/// Renders a document; nothing of it outlives the call.
pub(super) fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    owner.with(|| view().into_view().to_html())
}

/// A document with content that comes alive.
pub(super) fn living(
    head: &Head<'_>,
    snapshot: &Snapshot,
    told: Told,
    content: impl FnOnce() -> AnyView + Send + 'static,
) -> AnyView {
    let (header, footer) = (header(head), Footer::of(head, Some(snapshot)));
    let script = bundle::start_script().map(|path| html::script().r#type("module").src(path));
    // `<` would end the block early, whatever it stands in.
    let data = serde_json::to_string(&told).unwrap_or_default().replace('<', "\\u003c");
    let block = html::script().r#type("application/json").id(Told::ID).child(data);
    provide_context(Present::new(told));
    let body = view! {
        {block}
        <Live>
            {header}
            <main id="main">{content()}</main>
            {footer.view()}
        </Live>
    };
    document(head, body.into_any(), script.into_any(), Again::Soon)
}

/// A document without anything that moves.
pub(super) fn still(head: &Head<'_>, content: AnyView, again: Again) -> AnyView {
    let body = view! {
        {header(head)}
        <main id="main">{content}</main>
        {Footer::of(head, None).view()}
    };
    document(head, body.into_any(), ().into_any(), again)
}

/// A document for operators: a sheet of its own, and nothing that loads it again while somebody types.
pub(super) fn private(head: &Head<'_>, content: AnyView) -> AnyView {
    let body = view! {
        {header(head)}
        <main id="main">{content}</main>
        {Footer::of(head, None).view()}
    };
    let extra = view! {
        <meta name="robots" content="noindex"/>
        <style>{style::operator()}</style>
    };
    document(head, body.into_any(), extra.into_any(), Again::Never)
}

fn document(head: &Head<'_>, body: AnyView, script: AnyView, again: Again) -> AnyView {
    view! {
        <!DOCTYPE html>
        <html lang=head.words.language().tag() dir="ltr">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width,initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{head.title.clone()}</title>
                <style>{style::sheet()}</style>
                {refresh(again)}
                <link rel="icon" href=ICON/>
                {alternates(head)}
                {feeds(head)}
                {script}
            </head>
            <body>
                <a class="skip" href="#main">{head.words.skip()}</a>
                {sprite()}
                {body}
            </body>
        </html>
    }
    .into_any()
}

/// Loads the page again by itself where no script does: for those without scripts, or for everybody when none was built.
fn refresh(again: Again) -> AnyView {
    let meta = html::meta().attr("http-equiv", "refresh").content(REFRESH);
    match (again, bundle::start_script()) {
        (Again::Never, _) => ().into_any(),
        (Again::Soon, Some(_)) => html::noscript().child(meta).into_any(),
        (Again::Soon, None) => meta.into_any(),
    }
}

fn alternates(head: &Head<'_>) -> Vec<AnyView> {
    let link = |language: &Language| {
        let address = format!("{}?lang={language}", head.path);
        view! { <link rel="alternate" hreflang=language.tag() href=address/> }.into_any()
    };
    head.site.languages.iter().map(link).collect()
}

/// Where programs find the feeds: a component's own before everybody's.
fn feeds(head: &Head<'_>) -> Vec<AnyView> {
    let language = head.words.language();
    let site = inert(head.site.title.get(language));
    let component = head.path.strip_prefix("/services/").and_then(|id| id.parse().ok()).map(Subject::Component);
    let own = component.map(|subject| (subject, head.title.clone()));
    let link = |(subject, title): (Subject, String)| {
        let address = head.link(&subject.path(Format::Atom));
        view! { <link rel="alternate" type="application/atom+xml" title=title href=address/> }.into_any()
    };
    own.into_iter().chain([(Subject::History, head.words.feed_history(site))]).map(link).collect()
}

fn sprite() -> AnyView {
    let shape = |(id, d): &(&'static str, &'static str)| {
        view! { <symbol id=*id viewBox="0 0 16 16"><path d=*d></path></symbol> }
    };
    view! { <svg class="sprite" aria-hidden="true">{SHAPES.iter().map(shape).collect_view()}</svg> }.into_any()
}

/// A shape that does not change.
pub(super) fn shape(look: Look) -> AnyView {
    view! { <svg aria-hidden="true"><use href=look.shape></use></svg> }.into_any()
}

fn header(head: &Head<'_>) -> AnyView {
    let current = head.words.language();
    let choice = |language: &Language| {
        let address = format!("{}?lang={language}", head.path);
        view! { <a href=address lang=language.tag() hreflang=language.tag()>{language.own_name()}</a> }
    };
    let others = head.site.languages.iter().filter(|language| **language != current).map(choice).collect_view();
    let offers = head.site.languages.iter().any(|language| *language != current);
    let nav = offers.then(|| view! { <nav aria-label=head.words.language_choice()>{others}</nav> });
    let title = inert(head.site.title.get(current));
    view! { <header><a class="site" href=head.link("/")><bdi>{title}</bdi></a>{nav}</header> }.into_any()
}

/// What stands at the foot of a page, ready to be rendered inside the island that provides the present.
struct Footer {
    how_we_count: String,
    rule: String,
    /// Nothing on pages that show no measurement.
    times: Option<String>,
    text: (String, String),
    powered: String,
}

impl Footer {
    fn of(head: &Head<'_>, snapshot: Option<&Snapshot>) -> Self {
        let words = head.words;
        Self {
            how_we_count: words.how_we_count(),
            rule: words.rule(words.zone_name()),
            times: snapshot.map(|_| words.times_in(words.zone_name())),
            text: (head.link("/status.txt"), words.plain_text()),
            powered: words.powered(env!("CARGO_PKG_VERSION")),
        }
    }

    fn view(self) -> AnyView {
        let times = self.times.map(|times| view! { <p><Validity/>" "{times}</p> });
        view! {
            <footer>
                <details><summary>{self.how_we_count}</summary><p>{self.rule}</p></details>
                {times}
                <p class="links">
                    <a href="/api/v2/summary.json">"API"</a>
                    <a href=self.text.0>{self.text.1}</a>
                    <span>{self.powered}</span>
                </p>
            </footer>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_fail_wait_as_long_as_no_scripts() {
        let script = include_str!("../bundle/start.js");
        assert!(script.contains(&format!("{REFRESH}000")), "{script}");
    }
}
