//! The clock of the page, as its hub says it: people type times by it, and commands print by it; `--json` has RFC 3339 in UTC.
//!
//! It does not know what a time is for. The settings of the machine that a command runs on say nothing of a hub elsewhere.

use anyhow::{Result, bail};
use jiff::tz::TimeZone;
use serde::Deserialize;
use shared::Timestamp;

use crate::{
    cli::Moment,
    clock::now,
    control::{Client, ClientError},
    words::inert,
};

/// What every hub says in public.
const PUBLIC: &str = "/api/v2/status.json";

/// The clock that a page goes by.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    /// That of its time zone.
    Known(TimeZone),
    /// Nobody knows which, and why.
    Unknown(String),
}

/// What of the public document counts here.
#[derive(Deserialize)]
struct Status {
    page: Page,
}

#[derive(Deserialize)]
struct Page {
    time_zone: String,
}

impl Clock {
    /// The one that this hub says; one that says none has none that is known.
    ///
    /// # Errors
    ///
    /// When the hub cannot be reached.
    pub(super) async fn of(hub: &Client) -> Result<Self, ClientError> {
        match hub.get::<Status>(PUBLIC).await {
            Ok(Status { page: Page { time_zone } }) => Ok(TimeZone::get(&time_zone)
                .map_or_else(|_| Self::Unknown(format!("there is no zone {} here", inert(&time_zone))), Self::Known)),
            Err(error @ (ClientError::Refused { .. } | ClientError::Foreign(_))) => {
                Ok(Self::Unknown(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    /// By which times are printed, with its name: UTC where no other is known.
    pub(super) fn zone(&self) -> TimeZone {
        match self {
            Self::Known(zone) => zone.clone(),
            Self::Unknown(_) => TimeZone::UTC,
        }
    }

    /// The instant of something that is yet to come after `since`.
    ///
    /// # Errors
    ///
    /// When the clock leaves open which one is meant.
    pub(super) fn to_come(&self, moment: &Moment, since: Timestamp) -> Result<Timestamp> {
        self.can_read(moment)?;
        moment.to_come(&self.zone(), since)
    }

    /// The instant of something that is over.
    ///
    /// # Errors
    ///
    /// When the clock leaves open which one is meant.
    pub(super) fn gone_by(&self, moment: &Moment) -> Result<Timestamp> {
        self.can_read(moment)?;
        moment.gone_by(&self.zone(), now())
    }

    fn can_read(&self, moment: &Moment) -> Result<()> {
        match self {
            Self::Unknown(reason) if moment.is_local() => bail!(
                "the time zone of the page is not known ({reason}): write the time with its offset, 2026-12-01T22:00:00+01:00, or as a length from now such as 2h"
            ),
            Self::Known(_) | Self::Unknown(_) => Ok(()),
        }
    }
}

/// `2026-11-22 15:00:00 CET`.
pub(super) fn hour(at: Timestamp, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime("%F %T %Z").to_string()
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, routing::get};
    use tokio::task::JoinSet;

    use super::*;
    use crate::control::Endpoint;

    /// The clock of a hub whose public document is this.
    async fn clock_of(document: serde_json::Value) -> Clock {
        let data = tempfile::tempdir().expect("a directory");
        let (listener, _file) = Endpoint::open(data.path()).expect("a socket").into_parts();
        let router = Router::new().route(PUBLIC, get(|| async { Json(document) }));
        let mut tasks = JoinSet::new();
        tasks.spawn(async { axum::serve(listener, router).await });
        let hub = Client::find(data.path()).expect("ours").expect("it listens");
        Clock::of(&hub).await.expect("it answers")
    }

    fn moment(text: &str) -> Moment {
        text.parse().expect("a time")
    }

    #[tokio::test]
    async fn times_are_those_of_the_hubs_page_wherever_the_command_runs() {
        let clock = clock_of(serde_json::json!({ "page": { "time_zone": "Asia/Tokyo" } })).await;
        let now: Timestamp = "2026-11-22T14:00:00Z".parse().expect("a time");
        let check = |text: &str, expected: &str| {
            assert_eq!(clock.to_come(&moment(text), now).expect("an instant").to_string(), expected, "{text}");
        };
        check("2026-12-01 22:00", "2026-12-01T13:00:00.000Z");
        check("23:30", "2026-11-22T14:30:00.000Z");
        let seen = clock.gone_by(&moment("2026-11-01 09:00")).expect("an instant");
        assert_eq!(hour(seen, &clock.zone()), "2026-11-01 09:00:00 JST");
    }

    #[tokio::test]
    async fn a_local_time_for_a_hub_that_does_not_say_its_zone_is_refused_with_the_way_out() {
        for said in [serde_json::json!({ "page": {} }), serde_json::json!({ "page": { "time_zone": "Mars/Olympus" } })]
        {
            let clock = clock_of(said).await;
            for local in ["22:00", "2026-12-01 22:00"] {
                let refused = clock.to_come(&moment(local), now()).expect_err("nobody knows when that is").to_string();
                assert!(refused.contains("write the time with its offset"), "{refused}");
                assert!(clock.gone_by(&moment(local)).is_err());
            }
            for clear in ["2h", "2026-12-01T22:00:00+01:00"] {
                assert!(clock.to_come(&moment(clear), now()).is_ok(), "{clear}");
            }
            assert_eq!(hour(Timestamp::from_millis(0), &clock.zone()), "1970-01-01 00:00:00 UTC");
        }
    }

    #[test]
    fn a_time_names_its_zone() {
        let at = "2026-11-22T14:00:00Z".parse().expect("a time");
        assert_eq!(hour(at, &TimeZone::get("Europe/Paris").expect("a zone")), "2026-11-22 15:00:00 CET");
        assert_eq!(hour(at, &TimeZone::UTC), "2026-11-22 14:00:00 UTC");
    }
}
