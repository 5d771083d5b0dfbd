//! A post-mortem in our own API.
//!
//! It does not know how its fields were filled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{IncidentId, Timestamp};

use crate::{
    api::schema::{FieldWord, Instant, PublicId},
    incident::Incident,
    postmortem::{Content, Draft, Field},
    words::Words,
};

/// The draft as it stands.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct PostmortemAnswer {
    /// The incident that keeps it: the first of those that returned.
    #[schemars(with = "PublicId")]
    pub(crate) incident: IncidentId,
    /// Its version: whoever writes a field names it.
    pub(crate) version: u64,
    /// Since when it is public.
    #[schemars(with = "Option<Instant>")]
    pub(crate) published_at: Option<Timestamp>,
    /// The language of the words: `en`, `fr`.
    pub(crate) language: String,
    /// The whole document, in Markdown.
    pub(crate) markdown: String,
    /// Every field, in the order of the document.
    pub(crate) fields: Vec<FieldAnswer>,
}

/// A field.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FieldAnswer {
    /// Which one.
    #[schemars(with = "FieldWord")]
    pub(crate) field: Field,
    /// Who filled it.
    pub(crate) source: FieldSource,
    /// What it says, in Markdown; absent where a person must write it.
    pub(crate) text: Option<String>,
    /// How it was measured.
    pub(crate) how: Option<String>,
    /// What measurements suggest to whoever writes it.
    pub(crate) suggestions: Vec<String>,
}

/// Who filled a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldSource {
    /// The measurements: it is made anew each time.
    Measured,
    /// Nobody yet.
    Open,
    /// A person: it stays.
    Written,
}

impl PostmortemAnswer {
    /// The draft of the incident that keeps it.
    pub(crate) fn new(incident: &Incident, draft: &Draft, words: &Words) -> Self {
        Self {
            incident: incident.id.clone(),
            version: incident.version,
            published_at: incident.postmortem.published_at,
            language: words.language().tag().to_owned(),
            markdown: draft.markdown(words),
            fields: draft.fields.iter().map(|(field, content)| answer(*field, content)).collect(),
        }
    }
}

fn answer(field: Field, content: &Content) -> FieldAnswer {
    let (source, text, how, suggestions) = match content.clone() {
        Content::Measured { text, how } => (FieldSource::Measured, Some(text), Some(how), Vec::new()),
        Content::Open { suggestions } => (FieldSource::Open, None, None, suggestions),
        Content::Written(text) => (FieldSource::Written, Some(text), None, Vec::new()),
    };
    FieldAnswer { field, source, text, how: how.filter(|how| !how.is_empty()), suggestions }
}
