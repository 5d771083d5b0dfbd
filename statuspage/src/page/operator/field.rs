//! The parts of forms: a label, what was typed, a hint, and what is wrong with it.
//!
//! It does not know what a form is for.

use leptos::{html, prelude::*};

use shared::{Language, Text};

use super::{
    Fault, Form, Signed,
    refusal::{alert, message},
};
use crate::{moment, words::Words};

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

    /// Whether that box was ticked in a form that was not taken.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.form.is_some_and(|form| form.typed.contains_key(name))
    }

    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.action)
    }

    fn fault(&self, name: &str) -> Option<String> {
        let form = self.form.filter(|form| form.field() == Some(name))?;
        Some(message(&form.fault, self.words))
    }

    /// That a field is at fault, above the form; what is wrong with an order as a whole stands at the top of the page.
    pub(super) fn alert(&self) -> Option<AnyView> {
        let form = self.form.filter(|form| form.field().is_some())?;
        Some(alert(form, self.words))
    }

    /// One line.
    pub(super) fn line(&self, name: &'static str, label: String, hint: Option<String>, first: String) -> AnyView {
        self.input(name, "text", label, hint, self.value(name, first))
    }

    /// A time. What the browser's own field for one cannot hold is typed as text: an offset, and what is no time.
    pub(super) fn moment(&self, name: &'static str, label: String, hint: Option<String>, first: String) -> AnyView {
        let value = self.value(name, first);
        let asked = self.form.is_some_and(|form| matches!(form.fault, Fault::Twice(field, _) if field == name));
        let fits = value.is_empty() || (moment::is_local(&value) && !asked);
        self.input(name, if fits { "datetime-local" } else { "text" }, label, hint, value)
    }

    fn input(
        &self,
        name: &'static str,
        kind: &'static str,
        label: String,
        hint: Option<String>,
        value: String,
    ) -> AnyView {
        let input = html::input().r#type(kind).value(value);
        self.labelled(name, label, hint, |id, described, invalid| {
            input.id(id).name(name).aria_describedby(described).aria_invalid(invalid).into_any()
        })
    }

    /// A line in each language, with what is said in it now.
    pub(super) fn lines(
        &self,
        [fr, en]: [&'static str; 2],
        label: impl Fn(&'static str) -> String,
        hint: Option<String>,
        present: Option<&Text>,
    ) -> AnyView {
        let line = |name, language: Language| {
            self.line(name, label(language.tag()), hint.clone(), own(present, language).to_owned())
        };
        view! { <div class="pair">{line(fr, Language::Fr)}{line(en, Language::En)}</div> }.into_any()
    }

    /// Several lines in each language, with what is said in it now.
    pub(super) fn areas(
        &self,
        [fr, en]: [&'static str; 2],
        label: impl Fn(&'static str) -> String,
        hint: String,
        present: Option<&Text>,
    ) -> AnyView {
        let area = |name, language: Language| {
            self.area(name, label(language.tag()), hint.clone(), own(present, language).to_owned())
        };
        view! { <div class="pair">{area(fr, Language::Fr)}{area(en, Language::En)}</div> }.into_any()
    }

    /// Something to be ticked, or not.
    pub(super) fn tick(&self, name: String, label: String, first: Ticked) -> AnyView {
        let ticked = self.form.map_or(first == Ticked::Yes, |form| form.typed.contains_key(&name));
        let input = html::input().r#type("checkbox").name(name).checked(ticked);
        view! { <label class="tick">{input}<bdi>{label}</bdi></label> }.into_any()
    }

    /// What is wrong with several fields together.
    pub(super) fn fault_of(&self, name: &str) -> Option<AnyView> {
        self.fault(name).map(|fault| view! { <p class="fault">{fault}</p> }.into_any())
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

/// Whether something is ticked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ticked {
    Yes,
    No,
}

/// What a text says in a language itself: nothing stands in for what is missing.
pub(super) fn own(text: Option<&Text>, language: Language) -> &str {
    match text {
        Some(Text::Plain(text)) => text,
        Some(Text::ByLanguage(texts)) => texts.get(&language).map_or("", String::as_str),
        None => "",
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
