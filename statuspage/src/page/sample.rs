//! Invented snapshots for tests: a small collective in good and bad times.
//!
//! It does not know what a page makes of them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use shared::{
    Failure, FailureKind, Health, HttpFacts, HttpVersion, Language, LocationName, Observation, Status, Text, Timestamp,
    Timings, Verdict,
};

use crate::{
    domains::Domain,
    incident::{Incident, sample as incidents},
    maintenance::sample as maintenances,
    outpost::{Hearing, HubView, Trouble},
    site::{Safeguards, Site},
    snapshot::{
        ComponentView, Day, HistoryView, LatencyPoint, LatencySeries, MonitorView, ProbeAtLocation, ProbeView, Reason,
        Rhythm, Snapshot, StoreState, TimeInStatus, Uptime, UptimeTable,
    },
};

const LOCATIONS: [&str; 3] = ["francfort", "lyon", "montreal"];
const NAMES: [(&str, &str, &str, &str); 8] = [
    ("cloud", "Nuage", "Nextcloud : fichiers, agendas, contacts", "Espaces de travail"),
    ("documents", "Documents", "édition à plusieurs", "Espaces de travail"),
    ("forum", "Forum", "Discourse", "Espaces de travail"),
    ("chat", "Messagerie instantanée", "Rocket.Chat", "Échanges"),
    ("mail", "Courriel", "IMAP, SMTP, webmail", "Échanges"),
    ("meet", "Visioconférence", "Jitsi", "Échanges"),
    ("storage", "Stockage", "MinIO", "Socle"),
    ("names", "Noms et certificats", "DNS, TLS", "Socle"),
];

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().expect("RFC 3339")
}

/// When every sample is made: 14:25:03 in Paris.
pub(super) fn now() -> Timestamp {
    time("2026-11-22T13:25:03Z")
}

/// Reproducible noise: the next of a linear congruential sequence.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn time_in(status: Status, spell: Duration) -> TimeInStatus {
    let rest = Duration::from_secs(86_400).saturating_sub(spell);
    let before = if status == Status::Operational { rest } else { Duration::ZERO };
    TimeInStatus::default().with(Status::Operational, rest).with(status, before + spell)
}

fn day(date: Date, worst: Status, spell: Duration) -> Day {
    let uptime = match worst {
        Status::Unknown => None,
        Status::MajorOutage => {
            Some(Uptime { ratio: 1_000_000 - (spell.as_secs() * 1_000_000 / 86_400) as u32, coverage: 1_000_000 })
        }
        _ => Some(Uptime { ratio: 1_000_000, coverage: 998_000 }),
    };
    Day { date, worst, time: time_in(worst, spell), uptime }
}

fn days(today: Status, noise: &mut Noise) -> Vec<Day> {
    let last: Date = "2026-11-22".parse().expect("a date");
    let one = |ago: i64| {
        let date = last.checked_sub(ago.days()).expect("in range");
        let spell = Duration::from_secs(60 + noise.below(1_800));
        let worst = match (ago, noise.below(60)) {
            (0, _) => today,
            (_, 0) => Status::MajorOutage,
            (_, 1 | 2) => Status::DegradedPerformance,
            (_, 3) => Status::PartialOutage,
            _ => Status::Operational,
        };
        day(date, worst, spell)
    };
    (0..90).rev().map(one).collect()
}

fn latency(noise: &mut Noise) -> LatencySeries {
    let mut series = |count: u64, step: Duration| -> Vec<LatencyPoint> {
        let point = |i: u64| {
            let p50 = Duration::from_millis(90 + noise.below(60));
            let p95 = p50 + Duration::from_millis(40 + noise.below(90));
            let p99 = p95 + Duration::from_millis(noise.below(200));
            LatencyPoint::new(now().minus(step * u32::try_from(count - i).expect("few")), 120, [p50, p95, p99])
        };
        (0..count).map(point).collect()
    };
    let hour = Duration::from_secs(3_600);
    let (day, mut hours) = (series(24, hour), series(168, hour));
    hours.splice(hours.len() - day.len().., day);
    LatencySeries::new(hours, now().minus(hour * 24), series(90, hour * 24))
}

pub(super) fn observation(id: &str, failure: Option<Failure>) -> Observation {
    Observation {
        probe: format!("{id}/login").parse().expect("an id"),
        location: "lyon".parse().expect("a name"),
        started_at: time("2026-11-22T13:02:11Z"),
        verdict: failure.as_ref().map_or(Verdict::Pass, |failure| failure.kind.verdict()),
        http: Some(HttpFacts {
            status: if failure.is_some() { 502 } else { 200 },
            version: HttpVersion::Http11,
            redirects: Vec::new(),
        }),
        failure,
        timings: Timings::default(),
        duration: Duration::from_millis(128),
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    }
}

