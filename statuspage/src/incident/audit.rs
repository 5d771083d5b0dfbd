//! The audit log: every order of an operator, carried out or refused, and what became of it.
//!
//! It does not know how an order came, nor the store.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shared::Timestamp;
use tracing::warn;

use super::{Actor, Command};

/// Entries are kept for so long …
const KEPT: Duration = Duration::from_secs(366 * 86_400);
/// … and at most so many.
const MOST: usize = 10_000;

/// An order, and what became of it. Its form is stored: new fields get a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Counts from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who gave it.
    pub actor: Actor,
    /// What it was: `open`, `acknowledge`, `say`, `release`, `reported_by_users`, `link`, `write_field`, `publish`,
    /// `withdraw`, and what is done without the hub: `sign_in`, `sign_out`, `foreign_form`, `list_subscribers`, `import_subscribers`,
    /// `remove_subscriber`, `bounce`, `add_location`, `rotate_location`, `revoke_location`, `test_channel`, `answer_drill`.
    pub what: String,
    /// The incident, maintenance, subscriber, fault or channel that it was about, where there is one.
    pub subject: Option<String>,
    /// Why it was refused; absent when it was carried out.
    pub refusal: Option<String>,
}

/// All entries, the oldest first; whoever holds them holds them as they were.
pub type AuditLog = Arc<VecDeque<Arc<AuditEntry>>>;

/// The audit log as its only writer has it.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    entries: AuditLog,
    last: u64,
    changed: BTreeSet<u64>,
}

impl Audit {
    /// Reads what was kept; what cannot be read is named and left out.
    pub fn read<'a>(records: impl IntoIterator<Item = (u64, &'a [u8])>) -> Self {
        let mut audit = Self::default();
        let mut entries = VecDeque::new();
        for (number, body) in records {
            audit.last = audit.last.max(number);
            match serde_json::from_slice::<AuditEntry>(body) {
                Ok(entry) => entries.push_back(Arc::new(entry)),
                Err(error) => warn!(number, %error, "an entry of the audit log cannot be read"),
            }
        }
        audit.entries = Arc::new(entries);
        audit
    }

    /// Everything that is kept.
    pub fn log(&self) -> AuditLog {
        Arc::clone(&self.entries)
    }

    /// Notes an order; the oldest entries go when there are too many or they are too old.
    pub fn note(&mut self, at: Timestamp, actor: Actor, what: &str, subject: Option<String>, refusal: Option<String>) {
        self.last += 1;
        let entry = AuditEntry { number: self.last, at, actor, what: what.to_owned(), subject, refusal };
        let entries = Arc::make_mut(&mut self.entries);
        entries.push_back(Arc::new(entry));
        self.changed.insert(self.last);
        while entries.len() > MOST || entries.front().is_some_and(|oldest| at.since(oldest.at) > KEPT) {
            self.changed.extend(entries.pop_front().map(|oldest| oldest.number));
        }
    }

    /// Takes entries that were found late: they come before those that are known by now.
    pub fn recall(&mut self, earlier: Self) {
        let known = std::mem::take(&mut self.entries);
        let last = earlier.last;
        self.entries = earlier.entries;
        let entries = Arc::make_mut(&mut self.entries);
        for entry in known.iter() {
            entries.push_back(Arc::new(AuditEntry { number: last + entry.number, ..entry.as_ref().clone() }));
        }
        self.last += last;
        self.mark_changed();
    }

    /// Everything is to be written again.
    pub fn mark_changed(&mut self) {
        self.changed.extend(self.entries.iter().map(|entry| entry.number));
    }

    /// The entries that are to be written; without a body, those that are to be removed.
    pub fn take_changes(&mut self) -> Vec<(u64, Option<Vec<u8>>)> {
        let entry = |number: u64| {
            let place = self.entries.binary_search_by_key(&number, |entry| entry.number);
            let entry = place.ok().and_then(|place| self.entries.get(place));
            (number, entry.and_then(|entry| serde_json::to_vec(entry.as_ref()).ok()))
        };
        std::mem::take(&mut self.changed).into_iter().map(entry).collect()
    }
}

impl Command {
    /// The word in the audit log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Acknowledge { .. } => "acknowledge",
            Self::Say { .. } => "say",
            Self::Release { .. } => "release",
            Self::ReportedByUsers { .. } => "reported_by_users",
            Self::Link { .. } => "link",
            Self::WriteField { .. } => "write_field",
            Self::Publish { .. } => "publish",
            Self::Withdraw { .. } => "withdraw",
        }
    }

    /// The incident that it is about; none is there yet when one is opened.
    pub fn incident(&self) -> Option<&shared::IncidentId> {
        match self {
            Self::Open(_) => None,
            Self::Acknowledge { incident }
            | Self::Say { incident, .. }
            | Self::Release { incident, .. }
            | Self::ReportedByUsers { incident, .. }
            | Self::Link { incident, .. }
            | Self::WriteField { incident, .. }
            | Self::Publish { incident, .. }
            | Self::Withdraw { incident, .. } => Some(incident),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_ten_thousand_of_a_year_are_kept_and_read_back() {
        let day = Duration::from_secs(86_400);
        let mut audit = Audit::default();
        let mut at = Timestamp::from_millis(1_795_000_000_000);
        let mut rows = std::collections::BTreeMap::new();
        let mut keep = |audit: &mut Audit| {
            for (number, body) in audit.take_changes() {
                match body {
                    Some(body) => drop(rows.insert(number, body)),
                    None => drop(rows.remove(&number)),
                }
            }
            assert_eq!(Audit::read(rows.iter().map(|(number, body)| (*number, body.as_slice()))).log(), audit.log());
            rows.len()
        };
        for _ in 0..MOST + 5 {
            audit.note(at, Actor::Socket, "say", None, Some("no".to_owned()));
        }
        assert_eq!(keep(&mut audit), MOST);
        at = at.plus(day * 367);
        audit.note(at, Actor::Operator("ada".to_owned()), "open", Some("kctbh9vrtdwd".to_owned()), None);
        assert_eq!(keep(&mut audit), 1);
    }
}
