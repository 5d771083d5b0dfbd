//! Power cuts: the file operations of a child are recorded, and at random moments only what was synced, or some of the rest, is left.
//! What was acknowledged by then is there, whole, and nothing else is.

mod disk;
mod failing;
mod passing;
mod recording;
mod retention;
mod succession;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use self::{
    disk::{Disk, Kept},
    recording::{Event, Notes},
};
use super::{
    chance::Chance,
    child_directory,
    load::Part,
    preload::{self, Fail},
    scale,
};

/// Batches of one recording.
const BATCHES: u64 = 40;
/// Power cuts in one recording.
const CUTS: usize = 12;

/// Lets a child write to `root` and gives what it did; the replay of all of it must be what lies there.
fn record(mut child: Command, root: &Path, fail: Option<Fail>, chance: &mut Chance) -> Vec<Event> {
    let (place, mut disk) = (tempfile::tempdir().expect("a directory"), Disk::of(root));
    let log = place.path().join("log");
    preload::watch(&mut child, root, &log, fail);
    assert!(child.status().expect("starts").success(), "{chance}: the child writes its part, with {fail:?}");
    let events = recording::read(&log);
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

/// A recording that is replayed up to some moment.
struct Replay<'a> {
    disk: Disk,
    part: Part,
    /// What is still to come.
    events: &'a [Event],
    /// The last batch that was acknowledged.
    acknowledged: Option<u64>,
    /// How many more may have been written since, at most.
    begun: u64,
    /// What failed meanwhile.
    fail: Option<Fail>,
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
        let (part, left, fail) = (self.part, self.events.len(), self.fail);
        let about = format!("{chance}, {part:?}, {fail:?}, {left} operations before the end, {kept:?} kept");
        self.part.check(&root, self.acknowledged, self.begun, &about).await.opening
    }
}

/// Records a child on the files of `root` and cuts the power [`CUTS`] times, at random moments. At one more moment, what is left is
/// written to `next`, and the part that goes on from there is given.
async fn cut_often(root: &Path, part: Part, next: &Path, chance: &mut Chance) -> (Part, Duration) {
    let disk = Disk::of(root);
    let child = part.command("store::tests::power::what_was_acknowledged_survives_power_cuts", root);
    let events = record(child, root, None, chance);
    println!("{} operations, of them {}", events.len(), summary(&events));
    let mut replay = Replay { disk, part, events: &events, acknowledged: part.last_before(), begun: 1, fail: None };
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

/// How many block files appeared and went.
fn summary(events: &[Event]) -> String {
    let is_block = |path: &Path| path.extension().is_some_and(|end| end == "blk");
    let sealed = events.iter().filter(|event| matches!(event, Event::Rename { new, .. } if is_block(new))).count();
    let joined = events.iter().filter(|event| matches!(event, Event::Remove { path } if is_block(path))).count();
    format!("{sealed} files sealed or joined, {joined} removed")
}

#[tokio::test]
async fn what_was_acknowledged_survives_power_cuts() {
    if let Some(dir) = child_directory() {
        let mut notes = Notes::of_this_child();
        return Part::of_this_child().write(&dir, BATCHES, |batch| notes.acknowledged(batch)).await;
    }
    let (mut chance, mut slowest) = (Chance::new(), Duration::ZERO);
    for _ in 0..scale() {
        let place = tempfile::tempdir().expect("a directory");
        let root = |number: usize| place.path().join(number.to_string());
        fs::create_dir(root(0)).expect("made");
        let mut part = Part::first();
        // The second recording begins with what a power cut left of the first.
        for number in 0..2 {
            let took;
            (part, took) = cut_often(&root(number), part, &root(number + 1), &mut chance).await;
            slowest = slowest.max(took);
        }
    }
    println!("{} power cuts, slowest opening {slowest:?}", 2 * CUTS as u64 * scale());
}
