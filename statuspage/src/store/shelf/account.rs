//! How a shelf knows that it has lost something: each write carries its number and the sum of all rows.
//!
//! It does not know what the rows are.

use std::ops::ControlFlow;

use super::Shelf;
use crate::store::{
    commits::Commits,
    database::{Batch, Broken},
    fingerprint::Fingerprint,
    frame,
    key::{self, Kind},
};

impl Shelf {
    /// Compares what the database knows of its writes with what is noted of them, and brings the note into line.
    pub(super) fn compare_commits(&self) -> Result<(), Broken> {
        let noted = self.count.borrow().noted();
        let key = key::commits();
        let value = self.database.get(&key)?;
        let read = value.as_ref().and_then(|value| Commits::from_row(frame::open(&key, value)?));
        let (known, sum) = (read.map(|(commits, _)| commits), read.and_then(|(_, sum)| sum));
        self.add_up()?;
        match (&value, known) {
            (_, Some(commits)) => self.commits.set(commits),
            // It says so itself that it is damaged.
            (Some(value), None) => {
                self.note(&key, value);
                noted.into_iter().for_each(|noted| self.commits.set(noted));
                return Ok(());
            }
            // A database that is new has no past to lose.
            (None, None) if self.database.get(&key::schema())?.is_none() => return Ok(()),
            (None, None) => {}
        }
        // What is damaged tells of itself, and is not in the sum.
        let is_other = !self.has_damage() && sum.is_some_and(|sum| sum != self.sum.get());
        self.lost.set(noted.and_then(|noted| noted.unknown_to(known)).or(is_other.then_some(0)));
        if let Some(known) = known.filter(|_| self.lost.get().is_none()) {
            // Opening it has synced it.
            self.count.borrow_mut().note(known);
        }
        Ok(())
    }

    /// Sums the rows up, and notes those that are damaged.
    fn add_up(&self) -> Result<(), Broken> {
        let mut sum = Fingerprint::default();
        self.raw(|key, value| {
            // What was buried stays as it was found.
            if key.first() != Some(&(Kind::Corrupt as u8)) && frame::open(key, value).is_none() {
                self.note(key, value);
            }
            sum = sum.with(key, value);
            ControlFlow::Continue(())
        })?;
        self.sum.set(sum);
        Ok(())
    }

    /// How many of its newest writes the database has lost, zero when it has lost rows and nobody can say how many; they are missed
    /// until [`Shelf::forget_lost`].
    pub(in crate::store) fn lost(&self) -> Option<u64> {
        self.lost.get()
    }

    /// Counts on from where the database was before it lost writes, so that they are missed once.
    pub(in crate::store) fn forget_lost(&self) -> Result<(), Broken> {
        if let Some(noted) = self.count.borrow().noted().filter(|_| self.lost.get().is_some()) {
            self.commits.set(noted);
        }
        self.write(Batch::default())?;
        self.lost.set(None);
        Ok(())
    }

    /// How often the database was written.
    pub(in crate::store) fn commits(&self) -> Commits {
        self.commits.get()
    }

    /// Writes a batch with its number and the sum of all rows; the number is noted when it is on stable storage.
    pub(super) fn write(&self, mut batch: Batch) -> Result<(), Broken> {
        let (commits, key) = (self.commits.get().next(), key::commits());
        let sum = self.sum.get().after(&self.database, &batch)?;
        batch.put(&key, frame::seal(&key, &commits.to_row(sum)));
        self.database.write(batch)?;
        self.commits.set(commits);
        self.sum.set(sum);
        self.count.borrow_mut().note(commits);
        Ok(())
    }
}
