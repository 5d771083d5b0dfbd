//! The operations of `/api/v1`: their addresses, who may ask, what they take and answer.
//!
//! It does not know how a document is written.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::of;
use crate::api::{
    audit::{self, AuditAnswer},
    channels::{ChannelsAnswer, TestAnswer},
    incidents::{
        FieldOrder, IncidentAnswer, IncidentsAnswer, LinkOrder, OpenOrder, PostmortemAnswer, ReleaseOrder, SayOrder,
        ToldOrder,
    },
    locations::{AddLocationOrder, CodeAnswer, LocationAnswer, LocationsAnswer},
    maintenances::{
        CancelOrder, ChangeOrder, MaintenanceAnswer, MaintenancesAnswer, NoticeOrder, PlanOrder, TurnOrder,
    },
    subscribers::{BounceAnswer, BounceOrder, ImportAnswer, ImportOrder, RemoveAnswer, RemoveOrder, SubscribersAnswer},
};

pub(super) type MakeSchema = fn(&mut SchemaGenerator) -> Value;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    Everybody,
    Operators,
}

/// Something given in the address.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) place: &'static str,
    pub(super) about: &'static str,
    pub(super) schema: Value,
}

/// What is answered when all goes well.
pub(super) enum Answer {
    Json(u16, &'static str, MakeSchema),
    Other(u16, &'static str, &'static str),
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Json(status, ..) | Self::Other(status, ..) => *status,
        }
    }
}

/// One operation.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) audience: Audience,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<MakeSchema>,
    pub(super) answers: Vec<Answer>,
}

impl Operation {
    /// The problems that it may answer with.
    pub(super) fn problems(&self) -> Vec<u16> {
        let mut problems = vec![400, 401, 404, 405, 414, 503];
        if self.body.is_some() {
            problems.extend([408, 413, 415, 422]);
        }
        if self.method == "post" || self.audience == Audience::Operators {
            problems.push(409);
        }
        problems
    }

    fn new(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let parameters = if path.contains("{id}") { vec![id_parameter(path)] } else { vec![] };
        let (audience, body, answers) = (Audience::Operators, None, vec![]);
        Self { method, path, id, summary, audience, parameters, body, answers }
    }

    fn public(mut self) -> Self {
        self.audience = Audience::Everybody;
        self
    }

    fn takes(mut self, body: MakeSchema) -> Self {
        self.body = Some(body);
        self
    }

    fn query(mut self, name: &'static str, about: &'static str, schema: Value) -> Self {
        self.parameters.push(Parameter { name, place: "query", about, schema });
        self
    }

    fn answers(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }
}

fn id_parameter(path: &str) -> Parameter {
    let (about, pattern) = if path.contains("/components/") {
        ("the component's id", "^[a-z0-9][a-z0-9_-]{0,63}$")
    } else if path.contains("/locations/") {
        ("the location's name", "^[a-z0-9][a-z0-9_-]{0,63}$")
    } else if path.contains("/channels/") {
        ("the channel's name", "^[a-z0-9][a-z0-9_-]{0,63}$")
    } else if path.contains("/maintenances/") {
        ("the maintenance's id", "^[a-z0-9]{12}$")
    } else {
        ("the incident's id", "^[a-z0-9]{12}$")
    };
    Parameter { name: "id", place: "path", about, schema: json!({ "type": "string", "pattern": pattern }) }
}

fn instant() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// All of them.
pub(super) fn all() -> Vec<Operation> {
    let mut all = readings();
    all.extend(orders());
    all.extend(maintenances());
    all.extend(subscribers());
    all.extend(locations());
    all.extend(channels());
    all
}

