//! Incidents as Statuspage has them, the newest first, with the one that says that we are blind before all others.
//!
//! It does not know maintenance, which has the same fields and times of its own.

use shared::{ComponentId, Impact, Stage, Timestamp};

use super::{
    View,
    document::{
        self, Affected, Component, Either, Incident, Incidents, Monitor, MonitorState, One, Postmortem, Update, word,
    },
    interruption,
};
use crate::{
    incident::{self, Change, Involvement, wording},
    postmortem::Story,
    public_id as id,
};

/// The status of an incident whose post-mortem is public, and of the update that says so.
const POSTMORTEM: &str = "postmortem";
/// How many there are in a list.
pub(super) const NEWEST: usize = 50;

impl View<'_> {
    /// `incidents.json`: the newest, in all stages.
    pub(crate) fn incidents(&self) -> Incidents {
        let all = self.snapshot.incidents.iter().map(|incident| self.incident(incident));
        let incidents = interruption::incident(self).into_iter().chain(all).take(NEWEST).collect();
        Incidents { page: self.page(), incidents }
    }

    /// `incidents/unresolved.json`.
    pub(crate) fn unresolved_incidents(&self) -> Incidents {
        Incidents { page: self.page(), incidents: self.unresolved() }
    }

    /// `incidents/{id}.json`: an incident, or a maintenance, for both are read under one address.
    pub(crate) fn one(&self, id: &str) -> Option<One> {
        let incident = self.snapshot.incidents.iter().find(|incident| incident.id.as_str() == id);
        let incident = match incident {
            Some(incident) => Either::Incident(Box::new(self.incident(incident))),
            None => match interruption::incident(self).filter(|interruption| interruption.id == id) {
                Some(interruption) => Either::Incident(Box::new(interruption)),
                None => Either::Maintenance(Box::new(self.maintenance(id)?)),
            },
        };
        Some(One { page: self.page(), incident })
    }

    /// What is not over.
    pub(super) fn unresolved(&self) -> Vec<Incident> {
        let open = self.snapshot.open_incidents().map(|incident| self.incident(incident));
        interruption::incident(self).into_iter().chain(open).collect()
    }

    fn incident(&self, incident: &incident::Incident) -> Incident {
        let postmortem = self.postmortem(incident);
        let analysed = postmortem.postmortem_published_at.filter(|_| !incident.stage.is_open());
        let said = incident.updates.iter().rev().map(|update| self.update(incident, update));
        let analysis = analysed.map(|published_at| self.analysis(incident, published_at, &postmortem));
        let monitoring = incident.updates.iter().rev().find(|update| update.stage == Stage::Monitoring);
        Incident {
            id: incident.id.to_string(),
            name: wording::title(incident, &self.words),
            status: if analysed.is_some() { POSTMORTEM } else { incident.stage.word() },
            created_at: incident.times.detected_at,
            updated_at: incident.times.updated_at,
            monitoring_at: monitoring.map(|update| update.at),
            resolved_at: incident.times.resolved_at,
            impact: impact(incident.impact),
            shortlink: self.address(incident.id.as_str()),
            started_at: incident.times.started_at,
            page_id: self.page_id(),
            incident_updates: analysis.into_iter().chain(said).collect(),
            components: incident.components.iter().zip(1..).map(|(part, at)| self.involved(part, at)).collect(),
            reminder_intervals: None,
            postmortem,
        }
    }

    /// What an incident's story has of a post-mortem, once that is public: the returns of an incident share the one of the first.
    fn postmortem(&self, incident: &incident::Incident) -> Postmortem {
        let story = Story::of(self.snapshot, &incident.id);
        let published = story.and_then(|story| Some((story.published(self.snapshot, &self.words)?, story)));
        let Some((draft, story)) = published else { return Postmortem::default() };
        let kept = &story.first().postmortem;
        Postmortem {
            postmortem_body: Some(draft.markdown(&self.words)),
            postmortem_body_last_updated_at: kept.edited_at,
            postmortem_published_at: kept.published_at,
            ..Postmortem::default()
        }
    }

    /// The update that says so, as Statuspage has it: clients that show the newest one lead to the post-mortem.
    fn analysis(&self, incident: &incident::Incident, at: Timestamp, postmortem: &Postmortem) -> Update {
        let address = format!("{}/postmortem", self.address(incident.id.as_str()));
        Update {
            id: id::stable(id::Kind::Update, &format!("{} {POSTMORTEM}", incident.id)),
            status: POSTMORTEM,
            body: self.words.postmortem_published(address),
            incident_id: incident.id.to_string(),
            created_at: at,
            updated_at: postmortem.postmortem_body_last_updated_at.map_or(at, |edited| edited.max(at)),
            display_at: at,
            affected_components: None,
            deliver_notifications: false,
            custom_tweet: None,
            tweet_id: None,
        }
    }

    fn update(&self, incident: &incident::Incident, update: &incident::Update) -> Update {
        let affected: Vec<_> = update.affected.iter().map(|change| self.affected(incident, change)).collect();
        Update {
            id: id::update(&incident.id, update.number),
            status: update.stage.word(),
            body: wording::text(incident, update, &self.words),
            incident_id: incident.id.to_string(),
            created_at: update.at,
            updated_at: update.at,
            display_at: update.at,
            affected_components: Some(affected).filter(|affected| !affected.is_empty()),
            deliver_notifications: true,
            custom_tweet: None,
            tweet_id: None,
        }
    }

    fn affected(&self, incident: &incident::Incident, change: &Change) -> Affected {
        let part = incident.components.get(&change.component);
        Affected {
            code: id::stable(id::Kind::Component, change.component.as_str()),
            name: match part {
                Some(part) => self.full_name(&part.name, part.group.as_ref()),
                None => change.component.to_string(),
            },
            old_status: word(change.from),
            new_status: word(change.to),
        }
    }

    /// A component as it is now; one that is watched no more as the incident remembers it.
    fn involved(&self, (id, part): (&ComponentId, &Involvement), position: usize) -> Component {
        if let Some((_, present)) = self.places.get(id) {
            return self.component(present);
        }
        Component {
            id: id::stable(id::Kind::Component, id.as_str()),
            name: part.name.get(self.language()).to_owned(),
            status: word(part.status),
            created_at: part.since,
            updated_at: part.recovered_at.unwrap_or(part.since),
            position,
            description: None,
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: self.page_id(),
            group: false,
            only_show_if_degraded: false,
            x_monitor: Monitor {
                state: MonitorState::Stale,
                last_result_at: part.recovered_at,
                stale_at: None,
                measured_status: None,
            },
        }
    }
}

fn impact(impact: Impact) -> document::Impact {
    match impact {
        Impact::None => document::Impact::None,
        Impact::Minor => document::Impact::Minor,
        Impact::Major => document::Impact::Major,
        Impact::Critical => document::Impact::Critical,
    }
}
