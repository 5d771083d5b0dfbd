//! Alarms by their channels: who is told that one begins, who is reminded, who hears of its end; what proves channels, and what does not.
//!
//! It does not know the rules of policies, words, nor how a message travels. Whatever it decides is written down in the transaction of
//! the messages that it leads to.

mod checks;
mod wish;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use shared::{IncidentId, Language, MaintenanceId, Timestamp};
use tracing::{info, warn};

use super::{Hub, HubOptions, Wiring, alarm::Bell, telling::Telling};
use crate::{
    clock::now,
    incident::{Incident, News},
    maintenance::Word,
    notify::{
        Alarm, Answers, Attempt, Beginning, Burning, Call, Case, ChannelName, Course, Escalation, Event, Fault,
        FaultId, FaultKind, Kind, LowCredit, Matter, Medium, Nature, Notification, Outcome, Pace, Present, Proof,
        Proofs, Receipt, Refusal, Subject, Taken,
    },
    snapshot::{AlarmsView, ChannelView, FaultView},
    store::{RecordKey, Restored},
};
pub(super) use checks::Checks;
pub(super) use wish::{Tests, Wish};
pub use wish::{Unanswered, Untested};

/// What is over is posted to Alertmanager for so long, as Prometheus does it.
const RESOLVED: std::time::Duration = std::time::Duration::from_secs(900);

/// The alarms that the store kept; what cannot be read is named and left out.
pub(super) fn alarms(restored: &Restored) -> BTreeMap<Case, Alarm> {
    let read = restored.records.iter().filter_map(|(key, body)| {
        let RecordKey::Alarm(case) = key else { return None };
        Some((case.clone(), read(case, body)?))
    });
    read.collect()
}

/// What the store knows of channels.
pub(super) fn proven(restored: &Restored) -> BTreeMap<ChannelName, Proof> {
    let read = restored.records.iter().filter_map(|(key, body)| {
        let RecordKey::Channel(name) = key else { return None };
        Some((name.clone(), read(name, body)?))
    });
    read.collect()
}

fn read<T: serde::de::DeserializeOwned>(name: &dyn std::fmt::Display, body: &[u8]) -> Option<T> {
    let unreadable = |error: &serde_json::Error| warn!(record = %name, %error, "a record of alarms cannot be read");
    serde_json::from_slice(body).inspect_err(unreadable).ok()
}

pub(super) fn escalation(options: &HubOptions, restored: &Restored) -> Escalation {
    let channels = options.channels.iter().map(|(name, _)| name.clone()).collect();
    Escalation::new(options.policies.clone(), channels, options.site.time_zone.clone(), alarms(restored))
}

pub(super) fn proofs(options: &HubOptions, restored: &Restored) -> Proofs {
    Proofs::new(options.channels.iter().map(|(name, _)| name.clone()), proven(restored), now())
}

/// The records that are to be written.
pub(super) fn records(
    escalation: &mut Escalation,
    proofs: &mut Proofs,
) -> impl Iterator<Item = (RecordKey, Option<Bytes>)> + use<> {
    let alarms = escalation.take_changes().into_iter();
    let alarms = alarms.map(|(case, body)| (RecordKey::Alarm(case), body.map(Bytes::from)));
    let channels = proofs.take_changes().into_iter();
    alarms.chain(channels.map(|(name, body)| (RecordKey::Channel(name), body.map(Bytes::from))))
}

/// An incident as policies look at it.
fn present(incident: &Incident) -> Present {
    let components = incident.components.keys().cloned().collect();
    let named = incident.components.values().filter_map(|part| part.group.as_ref());
    let groups = named.flat_map(|group| Language::ALL.map(|language| group.get(language).to_owned())).collect();
    let taken = incident.acknowledgement.as_ref().map(|taken| Taken { at: taken.at, by: taken.by.clone() });
    Present { nature: Nature::Incident { components, groups, impact: incident.impact }, taken }
}

impl Telling {
    /// Who heard that it began; of what began under a version that did not note it, everybody did.
    fn heard(&self, case: &Case) -> BTreeSet<ChannelName> {
        self.escalation.told(case).unwrap_or_else(|| self.proofs.channels().keys().cloned().collect())
    }
}