fn readings() -> Vec<Operation> {
    vec![
        Operation::new("get", "/api/v1/openapi.json", "openapi", "This document")
            .public()
            .answers(Answer::Json(200, "The document", |_| json!({ "type": "object" }))),
        Operation::new("get", "/api/v1/components/{id}/observations", "observations", "Results of a component, newest first")
            .public()
            .query("from", "the first instant", instant())
            .query("to", "the first instant that is left out", instant())
            .query("limit", "how many at most", json!({ "type": "integer", "minimum": 1, "maximum": 1_000, "default": 100 }))
            .query("cursor", "the `next` of the page before", json!({ "type": "string" }))
            .answers(Answer::Json(200, "A page; operators also see addresses and evidence", |_| json!({
                "type": "object",
                "properties": { "observations": { "type": "array", "items": { "type": "object" } }, "next": { "type": ["string", "null"] } },
                "required": ["observations", "next"],
            }))),
        Operation::new("get", "/api/v1/components/{id}/history", "history", "Uptime and latency of a component by hour or day")
            .public()
            .query("from", "the first instant", instant())
            .query("to", "the first instant that is left out", instant())
            .query("step", "hour or day", json!({ "type": "string" }))
            .answers(Answer::Json(200, "Roll-ups, the oldest first", |_| json!({ "type": "object" }))),
        Operation::new("get", "/api/v1/incidents", "incidents", "Incidents, those that began last first")
            .query("open", "only those that are not over (true), or only those that are (false)", json!({ "type": "boolean" }))
            .answers(Answer::Json(200, "The incidents", of::<IncidentsAnswer>)),
        Operation::new("get", "/api/v1/incidents/{id}", "incident", "One incident").answers(incident()),
        Operation::new("get", "/api/v1/incidents/{id}/postmortem", "postmortem", "The draft of a post-mortem as it stands now")
            .query("lang", "its language", json!({ "enum": ["en", "fr"] }))
            .answers(Answer::Json(200, "The draft, field by field and as Markdown", of::<PostmortemAnswer>)),
        Operation::new("get", "/api/v1/audit", "audit", "Every order that was given, carried out or refused, newest first")
            .query("limit", "how many at most", json!({ "type": "integer", "minimum": 1, "maximum": audit::MOST, "default": audit::DEFAULT }))
            .answers(Answer::Json(200, "The orders, and what became of them", of::<AuditAnswer>)),
        Operation::new("get", "/api/v1/backup", "backup", "The store as it is at one instant")
            .answers(Answer::Other(200, "An archive", "application/x-tar")),
        Operation::new("post", "/api/v1/verify", "verify", "Look at every checksum of the data")
            .answers(Answer::Other(200, "How far it is, and the report as the last line", "application/x-ndjson")),
    ]
}

fn orders() -> Vec<Operation> {
    vec![
        Operation::new("post", "/api/v1/incidents", "open", "Open an incident by hand")
            .takes(of::<OpenOrder>)
            .answers(Answer::Json(201, "The incident; `Location` says where it is", of::<IncidentAnswer>)),
        Operation::new("post", "/api/v1/incidents/{id}/acknowledge", "acknowledge", "Take an incident; twice is once")
            .answers(incident()),
        Operation::new("post", "/api/v1/incidents/{id}/updates", "say", "Publish an update")
            .takes(of::<SayOrder>)
            .answers(incident()),
        Operation::new("post", "/api/v1/incidents/{id}/release", "release", "Give the lead back to the measurements")
            .takes(of::<ReleaseOrder>)
            .answers(incident()),
        Operation::new("post", "/api/v1/incidents/{id}/reported-by-users", "told", "Note when users told of it")
            .takes(of::<ToldOrder>)
            .answers(incident()),
        Operation::new("post", "/api/v1/incidents/{id}/link", "link", "Say of which earlier incident it is the return")
            .takes(of::<LinkOrder>)
            .answers(incident()),
        Operation::new(
            "post",
            "/api/v1/incidents/{id}/postmortem/fields",
            "field",
            "Write a field of the post-mortem, or let it be made again",
        )
        .takes(of::<FieldOrder>)
        .answers(incident()),
        Operation::new("post", "/api/v1/incidents/{id}/postmortem/publish", "publish", "Make the post-mortem public")
            .takes(of::<ReleaseOrder>)
            .answers(incident()),
        Operation::new("post", "/api/v1/incidents/{id}/postmortem/withdraw", "withdraw", "Take the post-mortem back")
            .takes(of::<ReleaseOrder>)
            .answers(incident()),
    ]
}

fn incident() -> Answer {
    Answer::Json(200, "The incident as it is now", of::<IncidentAnswer>)
}

