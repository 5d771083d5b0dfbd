//! The page of one incident: what is said of it, what was measured, and whom it touches.
//!
//! It does not know who may write it, nor what became of it since the snapshot.

mod chronology;
mod components;
mod updates;

use leptos::prelude::*;
use shared::{Language, Timestamp};

use super::{
    news,
    shell::{self, Head, Subject},
    subscribe,
};
use crate::{
    incident::{Incident, wording},
    mailing::Story,
    postmortem,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// The page of one incident.
pub fn incident(snapshot: &Snapshot, incident: &Incident, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = inert(snapshot.site.title.get(language));
    let title = wording::title(incident, &words);
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path: format!("/incidents/{}", incident.id),
        title: words.page_title(title.clone(), site.as_str()),
        about: Some(about(incident, &site, &words)),
        component: None,
    };
    shell::render(|| {
        let content = content(snapshot, incident, title, &head);
        shell::subject(&head, snapshot, Subject::Unmeasured, move || content)
    })
}

/// What somebody reads of it in a list of search results, or where its address was posted.
fn about(incident: &Incident, site: &str, words: &Words) -> String {
    let said = incident.latest().map(|update| news::first_lines(&wording::text(incident, update, words)));
    said.filter(|said| !said.is_empty()).unwrap_or_else(|| words.incident_about(site))
}

fn content(snapshot: &Snapshot, incident: &Incident, title: String, head: &Head<'_>) -> AnyView {
    let (words, now) = (head.words, snapshot.generated_at);
    let look = news::look(incident);
    let stage = wording::stage(incident.stage, words);
    view! {
        <div class="news">
        <div class="banner one">
            <p class="meta"><a href=head.link("/history")>"← "{words.whole_history()}</a></p>
            <h1><bdi>{title}</bdi></h1>
            <div class="now"><p class=look.class>{shell::shape(look)}{stage}</p></div>
            <p class="meta">{news::facts(incident, now, words)}</p>
            {wording::left(incident, words).map(|left| view! { <p>{left}</p> })}
            {news::touched(incident, words)}
            {news::workaround(incident, words)}
            {news::promise(incident, now, words)}
            {mailed(incident, snapshot, words)}
            {mail(incident, head)}
        </div>
        <section><h2>{words.section_updates()}</h2>{updates::list(incident, snapshot, words)}</section>
        <section>
            <h2>{chronology::heading(incident, words)}</h2>
            {chronology::figures(incident, words)}
            {chronology::list(incident, snapshot, words)}
        </section>
        {components::section(incident, snapshot, head)}
        {related(incident, snapshot, head)}
        {postmortem(incident, snapshot, head)}
        </div>
    }
    .into_any()
}

/// How many subscribers have been told what was said last.
fn mailed(incident: &Incident, snapshot: &Snapshot, words: &Words) -> Option<AnyView> {
    let tally = snapshot.mail.tallies.get(&Story::Incident(incident.id.clone())).filter(|tally| tally.of() > 0)?;
    Some(view! { <p class="meta">{words.mail_sent(tally.accepted, tally.of())}</p> }.into_any())
}

/// The way to be told by mail of what it touches; of everything, where that is more than one service.
fn mail(incident: &Incident, head: &Head<'_>) -> Option<AnyView> {
    let mut components = incident.components.keys();
    subscribe::link(components.next().filter(|_| incident.components.len() == 1), head)
}

/// Where it came back from, and where it came back.
fn related(incident: &Incident, snapshot: &Snapshot, head: &Head<'_>) -> Option<AnyView> {
    let (words, now) = (head.words, snapshot.generated_at);
    let before = incident.relapse_of.as_ref().and_then(|id| snapshot.incident(id));
    let before = before.map(|earlier| link(earlier, words.relapse_of(), now, head));
    let after = snapshot.incidents.iter().rev().filter(|other| other.relapse_of.as_ref() == Some(&incident.id));
    let after: Vec<_> = after.map(|later| link(later, words.relapsed_as(), now, head)).collect();
    let again = (incident.relapses > 0).then(|| view! { <p>{words.relapses(incident.relapses)}</p> });
    if before.is_none() && after.is_empty() && again.is_none() {
        return None;
    }
    Some(view! { <section><h2>{words.section_related()}</h2>{again}{before}{after}</section> }.into_any())
}

/// Where its post-mortem is read, once it is public; the first of those that returned keeps it.
fn postmortem(incident: &Incident, snapshot: &Snapshot, head: &Head<'_>) -> Option<AnyView> {
    let story = postmortem::Story::of(snapshot, &incident.id)?;
    story.first().postmortem.published_at?;
    let path = head.link(&format!("/incidents/{}/postmortem", story.first().id));
    Some(view! { <p><a href=path>{head.words.read_postmortem()}</a></p> }.into_any())
}

fn link(other: &Incident, relation: String, now: Timestamp, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let began = words.when(other.times.started_at, now);
    view! {
        <p>
            {relation}" "<a href=head.incident(&other.id)><bdi>{wording::title(other, words)}</bdi></a>
            " "<span class="meta">{began}</span>
        </p>
    }
    .into_any()
}
