//! What pages, API, feeds and metrics read: one immutable picture of everything, published by the hub.
//!
//! It does not know how it was judged nor how it is shown; whoever holds it holds it for as long as they like.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc, time::Duration};

use prober::definition::Quarantined;
use shared::{
    ComponentId, FailureKind, Health, IncidentId, LocationName, MaintenanceId, Observation, ProbeName, Status, Text,
    Timestamp, Verdict,
};

use crate::{
    domains::Domains,
    incident::Incident,
    location::LocationView,
    mailing::MailView,
    maintenance::Maintenance,
    notify::{Alarm, ChannelName, Fault, FaultId, FaultKind, Medium, Proof, Taken},
    outpost::HubView,
    resources::Reading,
    site::Site,
    watch::PingsSeen,
};

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

/// How operators are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmsView {
    /// The channels with what proves them.
    pub channels: Vec<ChannelView>,
    /// The telling of incidents.
    pub incidents: BTreeMap<IncidentId, Alarm>,
    /// The lasting faults of the monitor that are open.
    pub faults: Vec<FaultView>,
}

impl AlarmsView {
    /// The places that see nothing, and since when.
    pub fn blind(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        let blind = self.faults.iter().filter(|fault| fault.id.kind() == FaultKind::LocationBlind);
        blind.filter_map(|fault| Some((fault.id.of()?, fault.since)))
    }
}

/// A channel of the settings, without what is private about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelView {
    /// Its name.
    pub name: ChannelName,
    /// What it is.
    pub medium: Medium,
    /// What proves it.
    pub proof: Proof,
}

/// A lasting fault of the monitor that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultView {
    /// Which one.
    pub id: FaultId,
    /// With its facts.
    pub fault: Fault,
    /// Since when.
    pub since: Timestamp,
    /// Who takes care of it.
    pub taken: Option<Taken>,
}

/// What the watch over the monitoring found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WatchView {
    /// Whether it is proven that failures are found.
    pub detection: Detection,
    /// The lasting faults of the monitor that are open, and since when.
    pub open: BTreeMap<FaultKind, Timestamp>,
    /// What there was left at the last look.
    pub reading: Option<Reading>,
    /// What became of the last pings.
    pub pings: PingsSeen,
    /// How often time did not pass evenly since the start: the clock was set, the machine slept, the process stood still.
    pub stumbles: u64,
}

impl WatchView {
    /// Whether any of these faults is open.
    pub fn is_any_open(&self, kinds: &[FaultKind]) -> bool {
        kinds.iter().any(|kind| self.open.contains_key(kind))
    }
}

/// Whether it is proven that failures are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detection {
    /// No place has canaries.
    #[default]
    Unproven,
    /// Every canary was found to be what it is, or is not due yet.
    Proven,
    /// Some was not.
    Broken,
}

/// What the monitoring says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonitorView {
    /// How often what is asked, the most frequent first, cron lines last.
    pub rhythms: Vec<Rhythm>,
}

/// So many probes of one kind that run equally often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rhythm {
    /// Absent for cron lines.
    pub every: Option<Duration>,
    /// `http`, `tcp` …
    pub kind: &'static str,
    /// How many there are.
    pub probes: usize,
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

/// One component, now and in the past.
#[derive(Debug, Clone)]
pub struct ComponentView {
    /// The definition file's stem.
    pub id: ComponentId,
    /// What it was called before: its past lies under these names too.
    pub formerly: Vec<ComponentId>,
    /// What readers call it.
    pub name: Text,
    /// The heading it stands under.
    pub group: Option<Text>,
    /// One line about it.
    pub description: Option<Text>,
    /// Where its users go.
    pub url: Option<String>,
    /// Its state, the worse of what is measured and what operators say; [`Status::Unknown`] with no `last_result_at` reads "first
    /// check under way".
    pub status: Status,
    /// What operators say of it in an open incident of theirs; absent when they say nothing.
    pub declared: Option<Declared>,
    /// Since when it has that state.
    pub since: Timestamp,
    /// When it was first watched.
    pub created_at: Timestamp,
    /// When the newest result came that its state rests on.
    pub last_result_at: Option<Timestamp>,
    /// From then on the state is no longer proven, unless a result comes; absent when nothing is proven now.
    pub stale_at: Option<Timestamp>,
    /// Why the state is not operational, where a failure says it.
    pub reason: Option<Reason>,
    /// Each probe with its health at each location.
    pub probes: Vec<ProbeView>,
    /// The earliest end among the certificates seen.
    pub certificate_expires_at: Option<Timestamp>,
    /// The past; made anew less often than the rest.
    pub history: Arc<HistoryView>,
}

