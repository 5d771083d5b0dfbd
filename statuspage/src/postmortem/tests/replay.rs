//! Two days of a full disk under a control plane, from single observations to the draft: what probes would have known.
//!
//! On the first day users called at 14:00 and detection took "more than an hour"; on the second they wrote at 07:18.

use std::{net::IpAddr, sync::Arc, time::Duration};

use shared::{
    Failure, FailureKind, HttpFacts, HttpVersion, IncidentId, Observation, Stage, Text, Thresholds, Timestamp, Timings,
    Verdict,
};

use super::{at, words};
use crate::{
    engine::{Engine, Input, Observed, Roster, RosterComponent},
    incident::{Actor, Book, Command, Incident, Landmark, Landscape, Rules, Statement, wording},
    postmortem::{
        Draft, Facts, PageComponent, Story,
        measure::{Extent, Measurer},
    },
};

/// Group and how many services it has; the last group does not fail.
const GROUPS: [(&str, usize); 3] = [("nextcloud", 14), ("discourse", 4), ("minio", 2)];
const LOCATIONS: [&str; 3] = ["francfort", "lyon", "montreal"];
/// First failure, first recovery, and the seconds from one recovery to the next.
const OUTAGES: [(&str, &str, u64); 2] =
    [("2025-10-01T11:02:11Z", "2025-10-01T12:13:05Z", 62), ("2025-10-02T05:05:02Z", "2025-10-02T06:10:00Z", 33)];
const END: &str = "2025-10-02T06:45:00Z";

/// An observation, and when it came.
type Arrival = (Timestamp, Arc<Observation>);
/// An order about the newest incident, at its version.
type Order = fn(IncidentId, u64) -> Command;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn page() -> Vec<PageComponent> {
    let one = |group: &str, number: usize| PageComponent {
        id: format!("{group}-{number:02}").parse().expect("an id"),
        name: format!("{group} {number}").as_str().into(),
        group: Some(group.into()),
    };
    GROUPS.iter().flat_map(|(group, count)| (1..=*count).map(|number| one(group, number))).collect()
}

/// Whether the service of that place on the page answers 502.
fn fails(place: usize, now: Timestamp) -> bool {
    let late = seconds(place as u64);
    place < GROUPS[0].1 + GROUPS[1].1
        && OUTAGES
            .iter()
            .any(|(from, back, apart)| now >= at(from).plus(late) && now < at(back).plus(seconds(apart * place as u64)))
}

/// Every 30 s around the outages; in between less often, which nobody will miss here.
fn every(now: Timestamp) -> Duration {
    let around =
        |(from, back, _): &(&str, &str, u64)| now.plus(seconds(600)) >= at(from) && now < at(back).plus(seconds(2_400));
    if OUTAGES.iter().any(around) { seconds(30) } else { seconds(180) }
}

fn observation(component: &PageComponent, location: &str, start: Timestamp, verdict: Verdict) -> Observation {
    let http = HttpFacts {
        status: if verdict == Verdict::Fail { 502 } else { 200 },
        version: HttpVersion::Http11,
        redirects: vec![],
    };
    Observation {
        probe: format!("{}/http", component.id).parse().expect("an id"),
        location: location.parse().expect("a name"),
        started_at: start,
        verdict,
        failure: (verdict == Verdict::Fail).then(|| Failure::new(FailureKind::HttpStatus, "502 Bad Gateway")),
        timings: Timings::default(),
        duration: Duration::from_millis(120),
        http: Some(http),
        certificate_expires_at: Some(certificate(start)),
        confirmation: false,
        address: Some(address(component, start)),
    }
}

/// The certificate that all share is renewed while the first outage lasts.
fn certificate(now: Timestamp) -> Timestamp {
    let renewed = now >= at("2025-10-01T12:05:00Z");
    at(if renewed { "2025-12-30T12:00:00Z" } else { "2025-10-20T12:00:00Z" })
}

/// MinIO is at two addresses in turn; one Nextcloud moves while the second outage lasts.
fn address(component: &PageComponent, now: Timestamp) -> IpAddr {
    let moved = component.id.as_str() == "nextcloud-03" && now >= at("2025-10-02T05:40:00Z");
    let other = component.id.as_str().starts_with("minio") && now.as_millis() / 60_000 % 2 == 0;
    IpAddr::from([192, 0, 2, if moved { 20 } else { 10 + u8::from(other) }])
}

/// Everything that probes see in these two days, in order; what changes is confirmed at once.
fn observations() -> Vec<Arrival> {
    let mut all = Vec::new();
    for (place, component) in page().iter().enumerate() {
        for (number, location) in LOCATIONS.iter().enumerate() {
            let (mut now, mut before) = (at("2025-10-01T10:45:00Z").plus(seconds(3 * number as u64)), Verdict::Pass);
            while now < at(END) {
                let verdict = if fails(place, now) { Verdict::Fail } else { Verdict::Pass };
                let again = if verdict == before { 1 } else { 3 };
                all.extend((0..again).map(|again| {
                    let start = now.plus(Duration::from_millis(700 * again));
                    (start.plus(Duration::from_millis(120)), Arc::new(observation(component, location, start, verdict)))
                }));
                (before, now) = (verdict, now.plus(every(now)));
            }
        }
    }
    all.sort_by_key(|(arrival, _)| *arrival);
    all
}

