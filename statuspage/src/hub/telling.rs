//! The books of what is told, together: read from what the store kept, and written down as a whole.
//!
//! It does not know how a message travels, nor its words.

use bytes::Bytes;
use prober::definition::{Definition, DefinitionSet};
use shared::{ComponentId, IncidentId, Language, Status, Timestamp};

use super::{
    HubOptions,
    alarm::{Alarms, Bell},
    bells::{self, Checks},
    former::{self, Outage},
    locations,
    mailing::Post,
    maintenance,
};
use crate::{
    clock::now,
    incident::{self, Audit, Book, Incident, Involvement, Landmark, Landscape, News, Rules},
    location,
    notify::{
        Course, Escalation, Event, FaultKind, Growth, Kind, Matter, NAMED, Named, Notification, Outbox, Proofs, Still,
        Subject,
    },
    store::{RecordKey, Restored},
};

/// Who is told what.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) book: Book,
    pub(super) audit: Audit,
    pub(super) maintenance: crate::maintenance::Book,
    pub(super) outbox: Outbox,
    pub(super) post: Post,
    pub(super) locations: location::Book,
    pub(super) alarms: Alarms,
    pub(super) escalation: Escalation,
    pub(super) proofs: Proofs,
    pub(super) checks: Checks,
    /// Tests by hand on their way, and who waits for their outcome.
    pub(super) tests: bells::Tests,
    language: Language,
    rules: Rules,
}

impl Telling {
    pub(super) fn new(options: &HubOptions, restored: &Restored) -> Self {
        let channels = options.channels.iter().map(|(name, _)| name.clone());
        Self {
            book: book(options.rules, restored),
            audit: audit(restored),
            maintenance: maintenance::book(options, restored),
            outbox: Outbox::new(channels, restored.notifications.clone()),
            post: Post::read(options.mail, restored),
            locations: locations::book(restored, now()),
            alarms: Alarms::read(&restored.records),
            escalation: bells::escalation(options, restored),
            proofs: bells::proofs(options, restored),
            checks: Checks::read(restored),
            tests: bells::Tests::default(),
            language: options.site.default_language(),
            rules: options.rules,
        }
    }

    /// Since when a lasting fault of that kind has been open, whatever has it.
    pub(super) fn fault_since(&self, kind: FaultKind) -> Option<Timestamp> {
        self.alarms.fault_since(kind)
    }

    /// Since when the oldest message waits that could have been told.
    pub(super) fn oldest_message(&self) -> Option<Timestamp> {
        self.outbox.oldest_pending()
    }

    /// Takes over messages, incidents and open faults that a database held which could not be opened at the start.
    pub(super) fn recall(&mut self, options: &HubOptions, restored: &Restored) {
        self.outbox.recall(&restored.notifications);
        self.alarms.recall(Alarms::read(&restored.records));
        self.escalation.recall(bells::alarms(restored));
        self.proofs.recall(bells::proven(restored));
        self.book.recall(book(self.rules, restored));
        self.audit.recall(audit(restored));
        self.post.recall(Post::read(options.mail, restored));
        self.locations.recall(locations::book(restored, now()));
        self.maintenance.recall(maintenance::book(options, restored), now());
    }

    /// What is not written as it is, and must be now.
    pub(super) fn changed_records(&mut self, now: Timestamp) -> Vec<(RecordKey, Option<Bytes>)> {
        let incidents = self.book.take_changes(now);
        self.records(incidents, now)
    }

    /// Everything that is not written as it is.
    pub(super) fn all_changed_records(&mut self, now: Timestamp) -> Vec<(RecordKey, Option<Bytes>)> {
        let incidents = self.book.take_all_changes(now);
        self.records(incidents, now)
    }

    fn records(
        &mut self,
        incidents: Vec<(IncidentId, Option<Vec<u8>>)>,
        now: Timestamp,
    ) -> Vec<(RecordKey, Option<Bytes>)> {
        // Here and nowhere else, so that what subscribers are to be told lies in the transaction of what it tells.
        for incident in incidents.iter().filter_map(|(id, _)| self.book.get(id)) {
            self.post.hear_incident(incident, now);
        }
        let mail = self.post.take_changes(now);
        let incidents = incidents.into_iter().map(|(id, body)| (RecordKey::Incident(id), body.map(Bytes::from)));
        let orders = self.audit.take_changes().into_iter();
        let orders = orders.map(|(number, body)| (RecordKey::Audit(number), body.map(Bytes::from)));
        let planned = maintenance::records(&mut self.maintenance);
        let places = locations::records(&mut self.locations);
        let rung = bells::records(&mut self.escalation, &mut self.proofs);
        let open = self.alarms.take_changes().into_iter();
        open.chain(incidents).chain(orders).chain(planned).chain(mail).chain(places).chain(rung).collect()
    }

