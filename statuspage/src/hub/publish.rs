//! From what is known to what everybody reads: the snapshot, of which only what changed is made anew.
//!
//! It does not know how it is shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use prober::definition::{Definition, DefinitionSet, Schedule};
use shared::{ComponentId, LocationName, Status, Timestamp};

use super::{Dirty, Hub, Wiring, roster};
use crate::{
    domains::{Domain, Domains},
    engine::Judgement,
    heartbeat::Book,
    incident::Incident,
    maintenance::Maintenance,
    site::Site,
    snapshot::{AlarmsView, ComponentView, HistoryView, MonitorView, ProbeAtLocation, ProbeView, Rhythm, Snapshot},
    watch::WatchInput,
};

/// A snapshot that is older proves nothing: the hub publishes many times in that time, or it is dead.
const PROMISE: Duration = Duration::from_secs(60);
/// How often the past of a component is shown anew when nothing happened to it …
const HISTORY_REFRESH: Duration = Duration::from_secs(60);
/// … and while it is young: a newcomer wants to see the first figures.
const YOUNG_REFRESH: Duration = Duration::from_secs(5);
const YOUNG: Duration = Duration::from_secs(300);

/// The views as they were last published.
#[derive(Debug)]
pub(super) struct Views {
    order: Vec<ComponentId>,
    components: BTreeMap<ComponentId, Arc<ComponentView>>,
    refreshed: BTreeMap<ComponentId, Timestamp>,
    locations: BTreeMap<LocationName, Option<Timestamp>>,
    incidents: Arc<Vec<Arc<Incident>>>,
    /// What operators say of components, and since when that is so.
    declared: BTreeMap<ComponentId, (Status, Timestamp)>,
    maintenances: Arc<Vec<Arc<Maintenance>>>,
    monitor: Arc<MonitorView>,
    domains: Arc<Domains>,
    alarms: Arc<AlarmsView>,
}

impl Views {
    /// Nothing yet but the embedded prober's location.
    pub(super) fn new(location: Option<LocationName>) -> Self {
        Self {
            order: Vec::new(),
            components: BTreeMap::new(),
            refreshed: BTreeMap::new(),
            locations: location.into_iter().map(|name| (name, None)).collect(),
            incidents: Arc::default(),
            declared: BTreeMap::new(),
            maintenances: Arc::default(),
            monitor: Arc::default(),
            domains: Arc::default(),
            alarms: Arc::default(),
        }
    }

    /// Takes the order of the page from the definitions, and forgets what is no longer defined.
    pub(super) fn arrange(&mut self, set: &DefinitionSet, site: &Site) {
        self.order = roster::order(set, site);
        self.components.retain(|id, _| set.definitions.contains_key(id));
        self.refreshed.retain(|id, _| set.definitions.contains_key(id));
        self.monitor = Arc::new(monitor(set));
        self.domains = Arc::new(set.definitions.values().flat_map(|definition| served(definition)).collect());
    }

    /// Takes the incidents, and gives the components of which operators say something else than before.
    fn take_incidents(&mut self, incidents: Vec<Arc<Incident>>) -> BTreeSet<ComponentId> {
        self.incidents = Arc::new(incidents);
        let before = std::mem::replace(&mut self.declared, declared(&self.incidents));
        let ids = before.keys().chain(self.declared.keys());
        let changed: BTreeSet<_> = ids.filter(|id| before.get(*id) != self.declared.get(*id)).cloned().collect();
        // Operators may have named a component by a name that it has given up since.
        let renamed = changed.iter().any(|id| !self.components.contains_key(id));
        if renamed { self.order.iter().cloned().collect() } else { changed }
    }

    /// What operators say of a component, under whatever name.
    fn said_of(&self, definition: &Definition) -> Option<(Status, Timestamp)> {
        let names = std::iter::once(&definition.id).chain(&definition.formerly);
        names.filter_map(|name| self.declared.get(name)).copied().reduce(worse)
    }

