//! The OpenAPI 3.1 document of `/api/v1`: made of the same types that requests are read into and answers are written from.
//!
//! It does not know the handlers; a test throws requests made from it at them and holds every answer against it.

mod routes;

use axum::http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::problem::Problem;
use routes::{Answer, Audience, Operation, Parameter};

/// The whole document.
pub(crate) fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for operation in routes::all() {
        let described = described(&operation, &mut generator);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described;
    }
    let schemas: Map<String, Value> = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Belfry",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Our own API. What is for operators takes a bearer token, never a cookie; through the hub's own socket it takes none. Mistakes are problem documents (RFC 9457).",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut described = json!({ "summary": operation.summary, "operationId": operation.id });
    let parameters: Vec<Value> = operation.parameters.iter().map(parameter).collect();
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = operation.body {
        described["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": body(generator) } } });
    }
    let mut answers = Map::new();
    for answer in &operation.answers {
        answers.insert(answer.status().to_string(), answered(answer, generator));
    }
    for status in operation.problems() {
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let schema = generator.subschema_for::<Problem>();
        let content = json!({ "application/problem+json": { "schema": schema } });
        answers.insert(status.to_string(), json!({ "description": title, "content": content }));
    }
    described["responses"] = answers.into();
    // A public reader needs none, and an operator who sends one sees what is private.
    described["security"] = match operation.audience {
        Audience::Everybody => json!([{}, { "token": [] }]),
        Audience::Operators => json!([{ "token": [] }]),
    };
    described
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.about,
        "schema": parameter.schema,
    })
}

fn answered(answer: &Answer, generator: &mut SchemaGenerator) -> Value {
    match answer {
        Answer::Json(_, about, schema) => {
            json!({ "description": about, "content": { "application/json": { "schema": schema(generator) } } })
        }
        Answer::Other(_, about, kind) => json!({ "description": about, "content": { *kind: {} } }),
    }
}

/// The schema of a type, by reference.
fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}
