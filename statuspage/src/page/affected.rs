//! "Is my service affected?": one exact name is asked for, and the answer does not tell who is hosted here.
//!
//! It does not know who asks, nor how often; the server counts that.
//!
//! Why it is worded so: a name that we serve and that works, and a name that nobody entrusted to us, get the same page, letter by
//! letter but for the name itself, so that trying names finds no member of a collective. Only while something is wrong does a name
//! that we serve get another answer, since that is what its users come for; a stranger who asks for it then learns what its users
//! are told anyway. Green would be a lie about the name of a stranger, so "nothing known" has no colour. When no measurement comes
//! in at all, nobody gets anything but that.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{Language, Status};

use super::{
    news,
    shell::{self, Head, Subject},
};
use crate::{
    domains::Domain,
    incident::Incident,
    island::state::State,
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

/// What somebody asked.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// Nothing yet.
    Nothing,
    /// Something that is no name of a service.
    Unreadable(&'a str),
    /// That name.
    Name(&'a Domain),
}

/// The page with the question, and the answer where something was asked.
pub fn affected(snapshot: &Snapshot, asked: Asked<'_>, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = inert(snapshot.site.title.get(language));
    let (path, typed) = match asked {
        Asked::Nothing => ("/affected".to_owned(), None),
        Asked::Unreadable(text) => ("/affected".to_owned(), Some(inert(text))),
        // A domain has nothing in it that an address would have to escape.
        Asked::Name(domain) => (format!("/affected?domain={}", domain.as_str()), Some(domain.as_str().to_owned())),
    };
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path,
        title: words.page_title(words.affected(), site),
        about: Some(words.affected_about()),
        component: None,
    };
    let touched = match asked {
        Asked::Name(domain) => touched(snapshot, domain),
        Asked::Nothing | Asked::Unreadable(_) => Vec::new(),
    };
    shell::render(|| {
        let question = question(asked, typed.as_deref(), &head);
        let answer = answer(snapshot, asked, &touched, &head);
        let rows = rows(&touched, &head);
        shell::subject(&head, snapshot, Subject::Components(&touched), move || {
            view! { {question}{answer}{rows.map(Rows::view)} }.into_any()
        })
    })
}

/// The components behind a name that something is wrong with, or that an open incident concerns.
fn touched(snapshot: &Snapshot, domain: &Domain) -> Vec<Arc<ComponentView>> {
    if blind(snapshot) {
        return Vec::new();
    }
    let components = snapshot.domains.serving(domain).iter().filter_map(|id| snapshot.component(id));
    let wrong = |component: &&Arc<ComponentView>| {
        component.status != Status::Operational
            || concerning(snapshot, std::slice::from_ref(*component)).next().is_some()
    };
    components.filter(wrong).cloned().collect()
}

/// Nothing is known of anything.
fn blind(snapshot: &Snapshot) -> bool {
    snapshot.components.iter().all(|component| component.status == Status::Unknown)
}

/// The open incidents that concern these components.
fn concerning<'a>(
    snapshot: &'a Snapshot,
    components: &'a [Arc<ComponentView>],
) -> impl Iterator<Item = &'a Arc<Incident>> {
    let concerns =
        |incident: &&Arc<Incident>| components.iter().any(|component| incident.components.contains_key(&component.id));
    snapshot.open_incidents().filter(concerns)
}

/// The form alone, as the first page has it too.
pub(super) fn form(label: String, typed: Option<&str>, head: &Head<'_>) -> AnyView {
    let words = head.words;
    view! {
        <form class="ask" action="/affected" role="search">
            <label for="domain">{label}</label>
            <input
                id="domain"
                name="domain"
                inputmode="url"
                autocomplete="url"
                autocapitalize="none"
                spellcheck="false"
                required
                maxlength="1024"
                placeholder=words.affected_example()
                value=typed.map(ToOwned::to_owned)
            />
            <input type="hidden" name="lang" value=words.language().tag()/>
            <button>{words.affected_ask()}</button>
        </form>
    }
    .into_any()
}

fn question(asked: Asked<'_>, typed: Option<&str>, head: &Head<'_>) -> AnyView {
    let words = head.words;
    // Who has an answer wants to see it at once, also on a small screen.
    let how = match asked {
        Asked::Nothing | Asked::Unreadable(_) => Some(view! { <p class="meta">{words.affected_how()}</p> }),
        Asked::Name(_) => None,
    };
    view! {
        <div class="banner one">
            <p class="meta"><a href=head.link("/")>"← "{words.home()}</a></p>
            <h1>{words.affected()}</h1>
            {form(words.affected_name(), typed, head)}
            {how}
        </div>
    }
    .into_any()
}

fn answer(snapshot: &Snapshot, asked: Asked<'_>, touched: &[Arc<ComponentView>], head: &Head<'_>) -> Option<AnyView> {
    let words = head.words;
    let Asked::Name(domain) = asked else {
        let said = matches!(asked, Asked::Unreadable(_)).then(|| words.affected_not_a_name());
        return said
            .map(|said| view! { <section class="news" id="answer"><p class="answer">{said}</p></section> }.into_any());
    };
    let name = domain.as_str();
    let (class, sentence, why) = match touched.iter().map(|component| component.status).reduce(Status::worst) {
        _ if blind(snapshot) => ("none", words.affected_blind(name), Some(words.affected_blind_why())),
        None => ("", words.affected_no(name), Some(words.affected_no_why())),
        Some(Status::Unknown) => ("none", words.affected_blind(name), None),
        Some(worst) => (crate::island::Look::from(worst).class, words.affected_yes(name), None),
    };
    let cards = concerning(snapshot, touched).map(|incident| news::card(incident, snapshot.generated_at, head));
    let cards: Vec<AnyView> = cards.collect();
    let bookmark = head.link(&head.path);
    let why = why.map(|why| view! { <p>{why}</p> });
    Some(
        view! {
            <section class="news cards" id="answer">
                <p class=format!("answer {class}")>{sentence}</p>
                {why}
                {cards}
                <p class="meta">{words.affected_bookmark()}" "<a href=bookmark><bdi>{name.to_owned()}</bdi></a></p>
            </section>
        }
        .into_any(),
    )
}

/// The components that the answer names, each with its present state.
struct Rows(Vec<(String, String)>);

fn rows(touched: &[Arc<ComponentView>], head: &Head<'_>) -> Option<Rows> {
    let row = |component: &Arc<ComponentView>| {
        (head.service(&component.id), inert(component.name.get(head.words.language())))
    };
    (!touched.is_empty()).then(|| Rows(touched.iter().map(row).collect()))
}

impl Rows {
    fn view(self) -> AnyView {
        let row = |(link, name): (String, String)| {
            view! { <li><div class="who"><h3><a href=link><bdi>{name}</bdi></a></h3></div><State/></li> }
        };
        view! { <section><ul class="rows">{self.0.into_iter().map(row).collect_view()}</ul></section> }.into_any()
    }
}
