//! Moves what is settled from the database into block files.
//!
//! Results are sealed in slices of an hour, roll-ups when their hour or day is over, all of them some time after the end: their rows
//! are merged into the file of the hour or the day, which is written anew, synced and read back. When all that is settled is in files,
//! the database is renewed: one without those rows takes its place (see `renewal`). A crash in between leaves both, which readers see
//! once and the next round does again. What comes later for what is sealed lies in the database, overrides what the file holds, and
//! is merged into it by the next round. It does not know how long anything is kept.

mod hot;
pub(super) mod renewal;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, VecDeque},
    io,
    ops::Range,
    time::{Duration, Instant},
};

use shared::Timestamp;

use super::{
    Ledger,
    block::{Archive, BlockError, Content, Days, FileFacts, Hours, Joining, Raw},
    blocks::Blocks,
    database::{Broken, Order},
    directory::Directory,
    holdings::Holdings,
    key::Kind,
    queue::{BATCH, Queue, Work},
    shelf::Shelf,
};
use crate::history::is_unset;
use hot::{beginning, each, first_ledger, ledgers, observations, start_at_end};
use renewal::Renewal;

const HOUR: Duration = Duration::from_secs(3_600);
/// Results are sealed when a part of their hour of that length is over. A result takes more than fifty times the space in the database
/// that it takes in a file, so they should not wait for a whole hour; and each round writes the file of the hour and the database
/// anew, so it should not come each minute.
const SLICE: Duration = Duration::from_secs(600);
/// A local day is over everywhere on earth, and has been for some time, when so much has passed since midnight UTC of its date.
const DAY_OVER: Duration = Duration::from_secs(72 * 3_600);
/// Files of hours are joined into one of their day when the day has been over for that long: most of what comes late has come.
const JOIN_AFTER: Duration = Duration::from_secs(2 * 3_600);
/// Rows that claim to be so far ahead were dated by a wrong clock: they do not wait for their hour.
const FALSE_FUTURE: Duration = Duration::from_secs(2 * 3_600);
/// The end of the year 9998: what is dated later has no file.
const LAST: i64 = 253_370_764_800_000;
/// So many hours and days are sealed before the database is renewed, when there is so much at once.
const ROUND: usize = 48;
/// How long work on a file goes on before whoever waits has a turn.
const MOMENT: Duration = Duration::from_millis(50);

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum SealError {
    /// The database broke.
    #[error("{}", .0.reason())]
    Database(Broken),
    /// A file could not be written; the rows stay in the database.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A file could not be moved or removed.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl From<Broken> for SealError {
    fn from(broken: Broken) -> Self {
        Self::Database(broken)
    }
}

/// Whether there is more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There is.
    Goes,
    /// Nothing is settled that is not sealed.
    Done,
}

/// Seals hour after hour.
#[derive(Debug)]
pub(super) struct Sealer {
    grace: Duration,
    /// From the end of one round to the beginning of the next.
    pause: Duration,
    next_round: Instant,
    /// What is in files and still in the database.
    round: Round,
    /// The join that is under way.
    joining: Option<Under>,
    /// When somebody last had a turn while a file was written.
    served: Cell<Instant>,
    /// Keys, without their part, that were written since the round began: what they hold is not in the files.
    fresh: RefCell<BTreeSet<Vec<u8>>>,
}

/// What was sealed and not yet taken out of the database.
#[derive(Debug, Default)]
struct Round {
    /// Hours, and until when each of them is sealed.
    raw: BTreeMap<Timestamp, Timestamp>,
    hours: BTreeSet<Timestamp>,
    days: BTreeSet<Timestamp>,
}

impl Round {
    fn len(&self) -> usize {
        self.raw.len() + self.hours.len() + self.days.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Until when the hour is sealed in which an observation started, when that was before.
    fn sealed_until(&self, start: Timestamp) -> Option<Timestamp> {
        self.raw.get(&beginning(start, HOUR)).copied().filter(|until| start < *until)
    }
}

/// A join, by collection.
#[derive(Debug)]
enum Under {
    Raw(Joining<Raw>),
    Hours(Joining<Hours>),
    Days(Joining<Days>),
}

impl Sealer {
    pub(super) fn new(grace: Duration, pause: Duration) -> Self {
        let (now, round, fresh) = (Instant::now(), Round::default(), RefCell::default());
        Self { grace, pause, next_round: now, round, joining: None, served: Cell::new(now), fresh }
    }

    /// Forgets what was under way: the database was opened anew.
    pub(super) fn reset(&mut self) {
        self.joining = None;
        self.round = Round::default();
        self.fresh.borrow_mut().clear();
    }

    /// Hears of work that was written.
    pub(super) fn written(&self, work: &Work) {
        if !self.round.is_empty() {
            let mut fresh = self.fresh.borrow_mut();
            fresh.extend(work.rows.iter().map(|row| row.key.to_vec()));
            fresh.extend(work.changes.iter().map(|(key, _)| key.clone()));
        }
    }

