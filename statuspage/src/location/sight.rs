//! Which places see nothing, by what their own results say: a failure that none of their control targets could confirm. Pure.
//!
//! It does not know who is told. A place that sees nothing for a moment is none: it must say so twice, twenty seconds apart, or say
//! nothing else for half a minute; and it sees again once something was found and it has not said so for a minute.

use std::{collections::BTreeMap, time::Duration};

use shared::{LocationName, Timestamp};

/// Two words so far apart are no accident.
const TWICE: Duration = Duration::from_secs(20);
/// Nothing but that for so long is none either.
const ALONE: Duration = Duration::from_secs(30);
/// Not said for so long, while other things are found, it is over.
const REST: Duration = Duration::from_secs(60);
/// What a result says of the present that began so long ago: nothing.
const OLD: Duration = Duration::from_secs(180);

/// What a result says of the place that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// None of its control targets answered.
    Nothing,
    /// Something was found, good or bad.
    Something,
}

/// The places that said that they see nothing.
#[derive(Debug, Clone, Default)]
pub struct Sights(BTreeMap<LocationName, Sight>);

#[derive(Debug, Clone, Copy)]
struct Sight {
    /// The first word of it, and the last one.
    since: Timestamp,
    last: Timestamp,
    /// When something was found since.
    found_at: Option<Timestamp>,
    confirmed: Confirmed,
}

/// Whether it was more than a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Confirmed {
    Yes,
    NotYet,
}

impl Sights {
    /// Takes what a result that began then says.
    pub fn hear(&mut self, location: &LocationName, seen: Seen, started_at: Timestamp, now: Timestamp) {
        let at = started_at.min(now);
        if now.since(at) > OLD {
            return;
        }
        match seen {
            Seen::Nothing => {
                let first = Sight { since: at, last: at, found_at: None, confirmed: Confirmed::NotYet };
                let sight = self.0.entry(location.clone()).or_insert(first);
                (sight.since, sight.last) = (sight.since.min(at), sight.last.max(at));
            }
            Seen::Something => {
                if let Some(sight) = self.0.get_mut(location).filter(|sight| at > sight.last) {
                    // What was found first is the end of it, unless it goes on.
                    let first = sight.found_at.filter(|found_at| *found_at > sight.last);
                    sight.found_at = Some(first.unwrap_or(at));
                }
            }
        }
    }

    /// It was known before a restart that a place sees nothing: that holds until something is found.
    pub fn resume(&mut self, location: &LocationName, since: Timestamp, now: Timestamp) {
        let known = Sight { since, last: now, found_at: None, confirmed: Confirmed::Yes };
        self.0.entry(location.clone()).or_insert(known);
    }

    /// Nobody asks for that place any more.
    pub fn forget(&mut self, location: &LocationName) {
        self.0.remove(location);
    }

    /// Lets time pass: gives the places that see again, with the instants from which on they do.
    pub fn pass(&mut self, now: Timestamp) -> Vec<(LocationName, Timestamp)> {
        for sight in self.0.values_mut() {
            // The clock may have been set back.
            (sight.since, sight.last) = (sight.since.min(now), sight.last.min(now));
            let alone = sight.found_at.is_none_or(|at| at <= sight.last) && now.since(sight.since) >= ALONE;
            if alone || sight.last.since(sight.since) >= TWICE {
                sight.confirmed = Confirmed::Yes;
            }
        }
        let sees = |_: &LocationName, sight: &mut Sight| {
            sight.found_at.is_some_and(|at| at > sight.last) && now.since(sight.last) >= REST
        };
        let over = self.0.extract_if(.., sees).filter(|(_, sight)| sight.confirmed == Confirmed::Yes);
        over.map(|(location, sight)| (location, sight.found_at.unwrap_or(now))).collect()
    }

    /// The places that see nothing, and since when.
    pub fn blind(&self) -> impl Iterator<Item = (&LocationName, Timestamp)> {
        let confirmed = self.0.iter().filter(|(_, sight)| sight.confirmed == Confirmed::Yes);
        confirmed.map(|(location, sight)| (location, sight.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
    }

    fn lyon() -> LocationName {
        "lyon".parse().expect("a name")
    }

    /// What is known at each of those seconds, of a place that said these things.
    fn told(said: &[(i64, Seen)], asked: &[i64]) -> Vec<(Option<i64>, Option<i64>)> {
        let mut sights = Sights::default();
        let mut said = said.iter().peekable();
        let seconds = |at_: Timestamp| (at_.as_millis() - at(0).as_millis()) / 1_000;
        let mut answers = Vec::new();
        for second in 0..=asked.last().copied().unwrap_or_default() {
            while let Some((_, seen)) = said.next_if(|(from, _)| *from == second) {
                sights.hear(&lyon(), *seen, at(second), at(second));
            }
            let over = sights.pass(at(second)).first().map(|(_, end)| seconds(*end));
            if asked.contains(&second) {
                answers.push((sights.blind().next().map(|(_, since)| seconds(since)), over));
            }
        }
        answers
    }

    #[test]
    fn a_moment_without_sight_is_none_and_half_a_minute_is() {
        use Seen::{Nothing, Something};
        let check = |said: &[(i64, Seen)], asked: &[i64], expected: &[(Option<i64>, Option<i64>)]| {
            assert_eq!(told(said, asked), expected, "{said:?}");
        };
        check(&[(5, Nothing), (10, Something)], &[40, 90], &[(None, None), (None, None)]);
        // A probe that runs every five minutes says it once.
        check(&[(5, Nothing)], &[34, 35], &[(None, None), (Some(5), None)]);
        // Targets inside its own network may well answer.
        let mixed = [(5, Nothing), (10, Something), (26, Nothing), (30, Something), (47, Nothing), (50, Something)];
        check(&mixed, &[25, 26, 106, 107], &[(None, None), (Some(5), None), (Some(5), None), (None, Some(50))]);
    }

    #[test]
    fn what_was_known_before_a_restart_holds_until_something_is_found() {
        let mut sights = Sights::default();
        sights.resume(&lyon(), at(0), at(100));
        assert_eq!(sights.pass(at(5_000)), []);
        assert_eq!(sights.blind().count(), 1);
        sights.hear(&lyon(), Seen::Something, at(4_000), at(5_000));
        assert_eq!(sights.pass(at(5_000)), [], "old news say nothing of the present");
        sights.hear(&lyon(), Seen::Something, at(4_990), at(5_000));
        assert_eq!(sights.pass(at(5_000)), [(lyon(), at(4_990))]);
    }
}
