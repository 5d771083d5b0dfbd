//! Shares, spans of time and lists in the reader's language.
//!
//! It does not know what is counted.

use std::{collections::BTreeMap, time::Duration};

use shared::{Language, LocationName};

use super::{Words, inert};
use crate::island::{Phrases, Spans};

impl Words {
    /// Millionths as a percentage with two decimals, rounded down: 100 % is only said of the whole.
    pub fn share(&self, millionths: u32) -> String {
        let hundredths = millionths.min(1_000_000) / 100;
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        match rest {
            0 => self.percent(whole.to_string()),
            1.. => self.percent(self.decimal(&format!("{whole}.{rest:02}"))),
        }
    }

    /// A span of time, rounded down to what its unit can say.
    pub fn span(&self, span: Duration) -> String {
        self.spans().write(span)
    }

    /// A span to the second below an hour: `1 min 40 s`.
    pub fn lapse(&self, span: Duration) -> String {
        let (minutes, seconds) = (span.as_secs() / 60, span.as_secs() % 60);
        match (minutes, seconds) {
            (1..60, 1..) => self.draft_span_minutes_seconds(minutes, seconds),
            (_, _) => self.span(span),
        }
    }

    /// A latency: `180 ms`, `2.4 s`.
    pub fn latency(&self, latency: Duration) -> String {
        let millis = latency.as_millis();
        match millis {
            0 if !latency.is_zero() => self.milliseconds("<1"),
            0..1_000 => self.milliseconds(millis.to_string()),
            1_000..10_000 => self.span_seconds(self.decimal(&format!("{}.{}", millis / 1_000, millis % 1_000 / 100))),
            10_000.. => self.span(latency),
        }
    }

    /// Names joined as in a sentence; nothing gives nothing.
    pub fn list<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> String {
        let mut names: Vec<String> = names.into_iter().map(inert).collect();
        let Some(last) = names.pop() else { return String::new() };
        match names.into_iter().reduce(|list, name| self.list_comma(list, name)) {
            Some(list) => self.list_and(list, last),
            None => last,
        }
    }

    /// Some names of many, and how many others there are.
    pub fn some<'a>(&self, names: impl IntoIterator<Item = &'a str>, others: usize) -> String {
        if others == 0 {
            return self.list(names);
        }
        let named = names.into_iter().map(inert).reduce(|list, name| self.list_comma(list, name));
        self.list_others(named.unwrap_or_default(), others)
    }

    /// Places joined as in a sentence.
    pub fn places<'a>(&self, places: impl IntoIterator<Item = &'a LocationName>) -> String {
        let names: Vec<String> = places.into_iter().map(place).collect();
        self.list(names.iter().map(String::as_str))
    }

    /// What the islands need to go on in the same words.
    pub fn phrases(&self, site: &str) -> Phrases {
        Phrases {
            stopped: self.stopped(),
            stopped_title: self.page_title(self.stopped_title(), site),
            unproven: self.headline_unknown("#"),
            unproven_many: self.headline_unknown_many("#", "#"),
            unproven_all: self.headline_blind(),
            unproven_title: self.page_title(self.title_unknown(), site),
            comma: self.list_comma("#", "#"),
            and: self.list_and("#", "#"),
            unverified: self.state_unverified("#"),
            unverified_ever: self.state_unknown(),
            since: self.since("#"),
            ago: self.ago("#"),
            spans: self.spans(),
            measured: BTreeMap::new(),
            valid: String::new(),
            promise: String::new(),
            hint: self.hint(),
            subject: None,
            title: None,
        }
    }

    fn spans(&self) -> Spans {
        Spans {
            seconds: self.span_seconds("#"),
            minutes: self.span_minutes("#"),
            hours: self.span_hours("#", "#"),
            days: self.span_days("#"),
        }
    }

    pub(super) fn decimal(&self, number: &str) -> String {
        match self.language() {
            Language::En => number.to_owned(),
            Language::Fr => number.replace('.', ","),
        }
    }
}

/// A location as readers see it: `lyon` is written Lyon.
pub fn place(location: &LocationName) -> String {
    capital(&location.as_str().replace('_', " "))
}

/// The same with a capital at the beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The same with a small letter at the beginning: inside a sentence.
pub fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn words(language: Language) -> Words {
        Words::new(language, TimeZone::UTC)
    }

    fn plain(text: &str) -> String {
        text.replace(['\u{a0}', '\u{202f}'], " ")
    }

    #[test]
    fn a_hundred_percent_is_never_reached_by_rounding() {
        let check = |millionths: u32, text: &str| assert_eq!(plain(&words(Language::Fr).share(millionths)), text);
        check(1_000_000, "100 %");
        check(999_999, "99,99 %");
        check(999_199, "99,91 %");
        check(990_000, "99 %");
        check(0, "0 %");
    }

    #[test]
    fn a_latency_keeps_the_digits_that_matter() {
        let check = |millis: u64, text: &str| {
            assert_eq!(plain(&words(Language::En).latency(Duration::from_millis(millis))), text);
        };
        check(0, "0 ms");
        check(64, "64 ms");
        check(999, "999 ms");
        check(2_449, "2.4 s");
        check(12_900, "12 s");
        assert_eq!(plain(&words(Language::En).latency(Duration::from_micros(40))), "<1 ms");
    }

    #[test]
    fn names_are_joined_as_one_would_say_them() {
        let check = |names: &[&str], text: &str| assert_eq!(words(Language::Fr).list(names.iter().copied()), text);
        check(&[], "");
        check(&["Nuage"], "Nuage");
        check(&["Nuage", "Forum"], "Nuage et Forum");
        check(&["Nuage", "Forum", "Courriel"], "Nuage, Forum et Courriel");
    }
}
