//! Makes roll-ups again that are missing while the results that they were made of are there.
//!
//! What is there is never replaced, and what no result covers stays a gap. It does not know how results are judged nor where anything
//! lies: the store gives days and results, the retrospect makes rows of them.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
    time::Duration,
};

use anyhow::Result;
use jiff::tz::TimeZone;
use prober::definition::{Definition, DefinitionSet};
use shared::{ComponentId, Timestamp};

use crate::{
    engine::ComponentState,
    history::{Slot, Unit},
    hub::checkpoint,
    retrospect::{Retrospect, Rows},
    store::{Changes, Ledger, Offline},
};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
/// So much before a gap, a state is settled, and so much behind it the gap's last local day is over everywhere.
const BESIDE: Duration = Duration::from_secs(2 * 86_400);
/// A local day is sealed so long after midnight UTC of its date.
const DAY_OVER: Duration = Duration::from_secs(72 * 3_600);
/// Rows are written when they take so many bytes.
const ENOUGH: usize = 32 << 20;

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Made {
    hours: u64,
    days: u64,
    components: BTreeSet<ComponentId>,
}

impl Made {
    pub(super) fn is_nothing(&self) -> bool {
        self.components.is_empty()
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nothing() {
            return Ok(());
        }
        let Self { hours, days, components } = self;
        writeln!(
            f,
            "made the roll-ups of {hours} hours and {days} days of {} components again from their results; what no result covers stays a gap",
            components.len()
        )
    }
}

/// Looks for what is missing in the store of a data directory, and makes it; days are those of `zone`. What is not defined any more is
/// judged by the defaults.
pub(super) fn make_again(data: &Path, definitions: &DefinitionSet, zone: &TimeZone) -> Result<Made> {
    let store = Offline::open(data)?;
    let results = store.days_with_results()?;
    let written = store.document(checkpoint::DOCUMENT)?.and_then(|document| checkpoint::instant(&document));
    let until = match written {
        Some(at) => at,
        None => last_end(&store, &results)?,
    };
    let states = Vec::new();
    let mut work = Work { store, zone, until, made: Made::default(), hours: Vec::new(), days: Vec::new(), states };
    for (component, days) in &results {
        work.component(component, definition_of(definitions, component), days)?;
    }
    work.flush()?;
    if written.is_none() && !work.made.is_nothing() {
        // Or the hub would judge the last results again, and count them twice.
        work.store.write(checkpoint::of(&work.states, until))?;
    }
    Ok(work.made)
}

fn definition_of<'a>(set: &'a DefinitionSet, component: &ComponentId) -> Option<&'a Definition> {
    let renamed = || set.definitions.values().find(|definition| definition.formerly.contains(component));
    set.definitions.get(component).or_else(renamed).map(AsRef::as_ref)
}

/// Just behind the end of the last result of all.
fn last_end(store: &Offline, results: &BTreeMap<ComponentId, BTreeSet<Timestamp>>) -> Result<Timestamp> {
    let Some(last) = results.values().filter_map(BTreeSet::last).max() else { return Ok(Timestamp::default()) };
    let mut end = *last;
    for (component, _) in results.iter().filter(|(_, days)| days.contains(last)) {
        let ends = store.results(component, *last, last.plus(DAY))?.into_iter().map(|result| result.ended_at());
        end = ends.chain([end]).max().unwrap_or(end);
    }
    Ok(end.plus(Duration::from_millis(1)))
}

/// What is missing, component after component.
struct Work<'a> {
    store: Offline,
    zone: &'a TimeZone,
    /// Up to here what is known was written down, or there are results.
    until: Timestamp,
    made: Made,
    hours: Vec<Ledger>,
    days: Vec<Ledger>,
    /// What is believed at that instant, of those that were looked at.
    states: Vec<ComponentState>,
}

impl Work<'_> {
    fn component(
        &mut self,
        component: &ComponentId,
        definition: Option<&Definition>,
        days: &BTreeSet<Timestamp>,
    ) -> Result<()> {
        let Some((first, last)) = days.first().zip(days.last()) else { return Ok(()) };
        let (from, to) = (first.minus(BESIDE * 2), last.plus(BESIDE * 2));
        let hours = self.store.rolled_up(component, Unit::Hours, from, to)?;
        let whole = self.store.rolled_up(component, Unit::Days, from, to)?;
        let is_gap = |day: Timestamp| hours.range(day..day.plus(DAY)).count() < 24 || !whole.contains(&day);
        for (from, to) in runs(days.iter().copied().filter(|&day| day < self.until && is_gap(day))) {
            let from = from.max(*first);
            let retrospect = Retrospect::new(component.clone(), definition, self.zone.clone(), from);
            let (rows, state) = self.look_back(retrospect, component, days, (from, to))?;
            if to >= self.until {
                self.states.extend(state);
            }
            for (slot, bytes) in rows {
                let Some(start) = slot.start() else { continue };
                let ledger = Ledger { component: component.clone(), start, body: bytes.into() };
                match slot {
                    Slot::Hour(_) if !hours.contains(&start) => self.hours.push(ledger),
                    Slot::Day(_) if !whole.contains(&start) => self.days.push(ledger),
                    Slot::Hour(_) | Slot::Day(_) => {}
                }
            }
            let bytes = self.hours.iter().chain(&self.days).map(|ledger| ledger.body.len()).sum::<usize>();
            if bytes > ENOUGH {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// A day's results at a time.
    fn look_back(
        &self,
        mut retrospect: Retrospect,
        component: &ComponentId,
        days: &BTreeSet<Timestamp>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<(Rows, Option<ComponentState>)> {
        for &day in days.range(from..to).take_while(|day| **day < self.until) {
            let results = self.store.results(component, day, day.plus(DAY))?;
            retrospect.take(results, day.plus(DAY).min(self.until));
        }
        Ok(retrospect.finish())
    }

    /// Writes what is over into files, the rest into the database.
    fn flush(&mut self) -> Result<()> {
        let until = self.until;
        for ledger in self.hours.iter().chain(&self.days) {
            self.made.components.insert(ledger.component.clone());
        }
        self.made.hours += self.hours.len() as u64;
        self.made.days += self.days.len() as u64;
        let (over, hours) = split(&mut self.hours, |start| start.plus(HOUR) <= until);
        self.store.seal(Unit::Hours, over)?;
        let (over, days) = split(&mut self.days, |start| start.plus(DAY_OVER) <= until);
        self.store.seal(Unit::Days, over)?;
        Ok(self.store.write(Changes { hours, days, ..Changes::default() })?)
    }
}

fn split(ledgers: &mut Vec<Ledger>, is_over: impl Fn(Timestamp) -> bool) -> (Vec<Ledger>, Vec<Ledger>) {
    std::mem::take(ledgers).into_iter().partition(|ledger| is_over(ledger.start))
}

/// From when to when to look back, so that each of the days is judged as it was: days that lie close together in one.
fn runs(gaps: impl Iterator<Item = Timestamp>) -> Vec<(Timestamp, Timestamp)> {
    let mut runs: Vec<(Timestamp, Timestamp)> = Vec::new();
    for day in gaps {
        let (from, to) = (day.minus(BESIDE), day.plus(DAY + BESIDE));
        match runs.last_mut().filter(|(_, end)| from <= *end) {
            Some((_, end)) => *end = to,
            None => runs.push((from, to)),
        }
    }
    runs
}
