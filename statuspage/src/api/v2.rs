//! Statuspage's public API, version 2, made of the snapshot so that strict clients neither break nor see green without proof.
//!
//! It does not know HTTP. Its enumerations have no word for "unknown": such a component is published as `degraded_performance`,
//! says so in its description, and carries the truth in `x_monitor`, which foreign clients ignore.

mod document;
mod incidents;
mod interruption;
mod maintenances;

use std::collections::BTreeMap;

use shared::{ComponentId, Language, Status, Text, Timestamp};
use url::Url;

use crate::{
    public_id as id,
    snapshot::{ComponentView, Snapshot},
    words::Words,
};

use document::{Component, Group, Indicator, Listed, Monitor, MonitorState, Overall, Page};
pub(crate) use document::{Components, StatusOnly, Summary};

/// What a document is made of. Statuspage's own descriptions are English everywhere, for clients compare them.
pub(crate) struct View<'a> {
    /// The present.
    pub(crate) snapshot: &'a Snapshot,
    /// The page's address, absolute.
    pub(crate) base: &'a Url,
    /// For names, and for what Statuspage has no words for.
    words: Words,
    /// Each component with its position in its level of the list, which counts from 1.
    places: BTreeMap<&'a ComponentId, (usize, &'a ComponentView)>,
}

impl<'a> View<'a> {
    /// The documents of `snapshot` in `language`, for a page at `base`.
    pub(crate) fn new(snapshot: &'a Snapshot, language: Language, base: &'a Url) -> Self {
        let words = Words::new(language, snapshot.site.time_zone.clone());
        Self { snapshot, base, words, places: places(snapshot) }
    }

    fn language(&self) -> Language {
        self.words.language()
    }

    /// `summary.json`.
    pub(crate) fn summary(&self) -> Summary {
        Summary {
            page: self.page(),
            components: self.listed(),
            incidents: self.unresolved(),
            scheduled_maintenances: self.ahead(),
            status: self.overall(),
            x_monitor: self.monitor(),
        }
    }

    /// `status.json`.
    pub(crate) fn status(&self) -> StatusOnly {
        StatusOnly { page: self.page(), status: self.overall(), x_monitor: self.monitor() }
    }

    /// `components.json`.
    pub(crate) fn components(&self) -> Components {
        Components { page: self.page(), components: self.listed() }
    }

    fn page(&self) -> Page {
        let site = &self.snapshot.site;
        Page {
            id: self.page_id(),
            name: site.title.get(self.language()).to_owned(),
            url: self.base.as_str().trim_end_matches('/').to_owned(),
            time_zone: site.time_zone.iana_name().unwrap_or("Etc/UTC").to_owned(),
            updated_at: self.snapshot.generated_at,
        }
    }

    fn page_id(&self) -> String {
        let site = &self.snapshot.site;
        let seed = site.public_url.as_ref().map_or(site.title.get(site.default_language()), Url::as_str);
        id::stable(id::Kind::Page, seed)
    }

    fn overall(&self) -> Overall {
        // A page that watches nothing proves nothing.
        let status = if self.snapshot.components.is_empty() { Status::Unknown } else { self.snapshot.status };
        let status = self.snapshot.components.iter().fold(status, |worst, component| worst.worst(component.status));
        let (indicator, description) = match status {
            Status::Operational => (Indicator::None, "All Systems Operational"),
            // Strict clients know four indicators; "none" would show green while something cannot be used.
            Status::UnderMaintenance => (Indicator::Minor, "Service Under Maintenance"),
            Status::Unknown => return Overall { indicator: Indicator::Minor, description: self.unknown() },
            Status::DegradedPerformance => (Indicator::Minor, "Partially Degraded Service"),
            Status::PartialOutage => (Indicator::Major, "Partial System Outage"),
            Status::MajorOutage => (Indicator::Critical, "Major Service Outage"),
        };
        Overall { indicator, description: description.to_owned() }
    }

    /// What there is to say when nothing is worse than unknown.
    fn unknown(&self) -> String {
        match self.monitor().state {
            MonitorState::Pending => self.words.state_first_check(),
            MonitorState::Fresh | MonitorState::Stale => self.words.unverified_now(),
        }
    }

    /// What the monitoring knows of itself, over all components.
    fn monitor(&self) -> Monitor {
        let components = &self.snapshot.components;
        let states = || components.iter().map(|component| state(component));
        let state = if states().any(|state| state == MonitorState::Stale) {
            MonitorState::Stale
        } else if components.is_empty() || states().any(|state| state == MonitorState::Pending) {
            MonitorState::Pending
        } else {
            MonitorState::Fresh
        };
        let last_result_at = components.iter().filter_map(|component| component.last_result_at).max();
        let stale_at = components.iter().filter_map(|component| component.stale_at).min();
        Monitor { state, last_result_at, stale_at, measured_status: None }
    }

    /// Groups with their components after them, in the order of the page; positions count from 1 within their level.
    fn listed(&self) -> Vec<Listed> {
        let mut listed = Vec::new();
        for (position, group, members) in levels(self.snapshot) {
            listed.extend(group.map(|group| Listed::Group(self.group(group, &members, position))));
            listed.extend(members.iter().map(|component| Listed::Component(self.component(component))));
        }
        listed
    }

