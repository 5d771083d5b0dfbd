//! What a closed store has of the past: which days have results, which roll-ups are there, and putting back those that are not.
//!
//! It does not know how roll-ups are made.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    time::Duration,
};

use bytes::Bytes;
use shared::{ComponentId, Observation, Timestamp};

use super::{Offline, OfflineError};
use crate::{
    history::Unit,
    store::{
        Changes, Ledger, RollupQuery,
        block::{Archive, BlockError, BlockFile, Content},
        database::{Broken, Order},
        handle,
        holdings::Holdings,
        key::{self, Kind},
        query::{self, Unanswered},
        queue::{Change, Work},
        seal::SealError,
    },
};

const DAY: i64 = 86_400_000;

/// Rows of one transaction.
const BATCH: usize = 500;

impl Offline {
    /// The days of UTC, by their beginning, of which a component has results.
    ///
    /// # Errors
    ///
    /// When the database breaks or a file cannot be opened.
    pub fn days_with_results(&self) -> Result<BTreeMap<ComponentId, BTreeSet<Timestamp>>, OfflineError> {
        let Holdings { shelf, blocks } = self.holdings();
        let mut days: BTreeMap<ComponentId, BTreeSet<Timestamp>> = BTreeMap::new();
        for path in blocks.raw.files() {
            let file = BlockFile::open(path).map_err(|error| self.unusable(&error))?;
            for frame in file.frames() {
                let Some(Ok(component)) = frame.name.split_once('/').map(|(component, _)| component.parse()) else {
                    continue;
                };
                let (first, last) = (day_of(frame.facts.from), day_of(frame.facts.to));
                let each = std::iter::successors(Some(first), |day| Some(day.plus(Duration::from_secs(86_400))));
                days.entry(component).or_default().extend(each.take_while(|day| *day <= last));
            }
        }
        let rows =
            shelf.scan(&Kind::Observation.prefix(), &[Kind::Observation as u8 + 1], Order::Ascending, |key, _| {
                let place = key::read_observation(key)
                    .and_then(|(component, place)| Some((component, key::read_place(place)?)));
                if let Some((component, (start, ..))) = place {
                    days.entry(component).or_default().insert(day_of(start));
                }
                ControlFlow::Continue(())
            });
        rows.map_err(|broken| self.broken(&broken))?;
        Ok(days)
    }

    /// A component's results that began from `from` on and before `to`.
    ///
    /// # Errors
    ///
    /// When the database breaks or a file cannot be read.
    pub fn results(
        &self,
        component: &ComponentId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>, OfflineError> {
        query::all(self.holdings(), component, from, to).map_err(|fault| self.unanswered(fault))
    }

    /// A component's roll-ups that begin from `from` on and before `to`, under its own name.
    ///
    /// # Errors
    ///
    /// When the database breaks or a file cannot be read.
    pub fn rollups(
        &self,
        component: &ComponentId,
        unit: Unit,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Ledger>, OfflineError> {
        let query = RollupQuery { component: component.clone(), formerly: Vec::new(), unit, from, to };
        query::rollups(self.holdings(), &query).map_err(|fault| self.unanswered(fault))
    }

    /// When the hours or days begin of which a component has a roll-up.
    ///
    /// # Errors
    ///
    /// When the database breaks or a file cannot be read.
    pub fn rolled_up(
        &self,
        component: &ComponentId,
        unit: Unit,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BTreeSet<Timestamp>, OfflineError> {
        Ok(self.rollups(component, unit, from, to)?.into_iter().map(|ledger| ledger.start).collect())
    }

    /// A named document.
    ///
    /// # Errors
    ///
    /// When the database breaks.
    pub fn document(&self, name: &str) -> Result<Option<Bytes>, OfflineError> {
        let documents = self.holdings().shelf.all(Kind::Document).map_err(|broken| self.broken(&broken))?;
        Ok(documents.into_iter().find(|(key, _)| key::read_named(key) == Some(name)).map(|(_, body)| body))
    }

    /// Writes changes into the database, some at a time.
    ///
    /// # Errors
    ///
    /// When the database breaks.
    pub fn write(&mut self, changes: Changes) -> Result<(), OfflineError> {
        let mut rows = handle::rows(changes).peekable();
        while rows.peek().is_some() {
            let changes = rows.by_ref().take(BATCH).map(|(key, body)| (key, Change { number: 0, body })).collect();
            let written = self.holdings.shelf.commit(&Work { rows: Vec::new(), changes });
            written.map_err(|broken| self.broken(&broken))?;
        }
        Ok(())
    }

    /// Writes roll-ups of hours or days that are over into block files, beside what these hold; of equal ones these win.
    ///
    /// # Errors
    ///
    /// When the disk does not work; some may have been written then.
    pub fn seal(&mut self, unit: Unit, ledgers: Vec<Ledger>) -> Result<(), OfflineError> {
        let mut starts: BTreeMap<Timestamp, BTreeMap<ComponentId, Ledger>> = BTreeMap::new();
        for ledger in ledgers {
            starts.entry(ledger.start).or_default().insert(ledger.component.clone(), ledger);
        }
        for (start, ledgers) in starts {
            let Holdings { shelf, blocks } = &mut self.holdings;
            let written = match unit {
                Unit::Hours => merge(&mut blocks.hours, start, ledgers),
                Unit::Days => merge(&mut blocks.days, start, ledgers),
            };
            let listed = written.and_then(|facts| Ok(blocks.list_too(shelf, facts)?));
            listed.map_err(|error| self.unsealed(error))?;
        }
        Ok(())
    }

    fn broken(&self, broken: &Broken) -> OfflineError {
        OfflineError::broken(self.directory(), broken)
    }

    fn unusable(&self, error: &BlockError) -> OfflineError {
        OfflineError::Failing { dir: self.directory().to_owned(), reason: error.to_string() }
    }

    fn unsealed(&self, error: SealError) -> OfflineError {
        match error {
            SealError::Database(broken) => self.broken(&broken),
            SealError::Block(error) => self.unusable(&error),
            SealError::File(error) => self.unanswered(Unanswered::Files(error)),
        }
    }
}

fn day_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(DAY) * DAY)
}

fn merge<C: Content<Item = Ledger>>(
    archive: &mut Archive<C>,
    start: Timestamp,
    ledgers: BTreeMap<ComponentId, Ledger>,
) -> Result<crate::store::block::FileFacts, SealError> {
    let mut frames = ledgers.into_iter().map(|(component, ledger)| (component.to_string(), vec![ledger]));
    archive.merge(start, || Ok(frames.next()), || Ok(()))
}