fn probe(id: &str, health: Health) -> ProbeView {
    let failure = (health == Health::Down).then(|| Failure::new(FailureKind::HttpStatus, "502 Bad Gateway"));
    let last = (health != Health::Unknown).then(|| Arc::new(observation(id, failure)));
    let stale_at = (health != Health::Unknown).then(|| now().plus(Duration::from_secs(92)));
    let at_location = ProbeAtLocation { health, last, stale_at };
    let place = |name: &&str| (name.parse().expect("a name"), at_location.clone());
    ProbeView {
        name: "login".parse().expect("a name"),
        kind: "http",
        locations: LOCATIONS.iter().map(place).collect(),
        beat_at: None,
    }
}

pub(super) fn component(id: &str, name: &str, description: &str, group: &str, status: Status) -> ComponentView {
    let mut noise = Noise(id.bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte)));
    let uptime = Some(Uptime { ratio: 999_999 - noise.below(2_000) as u32, coverage: 998_123 });
    let failed = matches!(status, Status::MajorOutage | Status::PartialOutage);
    let unknown = status == Status::Unknown;
    let failure = Failure::new(FailureKind::HttpStatus, "502 Bad Gateway");
    ComponentView {
        id: id.parse().expect("an id"),
        name: name.into(),
        group: Some(group.into()),
        formerly: Vec::new(),
        description: Some(description.into()),
        url: Some(format!("https://{id}.example.org")),
        status,
        declared: None,
        since: time("2026-11-22T13:02:11Z"),
        created_at: time("2026-01-01T00:00:00Z"),
        last_result_at: Some(now().minus(Duration::from_secs(if unknown { 720 } else { 8 }))),
        stale_at: (!unknown).then(|| now().plus(Duration::from_secs(92))),
        reason: failed.then(|| Reason {
            probe: "login".parse().expect("a name"),
            locations: LOCATIONS
                .iter()
                .skip(usize::from(status == Status::PartialOutage))
                .map(|l| l.parse().expect("a name"))
                .collect(),
            verdict: Verdict::Fail,
            kind: FailureKind::HttpStatus,
            detail: failure.detail.clone(),
            http_status: Some(502),
            since: time("2026-11-22T13:02:11Z"),
        }),
        probes: vec![probe(
            id,
            if failed {
                Health::Down
            } else if unknown {
                Health::Unknown
            } else {
                Health::Up
            },
        )],
        certificate_expires_at: Some(time("2027-01-22T12:00:00Z")),
        history: Arc::new(HistoryView {
            days: days(status, &mut noise),
            uptime: UptimeTable { day: uptime, week: uptime, month: uptime, quarter: uptime, year: None },
            latency: LOCATIONS.iter().take(2).map(|l| (l.parse().expect("a name"), latency(&mut noise))).collect(),
            failures: (0..if failed { 3 } else { 0 })
                .map(|_| Arc::new(observation(id, Some(failure.clone()))))
                .collect(),
        }),
    }
}

pub(super) fn site() -> Site {
    Site {
        title: "Le Collectif".into(),
        languages: Language::ALL.into(),
        time_zone: TimeZone::get("Europe/Paris").expect("bundled"),
        public_url: None,
        groups: Vec::new(),
        frame_ancestors: "'none'".to_owned(),
        mail: None,
        safeguards: Safeguards::default(),
    }
}

pub(super) fn snapshot(components: Vec<ComponentView>) -> Snapshot {
    let last = |(i, name): (usize, &&str)| -> (LocationName, Option<Timestamp>) {
        (name.parse().expect("a name"), Some(now().minus(Duration::from_secs(5 + 3 * i as u64))))
    };
    Snapshot {
        generated_at: now(),
        promise: Duration::from_secs(120),
        site: Arc::new(site()),
        status: components.iter().fold(Status::Operational, |worst, component| worst.worst(component.status)),
        components: components.into_iter().map(Arc::new).collect(),
        locations: LOCATIONS.iter().enumerate().map(last).collect::<BTreeMap<_, _>>(),
        places: Arc::default(),
        quarantined: Arc::default(),
        store: StoreState::Synced,
        incidents: Arc::default(),
        maintenances: Arc::default(),
        monitor: Arc::default(),
        watch: Arc::default(),
        mail: Arc::default(),
        alarms: Arc::default(),
        domains: Arc::default(),
        upstream: None,
    }
}

/// The eight services in these states; operational where the list ends.
pub(super) fn with(states: &[Status]) -> Snapshot {
    let one = |(i, (id, name, description, group)): (usize, &(&str, &str, &str, &str))| {
        component(id, name, description, group, states.get(i).copied().unwrap_or(Status::Operational))
    };
    snapshot(NAMES.iter().enumerate().map(one).collect())
}

pub(super) fn good_times() -> Snapshot {
    with(&[])
}

pub(super) fn outage() -> Snapshot {
    use Status::{DegradedPerformance, MajorOutage, Operational, PartialOutage, UnderMaintenance, Unknown};
    let states = [
        MajorOutage,
        MajorOutage,
        PartialOutage,
        DegradedPerformance,
        Operational,
        Unknown,
        Operational,
        UnderMaintenance,
    ];
    with(&states)
}

