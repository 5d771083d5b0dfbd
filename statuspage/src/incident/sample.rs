//! Invented incidents for tests: a storm of 502s, one that operators told of, one that came back.
//!
//! It does not know what is said of them.

use std::collections::BTreeMap;

use shared::{ComponentId, FailureKind, Impact, Language, Stage, Status, Text, Timestamp};

use super::{Acknowledgement, Actor, Body, Change, Finding, Incident, Involvement, Lead, Signature, Times, Update};

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().expect("RFC 3339")
}

pub(crate) fn both(fr: &str, en: &str) -> Text {
    Text::ByLanguage(BTreeMap::from([(Language::Fr, fr.to_owned()), (Language::En, en.to_owned())]))
}

/// A component that answered 502 from that time on.
pub(crate) fn part(name: &str, since: Timestamp, recovered_at: Option<Timestamp>) -> Involvement {
    let address = "192.0.2.10".parse().expect("an address");
    Involvement {
        name: name.into(),
        group: Some("Espaces de travail".into()),
        since,
        detected_at: since.plus(std::time::Duration::from_secs(3)),
        recovered_at,
        status: if recovered_at.is_some() { Status::Operational } else { Status::MajorOutage },
        worst: Status::MajorOutage,
        signature: Some(Signature { kind: FailureKind::HttpStatus, http_status: Some(502), address: Some(address) }),
        detail: "502 Bad Gateway".to_owned(),
        locations: vec!["francfort".parse().expect("a name"), "lyon".parse().expect("a name")],
    }
}

pub(crate) fn update(number: u32, at: &str, stage: Stage, body: Body) -> Update {
    Update { number, at: time(at), stage, body, affected: Vec::new(), by: Actor::Monitor }
}

fn broke(component: &str) -> Change {
    Change { component: component.parse().expect("an id"), from: Status::Operational, to: Status::MajorOutage }
}

fn mended(component: &str) -> Change {
    Change { component: component.parse().expect("an id"), from: Status::MajorOutage, to: Status::Operational }
}

/// 200 services answer 502 since two minutes past two in Paris; operators told of it twice and promised more before three.
pub(crate) fn storm() -> Incident {
    let started_at = time("2026-11-22T13:02:11Z");
    let names = (0..198).map(|i| (format!("service-{i}"), format!("Service {i}")));
    let known = [("cloud".to_owned(), "Nuage".to_owned()), ("documents".to_owned(), "Documents".to_owned())];
    let components = known.into_iter().chain(names);
    let components: BTreeMap<ComponentId, _> =
        components.map(|(id, name)| (id.parse().expect("an id"), part(&name, started_at, None))).collect();
    let mut opened = update(1, "2026-11-22T13:02:14Z", Stage::Investigating, Body::Opened);
    opened.affected = vec![broke("cloud")];
    let mut grown = update(2, "2026-11-22T13:02:40Z", Stage::Investigating, Body::Grown { components: 200 });
    grown.affected = components.keys().filter(|id| id.as_str() != "cloud").map(|id| broke(id.as_str())).collect();
    let said = both(
        "L’un des serveurs ne répond plus ; nous le **redémarrons**.\n\nVos fichiers ne sont pas touchés.",
        "One of the servers does not answer any more; we are **restarting** it.\n\nYour files are not affected.",
    );
    let mut said = update(3, "2026-11-22T13:13:00Z", Stage::Identified, Body::Written(said));
    said.by = Actor::Operator("camille".to_owned());
    let mut incident = skeleton("kctbh9vrtdwd", started_at, components, vec![opened, grown, said]);
    incident.finding = Some(Finding {
        kind: FailureKind::HttpStatus,
        http_status: Some(502),
        components: 200,
        address: Some("192.0.2.10".parse().expect("an address")),
        dependency: None,
    });
    incident.lead = Lead::Operators;
    incident.workaround = Some(both(
        "Le client de bureau garde une copie de vos fichiers : voir [l’aide](https://aide.example.org/hors-ligne).",
        "The desktop client keeps a copy of your files: see [the help](https://help.example.org/offline).",
    ));
    incident.next_update_at = Some(time("2026-11-22T14:00:00Z"));
    incident.times.identified_at = Some(time("2026-11-22T13:13:00Z"));
    incident.times.reported_by_users_at = Some(time("2026-11-22T13:09:00Z"));
    let by = Actor::Operator("camille".to_owned());
    incident.acknowledgement = Some(Acknowledgement { at: time("2026-11-22T13:05:30Z"), by });
    incident
}

