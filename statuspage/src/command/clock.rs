//! Times as commands print them for people: by the clock of the site's time zone, which is named; `--json` has RFC 3339 in UTC.
//!
//! It does not know what happened then.

use jiff::tz::TimeZone;
use shared::Timestamp;

/// `2026-11-22 15:00:00 CET`.
pub(super) fn hour(at: Timestamp, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime("%F %T %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_names_its_zone() {
        let at = "2026-11-22T14:00:00Z".parse().expect("a time");
        assert_eq!(hour(at, &TimeZone::get("Europe/Paris").expect("a zone")), "2026-11-22 15:00:00 CET");
        assert_eq!(hour(at, &TimeZone::UTC), "2026-11-22 14:00:00 UTC");
    }
}
