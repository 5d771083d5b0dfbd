//! Moves what is settled from the database into block files.
//!
//! An hour is sealed when it has been over for a while: its rows are written to a file, the file is synced and read back, and only
//! then the rows go. A crash in between leaves both, which readers see once and the next pass does again. What comes later for a
//! sealed hour lies in the database, overrides what the file holds, and is merged into it by the next pass. It does not know how
//! long anything is kept.

mod hot;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, VecDeque},
    io,
    ops::ControlFlow,
    time::{Duration, Instant},
};

use bytes::Bytes;
use shared::{ComponentId, Timestamp};

use super::{
    block::{BlockError, Days, Hours, Joining, Raw},
    blocks::Blocks,
    database::{Broken, Order},
    holdings::Holdings,
    key::{self, Kind},
    queue::{BATCH, Queue, Row},
    shelf::Shelf,
};
use crate::history::is_unset;
use hot::{each, first_ledger, hour_at_end, ledgers, observations, old_failures, range};

const HOUR: Duration = Duration::from_secs(3_600);
/// A local day is over everywhere on earth, and has been for some time, when so much has passed since midnight UTC of its date.
const DAY_OVER: Duration = Duration::from_secs(72 * 3_600);
/// Files of hours are joined into one of their day when the day has been over for that long: most of what comes late has come.
const JOIN_AFTER: Duration = Duration::from_secs(2 * 3_600);
/// Rows that claim to be so far ahead were dated by a wrong clock: they do not wait for their hour.
const FALSE_FUTURE: Duration = Duration::from_secs(2 * 3_600);
/// The end of the year 9998: what is dated later has no file.
const LAST: i64 = 253_370_764_800_000;
/// How long work on a file goes on before whoever waits has a turn.
const MOMENT: Duration = Duration::from_millis(50);
/// Rows removed in one transaction.
const STEP: usize = 2_000;

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum SealError {
    /// The database broke.
    #[error("{}", .0.reason())]
    Database(Broken),
    /// A file could not be written; the rows stay in the database.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A file could not be removed.
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
    /// The hour that is in its file and whose rows are being removed.
    clearing: Option<Clearing>,
    /// The join that is under way.
    joining: Option<Under>,
    /// When somebody last had a turn while a file was written.
    served: Cell<Instant>,
    /// The hour being sealed or cleared, and the rows of it that were written since: they are not in the file.
    fresh: RefCell<Fresh>,
}

/// A join, by collection.
#[derive(Debug)]
enum Under {
    Raw(Joining<Raw>),
    Hours(Joining<Hours>),
    Days(Joining<Days>),
}

#[derive(Debug)]
struct Clearing {
    hour: Timestamp,
    components: Vec<ComponentId>,
}

#[derive(Debug, Default)]
struct Fresh {
    hour: Option<Timestamp>,
    keys: BTreeSet<Bytes>,
}

impl Sealer {
    pub(super) fn new(grace: Duration) -> Self {
        Self { grace, clearing: None, joining: None, served: Cell::new(Instant::now()), fresh: RefCell::default() }
    }

    /// Forgets what was under way: the database was opened anew.
    pub(super) fn reset(&mut self) {
        (self.clearing, self.joining) = (None, None);
        *self.fresh.borrow_mut() = Fresh::default();
    }

    /// Hears of rows that were written.
    pub(super) fn written(&self, rows: &[Row]) {
        let mut fresh = self.fresh.borrow_mut();
        let Some(hour) = fresh.hour else { return };
        let within = |row: &&Row| {
            let start = key::read_observation(&row.key).and_then(|(_, place)| key::read_place(place));
            start.is_some_and(|(start, ..)| start >= hour && start < hour.plus(HOUR))
        };
        fresh.keys.extend(rows.iter().filter(within).map(|row| row.key.clone()));
    }