/// One service that could not be reached in the morning, and came back by itself.
pub(crate) fn settled() -> Incident {
    let (started_at, end) = (time("2026-11-20T07:18:02Z"), time("2026-11-20T07:58:41Z"));
    let components = BTreeMap::from([("forum".parse().expect("an id"), part("Forum", started_at, Some(end)))]);
    let mut opened = update(1, "2026-11-20T07:18:05Z", Stage::Investigating, Body::Opened);
    opened.affected = vec![broke("forum")];
    let mut recovered = update(2, "2026-11-20T07:58:43Z", Stage::Monitoring, Body::Recovered);
    recovered.affected = vec![mended("forum")];
    let settled = update(3, "2026-11-20T08:13:43Z", Stage::Resolved, Body::Settled);
    let mut incident = skeleton("a1b2c3d4e5f6", started_at, components, vec![opened, recovered, settled]);
    incident.impact = Impact::Major;
    incident.times.recovered_at = Some(end);
    incident.times.resolved_at = Some(time("2026-11-20T08:13:43Z"));
    incident.finding = Some(Finding {
        kind: FailureKind::ConnectRefused,
        http_status: None,
        components: 1,
        address: None,
        dependency: None,
    });
    incident
}

/// The return of [`settled`] on the same day, which an operator named and closed.
pub(crate) fn relapse() -> Incident {
    let (started_at, end) = (time("2026-11-20T15:40:00Z"), time("2026-11-20T16:01:00Z"));
    let components = BTreeMap::from([("forum".parse().expect("an id"), part("Forum", started_at, Some(end)))]);
    let mut opened = update(1, "2026-11-20T15:40:03Z", Stage::Investigating, Body::Opened);
    opened.affected = vec![broke("forum")];
    let again = update(2, "2026-11-20T15:50:00Z", Stage::Investigating, Body::Relapsed);
    let said = both("Le disque était plein : il a été vidé.", "The disk was full: it has been emptied.");
    let mut said = update(3, "2026-11-20T16:30:00Z", Stage::Resolved, Body::Written(said));
    said.affected = vec![mended("forum")];
    said.by = Actor::Operator("alix".to_owned());
    let mut incident = skeleton("zzzz00001111", started_at, components, vec![opened, again, said]);
    incident.title = Some(both("Disque plein sur le forum", "Disk full on the forum"));
    incident.impact = Impact::Minor;
    incident.relapse_of = Some(settled().id);
    incident.relapses = 1;
    incident.times.recovered_at = Some(end);
    incident.times.resolved_at = Some(time("2026-11-20T16:30:00Z"));
    incident
}

/// One whose every text is by somebody who wishes us ill.
pub(crate) fn hostile(evil: &str) -> Incident {
    let mut incident = storm();
    incident.components =
        BTreeMap::from([("evil".parse().expect("an id"), part(evil, incident.times.started_at, None))]);
    incident.title = Some(evil.into());
    incident.workaround = Some(evil.into());
    incident.updates = vec![update(1, "2026-11-22T13:02:14Z", Stage::Investigating, Body::Written(evil.into()))];
    incident
}

fn skeleton(
    id: &str,
    started_at: Timestamp,
    components: BTreeMap<ComponentId, Involvement>,
    updates: Vec<Update>,
) -> Incident {
    let last = updates.last().expect("never empty");
    let detected_at = started_at.plus(std::time::Duration::from_secs(3));
    let begun = Incident::begun(id.parse().expect("an id"), Times::begun(started_at, detected_at));
    Incident {
        version: updates.len() as u64,
        stage: last.stage,
        impact: Impact::Critical,
        components,
        times: Times {
            announced_at: Some(detected_at),
            told_at: Some(started_at.plus(std::time::Duration::from_secs(5))),
            updated_at: last.at,
            ..begun.times.clone()
        },
        updates,
        ..begun
    }
}

/// One that goes on from another, which operators closed while it failed.
pub(crate) fn persisting() -> Incident {
    let closed_at = time("2026-11-20T16:30:00Z");
    let mut incident = relapse();
    let body = Body::Persists { closed_at };
    incident.updates = vec![update(1, "2026-11-20T16:40:00Z", Stage::Investigating, body)];
    incident
}

/// The storm as operators closed it while all of it failed.
pub(crate) fn closed_early() -> Incident {
    let mut incident = storm();
    incident.components.retain(|id, _| id.as_str() == "cloud" || id.as_str() == "documents");
    incident.stage = Stage::Resolved;
    incident.times.resolved_at = Some(time("2026-11-22T14:10:00Z"));
    incident.next_update_at = None;
    let body = Body::Written(both("Le disque a de nouveau de la place.", "The disk has room again."));
    incident.updates.push(update(4, "2026-11-22T14:10:00Z", Stage::Resolved, body));
    incident
}
