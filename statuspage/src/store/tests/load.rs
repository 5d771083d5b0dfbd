//! What the children of the crash tests write, batch after batch, and the check of what is left of it.
//!
//! Everything lies in the past and is settled at once: while batches are written, hours are sealed into files, and days are joined.
//! It does not know how a child ended.

use std::{
    fs,
    ops::Range,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use shared::{Observation, Timestamp};

use super::{Durability, StoreHandle, StoreOptions, base, child, close, id, observation, options, read_all};
use crate::store::{Changes, Opened, Store};

/// Observations of one append: of a third of an hour.
const BATCH: u64 = 20;
const EVERY: Duration = Duration::from_secs(60);
/// How long ago the first is, so that retention leaves it alone and the last is not in the future.
const AGO: Duration = Duration::from_secs(25 * 86_400);
/// After so many batches the store is closed and opened again.
const REOPENED: u64 = 15;

/// Which batches a child writes: those from `first` on, of observations that begin at `start`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) start: Timestamp,
    pub(super) first: u64,
}

/// What a store holds that was found in order.
#[derive(Debug)]
pub(super) struct Found {
    /// The first batch that it does not hold.
    pub(super) next: u64,
    /// How long opening it took.
    pub(super) opening: Duration,
}

impl Part {
    /// The first part of all.
    pub(super) fn first() -> Self {
        Self { start: base().minus(AGO), first: 0 }
    }

    /// The observations of some batches, in order.
    pub(super) fn rows(self, batches: Range<u64>) -> Vec<Arc<Observation>> {
        let row = |number: u64| {
            let started_at = self.start.plus(EVERY * u32::try_from(number).expect("not so many"));
            Arc::new(Observation { started_at, ..(*observation(self.start, number)).clone() })
        };
        (batches.start * BATCH..batches.end * BATCH).map(row).collect()
    }

    /// The last batch before this part, acknowledged to an earlier child.
    pub(super) fn last_before(self) -> Option<u64> {
        self.first.checked_sub(1)
    }

    /// A child that runs `test`, which calls [`Part::write`].
    pub(super) fn command(self, test: &str, root: &Path) -> Command {
        let (binary, arguments, environment) = child(test, root);
        let mut command = Command::new(binary);
        let part = format!("{} {}", self.start, self.first);
        command.args(arguments).envs(environment).env("BELFRY_STORE_PART", part);
        command
    }

    /// The part that this process is to write.
    pub(super) fn of_this_child() -> Self {
        let words = std::env::var("BELFRY_STORE_PART").expect("the parent says which");
        let (start, first) = words.split_once(' ').expect("two words");
        Self { start: start.parse().expect("a time"), first: first.parse().expect("a number") }
    }

    /// Writes batches, lets the store join what it sealed and opens it again now and then, and says of each that it is acknowledged.
    pub(super) async fn write(self, root: &Path, batches: u64, mut acknowledged: impl FnMut(u64)) {
        let mut handle = open(root).handle;
        for batch in self.first..self.first.saturating_add(batches) {
            if batch % REOPENED == REOPENED - 1 {
                until_joined(&handle, root).await;
                close(handle).await;
                handle = open(root).handle;
            }
            self.write_one(&handle, batch).await;
            acknowledged(batch);
        }
        until_joined(&handle, root).await;
        close(handle).await;
    }

    async fn write_one(self, handle: &StoreHandle, batch: u64) {
        assert_eq!(self.try_one(handle, batch).await, Durability::Synced, "batch {batch}");
    }

    /// Writes a batch and the changes behind it.
    pub(super) async fn try_one(self, handle: &StoreHandle, batch: u64) -> Durability {
        let rows = self.rows(batch..batch + 1);
        match handle.append(rows).await {
            Durability::Synced => handle.apply(changes(batch)).await,
            Durability::Behind => {
                handle.apply(changes(batch)).await;
                Durability::Behind
            }
        }
    }

    /// Opens what is left: it holds the batches up to the one that was acknowledged last, perhaps some of those that were `begun`
    /// since, each whole or not at all, no fault, and it can be written to.
    pub(super) async fn check(self, root: &Path, acknowledged: Option<u64>, begun: u64, about: &str) -> Found {
        let began = Instant::now();
        let opened = open(root);
        let opening = began.elapsed();
        assert_eq!(opened.restored.faults, [], "{about}");
        let least = acknowledged.map_or(0, |batch| batch + 1);
        let rows = read_all(&opened.handle).await;
        let there = rows.len() as u64 / BATCH;
        assert!(
            (least..=least + begun).contains(&there),
            "{about}: {least} batches were acknowledged, {there} are there"
        );
        assert!(rows == self.rows(0..there), "{about}: not the rows that were written");

        let state = opened.restored.components.first().map(|(_, body)| body.clone());
        let newest = state.map(|body| str::from_utf8(&body).expect("digits").parse::<u64>().expect("a number"));
        assert!(newest >= acknowledged, "{about}: the state of {newest:?}, and {acknowledged:?} was acknowledged");
        assert!(newest < Some(there), "{about}: the state of {newest:?} came before its observations");
        let document = newest.map(|batch| changes(batch).documents[0].1.clone());
        assert!(opened.restored.documents.get("roster") == document.as_ref(), "{about}: of another transaction");
        assert_eq!(opened.handle.counters().corrupt_rows, 0, "{about}");
        self.go_on(opened.handle, root, there, about).await;
        Found { next: there + 1, opening }
    }

    /// Writes one more batch and finds everything after closing.
    async fn go_on(self, handle: StoreHandle, root: &Path, batch: u64, about: &str) {
        self.write_one(&handle, batch).await;
        close(handle).await;
        let again = open(root);
        assert_eq!(again.restored.faults, [], "{about}: opened again");
        let all = self.rows(0..batch + 1);
        assert!(read_all(&again.handle).await == all, "{about}: opened again");
        close(again.handle).await;
    }
}

/// Opens a store that seals everything at once.
pub(super) fn open(root: &Path) -> Opened {
    Store::open(root, sealing()).expect("opens")
}

/// As the other tests have it, and every hour that is over is settled.
pub(super) fn sealing() -> StoreOptions {
    StoreOptions { grace: Duration::ZERO, rest: Duration::from_millis(20), ..options() }
}

/// Waits until everything lies in files of whole days.
async fn until_joined(handle: &StoreHandle, root: &Path) {
    let joined = async {
        while handle.unsealed().await != Ok(0) || has_hours(&root.join("blocks/raw"), 3) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), joined).await.expect("everything is joined");
}

/// Whether there is a file so deep in a directory: `2026/11/22/13.blk`.
fn has_hours(dir: &Path, depth: usize) -> bool {
    let mut entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.any(|entry| depth == 0 || (entry.path().is_dir() && has_hours(&entry.path(), depth - 1)))
}

/// The changes behind a batch: a short row and a document in parts, which must always be of the same batch.
fn changes(batch: u64) -> Changes {
    let document: Bytes = format!("{batch:08} ").repeat(2_000 + usize::try_from(batch % 7).expect("small")).into();
    Changes {
        components: vec![(id("cloud"), batch.to_string().into())],
        documents: vec![("roster", document)],
        ..Changes::default()
    }
}