fn maintenances() -> Vec<Operation> {
    const PATH: &str = "/api/v1/maintenances";
    vec![
        Operation::new("get", PATH, "maintenances", "Planned maintenance, what begins last first")
            .public()
            .query("open", "only what is not over (true), or only what is (false)", json!({ "type": "boolean" }))
            .query(
                "limit",
                "how many at most",
                json!({ "type": "integer", "minimum": 1, "maximum": 1_000, "default": 100 }),
            )
            .answers(Answer::Json(
                200,
                "The maintenances; operators also see who planned them",
                of::<MaintenancesAnswer>,
            )),
        Operation::new("get", "/api/v1/maintenances/{id}", "maintenance", "One maintenance")
            .public()
            .answers(maintenance()),
        Operation::new("post", PATH, "plan_maintenance", "Plan a maintenance, once or again and again")
            .takes(of::<PlanOrder>)
            .answers(Answer::Json(201, "The first occurrence; `Location` says where it is", of::<MaintenanceAnswer>)),
        Operation::new(
            "post",
            "/api/v1/maintenances/{id}/change",
            "change_maintenance",
            "Change what was planned of one occurrence",
        )
        .takes(of::<ChangeOrder>)
        .answers(maintenance()),
        Operation::new(
            "post",
            "/api/v1/maintenances/{id}/cancel",
            "cancel_maintenance",
            "Take back what has not begun",
        )
        .takes(of::<CancelOrder>)
        .answers(maintenance()),
        Operation::new("post", "/api/v1/maintenances/{id}/begin", "begin_maintenance", "Begin before its time")
            .takes(of::<TurnOrder>)
            .answers(maintenance()),
        Operation::new("post", "/api/v1/maintenances/{id}/end", "end_maintenance", "End before its time")
            .takes(of::<TurnOrder>)
            .answers(maintenance()),
        Operation::new("post", "/api/v1/maintenances/{id}/updates", "say_maintenance", "Publish a notice")
            .takes(of::<NoticeOrder>)
            .answers(maintenance()),
    ]
}

fn subscribers() -> Vec<Operation> {
    vec![
        Operation::new("get", "/api/v1/subscribers", "subscribers", "Everybody who is told by mail")
            .answers(Answer::Json(200, "The subscribers, in the order of their addresses", of::<SubscribersAnswer>)),
        Operation::new(
            "post",
            "/api/v1/subscribers/import",
            "import_subscribers",
            "Bring subscribers whose consent can be proved",
        )
        .takes(of::<ImportOrder>)
        .answers(Answer::Json(200, "What became of them", of::<ImportAnswer>)),
        Operation::new("post", "/api/v1/subscribers/remove", "remove_subscriber", "Erase a subscriber")
            .takes(of::<RemoveOrder>)
            .answers(Answer::Json(200, "Who was erased", of::<RemoveAnswer>)),
        Operation::new("post", "/api/v1/bounces", "bounce", "Take a mail that came back, or a wish to leave by mail")
            .takes(of::<BounceOrder>)
            .answers(Answer::Json(200, "What it did", of::<BounceAnswer>)),
    ]
}

fn locations() -> Vec<Operation> {
    const CODE: &str = "The code to start it with, shown this once";
    vec![
        Operation::new(
            "get",
            "/api/v1/locations",
            "locations",
            "The places that report from elsewhere, and how they do",
        )
        .answers(Answer::Json(200, "The locations, by their names", of::<LocationsAnswer>)),
        Operation::new("post", "/api/v1/locations", "add_location", "Add a location")
            .takes(of::<AddLocationOrder>)
            .answers(Answer::Json(201, CODE, of::<CodeAnswer>)),
        Operation::new("post", "/api/v1/locations/{id}/rotate", "rotate_location", "Make a code for another key of it")
            .answers(Answer::Json(201, CODE, of::<CodeAnswer>)),
        Operation::new("post", "/api/v1/locations/{id}/revoke", "revoke_location", "Believe nothing more that it says")
            .answers(Answer::Json(200, "The location as it is now", of::<LocationAnswer>)),
    ]
}

fn channels() -> Vec<Operation> {
    vec![
        Operation::new(
            "get",
            "/api/v1/channels",
            "channels",
            "The channels of alarms, and what proves that each works",
        )
        .answers(Answer::Json(200, "The channels, in the order of their names", of::<ChannelsAnswer>)),
        Operation::new("post", "/api/v1/channels/{id}/test", "test_channel", "Send a message that is plainly a test")
            .answers(Answer::Json(200, "The channel's receipt, or why it did not take it", of::<TestAnswer>)),
    ]
}

fn maintenance() -> Answer {
    Answer::Json(200, "The maintenance as it is now", of::<MaintenanceAnswer>)
}
