//! An open database seen as rows with checksums: commits of work, reads that leave damaged rows out, and their removal.
//!
//! It does not know when it is opened or closed, nor what to do when it fails.

mod account;
mod assembly;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use bytes::Bytes;
use shared::ComponentId;

use self::assembly::Assembly;
use super::{
    commits::{Commits, Count},
    database::{Batch, Broken, Database, Files, Order},
    directory::{Directory, FORMAT},
    fingerprint::Fingerprint,
    frame,
    key::{self, Kind},
    queue::Work,
    tally::{Tallies, Tally},
};

/// A row as it lies in the database.
type RawRow = (Vec<u8>, Vec<u8>);

/// The rows of an open database.
#[derive(Debug)]
pub(super) struct Shelf {
    database: Database,
    /// Damaged rows that were met since the last [`Shelf::bury`].
    corrupt: RefCell<Vec<RawRow>>,
    /// As they are in the database.
    tallies: RefCell<Tallies>,
    /// How often it was written, as it says itself, and as it is noted beside it.
    commits: Cell<Commits>,
    /// The sum of the rows that are there.
    sum: Cell<Fingerprint>,
    count: RefCell<Count>,
    /// How many writes it has lost.
    lost: Cell<Option<u64>>,
}

/// The format that a database says it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// It is new.
    None,
    /// It has been used.
    Known(u32),
}

impl Shelf {
    pub(super) fn open(directory: &Directory, files: Files) -> Result<Self, Broken> {
        let database = Database::open(&directory.database(), files)?;
        let shelf = Self {
            database,
            corrupt: RefCell::default(),
            tallies: RefCell::default(),
            commits: Cell::new(Commits::of_new_database()),
            sum: Cell::default(),
            count: RefCell::new(Count::open(&directory.count())),
            lost: Cell::default(),
        };
        shelf.tallies.replace(shelf.read_tallies()?);
        shelf.compare_commits()?;
        Ok(shelf)
    }

    fn read_tallies(&self) -> Result<Tallies, Broken> {
        let mut tallies = Tallies::new();
        self.scan(&Kind::Tally.prefix(), &[Kind::Tally as u8 + 1], Order::Ascending, |key, body| {
            match key::read_tally(key).zip(Tally::from_bytes(body)) {
                Some((location, tally)) => drop(tallies.insert(location.to_owned(), tally)),
                None => self.note(key, body),
            }
            ControlFlow::Continue(())
        })?;
        Ok(tallies)
    }

    /// What must be there of each location.
    pub(super) fn tallies(&self) -> Tallies {
        self.tallies.borrow().clone()
    }

    /// Reads the format.
    pub(super) fn format(&self) -> Result<Format, Broken> {
        let key = key::schema();
        let Some(value) = self.database.get(&key)? else { return Ok(Format::None) };
        let number = frame::open(&key, &value).and_then(|body| body.try_into().ok()).map(u32::from_be_bytes);
        number.map(Format::Known).ok_or_else(|| Broken::Damaged("the row of the schema version is damaged".to_owned()))
    }

    /// The components that have rows of a kind in which the component comes first.
    pub(super) fn components(&self, kind: Kind) -> Result<Vec<ComponentId>, Broken> {
        let (mut components, mut from) = (Vec::new(), kind.prefix());
        loop {
            let mut first = None;
            self.database.scan(&from, &[kind as u8 + 1], Order::Ascending, |key, value| {
                first = Some(key::read_observation(key).map(|(component, _)| component));
                if let Some(None) = first {
                    self.note(key, value);
                    return ControlFlow::Continue(());
                }
                ControlFlow::Break(())
            })?;
            let Some(Some(component)) = first else { return Ok(components) };
            from = key::behind_component(kind, &component);
            components.push(component);
        }
    }

    /// Closes the database for good, with everything on stable storage.
    pub(super) fn finish(&mut self) -> Result<(), Broken> {
        self.database.finish()
    }

