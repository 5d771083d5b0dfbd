//! Incidents, maintenance and their updates as entries of a feed.
//!
//! It does not know formats.

use shared::{Stage, Timestamp};

use super::Source;
use crate::{
    incident::{Incident, Update, blindness::Blindness, wording},
    maintenance::{self, Maintenance, Notice},
    markdown,
    postmortem::Story,
    public_id,
    words::inert,
};

/// One thing that happened, or that was said.
pub(super) struct Entry {
    /// Never changes.
    pub(super) id: String,
    pub(super) title: String,
    /// The page about it.
    pub(super) link: String,
    /// When it began.
    pub(super) published: Timestamp,
    /// When something was last said.
    pub(super) updated: Timestamp,
    /// What was said last, in plain text.
    pub(super) summary: String,
    /// All that was said, as safe HTML.
    pub(super) html: String,
    /// The services that it is about, by name.
    pub(super) services: Vec<String>,
}

/// So many services are named in an entry: the page names them all.
const NAMED: usize = 20;

impl Source<'_> {
    pub(super) fn incident(&self, incident: &Incident) -> Entry {
        let said = |update: &Update| {
            self.paragraphs(
                update.at,
                &wording::stage(update.stage, self.words),
                &wording::html(incident, update, self.words),
            )
        };
        let mut html = self.help(incident) + &self.analysis(incident);
        html.extend(incident.updates.iter().rev().map(said));
        Entry {
            id: self.tag(&format!("incident/{}", incident.id)),
            title: wording::title(incident, self.words),
            link: self.link(&format!("/incidents/{}", incident.id)),
            published: incident.times.started_at,
            updated: incident.times.updated_at.max(incident.latest().map_or(incident.times.started_at, |last| last.at)),
            summary: incident.latest().map(|last| wording::text(incident, last, self.words)).unwrap_or_default(),
            html,
            services: self.services(incident),
        }
    }

    pub(super) fn incident_updates(&self, incident: &Incident) -> Vec<Entry> {
        let entry = |update: &Update| Entry {
            id: self.tag(&format!("update/{}", public_id::update(&incident.id, update.number))),
            title: self.words.item(wording::title(incident, self.words), wording::stage(update.stage, self.words)),
            link: self.link(&format!("/incidents/{}", incident.id)),
            published: update.at,
            updated: update.at,
            summary: wording::text(incident, update, self.words),
            html: wording::html(incident, update, self.words),
            services: self.services(incident),
        };
        incident.updates.iter().map(entry).collect()
    }

    pub(super) fn maintenance(&self, work: &Maintenance) -> Entry {
        use maintenance::wording;
        let said = wording::said(work);
        let told = |notice: &Notice| {
            let html = wording::html(work, notice, self.words);
            self.paragraphs(notice.at, &wording::stage(notice.stage, self.words), &html)
        };
        let when = markdown::paragraph(&wording::window(work, self.words));
        let description = markdown::html(work.description.get(self.words.language()));
        let summary = said.last().map(|last| wording::text(work, last, self.words)).unwrap_or_default();
        Entry {
            id: self.tag(&format!("maintenance/{}", work.id)),
            title: self.words.item(self.words.state_maintenance(), wording::title(work, self.words)),
            link: self.link(&format!("/incidents/{}", work.id)),
            published: work.created_at,
            updated: said.iter().map(|notice| notice.at).fold(work.updated_at, Timestamp::max),
            summary,
            html: said.iter().rev().map(told).fold(format!("{when}{description}"), |html, notice| html + &notice),
            services: self.concerned(work),
        }
    }

    pub(super) fn maintenance_updates(&self, work: &Maintenance) -> Vec<Entry> {
        use maintenance::wording;
        let entry = |notice: &Notice| Entry {
            id: self.tag(&format!("notice/{}-{}", work.id, notice.number)),
            title: self.words.item(wording::title(work, self.words), wording::stage(notice.stage, self.words)),
            link: self.link(&format!("/incidents/{}", work.id)),
            published: notice.at,
            updated: notice.at,
            summary: wording::text(work, notice, self.words),
            html: wording::html(work, notice, self.words),
            services: self.concerned(work),
        };
        wording::said(work).iter().map(entry).collect()
    }

    /// That our own monitoring is blind: no reader of a feed must take silence for good news.
    pub(super) fn blind(&self, blind: &Blindness<'_>) -> Entry {
        let summary = self.words.interruption_update(self.moment(blind.since));
        let names = blind.components.iter().map(|component| inert(component.name.get(self.words.language())));
        Entry {
            id: self.tag(&format!("incident/{}", blind.id)),
            title: self.words.stopped_title(),
            link: self.link("/"),
            published: blind.since,
            updated: blind.spread_at,
            html: markdown::paragraph(&summary),
            summary,
            services: names.take(NAMED).collect(),
        }
    }

    /// What helps readers now: how they can do without, and when they will hear more.
    fn help(&self, incident: &Incident) -> String {
        let mut html = String::new();
        if incident.stage == Stage::Resolved {
            return html;
        }
        if let Some(workaround) = &incident.workaround {
            html += &markdown::paragraph(&self.words.workaround());
            html += &markdown::html(workaround.get(self.words.language()));
        }
        if let Some(next) = incident.next_update_at {
            html += &markdown::paragraph(&self.words.next_update(self.moment(next)));
        }
        html
    }

    /// Where its post-mortem is read, once that is public.
    fn analysis(&self, incident: &Incident) -> String {
        let story = Story::of(self.snapshot, &incident.id).map(|story| story.first());
        let Some(first) = story.filter(|first| first.postmortem.published_at.is_some()) else { return String::new() };
        let address = markdown::escape(&self.link(&format!("/incidents/{}/postmortem", first.id)));
        format!("<p><a href=\"{address}\">{}</a></p>\n", markdown::escape(&self.words.read_postmortem()))
    }

    /// When, in which stage, and what.
    fn paragraphs(&self, at: Timestamp, stage: &str, html: &str) -> String {
        let (stage, when) = (markdown::escape(stage), markdown::escape(&self.moment(at)));
        format!("<p><strong>{stage}</strong> · <time datetime=\"{at}\">{when}</time></p>\n{html}")
    }

    /// With its date and year: nobody knows when an entry is read.
    fn moment(&self, at: Timestamp) -> String {
        self.words.moment(self.words.long_date(self.words.day_of(at)), self.words.clock(at))
    }

    fn services(&self, incident: &Incident) -> Vec<String> {
        let name = |part: &crate::incident::Involvement| inert(part.name.get(self.words.language()));
        incident.components.values().take(NAMED).map(name).collect()
    }

    fn concerned(&self, work: &Maintenance) -> Vec<String> {
        let components = self.snapshot.components.iter();
        let concerned = components.filter(|component| work.scope.covers(&component.id, component.group.as_ref()));
        concerned.take(NAMED).map(|component| inert(component.name.get(self.words.language()))).collect()
    }
}