/// The outage as an incident of 200 services, with two that are over, and maintenance now, soon and long ago.
pub(super) fn eventful() -> Snapshot {
    use crate::{incident::sample as incidents, maintenance::sample as works};
    let mut snapshot = outage();
    let told = [incidents::storm(), incidents::relapse(), incidents::settled()];
    snapshot.incidents = Arc::new(told.map(Arc::new).into());
    snapshot.maintenances = Arc::new([works::planned(), works::running(), works::over()].map(Arc::new).into());
    snapshot
}

/// Nothing has come for twelve minutes.
pub(super) fn stale() -> Snapshot {
    with(&[Status::Unknown; 8])
}

/// Just started: nothing has come yet.
pub(super) fn first_check() -> Snapshot {
    let mut snapshot = stale();
    for component in &mut snapshot.components {
        let component = Arc::make_mut(component);
        component.last_result_at = None;
        component.history = Arc::default();
        component.certificate_expires_at = None;
    }
    snapshot.locations.values_mut().for_each(|last| *last = None);
    snapshot
}

/// A hoster's page with that many services, some of them down.
pub(super) fn many(count: usize) -> Snapshot {
    let one = |i: usize| {
        let (_, name, description, _) = NAMES[i % NAMES.len()];
        let status = if i % 17 == 3 { Status::MajorOutage } else { Status::Operational };
        let group = format!("Groupe {}", 1 + i / 20);
        component(&format!("service-{i}"), &format!("{name} {i}"), description, &group, status)
    };
    snapshot((0..count).map(one).collect())
}

/// An outage of two hundred services of which operators have told, with maintenance under way and to come, and a past.
pub(super) fn storm() -> Snapshot {
    let mut snapshot = many(200);
    for component in &mut snapshot.components {
        let component = Arc::make_mut(component);
        let worse = self::component(component.id.as_str(), "x", "x", "x", Status::MajorOutage);
        (component.status, component.since, component.reason) = (worse.status, worse.since, worse.reason);
        component.probes = worse.probes;
    }
    snapshot.status = Status::MajorOutage;
    told(&mut snapshot, vec![incidents::storm(), incidents::relapse(), incidents::settled()]);
    snapshot
}

/// Everything works, and there is a past.
pub(super) fn remembered() -> Snapshot {
    told_of(good_times())
}

fn told(snapshot: &mut Snapshot, incidents: Vec<Incident>) {
    snapshot.incidents = Arc::new(incidents.into_iter().map(Arc::new).collect());
    let maintenances = [maintenances::planned(), maintenances::running(), maintenances::over()];
    snapshot.maintenances = Arc::new(maintenances.into_iter().map(Arc::new).collect());
    let served = snapshot.components.iter().map(|component| (domain("nuage.example.org"), component.id.clone()));
    snapshot.domains = Arc::new(served.take(2).collect());
    let rhythm = |kind, seconds, probes| Rhythm { every: Some(Duration::from_secs(seconds)), kind, probes };
    snapshot.monitor = Arc::new(MonitorView { rhythms: vec![rhythm("http", 30, 196), rhythm("tcp", 60, 4)] });
}

/// The same with the past of [`remembered`].
pub(super) fn told_of(mut snapshot: Snapshot) -> Snapshot {
    told(&mut snapshot, vec![incidents::relapse(), incidents::settled()]);
    snapshot
}

/// The page of an outpost in Lyon whose hub, in the middle of a storm, was last heard twelve minutes ago; or just now.
pub(super) fn outpost(here: Snapshot, hub: &Snapshot, hearing: Hearing) -> Snapshot {
    let said = crate::bulletin::bulletin(hub);
    let view = HubView {
        address: "https://status.example.org".to_owned(),
        bulletin: Some(Arc::new(said)),
        heard_at: Some(silent_since()),
        hearing,
    };
    let lyon = [("lyon".parse().expect("a name"), Some(now()))];
    Snapshot { upstream: Some(Arc::new(view)), locations: lyon.into(), ..here }
}

fn silent_since() -> Timestamp {
    now().minus(Duration::from_secs(12 * 60))
}

pub(super) fn silent() -> Hearing {
    let trouble = Trouble::Lost { detail: "connection refused".to_owned() };
    Hearing::Silent { since: silent_since(), trouble }
}

pub(super) fn domain(name: &str) -> Domain {
    Domain::read(name).expect("a name")
}

/// Names and details by somebody who wishes us ill.
pub(super) fn hostile() -> Snapshot {
    let evil = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}&lt;";
    let mut view = component("evil", evil, evil, evil, Status::MajorOutage);
    view.url = Some("javascript:alert(3)".to_owned());
    let failure = Failure::new(FailureKind::Body, evil);
    let history = Arc::make_mut(&mut view.history);
    history.failures = vec![Arc::new(observation("evil", Some(failure)))];
    let mut snapshot = snapshot(vec![view]);
    Arc::make_mut(&mut snapshot.site).title = Text::from(evil);
    told(&mut snapshot, vec![incidents::hostile(evil)]);
    let mut planned = maintenances::planned();
    (planned.title, planned.description) = (evil.into(), evil.into());
    snapshot.maintenances = Arc::new(vec![Arc::new(planned)]);
    snapshot
}
