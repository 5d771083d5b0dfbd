//! An archive against a map of all that was put into it, and against what can happen to its files.

use std::{collections::BTreeMap, fs, ops::ControlFlow, time::Duration};

use proptest::prelude::*;
use shared::Observation;

use super::*;
use crate::store::{
    block::{
        Raw,
        observation::sample::{self, Dice},
    },
    database::Order,
};

mod care;
mod month;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Nothing waits meanwhile.
fn at_ease() -> Result<(), BlockError> {
    Ok(())
}

impl<C: Content> Archive<C> {
    /// Joins without a pause.
    fn join(&mut self, joined: Timestamp) -> Result<Option<FileFacts>, BlockError> {
        self.begin_join(joined)?.map_or(Ok(None), |joining| self.end_join(joining))
    }

    /// The end of the oldest file's time and its bytes.
    fn oldest(&self) -> Option<(Timestamp, u64)> {
        self.kept().next().map(|kept| (kept.end, kept.bytes))
    }

    /// Removes the oldest file, and says how many bytes that gives back.
    fn remove_oldest(&mut self) -> Option<u64> {
        let oldest = self.kept().next()?;
        self.remove(&oldest.path).expect("removed");
        Some(oldest.bytes)
    }

    /// Removes the files whose time ended at `cutoff` or earlier, and says how many slots that were.
    fn remove_before(&mut self, cutoff: Timestamp) -> usize {
        let old: Vec<_> = self.kept().filter(|kept| kept.end <= cutoff).collect();
        old.iter().for_each(|kept| self.remove(&kept.path).expect("removed"));
        old.len()
    }
}

fn day() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().expect("a time")
}

fn hour(number: u32) -> Timestamp {
    day().plus(HOUR * number)
}

/// `count` results of a probe from the beginning of an hour.
fn rows(probe: &str, hour: Timestamp, count: usize) -> Vec<Observation> {
    let seed = hour.as_millis().cast_unsigned() + probe.len() as u64;
    let rows = sample::observations(hour, count, &mut Dice::new(seed)).into_iter();
    rows.map(|row| Observation { probe: probe.parse().expect("an id"), ..row }).collect()
}

/// An archive of the raw results in a directory that goes with it.
struct Fixture {
    dir: tempfile::TempDir,
    archive: Archive<Raw>,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let archive = Archive::open(dir.path()).expect("opens");
        Self { dir, archive }
    }

    /// Some hours of two probes, sealed.
    fn with_hours(hours: impl IntoIterator<Item = u32>) -> Self {
        let mut fixture = Self::new();
        for number in hours {
            fixture.seal(
                hour(number),
                [rows("cloud/login", hour(number), 9), rows("wiki/page", hour(number), 5)].concat(),
            );
        }
        fixture
    }

    fn seal(&mut self, leaf: Timestamp, rows: Vec<Observation>) -> FileFacts {
        let mut frames: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
        rows.into_iter().for_each(|row| frames.entry(Raw::frame(&row)).or_default().push(row));
        let mut frames = frames.into_iter();
        self.archive.merge(leaf, || Ok(frames.next()), at_ease).expect("merged")
    }

    fn reopen(&mut self) {
        self.archive = Archive::open(self.dir.path()).expect("opens");
    }

    /// Everything, each item as it comes.
    fn all(&self) -> Vec<Observation> {
        self.read(Timestamp::from_millis(0), day().plus(DAY * 400), Order::Ascending, |_| true)
    }

    fn read(&self, from: Timestamp, to: Timestamp, order: Order, wanted: impl Fn(&str) -> bool) -> Vec<Observation> {
        let mut read = Vec::new();
        let visit = |rows| {
            read.extend(rows);
            ControlFlow::Continue(())
        };
        self.archive.read(from, to, order, wanted, visit).expect("read");
        read
    }

    /// The files that are really there, by name, and their bytes.
    fn files(&self) -> BTreeMap<String, u64> {
        fn walk(dir: &Path, root: &Path, files: &mut BTreeMap<String, u64>) {
            for entry in fs::read_dir(dir).expect("readable") {
                let entry = entry.expect("readable");
                match entry.metadata().expect("readable") {
                    metadata if metadata.is_dir() => walk(&entry.path(), root, files),
                    metadata => {
                        let name = entry.path().strip_prefix(root).expect("inside").display().to_string();
                        files.insert(name, metadata.len());
                    }
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(self.dir.path(), self.dir.path(), &mut files);
        files
    }
}

fn sorted(mut rows: Vec<Observation>) -> Vec<Observation> {
    rows.sort_by_key(Raw::key);
    rows
}

#[test]
fn merging_twice_changes_nothing_and_the_newer_item_wins() {
    let mut fixture = Fixture::new();
    let old = rows("cloud/login", hour(13), 20);
    let first = fixture.seal(hour(13), old.clone());
    assert_eq!(fixture.seal(hour(13), old.clone()), first);
    assert_eq!(fixture.all(), old);
    let newer = Observation { confirmation: true, ..old[3].clone() };
    let late = rows("wiki/page", hour(13), 2);
    fixture.seal(hour(13).plus(HOUR / 2), [vec![newer.clone()], late.clone()].concat());
    let expected = [&old[..3], &[newer], &old[4..], &late].concat();
    assert_eq!(fixture.all(), sorted(expected));
    assert_eq!(fixture.files().keys().collect::<Vec<_>>(), ["2026/11/22/13.blk"]);
}

#[test]
fn nothing_is_written_when_there_is_nothing() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.seal(hour(13), vec![]), FileFacts::default());
    assert_eq!(fixture.archive.join(day()).expect("joined"), None);
    assert!(fixture.files().is_empty());
}

