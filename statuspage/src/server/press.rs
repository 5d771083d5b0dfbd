//! Makes works of a snapshot: which function makes which page or document, and what caches may do with it.
//!
//! It does not know requests, and keeps no work: only since when feeds and calendars read as they do.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;
use shared::{ComponentId, IncidentId, Language, MaintenanceId, Timestamp};
use url::Url;

use super::representation::{CachePolicy, Representation};
use crate::{
    api::v2, badge, bulletin::bulletin, bundle, calendar, clock::now, feed, page, postmortem::Story, snapshot::Snapshot,
};

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
    /// `/incidents/{id}/postmortem`, of the incident that keeps it.
    Postmortem(IncidentId, Language),
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
    /// The same as [`Work::Error`] for programs and terminals.
    PlainError(StatusCode, Language),
    /// `/status.txt`.
    PlainText(Language),
    /// `/snapshot.json`.
    Live(Language),
    /// `/bulletin.json`.
    Bulletin,
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
    /// What stands for a work that is asked for again and again, and since when it has been so.
    ages: Mutex<HashMap<Work, (String, Timestamp)>>,
}

/// A second is the shortest time that a date in a header tells apart.
const SECOND: Duration = Duration::from_secs(1);
/// The ages of so many works are kept.
const AGES: usize = 16_384;

impl Press {
    pub(super) fn new(local: Url) -> Self {
        Self { local, ages: Mutex::default() }
    }

    /// Makes a work; there is none for a component that does not exist. Takes milliseconds.
    pub(super) fn print(&self, snapshot: &Snapshot, work: &Work) -> Option<Representation> {
        let shared = CachePolicy::Shared { promise: snapshot.promise };
        let make = |content_type, content: String, cache| Representation::new(content_type, content, cache);
        let (language, made) = match work {
            // A copy in between would be heard in the place of a hub that is silent.
            Work::Bulletin => return Some(make(JSON, json(&bulletin(snapshot)), CachePolicy::Never)),
            Work::Home(language) => (language, make(HTML, page::home(snapshot, *language), shared)),
            Work::Service(id, language) => {
                let component = snapshot.component(id)?;
                (language, make(HTML, page::service(snapshot, component, *language), shared))
            }
            Work::Postmortem(id, language) => {
                let story = Story::of(snapshot, id)?;
                (language, make(HTML, page::postmortem(snapshot, &story, *language)?, shared))
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
            Work::PlainError(status, language) => {
                let text = page::error_text(&snapshot.site, *language, problem(*status));
                (language, make(TEXT, text, CachePolicy::Never))
            }
            Work::PlainText(language) => (language, make(TEXT, page::plain_text(snapshot, *language), shared)),
            Work::Voice(language) => (language, make(TEXT, page::voice(snapshot, *language), shared)),
            Work::Live(language) => (language, make(JSON, json(&page::live(snapshot, *language)), shared)),
            Work::Document(document, language) => {
                (language, make(JSON, self.document(snapshot, document, *language)?, shared))
            }
            Work::Feed(subject, format, language) => {
                let feed = feed::write(snapshot, subject, *format, *language, self.base(snapshot))?;
                (language, self.dated(work, make(format.media_type(), feed, shared)))
            }
            Work::Calendar(component, language) => {
                let calendar = calendar::write(snapshot, component.as_ref(), *language, self.base(snapshot))?;
                (language, self.dated(work, make(calendar::MEDIA_TYPE, calendar, shared)))
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

    /// The work with the time since when it reads as it does, as far as this process knows.
    fn dated(&self, work: &Work, made: Representation) -> Representation {
        let mut ages = self.ages.lock().unwrap_or_else(PoisonError::into_inner);
        if ages.len() >= AGES {
            ages.clear();
        }
        let before = ages.get(work).filter(|(digest, _)| digest != made.digest()).map(|(_, since)| *since);
        // One that changes twice within a second has two dates all the same.
        let fresh = before.map_or_else(now, |before| now().max(before.plus(SECOND)));
        let (digest, since) = ages.entry(work.clone()).or_insert_with(|| (made.digest().to_owned(), fresh));
        if before.is_some() {
            (*digest, *since) = (made.digest().to_owned(), fresh);
        }
        let since = *since;
        made.since(since)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::{HeaderMap, header};

    use super::*;
    use crate::{feed, incident::sample, server::stage};

    #[test]
    fn a_feed_is_as_old_as_its_text() {
        let press = Press::new("http://127.0.0.1/".parse().expect("an address"));
        let work = Work::Feed(feed::Subject::History, feed::Format::Atom, Language::Fr);
        let date = |snapshot: &Snapshot| {
            let made = press.print(snapshot, &work).expect("there is one");
            made.respond(StatusCode::OK, &HeaderMap::new()).headers()[header::LAST_MODIFIED].clone()
        };
        let quiet = stage::snapshot(now());
        let mut eventful = quiet.clone();
        eventful.incidents = Arc::new(vec![Arc::new(sample::settled())]);
        let (first, later) = (date(&quiet), date(&eventful));
        assert_ne!(first, later);
        // A newer snapshot that says the same leaves the date as it is.
        eventful.generated_at = eventful.generated_at.plus(SECOND * 5);
        assert_eq!(date(&eventful), later);
        assert_ne!(date(&quiet), later, "what was said before is no older than what it takes the place of");
    }
}
