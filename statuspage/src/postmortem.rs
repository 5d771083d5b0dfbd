//! The post-mortem of an incident: a draft in which every field that measurements can fill is filled and says how it was measured.
//!
//! It does not know who reads it, nor where an edited field is kept. What only people can know stays open, with suggestions and
//! never a guess. A field that a person has written is theirs from then on.

mod chronology;
mod durations;
mod facts;
mod field;
mod glossary;
mod impact;
mod lessons;
pub(crate) mod markdown;
pub(crate) mod measure;
mod story;
mod turns;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{Text, Timestamp};

pub use facts::{Facts, PageComponent, Results, Undone, Window};
pub use field::{Field, UnknownField};
pub use lessons::unchecked;
pub use story::Story;
pub use turns::{Met, Turn};

use crate::words::Words;

/// What people made of the post-mortem of an incident; kept in its record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postmortem {
    /// The fields that people wrote, in Markdown: they are not made anew.
    #[serde(default)]
    pub fields: BTreeMap<Field, Text>,
    /// Since when it is public.
    #[serde(default)]
    pub published_at: Option<Timestamp>,
    /// Its last edit.
    #[serde(default)]
    pub edited_at: Option<Timestamp>,
    /// What the raw results said when it was published: they are not kept for ever.
    #[serde(default)]
    pub measured: Measured,
}

/// What raw results say around an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Components that were slower than their budget shortly before the first failure, and since when.
    pub slow: Option<(Timestamp, u32)>,
    /// The results themselves, counted and hashed.
    pub results: Option<Results>,
    /// Certificates and addresses that changed shortly before, meanwhile or shortly after.
    #[serde(default)]
    pub turns: Vec<Turn>,
}

/// A field of the draft as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// What was measured, in Markdown, and how.
    Measured {
        /// The finding.
        text: String,
        /// How it was found; empty where the text says it.
        how: String,
    },
    /// A person must write it.
    Open {
        /// What measurements suggest.
        suggestions: Vec<String>,
    },
    /// A person wrote it.
    Written(String),
}

impl Content {
    /// A glossary without terms is no chapter.
    pub(crate) fn is_no_glossary(&self, field: Field) -> bool {
        field == Field::Glossary && *self == Self::Open { suggestions: Vec::new() }
    }
}

/// A post-mortem, field by field, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The heading.
    pub title: String,
    /// The number and the dates.
    pub number: String,
    /// Every field, in the order of the document.
    pub fields: Vec<(Field, Content)>,
}

impl Draft {
    /// The draft of what is known.
    pub fn of(facts: &Facts<'_>, words: &Words) -> Self {
        let written = &facts.first().postmortem;
        let content = |field: Field| match written.fields.get(&field) {
            Some(text) => Content::Written(text.get(words.language()).to_owned()),
            None => measured(field, facts, words),
        };
        let mut draft = Self {
            title: words.draft_title(&facts.title),
            number: words.draft_number(facts.first().id.as_str(), dates(facts, words)),
            fields: Field::ALL.into_iter().map(|field| (field, content(field))).collect(),
        };
        draft.explain(&written.fields, words);
        draft
    }

    /// The same for readers: what is still to be written is for those who write.
    #[must_use]
    pub fn without_gaps(mut self) -> Self {
        self.fields.retain(|(_, content)| !matches!(content, Content::Open { .. }));
        self
    }

    /// The content of a field.
    pub fn content(&self, field: Field) -> Option<&Content> {
        self.fields.iter().find(|(other, _)| *other == field).map(|(_, content)| content)
    }

    /// The document, in Markdown as forums take it: headings, lists, tables.
    pub fn markdown(&self, words: &Words) -> String {
        markdown::write(self, words)
    }

    /// Fills the glossary with the terms that the rest uses, unless a person wrote it.
    fn explain(&mut self, written: &BTreeMap<Field, Text>, words: &Words) {
        if written.contains_key(&Field::Glossary) {
            return;
        }
        let terms = glossary::of(&self.markdown(words), words.language());
        let content = match terms.is_empty() {
            true => Content::Open { suggestions: Vec::new() },
            false => Content::Measured { text: terms, how: String::new() },
        };
        self.fields
            .iter_mut()
            .filter(|(field, _)| *field == Field::Glossary)
            .for_each(|(_, old)| *old = content.clone());
    }
}

fn measured(field: Field, facts: &Facts<'_>, words: &Words) -> Content {
    match field {
        Field::ImpactSummary => impact::summary(facts, words),
        Field::DetectedBy => durations::detected_by(facts, words),
        Field::Detection => durations::detection(facts, words),
        Field::Investigation => durations::investigation(facts, words),
        Field::Return => durations::back(facts, words),
        Field::Resolution => durations::resolution(facts, words),
        Field::Chronology => chronology::content(facts, words),
        Field::Users => impact::users(facts, words),
        Field::Infrastructure => open([words.draft_infra_outside()]),
        Field::Cause => open(impact::correlations(facts, words)),
        Field::Well => open(lessons::well(facts, words)),
        Field::Badly => open(lessons::badly(facts, words)),
        Field::Luck => open(lessons::luck(facts, words)),
        Field::Actions => open(lessons::carried(facts, words)),
        Field::Annexes => impact::annexes(facts, words),
        Field::CauseSummary | Field::ResolutionSummary | Field::Mitigation | Field::Glossary => open([]),
    }
}

fn open(suggestions: impl IntoIterator<Item = String>) -> Content {
    Content::Open { suggestions: suggestions.into_iter().collect() }
}

/// The day or the days on which it happened.
fn dates(facts: &Facts<'_>, words: &Words) -> String {
    let (first, last) = (words.day_of(facts.started_at()), words.day_of(facts.ended_at().unwrap_or(facts.now)));
    if first == last {
        return words.draft_dates_same(words.long_date(first));
    }
    words.draft_dates_span(words.long_date(first), words.long_date(last))
}