    /// Does one piece of work; what waits in line is written in between.
    pub(super) fn step(&mut self, holdings: &mut Holdings, queue: &Queue, now: Timestamp) -> Result<Step, SealError> {
        // Before the clock is set nothing is settled.
        if is_unset(now) {
            return Ok(Step::Done);
        }
        if self.clearing.is_some() {
            self.clear(&holdings.shelf)?;
            return Ok(Step::Goes);
        }
        let Holdings { shelf, blocks } = holdings;
        if self.joining.is_some() {
            self.join(shelf, blocks)?;
            return Ok(Step::Goes);
        }
        let settled = now.minus(HOUR + self.grace);
        if let Some(hour) = self.raw_hour(shelf, now)? {
            self.seal_raw(shelf, blocks, queue, hour)?;
        } else if let Some(hour) = first_ledger(shelf, Kind::Hour)?.filter(|hour| *hour <= settled) {
            let (rows, keys) = ledgers(shelf, Kind::Hour, hour)?;
            let written = blocks.hours.merge(hour, each(rows), || self.serve(shelf, queue).map_err(SealError::from))?;
            blocks.enlist(shelf, Some(written))?;
            shelf.remove(&keys)?;
        } else if let Some(day) = first_ledger(shelf, Kind::Day)?.filter(|day| day.plus(DAY_OVER) <= now) {
            let (rows, keys) = ledgers(shelf, Kind::Day, day)?;
            let written = blocks.days.merge(day, each(rows), || self.serve(shelf, queue).map_err(SealError::from))?;
            blocks.enlist(shelf, Some(written))?;
            shelf.remove(&keys)?;
        } else {
            return self.begin_join(blocks, now);
        }
        Ok(Step::Goes)
    }

    /// The oldest hour that has rows in the database and is settled.
    fn raw_hour(&self, shelf: &Shelf, now: Timestamp) -> Result<Option<Timestamp>, Broken> {
        let (settled, false_future) = (now.minus(HOUR + self.grace), now.plus(FALSE_FUTURE));
        let mut oldest: Option<Timestamp> = None;
        for component in shelf.components(Kind::Observation)? {
            for order in [Order::Ascending, Order::Descending] {
                let hour = hour_at_end(shelf, &component, order)?;
                let hour = hour.filter(|hour| *hour <= settled || *hour > false_future);
                let hour = hour.filter(|hour| (0..LAST).contains(&hour.as_millis()));
                oldest = oldest.into_iter().chain(hour).min();
            }
        }
        Ok(oldest)
    }

    fn seal_raw(
        &mut self,
        shelf: &Shelf,
        blocks: &mut Blocks,
        queue: &Queue,
        hour: Timestamp,
    ) -> Result<(), SealError> {
        *self.fresh.borrow_mut() = Fresh { hour: Some(hour), keys: BTreeSet::new() };
        let mut components = shelf.components(Kind::Observation)?;
        // In the order of the frames' names, in which a slash follows the component.
        components.sort_by_cached_key(|component| format!("{component}/"));
        let (mut left, mut frames) = (VecDeque::from(components.clone()), VecDeque::new());
        let next = || {
            while frames.is_empty() {
                let Some(component) = left.pop_front() else { return Ok::<_, SealError>(None) };
                frames.extend(observations(shelf, &component, hour)?);
            }
            Ok(frames.pop_front())
        };
        let written = blocks.raw.merge(hour, next, || self.serve(shelf, queue).map_err(SealError::from))?;
        tracing::debug!(%hour, rows = written.rows, bytes = written.bytes, "an hour is sealed");
        blocks.enlist(shelf, Some(written))?;
        self.clearing = Some(Clearing { hour, components });
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
        self.written(&work.rows);
        queue.written(&work, began.elapsed());
        self.served.set(Instant::now());
        Ok(())
    }

    /// Removes some rows of the hour that is in its file, and failures that are no longer among the newest.
    fn clear(&mut self, shelf: &Shelf) -> Result<(), Broken> {
        let Some(Clearing { hour, components }) = &mut self.clearing else { return Ok(()) };
        let mut gone = Vec::new();
        while let Some(component) = components.last() {
            let (from, to) = range(component, *hour);
            let fresh = self.fresh.borrow();
            shelf.scan(&from, &to, Order::Ascending, |key, _| {
                if !fresh.keys.contains(key) {
                    gone.push(key.to_vec());
                }
                if gone.len() < STEP { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            if gone.len() >= STEP {
                return shelf.remove(&gone);
            }
            gone.extend(old_failures(shelf, component)?);
            components.pop();
        }
        self.clearing = None;
        *self.fresh.borrow_mut() = Fresh::default();
        if gone.is_empty() { Ok(()) } else { shelf.remove(&gone) }
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
