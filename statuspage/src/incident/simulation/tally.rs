//! What was injected and what was found, counted by kind.
//!
//! It does not know what is right.

use std::{collections::BTreeMap, fmt};

use super::fault::What;

#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) days: u64,
    pub(super) faults: BTreeMap<What, u64>,
    pub(super) results: u64,
    pub(super) lost: u64,
    pub(super) doubled: u64,
    pub(super) late: u64,
    pub(super) restarts: u64,
    /// By how many seconds the clock jumped.
    pub(super) jumps: BTreeMap<i64, u64>,
    pub(super) orders: BTreeMap<&'static str, u64>,
    pub(super) causes: u64,
    pub(super) measured: u64,
    pub(super) declared: u64,
    pub(super) messages: u64,
    pub(super) slowest: i64,
}

fn list<K: fmt::Display>(f: &mut fmt::Formatter<'_>, what: &str, counts: &BTreeMap<K, u64>) -> fmt::Result {
    write!(f, "\n  {what}:")?;
    counts.iter().try_for_each(|(kind, count)| write!(f, " {count} {kind},"))
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "injected into {} days", self.days)?;
        list(f, "faults", &self.faults)?;
        let Self { results, lost, doubled, late, restarts, .. } = self;
        write!(f, "\n  results: {results}, {lost} lost, {doubled} doubled, {late} late")?;
        write!(f, "\n  restarts: {restarts}")?;
        list(f, "jumps of the clock, in seconds", &self.jumps)?;
        list(f, "orders carried out", &self.orders)?;
        let Self { causes, measured, declared, messages, slowest, .. } = self;
        write!(
            f,
            "\nfound {measured} incidents of {causes} causes and {declared} that operators opened, {messages} messages"
        )?;
        write!(f, "; the slowest detection took {slowest} s")
    }
}
