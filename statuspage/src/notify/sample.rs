//! One message of each sort, for what is tried before it is needed.
//!
//! It does not know what is tried.

use jiff::tz::TimeZone;
use shared::{FailureKind, Language, Timestamp};

use super::{Cause, ChannelName, Drill, Event, Fault, Kind, Matter, Notification, Occasion, Planned, Subject, Voice};
use crate::{incident::Actor, maintenance::Word};

impl Voice {
    /// The voice of a site that does not exist.
    pub(super) fn sample() -> Self {
        Self {
            language: Language::En,
            time_zone: TimeZone::UTC,
            site: "Site".to_owned(),
            public_url: "https://status.example.org/".parse().ok(),
            key: None,
        }
    }
}

impl Notification {
    /// One of each event, of things that do not exist.
    pub(super) fn samples() -> Vec<Self> {
        let at = Timestamp::from_millis(1_795_000_000_000);
        let Some(channel) = name() else { return Vec::new() };
        events(at)
            .into_iter()
            .map(|(subject, kind)| Self::new(&channel, &Event { subject, detected_at: at, kind }))
            .collect()
    }
}

fn name() -> Option<ChannelName> {
    "sample".parse().ok()
}

fn events(at: Timestamp) -> Vec<(Subject, Kind)> {
    let incident = incident(at);
    let fault = || Subject::Monitor(Fault::LowSpace { free: 1, reserve: 2 });
    let cause = cause();
    let of_incident = [
        Kind::Down { since: at, cause: cause.clone() },
        Kind::Down { since: at, cause: None },
        Kind::Grown { since: at, cause: cause.clone() },
        Kind::Overdue { since: at, promised: at },
        Kind::Reminder { since: at, cause, number: 1 },
        Kind::Acknowledged { since: at, at, by: Actor::Socket },
        Kind::Recovered { since: at, until: at },
        Kind::Closed { since: at, at, by: Actor::Socket },
    ];
    let of_incident = of_incident.into_iter().filter_map(|kind| Some((incident.clone()?, kind)));
    let others = [
        (fault(), Kind::Down { since: at, cause: None }),
        (fault(), Kind::Recovered { since: at, until: at }),
        (Subject::Drill(Box::new(drill(at))), Kind::noticed(at)),
    ];
    let planned = planned(at).map(|planned| (Subject::Maintenance(Box::new(planned)), Kind::noticed(at)));
    of_incident.chain(others).chain(planned).collect()
}

fn incident(at: Timestamp) -> Option<Subject> {
    Some(Subject::Incident(Box::new(Matter::outage("cloud".parse().ok()?, "Nextcloud".to_owned(), at))))
}

fn cause() -> Option<Cause> {
    Some(Cause {
        probe: "cloud/login".parse().ok()?,
        kind: FailureKind::HttpStatus,
        detail: "502 Bad Gateway".to_owned(),
        http_status: Some(502),
        locations: vec!["lyon".parse().ok()?],
    })
}

fn planned(at: Timestamp) -> Option<Planned> {
    Some(Planned {
        id: "kctbh9vrtdwd".parse().ok()?,
        version: 1,
        word: Word::Begins,
        title: "Updates".to_owned(),
        concerns: Vec::new(),
        starts_at: at,
        ends_at: at,
    })
}

/// A test with the figures of a good week.
pub(super) fn drill(at: Timestamp) -> Drill {
    Drill {
        at,
        occasion: Occasion::Test,
        week: 47,
        services: 42,
        locations: 3,
        checks: 2_540_148,
        expected: 2_540_160,
        incidents: 1,
        verified_at: Some(at),
        backup_at: Some(at),
        came_back: Some(2),
    }
}