/// What people did, and when.
fn orders() -> Vec<(Timestamp, Order)> {
    vec![
        (at("2025-10-01T11:05:40Z"), |incident, _| Command::Acknowledge { incident }),
        (at("2025-10-01T12:00:30Z"), |incident, version| Command::ReportedByUsers {
            incident,
            version,
            at: at("2025-10-01T12:00:00Z"),
        }),
        (at("2025-10-01T12:10:00Z"), |incident, version| Command::Say {
            incident,
            version,
            statement: statement(Stage::Identified, "etcd est en panne sur le control plane. Nous le redémarrons."),
        }),
        (at("2025-10-01T12:40:00Z"), |incident, version| Command::Say {
            incident,
            version,
            statement: statement(Stage::Resolved, "Tous les services sont revenus."),
        }),
        (at("2025-10-02T05:09:00Z"), |incident, _| Command::Acknowledge { incident }),
        (at("2025-10-02T05:18:30Z"), |incident, version| Command::ReportedByUsers {
            incident,
            version,
            at: at("2025-10-02T05:18:00Z"),
        }),
    ]
}

fn statement(stage: Stage, body: &str) -> Statement {
    Statement { stage, body: Text::from(body), title: None, workaround: None, next_update_at: None }
}

fn roster() -> Roster {
    let probe = || RosterComponent { probes: [("http".parse().expect("a name"), Thresholds::default())].into() };
    Roster { components: page().into_iter().map(|component| (component.id, probe())).collect() }
}

fn landscape() -> Landscape {
    let landmark = |component: &PageComponent| Landmark {
        name: component.name.clone(),
        group: component.group.clone(),
        depends_on: vec![],
        formerly: vec![],
    };
    page().iter().map(|component| (component.id.clone(), landmark(component))).collect()
}

/// Lives through both days; gives the incidents, and every observation.
fn live() -> (Vec<Arc<Incident>>, Vec<Arrival>) {
    let (all, begin) = (observations(), at("2025-10-01T10:44:00Z"));
    let (mut engine, mut book) = (Engine::new(), Book::new(Rules::default()));
    engine.step(Input::Roster(Arc::new(roster())), begin);
    book.arrange(landscape(), begin);
    let mut orders = orders().into_iter().peekable();
    for (arrival, observation) in &all {
        while let Some((at, order)) = orders.next_if(|(at, _)| at <= arrival) {
            let newest = book.incidents().into_iter().max_by_key(|incident| incident.times.started_at).expect("one");
            let camille = Actor::Operator("Camille".to_owned());
            book.order(&camille, order(newest.id.clone(), newest.version), at).expect("carried out");
        }
        let stale_at = arrival.plus(seconds(600));
        let observed = Observed { observation: Arc::clone(observation), stale_at };
        let transitions = engine.step(Input::Observation(observed), *arrival).transitions;
        let mut news = book.tick(*arrival);
        news.extend(book.hear(&transitions, *arrival));
        // The channel takes a few seconds.
        for incident in book.incidents().iter().filter(|incident| incident.times.told_at.is_none()) {
            let told = incident.times.detected_at.plus(seconds(12));
            if told <= *arrival {
                book.delivered(&incident.id, told);
            }
        }
    }
    book.tick(at(END));
    (book.incidents(), all)
}

#[test]
fn two_days_are_one_story_whose_draft_knows_what_nobody_knew() {
    let (incidents, observations) = live();
    assert_eq!(incidents.len(), 2, "{:#?}", incidents.iter().map(|incident| &incident.times).collect::<Vec<_>>());
    let story = Story::among(&incidents, &incidents[0].id).expect("there is one");
    assert_eq!(story.incidents().len(), 2, "the second day is the return of the first");
    assert!(story.is_over());
    for incident in story.incidents() {
        let detection = incident.times.detected_at.since(incident.times.started_at);
        assert!(detection <= seconds(45), "{detection:?}, and it read \"unknown\"");
    }
    let now = at("2025-10-03T08:00:00Z");
    let mut measurer = Measurer::new(Extent::of(&story, now));
    for (_, observation) in &observations {
        measurer.add(observation).expect("JSON");
    }
    let measured = measurer.end();
    for language in shared::Language::ALL {
        let words = words(language);
        let facts = Facts {
            incidents: story.incidents().to_vec(),
            title: wording::title(story.first(), &words),
            page: page(),
            windows: vec![],
            slow: measured.slow,
            results: measured.results.clone(),
            turns: measured.turns.clone(),
            undone: vec![],
            address: None,
            now,
        };
        let draft = Draft::of(&facts, &words);
        insta::assert_snapshot!(
            format!("replay_{language}"),
            draft.markdown(&words).replace(['\u{a0}', '\u{202f}'], " ")
        );
    }
}