    /// Does one piece of work; what waits in line is written in between.
    pub(super) fn step(
        &mut self,
        holdings: &mut Holdings,
        directory: &Directory,
        queue: &Queue,
        now: Timestamp,
    ) -> Result<Step, SealError> {
        // Before the clock is set nothing is settled.
        if is_unset(now) {
            return Ok(Step::Done);
        }
        let Holdings { shelf, blocks } = holdings;
        if self.joining.is_some() {
            self.join(shelf, blocks)?;
            return Ok(Step::Goes);
        }
        if self.round.len() >= ROUND {
            self.renew(shelf, directory)?;
            return Ok(Step::Goes);
        }
        if self.round.is_empty() && Instant::now() < self.next_round {
            return self.begin_join(blocks, now);
        }
        if let Some((hour, until)) = self.slice(shelf, now)? {
            let from = self.round.raw.insert(hour, until).unwrap_or(hour);
            self.seal_raw(shelf, blocks, queue, from..until)?;
        } else if let Some(hour) = self.hour(shelf, now)? {
            self.round.hours.insert(hour);
            let written = self.seal_ledgers(shelf, &mut blocks.hours, Kind::Hour, hour, queue)?;
            blocks.enlist(shelf, Some(written))?;
        } else if let Some(day) = self.day(shelf, now)? {
            self.round.days.insert(day);
            let written = self.seal_ledgers(shelf, &mut blocks.days, Kind::Day, day, queue)?;
            blocks.enlist(shelf, Some(written))?;
        } else if !self.round.is_empty() {
            self.renew(shelf, directory)?;
            if self.round.is_empty() {
                self.next_round = Instant::now() + self.pause;
            }
        } else {
            return self.begin_join(blocks, now);
        }
        Ok(Step::Goes)
    }

    /// Takes what is sealed out of the database. After damage the round stays: once that is buried it is done again.
    fn renew(&mut self, shelf: &mut Shelf, directory: &Directory) -> Result<(), Broken> {
        let renewed = renewal::renew(shelf, directory, &self.round, &self.fresh.borrow());
        match renewed {
            Ok(Renewal::Damaged) => {}
            Ok(Renewal::Done) | Err(_) => self.reset(),
        }
        renewed.map(drop)
    }

    /// The oldest hour that has roll-ups in the database and is settled.
    fn hour(&self, shelf: &Shelf, now: Timestamp) -> Result<Option<Timestamp>, Broken> {
        let first = first_ledger(shelf, Kind::Hour, &self.round.hours)?;
        Ok(first.filter(|hour| hour.plus(HOUR + self.grace) <= now))
    }

    /// The same of days.
    fn day(&self, shelf: &Shelf, now: Timestamp) -> Result<Option<Timestamp>, Broken> {
        let first = first_ledger(shelf, Kind::Day, &self.round.days)?;
        Ok(first.filter(|day| day.plus(DAY_OVER) <= now))
    }

    fn seal_ledgers<C: Content<Item = Ledger>>(
        &self,
        shelf: &Shelf,
        archive: &mut Archive<C>,
        kind: Kind,
        start: Timestamp,
        queue: &Queue,
    ) -> Result<FileFacts, SealError> {
        let rows = ledgers(shelf, kind, start)?;
        archive.merge(start, each(rows), || self.serve(shelf, queue).map_err(SealError::from))
    }

    /// The oldest hour of which the database has rows that are settled, and until when they are.
    fn slice(&self, shelf: &Shelf, now: Timestamp) -> Result<Option<(Timestamp, Timestamp)>, Broken> {
        let mut oldest: Option<(Timestamp, Timestamp)> = None;
        for component in shelf.components(Kind::Observation)? {
            for order in [Order::Ascending, Order::Descending] {
                let start = start_at_end(shelf, &component, order, &self.round)?;
                let slice = start.and_then(|start| settled(start, now, self.grace));
                oldest = oldest.into_iter().chain(slice).min();
            }
        }
        Ok(oldest)
    }

    fn seal_raw(
        &mut self,
        shelf: &Shelf,
        blocks: &mut Blocks,
        queue: &Queue,
        span: Range<Timestamp>,
    ) -> Result<(), SealError> {
        let mut components = shelf.components(Kind::Observation)?;
        // In the order of the frames' names, in which a slash follows the component.
        components.sort_by_cached_key(|component| format!("{component}/"));
        let (mut left, mut frames) = (VecDeque::from(components), VecDeque::new());
        let next = || {
            while frames.is_empty() {
                let Some(component) = left.pop_front() else { return Ok::<_, SealError>(None) };
                frames.extend(observations(shelf, &component, &span)?);
            }
            Ok(frames.pop_front())
        };
        let written = blocks.raw.merge(span.start, next, || self.serve(shelf, queue).map_err(SealError::from))?;
        let (from, to, rows, bytes) = (span.start, span.end, written.rows, written.bytes);
        tracing::debug!(%from, %to, rows, bytes, "results are sealed");
        blocks.enlist(shelf, Some(written))?;
        Ok(())
    }