/// What operators say of a component, beside what is measured of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The state by their word.
    pub status: Status,
    /// Since when, by their word.
    pub since: Timestamp,
    /// The state without their word: as measured, or under maintenance.
    pub beside: Status,
}

impl ComponentView {
    /// The state without operators' word: as measured, or under maintenance. Whether something is proven is asked of this one.
    pub fn measured(&self) -> Status {
        self.declared.map_or(self.status, |declared| declared.beside)
    }

    /// What operators say, when it is worse than all that is measured.
    pub fn by_word(&self) -> Option<Declared> {
        self.declared.filter(|declared| declared.status.severity() > declared.beside.severity())
    }

    /// Takes operators' word: the worse state wins, and of two that are equally bad the earlier one.
    #[must_use]
    pub(crate) fn declared_as(mut self, status: Status, since: Timestamp) -> Self {
        let beside = self.status;
        self.since = match status.severity().cmp(&beside.severity()) {
            Ordering::Greater => since,
            Ordering::Equal => since.min(self.since),
            Ordering::Less => self.since,
        };
        self.status = beside.worst(status);
        self.declared = Some(Declared { status, since, beside });
        self
    }
}

/// Why a component is not operational: the worst failure of its probes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The probe that found it.
    pub probe: ProbeName,
    /// The locations that say so.
    pub locations: Vec<LocationName>,
    /// Fail, warn or unknown.
    pub verdict: Verdict,
    /// The reason from the closed set.
    pub kind: FailureKind,
    /// In words that may be public.
    pub detail: String,
    /// The HTTP status, where there was one.
    pub http_status: Option<u16>,
    /// The first observation in a row that failed.
    pub since: Timestamp,
}

/// One probe at all its locations.
#[derive(Debug, Clone)]
pub struct ProbeView {
    /// Its id inside the component.
    pub name: ProbeName,
    /// `http`, `tcp` …
    pub kind: &'static str,
    /// What each location last said.
    pub locations: BTreeMap<LocationName, ProbeAtLocation>,
    /// When the last sign of life came, of a heartbeat.
    pub beat_at: Option<Timestamp>,
}

/// One probe at one location.
#[derive(Debug, Clone)]
pub struct ProbeAtLocation {
    /// What is believed; [`Health::Unknown`] when stale.
    pub health: Health,
    /// The last observation, with what is private in it; absent before the first.
    pub last: Option<Arc<Observation>>,
    /// From then on `last` proves nothing.
    pub stale_at: Option<Timestamp>,
}

/// A component's past.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HistoryView {
    /// Up to 90 days in the site's time zone, the oldest first, today last.
    pub days: Vec<Day>,
    /// Uptime over the customary windows.
    pub uptime: UptimeTable,
    /// Latency at each location.
    pub latency: BTreeMap<LocationName, LatencySeries>,
    /// The newest failures (fail or warn), newest first, at most 20, already public.
    pub failures: Vec<Arc<Observation>>,
}

/// One day of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Its date in the site's time zone.
    pub date: jiff::civil::Date,
    /// The worst state it had for any measurable time; unknown only when nothing else was.
    pub worst: Status,
    /// How long it had each state.
    pub time: TimeInStatus,
    /// Uptime of that day alone; absent when nothing was observed.
    pub uptime: Option<Uptime>,
}

