//! A small collective for tests: three components, two of them in a group, as a hub would publish them.
//!
//! It does not run anything by itself.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use shared::{
    Failure, FailureKind, Health, HttpFacts, HttpVersion, Language, Observation, Status, Text, Timestamp, Timings,
    Verdict,
};

use crate::{
    site::{Safeguards, Site},
    snapshot::{ComponentView, HistoryView, ProbeAtLocation, ProbeView, Snapshot, StoreState},
};

pub(crate) fn site() -> Site {
    Site {
        title: by_language("Hébergement solidaire", "Hosting together"),
        languages: vec![Language::Fr, Language::En],
        time_zone: TimeZone::get("Europe/Paris").expect("a zone"),
        public_url: Some("https://status.example.org".parse().expect("a URL")),
        groups: vec![],
        frame_ancestors: "'none'".to_owned(),
        safeguards: Safeguards::default(),
        mail: None,
    }
}

fn by_language(fr: &str, en: &str) -> Text {
    Text::ByLanguage(BTreeMap::from([(Language::Fr, fr.to_owned()), (Language::En, en.to_owned())]))
}

/// Everything works at `now`.
pub(crate) fn snapshot(now: Timestamp) -> Snapshot {
    Snapshot {
        generated_at: now,
        promise: Duration::from_secs(120),
        site: Arc::new(site()),
        status: Status::Operational,
        components: vec![
            Arc::new(component("cloud", Some(by_language("Bureau", "Office")), now)),
            Arc::new(component("forum", Some(by_language("Bureau", "Office")), now)),
            Arc::new(component("mail", None, now)),
        ],
        locations: BTreeMap::from([("lyon".parse().expect("a name"), Some(now))]),
        places: Arc::default(),
        quarantined: Arc::new(vec![]),
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

/// The same after `change` to its first component, with the worst status anew.
pub(crate) fn with_first(mut snapshot: Snapshot, change: impl FnOnce(&mut ComponentView)) -> Snapshot {
    let mut first = ComponentView::clone(&snapshot.components[0]);
    change(&mut first);
    snapshot.components[0] = Arc::new(first);
    snapshot.status = snapshot.components.iter().fold(Status::Operational, |worst, c| worst.worst(c.status));
    snapshot
}

fn component(id: &str, group: Option<Text>, now: Timestamp) -> ComponentView {
    let at = ProbeAtLocation {
        health: Health::Up,
        last: Some(Arc::new(observation(id, now))),
        stale_at: Some(now.plus(Duration::from_secs(100))),
    };
    ComponentView {
        id: id.parse().expect("an id"),
        name: by_language(&format!("Service {id}"), &format!("The {id}")),
        group,
        formerly: Vec::new(),
        description: Some("One line".into()),
        url: None,
        status: Status::Operational,
        declared: None,
        since: now.minus(Duration::from_secs(86_400)),
        created_at: now.minus(Duration::from_secs(30 * 86_400)),
        last_result_at: Some(now),
        stale_at: at.stale_at,
        reason: None,
        probes: vec![ProbeView {
            name: "http".parse().expect("a name"),
            kind: "http",
            locations: BTreeMap::from([("lyon".parse().expect("a name"), at)]),
            beat_at: None,
        }],
        certificate_expires_at: None,
        history: Arc::new(HistoryView::default()),
    }
}

/// A pass that ended at `now`.
pub(crate) fn observation(component: &str, now: Timestamp) -> Observation {
    let ms = Duration::from_millis;
    Observation {
        probe: format!("{component}/http").parse().expect("an id"),
        location: "lyon".parse().expect("a name"),
        started_at: now.minus(ms(80)),
        verdict: Verdict::Pass,
        failure: None,
        timings: Timings {
            resolve: Some(ms(2)),
            connect: Some(ms(8)),
            tls: Some(ms(20)),
            processing: Some(ms(40)),
            transfer: Some(ms(10)),
        },
        duration: ms(80),
        http: Some(HttpFacts { status: 200, version: HttpVersion::Http2, redirects: vec![] }),
        certificate_expires_at: Some(now.plus(Duration::from_secs(40 * 86_400))),
        confirmation: false,
        address: Some(IpAddr::from([203, 0, 113, 7])),
    }
}

/// The same, answered by 502.
pub(crate) fn bad_gateway(component: &str, now: Timestamp) -> Observation {
    let mut observation = observation(component, now);
    observation.verdict = Verdict::Fail;
    observation.failure = Some(Failure::new(FailureKind::HttpStatus, "502 Bad Gateway").with_evidence("203.0.113.7"));
    observation.http = Some(HttpFacts { status: 502, version: HttpVersion::Http11, redirects: vec![] });
    observation
}
