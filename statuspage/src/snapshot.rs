//! What pages, API, feeds and metrics read: one immutable picture of everything, published by the hub.
//!
//! It does not know how it was judged nor how it is shown; whoever holds it holds it for as long as they like.

mod component;
mod monitor;
mod past;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use prober::definition::Quarantined;
use shared::{ComponentId, IncidentId, LocationName, MaintenanceId, Status, Timestamp};

use crate::{
    domains::Domains, incident::Incident, location::LocationView, mailing::MailView, maintenance::Maintenance,
    outpost::HubView, site::Site,
};

pub use component::{ComponentView, Declared, ProbeAtLocation, ProbeView, Reason};
pub use monitor::{AlarmsView, ChannelView, Detection, FaultView, MonitorView, Rhythm, WatchView};
pub use past::{Day, HistoryView, LatencyPoint, LatencySeries, TimeInStatus, Uptime, UptimeTable};

/// Everything, at one instant.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// When it was made, by the hub's clock.
    pub generated_at: Timestamp,
    /// Older than that it proves nothing any more.
    pub promise: Duration,
    /// The page's own facts.
    pub site: Arc<Site>,
    /// The worst of all components.
    pub status: Status,
    /// In the order of the page: by group, then by file name.
    pub components: Vec<Arc<ComponentView>>,
    /// The last result that came from each location.
    pub locations: BTreeMap<LocationName, Option<Timestamp>>,
    /// The locations that report from elsewhere, with what only operators may see of them.
    pub places: Arc<BTreeMap<LocationName, LocationView>>,
    /// Definition files that are not used as they stand: for operators, never public.
    pub quarantined: Arc<Vec<Quarantined>>,
    /// How the store does.
    pub store: StoreState,
    /// Every incident that is remembered, with what only operators may see; those that began last first.
    pub incidents: Arc<Vec<Arc<Incident>>>,
    /// Every maintenance that is remembered, and the occurrences to come within [`ANNOUNCED_BEFORE`] and the next one of each
    /// plan; those that begin last first.
    ///
    /// [`ANNOUNCED_BEFORE`]: crate::maintenance::ANNOUNCED_BEFORE
    pub maintenances: Arc<Vec<Arc<Maintenance>>>,
    /// What the monitoring says of itself, beside what can be seen in the components.
    pub monitor: Arc<MonitorView>,
    /// What the watch over the monitoring found.
    pub watch: Arc<WatchView>,
    /// How the mail to subscribers does.
    pub mail: Arc<MailView>,
    /// How far the telling of alarms has got, and what proves channels: for operators, but for the proof.
    pub alarms: Arc<AlarmsView>,
    /// Which components serve which name: private, asked for one name at a time.
    pub domains: Arc<Domains>,
    /// The hub that this one stands by, where it is an outpost.
    pub upstream: Option<Arc<HubView>>,
}

impl Snapshot {
    /// Finds one incident.
    pub fn incident(&self, id: &IncidentId) -> Option<&Arc<Incident>> {
        self.incidents.iter().find(|incident| incident.id == *id)
    }

    /// Finds one maintenance.
    pub fn maintenance(&self, id: &MaintenanceId) -> Option<&Arc<Maintenance>> {
        self.maintenances.iter().find(|maintenance| maintenance.id == *id)
    }

    /// The incidents that are not over.
    pub fn open_incidents(&self) -> impl Iterator<Item = &Arc<Incident>> {
        self.incidents.iter().filter(|incident| incident.stage.is_open())
    }

    /// Finds one component.
    pub fn component(&self, id: &ComponentId) -> Option<&Arc<ComponentView>> {
        self.components.iter().find(|component| component.id == *id)
    }

    /// The former names of a component; none for one that is not watched any more.
    pub fn formerly(&self, id: &ComponentId) -> Vec<ComponentId> {
        self.component(id).map(|component| component.formerly.clone()).unwrap_or_default()
    }

    /// The component that had this name before and gave it up.
    pub fn renamed(&self, former: &ComponentId) -> Option<&ComponentId> {
        let taken = self.component(former).is_some();
        let renamed = self.components.iter().find(|component| component.formerly.contains(former));
        renamed.filter(|_| !taken).map(|component| &component.id)
    }
}

/// How the store does, as the hub sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreState {
    /// Everything that was accepted is on stable storage.
    Synced,
    /// Results wait in memory; judging and telling go on.
    Behind,
    /// There is no usable database; judging and telling go on.
    Absent,
}
