//! An incident as operators are told of it: everything, with who did what.
//!
//! It does not know the public's view; that is Statuspage's API.

use std::{collections::BTreeMap, net::IpAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{ComponentId, FailureKind, Impact, IncidentId, LocationName, Stage, Status, Timestamp};

use crate::{
    api::{
        schema::{ActorForm, ComponentIdText, ImpactWord, Instant, PublicId, StageWord, StatusWord},
        wording::Wording,
    },
    incident::{Actor, Body, Incident, Involvement, Lead, Origin, Update},
};

/// Several, those that began last first.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct IncidentsAnswer {
    pub(crate) incidents: Vec<IncidentAnswer>,
}

/// One incident.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct IncidentAnswer {
    /// The same for ever.
    #[schemars(with = "PublicId")]
    pub(crate) id: IncidentId,
    /// To be sent with the next order.
    pub(crate) version: u64,
    /// Who opened it: `monitor` when it was measured.
    #[schemars(with = "ActorForm")]
    pub(crate) opened_by: Actor,
    /// Who says what stage it is in: `measurements` or `operators`.
    pub(crate) lead: String,
    /// What an operator calls it; else null, and the finding says what was measured.
    pub(crate) title: Option<Wording>,
    pub(crate) finding: Option<FindingAnswer>,
    #[schemars(with = "StageWord")]
    pub(crate) stage: Stage,
    /// At its worst.
    #[schemars(with = "ImpactWord")]
    pub(crate) impact: Impact,
    #[schemars(with = "BTreeMap<ComponentIdText, PartAnswer>")]
    pub(crate) components: BTreeMap<ComponentId, PartAnswer>,
    /// The first failing observation, or what an operator gave.
    #[schemars(with = "Instant")]
    pub(crate) started_at: Timestamp,
    #[schemars(with = "Instant")]
    pub(crate) detected_at: Timestamp,
    #[schemars(with = "Option<Instant>")]
    pub(crate) announced_at: Option<Timestamp>,
    #[schemars(with = "Option<Instant>")]
    pub(crate) reported_by_users_at: Option<Timestamp>,
    #[schemars(with = "Option<Instant>")]
    pub(crate) identified_at: Option<Timestamp>,
    #[schemars(with = "Option<Instant>")]
    pub(crate) recovered_at: Option<Timestamp>,
    #[schemars(with = "Option<Instant>")]
    pub(crate) resolved_at: Option<Timestamp>,
    #[schemars(with = "Instant")]
    pub(crate) updated_at: Timestamp,
    pub(crate) acknowledgement: Option<AcknowledgementAnswer>,
    pub(crate) workaround: Option<Wording>,
    #[schemars(with = "Option<Instant>")]
    pub(crate) next_update_at: Option<Timestamp>,
    #[schemars(with = "Option<PublicId>")]
    pub(crate) relapse_of: Option<IncidentId>,
    /// How often it came back before it was resolved.
    pub(crate) relapses: u32,
    /// The oldest first.
    pub(crate) updates: Vec<UpdateAnswer>,
}

/// What was measured at its worst.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FindingAnswer {
    /// The reason from the closed set.
    #[schemars(with = "String")]
    pub(crate) kind: FailureKind,
    pub(crate) http_status: Option<u16>,
    /// How many components failed.
    pub(crate) components: u32,
    pub(crate) address: Option<IpAddr>,
    /// The component that all others depend on.
    #[schemars(with = "Option<ComponentIdText>")]
    pub(crate) dependency: Option<ComponentId>,
}

/// A component's part in it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct PartAnswer {
    pub(crate) name: Wording,
    #[schemars(with = "Instant")]
    pub(crate) since: Timestamp,
    #[schemars(with = "Instant")]
    pub(crate) detected_at: Timestamp,
    #[schemars(with = "Option<Instant>")]
    pub(crate) recovered_at: Option<Timestamp>,
    #[schemars(with = "StatusWord")]
    pub(crate) status: Status,
    #[schemars(with = "StatusWord")]
    pub(crate) worst: Status,
    pub(crate) detail: String,
    #[schemars(with = "Vec<String>")]
    pub(crate) locations: Vec<LocationName>,
}