/// How long a component had each state on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeInStatus {
    /// In milliseconds, in the order of [`Status::ALL`]; a day has 90 million of them at most.
    spent: [u32; Status::ALL.len()],
}

impl TimeInStatus {
    /// The time in one state; for [`Status::Unknown`], that in which it was watched and nothing was known.
    pub fn of(&self, status: Status) -> Duration {
        let spent = Status::ALL.iter().zip(self.spent).find(|(other, _)| **other == status);
        Duration::from_millis(spent.map_or(0, |(_, millis)| millis.into()))
    }

    /// The same with another time in one state, to the millisecond, at most 49 days.
    pub fn with(mut self, status: Status, time: Duration) -> Self {
        let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        let spent = Status::ALL.iter().zip(&mut self.spent).find(|(other, _)| **other == status);
        spent.into_iter().for_each(|(_, spent)| *spent = millis);
        self
    }
}

/// Share of time that a component worked, and of how much of the time that can be said.
///
/// Time-weighted: a major outage counts whole, a partial one 30 %, degraded performance not at all; maintenance and unknown time
/// are left out of the denominator. Both in millionths, rounded down, so that 100 % means every single millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uptime {
    /// Millionths of the observed time.
    pub ratio: u32,
    /// Millionths of the window (cut at the first observation) in which something was known.
    pub coverage: u32,
}

/// Uptime over the customary windows that end now; absent when nothing was observed in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UptimeTable {
    /// 24 hours.
    pub day: Option<Uptime>,
    /// 7 days.
    pub week: Option<Uptime>,
    /// 30 days.
    pub month: Option<Uptime>,
    /// 90 days.
    pub quarter: Option<Uptime>,
    /// 365 days.
    pub year: Option<Uptime>,
}

/// Latency over the customary windows; a point without results is absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LatencySeries {
    hours: Box<[LatencyPoint]>,
    /// Where the last 24 hours begin in them.
    last_day: usize,
    days: Box<[LatencyPoint]>,
}

impl LatencySeries {
    /// The hours of a week, of which those since `yesterday` are the last day's, and the days of a quarter; the oldest first.
    pub fn new(hours: Vec<LatencyPoint>, yesterday: Timestamp, days: Vec<LatencyPoint>) -> Self {
        let last_day = hours.partition_point(|point| point.at < yesterday);
        Self { hours: hours.into(), last_day, days: days.into() }
    }

    /// 24 hours, by hour.
    pub fn day(&self) -> &[LatencyPoint] {
        self.hours.get(self.last_day..).unwrap_or_default()
    }

    /// 7 days, by hour.
    pub fn week(&self) -> &[LatencyPoint] {
        &self.hours
    }

    /// 90 days, by day.
    pub fn quarter(&self) -> &[LatencyPoint] {
        &self.days
    }
}

/// Percentiles of the durations of the results that passed or warned, within 2 %.
///
/// Three hundred of them are kept for each component and location, hence the small form: whole microseconds, at most 71 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencyPoint {
    /// The beginning of the hour or day.
    pub at: Timestamp,
    /// How many results.
    pub count: u32,
    micros: [u32; 3],
}

impl LatencyPoint {
    /// So many results, and their median and 95th and 99th percentile.
    pub fn new(at: Timestamp, count: u32, percentiles: [Duration; 3]) -> Self {
        let micros = percentiles.map(|duration| u32::try_from(duration.as_micros()).unwrap_or(u32::MAX));
        Self { at, count, micros }
    }

    /// The median, and what 95 and 99 of 100 were faster than.
    pub fn percentiles(&self) -> [Duration; 3] {
        self.micros.map(|micros| Duration::from_micros(micros.into()))
    }

    /// The median.
    pub fn p50(&self) -> Duration {
        self.percentiles()[0]
    }

    /// 95 of 100 were faster.
    pub fn p95(&self) -> Duration {
        self.percentiles()[1]
    }

    /// 99 of 100 were faster.
    pub fn p99(&self) -> Duration {
        self.percentiles()[2]
    }
}
