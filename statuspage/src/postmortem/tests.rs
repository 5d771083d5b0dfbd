//! Drafts of an invented incident of two days, with a return.

mod replay;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use shared::{FailureKind, Impact, Language, Stage, Status, Text, Timestamp};

use super::{Content, Draft, Facts, Field, PageComponent, Results, Undone, Window, unchecked};
use crate::{
    incident::{
        self, Acknowledgement, Actor, Body, Finding, Incident, Involvement, Lead, Origin, Signature, Times, Update,
    },
    words::Words,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("RFC 3339")
}

fn words(language: Language) -> Words {
    Words::new(language, TimeZone::get("Europe/Paris").expect("a zone"))
}

/// Group, name and count of what stands on the page.
const PAGE: [(&str, &str, usize); 3] =
    [("Nextcloud", "cloud", 64), ("Discourse", "forum", 12), ("MinIO", "storage", 2)];

fn page() -> Vec<PageComponent> {
    let one = |group: &str, id: &str, number: usize| PageComponent {
        id: format!("{id}-{number:02}").parse().expect("an id"),
        name: format!("{group} {number}").as_str().into(),
        group: Some(group.into()),
    };
    PAGE.iter().flat_map(|(group, id, count)| (1..=*count).map(|number| one(group, id, number))).collect()
}

fn part(component: &PageComponent, since: Timestamp, recovered_at: Option<Timestamp>) -> Involvement {
    let signature = Signature {
        kind: FailureKind::HttpStatus,
        http_status: Some(502),
        address: Some("192.0.2.10".parse().expect("an address")),
    };
    Involvement {
        name: component.name.clone(),
        group: component.group.clone(),
        since,
        detected_at: since.plus(std::time::Duration::from_secs(2)),
        recovered_at,
        status: Status::MajorOutage,
        worst: Status::MajorOutage,
        signature: Some(signature),
        detail: "502 Bad Gateway".to_owned(),
        locations: ["francfort", "lyon", "montreal"].map(|name| name.parse().expect("a name")).to_vec(),
    }
}

fn update(number: u32, time: Timestamp, stage: Stage, body: Body) -> Update {
    let by = match body {
        Body::Written(_) => Actor::Operator("Camille".to_owned()),
        Body::Opened
        | Body::Persists { .. }
        | Body::Grown { .. }
        | Body::Recovered
        | Body::Relapsed
        | Body::Settled => Actor::Monitor,
    };
    Update { number, at: time, stage, body, affected: Vec::new(), by }
}

/// Everything but MinIO fails from `start` on and comes back, one after the other, from `back` on.
fn outage(start: &str, back: Option<&str>, resolved: Option<&str>) -> Incident {
    let (start, resolved_at) = (at(start), resolved.map(at));
    let failing = page().into_iter().filter(|component| !component.id.as_str().starts_with("storage"));
    let components: BTreeMap<_, _> = failing
        .enumerate()
        .map(|(number, component)| {
            let late = |seconds: usize| std::time::Duration::from_secs(seconds as u64);
            let recovered = back.map(|back| at(back).plus(late(number * 7)));
            (component.id.clone(), part(&component, start.plus(late(number / 10)), recovered))
        })
        .collect();
    let recovered_at = components.values().filter_map(|part| part.recovered_at).max();
    let detected_at = start.plus(std::time::Duration::from_secs(9));
    Incident {
        id: incident::id(start, "cloud-01"),
        version: 5,
        origin: Origin::Measured,
        lead: Lead::Measurements,
        title: None,
        finding: Some(Finding {
            kind: FailureKind::HttpStatus,
            http_status: Some(502),
            components: 76,
            address: None,
            dependency: None,
        }),
        stage: if resolved.is_some() { Stage::Resolved } else { Stage::Investigating },
        impact: Impact::Critical,
        components,
        times: Times {
            started_at: start,
            detected_at,
            announced_at: Some(detected_at),
            told_at: Some(start.plus(std::time::Duration::from_secs(31))),
            reported_by_users_at: None,
            identified_at: None,
            recovered_at,
            resolved_at,
            updated_at: resolved_at.unwrap_or(detected_at),
        },
        acknowledgement: None,
        workaround: None,
        next_update_at: None,
        relapse_of: None,
        relapses: 0,
        updates: vec![update(1, detected_at, Stage::Investigating, Body::Opened)],
        postmortem: super::Postmortem::default(),
        evidence: incident::Evidence::default(),
    }
}

/// The first day, as people handled it.
fn first_day() -> Incident {
    let mut incident = outage("2025-10-01T11:02:11Z", Some("2025-10-01T12:13:05Z"), Some("2025-10-01T12:31:00Z"));
    incident.times.reported_by_users_at = Some(at("2025-10-01T12:00:00Z"));
    incident.acknowledgement =
        Some(Acknowledgement { at: at("2025-10-01T11:54:20Z"), by: Actor::Operator("Camille".to_owned()) });
    let said =
        "etcd ne répond plus : le disque du control plane est plein. | On redémarre.\n\nPlus de détails sur le forum.";
    let written = Body::Written(Text::from(said));
    incident.updates.extend([
        update(2, at("2025-10-01T11:02:50Z"), Stage::Investigating, Body::Grown { components: 76 }),
        update(3, at("2025-10-01T12:10:00Z"), Stage::Identified, written),
        update(4, at("2025-10-01T12:22:00Z"), Stage::Monitoring, Body::Recovered),
        update(5, at("2025-10-01T12:31:00Z"), Stage::Resolved, Body::Settled),
    ]);
    incident
}

