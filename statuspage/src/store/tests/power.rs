//! Power cuts: the file operations of a child are recorded, and at random moments only what was synced, or some of the rest, is left.
//! What was acknowledged by then is there, whole, and nothing else is.

mod disk;
mod recording;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use bytes::Bytes;
use shared::Timestamp;

use self::{
    disk::{Disk, Kept},
    recording::{Event, Notes},
};
use super::{
    Durability, StoreHandle, base, chance::Chance, child, child_directory, close, id, observations, open, preload,
    read_all, scale,
};
use crate::store::Changes;

/// Observations of one append.
const BATCH: u64 = 20;
/// Batches of one recording, and after how many of them the store is closed and opened again.
const BATCHES: u64 = 40;
const REOPENED: u64 = 15;
/// Power cuts in one recording.
const CUTS: usize = 12;

/// Which batches a child writes: those from `first` on, of observations that begin at `start`.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: Timestamp,
    first: u64,
}

impl Part {
    fn to_environment(self) -> String {
        format!("{} {}", self.start, self.first)
    }

    fn from_environment() -> Self {
        let words = std::env::var("BELFRY_STORE_PART").expect("the parent says which");
        let (start, first) = words.split_once(' ').expect("two words");
        Self { start: start.parse().expect("a time"), first: first.parse().expect("a number") }
    }
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

/// What the child does while it is recorded.
async fn write_a_part(dir: &Path) {
    let (part, mut notes) = (Part::from_environment(), Notes::of_this_child());
    let mut handle = open(dir).handle;
    for batch in part.first..part.first + BATCHES {
        if batch % REOPENED == REOPENED - 1 {
            close(handle).await;
            handle = open(dir).handle;
        }
        let rows = observations(part.start, batch * BATCH..(batch + 1) * BATCH);
        assert_eq!(handle.append(rows).await, Durability::Synced);
        assert_eq!(handle.apply(changes(batch)).await, Durability::Synced);
        notes.acknowledged(batch);
    }
    close(handle).await;
}

/// Lets a child write to `root` and gives what it did; the replay of all of it must be what lies there.
fn record(root: &Path, part: Part, chance: &mut Chance) -> Vec<Event> {
    let (place, before) = (tempfile::tempdir().expect("a directory"), Disk::of(root));
    let log = place.path().join("log");
    let (binary, arguments, environment) =
        child("store::tests::power::what_was_acknowledged_survives_power_cuts", root);
    let mut command = Command::new(binary);
    command.args(arguments).envs(environment).env("BELFRY_STORE_PART", part.to_environment());
    preload::watch(&mut command, root, &log, None);
    assert!(command.status().expect("starts").success(), "the child writes its part");
    let events = recording::read(&log);
    let mut disk = before;
    events.iter().for_each(|event| disk.apply(event));
    let replayed = place.path().join("replayed");
    disk.cut(Kept::Everything, chance, &replayed);
    assert!(files(&replayed) == files(root), "an operation was not recorded: the replay differs from the files");
    events
}

/// Every file below a directory and what it holds.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).expect("lists").flatten().map(|entry| entry.path()));
        } else {
            let name = path.strip_prefix(root).expect("below it").to_owned();
            found.insert(name, fs::read(&path).expect("reads"));
        }
    }
    found
}

/// Opens what a cut left: it holds the batches that were acknowledged, all or nothing of one more, and can be written to.
async fn check(root: &Path, part: Part, acknowledged: Option<u64>, about: &str) -> Duration {
    let began = Instant::now();
    let opened = open(root);
    let took = began.elapsed();
    assert_eq!(opened.restored.faults, [], "{about}");
    let least = acknowledged.map_or(0, |batch| batch + 1);
    let rows = read_all(&opened.handle).await;
    let batches = rows.len() as u64 / BATCH;
    assert!((least..=least + 1).contains(&batches), "{about}: {least} batches were acknowledged, {batches} are there");
    assert!(rows == observations(part.start, 0..batches * BATCH), "{about}: not the rows that were written");
    let state = opened.restored.components.first().map(|(_, body)| body.clone());
    let newest = state.map(|body| str::from_utf8(&body).expect("digits").parse::<u64>().expect("a number"));
    assert!(newest >= acknowledged && newest < Some(batches), "{about}: {newest:?} is not {acknowledged:?} or later");
    let expected = newest.map(|batch| changes(batch).documents[0].1.clone());
    assert!(opened.restored.documents.get("roster") == expected.as_ref(), "{about}: of another transaction");
    assert_eq!(opened.handle.counters().corrupt_rows, 0, "{about}");
    go_on(opened.handle, root, part, batches, about).await;
    took
}

