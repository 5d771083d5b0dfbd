//! The JSON Schema of a definition file, for editors that complete and check while one types.
//!
//! It does not know the keys: it is made of the tables that the reader uses, so that the two cannot disagree.

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde_json::Value;

use crate::load;

/// The schema of one file of `probes.d/` (JSON Schema, draft 2020-12).
pub(crate) fn schema() -> Value {
    titled("Belfry definition file", load::root_schema)
}

/// The schema of another file whose tables are declared with [`table!`](crate::table!).
pub fn of<T: JsonSchema>(title: &str) -> Value {
    titled(title, SchemaGenerator::into_root_schema_for::<T>)
}

fn titled(title: &str, root: impl FnOnce(SchemaGenerator) -> Schema) -> Value {
    let generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(WithoutNull)
        .into_generator();
    let mut schema = root(generator);
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// TOML has no null: a key is there or not, which `required` says.
#[derive(Debug, Clone)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
            choices.retain(|choice| choice.get("type") != Some(&"null".into()));
            if let [Value::Object(only)] = choices.as_mut_slice() {
                let only = std::mem::take(only);
                schema.remove("anyOf");
                // What the key says of itself stands before what its type says.
                only.into_iter()
                    .filter(|(key, _)| schema.get(key).is_none())
                    .collect::<Vec<_>>()
                    .into_iter()
                    .for_each(|(key, value)| drop(schema.insert(key, value)));
            }
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        transform_subschemas(self, schema);
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;

    fn validator() -> jsonschema::Validator {
        jsonschema::draft202012::new(&schema()).expect("it is a schema")
    }

    /// A definition file as the JSON that a schema speaks of.
    fn json(text: &str) -> Value {
        serde_json::to_value(toml::from_str::<toml::Table>(text).expect("it is TOML")).expect("it is JSON")
    }

    #[test]
    fn the_schema_is_what_editors_are_given() {
        insta::assert_json_snapshot!(schema());
    }

    #[test]
    fn the_samples_are_valid() {
        for directory in ["../tests/good-config", "../probes.d"] {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                let file = json(&fs::read_to_string(&path).expect("text"));
                let mistakes: Vec<String> = validator().iter_errors(&file).map(|error| error.to_string()).collect();
                assert_eq!(mistakes, [""; 0], "{}", path.display());
            }
        }
    }

    /// Every object of the schema by its path, with its keys; tables whose keys are the user's own have none.
    fn keys(path: &str, schema: &Value, found: &mut BTreeSet<String>) {
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            assert_eq!(schema["additionalProperties"], Value::Bool(false), "{path} lets unknown keys pass");
            found.insert(format!("{path}/{key}"));
            keys(&format!("{path}/{key}"), value, found);
        }
        for part in ["items", "additionalProperties"] {
            if schema[part].is_object() {
                keys(&format!("{path}/*"), &schema[part], found);
            }
        }
        for choice in schema["anyOf"].as_array().into_iter().flatten() {
            keys(path, choice, found);
        }
    }

    /// Every key of a file by its path; what stands under a key that is the user's own is found under `*`.
    fn used(path: &str, value: &Value, known: &BTreeSet<String>, found: &mut BTreeSet<String>) {
        for (key, value) in value.as_object().into_iter().flatten() {
            let named = format!("{path}/{key}");
            let below = if known.contains(&named) { named } else { format!("{path}/*") };
            used(&below, value, known, found);
            found.insert(below);
        }
        for value in value.as_array().into_iter().flatten() {
            used(&format!("{path}/*"), value, known, found);
        }
    }

    /// The parser reads `everything.toml` without a mistake, so that it knows each of these keys; and the schema is made of the
    /// parser's own tables, so that it knows no more.
    #[test]
    fn the_sample_with_every_key_has_every_key_of_the_schema() {
        let (mut known, mut found) = (BTreeSet::new(), BTreeSet::new());
        keys("", &schema(), &mut known);
        let sample = json(&fs::read_to_string("../tests/good-config/everything.toml").expect("text"));
        used("", &sample, &known, &mut found);
        let missing: Vec<&String> = known.difference(&found).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn what_the_parser_refuses_the_schema_refuses_where_it_can() {
        let probe = |text: &str| json(&format!("name = \"x\"\n[[probe]]\nhttp.url = \"https://example.org/\"\n{text}"));
        let check = |text: &str, expected: bool| assert_eq!(validator().is_valid(&probe(text)), expected, "{text}");
        check("", true);
        check("http.expect.status = [200, \"4xx\"]", true);
        check("http.expect.status = \"6xx\"", false);
        check("every = 30", false);
        check("evry = \"30s\"", false);
        check("fall = 0", false);
        check("http.headers = { a = 1 }", false);
        check("[http]", false);
        assert!(!validator().is_valid(&json("name = \"x\"")), "a file without a probe");
    }
}
