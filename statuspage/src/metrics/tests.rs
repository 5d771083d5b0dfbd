//! The whole text of a scrape, and the rules of its format.

use std::{collections::BTreeSet, time::Duration};

use shared::{Failure, FailureKind, Timestamp, Verdict};

use super::*;
use crate::{server::stage, snapshot::ComponentView};

fn now() -> Timestamp {
    "2026-11-22T13:00:00Z".parse().expect("a time")
}

fn scrape(snapshot: &Snapshot, now: Timestamp) -> String {
    let process = ProcessFacts {
        cpu_seconds: 1.25,
        start_time_seconds: 1_795_000_000.0,
        resident_bytes: 4_096.0,
        virtual_bytes: 8_192.0,
        open_fds: 20.0,
        max_fds: Some(1_024.0),
    };
    let prober = Some(prober::Counted::default());
    Scrape {
        snapshot,
        now,
        hub: &HubCounters::default(),
        store: store::Counters::default(),
        prober,
        process: Some(process),
    }
    .render()
}

fn last(component: &mut ComponentView, change: impl Fn(&mut shared::Observation)) {
    for at in component.probes[0].locations.values_mut() {
        let mut observation = shared::Observation::clone(at.last.as_ref().expect("there is one"));
        change(&mut observation);
        at.last = Some(observation.into());
    }
}

fn lines<'a>(text: &'a str, beginning: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.starts_with(beginning)).collect()
}

#[test]
fn a_scrape_reads_as_documented() {
    let mut snapshot = stage::snapshot(now());
    snapshot.components.truncate(1);
    insta::assert_snapshot!(scrape(&snapshot, now()));
}

#[test]
fn a_failing_probe_is_no_success_and_says_why() {
    let snapshot = stage::with_first(stage::snapshot(now()), |component| {
        last(component, |observation| *observation = stage::bad_gateway("cloud", now()));
    });
    let text = scrape(&snapshot, now());
    let labels = r#"component="cloud",probe="http",location="lyon""#;
    assert!(text.contains(&format!("probe_success{{{labels}}} 0\n")));
    assert!(text.contains(&format!("probe_http_status_code{{{labels}}} 502\n")));
    assert!(text.contains(&format!("belfry_probe_failure{{{labels},kind=\"http_status\"}} 1\n")));
    assert!(text.contains(&format!("belfry_probe_verdict{{{labels},verdict=\"fail\"}} 1\n")));
    assert!(!text.contains("203.0.113.7"));
}

#[test]
fn success_is_absent_without_fresh_proof() {
    let faulty = stage::with_first(stage::snapshot(now()), |component| {
        last(component, |observation| {
            observation.verdict = Verdict::Unknown;
            observation.failure = Some(Failure::new(FailureKind::ProberFault, "no network"));
        });
    });
    let text = scrape(&faulty, now());
    assert_eq!(lines(&text, "probe_success{component=\"cloud\"").len(), 0);
    assert!(text.contains(r#"component="cloud",probe="http",location="lyon",verdict="unknown"} 1"#));
    assert!(text.contains(r#"component="cloud",probe="http",location="lyon",kind="prober_fault"} 1"#));

    let stale = scrape(&stage::snapshot(now()), now().plus(Duration::from_secs(101)));
    assert_eq!(lines(&stale, "probe_").len(), 0);
    assert_eq!(lines(&stale, "belfry_probe_verdict").iter().filter(|line| line.ends_with("unknown\"} 1")).count(), 3);
}

#[test]
fn mail_is_counted_where_it_is_sent_and_nobody_is_named() {
    use crate::{
        mailing::{Flow, MailView, Tally},
        subscriber::Counts,
    };
    let mut snapshot = stage::snapshot(now());
    assert_eq!(lines(&scrape(&snapshot, now()), "belfry_mail").len(), 0, "no mail is set up");
    let flow = Flow {
        accepted_at: Some(now()),
        proven_at: Some(now()),
        waiting_since: Some(now().minus(Duration::from_secs(90))),
        waiting: 3,
        accepted: 412,
        refused: 2,
        deferred: 5,
    };
    let story = "incident-kctbh9vrtdwd".parse().expect("a story");
    let tallies = [(story, Tally { held: 4, ..Tally::default() })].into();
    let subscribers = Some(Counts { confirmed: 430, asked: 1, quarantined: 2, refused: 3, came_back: 0 });
    snapshot.mail = std::sync::Arc::new(MailView { tallies, flow: Some(flow), subscribers });
    let text = scrape(&snapshot, now());
    let expected = [
        "belfry_mail_accepted_total 412",
        "belfry_mail_refused_total 2",
        "belfry_mail_deferred_total 5",
        "belfry_mail_waiting 3",
        "belfry_mail_held 4",
        "belfry_mail_oldest_seconds 90",
        "belfry_mail_subscribers{stage=\"confirmed\"} 430",
        "belfry_mail_subscribers{stage=\"asked\"} 1",
        "belfry_mail_subscribers{stage=\"quarantined\"} 2",
        "belfry_mail_subscribers{stage=\"refused\"} 3",
        "belfry_mail_accepted_timestamp_seconds 1795352400",
        "belfry_mail_proven_timestamp_seconds 1795352400",
    ];
    assert_eq!(lines(&text, "belfry_mail"), expected);
    assert!(!text.contains("kctbh9vrtdwd"), "nor of which incident a letter was");
}

/// The rules of the text format: one block a family, help and type first, sound names, no sample twice.
#[test]
fn a_strict_parser_finds_no_fault() {
    let text = scrape(&stage::snapshot(now()), now());
    let (mut families, mut samples, mut current) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            current = help.split(' ').next().expect("a name").to_owned();
            assert!(families.insert(current.clone()), "{current} comes twice");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type");
            assert_eq!(name, current);
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        } else {
            let (sample, value) = line.rsplit_once(' ').expect("a value");
            assert_eq!(sample.split('{').next(), Some(current.as_str()));
            assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
            assert!(samples.insert(sample.to_owned()), "{sample} comes twice");
        }
    }
    assert!(text.ends_with('\n') && samples.len() > 60, "{}", samples.len());
}
