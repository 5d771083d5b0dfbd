//! The draft of a post-mortem as operators see it: every field with what it says now, a form to write it, and making it public.
//!
//! It does not know how its fields were filled, nor how an order is carried out.

use std::collections::BTreeMap;

use leptos::{html, prelude::*};
use shared::Language;

use super::{
    Form, Signed, document,
    field::{self, Fields, own},
    refusal, who_am_i,
};
use crate::{
    incident::Incident,
    markdown,
    page::shell::Head,
    postmortem::{
        Content, Draft, Field,
        markdown::{chapter, section},
    },
    snapshot::Snapshot,
    words::Words,
};

/// A draft as it stands, in each of the languages that it is written in.
#[derive(Debug)]
pub struct Drafted<'a> {
    /// The incident that keeps it.
    pub incident: &'a Incident,
    /// The draft by language; never without that of the page.
    pub drafts: BTreeMap<Language, Draft>,
    /// What stands in the way of publishing it.
    pub hindrance: Hindrance,
    /// What was read of the results of that time.
    pub results: ReadResults,
}

/// Whether a post-mortem can be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Nothing.
    None,
    /// Something of its story is not over.
    StillOpen,
}

/// Whether a draft says what raw results say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadResults {
    /// They were read.
    Read,
    /// The store could not be asked.
    Unreadable,
}

/// What every part of the page needs.
struct Scene<'a> {
    drafted: &'a Drafted<'a>,
    snapshot: &'a Snapshot,
    words: &'a Words,
    signed: &'a Signed,
    form: Option<&'a Form>,
    base: String,
}

/// The page, with the form that was not taken, if one was sent.
pub fn postmortem(
    snapshot: &Snapshot,
    language: Language,
    signed: &Signed,
    drafted: &Drafted<'_>,
    form: Option<&Form>,
) -> Option<String> {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let incident = format!("/operator/incidents/{}", drafted.incident.id);
    let base = format!("{incident}/postmortem");
    let draft = drafted.drafts.get(&language)?;
    let scene = Scene { drafted, snapshot, words: &words, signed, form, base: base.clone() };
    Some(document(&snapshot.site, &words, base, |head| {
        view! {
            <div class="banner">
                <p class="meta"><a href=head.link(&incident)>{words.operator_back()}</a></p>
                <h1><bdi>{draft.title.clone()}</bdi></h1>
                <p class="about">{words.operator_pm_text()}</p>
                {who_am_i(signed, head)}
            </div>
            {scene.publication(draft, head)}
            {scene.parts(draft, head)}
        }
        .into_any()
    }))
}

impl Scene<'_> {
    /// Whether it is public, and the button that changes it.
    fn publication(&self, draft: &Draft, head: &Head<'_>) -> AnyView {
        let words = self.words;
        let unmeasured = match self.drafted.results {
            ReadResults::Read => None,
            ReadResults::Unreadable => Some(view! { <p class="alert">{words.operator_pm_unmeasured()}</p> }),
        };
        let left = draft.fields.iter();
        let left =
            left.filter(|(field, content)| matches!(content, Content::Open { .. }) && !content.is_no_glossary(*field));
        let left = Some(left.count()).filter(|left| *left > 0);
        let left = left.map(|left| view! { <p>{words.operator_pm_left(left)}</p> });
        let state = match (self.drafted.incident.postmortem.published_at, self.drafted.hindrance) {
            (Some(at), _) => {
                let page = head.link(&format!("/incidents/{}/postmortem", self.drafted.incident.id));
                view! {
                    <p>{words.operator_pm_published(words.when(at, self.snapshot.generated_at))}</p>
                    <p><a href=page>{words.operator_pm_page()}</a></p>
                    {self.button("withdraw", words.operator_pm_withdraw(), head)}
                }
                .into_any()
            }
            (None, Hindrance::StillOpen) => view! { <p>{words.operator_pm_open()}</p> }.into_any(),
            (None, Hindrance::None) => self.button("publish", words.operator_pm_publish(), head),
        };
        view! { <section>{unmeasured}{self.alert("publish")}{self.alert("withdraw")}{left}{state}</section> }.into_any()
    }

    fn button(&self, order: &'static str, label: String, head: &Head<'_>) -> AnyView {
        view! {
            <form method="post" action=head.link(&format!("{}/{order}", self.base))>
                {self.hidden()}
                <button class=if order == "publish" { "first" } else { "" }>{label}</button>
            </form>
        }
        .into_any()
    }

    fn hidden(&self) -> AnyView {
        let version = self.drafted.incident.version.to_string();
        view! { {field::token(self.signed)}{field::hidden("version", version)} }.into_any()
    }

    /// Why the form was not taken, beside it: the page is long.
    fn alert(&self, action: &str) -> Option<AnyView> {
        let form = self.form.filter(|form| form.action == action)?;
        Some(refusal::alert(form, self.words))
    }

    /// Every field, chapter by chapter.
    fn parts(&self, draft: &Draft, head: &Head<'_>) -> Vec<AnyView> {
        let mut begun = None;
        let part = |(field, content): &(Field, Content)| {
            let chapter = chapter(*field, self.words);
            let title = chapter.clone().filter(|_| chapter != begun).map(|title| view! { <h2>{title}</h2> });
            begun = chapter;
            view! { {title}{self.part(*field, content, head)} }.into_any()
        };
        draft.fields.iter().map(part).collect()
    }

    /// A field: its heading, what it says, and the form to write it.
    fn part(&self, field: Field, content: &Content, head: &Head<'_>) -> AnyView {
        let words = self.words;
        let said = markdown::html(&section(content, words));
        view! {
            <section class="card" id=field.word()>
                <h3>{field.heading(words)}</h3>
                {self.alert(field.word())}
                {html::div().class("said").inner_html(said)}
                {self.editor(field, content, head)}
            </section>
        }
        .into_any()
    }

    fn editor(&self, field: Field, content: &Content, head: &Head<'_>) -> AnyView {
        let words = self.words;
        let fields = Fields::of(words, field.word(), self.form);
        // The part of the address after # lives on in what is answered: the reader comes back to this field.
        let action = format!("{}#{field}", head.link(&format!("{}/fields/{field}", self.base)));
        let again = matches!(content, Content::Written(_))
            .then(|| view! { <button name="do" value="again">{words.operator_pm_again()}</button> });
        let area = |name, language: Language| {
            let (label, hint) = (words.operator_text_in(language.tag()), words.operator_text_hint());
            fields.area(name, label, hint, self.present(field, language))
        };
        view! {
            <details open=fields.was_refused()>
                <summary>{words.operator_pm_edit()}</summary>
                <form method="post" action=action>
                    {self.hidden()}
                    <div class="pair">{area("text_fr", Language::Fr)}{area("text_en", Language::En)}</div>
                    <button class="first" name="do" value="write">{words.operator_pm_write()}</button>
                    {again}
                </form>
            </details>
        }
        .into_any()
    }

    /// What a field says in a language, to be changed: of a text only what was really written in it.
    fn present(&self, field: Field, language: Language) -> String {
        match self.drafted.incident.postmortem.fields.get(&field) {
            Some(text) => own(Some(text), language).to_owned(),
            None => match self.drafted.drafts.get(&language).and_then(|draft| draft.content(field)) {
                Some(Content::Measured { text, .. }) => text.clone(),
                Some(Content::Open { .. } | Content::Written(_)) | None => String::new(),
            },
        }
    }
}
