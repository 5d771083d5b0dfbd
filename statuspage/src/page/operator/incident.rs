//! One incident as operators see it: how it stands, what was said, and every order that can be given about it.
//!
//! It does not know how an order is carried out.

use leptos::prelude::*;
use shared::{Failure, Language, Stage, Text, Timestamp};

use super::{
    HOME, Signed, attempts, document, evidence,
    field::{self, Fields},
    first,
    overview::acknowledgement,
    refusal::message,
    told,
    typed::{Fault, Form},
    who_am_i,
};
use crate::{
    incident::{Incident, Lead, Refusal, Update},
    island::Look,
    moment,
    page::shell::{Head, shape},
    snapshot::Snapshot,
    words::{Words, inert},
};

/// So many earlier incidents are offered to be linked.
const EARLIER: usize = 20;

/// What every part of the page needs.
struct Scene<'a> {
    snapshot: &'a Snapshot,
    incident: &'a Incident,
    words: &'a Words,
    signed: &'a Signed,
    form: Option<&'a Form>,
    base: String,
}

/// The page of one incident, with the form that was not taken, if one was sent.
pub fn incident(
    snapshot: &Snapshot,
    language: Language,
    signed: &Signed,
    incident: &Incident,
    form: Option<&Form>,
) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let base = format!("/operator/incidents/{}", incident.id);
    let scene = Scene { snapshot, incident, words: &words, signed, form, base: base.clone() };
    document(&snapshot.site, &words, base, |head| {
        view! {
            <div class="banner">
                <p class="meta"><a href=head.link(HOME)>{words.operator_back()}</a></p>
                <h1><bdi>{told::title(incident, &words)}</bdi></h1>
                {who_am_i(signed, head)}
            </div>
            {scene.refusal()}
            {scene.state(head)}
            {incident.stage.is_open().then(|| scene.orders(head))}
            {scene.said()}
            {attempts::attempts(snapshot, incident, &words)}
            {first::failures(incident, snapshot.generated_at, &words)}
        }
        .into_any()
    })
}

