//! What all pages share: head, header, footer, and the island around them.
//!
//! It does not know what stands between header and footer.

use std::{fmt::Display, sync::Arc};

use hydration_context::SsrSharedContext;
use leptos::{html, prelude::*};
use shared::{ComponentId, Language};

use super::{present, subscribe::SUBSCRIBE, upstream};
use crate::{
    bundle,
    feed::{self, Format},
    island::{
        Look, Present, Told,
        live::Live,
        state::{Announcement, Validity},
    },
    site::Site,
    snapshot::{ComponentView, Snapshot},
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
    /// The path on this site, for the language switch; empty where it opens something and must not stand in the page.
    pub(super) path: String,
    pub(super) title: String,
    /// What the page is about, for those who find it by a search or in a preview.
    pub(super) about: Option<String>,
    /// The component whose feed and calendar belong to the page; else those of everything.
    pub(super) component: Option<ComponentId>,
}

impl Head<'_> {
    /// A link inside the site that keeps the language.
    pub(super) fn link(&self, path: &str) -> String {
        in_language(path, self.words.language())
    }

    /// The page of an incident or of a maintenance.
    pub(super) fn incident(&self, id: impl Display) -> String {
        self.link(&format!("/incidents/{id}"))
    }

    /// The page of a component.
    pub(super) fn service(&self, id: &ComponentId) -> String {
        self.link(&format!("/services/{id}"))
    }

    /// The Atom feed, the JSON feed and the calendar that belong to the page.
    fn feeds(&self) -> [String; 3] {
        match &self.component {
            Some(id) => ["feed.atom", "feed.json", "calendar.ics"].map(|file| format!("/services/{id}/{file}")),
            None => ["/history.atom", "/feed.json", "/calendar.ics"].map(str::to_owned),
        }
        .map(|path| self.link(&path))
    }
}

/// The same address in that language.
fn in_language(path: &str, language: Language) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}lang={language}")
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
    let upstream = upstream::view(snapshot, head);
    let script = bundle::start_script().map(|path| html::script().r#type("module").src(path));
    let news = told.live.news.clone();
    // `<` would end the block early, whatever it stands in.
    let data = serde_json::to_string(&told).unwrap_or_default().replace('<', "\\u003c");
    let block = html::script().r#type("application/json").id(Told::ID).child(data);
    provide_context(Present::new(told));
    let body = view! {
        {block}
        <Live>
            {header}
            <main id="main" data-news=news>{upstream}{content()}</main>
            {footer.view()}
        </Live>
    };
    document(head, body.into_any(), script.into_any(), Again::Soon)
}

/// What a page is about that is neither everything nor one component.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    /// Nothing in it is a present state.
    Unmeasured,
    /// The states of these components stand in it, in this order.
    Components(&'a [Arc<ComponentView>]),
}

/// A document about something of its own, above which one sentence appears when the page is older than it promised. What stands in
/// it under the class `news` is put anew into the page by scripts when there are news, so no island is there.
pub(super) fn subject(
    head: &Head<'_>,
    snapshot: &Snapshot,
    subject: Subject<'_>,
    content: impl FnOnce() -> AnyView + Send + 'static,
) -> AnyView {
    let shown = match subject {
        Subject::Unmeasured => [].as_slice(),
        Subject::Components(components) => components,
    };
    let mut told = present::told(snapshot, head.words, shown.iter().map(AsRef::as_ref));
    told.phrases.title = Some(head.title.clone());
    let content = move || view! { <div aria-live="polite"><Announcement/></div>{content()} }.into_any();
    living(head, snapshot, told, content)
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

/// A document that is filled in or answered, without anything that moves: a sheet of its own, and nothing that loads it again.
pub(super) fn form(head: &Head<'_>, content: AnyView) -> AnyView {
    let body = view! {
        {header(head)}
        <main id="main">{content}</main>
        {Footer::of(head, None).view()}
    };
    document(head, body.into_any(), view! { <style>{style::form()}</style> }.into_any(), Again::Never)
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
                {head.about.clone().map(|about| view! { <meta name="description" content=about/> })}
                {canonical(head)}
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
        let address = in_language(&head.path, *language);
        view! { <link rel="alternate" hreflang=language.tag() href=address/> }.into_any()
    };
    head.site.languages.iter().map(link).collect()
}

