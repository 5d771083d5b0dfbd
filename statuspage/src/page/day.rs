//! One day of a component in words.
//!
//! It does not know how days are drawn.

use std::time::Duration;

use jiff::civil::Date;
use shared::Status;

use crate::{
    snapshot::{Day, TimeInStatus},
    words::Words,
};

/// `22 August: 99.93 %, 1 min down`.
pub(super) fn name(day: &Day, words: &Words) -> String {
    let what = match day.uptime {
        Some(uptime) => std::iter::once(words.share(uptime.ratio)).chain(disturbances(&day.time, words)).collect(),
        None => disturbances(&day.time, words),
    };
    let what = if what.is_empty() { words.day_unobserved() } else { what.join(", ") };
    words.day(words.day_and_month(day.date), what)
}

/// The same for a day before the first.
pub(super) fn unwatched(date: Date, words: &Words) -> String {
    words.day(words.day_and_month(date), words.day_unobserved())
}

/// How long the component was disturbed, the worst first.
pub(super) fn disturbances(time: &TimeInStatus, words: &Words) -> Vec<String> {
    let mut spells = Vec::new();
    let mut add = |spell: Duration, say: &dyn Fn(String) -> String| {
        if spell >= Duration::from_secs(1) {
            spells.push(say(words.span(spell)));
        }
    };
    add(time.of(Status::MajorOutage), &|span| words.spell_down(span));
    add(time.of(Status::PartialOutage), &|span| words.spell_partial(span));
    add(time.of(Status::DegradedPerformance), &|span| words.spell_degraded(span));
    add(time.of(Status::UnderMaintenance), &|span| words.spell_maintenance(span));
    add(time.of(Status::Unknown), &|span| words.spell_unknown(span));
    spells
}

/// Days on which some of it failed.
pub(super) fn with_outage(days: &[Day]) -> usize {
    let failed = |day: &&Day| !(day.time.of(Status::MajorOutage) + day.time.of(Status::PartialOutage)).is_zero();
    days.iter().filter(failed).count()
}