impl Scene<'_> {
    fn now(&self) -> Timestamp {
        self.snapshot.generated_at
    }

    /// Why an order was not carried out, and what another operator did meanwhile.
    fn refusal(&self) -> Option<AnyView> {
        let form = self.form.filter(|form| form.field().is_none())?;
        let changed = matches!(form.fault, Fault::Incident(Refusal::Changed { .. }));
        let latest = self.incident.latest().filter(|_| changed).map(|update| {
            let by = told::actor(&update.by, self.words);
            let said = self.words.operator_changed_by(by, self.words.when(update.at, self.now()));
            view! { <p>{said}</p>{self.update(update)} }
        });
        Some(
            view! {
                <div class="alert" role="alert"><p class="fault">{message(&form.fault, self.words)}</p>{latest}</div>
            }
            .into_any(),
        )
    }

    fn state(&self, head: &Head<'_>) -> AnyView {
        let (words, incident, now) = (self.words, self.incident, self.now());
        let state = format!(
            "{} · {}",
            told::stage(incident.stage, words),
            words.operator_since(words.when(incident.times.started_at, now))
        );
        let lead = match incident.lead {
            Lead::Operators => words.operator_lead_operators(),
            Lead::Measurements => words.operator_lead_measurements(),
        };
        let users = incident.times.reported_by_users_at;
        let users = users.map(|at| view! { <p class="meta">{words.operator_told_since(words.when(at, now))}</p> });
        let earlier = incident.relapse_of.as_ref().and_then(|id| self.snapshot.incident(id));
        let earlier =
            earlier.map(|earlier| view! { <p class="meta">{words.operator_linked(told::title(earlier, words))}</p> });
        let promise = told::promise(incident, now, words).map(|promise| view! { <p>{promise}</p> });
        let parts = incident.components.values().map(|part| {
            let name = inert(part.name.get(words.language()));
            let what = part.signature.as_ref().map(|signature| {
                let failure = Failure::new(signature.kind, part.detail.as_str());
                let detail = evidence::detail(&failure, now, words).map(|detail| view! { " · "{detail} });
                view! { <p class="meta">{words.what(signature.kind, signature.http_status)}{detail}</p> }
            });
            let look = Look::from(part.status);
            view! { <li><p class=look.class>{shape(look)}<bdi>{name}</bdi>" · "{words.status(part.status)}</p>{what}</li> }
        });
        view! {
            <section>
                <p><b>{state}</b></p>
                {promise}
                {acknowledgement(incident, now, head, self.signed)}
                {incident.stage.is_open().then(|| view! { <p class="meta">{lead}</p> })}
                {users}
                {earlier}
                <ul class="parts">{parts.collect_view()}</ul>
                <p><a href=head.link(&format!("{}/postmortem", self.base))>{words.operator_pm()}</a></p>
            </section>
        }
        .into_any()
    }

    fn orders(&self, head: &Head<'_>) -> AnyView {
        view! {
            <section>
                {self.say(head)}
                {self.told_by_users(head)}
                {self.link(head)}
                {self.release(head)}
            </section>
        }
        .into_any()
    }

    fn hidden(&self) -> AnyView {
        view! { {field::token(self.signed)}{field::hidden("version", self.incident.version.to_string())} }.into_any()
    }

    fn action(&self, head: &Head<'_>, order: &str) -> String {
        head.link(&format!("{}/{order}", self.base))
    }

    fn say(&self, head: &Head<'_>) -> AnyView {
        let (words, incident) = (self.words, self.incident);
        let fields = Fields::of(words, "say", self.form);
        view! {
            <h2>{words.operator_say()}</h2>
            {fields.alert()}
            <form method="post" action=self.action(head, "say")>
                {self.hidden()}
                {fields.choice("stage".to_owned(), words.operator_stage(), stages(words), incident.stage.word().to_owned())}
                {texts(&fields, words, words.operator_text_hint())}
                <details open=fields.was_refused()>
                    <summary>{words.operator_more()}</summary>
                    {workarounds(&fields, incident.workaround.as_ref(), words)}
                    {next_update(&fields, words)}
                    {titles(&fields, words, Some(words.operator_title_hint()), None)}
                </details>
                <button class="first">{words.operator_publish()}</button>
            </form>
        }
        .into_any()
    }

    fn told_by_users(&self, head: &Head<'_>) -> AnyView {
        let words = self.words;
        let fields = Fields::of(words, "told", self.form);
        view! {
            <details open=fields.was_refused()>
                <summary>{words.operator_told()}</summary>
                {fields.alert()}
                <form method="post" action=self.action(head, "told")>
                    {self.hidden()}
                    {fields.moment("at", words.operator_told_at(), None, moment::write(self.now(), words.zone()))}
                    <button>{words.operator_note()}</button>
                </form>
            </details>
        }
        .into_any()
    }

    fn link(&self, head: &Head<'_>) -> AnyView {
        let words = self.words;
        let fields = Fields::of(words, "link", self.form);
        let begun = self.incident.times.started_at;
        let earlier = self.snapshot.incidents.iter();
        let earlier = earlier.filter(|other| other.id != self.incident.id && other.times.started_at < begun);
        let choice = |other: &std::sync::Arc<Incident>| {
            let when = words.when(other.times.started_at, self.now());
            (other.id.to_string(), format!("{when} · {}", told::title(other, words)))
        };
        let none = (String::new(), words.operator_link_none());
        let choices = std::iter::once(none).chain(earlier.take(EARLIER).map(choice)).collect();
        let present = self.incident.relapse_of.as_ref().map(ToString::to_string).unwrap_or_default();
        view! {
            <details open=fields.was_refused()>
                <summary>{words.operator_link()}</summary>
                {fields.alert()}
                <form method="post" action=self.action(head, "link")>
                    {self.hidden()}
                    {fields.choice("relapse_of".to_owned(), words.operator_link(), choices, present)}
                    <button>{words.operator_save()}</button>
                </form>
            </details>
        }
        .into_any()
    }

    fn release(&self, head: &Head<'_>) -> Option<AnyView> {
        let form = || {
            view! {
                <form method="post" action=self.action(head, "release")>
                    {self.hidden()}
                    <button>{self.words.operator_release()}</button>
                    <p class="meta">{self.words.operator_release_hint()}</p>
                </form>
            }
            .into_any()
        };
        (self.incident.lead == Lead::Operators).then(form)
    }

    fn said(&self) -> AnyView {
        let updates = self.incident.updates.iter().rev().map(|update| {
            let who = format!(
                "{} · {} · {}",
                self.words.when(update.at, self.now()),
                told::stage(update.stage, self.words),
                told::actor(&update.by, self.words)
            );
            view! { <div class="card"><p class="meta">{who}</p>{self.update(update)}</div> }
        });
        view! { <section><h2>{self.words.operator_updates()}</h2>{updates.collect_view()}</section> }.into_any()
    }

    fn update(&self, update: &Update) -> AnyView {
        let text = |(language, text): (Option<Language>, String)| {
            let text = text.lines().map(inert).collect::<Vec<_>>().join("\n");
            view! { <p class="typed" lang=language.map(Language::tag)>{text}</p> }
        };
        told::said(self.incident, update, self.words).into_iter().map(text).collect_view().into_any()
    }
}

/// The stages, to choose from.
pub(super) fn stages(words: &Words) -> Vec<(String, String)> {
    Stage::ALL.map(|stage| (stage.word().to_owned(), told::stage(stage, words))).to_vec()
}

/// A text in each language.
pub(super) fn texts(fields: &Fields<'_>, words: &Words, hint: String) -> AnyView {
    fields.areas(["body_fr", "body_en"], |language| words.operator_text_in(language), hint, None)
}

/// A title in each language.
pub(super) fn titles(fields: &Fields<'_>, words: &Words, hint: Option<String>, present: Option<&Text>) -> AnyView {
    fields.lines(["title_fr", "title_en"], |language| words.operator_title_in(language), hint, present)
}

/// A workaround in each language, with what is said now.
pub(super) fn workarounds(fields: &Fields<'_>, present: Option<&Text>, words: &Words) -> AnyView {
    let label = |language| words.operator_workaround_in(language);
    fields.areas(["workaround_fr", "workaround_en"], label, words.operator_workaround_hint(), present)
}

/// The promise.
pub(super) fn next_update(fields: &Fields<'_>, words: &Words) -> AnyView {
    let hint = words.operator_time_hint(words.zone_name());
    fields.moment("next_update_at", words.operator_next_update(), Some(hint), String::new())
}