#[test]
fn joining_gives_the_same_items_in_one_file() {
    let mut fixture = Fixture::with_hours(0..24);
    let before = fixture.all();
    assert_eq!(fixture.archive.joinable(hour(24).minus(HOUR)), None);
    assert_eq!(fixture.archive.joinable(hour(24)), Some(day()));
    let facts = fixture.archive.join(hour(7)).expect("joined").expect("something");
    assert_eq!((facts.frames, facts.rows), (2, 24 * 14));
    assert_eq!(fixture.all(), before);
    assert_eq!(fixture.files(), BTreeMap::from([("2026/11/22.blk".to_owned(), fixture.archive.bytes())]));
    assert_eq!(fixture.archive.joinable(hour(48)), None);
    fixture.reopen();
    assert_eq!(fixture.all(), before);
}

#[test]
fn a_late_item_lies_beside_the_joined_file_until_it_is_joined_too() {
    let mut fixture = Fixture::with_hours(0..24);
    fixture.archive.join(day()).expect("joined");
    let mut expected = fixture.all();
    let newer = Observation { confirmation: true, ..expected[40].clone() };
    expected[40] = newer.clone();
    fixture.seal(newer.started_at, vec![newer]);
    for step in ["beside", "joined", "reopened"] {
        assert_eq!(fixture.all(), expected, "{step}");
        match step {
            "beside" => assert!(fixture.archive.join(day()).expect("joined").is_some()),
            _ => fixture.reopen(),
        }
    }
    assert_eq!(fixture.files().len(), 1);
}

#[test]
fn a_crash_anywhere_in_joining_neither_loses_nor_doubles_anything() {
    for leaves_left in 0..=24 {
        let mut fixture = Fixture::with_hours(0..24);
        let before = fixture.all();
        let leaves: Vec<_> = fixture.archive.files().map(Path::to_owned).collect();
        let kept: Vec<_> = leaves.iter().map(|leaf| fs::read(leaf).expect("readable")).collect();
        fixture.archive.join(day()).expect("joined");
        // The joined file is in its place, and these leaves were not removed yet.
        for (leaf, bytes) in leaves.iter().zip(kept).skip(24 - leaves_left) {
            fs::create_dir_all(leaf.parent().expect("one")).expect("made");
            fs::write(leaf, bytes).expect("written");
        }
        fs::write(fixture.dir.path().join("2026/11/22.blk.new"), b"half").expect("written");
        fixture.reopen();
        assert_eq!(fixture.all(), before, "{leaves_left} leaves left");
        assert_eq!(fixture.archive.joinable(hour(24)), (leaves_left > 0).then(day));
        fixture.archive.join(day()).expect("joined");
        assert_eq!(fixture.all(), before, "{leaves_left} leaves left, joined again");
        assert_eq!(fixture.files().keys().collect::<Vec<_>>(), ["2026/11/22.blk"]);
    }
}

#[test]
fn a_join_in_steps_is_not_ended_over_what_came_in_between() {
    let mut fixture = Fixture::with_hours(0..24);
    let mut joining = fixture.archive.begin_join(day()).expect("begun").expect("something");
    assert!(joining.step().expect("a step"));
    fixture.seal(hour(3), rows("wiki/page", hour(3), 7));
    let before = (fixture.all(), fixture.archive.files().count());
    assert_eq!(fixture.archive.end_join(joining).expect("looked at"), None);
    assert_eq!((fixture.all(), fixture.archive.files().count()), before);
    let joining = fixture.archive.begin_join(day()).expect("begun").expect("something");
    assert!(fixture.archive.end_join(joining).expect("ended").is_some());
    assert_eq!((fixture.all(), fixture.archive.files().count()), (before.0, 1));
}

