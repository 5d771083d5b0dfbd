//! The JSON Schema of a definition file, for editors that complete and check while one types.
//!
//! It does not know the keys: it is made of the tables that the reader uses, so that the two cannot disagree.

use schemars::{
    Schema,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde_json::Value;

use crate::load;

/// The schema of one file of `probes.d/` (JSON Schema, draft 2020-12).
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(WithoutNull)
        .into_generator();
    let mut schema = load::root_schema(generator);
    schema.insert("title".to_owned(), "Belfry definition file".into());
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
