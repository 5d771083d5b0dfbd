//! What somebody chooses: components and groups, the language, and who reads the mailbox.
//!
//! It does not know whether that is asked for or changed.

use std::sync::Arc;

use leptos::{html, prelude::*};
use shared::{Language, Text};

use super::fault;
use crate::{
    site::Site,
    snapshot::{ComponentView, Snapshot},
    subscriber::{Mailbox, Scope},
    words::{Words, inert},
};

/// The name by which a group is chosen: in the site's own language, whatever the page's.
pub fn group_name<'a>(site: &Site, group: &'a Text) -> &'a str {
    group.get(site.default_language())
}

/// Whether everything that was chosen is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It is, or nothing was chosen yet.
    All,
    /// Something is not.
    NotAll,
}

/// The components in their groups, each to be ticked.
pub(super) fn scope(snapshot: &Snapshot, chosen: &Scope, found: Found, words: &Words) -> AnyView {
    let group = |rows: &[Arc<ComponentView>]| group(rows, &snapshot.site, chosen, words);
    view! {
        <fieldset>
            <legend>{words.subscribe_what()}</legend>
            <p class="meta">{words.subscribe_what_hint()}</p>
            {(found == Found::NotAll).then(|| fault("scope-fault", words.subscribe_no_service()))}
            {snapshot.components.chunk_by(|a, b| a.group == b.group).map(group).collect_view()}
        </fieldset>
    }
    .into_any()
}

fn group(rows: &[Arc<ComponentView>], site: &Site, chosen: &Scope, words: &Words) -> AnyView {
    let language = words.language();
    let whole = rows.first().and_then(|row| row.group.as_ref()).map(|group| {
        let name = group_name(site, group);
        let label = words.subscribe_group(inert(group.get(language)));
        view! { <li>{tick("group", name, label, chosen.groups.contains(name))}</li> }
    });
    let row = |row: &Arc<ComponentView>| {
        let label = inert(row.name.get(language));
        view! { <li>{tick("component", row.id.as_str(), label, chosen.components.contains(&row.id))}</li> }
    };
    view! { <ul class="links">{whole}{rows.iter().map(row).collect_view()}</ul> }.into_any()
}

fn tick(name: &'static str, value: &str, label: String, ticked: bool) -> AnyView {
    let input = html::input().r#type("checkbox").name(name).value(value.to_owned()).checked(ticked);
    view! { <label>{input}" "<bdi>{label}</bdi></label> }.into_any()
}

/// The language of mails, where there are several.
pub(super) fn language(offered: &[Language], chosen: Language, words: &Words) -> Option<AnyView> {
    let option = |language: &Language| {
        let option = html::option().value(language.tag()).lang(language.tag()).selected(*language == chosen);
        option.child(language.own_name())
    };
    let options = offered.iter().map(option).collect_view();
    (offered.len() > 1).then(|| {
        view! {
            <label r#for="language">{words.subscribe_language()}</label>
            {html::select().id("language").name("language").child(options)}
        }
        .into_any()
    })
}

/// Whether several people read the mailbox.
pub(super) fn mailbox(chosen: Mailbox, words: &Words) -> AnyView {
    let input = html::input()
        .r#type("checkbox")
        .name("shared")
        .value("yes")
        .aria_describedby("shared-hint")
        .checked(chosen == Mailbox::Shared);
    view! {
        <label>{input}" "{words.subscribe_shared()}</label>
        <p class="meta" id="shared-hint">{words.subscribe_shared_hint()}</p>
    }
    .into_any()
}

/// What was chosen, in words; what is not there any more goes by the name that it was chosen by.
pub(super) fn told(snapshot: &Snapshot, scope: &Scope, words: &Words) -> String {
    let language = words.language();
    let group = |name: &String| {
        let groups = snapshot.components.iter().filter_map(|component| component.group.as_ref());
        let shown = groups.into_iter().find(|group| group_name(&snapshot.site, group) == name);
        words.subscription_group(inert(shown.map_or(name.as_str(), |group| group.get(language))))
    };
    let component = |id| match snapshot.component(id) {
        Some(component) => inert(component.name.get(language)),
        None => id.to_string(),
    };
    let chosen: Vec<String> = scope.groups.iter().map(group).chain(scope.components.iter().map(component)).collect();
    let all = if chosen.is_empty() { words.subscription_all() } else { words.list(chosen.iter().map(String::as_str)) };
    words.subscription_is(all)
}