    /// Every message that is remembered and everything that is open, to be written together.
    pub(super) fn everything(&mut self, now: Timestamp) -> (Vec<Notification>, Vec<(RecordKey, Option<Bytes>)>) {
        self.alarms.mark_changed();
        self.book.mark_changed();
        self.audit.mark_changed();
        self.maintenance.mark_changed();
        self.post.mark_changed();
        self.locations.mark_changed();
        self.escalation.mark_changed();
        self.proofs.mark_changed();
        (self.outbox.rows(), self.all_changed_records(now))
    }

    /// Every message that is remembered.
    #[cfg(test)]
    pub(super) fn rows(&self) -> Vec<Notification> {
        self.outbox.rows()
    }

    /// Takes names, groups and dependencies from the definitions.
    pub(super) fn watch(&mut self, set: &DefinitionSet, now: Timestamp) -> Vec<News> {
        let landmark = |definition: &Definition| Landmark {
            name: definition.name.clone(),
            group: definition.group.clone(),
            depends_on: definition.depends_on.clone(),
            formerly: definition.formerly.clone(),
        };
        let landscape: Landscape =
            set.definitions.iter().map(|(id, definition)| (id.clone(), landmark(definition))).collect();
        self.book.arrange(landscape, now)
    }

    /// Makes incidents of outages that a former version had open.
    pub(super) fn adopt(&mut self, outages: &[(ComponentId, Outage)], told: &[Notification], now: Timestamp) {
        for (component, Outage { since, told: was_told }) in outages {
            let announced = former::announced_at(told, component, *since).unwrap_or(*since);
            self.book.adopt(component, *since, was_told.then_some(announced), now);
        }
    }

    pub(super) fn event(&self, bell: Bell) -> Event {
        let (subject, kind) = match bell {
            Bell::Fault { fault, since } => {
                let kind = match fault.kind().course() {
                    Course::Lasting => Kind::Down { since, cause: None },
                    Course::Single => Kind::noticed(since),
                };
                (Subject::Monitor(fault), kind)
            }
            Bell::FaultOver { fault, since, until } => (Subject::Monitor(fault), Kind::Recovered { since, until }),
        };
        Event { subject, detected_at: now(), kind }
    }

    /// What messages say of an incident.
    pub(super) fn matter(&self, incident: &Incident) -> Matter {
        let name = |text: &shared::Text| text.get(self.language).to_owned();
        let mut parts: Vec<_> = incident.components.iter().collect();
        parts.sort_by_key(|(id, part)| (part.since, *id));
        let dependency = incident.finding.as_ref().and_then(|finding| finding.dependency.as_ref());
        let dependency = dependency.and_then(|id| incident.components.get(id));
        // The alarm's own beginning, so that it stays what it is when an earlier failure comes to light.
        let lead = self.escalation.lead(&incident.id).or_else(|| parts.first().map(|(id, _)| (*id).clone()));
        let first = parts.iter().take(NAMED).map(|(id, part)| Named { id: (*id).clone(), name: name(&part.name) });
        Matter {
            id: incident.id.clone(),
            title: incident.title.as_ref().map(name),
            finding: incident.finding.clone(),
            dependency: dependency.map(|part| name(&part.name)),
            impact: incident.impact,
            first: first.collect(),
            components: u32::try_from(incident.components.len()).unwrap_or(u32::MAX),
            lead,
            growth: None,
            still: None,
            closed_before: incident.persists_since(),
        }
    }

    /// What a message says is not known to work of an incident that was closed.
    pub(super) fn still(&self, incident: &Incident) -> Option<Still> {
        let mut parts: Vec<(&ComponentId, &Involvement)> = incident.failing().collect();
        let worst = parts.iter().fold(Status::Operational, |worst, (_, part)| worst.worst(part.status));
        parts.sort_by_key(|(id, part)| (std::cmp::Reverse(part.status.severity()), part.since, *id));
        let components = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let named = |(id, part): &(&ComponentId, &Involvement)| Named {
            id: (*id).clone(),
            name: part.name.get(self.language).to_owned(),
        };
        let first = parts.iter().take(NAMED).map(named).collect();
        (components > 0).then_some(Still { first, components, worst, reopen: self.rules.reopen })
    }

    /// What a message says that an incident has grown by.
    pub(super) fn growth(&self, incident: &Incident) -> Option<Growth> {
        let incident::Growth { joined, worst } = self.book.growth(&incident.id)?;
        let named = |id: &ComponentId| {
            let name = incident.components.get(id).map_or(id.as_str(), |part| part.name.get(self.language));
            Named { id: id.clone(), name: name.to_owned() }
        };
        let components = u32::try_from(joined.len()).unwrap_or(u32::MAX);
        Some(Growth { joined: joined.iter().take(NAMED).map(named).collect(), components, worst })
    }
}

fn book(rules: Rules, restored: &Restored) -> Book {
    let incidents = restored.records.iter().filter_map(|(key, body)| {
        let RecordKey::Incident(id) = key else { return None };
        Some((id, body.as_ref()))
    });
    Book::read(rules, incidents)
}

fn audit(restored: &Restored) -> Audit {
    Audit::read(restored.records.iter().filter_map(|(key, body)| {
        let RecordKey::Audit(number) = key else { return None };
        Some((*number, body.as_ref()))
    }))
}