/// Where programs find the feeds: a component's own before everybody's.
fn feeds(head: &Head<'_>) -> Vec<AnyView> {
    let language = head.words.language();
    let site = inert(head.site.title.get(language));
    let component = head.path.strip_prefix("/services/").and_then(|id| id.parse().ok()).map(feed::Subject::Component);
    let own = component.map(|subject| (subject, head.title.clone()));
    let link = |(subject, title): (feed::Subject, String)| {
        let address = head.link(&subject.path(Format::Atom));
        view! { <link rel="alternate" type="application/atom+xml" title=title href=address/> }.into_any()
    };
    own.into_iter().chain([(feed::Subject::History, head.words.feed_history(site))]).map(link).collect()
}

/// Where the page lives, whatever name or copy it was found under; nothing when the operator gave the site no address, or the page
/// none away.
fn canonical(head: &Head<'_>) -> Option<AnyView> {
    if head.path.is_empty() {
        return None;
    }
    let base = head.site.public_url.as_ref()?.as_str().trim_end_matches('/');
    let address = format!("{base}{}", head.link(&head.path));
    Some(view! { <link rel="canonical" href=address/> }.into_any())
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
    let words = head.words;
    let others = head.site.languages.iter().filter(|language| **language != words.language());
    let choice = |language: &Language| {
        let address = in_language(&head.path, *language);
        view! { <a href=address lang=language.tag() hreflang=language.tag()>{language.own_name()}</a> }
    };
    let page = |(path, name): (&str, String)| {
        let here = (head.path == path).then_some("page");
        view! { <a href=head.link(path) aria-current=here>{name}</a> }
    };
    let pages = [("/history", words.history()), ("/monitoring", words.monitoring())];
    let title = inert(head.site.title.get(words.language()));
    view! {
        <header>
            <a class="site" href=head.link("/")><bdi>{title}</bdi></a>
            <nav aria-label=words.navigation()>
                {pages.map(page).into_iter().collect_view()}
                {others.map(choice).collect_view()}
            </nav>
        </header>
    }
    .into_any()
}

/// What stands at the foot of a page, ready to be rendered inside the island that provides the present.
struct Footer {
    /// Nothing on pages that show no measurement.
    times: Option<String>,
    links: Vec<(String, String)>,
    powered: String,
}

impl Footer {
    fn of(head: &Head<'_>, snapshot: Option<&Snapshot>) -> Self {
        let words = head.words;
        let [atom, _, calendar] = head.feeds();
        let asked = snapshot.is_some_and(|snapshot| !snapshot.domains.is_empty());
        let links = [
            head.site.mail.as_ref().map(|_| (head.link(SUBSCRIBE), words.subscribe())),
            asked.then(|| (head.link("/affected"), words.affected())),
            Some((atom, "Atom".to_owned())),
            Some((calendar, words.calendar())),
            Some(("/api/v2/summary.json".to_owned(), "API".to_owned())),
            Some((head.link("/status.txt"), words.plain_text())),
        ];
        Self {
            times: snapshot.map(|_| words.times_in(words.zone_name())),
            links: links.into_iter().flatten().collect(),
            powered: words.powered(env!("CARGO_PKG_VERSION")),
        }
    }

    fn view(self) -> AnyView {
        let times = self.times.map(|times| view! { <p><Validity/>" "{times}</p> });
        let link = |(address, name)| view! { <a href=address>{name}</a> };
        view! {
            <footer>
                {times}
                <p class="links">
                    {self.links.into_iter().map(link).collect_view()}
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
