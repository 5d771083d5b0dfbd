//! How the words of the vocabulary look in the OpenAPI document: the vocabulary itself knows serde only.
//!
//! It does not know where they are used.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use shared::{Impact, MaintenanceStage, Stage, Status};

use crate::postmortem::Field;

macro_rules! forms {
    ($($(#[$doc:meta])* $type:ident: $form:tt;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) struct $type;

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($form)
            }
        }
    )*};
}

forms! {
    /// An instant, RFC 3339.
    Instant: { "type": "string", "format": "date-time", "examples": ["2026-11-22T14:05:00Z"] };
    /// The id of an incident, a maintenance or a plan.
    PublicId: { "type": "string", "pattern": "^[a-z0-9]{12}$" };
    /// A component's id.
    ComponentIdText: { "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$" };
    /// A stage.
    StageWord: { "enum": (Stage::ALL.map(Stage::word)) };
    /// A stage of a maintenance.
    MaintenanceStageWord: { "enum": (MaintenanceStage::ALL.map(MaintenanceStage::word)) };
    /// A field of a post-mortem.
    FieldWord: { "enum": (Field::ALL.map(Field::word)) };
    /// A status.
    StatusWord: { "enum": (Status::ALL.map(Status::word)) };
    /// An impact.
    ImpactWord: { "enum": (Impact::ALL.map(Impact::word)) };
    /// Who did something: the measurements, an account or token by its name, somebody at the hub's machine, or whoever followed the
    /// link of a message of a channel.
    ActorForm: { "anyOf": [
        { "enum": ["monitor", "socket"] },
        {
            "type": "object",
            "properties": { "operator": { "type": "string" } },
            "required": ["operator"],
            "additionalProperties": false,
        },
        {
            "type": "object",
            "properties": { "channel": { "type": "string" } },
            "required": ["channel"],
            "additionalProperties": false,
        },
    ] };
}