fn facts<'a>(incidents: Vec<&'a Incident>) -> Facts<'a> {
    Facts {
        incidents,
        title: "502 sur 76 services".to_owned(),
        page: page(),
        windows: vec![Window { title: "Agrandir les disques".to_owned(), starts_at: at("2025-10-02T18:00:00Z") }],
        slow: Some((at("2025-10-01T10:58:30Z"), 3)),
        results: Some(Results {
            from: at("2025-10-01T10:47:11Z"),
            to: at("2025-10-02T06:30:00Z"),
            count: 180_120,
            failed: 22_304,
            hash: "ab".repeat(32),
            command: "statuspage export --from 2025-10-01T10:47:11Z".to_owned(),
        }),
        turns: vec![],
        undone: vec![Undone {
            incident: incident::id(at("2025-06-01T00:00:00Z"), "cloud-01"),
            since: at("2025-06-03T00:00:00Z"),
            items: vec!["surveiller les disques".to_owned()],
        }],
        address: Some("https://status.example.org/incidents/abc".to_owned()),
        now: at("2025-10-03T08:00:00Z"),
    }
}

fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn two_days_of_an_incident_read_as_a_post_mortem() {
    let first = first_day();
    let second = outage("2025-10-02T05:05:02Z", Some("2025-10-02T06:12:00Z"), Some("2025-10-02T06:24:00Z"));
    for language in Language::ALL {
        let words = words(language);
        let draft = Draft::of(&facts(vec![&first, &second]), &words);
        insta::assert_snapshot!(format!("two_days_{language}"), plain(&draft.markdown(&words)));
    }
}

#[test]
fn while_it_lasts_the_draft_guesses_nothing() {
    let open = outage("2025-10-01T11:02:11Z", None, None);
    let words = words(Language::En);
    let draft = Draft::of(
        &Facts { windows: Vec::new(), slow: None, results: None, undone: Vec::new(), ..facts(vec![&open]) },
        &words,
    );
    let content = |field| draft.content(field).cloned().expect("every field is there");
    assert_eq!(content(Field::CauseSummary), Content::Open { suggestions: Vec::new() });
    let Content::Measured { text, .. } = content(Field::Resolution) else { panic!("it is measured") };
    assert_eq!(text, "not yet");
    let Content::Measured { text, .. } = content(Field::ImpactSummary) else { panic!("it is measured") };
    assert!(plain(&text).starts_with("76 services of 78 have been failing (error 502) since 13:02"), "{text}");
}

#[test]
fn what_a_person_wrote_stays_whatever_is_measured_later() {
    let mut incident = first_day();
    let mine = Text::from("Le disque racine était plein.");
    incident.postmortem.fields.insert(Field::Cause, mine);
    let words = words(Language::Fr);
    let draft = Draft::of(&facts(vec![&incident]), &words);
    assert_eq!(draft.content(Field::Cause), Some(&Content::Written("Le disque racine était plein.".to_owned())));
    assert!(draft.markdown(&words).contains("\nLe disque racine était plein.\n"));
}

#[test]
fn a_field_reads_back_by_its_word_and_a_wrong_one_is_told_what_there_is() {
    for field in Field::ALL {
        assert_eq!(field.word().parse(), Ok(field));
        assert_eq!(serde_json::to_string(&field).expect("serialises"), format!("{:?}", field.word()));
    }
    let error = "causes".parse::<Field>().expect_err("unknown").to_string();
    assert!(
        error.starts_with("there is no field `causes` in a post-mortem: the fields are impact_summary, "),
        "{error}"
    );
}

#[test]
fn only_unchecked_items_are_carried_over() {
    let actions = "Texte\n- [x] fait\n- [ ] surveiller les disques\n* [ ]   SMS  \n- [ ]\n1. autre";
    assert_eq!(unchecked(actions), ["surveiller les disques", "SMS"]);
}

#[test]
fn every_reason_is_said_in_the_language_of_the_chronology() {
    for &kind in FailureKind::ALL {
        let chronology = |language| {
            let mut incident = outage("2025-10-01T11:02:11Z", None, None);
            for part in incident.components.values_mut() {
                part.signature = Some(Signature { kind, http_status: None, address: None });
            }
            let words = words(language);
            let draft = Draft::of(&facts(vec![&incident]), &words);
            let Some(Content::Measured { text, .. }) = draft.content(Field::Chronology).cloned() else {
                panic!("it is measured")
            };
            assert!(text.contains(&crate::words::quantity::lower(&words.reason(kind))), "{kind}: {text}");
            words.reason(kind)
        };
        assert_ne!(chronology(Language::Fr), chronology(Language::En), "{kind}");
    }
}

#[test]
fn one_of_anything_is_said_in_the_singular() {
    let check = |language, said: &str| {
        let text = words(language).draft_user_minutes(1_u64, 1_usize);
        assert_eq!(plain(&text), said);
    };
    check(Language::Fr, "1 minute de panne sur 1 service (minutes × services).");
    check(Language::En, "1 minute of outage over 1 service (minutes × services).");
}

#[test]
fn readers_see_no_gaps_and_each_chapter_begins_once() {
    let mut incident = first_day();
    incident.postmortem.fields.insert(Field::Luck, "Il faisait jour.".into());
    let words = words(Language::Fr);
    let draft = Draft::of(&facts(vec![&incident]), &words);
    assert!(draft.markdown(&words).contains("À rédiger"), "there is something to write");
    let public = draft.without_gaps().markdown(&words);
    assert!(!public.contains("À rédiger"), "{public}");
    assert!(public.contains("\nIl faisait jour.\n"), "{public}");
    for chapter in [words.draft_summary(), words.draft_durations(), words.draft_impact(), words.draft_lessons()] {
        let headings = public.lines().filter(|line| *line == format!("## {chapter}")).count();
        assert_eq!(headings, 1, "{chapter} in\n{public}");
    }
}
