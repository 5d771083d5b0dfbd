//! The form that opens an incident by hand.
//!
//! It does not know how it is opened.

use leptos::prelude::*;
use shared::{Language, Stage, Status};

use super::{
    Form, HOME, Signed, document,
    field::{self, Fields},
    incident::{next_update, stages, texts, titles, workarounds},
    refusal, who_am_i,
};
use crate::{
    page::shell::Head,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// What an operator may say of a service; the rest is measured.
const STATES: [Status; 3] = [Status::DegradedPerformance, Status::PartialOutage, Status::MajorOutage];

/// The page, with what was typed if it was not taken.
pub fn open(snapshot: &Snapshot, language: Language, signed: &Signed, form: Option<&Form>) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    document(&snapshot.site, &words, "/operator/open".to_owned(), |head| {
        let fields = Fields::of(&words, "open", form);
        let hint = words.operator_started_hint(words.zone_name());
        view! {
            <div class="banner">
                <p class="meta"><a href=head.link(HOME)>{words.operator_back()}</a></p>
                <h1>{words.operator_open()}</h1>
                <p class="about">{words.operator_open_text()}</p>
                {who_am_i(signed, head)}
            </div>
            {form.map(|form| refusal::alert(form, &words))}
            <form method="post" action=head.link("/operator/open")>
                {field::token(signed)}
                {titles(&fields, &words, None, None)}
                {components(snapshot, &fields, head)}
                {fields.choice("stage".to_owned(), words.operator_stage(), stages(&words), Stage::Investigating.word().to_owned())}
                {texts(&fields, &words, words.operator_text_hint())}
                {fields.moment("started_at", words.operator_started_at(), Some(hint), String::new())}
                {next_update(&fields, &words)}
                {workarounds(&fields, None, &words)}
                <button class="first">{words.operator_publish()}</button>
            </form>
        }
        .into_any()
    })
}

/// Each service with how badly it is touched.
fn components(snapshot: &Snapshot, fields: &Fields<'_>, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let choices = || {
        let none = (String::new(), words.operator_not_touched());
        let state = |status: Status| (status.word().to_owned(), words.status(status));
        std::iter::once(none).chain(STATES.map(state)).collect::<Vec<_>>()
    };
    let service = |component: &std::sync::Arc<crate::snapshot::ComponentView>| {
        let name = inert(component.name.get(words.language()));
        fields.choice(format!("component.{}", component.id), name, choices(), String::new())
    };
    view! {
        <fieldset>
            <legend>{words.operator_components()}</legend>
            {snapshot.components.iter().map(service).collect_view()}
        </fieldset>
    }
    .into_any()
}
