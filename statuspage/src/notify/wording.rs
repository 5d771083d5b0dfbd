//! What a message says: short, the first words say what and which; English and French.
//!
//! It does not know channels. Markup is left out: every channel shows plain text.

use std::time::Duration;

use jiff::tz::TimeZone;
use shared::{ComponentId, Language, Timestamp};
use url::Url;

use super::{Cause, Kind, Notification, Subject};

mod fault;

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
    /// The component's page; none for the monitor itself.
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
            Subject::Component { id, name } => {
                let (word, text) = self.outage(&notification.kind, now);
                (format!("{word} {name}"), text, self.link(id))
            }
            Subject::Monitor(fault) => (MONITOR.to_owned(), self.fault(fault, &notification.kind, now), None),
        };
        Message { subject, text, notes: self.notes(notification, now), link, language: self.language }
    }

    fn outage(&self, kind: &Kind, now: Timestamp) -> (&'static str, String) {
        match (kind, self.language) {
            (Kind::Down { since, cause }, Language::En) => ("DOWN", self.down_en(*since, cause.as_ref(), now)),
            (Kind::Down { since, cause }, Language::Fr) => ("EN PANNE", self.down_fr(*since, cause.as_ref(), now)),
            (Kind::Noticed { since, .. }, Language::En) => ("DOWN", self.down_en(*since, None, now)),
            (Kind::Noticed { since, .. }, Language::Fr) => ("EN PANNE", self.down_fr(*since, None, now)),
            (Kind::Recovered { since, until }, Language::En) => {
                let (length, until) = (self.length(until.since(*since)), self.clock(*until, now));
                ("UP", format!("works again since {until}, was down for {length}"))
            }
            (Kind::Recovered { since, until }, Language::Fr) => {
                let (length, until) = (self.length(until.since(*since)), self.clock(*until, now));
                ("RÉTABLI", format!("fonctionne de nouveau depuis {until}, en panne pendant {length}"))
            }
            (Kind::WasDown { .. }, Language::En) => ("UP", self.was_down(kind, now)),
            (Kind::WasDown { .. }, Language::Fr) => ("RÉTABLI", self.was_down(kind, now)),
        }
    }

    fn down_en(&self, since: Timestamp, cause: Option<&Cause>, now: Timestamp) -> String {
        let since = self.clock(since, now);
        cause.map_or_else(|| format!("since {since}"), |cause| format!("{}, since {since}", reason(cause)))
    }

    fn down_fr(&self, since: Timestamp, cause: Option<&Cause>, now: Timestamp) -> String {
        let since = self.clock(since, now);
        cause.map_or_else(|| format!("depuis {since}"), |cause| format!("{}, depuis {since}", reason(cause)))
    }

    fn was_down(&self, kind: &Kind, now: Timestamp) -> String {
        let Kind::WasDown { since, until, times, total, cause } = kind else { return String::new() };
        let (from, to, total) = (self.clock(*since, now), self.clock(*until, now), self.length(*total));
        let outage = match (self.language, *times) {
            (Language::En, 0 | 1) => format!("was down for {total}, {from} to {to}"),
            (Language::En, times) => format!("was down {times} times, {total} in all, {from} to {to}"),
            (Language::Fr, 0 | 1) => format!("en panne pendant {total}, de {from} à {to}"),
            (Language::Fr, times) => format!("en panne {times} fois, {total} en tout, de {from} à {to}"),
        };
        cause.as_ref().map_or_else(|| outage.clone(), |cause| format!("{outage}, {}", reason(cause)))
    }

    fn notes(&self, notification: &Notification, now: Timestamp) -> Vec<String> {
        let mut notes = Vec::new();
        let cause = match &notification.kind {
            Kind::Down { cause, .. } | Kind::WasDown { cause, .. } => cause.as_ref(),
            Kind::Recovered { .. } | Kind::Noticed { .. } => None,
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

    fn link(&self, component: &ComponentId) -> Option<Url> {
        let mut url = self.public_url.clone()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend(["services", component.as_str()]);
        Some(url)
    }
}

/// `502 Bad Gateway (cloud/login)`.
fn reason(cause: &Cause) -> String {
    format!("{} ({})", if cause.detail.is_empty() { cause.kind.word() } else { &cause.detail }, cause.probe)
}

#[cfg(test)]
mod tests {
    use shared::FailureKind;

    use super::*;
    use crate::notify::{Event, Fault, Happening, State};

    fn at(clock: &str) -> Timestamp {
        format!("2026-11-22T{clock}Z").parse().expect("a time")
    }

    fn voice(language: Language) -> Voice {
        Voice {
            language,
            time_zone: TimeZone::get("Europe/Paris").expect("a zone"),
            site: "Collective".into(),
            public_url: Some("https://status.example.org/".parse().expect("a url")),
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

    fn notification(kind: Kind) -> Notification {
        let event = Event {
            subject: Subject::Component { id: "cloud".parse().expect("an id"), name: "Nextcloud".into() },
            detected_at: at("13:02:10"),
            happening: Happening::Down { since: at("13:02:00"), cause: None },
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
    fn a_message_of_another_day_names_the_day_and_links_the_component() {
        let down = notification(Kind::Down { since: at("13:02:00"), cause: None });
        let message = voice(Language::En).say(&down, "2026-11-23T09:00:00Z".parse().expect("a time"));
        assert_eq!(message.headline(), "DOWN Nextcloud: since 2026-11-22 14:02");
        assert_eq!(message.link.expect("a link").as_str(), "https://status.example.org/services/cloud");
    }

    #[test]
    fn the_monitor_says_what_is_wrong_with_itself() {
        let text = |text: &str| text.to_owned();
        let lasting = [
            Fault::LowSpace { free: 812_345_678, reserve: 1 << 30 },
            Fault::NoSpace { free: 63_000_000, reserve: 64 << 20 },
            Fault::Failing { reason: text("input/output error") },
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
}
