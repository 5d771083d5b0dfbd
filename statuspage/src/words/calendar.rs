//! Dates and times of day in the reader's language and the site's time zone.
//!
//! It reads no clock: what is "today" is told by whoever asks.

use jiff::{Zoned, civil::Date};
use shared::Timestamp;

use super::Words;

impl Words {
    /// `22 November 2026`.
    pub fn long_date(&self, date: Date) -> String {
        self.date(date.day(), self.month(date.month()), date.year().to_string())
    }

    /// `22 November`.
    pub fn day_and_month(&self, date: Date) -> String {
        self.date_short(date.day(), self.month(date.month()))
    }

    /// `14:02`.
    pub fn clock(&self, at: Timestamp) -> String {
        let at = self.local(at);
        self.time(self.hour(&at), two(at.minute()))
    }

    /// `14:02:51`.
    pub fn clock_precise(&self, at: Timestamp) -> String {
        let at = self.local(at);
        self.time_precise(self.hour(&at), two(at.minute()), two(at.second()))
    }

    /// The time of day when that is on the day of `today`, else the date too, and the year when it is another.
    pub fn when(&self, at: Timestamp, today: Timestamp) -> String {
        let (date, now) = (self.day_of(at), self.day_of(today));
        match (date == now, date.year() == now.year()) {
            (true, _) => self.clock(at),
            (false, true) => self.moment(self.day_and_month(date), self.clock(at)),
            (false, false) => self.moment(self.long_date(date), self.clock(at)),
        }
    }

    /// The same to the second.
    pub fn when_precise(&self, at: Timestamp, today: Timestamp) -> String {
        let (date, now) = (self.day_of(at), self.day_of(today));
        match (date == now, date.year() == now.year()) {
            (true, _) => self.clock_precise(at),
            (false, true) => self.moment(self.day_and_month(date), self.clock_precise(at)),
            (false, false) => self.moment(self.long_date(date), self.clock_precise(at)),
        }
    }

    /// The same as the time at which something is: “at 14:02”, “20 November, 08:18”.
    pub fn at(&self, at: Timestamp, today: Timestamp) -> String {
        let same = self.day_of(at) == self.day_of(today);
        if same { self.at_time(self.clock(at)) } else { self.when(at, today) }
    }

    /// From when to when; the second day is told only where it is another.
    pub fn period(&self, from: Timestamp, to: Timestamp, today: Timestamp) -> String {
        let (first, last) = (self.day_of(from), self.day_of(to));
        let period = match (first == last, first == self.day_of(today)) {
            (true, true) => self.maintenance_window(self.clock(from), self.clock(to)),
            (true, false) if first.year() == self.day_of(today).year() => {
                self.maintenance_hours(self.day_and_month(first), self.clock(from), self.clock(to))
            }
            (true, false) => self.maintenance_hours(self.long_date(first), self.clock(from), self.clock(to)),
            (false, _) => self.maintenance_window(self.when(from, today), self.when(to, today)),
        };
        self.lasting(period, self.span(to.since(from)))
    }

    /// `August 2026`.
    pub fn month_of(&self, date: Date) -> String {
        super::quantity::capital(&self.month_in_a_sentence(date))
    }

    /// The same where no sentence begins: French writes `août 2026`.
    pub fn month_in_a_sentence(&self, date: Date) -> String {
        self.month_title(self.month(date.month()), date.year().to_string())
    }

    /// The day on which that is.
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.local(at).date()
    }

    fn local(&self, at: Timestamp) -> Zoned {
        // Years 0 to 9999 lie inside jiff's range except for its last hours in some zones: then the epoch stands in.
        jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(self.zone().clone())
    }

    /// French writes 9 h 05, English 09:05.
    fn hour(&self, at: &Zoned) -> String {
        match self.language() {
            shared::Language::Fr => at.hour().to_string(),
            shared::Language::En => two(at.hour()),
        }
    }

    /// The time zone as its users call it: `Europe/Paris`.
    pub fn zone_name(&self) -> String {
        let name = self.zone().iana_name().unwrap_or("UTC");
        // Universal time goes by several names, of which readers know the last part.
        name.strip_prefix("Etc/").unwrap_or(name).to_owned()
    }
}

fn two(number: i8) -> String {
    format!("{number:02}")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use shared::Language;

    use super::*;

    fn check(language: Language, at: &str, text: &str) {
        let words = Words::new(language, TimeZone::get("Europe/Paris").expect("bundled"));
        let today = "2026-11-22T13:00:00Z".parse().expect("RFC 3339");
        let plain = words.when(at.parse().expect("RFC 3339"), today).replace(['\u{a0}', '\u{202f}'], " ");
        assert_eq!(plain, text);
    }

    #[test]
    fn a_time_is_as_short_as_it_can_be_without_doubt() {
        check(Language::Fr, "2026-11-22T13:02:51Z", "14 h 02");
        check(Language::Fr, "2026-11-22T08:05:00Z", "9 h 05");
        check(Language::Fr, "2026-11-01T13:02:51Z", "le 1er novembre à 14 h 02");
        check(Language::Fr, "2025-08-02T13:02:51Z", "le 2 août 2025 à 15 h 02");
        check(Language::En, "2026-11-22T08:05:00Z", "09:05");
        check(Language::En, "2025-08-02T13:02:51Z", "2 August 2025, 15:02");
    }

    #[test]
    fn the_day_is_the_one_of_the_site() {
        check(Language::En, "2026-11-21T23:30:00Z", "00:30");
        check(Language::En, "2026-11-21T22:30:00Z", "21 November, 23:30");
    }
}
