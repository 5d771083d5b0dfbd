//! Texts: by language, searched for, matched, secret; and ids.
//!
//! It does not know which key a value is given to.

use std::{collections::BTreeMap, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use shared::{InvalidId, Language, Text};

use super::{Context, Fault, Node, Read, ReadText, quoted, schema};
use crate::{
    definition::Secret,
    load::{
        report::Mistake,
        secrets, suggest,
        tree::{At, Entries},
    },
};

/// Words for readers: one text, or one for each language.
#[derive(Debug, Clone)]
pub struct Texts(pub Text);

/// A text to be found.
#[derive(Debug, Clone)]
pub struct Words(pub String);

/// A regular expression for bytes.
#[derive(Debug, Clone)]
pub struct Pattern(pub regex::bytes::Regex);

/// A text with its references to secrets resolved.
#[derive(Debug, Clone)]
pub struct SecretText(pub Secret);

/// An id of some sort.
#[derive(Debug, Clone)]
pub struct Id<T>(pub T);

schema! {
    Texts: { "anyOf": [
        { "type": "string", "minLength": 1, "maxLength": LONGEST },
        {
            "type": "object",
            "properties": {
                "en": { "type": "string", "minLength": 1, "maxLength": LONGEST, "description": "English" },
                "fr": { "type": "string", "minLength": 1, "maxLength": LONGEST, "description": "French" },
            },
            "additionalProperties": false,
            "minProperties": 1,
        },
    ] };
    Words: { "type": "string", "minLength": 1 };
    Pattern: { "type": "string", "format": "regex" };
    SecretText: { "type": "string", "examples": ["${env:NAME}", "${file:/run/secrets/name}"] };
}

impl<T> JsonSchema for Id<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$" })
    }
}

/// Longest text for readers, in characters.
const LONGEST: usize = 500;

impl Read for Texts {
    const WHAT: &'static str = "a text or a table of texts by language";
    const EXAMPLE: &'static str = "\"Nextcloud\" or { fr = \"Nuage\", en = \"Cloud\" }";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        if !node.value.get_ref().is_table() {
            return Plain::read(node, context).map(|plain| Self(Text::Plain(plain.0)));
        }
        let entries = Entries::<Plain>::read(node, context)?.0;
        if entries.is_empty() {
            context
                .report(Mistake::error(format!("`{}` has no language", node.key)).at(node.span()).help(Self::EXAMPLE));
            return None;
        }
        let mut texts = BTreeMap::new();
        let mut sound = true;
        for entry in entries {
            let language = Language::ALL.into_iter().find(|language| language.tag() == entry.key);
            if language.is_none() {
                context.report(unknown_language(&entry.key).at(entry.key_span));
            }
            match (language, entry.value.value) {
                (Some(language), Some(Plain(text))) => drop(texts.insert(language, text)),
                (None, _) | (_, None) => sound = false,
            }
        }
        sound.then_some(Self(Text::ByLanguage(texts)))
    }
}

fn unknown_language(tag: &str) -> Mistake {
    let known = Language::ALL.map(|language| format!("`{language}` ({})", language.own_name())).join(" and ");
    let nearest = tag.parse::<Language>().map(Language::tag).ok();
    let nearest = nearest.or_else(|| suggest::nearest(tag, Language::ALL.map(Language::tag)));
    let mistake = Mistake::error(format!("no page is written in {}", quoted(tag))).label("unknown language");
    match nearest {
        Some(nearest) => mistake.help(format!("did you mean `{nearest}`?")),
        None => mistake.help(format!("the languages are {known}")),
    }
}

/// A text for readers: something in it, and nothing that disturbs the lines around it.
#[derive(Debug, Clone)]
struct Plain(String);

impl ReadText for Plain {
    const WHAT: &'static str = Texts::WHAT;
    const EXAMPLE: &'static str = Texts::EXAMPLE;

    fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::new("the text is empty")
                .help("readers see it: say what it is, or leave the key out if it may be"));
        }
        if text.chars().count() > LONGEST {
            return Err(Fault::new(format!("the text has more than {LONGEST} characters")).help("say it in one line"));
        }
        if let Some(control) = text.chars().find(|c| c.is_control()) {
            return Err(
                Fault::new(format!("the text holds {}", quoted(&control.to_string()))).help("write it in one line")
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl ReadText for Words {
    const WHAT: &'static str = "a text";
    const EXAMPLE: &'static str = "\"Welcome\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::new("the text is empty, and everything holds it").help("say what the answer must hold"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl ReadText for Pattern {
    const WHAT: &'static str = "a regular expression in quotes";
    const EXAMPLE: &'static str = "'^ok$'";

    fn parse(text: &str) -> Result<Self, Fault> {
        regex::bytes::Regex::new(text).map(Self).map_err(|error| {
            // The crate draws its own excerpt; its last line says what is wrong.
            let message = error.to_string();
            let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Fault::new(format!("{} is not a regular expression: {reason}", quoted(text)))
                .help("between single quotes TOML leaves backslashes alone: '\\d+'")
        })
    }
}

impl Read for SecretText {
    const WHAT: &'static str = "a text in quotes";
    const EXAMPLE: &'static str = "\"${env:NAME}\"";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(template) = node.text() else { return context.wrong_type(node) };
        context.secrets.push(node.span());
        secrets::resolve(template, node.span(), context).map(|text| Self(Secret::of_template(template, text)))
    }
}

impl<T: FromStr<Err = InvalidId>> ReadText for Id<T> {
    const WHAT: &'static str = "an id in quotes";
    const EXAMPLE: &'static str = "\"login\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        text.parse().map(Self).map_err(|error| invalid_id(text, &error))
    }
}

/// Says what is wrong with an id, and proposes one that is near.
pub fn invalid_id(text: &str, error: &InvalidId) -> Fault {
    let proposal: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' { c } else { '-' })
        .collect::<String>()
        .trim_matches(['-', '_'])
        .chars()
        .take(shared::id::MAX_ID_BYTES)
        .collect();
    let fault = Fault::new(format!("{} is not an id: {error}", quoted(text)));
    if proposal.is_empty() { fault } else { fault.help(format!("for example `{proposal}`")) }
}

/// The items of a list that are sound.
pub fn given<T: Clone>(items: &[At<T>]) -> impl Iterator<Item = T> {
    items.iter().filter_map(|item| item.value.clone())
}
