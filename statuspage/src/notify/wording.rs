//! What a message says: short, the first words say what and which; English and French.
//!
//! It does not know channels. Markup is left out: every channel shows plain text.

use std::time::Duration;

use jiff::tz::TimeZone;
use shared::{IncidentId, Language, Timestamp};
use url::Url;

use super::{AckKey, Affair, Claim, Course, Kind, Notification, Occasion, Subject};
use crate::{
    incident::Actor,
    words::{Words, inert},
};

mod drill;
mod fault;
mod outage;
mod planned;
mod upstream;
mod watch;

pub use fault::fault_in_words;

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
    /// Makes the links by which alarms are taken; without it, or without an address, messages have none.
    pub key: Option<AckKey>,
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
    /// That it leaves late, in few words, where there is room for no more: `late: detected 10:41`. The notes say so too.
    pub late: Option<String>,
    /// The incident's page; none for the monitor itself.
    pub link: Option<Url>,
    /// The page by which whoever reads it takes it; none where there is nothing to take.
    pub acknowledge: Option<Url>,
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

    /// What stands below the headline, a line each: the notes, the link, and the way to take it.
    pub fn rest(&self) -> Vec<String> {
        let link = self.link.iter().map(Url::to_string);
        let taking = self.acknowledge.iter().map(|link| match self.language {
            Language::En => format!("{}: {link}", self.to_acknowledge()),
            Language::Fr => format!("{}\u{a0}: {link}", self.to_acknowledge()),
        });
        self.notes.iter().cloned().chain(link).chain(taking).collect()
    }

    /// Everything, a line each.
    pub fn whole(&self) -> String {
        std::iter::once(self.headline()).chain(self.rest()).collect::<Vec<_>>().join("\n")
    }

    /// What the button says that leads to the page by which it is taken.
    pub fn to_acknowledge(&self) -> &'static str {
        match self.language {
            Language::En => "Take it",
            Language::Fr => "Prendre en charge",
        }
    }

    /// A message with nothing but a subject.
    #[cfg(test)]
    pub(super) fn bare(subject: &str, language: Language) -> Self {
        Self {
            subject: subject.to_owned(),
            text: String::new(),
            notes: Vec::new(),
            late: None,
            link: None,
            acknowledge: None,
            language,
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
            Subject::Drill(drill) => {
                let (subject, text) = self.drill(drill);
                (subject, text, None)
            }
        };
        let acknowledge = self.acknowledge(notification);
        let (notes, late) = (self.notes(notification, now), self.late(notification, now));
        Message { subject, text, notes, late, link, acknowledge, language: self.language }
    }

    /// That a message leaves late, where it does.
    fn late(&self, notification: &Notification, now: Timestamp) -> Option<String> {
        let detected = self.clock(notification.made_at, now);
        (now.since(notification.made_at) >= LATE).then(|| match self.language {
            Language::En => format!("late: detected {detected}"),
            Language::Fr => format!("en retard\u{a0}: détecté à {detected}"),
        })
    }

    /// The page by which whoever reads a message takes what it tells.
    fn acknowledge(&self, notification: &Notification) -> Option<Url> {
        let affair = match (&notification.subject, &notification.kind) {
            (
                Subject::Incident(matter),
                Kind::Down { .. } | Kind::Grown { .. } | Kind::Overdue { .. } | Kind::Reminder { .. },
            ) => Affair::Incident(matter.id.clone()),
            (Subject::Monitor(fault), Kind::Down { since, .. } | Kind::Reminder { since, .. })
                if fault.kind().course() == Course::Lasting =>
            {
                Affair::Fault(fault.id(), *since)
            }
            (Subject::Drill(drill), _) if drill.occasion == Occasion::Due => Affair::Drill(drill.at),
            (_, _) => return None,
        };
        let claim = Claim { affair, channel: notification.channel.clone() };
        self.key.as_ref()?.link(self.public_url.as_ref()?, &claim)
    }

    fn notes(&self, notification: &Notification, now: Timestamp) -> Vec<String> {
        let mut notes = Vec::new();
        if let Subject::Maintenance(planned) = &notification.subject {
            notes.push(self.concerned(planned));
        }
        let cause = match &notification.kind {
            Kind::Down { cause, .. }
            | Kind::Grown { cause, .. }
            | Kind::Reminder { cause, .. }
            | Kind::WasDown { cause, .. } => cause.as_ref(),
            Kind::Recovered { .. }
            | Kind::Closed { .. }
            | Kind::Noticed { .. }
            | Kind::Overdue { .. }
            | Kind::Acknowledged { .. } => None,
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

/// Who does something, as operators are told.
pub(super) fn who(actor: &Actor, language: Language) -> String {
    match (actor, language) {
        (Actor::Monitor, Language::En) => "the monitor".to_owned(),
        (Actor::Monitor, Language::Fr) => "la supervision".to_owned(),
        (Actor::Operator(name) | Actor::Channel(name), _) => inert(name),
        (Actor::Socket, Language::En) => "somebody on the monitor's machine".to_owned(),
        (Actor::Socket, Language::Fr) => "quelqu'un sur la machine de supervision".to_owned(),
    }
}

#[cfg(test)]
mod tests;