    /// Closes the database for good: whatever is asked of it from now on fails.
    pub(super) fn close(&mut self) {
        self.database.close();
    }

    /// Writes the format of this version.
    pub(super) fn set_format(&self) -> Result<(), Broken> {
        let mut batch = Batch::default();
        let key = key::schema();
        batch.put(&key, frame::seal(&key, &FORMAT.to_be_bytes()));
        self.write(batch)
    }

    /// Writes work in one transaction and syncs it.
    pub(super) fn commit(&self, work: &Work) -> Result<(), Broken> {
        self.database.require_place()?;
        let mut batch = Batch::default();
        for row in &work.rows {
            batch.put(&row.key, frame::seal(&row.key, &row.body));
            if let Some(key) = &row.failure_key {
                batch.put(key, frame::seal(key, &row.body));
            }
        }
        let tallies = self.count_new(work)?;
        put_tallies(&mut batch, &tallies);
        for (key, change) in &work.changes {
            let parts = change.body.as_ref().map(|body| frame::seal_parts(key, body)).unwrap_or_default();
            self.remove_parts(&mut batch, key, parts.len())?;
            for (key, value) in parts {
                batch.put(&key, value);
            }
        }
        self.write(batch)?;
        self.tallies.borrow_mut().extend(tallies);
        Ok(())
    }

    /// The tallies as they are once this work is done.
    fn count_new(&self, work: &Work) -> Result<Tallies, Broken> {
        let mut tallies = Tallies::new();
        let mut counted = BTreeSet::new();
        for row in &work.rows {
            if counted.insert(&row.key) && !self.database.contains(&row.key)? {
                self.counting(&mut tallies, &row.key, |tally| tally.written += 1);
            }
        }
        Ok(tallies)
    }

    fn counting(&self, tallies: &mut Tallies, key: &[u8], count: impl FnOnce(&mut Tally)) {
        let Some(location) = key::location_of(key) else { return };
        let now = || self.tallies.borrow().get(location).copied().unwrap_or_default();
        count(tallies.entry(location.to_owned()).or_insert_with(now));
    }

    /// Removes the parts from number `first` on that an earlier, longer body left.
    fn remove_parts(&self, batch: &mut Batch, base: &[u8], first: usize) -> Result<(), Broken> {
        let first = u16::try_from(first).unwrap_or(u16::MAX);
        for number in first..=u16::MAX {
            let key = key::part(base, number);
            if self.database.get(&key)?.is_none() {
                break;
            }
            batch.remove(&key);
        }
        Ok(())
    }

    /// Removes rows by their whole keys; each of them must be there.
    pub(super) fn remove(&self, keys: &[Vec<u8>]) -> Result<(), Broken> {
        self.replace(keys, &[])
    }

    /// Removes rows by their whole keys, each of which must be there, and puts others, in one transaction.
    pub(super) fn replace(&self, gone: &[Vec<u8>], new: &[RawRow]) -> Result<(), Broken> {
        let mut batch = Batch::default();
        let mut tallies = Tallies::new();
        for key in gone {
            batch.remove(key);
            if key.first() == Some(&(Kind::Observation as u8)) {
                self.counting(&mut tallies, key, |tally| tally.left += 1);
            }
        }
        for (key, value) in new {
            batch.put(key, value.clone());
        }
        put_tallies(&mut batch, &tallies);
        self.write(batch)?;
        self.tallies.borrow_mut().extend(tallies);
        Ok(())
    }

    /// Writes tallies that were counted anew.
    pub(super) fn set_tallies(&self, tallies: Tallies) -> Result<(), Broken> {
        let mut batch = Batch::default();
        put_tallies(&mut batch, &tallies);
        self.write(batch)?;
        *self.tallies.borrow_mut() = tallies;
        Ok(())
    }