    fn component(&self, component: &ComponentView) -> Component {
        let state = state(component);
        Component {
            id: id::stable(id::Kind::Component, component.id.as_str()),
            name: component.name.get(self.language()).to_owned(),
            status: document::word(component.status),
            created_at: component.created_at,
            updated_at: component.since,
            position: self.places.get(&component.id).map_or(0, |(position, _)| *position),
            description: self.description(component, state),
            showcase: true,
            start_date: Some(date(component.created_at)),
            group_id: self.group_id(component),
            page_id: self.page_id(),
            group: false,
            only_show_if_degraded: false,
            x_monitor: Monitor {
                state,
                last_result_at: component.last_result_at,
                stale_at: component.stale_at,
                measured_status: component.declared.map(|declared| declared.beside.word()),
            },
        }
    }

    /// What the operator says of it; when nothing is known, that, for the status cannot say it.
    fn description(&self, component: &ComponentView, state: MonitorState) -> Option<String> {
        let own = component.description.as_ref().map(|text| text.get(self.language()).to_owned());
        match state {
            MonitorState::Fresh => own,
            MonitorState::Pending => Some(self.words.state_first_check()),
            MonitorState::Stale => component.last_result_at.map(|last| self.words.state_unverified(self.when(last))),
        }
    }

    /// The time of day, with the date when it is another day than the snapshot's.
    fn when(&self, at: Timestamp) -> String {
        self.words.when(at, self.snapshot.generated_at)
    }

    fn group(&self, name: &Text, members: &[&ComponentView], position: usize) -> Group {
        let status = members.iter().fold(Status::Operational, |worst, member| worst.worst(member.status));
        let first = members.iter().map(|member| member.created_at).min().unwrap_or(self.snapshot.generated_at);
        let changed = members.iter().map(|member| member.since).max().unwrap_or(first);
        let states = || members.iter().map(|member| state(member));
        let state = [MonitorState::Stale, MonitorState::Pending]
            .into_iter()
            .find(|&worst| states().any(|state| state == worst));
        let component = Component {
            id: id::stable(id::Kind::Group, name.get(self.snapshot.site.default_language())),
            name: name.get(self.language()).to_owned(),
            status: document::word(status),
            created_at: first,
            updated_at: changed,
            position,
            description: None,
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: self.page_id(),
            group: true,
            only_show_if_degraded: false,
            x_monitor: Monitor {
                state: state.unwrap_or(MonitorState::Fresh),
                last_result_at: members.iter().filter_map(|member| member.last_result_at).max(),
                stale_at: members.iter().filter_map(|member| member.stale_at).min(),
                measured_status: None,
            },
        };
        let components = members.iter().map(|member| id::stable(id::Kind::Component, member.id.as_str())).collect();
        Group { component, components }
    }

    /// The id of the group that a component stands in.
    fn group_id(&self, component: &ComponentView) -> Option<String> {
        let group = component.group.as_ref()?;
        Some(id::stable(id::Kind::Group, group.get(self.snapshot.site.default_language())))
    }

    /// "Group - Component".
    fn full_name(&self, name: &Text, group: Option<&Text>) -> String {
        let name = name.get(self.language());
        group.map_or_else(|| name.to_owned(), |group| format!("{} - {name}", group.get(self.language())))
    }

    /// Where an incident or a maintenance is read.
    fn address(&self, id: &str) -> String {
        format!("{}/incidents/{id}", self.base.as_str().trim_end_matches('/'))
    }
}

/// The components by group, each level with the position of its first row among the rows outside groups: groups and what stands
/// alone, in the order in which they first appear.
fn levels(snapshot: &Snapshot) -> Vec<(usize, Option<&Text>, Vec<&ComponentView>)> {
    let mut order: BTreeMap<Option<&Text>, usize> = BTreeMap::new();
    let mut levels: Vec<(usize, Option<&Text>, Vec<&ComponentView>)> = Vec::new();
    for component in &snapshot.components {
        let group = component.group.as_ref();
        let at = *order.entry(group).or_insert_with(|| {
            levels.push((0, group, Vec::new()));
            levels.len() - 1
        });
        if let Some((_, _, members)) = levels.get_mut(at) {
            members.push(component);
        }
    }
    let mut next = 1;
    for (position, group, members) in &mut levels {
        *position = next;
        next += if group.is_some() { 1 } else { members.len() };
    }
    levels
}

fn places(snapshot: &Snapshot) -> BTreeMap<&ComponentId, (usize, &ComponentView)> {
    let place = |(first, group, members): (usize, Option<&Text>, Vec<_>)| {
        let first = if group.is_some() { 1 } else { first };
        (first..).zip(members).map(|(position, member): (usize, &ComponentView)| (&member.id, (position, member)))
    };
    levels(snapshot).into_iter().flat_map(place).collect()
}

/// What is known of a component's state: whether it rests on fresh proof.
fn state(component: &ComponentView) -> MonitorState {
    match (component.measured(), component.last_result_at) {
        (Status::Unknown, None) => MonitorState::Pending,
        (Status::Unknown, Some(_)) => MonitorState::Stale,
        (
            Status::Operational
            | Status::UnderMaintenance
            | Status::DegradedPerformance
            | Status::PartialOutage
            | Status::MajorOutage,
            _,
        ) => MonitorState::Fresh,
    }
}

/// The date in UTC, as Statuspage writes `start_date`.
fn date(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

#[cfg(test)]
mod tests;
