//! Feeds: what happened, told to programs that look again and again, in three formats of the same entries.
//!
//! It does not know HTTP. Ids never change; `published` is when it began and `updated` when something was last said.

mod atom;
mod entry;
mod json;
mod rss;

use std::sync::Arc;

use shared::{ComponentId, Language, Timestamp};
use url::Url;

use crate::{
    incident::{Incident, blindness},
    maintenance::Maintenance,
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

use entry::Entry;

/// How many entries a feed of incidents has.
const NEWEST: usize = 50;
/// How many a feed of updates has.
const NEWEST_UPDATES: usize = 100;

/// What a feed is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Everything, an entry for each incident and each maintenance.
    History,
    /// The same of one component.
    Component(ComponentId),
    /// An entry for each update of an incident and each notice of a maintenance.
    Updates,
}

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RFC 4287.
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Rss => "rss",
            Self::Json => "json",
        }
    }
}

impl Subject {
    /// The path of its feed in that format.
    pub fn path(&self, format: Format) -> String {
        match (self, format) {
            (Self::History, Format::Atom | Format::Rss) => format!("/history.{}", format.extension()),
            (Self::History, Format::Json) => "/feed.json".to_owned(),
            (Self::Component(id), format) => format!("/services/{id}/feed.{}", format.extension()),
            (Self::Updates, format) => format!("/updates.{}", format.extension()),
        }
    }
}

/// A feed that no format has been chosen for.
struct Feed {
    /// Never changes.
    id: String,
    title: String,
    /// Who speaks.
    author: String,
    language: Language,
    updated: Timestamp,
    /// The page that says the same.
    home: String,
    /// The feed's own address.
    own: String,
    entries: Vec<Entry>,
}

/// Writes the feed about `subject`; there is none about a component that does not exist.
pub fn write(snapshot: &Snapshot, subject: &Subject, format: Format, language: Language, base: &Url) -> Option<String> {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let feed = Source { snapshot, words: &words, base }.feed(subject, format)?;
    let written = match format {
        Format::Atom => atom::write(&feed),
        Format::Rss => rss::write(&feed),
        Format::Json => return Some(json::write(&feed)),
    };
    Some(written.chars().filter(|&c| legal(c)).collect())
}

/// What XML 1.0 can carry at all (§2.2): no reader takes a document with anything else in it.
fn legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What feeds are made of.
struct Source<'a> {
    snapshot: &'a Snapshot,
    words: &'a Words,
    base: &'a Url,
}

impl Source<'_> {
    fn feed(&self, subject: &Subject, format: Format) -> Option<Feed> {
        let language = self.words.language();
        let site = inert(self.snapshot.site.title.get(language));
        let (title, home, mut entries, limit) = match subject {
            Subject::History => {
                (self.words.feed_history(site.clone()), "/history".to_owned(), self.everything(), NEWEST)
            }
            Subject::Updates => {
                (self.words.feed_updates(site.clone()), "/history".to_owned(), self.updates(), NEWEST_UPDATES)
            }
            Subject::Component(id) => {
                let component = self.snapshot.component(id)?;
                let title = self.words.feed_component(site.clone(), inert(component.name.get(language)));
                (title, format!("/services/{id}"), self.of(component), NEWEST)
            }
        };
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.updated));
        entries.truncate(limit);
        let born = self.snapshot.components.iter().map(|component| component.created_at).min();
        Some(Feed {
            id: self.tag(&subject.path(Format::Atom)),
            title,
            author: site,
            language,
            updated: entries.first().map(|entry| entry.updated).or(born).unwrap_or(self.snapshot.generated_at),
            home: self.link(&home),
            own: self.link(&subject.path(format)),
            entries,
        })
    }

    fn everything(&self) -> Vec<Entry> {
        let incidents = self.snapshot.incidents.iter().map(|incident| self.incident(incident));
        let works = self.snapshot.maintenances.iter().map(|maintenance| self.maintenance(maintenance));
        blindness::of(self.snapshot).map(|blind| self.blind(&blind)).into_iter().chain(incidents).chain(works).collect()
    }

    fn of(&self, component: &ComponentView) -> Vec<Entry> {
        let ids = || std::iter::once(&component.id).chain(&component.formerly);
        let touched = |incident: &&Arc<Incident>| ids().any(|id| incident.components.contains_key(id));
        let scoped = |work: &&Arc<Maintenance>| ids().any(|id| work.scope.covers(id, component.group.as_ref()));
        let blind =
            blindness::of(self.snapshot).filter(|blind| blind.components.iter().any(|blind| blind.id == component.id));
        let incidents = self.snapshot.incidents.iter().filter(touched).map(|incident| self.incident(incident));
        let works = self.snapshot.maintenances.iter().filter(scoped).map(|work| self.maintenance(work));
        blind.map(|blind| self.blind(&blind)).into_iter().chain(incidents).chain(works).collect()
    }

    fn updates(&self) -> Vec<Entry> {
        let incidents = self.snapshot.incidents.iter().flat_map(|incident| self.incident_updates(incident));
        let works = self.snapshot.maintenances.iter().flat_map(|work| self.maintenance_updates(work));
        blindness::of(self.snapshot).map(|blind| self.blind(&blind)).into_iter().chain(incidents).chain(works).collect()
    }

    /// RFC 4151: ours for as long as the name of the page is.
    fn tag(&self, what: &str) -> String {
        format!("tag:{},2026:{what}", self.base.host_str().unwrap_or("localhost"))
    }

    /// An absolute address in the reader's language.
    fn link(&self, path: &str) -> String {
        format!("{}{path}?lang={}", self.base.as_str().trim_end_matches('/'), self.words.language())
    }
}

#[cfg(test)]
mod tests;