    /// The body under a key; damaged ones are noted and left out.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Broken> {
        let value = self.database.get(key)?;
        Ok(value.and_then(|value| self.checked(key, &value).map(Bytes::copy_from_slice)))
    }

    /// Visits the rows of a range; damaged ones are noted and left out.
    pub(super) fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        mut visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), Broken> {
        self.database.scan(from, to, order, |key, value| match self.checked(key, value) {
            Some(body) => visit(key, body),
            None => ControlFlow::Continue(()),
        })
    }

    fn checked<'a>(&self, key: &[u8], value: &'a [u8]) -> Option<&'a [u8]> {
        let body = frame::open(key, value);
        if body.is_none() {
            self.note(key, value);
        }
        body
    }

    /// Visits every row there is, with its body where it is sound; nothing is noted.
    pub(super) fn audit(&self, mut visit: impl FnMut(&[u8], Option<&[u8]>) -> ControlFlow<()>) -> Result<(), Broken> {
        self.raw(|key, value| visit(key, frame::open(key, value)))
    }

    /// Visits every row as it lies in the database.
    pub(super) fn raw(&self, visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>) -> Result<(), Broken> {
        self.database.scan(&[0], &[u8::MAX], Order::Ascending, visit)
    }

    /// Whether damaged rows were met that are not buried yet.
    pub(super) fn has_damage(&self) -> bool {
        !self.corrupt.borrow().is_empty()
    }

    /// Notes a row as damaged.
    pub(super) fn note(&self, key: &[u8], value: &[u8]) {
        self.corrupt.borrow_mut().push((key.to_vec(), value.to_vec()));
    }

    /// The bodies of a range that are stored in parts, with their keys; incomplete ones are noted and left out.
    pub(super) fn bodies(&self, from: &[u8], to: &[u8]) -> Result<Vec<(Vec<u8>, Bytes)>, Broken> {
        let mut assembly = Assembly::default();
        self.scan(from, to, Order::Ascending, |key, body| {
            assembly.add(key, body);
            ControlFlow::Continue(())
        })?;
        let Assembly { whole, strays, .. } = assembly.end();
        for key in strays {
            if let Some(value) = self.database.get(&key)? {
                self.note(&key, &value);
            }
        }
        Ok(whole)
    }

    /// Moves the damaged rows out of the way, as they were found, and says how many they were.
    pub(super) fn bury(&self) -> Result<u64, Broken> {
        let rows = self.corrupt.take();
        if rows.is_empty() {
            return Ok(0);
        }
        // A row that was met twice is one.
        let rows: BTreeMap<_, _> = rows.into_iter().collect();
        let kept: Vec<_> = rows.iter().map(|(key, value)| (key::corrupt(key), value.clone())).collect();
        let gone: Vec<_> = rows.into_keys().collect();
        self.replace(&gone, &kept)?;
        Ok(gone.len() as u64)
    }

    pub(super) fn size(&self) -> Result<u64, Broken> {
        self.database.size()
    }

    /// Everything of one kind.
    pub(super) fn all(&self, kind: Kind) -> Result<Vec<(Vec<u8>, Bytes)>, Broken> {
        self.bodies(&kind.prefix(), &[kind as u8 + 1])
    }

    /// Takes a row out as sled would lose one.
    #[cfg(test)]
    pub(super) fn lose(&self, key: &[u8]) {
        let mut batch = Batch::default();
        batch.remove(key);
        self.database.write(batch).expect("written");
    }

    #[cfg(test)]
    pub(super) fn put_raw(&self, key: &[u8], value: &[u8]) {
        let mut batch = Batch::default();
        batch.put(key, value.to_vec());
        self.write(batch).expect("written");
    }
}

fn put_tallies(batch: &mut Batch, tallies: &Tallies) {
    for (location, tally) in tallies {
        let key = key::tally(location);
        batch.put(&key, frame::seal(&key, &tally.to_bytes()));
    }
}
