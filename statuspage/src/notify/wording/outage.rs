//! What a message says of an incident: what fails, where, since when, and how it grew or ended.
//!
//! It does not know the monitor's own faults nor maintenance.

use shared::{FailureKind, Language, Status, Timestamp};

use super::{Voice, who};
use crate::{
    incident::Actor,
    notify::{Cause, Growth, Kind, Matter, Named},
    words::quantity::lower,
};

/// So many components are named in a message.
const SHOWN: usize = 3;

impl Voice {
    pub(super) fn outage(&self, matter: &Matter, kind: &Kind, now: Timestamp) -> (&'static str, String) {
        let word = match (kind, self.language) {
            (Kind::Down { .. } | Kind::Noticed { .. }, Language::En) => "DOWN",
            (Kind::Down { .. } | Kind::Noticed { .. }, Language::Fr) => "EN PANNE",
            (Kind::Grown { .. }, Language::En) => "WORSE",
            (Kind::Grown { .. }, Language::Fr) => "AGGRAVÉ",
            (Kind::Overdue { .. }, Language::En) => "SAY MORE",
            (Kind::Overdue { .. }, Language::Fr) => "NOUVELLES ATTENDUES",
            (Kind::Reminder { .. }, Language::En) => "STILL DOWN",
            (Kind::Reminder { .. }, Language::Fr) => "TOUJOURS EN PANNE",
            (Kind::Acknowledged { .. }, Language::En) => "TAKEN",
            (Kind::Acknowledged { .. }, Language::Fr) => "PRIS EN CHARGE",
            (Kind::Closed { .. }, Language::En) => "CLOSED",
            (Kind::Closed { .. }, Language::Fr) => "CLOS",
            (Kind::Recovered { .. } | Kind::WasDown { .. }, Language::En) => "UP",
            (Kind::Recovered { .. } | Kind::WasDown { .. }, Language::Fr) => "RÉTABLI",
        };
        let text = match kind {
            Kind::Down { since, cause } => self.down(matter, *since, cause.as_ref(), now),
            Kind::Grown { since, cause } => match &matter.growth {
                Some(growth) => self.grown(growth, *since, now),
                None => self.down(matter, *since, cause.as_ref(), now),
            },
            Kind::Noticed { since, .. } => self.down(matter, *since, None, now),
            Kind::Overdue { promised, .. } => {
                let promised = self.clock(*promised, now);
                match self.language {
                    Language::En => format!("the next update was promised for {promised}"),
                    Language::Fr => format!("la prochaine information était promise pour {promised}"),
                }
            }
            Kind::Reminder { since, cause, .. } => self.still_down(matter, *since, cause.as_ref(), now),
            Kind::Acknowledged { at, by, .. } => {
                let (who, at) = (who(by, self.language), self.clock(*at, now));
                match self.language {
                    Language::En => format!("{who} takes care of it since {at}"),
                    Language::Fr => format!("{who} s'en occupe depuis {at}"),
                }
            }
            Kind::Closed { at, by, .. } => self.closed(matter, *at, by, now),
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
    pub(super) fn about(&self, matter: &Matter) -> String {
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
            None => lower(&self.words().reason(kind)),
        }
    }

    fn down(&self, matter: &Matter, since: Timestamp, cause: Option<&Cause>, now: Timestamp) -> String {
        let since = match self.language {
            Language::En => format!("since {}", self.clock(since, now)),
            Language::Fr => format!("depuis {}", self.clock(since, now)),
        };
        let what = match cause {
            _ if matter.components > 1 || matter.title.is_some() => self.names(matter),
            Some(cause) => Some(self.reason(cause)),
            None => None,
        };
        let since = match matter.closed_before {
            Some(closed_at) => self.persists(closed_at, now),
            None => since,
        };
        what.map_or_else(|| since.clone(), |what| format!("{what}, {since}"))
    }

    /// That it has not worked since operators closed the incident before.
    fn persists(&self, closed_at: Timestamp, now: Timestamp) -> String {
        let at = self.clock(closed_at, now);
        match self.language {
            Language::En => format!("still failing after it was closed at {at}"),
            Language::Fr => format!("toujours en panne après la clôture de {at}"),
        }
    }

    /// Who closed it, and what is not known to work.
    fn closed(&self, matter: &Matter, at: Timestamp, by: &Actor, now: Timestamp) -> String {
        let (who, at) = (who(by, self.language), self.clock(at, now));
        let closed = match self.language {
            Language::En => format!("{who} closed it at {at}"),
            Language::Fr => format!("{who} l'a clos à {at}"),
        };
        let Some(still) = &matter.still else { return closed };
        let names = self.some(&still.first, still.components);
        let fails = matches!(still.worst, Status::PartialOutage | Status::MajorOutage);
        let length = self.length(still.reopen);
        match (self.language, fails) {
            (Language::En, true) => {
                format!("{closed}; still failing: {names}; an incident again in {length} unless it works")
            }
            (Language::En, false) => format!("{closed}; not yet seen to work: {names}"),
            (Language::Fr, true) => {
                format!(
                    "{closed}\u{a0}; toujours en panne\u{a0}: {names}\u{a0}; de nouveau un incident dans {length} sauf rétablissement"
                )
            }
            (Language::Fr, false) => format!("{closed}\u{a0}; fonctionnement pas encore constaté\u{a0}: {names}"),
        }
    }

    /// "Nextcloud, Forum, Wiki and 197 others".
    fn names(&self, matter: &Matter) -> Option<String> {
        let some = self.some(&matter.first, matter.components);
        (!matter.first.is_empty()).then_some(some)
    }

    /// That nobody has taken it, and the rest as it was told first.
    fn still_down(&self, matter: &Matter, since: Timestamp, cause: Option<&Cause>, now: Timestamp) -> String {
        let (down, length) = (self.down(matter, since, cause, now), self.length(now.since(since)));
        match self.language {
            Language::En => format!("nobody has taken it for {length}; {down}"),
            Language::Fr => format!("personne ne s'en occupe depuis {length}\u{a0}; {down}"),
        }
    }

    /// What joined, how bad it is by now, and since when.
    fn grown(&self, growth: &Growth, since: Timestamp, now: Timestamp) -> String {
        let words = self.words();
        let names = self.some(&growth.joined, growth.components);
        words.notice_grown(names, lower(&words.status(growth.worst)), self.clock(since, now))
    }

    /// A few by their names, and how many others there are.
    fn some(&self, named: &[Named], components: u32) -> String {
        let shown = named.len().min(SHOWN);
        let names = named.iter().take(SHOWN).map(|named| named.name.as_str());
        self.words().some(names, (components as usize).saturating_sub(shown))
    }

    /// `502 Bad Gateway (cloud/login)`; what a prober says in English is said in the reader's language by its kind.
    fn reason(&self, cause: &Cause) -> String {
        let what = match self.language {
            Language::En if !cause.detail.is_empty() => cause.detail.clone(),
            Language::En | Language::Fr => lower(&self.words().what(cause.kind, cause.http_status)),
        };
        format!("{what} ({})", cause.probe)
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
        cause.as_ref().map_or_else(|| outage.clone(), |cause| format!("{outage}, {}", self.reason(cause)))
    }
}