impl Hub {
    /// Who is told this news of an incident.
    pub(super) fn ring_incident(&mut self, news: &News, incident: &Incident) -> BTreeSet<ChannelName> {
        let (case, now) = (Case::Incident(incident.id.clone()), now());
        match news {
            News::Opened(_) => {
                let nature = present(incident).nature;
                let since = incident.times.started_at;
                let first = incident.components.iter().min_by_key(|(id, part)| (part.since, *id));
                let lead = first.map(|(id, _)| id.clone());
                let beginning = Beginning { since, nature, pace: Pace::UntilTaken, except: None, lead };
                self.telling.escalation.begin(&case, beginning, &self.telling.proofs.weak(), now)
            }
            News::Grown(_) | News::Overdue(..) | News::Acknowledged(_) => self.telling.heard(&case),
            News::Resolved(_) | News::Closed(_) => {
                self.telling.escalation.end(&case, now);
                self.telling.heard(&case)
            }
        }
    }

    /// Who is told of a fault of the monitor, or of its end.
    pub(super) fn ring_fault(&mut self, bell: &Bell) -> BTreeSet<ChannelName> {
        match bell {
            Bell::Fault { fault, since } => {
                let pace = match fault.kind().course() {
                    Course::Lasting => Pace::UntilTaken,
                    Course::Single => Pace::Once,
                };
                let except = fault.channel().and_then(|name| name.parse().ok());
                let beginning = Beginning { since: *since, nature: Nature::Fault, pace, except, lead: None };
                let case = Case::Fault(fault.id());
                self.telling.escalation.begin(&case, beginning, &self.telling.proofs.weak(), now())
            }
            Bell::FaultOver { fault, until, .. } => {
                let case = Case::Fault(fault.id());
                self.telling.escalation.end(&case, *until);
                self.telling.heard(&case)
            }
        }
    }

    /// Who is told what happens to a maintenance.
    pub(super) fn ring_maintenance(&mut self, id: &MaintenanceId, word: Word, at: Timestamp) -> BTreeSet<ChannelName> {
        let beginning =
            Beginning { since: at, nature: Nature::Maintenance, pace: Pace::Once, except: None, lead: None };
        let case = Case::Maintenance(id.clone(), word);
        self.telling.escalation.begin(&case, beginning, &self.telling.proofs.weak(), now())
    }

    /// An order is taken back, for which these records were handed to the store.
    pub(super) fn take_back_alarms(&mut self, earlier: Escalation, written: &[RecordKey]) {
        self.telling.escalation = earlier;
        let cases = written.iter().filter_map(|key| {
            let RecordKey::Alarm(case) = key else { return None };
            Some(case.clone())
        });
        self.telling.escalation.rewrite(cases);
    }

    /// Lets time pass for alarms: steps, reminders, drills, and what is wrong with channels.
    pub(super) async fn pass_alarms(&mut self) {
        let now = now();
        let (book, weak) = (&self.telling.book, self.telling.proofs.weak());
        let calls = self.telling.escalation.pass(now, &weak, |id| book.get(id).map(|incident| present(incident)));
        let mut rows: Vec<_> = calls.iter().flat_map(|(case, call)| self.call(case, call)).collect();
        rows.extend(self.pass_drills(now));
        if !rows.is_empty() {
            self.write(rows).await;
        }
        let bells = self.pass_troubles(now);
        if !bells.is_empty() {
            self.announce(bells).await;
        }
    }

    /// The messages of a call.
    fn call(&mut self, case: &Case, call: &Call) -> Vec<Notification> {
        let Some((subject, since, cause)) = self.subject(case) else { return Vec::new() };
        let detected_at = now();
        let event = |kind| Event { subject: subject.clone(), detected_at, kind };
        let begins = match case {
            Case::Maintenance(..) => Kind::noticed(since),
            Case::Incident(_) | Case::Fault(_) => Kind::Down { since, cause: cause.clone() },
        };
        let mut rows = self.telling.outbox.tell(&event(begins), &call.first);
        for (channel, number) in &call.again {
            let kind = Kind::Reminder { since, cause: cause.clone(), number: *number };
            rows.extend(self.telling.outbox.tell(&event(kind), [channel]));
        }
        let first: Vec<_> = call.first.iter().map(ChannelName::as_str).collect();
        let again: Vec<_> = call.again.keys().map(ChannelName::as_str).collect();
        info!(alarm = %case, ?first, ?again, "the next are told");
        rows
    }

