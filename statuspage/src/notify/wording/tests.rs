//! What operators are told, in both languages.

use std::collections::BTreeSet;

use shared::{FailureKind, Status};

use super::*;
use crate::{
    incident::Finding,
    maintenance::Word,
    notify::{
        Cause, Course, Drill, Event, Fault, FaultKind, Growth, Kind, Matter, NAMED, Named, Occasion, Planned, State,
        Still, WatchFault, sample,
    },
    words::quantity::lower,
};

fn at(clock: &str) -> Timestamp {
    format!("2026-11-22T{clock}Z").parse().expect("a time")
}

fn voice(language: Language) -> Voice {
    Voice {
        language,
        time_zone: TimeZone::get("Europe/Paris").expect("a zone"),
        site: "Collective".into(),
        public_url: Some("https://status.example.org/".parse().expect("a url")),
        key: None,
    }
}

fn cause() -> Cause {
    Cause {
        probe: "cloud/login".parse().expect("an id"),
        kind: FailureKind::HttpStatus,
        detail: "502 Bad Gateway".into(),
        http_status: Some(502),
        locations: vec!["lyon".parse().expect("a name"), "paris".parse().expect("a name")],
    }
}

/// An incident that touches services of these names.
fn matter(names: &[&str]) -> Matter {
    let named = |name: &&str| Named { id: name.to_lowercase().parse().expect("an id"), name: (*name).to_owned() };
    Matter {
        first: names.iter().take(NAMED).map(named).collect(),
        components: u32::try_from(names.len()).expect("a few"),
        ..Matter::outage("cloud".parse().expect("an id"), "Nextcloud".into(), at("13:02:00"))
    }
}