    /// The components on the page.
    pub(super) fn shown(&self) -> impl Iterator<Item = &ComponentId> {
        self.order.iter()
    }

    /// How many places have ever been heard of.
    pub(super) fn places(&self) -> usize {
        self.locations.len()
    }

    /// A result came from there.
    pub(super) fn heard(&mut self, location: &LocationName, at: Timestamp) {
        let last = self.locations.entry(location.clone()).or_default();
        *last = (*last).max(Some(at));
    }
}

impl Hub {
    /// Publishes the present.
    pub(super) fn publish(&mut self, wiring: &Wiring, now: Timestamp) {
        let (snapshot, watched) = self.present(now);
        self.options.counters.snapshots.fetch_add(1, Ordering::Relaxed);
        self.sound(wiring, now);
        wiring.watch.send_replace(watched);
        wiring.snapshot.send_replace(Arc::new(snapshot));
    }

    /// The present, for readers and for the dead-man switch.
    pub fn present(&mut self, now: Timestamp) -> (Snapshot, WatchInput) {
        let Dirty { views, histories, .. } = &mut self.dirty;
        let (mut changed, past) = (std::mem::take(views), std::mem::take(histories));
        let outdated = |id: &&ComponentId| {
            let refreshed = self.views.refreshed.get(*id).copied().unwrap_or_default();
            let age = self.engine.state(id).map_or(Duration::MAX, |state| now.since(state.created_at));
            let refresh = if age < YOUNG { YOUNG_REFRESH } else { HISTORY_REFRESH };
            now.since(refreshed) >= refresh || past.contains(*id) || now < refreshed
        };
        let outdated: BTreeSet<_> = self.views.order.iter().filter(outdated).cloned().collect();
        changed.extend(outdated.iter().cloned());
        if std::mem::take(&mut self.dirty.incidents) {
            changed.extend(self.views.take_incidents(self.telling.book.incidents()));
        }
        for id in changed {
            let anew = outdated.contains(&id);
            self.view(&id, if anew { Past::Anew } else { Past::AsShown }, now);
        }
        if std::mem::take(&mut self.dirty.maintenances) {
            self.views.maintenances = Arc::new(self.telling.maintenance.maintenances());
        }
        if std::mem::take(&mut self.dirty.alarms) {
            self.views.alarms = Arc::new(self.alarms_view());
        }
        let snapshot = self.snapshot(now);
        let watched = self.watched(&snapshot, now);
        (snapshot, watched)
    }

    fn snapshot(&self, now: Timestamp) -> Snapshot {
        let components: Vec<_> =
            self.views.order.iter().filter_map(|id| self.views.components.get(id)).cloned().collect();
        let worst = components.iter().map(|component| component.status).reduce(Status::worst);
        Snapshot {
            generated_at: now,
            promise: PROMISE,
            site: Arc::clone(&self.options.site),
            status: worst.unwrap_or(Status::Unknown),
            components,
            locations: self.views.locations.clone(),
            places: Arc::new(self.locations_shown(now)),
            quarantined: Arc::new(self.definitions.quarantined.clone()),
            store: self.store.state(),
            incidents: Arc::clone(&self.views.incidents),
            maintenances: Arc::clone(&self.views.maintenances),
            monitor: Arc::clone(&self.views.monitor),
            watch: Arc::new(self.watch_view()),
            mail: Arc::new(self.telling.post.view()),
            alarms: Arc::clone(&self.views.alarms),
            domains: Arc::clone(&self.views.domains),
            upstream: self.upstream.clone(),
        }
    }

