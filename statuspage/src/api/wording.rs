//! A text in one or several languages, as our own API writes it: `"Panne"`, or `{ "fr": "Panne", "en": "Outage" }`.
//!
//! It does not know what the text is for.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor},
};
use shared::{Language, Text};

/// Such a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wording(pub(crate) Text);

impl Serialize for Wording {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Text::Plain(text) => serializer.serialize_str(text),
            Text::ByLanguage(texts) => texts.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Wording;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or texts by language such as { \"fr\": \"…\", \"en\": \"…\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Wording, E> {
                Ok(Wording(Text::Plain(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Wording, A::Error> {
                let mut texts: BTreeMap<Language, String> = BTreeMap::new();
                while let Some((language, text)) = map.next_entry()? {
                    texts.insert(language, text);
                }
                if texts.is_empty() {
                    return Err(de::Error::invalid_length(0, &self));
                }
                Ok(Wording(Text::ByLanguage(texts)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Wording {
    fn schema_name() -> Cow<'static, str> {
        "Wording".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A text for everybody, or one for each language",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": { "en": { "type": "string" }, "fr": { "type": "string" } },
                    "additionalProperties": false,
                    "minProperties": 1,
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_back_as_it_is_written() {
        let check = |json: &str, sound: bool| match serde_json::from_str::<Wording>(json) {
            Ok(wording) => {
                assert_eq!((serde_json::to_string(&wording).expect("written").as_str(), sound), (json, true));
            }
            Err(error) => assert!(!sound, "{json}: {error}"),
        };
        check(r#""Panne""#, true);
        check(r#"{"en":"Outage","fr":"Panne"}"#, true);
        check(r#"{"fr":"Panne"}"#, true);
        check("{}", false);
        check(r#"{"de":"Ausfall"}"#, false);
        check("1", false);
        check(r#"["Panne"]"#, false);
    }
}