#[test]
fn only_what_is_asked_for_comes_and_in_the_order_that_is_asked_for() {
    let mut fixture = Fixture::with_hours(0..24);
    fixture.archive.join(day()).expect("joined");
    fixture.seal(hour(24), rows("cloud/login", hour(24), 9));
    fixture.seal(hour(25), rows("cloud/login", hour(25), 9));
    let cloud = |frame: &str| frame.starts_with("cloud/");
    let expected: Vec<_> = [rows("cloud/login", hour(23), 9), rows("cloud/login", hour(24), 9)].concat();
    let (from, to) = (expected[4].started_at, expected[12].started_at);
    assert_eq!(fixture.read(from, to, Order::Ascending, cloud), expected[4..12]);
    assert_eq!(fixture.read(from, to, Order::Descending, cloud), [&expected[9..12], &expected[4..9]].concat());
    let mut calls = 0;
    let stop = |_| {
        calls += 1;
        ControlFlow::Break(())
    };
    fixture.archive.read(from, to, Order::Descending, cloud, stop).expect("read");
    assert_eq!(calls, 1);
}

#[test]
fn many_items_of_one_name_become_several_frames() {
    let mut fixture = Fixture::new();
    let row = rows("cloud/login", hour(3), 1).remove(0);
    let at = |number: u64| Observation { started_at: hour(3).plus(Duration::from_millis(100 * number)), ..row.clone() };
    let many: Vec<_> = (0..20_000).map(at).collect();
    assert_eq!(fixture.seal(hour(3), many.clone()).frames, 3);
    assert_eq!(fixture.all(), many);
    fixture.seal(hour(3), vec![many[11_111].clone()]);
    assert_eq!(fixture.all(), many);
}

#[test]
fn items_in_the_wrong_place_are_refused_and_nothing_is_written() {
    let mut fixture = Fixture::with_hours([13]);
    let before = (fixture.all(), fixture.files());
    let mut check = |frames: Vec<(&str, Vec<Observation>)>, said: &str| {
        let mut frames = frames.into_iter().map(|(name, rows)| (name.to_owned(), rows));
        let error = fixture.archive.merge(hour(13), || Ok(frames.next()), at_ease).expect_err("refused");
        let BlockError::Io(error) = error else { panic!("{error:?}") };
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!((fixture.all(), fixture.files()), before);
    };
    let (good, stray) = (rows("cloud/login", hour(13), 2), rows("cloud/login", hour(14), 2));
    check(vec![("cloud/login@local", stray)], "is given for cloud/login@local");
    check(vec![("cloud/other@local", good.clone())], "is given for cloud/other@local");
    let twice = vec![("cloud/login@local", good.clone()), ("cloud/login@local", good)];
    check(twice, "the frame cloud/login@local comes after cloud/login@local");
}

/// What is done to an archive.
#[derive(Debug, Clone)]
enum Step {
    Merge { hour: u32, probe: &'static str, first: usize, newer: u16 },
    Join,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let probes = proptest::sample::select(&["cloud/login", "cloud/files", "wiki/page"][..]);
    let merge = (0_u32..26, probes, 0_usize..4, 200_u16..599).prop_map(|(hour, probe, first, newer)| Step::Merge {
        hour,
        probe,
        first,
        newer,
    });
    proptest::collection::vec(prop_oneof![6 => merge, 1 => Just(Step::Join), 1 => Just(Step::Reopen)], 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_archive_holds_what_a_map_would(steps in steps()) {
        let (mut fixture, mut model) = (Fixture::new(), BTreeMap::new());
        for step in steps {
            match step {
                Step::Merge { hour: number, probe, first, newer } => {
                    let mut some = rows(probe, hour(number), 8).split_off(first);
                    some.iter_mut().flat_map(|row| &mut row.http).for_each(|http| http.status = newer);
                    model.extend(some.iter().map(|row| (Raw::key(row), row.clone())));
                    fixture.seal(hour(number), some);
                }
                Step::Join => {
                    while let Some(joined) = fixture.archive.joinable(hour(48)) {
                        fixture.archive.join(joined).expect("joined");
                    }
                }
                Step::Reopen => fixture.reopen(),
            }
            prop_assert_eq!(fixture.all(), model.values().cloned().collect::<Vec<_>>());
            prop_assert_eq!(fixture.archive.bytes(), fixture.files().values().sum::<u64>());
        }
    }
}

#[test]
fn a_result_takes_few_bytes_with_everything_that_a_file_needs() {
    let probes = ["cloud/login", "cloud/files", "wiki/page", "mail/web", "git/front"];
    let mut fixture = Fixture::new();
    let of = |number: u32| probes.iter().flat_map(|probe| rows(probe, hour(number), 120)).collect::<Vec<_>>();
    let bytes: u64 = (0..24).map(|number| fixture.seal(hour(number), of(number)).bytes).sum();
    assert!(bytes <= 12 * 24 * 5 * 120, "{bytes} bytes in hours");

    let facts = fixture.archive.join(day()).expect("joined").expect("something");
    assert_eq!(facts.rows, 24 * 5 * 120);
    assert!(facts.bytes <= 10 * facts.rows, "{facts:?}");
}