    /// Writes what waits in line, so that nobody has to wait for a whole file.
    fn serve(&self, shelf: &Shelf, queue: &Queue) -> Result<(), Broken> {
        if self.served.get().elapsed() < MOMENT {
            return Ok(());
        }
        let work = queue.work(BATCH);
        if work.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        shelf.commit(&work)?;
        self.written(&work);
        queue.written(&work, began.elapsed());
        self.served.set(Instant::now());
        Ok(())
    }

    /// Begins to join the files of a day or a month that is over.
    fn begin_join(&mut self, blocks: &Blocks, now: Timestamp) -> Result<Step, SealError> {
        let before = now.minus(JOIN_AFTER);
        self.joining = if let Some(day) = blocks.raw.joinable(before) {
            blocks.raw.begin_join(day)?.map(Under::Raw)
        } else if let Some(day) = blocks.hours.joinable(before) {
            blocks.hours.begin_join(day)?.map(Under::Hours)
        } else if let Some(month) = blocks.days.joinable(before.minus(DAY_OVER)) {
            blocks.days.begin_join(month)?.map(Under::Days)
        } else {
            None
        };
        Ok(if self.joining.is_some() { Step::Goes } else { Step::Done })
    }

    /// Goes on with a join for a moment, or ends it.
    fn join(&mut self, shelf: &Shelf, blocks: &mut Blocks) -> Result<(), SealError> {
        let Some(mut joining) = self.joining.take() else { return Ok(()) };
        let began = Instant::now();
        while joining.step()? {
            if began.elapsed() >= MOMENT {
                self.joining = Some(joining);
                return Ok(());
            }
        }
        let joined = match joining {
            Under::Raw(joining) => blocks.raw.end_join(joining)?,
            Under::Hours(joining) => blocks.hours.end_join(joining)?,
            Under::Days(joining) => blocks.days.end_join(joining)?,
        };
        blocks.enlist(shelf, joined)?;
        Ok(())
    }
}

/// The hour in which an observation started, and until when what started in it is settled; none when that observation is not.
fn settled(start: Timestamp, now: Timestamp, grace: Duration) -> Option<(Timestamp, Timestamp)> {
    let hour = beginning(start, HOUR);
    let end = hour.plus(HOUR);
    let until = if hour > now.plus(FALSE_FUTURE) { end } else { beginning(now.minus(grace), SLICE).min(end) };
    let has_file = (0..LAST).contains(&hour.as_millis());
    (has_file && start < until).then_some((hour, until))
}

impl Under {
    /// Does one name; false when there is none left.
    fn step(&mut self) -> Result<bool, BlockError> {
        match self {
            Self::Raw(joining) => joining.step(),
            Self::Hours(joining) => joining.step(),
            Self::Days(joining) => joining.step(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn ten_minutes_are_settled_some_minutes_after_their_end() {
        let grace = Duration::from_secs(300);
        let check = |start: &str, now: &str, until: Option<&str>| {
            let found = settled(at(start), at(now), grace);
            assert_eq!(found.map(|(_, until)| until), until.map(at), "{start}, looked at {now}");
            assert!(found.is_none_or(|(hour, _)| hour == beginning(at(start), HOUR)));
        };
        check("2026-11-22T13:00:00Z", "2026-11-22T13:14:59Z", None);
        check("2026-11-22T13:00:00Z", "2026-11-22T13:15:00Z", Some("2026-11-22T13:10:00Z"));
        check("2026-11-22T13:09:59Z", "2026-11-22T13:15:00Z", Some("2026-11-22T13:10:00Z"));
        check("2026-11-22T13:10:00Z", "2026-11-22T13:15:00Z", None);
        check("2026-11-22T13:00:00Z", "2026-11-22T13:59:00Z", Some("2026-11-22T13:50:00Z"));
        check("2026-11-22T13:55:00Z", "2026-11-22T14:04:59Z", None);
        check("2026-11-22T13:55:00Z", "2026-11-22T14:05:00Z", Some("2026-11-22T14:00:00Z"));
        check("2026-11-22T13:55:00Z", "2026-11-25T00:00:00Z", Some("2026-11-22T14:00:00Z"));
        // A clock that is some minutes ahead, and one that is wrong.
        check("2026-11-22T14:55:00Z", "2026-11-22T13:00:00Z", None);
        check("2026-11-23T14:55:00Z", "2026-11-22T13:00:00Z", Some("2026-11-23T15:00:00Z"));
        check("1969-12-31T23:55:00Z", "2026-11-22T13:00:00Z", None);
    }
}
