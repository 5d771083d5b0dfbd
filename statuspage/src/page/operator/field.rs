//! The parts of forms: a label, what was typed, a hint, and what is wrong with it.
//!
//! It does not know what a form is for.

use leptos::{html, prelude::*};

use super::{Fault, Form, Signed};
use crate::words::Words;

/// A form on a page: what was typed into it before, if it was not taken.
pub(super) struct Fields<'a> {
    words: &'a Words,
    /// Distinguishes fields of several forms on one page.
    action: &'static str,
    form: Option<&'a Form>,
}

impl<'a> Fields<'a> {
    /// The fields of the form with that action.
    pub(super) fn of(words: &'a Words, action: &'static str, form: Option<&'a Form>) -> Self {
        Self { words, action, form: form.filter(|form| form.action == action) }
    }

    /// Whether somebody filled it in, and it was not taken.
    pub(super) fn was_refused(&self) -> bool {
        self.form.is_some()
    }

    /// What was typed into a field, else what stands there at first.
    pub(super) fn value(&self, name: &str, first: String) -> String {
        self.form.map_or(first, |form| form.typed.get(name).cloned().unwrap_or_default())
    }

    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.action)
    }

    fn fault(&self, name: &str) -> Option<String> {
        let fault = &self.form?.fault;
        (fault.field() == Some(name)).then(|| message(fault, self.words))
    }

    /// That a field is at fault, above the form; what is wrong with an order as a whole stands at the top of the page.
    pub(super) fn alert(&self) -> Option<AnyView> {
        let fault = Some(&self.form?.fault).filter(|fault| fault.field().is_some())?;
        Some(view! { <p class="alert" role="alert">{message(fault, self.words)}</p> }.into_any())
    }

    /// One line.
    pub(super) fn line(&self, name: &'static str, kind: &'static str, label: String, first: String) -> AnyView {
        let input = html::input().r#type(kind).value(self.value(name, first));
        self.labelled(name, label, None, |id, described, invalid| {
            input.id(id).name(name).aria_describedby(described).aria_invalid(invalid).into_any()
        })
    }

    /// One line with a hint under it.
    pub(super) fn hinted(
        &self,
        name: &'static str,
        kind: &'static str,
        label: String,
        hint: String,
        first: String,
    ) -> AnyView {
        let input = html::input().r#type(kind).value(self.value(name, first));
        self.labelled(name, label, Some(hint), |id, described, invalid| {
            input.id(id).name(name).aria_describedby(described).aria_invalid(invalid).into_any()
        })
    }

    /// Several lines.
    pub(super) fn area(&self, name: &'static str, label: String, hint: String, first: String) -> AnyView {
        // Leptos takes the content of this element as it is, so that it is escaped here; and a first line break would be eaten by
        // the parser: one more keeps what was typed.
        let text = format!("\n{}", self.value(name, first).replace('&', "&amp;").replace('<', "&lt;"));
        self.labelled(name, label, Some(hint), |id, described, invalid| {
            html::textarea()
                .id(id)
                .name(name)
                .rows("4")
                .aria_describedby(described)
                .aria_invalid(invalid)
                .child(text)
                .into_any()
        })
    }

    /// One of several: each with its value and its words.
    pub(super) fn choice(&self, name: String, label: String, choices: Vec<(String, String)>, first: String) -> AnyView {
        let chosen = self.value(&name, first);
        let option = |(value, words): (String, String)| {
            let selected = value == chosen;
            html::option().value(value).selected(selected).child(words)
        };
        let options = choices.into_iter().map(option).collect_view();
        self.labelled(&name, label, None, |id, described, invalid| {
            html::select()
                .id(id)
                .name(name.clone())
                .aria_describedby(described)
                .aria_invalid(invalid)
                .child(options)
                .into_any()
        })
    }

    fn labelled(
        &self,
        name: &str,
        label: String,
        hint: Option<String>,
        input: impl FnOnce(String, Option<String>, Option<&'static str>) -> AnyView,
    ) -> AnyView {
        let (id, fault) = (self.id(name), self.fault(name));
        let (hint_id, fault_id) = (format!("{id}-hint"), format!("{id}-fault"));
        let described = [fault.as_ref().map(|_| fault_id.clone()), hint.as_ref().map(|_| hint_id.clone())];
        let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let described = Some(described).filter(|ids| !ids.is_empty());
        let invalid = fault.as_ref().map(|_| "true");
        let input = input(id.clone(), described, invalid);
        let fault = fault.map(|fault| view! { <p class="fault" id=fault_id>{fault}</p> });
        let hint = hint.map(|hint| view! { <p class="meta" id=hint_id>{hint}</p> });
        view! { <div><label r#for=id>{label}</label>{input}{fault}{hint}</div> }.into_any()
    }
}

/// What goes with every form of a session.
pub(super) fn token(signed: &Signed) -> AnyView {
    hidden("token", signed.form_token.clone())
}

/// What a form carries that nobody sees.
pub(super) fn hidden(name: &'static str, value: String) -> AnyView {
    html::input().r#type("hidden").name(name).value(value).into_any()
}

/// Why a form was not taken, in words.
pub(super) fn message(fault: &Fault, words: &Words) -> String {
    match fault {
        Fault::Empty(_) => words.operator_field_empty(),
        Fault::Long(_, most) => words.operator_field_long(*most),
        Fault::Time(_) => words.operator_field_time(),
        Fault::Choice(_) => words.operator_field_choice(),
        Fault::NoComponent => words.operator_field_components(),
        Fault::Field(_, fault) => words.operator_field_refused(fault.clone()),
        Fault::Changed => words.operator_changed(),
        Fault::UnknownComponent(id) => words.operator_unknown_component(id.clone()),
        Fault::Resolved => words.operator_is_resolved(),
        Fault::StillOpen => words.operator_is_open(),
        Fault::Link => words.operator_cannot_link(),
        Fault::StoreBehind => words.operator_try_again(),
    }
}
