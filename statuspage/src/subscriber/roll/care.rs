//! What operators and time do to the book: bring subscribers, take them out, forget them; and how it is written down.
//!
//! It does not know where it is written.

use serde::{Deserialize, Serialize, de::Error as _};
use shared::{Language, Timestamp};

use super::{Moment, Roll, Trace};
use crate::{
    clock::Belief,
    subscriber::{
        Keys, MailAddress, Mailbox, Scope, Stage, SubscriberId,
        departures::{Departure, Departures, Found},
        entry::Entry,
        id::{bits, digits},
    },
};

/// Somebody whom an operator brings, and answers for his consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// His address.
    pub address: MailAddress,
    /// What he wants.
    pub scope: Scope,
    /// In which language.
    pub language: Language,
    /// Who reads it.
    pub mailbox: Mailbox,
}

/// What became of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importing {
    /// He is a subscriber from now on.
    Added(SubscriberId),
    /// He was one before; nothing changed.
    Present(SubscriberId),
    /// He left, or never wants a mail: only he can change that.
    Unwanted,
}

impl Roll {
    /// Takes in somebody whom an operator brings.
    pub fn import(&mut self, imported: Imported, moment: Moment<'_>) -> Importing {
        let (mailbox, address) = (self.keys.mailbox(&imported.address), self.keys.address(&imported.address));
        if self.refused.contains(&mailbox) || self.left.contains(&address) {
            return Importing::Unwanted;
        }
        let known = self.by_address.get(&imported.address.key()).and_then(|id| self.entries.get(id));
        if let Some(known) = known.filter(|known| known.stage != Stage::Asked).map(|known| known.id) {
            return Importing::Present(known);
        }
        // Who asked and has not answered yet need not answer any more.
        let id = known.map(|known| known.id);
        let id = id.and_then(|id| self.take(id)).map_or_else(|| SubscriberId::of((moment.draw)()), |asked| asked.id);
        self.put(Entry {
            id,
            address: imported.address,
            language: imported.language,
            scope: imported.scope,
            mailbox: imported.mailbox,
            stage: Stage::Confirmed,
            asked_at: moment.now,
            confirmed_at: Some(moment.now),
            form: 0,
            wish: None,
            ticket: None,
            bounces: Vec::new(),
            recent: Vec::new(),
        });
        Importing::Added(id)
    }

    /// Takes somebody out at an operator's word; he may come back by himself.
    pub fn remove(&mut self, address: &MailAddress) -> Option<SubscriberId> {
        let id = self.by_address.get(&address.key()).copied()?;
        self.let_go(id).then_some(id)
    }

    /// Some got mails.
    pub fn mailed(&mut self, mails: &[(SubscriberId, Timestamp)]) {
        for (id, at) in mails {
            if let Some(entry) = self.entries.get_mut(id) {
                entry.mailed(*at);
            }
        }
    }

    /// Looks at the clock, and says whether it is to be believed where somebody is forgotten.
    pub(in crate::subscriber) fn look_at_clock(&mut self, now: Timestamp) -> Belief {
        self.departures.look(now)
    }

    /// Forgets whom there is no reason to know any more, and who left too long ago; says whether anything changed in the book.
    pub fn purge(&mut self, now: Timestamp) -> bool {
        let over: Vec<_> = self.entries.values().filter(|entry| entry.is_over(now)).map(|entry| entry.id).collect();
        let mut changed = !over.is_empty();
        over.into_iter().for_each(|id| drop(self.take(id)));
        for entry in self.entries.values_mut() {
            let ended = entry.ticket.as_ref().filter(|ticket| ticket.until <= now).map(|ticket| ticket.token);
            ended.map(|token| self.by_token.remove(&token));
            changed |= entry.tidy(now);
        }
        self.departures.forget(now);
        changed
    }

    /// Takes out who left after this book was written, where it is an older one that was put back; gives how many they were.
    pub(in crate::subscriber) fn depart(&mut self, departures: Departures, found: Found, now: Timestamp) -> usize {
        let before = self.entries.len();
        for (departure, at) in departures.iter() {
            let is_his = |entry: &&Entry| {
                let trace = match departure {
                    Departure::Left(trace) => self.keys.address(&entry.address) == trace,
                    Departure::Refused(trace) => self.keys.mailbox(&entry.address) == trace,
                };
                trace && entry.confirmed_at.unwrap_or(entry.asked_at) <= at
            };
            let gone: Vec<_> = self.entries.values().filter(is_his).map(|entry| entry.id).collect();
            gone.into_iter().for_each(|id| drop(self.take(id)));
            match departure {
                Departure::Left(trace) => self.left.insert(trace),
                Departure::Refused(trace) => self.refused.insert(trace),
            };
        }
        self.departures = departures;
        let present = self.departed();
        self.departures.begin(present, found, now);
        before - self.entries.len()
    }

    fn departed(&self) -> Vec<Departure> {
        let left = self.left.iter().copied().map(Departure::Left);
        left.chain(self.refused.iter().copied().map(Departure::Refused)).collect()
    }

    /// Notes who left since.
    pub(in crate::subscriber) fn note_departures(&mut self, now: Timestamp) {
        let present = self.departed();
        self.departures.note(present, now);
    }

    /// Who left lately.
    pub(in crate::subscriber) fn departures(&self) -> &Departures {
        &self.departures
    }

    /// Takes the place of a book that is taken back, with those who left in it.
    pub(in crate::subscriber) fn instead_of(&mut self, other: &Self) {
        self.departures.instead_of(&other.departures);
    }

    /// The file has all who left.
    pub(in crate::subscriber) fn departures_are_written(&mut self) {
        self.departures.written();
    }

    /// What it is written down with.
    pub(in crate::subscriber) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The book as it is written down.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON, which it can.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let traces = |traces: &std::collections::BTreeSet<Trace>| traces.iter().map(|trace| digits(&trace.0)).collect();
        let (refused, left) = (traces(&self.refused), traces(&self.left));
        serde_json::to_vec(&Written { subscribers: self.entries.values().cloned().collect(), refused, left })
    }

    /// Reads what was written down.
    ///
    /// # Errors
    ///
    /// When it is no book of this form.
    pub fn from_bytes(keys: Keys, bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let written: Written = serde_json::from_slice(bytes)?;
        let trace =
            |text: &String| bits(text).map(Trace).ok_or_else(|| serde_json::Error::custom("no trace of an address"));
        let mut roll = Self::new(keys);
        roll.refused = written.refused.iter().map(trace).collect::<Result<_, _>>()?;
        roll.left = written.left.iter().map(trace).collect::<Result<_, _>>()?;
        written.subscribers.into_iter().for_each(|entry| roll.put(entry));
        Ok(roll)
    }
}

/// The form of the book in its file.
#[derive(Serialize, Deserialize)]
struct Written {
    subscribers: Vec<Entry>,
    refused: Vec<String>,
    left: Vec<String>,
}
