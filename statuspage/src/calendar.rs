//! Maintenance as a calendar (RFC 5545) that people subscribe to beside their own.
//!
//! It does not know incidents: nobody plans them. Times are universal, so no zone has to be described.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use shared::{ComponentId, Language, MaintenanceStage, Timestamp};
use url::Url;

use crate::{
    maintenance::{Maintenance, wording},
    markdown,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// Its media type.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// The maintenance of everything or of one component; nothing for one that does not exist.
pub fn write(snapshot: &Snapshot, component: Option<&ComponentId>, language: Language, base: &Url) -> Option<String> {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = inert(snapshot.site.title.get(language));
    let (title, works) = match component {
        None => (words.calendar_title(site), snapshot.maintenances.iter().collect()),
        Some(id) => {
            let component = snapshot.component(id)?;
            let title = words.calendar_title(words.feed_component(site, inert(component.name.get(language))));
            let ids = || std::iter::once(id).chain(&component.formerly);
            let scoped = |work: &&Arc<Maintenance>| ids().any(|id| work.scope.covers(id, component.group.as_ref()));
            (title, snapshot.maintenances.iter().filter(scoped).collect::<Vec<_>>())
        }
    };
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", format!("-//Belfry//{}//EN", env!("CARGO_PKG_VERSION"))))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .name(&title)
        .ttl(&chrono::Duration::hours(1));
    works.into_iter().for_each(|work| {
        calendar.push(event(work, snapshot, &words, base));
    });
    Some(calendar.to_string())
}

fn event(work: &Maintenance, snapshot: &Snapshot, words: &Words, base: &Url) -> Event {
    let name = |id: &ComponentId| snapshot.component(id).map(|component| inert(component.name.get(words.language())));
    let concerned = wording::scope(&work.scope, words, name);
    let description = markdown::plain(work.description.get(words.language()));
    let last = wording::said(work).last().map(|last| wording::text(work, last, words)).unwrap_or_default();
    let stage = wording::stage(work.stage, words);
    let told = [words.item(stage, concerned), description, last];
    let told: Vec<String> = told.into_iter().filter(|text| !text.is_empty()).collect();
    let mut event = Event::new();
    event
        .uid(&format!("{}@{}", work.id, base.host_str().unwrap_or("localhost")))
        .timestamp(time(work.updated_at))
        .starts(time(work.starts_at))
        .ends(time(work.ends_at))
        .summary(&words.item(words.state_maintenance(), wording::title(work, words)))
        .description(&told.join("\n\n"))
        .url(&format!("{}/incidents/{}", base.as_str().trim_end_matches('/'), work.id))
        .sequence(u32::try_from(work.version).unwrap_or(u32::MAX))
        .status(status(work))
        .add_property("CREATED", basic(work.created_at))
        .add_property("LAST-MODIFIED", basic(work.updated_at))
        // Work on a server is no reason to be busy.
        .add_property("TRANSP", "TRANSPARENT");
    event.done()
}

/// Calendars strike out what is cancelled, and hear of it by the higher number.
fn status(work: &Maintenance) -> EventStatus {
    match work.stage {
        MaintenanceStage::Scheduled
        | MaintenanceStage::InProgress
        | MaintenanceStage::Verifying
        | MaintenanceStage::Completed => EventStatus::Confirmed,
        MaintenanceStage::Cancelled => EventStatus::Cancelled,
    }
}

/// Our times lie inside the years 0 to 9999, which chrono knows.
fn time(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.as_millis()).unwrap_or_default()
}

fn basic(at: Timestamp) -> String {
    time(at).format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{incident::sample::time, maintenance::sample as works, server::stage};

    fn calendar(works: Vec<Maintenance>, component: Option<&str>) -> String {
        let mut snapshot = stage::snapshot(time("2026-11-22T13:25:03Z"));
        snapshot.maintenances = Arc::new(works.into_iter().map(Arc::new).collect());
        let component = component.map(|id| id.parse().expect("an id"));
        let base = "https://status.example.org/".parse().expect("a URL");
        write(&snapshot, component.as_ref(), Language::Fr, &base).unwrap_or_default()
    }

    #[test]
    fn a_calendar_reads_as_documented() {
        let text = calendar(vec![works::planned(), works::running(), works::over(), works::cancelled()], None);
        let folder = std::env::temp_dir().join("belfry-pages");
        std::fs::create_dir_all(&folder).expect("a place to write");
        std::fs::write(folder.join("calendar.ics"), &text).expect("written");
        insta::assert_snapshot!(text.replace('\r', "").replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }

    #[test]
    fn every_line_ends_and_is_folded_as_the_standard_says() {
        let mut work = works::planned();
        work.title = "é".repeat(200).as_str().into();
        work.description = "a;b,c\\d\n\nBEGIN:VEVENT\r\nX:y".into();
        let text = calendar(vec![work], None);
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        for line in text.split("\r\n") {
            assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
        }
        assert_eq!(text.matches("BEGIN:VEVENT").count() - text.matches("\\nBEGIN:VEVENT").count(), 1, "{text}");
    }

    #[test]
    fn the_calendar_of_a_component_has_what_concerns_it() {
        let all = || vec![works::planned(), works::running(), works::over()];
        let events = |component: &str| calendar(all(), Some(component)).matches("BEGIN:VEVENT").count();
        assert_eq!(events("cloud"), 1, "what is on everything");
        assert_eq!(calendar(all(), Some("nobody")), "");
    }

    #[test]
    fn a_changed_plan_is_the_same_event_with_a_higher_number() {
        let mut later = works::planned();
        later.version += 1;
        let line = |text: String, key: &str| text.lines().find(|line| line.starts_with(key)).map(str::to_owned);
        let (before, after) = (calendar(vec![works::planned()], None), calendar(vec![later], None));
        assert_eq!(line(before.clone(), "UID"), line(after.clone(), "UID"));
        assert_eq!(
            (line(before, "SEQUENCE"), line(after, "SEQUENCE")),
            (Some("SEQUENCE:3".into()), Some("SEQUENCE:4".into()))
        );
    }
}