#[test]
fn what_happens_to_a_maintenance_is_said_in_both_languages() {
    let mut said = String::new();
    for (language, word) in Language::ALL.into_iter().flat_map(|language| Word::ALL.map(|word| (language, word))) {
        let planned = Planned {
            id: "kctbh9vrtdwd".parse().expect("an id"),
            version: 3,
            word,
            title: "Updates".into(),
            concerns: if word == Word::Ends { vec![] } else { vec!["Bureau".into(), "Nextcloud".into()] },
            starts_at: at("13:00:00"),
            ends_at: "2026-11-23T01:00:00Z".parse().expect("a time"),
        };
        let kind = Kind::noticed(at("12:00:00"));
        let event = Event { subject: Subject::Maintenance(Box::new(planned)), detected_at: at("12:00:00"), kind };
        let notification = Notification::new(&"phone".parse().expect("a name"), &event);
        let message = voice(language).say(&notification, at("12:00:01"));
        said += &format!("{}\n{}\n", message.headline(), message.notes.join("\n"));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn an_incident_of_several_says_what_they_have_in_common_and_names_some() {
    let names: Vec<String> = (1..=200).map(|number| format!("Site{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let finding = |address: Option<&str>| Finding {
        kind: FailureKind::HttpStatus,
        http_status: Some(502),
        components: 200,
        address: address.map(|address| address.parse().expect("an address")),
        dependency: None,
    };
    let behind = Matter { finding: Some(finding(Some("192.0.2.10"))), ..matter(&names) };
    let depending = Matter { dependency: Some("Kubernetes".into()), ..behind.clone() };
    let titled = Matter { title: Some("No mail is sent".into()), ..matter(&["Mail", "Lists"]) };
    let plain = Matter { finding: None, ..matter(&["Mail", "Lists", "Forum", "Wiki"]) };
    let since = at("13:02:00");
    let kinds = [
        Kind::Down { since, cause: Some(cause()) },
        Kind::Grown { since, cause: Some(cause()) },
        Kind::Overdue { since, promised: at("13:30:00") },
        Kind::Recovered { since, until: at("13:31:00") },
    ];
    let mut said = String::new();
    for language in Language::ALL {
        for matter in [&behind, &depending, &titled, &plain] {
            for kind in &kinds {
                let subject = Subject::Incident(Box::new(matter.clone()));
                let message =
                    voice(language).say(&Notification { subject, ..notification(kind.clone()) }, at("13:02:11"));
                said += &format!("{}\n", message.headline());
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn what_operators_closed_is_never_said_to_work_while_it_fails() {
    let still = |worst| {
        let first = matter(&["Nextcloud", "Forum", "Wiki", "Mail"]).first;
        Some(Still { components: 5, first, worst, reopen: Duration::from_secs(600) })
    };
    let closed = || Kind::Closed { since: at("13:02:00"), at: at("13:12:00"), by: Actor::Operator("ada".into()) };
    let one = matter(&["Nextcloud"]);
    let single = still(Status::MajorOutage).map(|still| Still { components: 1, first: one.first.clone(), ..still });
    let many = matter(&["Nextcloud", "Forum", "Wiki", "Mail", "Chat"]);
    let told = [
        (Matter { still: single, ..one.clone() }, closed()),
        (Matter { still: still(Status::MajorOutage), ..many.clone() }, closed()),
        (Matter { still: still(Status::UnderMaintenance), ..many.clone() }, closed()),
        (
            Matter { closed_before: Some(at("13:12:00")), ..one },
            Kind::Down { since: at("13:12:00"), cause: Some(cause()) },
        ),
        (
            Matter { closed_before: Some(at("13:12:00")), ..many },
            Kind::Reminder { since: at("13:12:00"), cause: None, number: 1 },
        ),
    ];
    let mut said = String::new();
    for (language, (matter, kind)) in
        Language::ALL.into_iter().flat_map(|language| told.iter().map(move |it| (language, it)))
    {
        let subject = Subject::Incident(Box::new(matter.clone()));
        let message = voice(language).say(&Notification { subject, ..notification(kind.clone()) }, at("13:22:00"));
        said += &format!("{}\n", message.headline());
    }
    insta::assert_snapshot!(said);
}

fn notification(kind: Kind) -> Notification {
    let event = Event {
        subject: Subject::Incident(Box::new(matter(&["Nextcloud"]))),
        detected_at: at("13:02:10"),
        kind: Kind::Down { since: at("13:02:00"), cause: None },
    };
    let base = Notification::new(&"phone".parse().expect("a name"), &event);
    Notification { kind, state: State::Pending, ..base }
}

#[test]
fn messages_say_first_what_and_which() {
    let was_down = |times| Kind::WasDown {
        since: at("13:02:00"),
        until: at("13:04:00"),
        times,
        total: Duration::from_secs(if times == 1 { 120 } else { 75 }),
        cause: Some(cause()),
    };
    let kinds = [
        Kind::Down { since: at("13:02:00"), cause: Some(cause()) },
        Kind::Down { since: at("13:02:00"), cause: None },
        Kind::Recovered { since: "2026-11-20T13:02:00Z".parse().expect("a time"), until: at("13:31:00") },
        was_down(1),
        was_down(3),
    ];
    let mut said = String::new();
    for language in Language::ALL {
        for (kind, now) in kinds.iter().flat_map(|kind| [(kind, at("13:02:11")), (kind, at("13:31:30"))]) {
            let message = voice(language).say(&notification(kind.clone()), now);
            said += &format!("{}\n{}\n", message.headline(), message.notes.join("\n"));
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_message_of_another_day_names_the_day_and_links_the_incident() {
    let down = notification(Kind::Down { since: at("13:02:00"), cause: None });
    let message = voice(Language::En).say(&down, "2026-11-23T09:00:00Z".parse().expect("a time"));
    assert_eq!(message.headline(), "DOWN Nextcloud: since 2026-11-22 14:02");
    let incident = crate::incident::id(at("13:02:00"), "cloud");
    assert_eq!(message.link.expect("a link").as_str(), format!("https://status.example.org/incidents/{incident}"));
}

#[test]
fn the_monitor_says_what_is_wrong_with_itself() {
    let text = |text: &str| text.to_owned();
    let lasting = [
        Fault::LowSpace { free: 812_345_678, reserve: 1 << 30 },
        Fault::NoSpace { free: 63_000_000, reserve: 64 << 20 },
        Fault::Failing { reason: text("input/output error") },
        Fault::MailFailing { waiting: 430, reason: text("connection refused") },
        Fault::FormClosed { letters: 60 },
    ];
    let single = [
        Fault::SetAside { reason: text("it is empty, and was not"), kept: text("data/store.damaged-2026") },
        Fault::Gone { place: text("data/store") },
        Fault::CorruptRows { rows: 1 },
        Fault::CorruptRows { rows: 12 },
        Fault::Dropped { observations: 1_000 },
        Fault::RestoredFrom { backup: text("backups/2026-11-21.tar") },
        Fault::DamagedFiles { files: 1, first: text("raw/2026/11/22.blk") },
        Fault::MissingFiles { files: 3, first: text("raw/2026/11/22.blk") },
        Fault::NotSealed { reason: text("input/output error") },
        Fault::LostWrites { writes: 0 },
        Fault::LostWrites { writes: 1 },
        Fault::LostWrites { writes: 240 },
    ];
    let (since, until) = (at("13:02:00"), at("13:31:00"));
    let was = |times| Kind::WasDown { since, until, times, total: Duration::from_secs(900), cause: None };
    let stages = [Kind::Down { since, cause: None }, Kind::Recovered { since, until }, was(1), was(7)];
    let found = |times| Kind::Noticed { since, until, times };
    let lasting = lasting.iter().flat_map(|fault| stages.iter().map(move |kind| (fault, kind.clone())));
    let told: Vec<_> = lasting.chain(single.iter().map(|fault| (fault, found(1)))).collect();
    let mut said = String::new();
    for language in Language::ALL {
        for (fault, kind) in told.iter().cloned().chain([(&single[3], found(4))]) {
            let about = Notification { subject: Subject::Monitor(fault.clone()), ..notification(kind) };
            let message = voice(language).say(&about, at("13:02:11"));
            assert_eq!((message.subject.as_str(), &message.link), ("BELFRY", &None));
            said += &format!("{}\n", message.headline());
        }
    }
    insta::assert_snapshot!(said);
}

/// What the prober says, in English, stands for every detail.
const ENGLISH: &str = "the words of the prober";

#[test]
fn every_reason_is_said_in_the_language_of_the_reader() {
    let said = |language, kind| {
        let cause = Cause { kind, detail: ENGLISH.into(), http_status: None, ..cause() };
        let down = Kind::Down { since: at("13:02:00"), cause: Some(cause) };
        let single = voice(language).say(&notification(down.clone()), at("13:02:11")).headline();
        let finding = Finding { kind, http_status: None, components: 2, address: None, dependency: None };
        let several = Matter { finding: Some(finding), ..matter(&["Wiki", "Forum"]) };
        let several = Notification { subject: Subject::Incident(Box::new(several)), ..notification(down) };
        (single, voice(language).say(&several, at("13:02:11")).headline())
    };
    for &kind in FailureKind::ALL {
        let (fr, en) = (said(Language::Fr, kind), said(Language::En, kind));
        let reason = |language| lower(&voice(language).words().reason(kind));
        assert_ne!(reason(Language::Fr), reason(Language::En), "{kind}");
        assert!(fr.1.contains(&reason(Language::Fr)) && en.1.contains(&reason(Language::En)), "{kind}: {fr:?} {en:?}");
        assert!(!fr.0.contains(ENGLISH) && en.0.contains(ENGLISH), "{kind}: {fr:?} {en:?}");
        assert!(!fr.1.contains(kind.word()) || !kind.word().contains('_'), "{kind}: {fr:?}");
    }
}

#[test]
fn growth_says_what_joined_how_bad_it_is_and_since_when() {
    let named = |names: &[&str]| matter(names).first;
    let mut said = String::new();
    for (language, count) in
        Language::ALL.into_iter().flat_map(|language| [(language, 1), (language, 4), (language, 9)])
    {
        let names = ["Wiki", "Forum", "Mail", "Lists"];
        let joined = named(names.get(..count).unwrap_or(&names));
        let growth = Growth { joined, components: u32::try_from(count).expect("a few"), worst: Status::MajorOutage };
        let grown = Matter { growth: Some(growth), components: 12, ..matter(&["Nextcloud", "Drive"]) };
        let kind = Kind::Grown { since: at("13:02:00"), cause: Some(cause()) };
        let subject = Subject::Incident(Box::new(grown));
        let message = voice(language).say(&Notification { subject, ..notification(kind) }, at("13:04:00"));
        said += &format!("{}\n", message.headline());
    }
    insta::assert_snapshot!(said);
}

/// One of each that the watch finds, and those whose words depend on their numbers.
fn watched() -> Vec<WatchFault> {
    let (free, total) = (812_345_678, 10_000_000_000);
    let detection = ("lyon".to_owned(), "failing".to_owned(), "up".to_owned());
    vec![
        WatchFault::DiskLow { free: 2 * free, total },
        WatchFault::DiskVeryLow { free, total },
        WatchFault::DiskCritical { free: free / 2, total },
        WatchFault::DiskFilling { free, hours: 1 },
        WatchFault::DiskFilling { free, hours: 30 },
        WatchFault::DiskFilling { free, hours: 100 },
        WatchFault::MemoryShort { used: 1_900_000_000, limit: 2_000_000_000 },
        WatchFault::Descriptors { open: 980, limit: 1_024 },
        WatchFault::DetectionBroken { location: detection.0, canary: detection.1, found: detection.2 },
        WatchFault::DefinitionsRejected { files: 1 },
        WatchFault::DefinitionsRejected { files: 3 },
        WatchFault::DefinitionsGone { components: 12 },
        WatchFault::ManyRetired { components: 10, of: 15 },
        WatchFault::Restarting { restarts: 4 },
        WatchFault::ClockOff { seconds: 600 },
        WatchFault::ClockOff { seconds: -600 },
        WatchFault::ClockJumped { seconds: 3_600 },
        WatchFault::ClockJumped { seconds: -3_600 },
        WatchFault::StoodStill { seconds: 90 },
        WatchFault::ProbesStuck { probes: 1 },
        WatchFault::ProbesStuck { probes: 2 },
        WatchFault::PartFailed { part: "care".to_owned() },
        WatchFault::SchedulerLate { seconds: 4 },
        WatchFault::PingFailing { switch: "ping".to_owned(), taken_at: None, reason: "connection refused".to_owned() },
    ]
}

#[test]
fn the_watch_says_what_it_found_in_both_languages() {
    let (since, until) = (at("13:02:00"), at("13:31:00"));
    let lasting = |fault: &WatchFault| fault.kind().course() == Course::Lasting;
    let kinds = |fault: &WatchFault| match lasting(fault) {
        true => vec![Kind::Down { since, cause: None }, Kind::Recovered { since, until }],
        false => vec![Kind::Noticed { since, until, times: 1 }, Kind::Noticed { since, until, times: 4 }],
    };
    let first = FaultKind::ALL.iter().position(|kind| *kind == FaultKind::DiskLow).expect("it is there");
    let found: BTreeSet<_> = watched().iter().map(WatchFault::kind).collect();
    let of_the_watch = FaultKind::ALL[first..].iter().copied().filter(|kind| *kind != FaultKind::HubSilent);
    assert_eq!(found, of_the_watch.collect(), "one of each");
    let mut said = String::new();
    for language in Language::ALL {
        for fault in watched() {
            for kind in kinds(&fault) {
                let subject = Subject::Monitor(Fault::Watch(fault.clone()));
                let message = voice(language).say(&Notification { subject, ..notification(kind) }, at("13:02:11"));
                said += &format!("{}\n", message.headline());
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_drill_says_the_figures_of_the_week_in_both_languages() {
    let now = at("09:00:00");
    let (verified_at, backup_at) = (Some(at("03:00:00")), Some(at("02:30:00")));
    let week = Drill { occasion: Occasion::Due, verified_at, backup_at, ..sample::drill(now) };
    let (services, locations, incidents) = (1, 1, 0);
    let (verified_at, backup_at, came_back) = (None, None, None);
    let young = Drill { services, locations, incidents, verified_at, backup_at, came_back, ..week.clone() };
    let long_ago = Some("2026-11-20T02:30:00Z".parse().expect("a time"));
    let old = Drill { came_back: Some(1), backup_at: long_ago, verified_at: long_ago, ..week.clone() };
    let test = Drill { occasion: Occasion::Test, ..week.clone() };
    let mut said = String::new();
    for (language, drill) in
        Language::ALL.into_iter().flat_map(|language| [&week, &young, &old, &test].map(|drill| (language, drill)))
    {
        let subject = Subject::Drill(Box::new(drill.clone()));
        let kind = Kind::Noticed { since: now, until: now, times: 1 };
        said += &format!("{}\n", voice(language).say(&Notification { subject, ..notification(kind) }, now).headline());
    }
    insta::assert_snapshot!(said);
}
