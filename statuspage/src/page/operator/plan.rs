//! The form that plans maintenance, and the parts of it that change one: what is done, for whom, and when.
//!
//! It does not know how it is planned.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;
use shared::Language;

use super::{
    Form, HOME, Signed, document,
    field::{self, Fields, Ticked},
    incident::titles,
    refusal, who_am_i,
};
use crate::{
    maintenance::{Maintenance, Scope},
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

/// Where it stands.
pub const PLAN: &str = "/operator/plan";

/// The page, with what was typed if it was not taken.
pub fn plan(snapshot: &Snapshot, language: Language, signed: &Signed, form: Option<&Form>) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    document(&snapshot.site, &words, PLAN.to_owned(), |head| {
        let fields = Fields::of(&words, "plan", form);
        view! {
            <div class="banner">
                <p class="meta"><a href=head.link(HOME)>{words.operator_back()}</a></p>
                <h1>{words.operator_plan()}</h1>
                <p class="about">{words.operator_plan_text()}</p>
                {who_am_i(signed, head)}
            </div>
            {form.map(|form| refusal::alert(form, &words))}
            <form method="post" action=head.link(PLAN)>
                {field::token(signed)}
                {what(&fields, None, &words)}
                {whom(&fields, None, snapshot, &words)}
                {once(&fields, &words)}
                {again(&fields, &words)}
                <button class="first">{words.operator_plan_it()}</button>
            </form>
        }
        .into_any()
    })
}

/// What is done, in each language.
pub(super) fn what(fields: &Fields<'_>, present: Option<&Maintenance>, words: &Words) -> AnyView {
    let label = |language| words.operator_description_in(language);
    let names = ["description_fr", "description_en"];
    let description = present.map(|maintenance| &maintenance.description);
    view! {
        {titles(fields, words, None, present.map(|maintenance| &maintenance.title))}
        {fields.areas(names, label, words.operator_description_hint(), description)}
    }
    .into_any()
}

fn once(fields: &Fields<'_>, words: &Words) -> AnyView {
    let hint = words.operator_started_hint(words.zone_name());
    view! {
        <fieldset>
            <legend>{words.operator_once()}</legend>
            <div class="pair">
                {fields.moment("starts_at", words.operator_starts_at(), Some(hint), String::new())}
                {fields.moment("ends_at", words.operator_ends_at(), Some(words.operator_ends_hint()), String::new())}
            </div>
        </fieldset>
    }
    .into_any()
}

fn again(fields: &Fields<'_>, words: &Words) -> AnyView {
    let hint = words.operator_cron_hint(words.zone_name());
    let typed = ["cron", "duration"].iter().any(|name| !fields.value(name, String::new()).is_empty());
    view! {
        <details open=typed>
            <summary>{words.operator_again()}</summary>
            <div class="pair">
                {fields.line("cron", words.operator_cron(), Some(hint), String::new())}
                {fields.line("duration", words.operator_duration(), Some(words.operator_duration_hint()), String::new())}
            </div>
        </details>
    }
    .into_any()
}

/// Whom it concerns: everything, groups, or services, each to be ticked.
pub(super) fn whom(fields: &Fields<'_>, present: Option<&Scope>, snapshot: &Snapshot, words: &Words) -> AnyView {
    let first = present.map(|scope| ticked(scope, snapshot)).unwrap_or_default();
    let tick = |name: String, label: String| {
        let first = if first.contains(&name) { Ticked::Yes } else { Ticked::No };
        fields.tick(name, label, first)
    };
    let service =
        |component: &Arc<ComponentView>| tick(of_component(component), inert(component.name.get(words.language())));
    let group = |rows: &[Arc<ComponentView>]| {
        let services = rows.iter().map(service).collect_view();
        let Some(name) = rows.first().and_then(|row| row.group.as_ref()) else { return services.into_any() };
        let chosen = rows.iter().any(|row| first.contains(&of_component(row)) || fields.holds(&of_component(row)));
        let whole = words.operator_scope_group(inert(name.get(words.language())));
        view! {
            {tick(of_group(rows, snapshot), whole)}
            <details open=chosen><summary>{words.operator_scope_some()}</summary>{services}</details>
        }
        .into_any()
    };
    view! {
        <fieldset>
            <legend>{words.operator_concerns()}</legend>
            {fields.fault_of("components")}
            {tick(ALL.to_owned(), words.operator_scope_all())}
            {snapshot.components.chunk_by(|a, b| a.group == b.group).map(group).collect_view()}
        </fieldset>
    }
    .into_any()
}

const ALL: &str = "all";

fn of_component(component: &ComponentView) -> String {
    format!("component.{}", component.id)
}

/// A group is named in the site's own language, whatever the page's.
fn of_group(rows: &[Arc<ComponentView>], snapshot: &Snapshot) -> String {
    let name = rows.first().and_then(|row| row.group.as_ref());
    format!("group.{}", name.map_or("", |name| name.get(snapshot.site.default_language())))
}

/// The names of the boxes that are ticked for whom it concerns.
pub fn ticked(scope: &Scope, snapshot: &Snapshot) -> BTreeSet<String> {
    let rows = snapshot.components.chunk_by(|a, b| a.group == b.group);
    match scope {
        Scope::All => [ALL.to_owned()].into(),
        Scope::Components(ids) => {
            snapshot.components.iter().filter(|one| ids.contains(&one.id)).map(|one| of_component(one)).collect()
        }
        Scope::Groups(_) => rows
            .filter(|rows| rows.first().is_some_and(|row| scope.covers(&row.id, row.group.as_ref())))
            .map(|rows| of_group(rows, snapshot))
            .collect(),
    }
}
