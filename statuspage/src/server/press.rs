//! Makes works of a snapshot: which function makes which page or document, and what caches may do with it.
//!
//! It does not know requests, and keeps nothing.

use std::collections::HashMap;

use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;
use shared::{ComponentId, IncidentId, Language, MaintenanceId};
use url::Url;

use super::representation::{CachePolicy, Representation};
use crate::{api::v2, badge, bundle, calendar, feed, page, snapshot::Snapshot};

pub(super) const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// Something that can be made of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Work {
    /// `/`.
    Home(Language),
    /// `/services/{id}`.
    Service(ComponentId, Language),
    /// `/incidents/{id}` of an incident.
    Incident(IncidentId, Language),
    /// `/incidents/{id}` of a maintenance.
    Maintenance(MaintenanceId, Language),
    /// `/history`, or one month of it.
    History(Option<page::Month>, Language),
    /// `/monitoring`.
    Oversight(Language),
    /// `/affected` before anything was asked.
    Affected(Language),
    /// The page that says what went wrong.
    Error(StatusCode, Language),
    /// `/status.txt`.
    PlainText(Language),
    /// `/snapshot.json`.
    Live(Language),
    /// `/status.txt?for=voice`.
    Voice(Language),
    /// A document of Statuspage's API.
    Document(Document, Language),
    /// A feed of what happened.
    Feed(feed::Subject, feed::Format, Language),
    /// The calendar of everything's or of a component's maintenance.
    Calendar(Option<ComponentId>, Language),
    /// A badge.
    Badge(badge::Subject, badge::Format, Language),
}

/// The documents of Statuspage's API.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Document {
    /// `summary.json`.
    Summary,
    /// `status.json`.
    Status,
    /// `components.json`.
    Components,
    /// `incidents.json`.
    Incidents,
    /// `incidents/unresolved.json`.
    Unresolved,
    /// `incidents/{id}.json`, for an id that is that of something.
    Incident(String),
    /// `scheduled-maintenances.json`.
    Maintenances,
    /// `scheduled-maintenances/upcoming.json`.
    Upcoming,
    /// `scheduled-maintenances/active.json`.
    Active,
}

/// Makes works.
#[derive(Debug)]
pub(super) struct Press {
    /// Where this server listens: the page's address when the settings give none.
    local: Url,
}

impl Press {
    pub(super) fn new(local: Url) -> Self {
        Self { local }
    }

    /// Makes a work; there is none for a component that does not exist. Takes milliseconds.
    pub(super) fn print(&self, snapshot: &Snapshot, work: &Work) -> Option<Representation> {
        let shared = CachePolicy::Shared { promise: snapshot.promise };
        let make = |content_type, content: String, cache| Representation::new(content_type, content, cache);
        let (language, made) = match work {
            Work::Home(language) => (language, make(HTML, page::home(snapshot, *language), shared)),
            Work::Service(id, language) => {
                let component = snapshot.component(id)?;
                (language, make(HTML, page::service(snapshot, component, *language), shared))
            }
            Work::Incident(id, language) => {
                let incident = snapshot.incident(id)?;
                (language, make(HTML, page::incident(snapshot, incident, *language), shared))
            }
            Work::Maintenance(id, language) => {
                let maintenance = snapshot.maintenance(id)?;
                (language, make(HTML, page::maintenance(snapshot, maintenance, *language), shared))
            }
            Work::History(month, language) => {
                (language, make(HTML, page::history(snapshot, *month, *language)?, shared))
            }
            Work::Oversight(language) => (language, make(HTML, page::oversight(snapshot, *language), shared)),
            Work::Affected(language) => {
                (language, make(HTML, page::affected(snapshot, page::Asked::Nothing, *language), shared))
            }
            Work::Error(status, language) => {
                (language, make(HTML, page::error(&snapshot.site, *language, problem(*status)), CachePolicy::Never))
            }
            Work::PlainText(language) => (language, make(TEXT, page::plain_text(snapshot, *language), shared)),
            Work::Voice(language) => (language, make(TEXT, page::voice(snapshot, *language), shared)),
            Work::Live(language) => (language, make(JSON, json(&page::live(snapshot, *language)), shared)),
            Work::Document(document, language) => {
                (language, make(JSON, self.document(snapshot, document, *language)?, shared))
            }
            Work::Feed(subject, format, language) => {
                let feed = feed::write(snapshot, subject, *format, *language, self.base(snapshot))?;
                (language, make(format.media_type(), feed, shared))
            }
            Work::Calendar(component, language) => {
                let calendar = calendar::write(snapshot, component.as_ref(), *language, self.base(snapshot))?;
                (language, make(calendar::MEDIA_TYPE, calendar, shared))
            }
            Work::Badge(subject, format, language) => {
                let media_type = match format {
                    badge::Format::Svg => badge::SVG,
                    badge::Format::Json => JSON,
                };
                (language, make(media_type, badge::write(snapshot, subject, *format, *language)?, shared))
            }
        };
        Some(made.in_language(*language))
    }

    fn document(&self, snapshot: &Snapshot, document: &Document, language: Language) -> Option<String> {
        let view = v2::View::new(snapshot, language, self.base(snapshot));
        Some(match document {
            Document::Summary => json(&view.summary()),
            Document::Status => json(&view.status()),
            Document::Components => json(&view.components()),
            Document::Incidents => json(&view.incidents()),
            Document::Unresolved => json(&view.unresolved_incidents()),
            Document::Incident(id) => json(&view.one(id)?),
            Document::Maintenances => json(&view.maintenances()),
            Document::Upcoming => json(&view.upcoming_maintenances()),
            Document::Active => json(&view.active_maintenances()),
        })
    }

    /// The page's own address.
    fn base<'a>(&'a self, snapshot: &'a Snapshot) -> &'a Url {
        snapshot.site.public_url.as_ref().unwrap_or(&self.local)
    }
}

/// Our own types, whose keys are all texts.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("every key is a text and no serializer of ours fails")
}

/// The immutable files of this build by their paths.
pub(super) fn assets() -> HashMap<&'static str, Representation> {
    let made = |asset: &bundle::Asset| {
        let bytes = Bytes::from_static(asset.bytes);
        let brotli = Bytes::from_static(asset.brotli);
        (asset.path, Representation::compressed(asset.content_type, bytes, brotli, CachePolicy::Immutable))
    };
    bundle::assets().iter().map(made).collect()
}

/// The page for a status. One that no page is made for reads as our own fault.
fn problem(status: StatusCode) -> page::Problem {
    let same = |problem: &page::Problem| problem.code() == status.as_u16();
    match page::Problem::ALL.into_iter().find(same) {
        Some(problem) => problem,
        None if status.is_client_error() => page::Problem::BadRequest,
        None => page::Problem::Internal,
    }
}
