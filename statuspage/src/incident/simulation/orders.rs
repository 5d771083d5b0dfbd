//! What operators want on a random day.
//!
//! It does not know what the book makes of it.

use shared::{IncidentId, Stage, Status, Timestamp};

use super::{
    dice::Dice,
    fault::{Fault, What},
    stage::id,
};
use crate::incident::{Book, Command, Incident, Opening, Statement};

/// What an operator wants, mostly of the incident that began last and is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    Acknowledge,
    /// Says something, and promises more within so many seconds.
    Say(Stage, Option<i64>),
    Release,
    Report,
    /// Says that it is the return of the one before.
    Link,
    /// Opens one by hand.
    Open,
    /// Says something while looking at an old version.
    Outdated,
}

impl Demand {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledgements",
            Self::Say(Stage::Resolved, _) => "ends",
            Self::Say(..) => "updates",
            Self::Release => "releases",
            Self::Report => "reports by users",
            Self::Link => "links",
            Self::Open => "openings",
            Self::Outdated => "outdated orders",
        }
    }

    /// What is wanted in a slot that begins at `start`, and when.
    pub(super) fn random(fault: &Fault, start: i64, dice: &mut Dice) -> Vec<(i64, Self)> {
        let (from, late) = (fault.from, fault.to + 1_700);
        let led = Self::Say(Stage::Identified, Some(200));
        let end = Self::Say(Stage::Resolved, None);
        let simple = matches!(fault.what, What::Single | What::HalfSighted);
        match (fault.causes().len(), dice.roll(10)) {
            (0, 0..3) => vec![(start + 600, Self::Open), (start + 800, Self::Outdated), (start + 1_800, end)],
            (1, _) if fault.what == What::Interrupted => vec![(from + 1_000, end)],
            (1, 0) => vec![(from + 1_000, Self::Acknowledge), (from + 1_010, Self::Acknowledge)],
            (1, 1) => vec![(from + 800, led), (from + 1_300, Self::Say(Stage::Monitoring, None)), (late, end)],
            (1, 2) => vec![(from + 800, led), (late, Self::Release)],
            // While it fails.
            (1, 3) if simple => vec![(from + 1_600, end)],
            (1, 4) => vec![(from + 1_000, Self::Report), (from + 1_100, Self::Link)],
            (1, 5) => vec![(from + 1_000, Self::Outdated)],
            (_, _) => vec![],
        }
    }

    /// The order, where there is something to order.
    pub(super) fn command(self, book: &Book, now: Timestamp) -> Option<Command> {
        let all = book.incidents();
        let open = || all.iter().filter(|incident| incident.stage.is_open()).max_by_key(|it| it.times.detected_at);
        if self == Self::Open {
            return Some(Command::Open(opening(now)));
        }
        let Incident { id: incident, version, .. } = open()?.as_ref().clone();
        let statement = |stage, promise: Option<i64>| Statement {
            stage,
            body: "We look into it.".into(),
            title: None,
            workaround: None,
            next_update_at: promise.map(|seconds| now.plus(std::time::Duration::from_secs(seconds.unsigned_abs()))),
        };
        Some(match self {
            Self::Open => return None,
            Self::Acknowledge => Command::Acknowledge { incident },
            Self::Say(stage, promise) => Command::Say { incident, version, statement: statement(stage, promise) },
            Self::Release => Command::Release { incident, version },
            Self::Report => Command::ReportedByUsers { at: open()?.times.started_at, incident, version },
            Self::Link => Command::Link { relapse_of: Some(earlier(book, &incident)?), incident, version },
            Self::Outdated => {
                Command::Say { incident, version: version - 1, statement: statement(Stage::Resolved, None) }
            }
        })
    }
}

fn opening(now: Timestamp) -> Opening {
    Opening {
        title: "No mail is sent".into(),
        started_at: Some(now.minus(std::time::Duration::from_secs(60))),
        components: [(id("cluster"), Status::PartialOutage)].into(),
        statement: Statement {
            stage: Stage::Investigating,
            body: "A user told us.".into(),
            title: None,
            workaround: None,
            next_update_at: None,
        },
    }
}

fn earlier(book: &Book, id: &IncidentId) -> Option<IncidentId> {
    let began = book.get(id)?.times.started_at;
    book.incidents().into_iter().find(|other| other.times.started_at < began).map(|other| other.id.clone())
}
