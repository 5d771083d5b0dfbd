//! What a message says: short, the first words say what and which; English and French.
//!
//! It does not know channels. Markup is left out: every channel shows plain text.

use std::time::Duration;

use jiff::tz::TimeZone;
use shared::{FailureKind, IncidentId, Language, Timestamp};
use url::Url;

use super::{Cause, Kind, Matter, Notification, Subject};

mod fault;
mod planned;

/// From there on a message says when it was detected and when it left.
const LATE: Duration = Duration::from_secs(120);
/// So many components are named in a message.
const SHOWN: usize = 3;
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

    fn outage(&self, matter: &Matter, kind: &Kind, now: Timestamp) -> (&'static str, String) {
        let word = match (kind, self.language) {
            (Kind::Down { .. } | Kind::Noticed { .. }, Language::En) => "DOWN",
            (Kind::Down { .. } | Kind::Noticed { .. }, Language::Fr) => "EN PANNE",
            (Kind::Grown { .. }, Language::En) => "WORSE",
            (Kind::Grown { .. }, Language::Fr) => "AGGRAVÉ",
            (Kind::Overdue { .. }, Language::En) => "SAY MORE",
            (Kind::Overdue { .. }, Language::Fr) => "NOUVELLES ATTENDUES",
            (Kind::Recovered { .. } | Kind::WasDown { .. }, Language::En) => "UP",
            (Kind::Recovered { .. } | Kind::WasDown { .. }, Language::Fr) => "RÉTABLI",
        };
        let text = match kind {
            Kind::Down { since, cause } | Kind::Grown { since, cause } => {
                self.down(matter, *since, cause.as_ref(), now)
            }
            Kind::Noticed { since, .. } => self.down(matter, *since, None, now),
            Kind::Overdue { promised, .. } => {
                let promised = self.clock(*promised, now);
                match self.language {
                    Language::En => format!("the next update was promised for {promised}"),
                    Language::Fr => format!("la prochaine information était promise pour {promised}"),
                }
            }
            Kind::Recovered { since, until } => {
                let (length, until) = (self.length(until.since(*since)), self.clock(*until, now));
                match self.language {
                    Language::En => format!("works again since {until}, was down for {length}"),
                    Language::Fr => format!("fonctionne de nouveau depuis {until}, en panne pendant {length}"),
                }
            }
            Kind::WasDown { .. } => self.was_down(kind, now),
        };
        (word, text)
    }

    /// What fails: an operator's title, a single component, or what was found of several.
    fn about(&self, matter: &Matter) -> String {
        let finding = match (&matter.title, matter.first.as_slice(), &matter.finding) {
            (Some(title), _, _) => return title.clone(),
            (None, [only], _) if matter.components == 1 => return only.name.clone(),
            (None, _, finding) => finding.as_ref(),
        };
        let what = finding.map_or_else(String::new, |finding| self.failure(finding.kind, finding.http_status));
        let count = finding.map_or(matter.components, |finding| finding.components.max(1));
        let where_ = finding.and_then(|finding| finding.address);
        let (on, services, behind) = match self.language {
            Language::En => ("on", if count == 1 { "service" } else { "services" }, "behind"),
            Language::Fr => ("sur", if count == 1 { "service" } else { "services" }, "derrière"),
        };
        let place = match (&matter.dependency, where_) {
            (Some(dependency), _) => format!(" {behind} {dependency}"),
            (None, Some(address)) => format!(" {behind} {address}"),
            (None, None) => String::new(),
        };
        if what.is_empty() {
            format!("{count} {services}{place}")
        } else {
            format!("{what} {on} {count} {services}{place}")
        }
    }

    fn failure(&self, kind: FailureKind, http_status: Option<u16>) -> String {
        match http_status.filter(|_| kind == FailureKind::HttpStatus) {
            Some(status) => status.to_string(),
            None => kind.word().replace('_', " "),
        }
    }

    fn down(&self, matter: &Matter, since: Timestamp, cause: Option<&Cause>, now: Timestamp) -> String {
        let since = match self.language {
            Language::En => format!("since {}", self.clock(since, now)),
            Language::Fr => format!("depuis {}", self.clock(since, now)),
        };
        let what = match cause {
            _ if matter.components > 1 || matter.title.is_some() => self.names(matter),
            Some(cause) => Some(reason(cause)),
            None => None,
        };
        what.map_or_else(|| since.clone(), |what| format!("{what}, {since}"))
    }

    /// "Nextcloud, Forum, Wiki and 197 more".
    fn names(&self, matter: &Matter) -> Option<String> {
        let shown: Vec<&str> = matter.first.iter().take(SHOWN).map(|named| named.name.as_str()).collect();
        let more = (matter.components as usize).saturating_sub(shown.len());
        let names = shown.join(", ");
        match (self.language, more) {
            _ if shown.is_empty() => None,
            (Language::En | Language::Fr, 0) => Some(names),
            (Language::En, more) => Some(format!("{names} and {more} more")),
            (Language::Fr, 1) => Some(format!("{names} et 1 autre")),
            (Language::Fr, more) => Some(format!("{names} et {more} autres")),
        }
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

/// `502 Bad Gateway (cloud/login)`.
fn reason(cause: &Cause) -> String {
    format!("{} ({})", if cause.detail.is_empty() { cause.kind.word() } else { &cause.detail }, cause.probe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        incident::Finding,
        notify::{Event, Fault, Happening, NAMED, Named, State},
    };
    use crate::{maintenance::Word, notify::Planned};

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

    /// An incident that touches services of these names.
    fn matter(names: &[&str]) -> Matter {
        let named = |name: &&str| Named { id: name.to_lowercase().parse().expect("an id"), name: (*name).to_owned() };
        Matter {
            first: names.iter().take(NAMED).map(named).collect(),
            components: u32::try_from(names.len()).expect("a few"),
            ..Matter::outage("cloud".parse().expect("an id"), "Nextcloud".into(), at("13:02:00"))
        }
    }

    #[test]
    fn what_happens_to_a_maintenance_is_said_in_both_languages() {
        let mut said = String::new();
        for (language, word) in Language::ALL.into_iter().flat_map(|language| Word::ALL.map(|word| (language, word))) {
            let planned = Planned {
                id: "kctbh9vrtdwd".parse().expect("an id"),
                version: 3,
                word,
                title: "Updates".into(),
                concerns: if word == Word::Ends { vec![] } else { vec!["Bureau".into(), "Nextcloud".into()] },
                starts_at: at("13:00:00"),
                ends_at: "2026-11-23T01:00:00Z".parse().expect("a time"),
            };
            let happening = Happening::Noticed { at: at("12:00:00") };
            let event =
                Event { subject: Subject::Maintenance(Box::new(planned)), detected_at: at("12:00:00"), happening };
            let notification = Notification::new(&"phone".parse().expect("a name"), &event);
            let message = voice(language).say(&notification, at("12:00:01"));
            said += &format!("{}\n{}\n", message.headline(), message.notes.join("\n"));
        }
        insta::assert_snapshot!(said);
    }

    #[test]
    fn an_incident_of_several_says_what_they_have_in_common_and_names_some() {
        let names: Vec<String> = (1..=200).map(|number| format!("Site{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let finding = |address: Option<&str>| Finding {
            kind: FailureKind::HttpStatus,
            http_status: Some(502),
            components: 200,
            address: address.map(|address| address.parse().expect("an address")),
            dependency: None,
        };
        let behind = Matter { finding: Some(finding(Some("192.0.2.10"))), ..matter(&names) };
        let depending = Matter { dependency: Some("Kubernetes".into()), ..behind.clone() };
        let titled = Matter { title: Some("No mail is sent".into()), ..matter(&["Mail", "Lists"]) };
        let plain = Matter { finding: None, ..matter(&["Mail", "Lists", "Forum", "Wiki"]) };
        let since = at("13:02:00");
        let kinds = [
            Kind::Down { since, cause: Some(cause()) },
            Kind::Grown { since, cause: Some(cause()) },
            Kind::Overdue { since, promised: at("13:30:00") },
            Kind::Recovered { since, until: at("13:31:00") },
        ];
        let mut said = String::new();
        for language in Language::ALL {
            for matter in [&behind, &depending, &titled, &plain] {
                for kind in &kinds {
                    let subject = Subject::Incident(Box::new(matter.clone()));
                    let message =
                        voice(language).say(&Notification { subject, ..notification(kind.clone()) }, at("13:02:11"));
                    said += &format!("{}\n", message.headline());
                }
            }
        }
        insta::assert_snapshot!(said);
    }

    fn notification(kind: Kind) -> Notification {
        let event = Event {
            subject: Subject::Incident(Box::new(matter(&["Nextcloud"]))),
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
    fn a_message_of_another_day_names_the_day_and_links_the_incident() {
        let down = notification(Kind::Down { since: at("13:02:00"), cause: None });
        let message = voice(Language::En).say(&down, "2026-11-23T09:00:00Z".parse().expect("a time"));
        assert_eq!(message.headline(), "DOWN Nextcloud: since 2026-11-22 14:02");
        let incident = crate::incident::id(at("13:02:00"), "cloud");
        assert_eq!(message.link.expect("a link").as_str(), format!("https://status.example.org/incidents/{incident}"));
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
            Fault::LostWrites { writes: 0 },
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