    fn view(&mut self, id: &ComponentId, past: Past, now: Timestamp) {
        let (Some(definition), Some(judgement)) = (self.definitions.definitions.get(id), self.engine.view(id)) else {
            return;
        };
        let shown = self.views.components.get(id).map(|view| Arc::clone(&view.history));
        let history = match (past, shown) {
            (Past::AsShown, Some(history)) => history,
            (Past::AsShown | Past::Anew, _) => {
                self.history.spend(id, judgement.status, judgement.since, now);
                self.views.refreshed.insert(id.clone(), now);
                Arc::new(self.history.view(id, now))
            }
        };
        let measured = component_view(definition, judgement, history, &self.beats);
        let view = match self.views.said_of(definition) {
            Some((status, since)) => measured.declared_as(status, since),
            None => measured,
        };
        self.views.components.insert(id.clone(), Arc::new(view));
    }
}

/// What operators say of components in what is open.
fn declared(incidents: &[Arc<Incident>]) -> BTreeMap<ComponentId, (Status, Timestamp)> {
    let mut declared = BTreeMap::new();
    for incident in incidents {
        for (component, status) in incident.declared().filter(|(_, status)| *status != Status::Unknown) {
            let said = (status, incident.times.started_at);
            declared.entry(component.clone()).and_modify(|known| *known = worse(*known, said)).or_insert(said);
        }
    }
    declared
}

/// The worse of two states, and of two that are equally bad the earlier one.
fn worse(one: (Status, Timestamp), other: (Status, Timestamp)) -> (Status, Timestamp) {
    let rank = |(status, since): (Status, Timestamp)| (status.severity(), std::cmp::Reverse(since));
    if rank(other) > rank(one) { other } else { one }
}

/// What is asked how often.
fn monitor(set: &DefinitionSet) -> MonitorView {
    let mut probes: BTreeMap<(Option<Duration>, &'static str), usize> = BTreeMap::new();
    for probe in set.probes() {
        let every = match &probe.schedule {
            Schedule::Every(interval) => Some(*interval),
            Schedule::Cron(_) => None,
        };
        *probes.entry((every, probe.check.kind())).or_default() += 1;
    }
    let rhythm = |((every, kind), probes)| Rhythm { every, kind, probes };
    let mut rhythms: Vec<Rhythm> = probes.into_iter().map(rhythm).collect();
    rhythms.sort_by_key(|rhythm| rhythm.every.is_none());
    MonitorView { rhythms }
}

/// The names that a component serves: those entrusted to us, and the one that its own link shows to everybody.
fn served(definition: &Definition) -> impl Iterator<Item = (Domain, ComponentId)> {
    let linked = definition.url.as_ref().and_then(|url| url.host_str());
    let names = definition.domains.iter().map(String::as_str).chain(linked).filter_map(Domain::read);
    names.map(|domain| (domain, definition.id.clone()))
}

/// Whether a component's past is computed again.
#[derive(Debug, Clone, Copy)]
enum Past {
    AsShown,
    Anew,
}

fn component_view(
    definition: &Definition,
    mut judgement: Judgement,
    history: Arc<HistoryView>,
    beats: &Book,
) -> ComponentView {
    let probes = definition.probes.iter().map(|probe| {
        let locations: BTreeMap<LocationName, ProbeAtLocation> =
            judgement.probes.remove(&probe.id.name).unwrap_or_default();
        ProbeView { name: probe.id.name.clone(), kind: probe.check.kind(), locations, beat_at: beats.last(&probe.id) }
    });
    ComponentView {
        id: definition.id.clone(),
        name: definition.name.clone(),
        group: definition.group.clone(),
        formerly: definition.formerly.clone(),
        description: definition.description.clone(),
        url: definition.url.as_ref().map(ToString::to_string),
        probes: probes.collect(),
        status: judgement.status,
        declared: None,
        since: judgement.since,
        created_at: judgement.created_at,
        last_result_at: judgement.last_result_at,
        stale_at: judgement.stale_at,
        // Of what fails under maintenance the probes tell, not the component.
        reason: judgement.reason.filter(|_| judgement.status != Status::UnderMaintenance),
        certificate_expires_at: judgement.certificate_expires_at,
        history,
    }
}