    /// What an alarm says now, since when it goes on, and why.
    fn subject(&self, case: &Case) -> Option<(Subject, Timestamp, Option<crate::notify::Cause>)> {
        match case {
            Case::Incident(id) => {
                let incident = self.telling.book.get(id)?;
                let subject = Subject::Incident(Box::new(self.telling.matter(incident)));
                Some((subject, incident.times.started_at, self.cause(incident)))
            }
            Case::Fault(id) => {
                let known = self.telling.alarms.open().find(|(known, ..)| *known == id);
                let lasting = known.map(|(_, fault, since)| (Subject::Monitor(fault.clone()), since, None));
                lasting.or_else(|| self.told_before(case))
            }
            Case::Maintenance(..) => self.told_before(case),
        }
    }

    /// What was told once and is kept nowhere but in its messages.
    fn told_before(&self, case: &Case) -> Option<(Subject, Timestamp, Option<crate::notify::Cause>)> {
        let since = self.telling.escalation.alarm(case)?.since;
        let rows = self.telling.outbox.rows();
        let row = rows.into_iter().filter(|row| case_of(&row.subject).as_ref() == Some(case));
        row.max_by_key(|row| row.made_at).map(|row| (row.subject, since, None))
    }

    /// Notes what became of a message; none where nobody but a test waits for it.
    pub(super) async fn note_outcome(&mut self, outcome: Outcome) -> Option<Outcome> {
        let outcome = self.take_test(outcome).await?;
        let row = self.telling.outbox.row(&outcome.id).cloned();
        if let Some(row) = row {
            let said = outcome.result.as_ref().map(|receipt| receipt.id.clone());
            let attempt = Attempt {
                at: outcome.at,
                channel: row.channel.clone(),
                message: row.word().to_owned(),
                outcome: said.map_err(|refusal| refusal.error.clone()),
            };
            if let Some(case) = case_of(&row.subject) {
                self.telling.escalation.note(&case, attempt);
            }
            self.prove(&row.channel, outcome.at, &outcome.result).await;
        }
        Some(outcome)
    }

    /// What a channel did with a message proves that it works, or not.
    pub(super) async fn prove(&mut self, channel: &ChannelName, at: Timestamp, result: &Result<Receipt, Refusal>) {
        let bell = match result {
            Ok(Receipt { id, low_credit }) => {
                self.telling.proofs.delivered(channel, at, id.as_deref());
                let alarms = &mut self.telling.alarms;
                match low_credit {
                    Some(LowCredit { left, limit }) => alarms.notice(
                        Fault::LowCredit { channel: channel.to_string(), left: left.clone(), limit: *limit },
                        at,
                    ),
                    None => alarms.end(FaultId::new(FaultKind::LowCredit, Some(channel.to_string())), at),
                }
            }
            Err(refusal) => {
                self.telling.proofs.failed(channel, at, &refusal.error);
                None
            }
        };
        self.dirty.alarms = true;
        if let Some(bell) = bell {
            self.announce(vec![bell]).await;
        }
    }

    /// What became of alerts that were posted again.
    pub(super) async fn take_post(&mut self, channel: &ChannelName, at: Timestamp, result: Result<Receipt, Refusal>) {
        self.prove(channel, at, &result).await;
        if let Err(refusal) = result {
            warn!(%channel, %refusal, "alerts could not be posted again");
        }
        self.write(Vec::new()).await;
    }