/// Who took it, and when.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AcknowledgementAnswer {
    #[schemars(with = "Instant")]
    pub(crate) at: Timestamp,
    #[schemars(with = "ActorForm")]
    pub(crate) by: Actor,
}

/// Something said of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct UpdateAnswer {
    /// Counts from 1.
    pub(crate) number: u32,
    #[schemars(with = "Instant")]
    pub(crate) at: Timestamp,
    #[schemars(with = "StageWord")]
    pub(crate) stage: Stage,
    /// `written` by an operator, or measured: `opened`, `grown`, `recovered`, `relapsed`, `settled`.
    pub(crate) kind: String,
    /// An operator's words, in Markdown.
    pub(crate) body: Option<Wording>,
    #[schemars(with = "ActorForm")]
    pub(crate) by: Actor,
}

impl From<&Incident> for IncidentAnswer {
    fn from(incident: &Incident) -> Self {
        let times = incident.times.clone();
        let finding = incident.finding.as_ref().map(|finding| FindingAnswer {
            kind: finding.kind,
            http_status: finding.http_status,
            components: finding.components,
            address: finding.address,
            dependency: finding.dependency.clone(),
        });
        let taken = incident.acknowledgement.as_ref();
        Self {
            id: incident.id.clone(),
            version: incident.version,
            opened_by: match &incident.origin {
                Origin::Measured => Actor::Monitor,
                Origin::Declared(actor) => actor.clone(),
            },
            lead: lead(incident.lead).to_owned(),
            title: incident.title.clone().map(Wording),
            finding,
            stage: incident.stage,
            impact: incident.impact,
            components: incident.components.iter().map(|(id, part)| (id.clone(), part.into())).collect(),
            started_at: times.started_at,
            detected_at: times.detected_at,
            announced_at: times.announced_at,
            reported_by_users_at: times.reported_by_users_at,
            identified_at: times.identified_at,
            recovered_at: times.recovered_at,
            resolved_at: times.resolved_at,
            updated_at: times.updated_at,
            acknowledgement: taken.map(|taken| AcknowledgementAnswer { at: taken.at, by: taken.by.clone() }),
            workaround: incident.workaround.clone().map(Wording),
            next_update_at: incident.next_update_at,
            relapse_of: incident.relapse_of.clone(),
            relapses: incident.relapses,
            updates: incident.updates.iter().map(UpdateAnswer::from).collect(),
        }
    }
}

fn lead(lead: Lead) -> &'static str {
    match lead {
        Lead::Measurements => "measurements",
        Lead::Operators => "operators",
    }
}

impl From<&Involvement> for PartAnswer {
    fn from(part: &Involvement) -> Self {
        Self {
            name: Wording(part.name.clone()),
            since: part.since,
            detected_at: part.detected_at,
            recovered_at: part.recovered_at,
            status: part.status,
            worst: part.worst,
            detail: part.detail.clone(),
            locations: part.locations.clone(),
        }
    }
}

impl From<&Update> for UpdateAnswer {
    fn from(update: &Update) -> Self {
        let (kind, body) = match &update.body {
            Body::Opened => ("opened", None),
            Body::Persists { .. } => ("persists", None),
            Body::Grown { .. } => ("grown", None),
            Body::Recovered => ("recovered", None),
            Body::Relapsed => ("relapsed", None),
            Body::Settled => ("settled", None),
            Body::Written(text) => ("written", Some(Wording(text.clone()))),
        };
        Self {
            number: update.number,
            at: update.at,
            stage: update.stage,
            kind: kind.to_owned(),
            body,
            by: update.by.clone(),
        }
    }
}
