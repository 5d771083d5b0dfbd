//! What a message says: short, the first words say what and which; English and French.
//!
//! It does not know channels. Markup is left out: every channel shows plain text.

use std::time::Duration;

use jiff::tz::TimeZone;
use shared::{IncidentId, Language, Timestamp};
use url::Url;

use super::{Kind, Notification, Subject};
use crate::words::Words;

mod fault;
mod outage;
mod planned;
mod watch;

/// From there on a message says when it was detected and when it left.
const LATE: Duration = Duration::from_secs(120);
/// The first word of a message about the monitor itself.
const MONITOR: &str = "BELFRY";

/// How this site speaks to its operators.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The site's default language.
    pub language: Language,
    /// The site's time zone.
    pub time_zone: TimeZone,
    /// Whose services these are.
    pub site: String,
    /// The page's own address, to link to.
    pub public_url: Option<Url>,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What and which: `DOWN Nextcloud`, or `BELFRY` for the monitor itself.
    pub subject: String,
    /// The rest of the first line: `502 Bad Gateway (cloud/login), since 14:02`.
    pub text: String,
    /// Further lines; may be empty.
    pub notes: Vec<String>,
    /// The incident's page; none for the monitor itself.
    pub link: Option<Url>,
    language: Language,
}

impl Message {
    /// Subject and text in one line.
    pub fn headline(&self) -> String {
        match self.language {
            Language::En => format!("{}: {}", self.subject, self.text),
            // French sets a no-break space before a colon.
            Language::Fr => format!("{}\u{a0}: {}", self.subject, self.text),
        }
    }

    /// The text and the notes, a line each.
    pub fn body(&self) -> String {
        [std::slice::from_ref(&self.text), self.notes.as_slice()].concat().join("\n")
    }
}

impl Voice {
    /// Words a notification that leaves now.
    pub fn say(&self, notification: &Notification, now: Timestamp) -> Message {
        let (subject, text, link) = match &notification.subject {
            Subject::Incident(matter) => {
                let (word, text) = self.outage(matter, &notification.kind, now);
                (format!("{word} {}", self.about(matter)), text, self.link(&matter.id))
            }
            Subject::Monitor(fault) => (MONITOR.to_owned(), self.fault(fault, &notification.kind, now), None),
            Subject::Maintenance(planned) => {
                let (word, text) = self.planned(planned, now);
                (format!("{word} {}", planned.title), text, None)
            }
        };
        Message { subject, text, notes: self.notes(notification, now), link, language: self.language }
    }

    fn notes(&self, notification: &Notification, now: Timestamp) -> Vec<String> {
        let mut notes = Vec::new();
        if let Subject::Maintenance(planned) = &notification.subject {
            notes.push(self.concerned(planned));
        }
        let cause = match &notification.kind {
            Kind::Down { cause, .. } | Kind::Grown { cause, .. } | Kind::WasDown { cause, .. } => cause.as_ref(),
            Kind::Recovered { .. } | Kind::Noticed { .. } | Kind::Overdue { .. } => None,
        };
        if let Some(cause) = cause.filter(|cause| !cause.locations.is_empty()) {
            let from = cause.locations.iter().map(shared::LocationName::as_str).collect::<Vec<_>>().join(", ");
            notes.push(match self.language {
                Language::En => format!("Seen from {from}."),
                Language::Fr => format!("Vu depuis {from}."),
            });
        }
        if now.since(notification.made_at) >= LATE {
            let (detected, delivered) = (self.clock(notification.made_at, now), self.clock(now, now));
            notes.push(match self.language {
                Language::En => format!("Late: detected {detected}, delivered {delivered}."),
                Language::Fr => format!("En retard\u{a0}: détecté à {detected}, transmis à {delivered}."),
            });
        }
        notes
    }

    fn words(&self) -> Words {
        Words::new(self.language, self.time_zone.clone())
    }

    /// The time of day in the site's zone; with the date where it is another day than today.
    fn clock(&self, at: Timestamp, now: Timestamp) -> String {
        let zoned = |at: Timestamp| {
            jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(self.time_zone.clone())
        };
        let (at, now) = (zoned(at), zoned(now));
        let form = if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
        at.strftime(form).to_string()
    }

    fn length(&self, duration: Duration) -> String {
        let seconds = duration.as_secs();
        let day = match self.language {
            Language::En => 'd',
            Language::Fr => 'j',
        };
        match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60) {
            (0, 0, 0) => format!("{seconds} s"),
            (0, 0, minutes) => format!("{minutes} min"),
            (0, hours, minutes) => format!("{hours} h {minutes:02} min"),
            (days, hours, _) => format!("{days} {day} {hours} h"),
        }
    }

    fn link(&self, incident: &IncidentId) -> Option<Url> {
        let mut url = self.public_url.clone()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend(["incidents", incident.as_str()]);
        Some(url)
    }
}

#[cfg(test)]
mod tests;