/// Writes one more batch and finds everything after closing.
async fn go_on(handle: StoreHandle, root: &Path, part: Part, batches: u64, about: &str) {
    let more = observations(part.start, batches * BATCH..(batches + 1) * BATCH);
    assert_eq!(handle.append(more).await, Durability::Synced, "{about}");
    close(handle).await;
    let again = open(root);
    assert_eq!(again.restored.faults, [], "{about}: opened again");
    let all = observations(part.start, 0..(batches + 1) * BATCH);
    assert!(read_all(&again.handle).await == all, "{about}: opened again");
    close(again.handle).await;
}

/// A recording that is replayed up to some moment.
struct Replay<'a> {
    disk: Disk,
    part: Part,
    /// What is still to come.
    events: &'a [Event],
    /// The last batch that was acknowledged.
    acknowledged: Option<u64>,
}

impl Replay<'_> {
    /// Goes on until so many operations are left.
    fn until(&mut self, left: usize) {
        let (now, later) = self.events.split_at(self.events.len() - left);
        for event in now {
            self.disk.apply(event);
            if let Event::Acknowledged { batch } = event {
                self.acknowledged = Some(*batch);
            }
        }
        self.events = later;
    }

    /// Cuts the power and checks what is left; gives how long that took to open.
    async fn cut(&self, chance: &mut Chance) -> Duration {
        let (place, kept) = (tempfile::tempdir().expect("a directory"), chance.one_of(&Kept::ALL));
        let root = place.path().join("data");
        self.disk.cut(kept, chance, &root);
        let about =
            format!("{chance}, {:?}, {} operations before the end, {kept:?} kept", self.part, self.events.len());
        check(&root, self.part, self.acknowledged, &about).await
    }
}

/// Records a child on the files of `root` and cuts the power [`CUTS`] times, at random moments. At one more moment, what is left is
/// written to `next`, and the part that goes on from there is given.
async fn cut_often(root: &Path, part: Part, next: &Path, chance: &mut Chance) -> (Part, Duration) {
    let disk = Disk::of(root);
    let events = record(root, part, chance);
    let mut replay = Replay { disk, part, events: &events, acknowledged: part.first.checked_sub(1) };
    let mut moments: Vec<_> = (0..=CUTS).map(|_| chance.of(0..events.len() + 1)).collect();
    moments.sort_unstable();
    let (last, mut slowest) = (moments[chance.of(0..moments.len())], Duration::ZERO);
    let mut goes_on = part;
    for left in moments.into_iter().rev() {
        replay.until(left);
        if left == last && !next.exists() {
            replay.disk.cut(Kept::Scattered, chance, next);
            goes_on.first = replay.acknowledged.map_or(0, |batch| batch + 1);
        } else {
            slowest = replay.cut(chance).await.max(slowest);
        }
    }
    (goes_on, slowest)
}

#[tokio::test]
async fn what_was_acknowledged_survives_power_cuts() {
    if let Some(dir) = child_directory() {
        return write_a_part(&dir).await;
    }
    let (mut chance, mut slowest) = (Chance::new(), Duration::ZERO);
    for _ in 0..scale() {
        let place = tempfile::tempdir().expect("a directory");
        let root = |number: usize| place.path().join(number.to_string());
        fs::create_dir(root(0)).expect("made");
        let mut part = Part { start: base(), first: 0 };
        // The second recording begins with what a power cut left of the first.
        for number in 0..2 {
            let took;
            (part, took) = cut_often(&root(number), part, &root(number + 1), &mut chance).await;
            slowest = slowest.max(took);
        }
    }
    println!("{} power cuts, slowest opening {slowest:?}", 2 * CUTS as u64 * scale());
}
