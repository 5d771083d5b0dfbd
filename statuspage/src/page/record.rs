//! Incidents and maintenance of the past, one after another, as lists show them.
//!
//! It does not know which ones are shown.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{MaintenanceStage, Status, Timestamp};

use super::{
    news::{self, Concern},
    shell::{self, Head},
};
use crate::{
    incident::{Incident, wording},
    island::Look,
    maintenance::{self, Maintenance},
    markdown,
    snapshot::Snapshot,
};

/// Something that is remembered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry<'a> {
    Incident(&'a Incident),
    Maintenance(&'a Maintenance),
}

impl<'a> Entry<'a> {
    /// Everything that is remembered of it, the newest beginning first.
    pub(super) fn all(concern: Concern<'a>, snapshot: &'a Snapshot) -> Vec<Self> {
        let incidents = snapshot.incidents.iter().map(Arc::as_ref).filter(|incident| concern.has_incident(incident));
        let maintenances = snapshot.maintenances.iter().map(Arc::as_ref);
        let maintenances = maintenances.filter(|maintenance| concern.has_maintenance(maintenance));
        let mut all: Vec<Self> = incidents.map(Self::Incident).chain(maintenances.map(Self::Maintenance)).collect();
        all.sort_by_key(|entry| std::cmp::Reverse(entry.starts_at()));
        all
    }

    pub(super) fn starts_at(self) -> Timestamp {
        match self {
            Self::Incident(incident) => incident.times.started_at,
            Self::Maintenance(maintenance) => maintenance.starts_at,
        }
    }

    /// It is that maintenance.
    pub(super) fn is(self, planned: &Maintenance) -> bool {
        match self {
            Self::Incident(_) => false,
            Self::Maintenance(maintenance) => maintenance.id == planned.id,
        }
    }

    /// Its time has not come.
    pub(super) fn is_to_come(self) -> bool {
        match self {
            Self::Incident(_) => false,
            Self::Maintenance(maintenance) => maintenance.stage == MaintenanceStage::Scheduled,
        }
    }

    /// It goes on.
    pub(super) fn is_open(self) -> bool {
        match self {
            Self::Incident(incident) => incident.stage.is_open(),
            Self::Maintenance(maintenance) => match maintenance.stage {
                MaintenanceStage::InProgress | MaintenanceStage::Verifying => true,
                MaintenanceStage::Scheduled | MaintenanceStage::Completed | MaintenanceStage::Cancelled => false,
            },
        }
    }

    /// One line of a list.
    pub(super) fn view(self, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
        match self {
            Self::Incident(incident) => happened(incident, snapshot, head),
            Self::Maintenance(maintenance) => planned(maintenance, snapshot, head),
        }
    }
}

fn happened(incident: &Incident, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let (words, now) = (head.words, snapshot.generated_at);
    let look = news::impact_look(incident.impact);
    let times = &incident.times;
    let when = match times.resolved_at {
        Some(end) => words.period(times.started_at, times.recovered_at.unwrap_or(end), now),
        None => words.going_since(words.when(times.started_at, now)),
    };
    let stage = incident.stage.is_open().then(|| format!(" · {}", wording::stage(incident.stage, words)));
    let said = incident.latest().map(|update| news::first_lines(&wording::text(incident, update, words)));
    line(look, format!("{}{}", wording::impact(incident.impact, words), stage.unwrap_or_default()), when).titled(
        head.incident(&incident.id),
        wording::title(incident, words),
        said,
    )
}

fn planned(maintenance: &Maintenance, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let (words, now) = (head.words, snapshot.generated_at);
    let when = match maintenance.stage {
        // What was cancelled was never under way.
        MaintenanceStage::Scheduled | MaintenanceStage::Cancelled => maintenance::wording::window(maintenance, words),
        MaintenanceStage::InProgress | MaintenanceStage::Verifying | MaintenanceStage::Completed => {
            words.period(maintenance.starts_at, maintenance.ends_at, now)
        }
    };
    let stage = maintenance::wording::stage(maintenance.stage, words);
    let word = format!("{} · {stage}", words.section_maintenance());
    let about = news::first_lines(&markdown::plain(maintenance.description.get(words.language())));
    let about = if about.is_empty() { words.concerns(news::scope(maintenance, snapshot, words)) } else { about };
    let title = maintenance::wording::title(maintenance, words);
    line(Status::UnderMaintenance.into(), word, when).titled(head.incident(&maintenance.id), title, Some(about))
}

/// How it looks, the word for it, and when it was.
struct Line {
    look: Look,
    word: String,
    when: String,
}

fn line(look: Look, word: String, when: String) -> Line {
    Line { look, word, when }
}

impl Line {
    fn titled(self, address: String, title: String, said: Option<String>) -> AnyView {
        view! {
            <li>
                <p class="meta">{crate::words::quantity::capital(&self.when)}</p>
                <div>
                    <h3><a href=address><bdi>{title}</bdi></a></h3>
                    <p class=self.look.class>{shell::shape(self.look)}{self.word}</p>
                    {said.map(|said| view! { <p class="about">{said}</p> })}
                </div>
            </li>
        }
        .into_any()
    }
}

/// Lines under each other.
pub(super) fn list(entries: &[Entry<'_>], snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let lines = entries.iter().map(|entry| entry.view(snapshot, head)).collect_view();
    view! { <ol class="failures">{lines}</ol> }.into_any()
}