    /// The bells for what has come to be wrong with channels, and for what is right again.
    fn pass_troubles(&mut self, now: Timestamp) -> Vec<Bell> {
        let plan = &self.options.drills;
        let mut found = self.telling.proofs.troubles(now, plan.unproven, plan.unanswered);
        let can_answer = |name: &str| {
            plan.answers == Answers::Expected && name.parse().is_ok_and(|name: ChannelName| self.has_drills(&name))
        };
        found.retain(|id, _| id.kind() != FaultKind::DrillUnanswered || id.of().is_some_and(can_answer));
        let alarms = &mut self.telling.alarms;
        let is_ours = |id: &FaultId| Proofs::TROUBLES.contains(&id.kind());
        let over: Vec<FaultId> =
            alarms.open().map(|(id, ..)| id).filter(|id| is_ours(id) && !found.contains_key(*id)).cloned().collect();
        let mut bells: Vec<_> = over.into_iter().filter_map(|id| alarms.end(id, now)).collect();
        bells.extend(found.into_values().filter_map(|(fault, since)| alarms.notice(fault, since)));
        bells
    }

    /// What readers are told of alarms and channels.
    pub(super) fn alarms_view(&self) -> AlarmsView {
        let telling = &self.telling;
        let medium = |name: &ChannelName| self.options.channels.iter().find(|(other, _)| other == name);
        let channel = |(name, proof): (&ChannelName, &Proof)| {
            let (_, medium) = medium(name)?;
            Some(ChannelView { name: name.clone(), medium: *medium, proof: proof.clone() })
        };
        let incidents = telling.escalation.alarms().iter().filter_map(|(case, alarm)| match case {
            Case::Incident(id) => Some((id.clone(), alarm.clone())),
            Case::Fault(_) | Case::Maintenance(..) => None,
        });
        let fault = |(id, fault, since): (&FaultId, &Fault, Timestamp)| {
            let alarm = telling.escalation.alarm(&Case::Fault(id.clone()));
            let taken = alarm.and_then(|alarm| alarm.taken.clone());
            FaultView { id: id.clone(), fault: fault.clone(), since, taken }
        };
        AlarmsView {
            channels: telling.proofs.channels().iter().filter_map(channel).collect(),
            incidents: incidents.collect(),
            faults: telling.alarms.open().map(fault).collect(),
        }
    }

    /// Hands the siren what burns, and what has just ended.
    pub(super) fn sound(&self, wiring: &Wiring, now: Timestamp) {
        let all = self.all_burning(now);
        wiring.burning.send_if_modified(|known| {
            let changed = **known != all;
            if changed {
                *known = std::sync::Arc::new(all);
            }
            changed
        });
    }

    /// What burns and what has just ended, for each channel that must hear it again and again.
    pub(super) fn all_burning(&self, now: Timestamp) -> Burning {
        let sirens = self.options.channels.iter().filter(|(_, medium)| *medium == Medium::Alertmanager);
        let of = |channel: &ChannelName| {
            let alarms = self.telling.escalation.alarms().iter();
            let burning = alarms.filter(|(_, alarm)| alarm.told.contains_key(channel));
            let burning = burning.filter_map(|(case, alarm)| self.burning(channel, case, alarm, now));
            burning.chain(self.under_maintenance(channel)).collect()
        };
        sirens.map(|(channel, _)| (channel.clone(), of(channel))).collect()
    }

    /// The message that says how an alarm stands.
    fn burning(&self, channel: &ChannelName, case: &Case, alarm: &Alarm, now: Timestamp) -> Option<Notification> {
        if alarm.pace == Pace::Once || alarm.ended_at.is_some_and(|at| now.since(at) > RESOLVED) {
            return None;
        }
        let (subject, since, cause) = self.subject(case).or_else(|| self.told_before(case))?;
        let kind = match alarm.ended_at {
            None => Kind::Down { since, cause },
            Some(until) => Kind::Recovered { since, until: until.max(since) },
        };
        // The instants are those of the alarm: what has not changed is not another message.
        let detected_at = alarm.ended_at.unwrap_or(alarm.since);
        Some(Notification::new(channel, &Event { subject, detected_at, kind }))
    }
}

/// The alarm that a message belongs to.
fn case_of(subject: &Subject) -> Option<Case> {
    match subject {
        Subject::Incident(matter) => {
            let Matter { id, .. } = matter.as_ref();
            Some(Case::Incident(IncidentId::clone(id)))
        }
        Subject::Monitor(fault) => Some(Case::Fault(fault.id())),
        Subject::Maintenance(planned) => Some(Case::Maintenance(planned.id.clone(), planned.word)),
        Subject::Drill(_) => None,
    }
}
