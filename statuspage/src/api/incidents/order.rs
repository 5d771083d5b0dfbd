//! The bodies of orders: strict, so that a key that is written wrong is not lost silently.
//!
//! It does not know which incident an order is about: its address says it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{ComponentId, IncidentId, Stage, Status, Timestamp};

use crate::{
    api::{
        schema::{ComponentIdText, FieldWord, Instant, PublicId, StageWord, StatusWord},
        wording::Wording,
    },
    incident::{Command, Opening, Statement},
    postmortem::Field,
};

/// Opens an incident by hand, and publishes a first update with it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenOrder {
    /// What it is called: at most 200 characters.
    pub(crate) title: Wording,
    /// When it began; now when absent.
    #[serde(default)]
    #[schemars(with = "Option<Instant>")]
    pub(crate) started_at: Option<Timestamp>,
    /// What it touches, and how badly.
    #[schemars(with = "BTreeMap<ComponentIdText, StatusWord>")]
    pub(crate) components: BTreeMap<ComponentId, Status>,
    /// How far it is.
    #[schemars(with = "StageWord")]
    pub(crate) stage: Stage,
    /// What is said first, in Markdown: at most 20,000 bytes.
    pub(crate) body: Wording,
    /// How users can help themselves, in Markdown.
    #[serde(default)]
    pub(crate) workaround: Option<Wording>,
    /// When more will be said.
    #[serde(default)]
    #[schemars(with = "Option<Instant>")]
    pub(crate) next_update_at: Option<Timestamp>,
}

/// Says something; the operators have the lead from then on. What is absent stays as it is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SayOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// The stage from then on; `resolved` ends the incident.
    #[schemars(with = "StageWord")]
    pub(crate) stage: Stage,
    /// The words, in Markdown: at most 20,000 bytes.
    pub(crate) body: Wording,
    /// Another title: at most 200 characters.
    #[serde(default)]
    pub(crate) title: Option<Wording>,
    /// How users can help themselves, in Markdown; an empty text takes it back.
    #[serde(default)]
    pub(crate) workaround: Option<Wording>,
    /// When more will be said.
    #[serde(default)]
    #[schemars(with = "Option<Instant>")]
    pub(crate) next_update_at: Option<Timestamp>,
}

/// Gives the lead back to the measurements.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReleaseOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
}

/// Users told of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// When they did.
    #[schemars(with = "Instant")]
    pub(crate) at: Timestamp,
}

/// Says of which earlier incident this one is the return.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// The earlier one; absent or null when it is none.
    #[serde(default)]
    #[schemars(with = "Option<PublicId>")]
    pub(crate) relapse_of: Option<IncidentId>,
}

impl OpenOrder {
    pub(crate) fn command(self) -> Command {
        let statement = Statement {
            stage: self.stage,
            body: self.body.0,
            title: None,
            workaround: self.workaround.map(|text| text.0),
            next_update_at: self.next_update_at,
        };
        Command::Open(Opening {
            title: self.title.0,
            started_at: self.started_at,
            components: self.components,
            statement,
        })
    }
}

impl SayOrder {
    pub(crate) fn command(self, incident: IncidentId) -> Command {
        let statement = Statement {
            stage: self.stage,
            body: self.body.0,
            title: self.title.map(|text| text.0),
            workaround: self.workaround.map(|text| text.0),
            next_update_at: self.next_update_at,
        };
        Command::Say { incident, version: self.version, statement }
    }
}

impl ReleaseOrder {
    pub(crate) fn command(self, incident: IncidentId) -> Command {
        Command::Release { incident, version: self.version }
    }
}

impl ToldOrder {
    pub(crate) fn command(self, incident: IncidentId) -> Command {
        Command::ReportedByUsers { incident, version: self.version, at: self.at }
    }
}

impl LinkOrder {
    pub(crate) fn command(self, incident: IncidentId) -> Command {
        Command::Link { incident, version: self.version, relapse_of: self.relapse_of }
    }
}

/// Writes a field of the post-mortem.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// Which field.
    #[schemars(with = "FieldWord")]
    pub(crate) field: Field,
    /// The words, in Markdown: at most 20,000 bytes. Absent, the field is made from measurements again.
    #[serde(default)]
    pub(crate) text: Option<Wording>,
}

impl FieldOrder {
    /// The order, about that incident.
    pub(crate) fn command(self, incident: IncidentId) -> Command {
        let Self { version, field, text } = self;
        Command::WriteField { incident, version, field, text: text.map(|Wording(text)| text) }
    }
}
