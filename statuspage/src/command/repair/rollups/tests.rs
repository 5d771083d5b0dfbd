//! A store whose roll-ups are lost tells the same past after a repair, as far as its results go.

use std::{fs, sync::Arc, time::SystemTime};

use shared::{Failure, FailureKind, Observation, Timings, Verdict};

use super::*;
use crate::{
    engine::{Engine, Input, Observed, Roster, RosterComponent},
    history::{History, HistoryRow, RowKey},
    snapshot::HistoryView,
    store::{self, Durability, Store, StoreHandle, StoreOptions},
};

const EVERY: Duration = Duration::from_secs(300);
const DAYS: u32 = 4;
const COMPONENTS: [&str; 2] = ["cloud", "wiki"];

fn id(text: &str) -> ComponentId {
    text.parse().expect("an id")
}

/// `cloud` is defined; `wiki` is not any more, and its probe was asked as often.
fn definitions(dir: &Path) -> DefinitionSet {
    fs::create_dir_all(dir).expect("made");
    let text = "name = \"Cloud\"\n[[probe]]\nevery = \"5m\"\n[probe.tcp]\naddress = \"cloud.example.org:443\"\n";
    fs::write(dir.join("cloud.toml"), text).expect("written");
    let options = prober::load::LoadOptions::from_environment(zone());
    prober::reload::open(dir, options).expect("loads").0
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone")
}

/// The beginning of a day so long ago that everything is over.
fn begin() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let today = i64::try_from(since.as_millis()).expect("small") / 86_400_000 * 86_400_000;
    Timestamp::from_millis(today).minus(DAY * (DAYS + 5))
}

/// The result of a round; every day has an outage of an hour and some, and rounds of no results at all.
fn result(component: &str, start: Timestamp, round: u32) -> Option<Observation> {
    let fails = (140..156).contains(&(round % 288));
    let failure = || Failure::new(FailureKind::ConnectRefused, "connection refused");
    (!(40..60).contains(&(round % 288))).then(|| Observation {
        probe: format!("{component}/tcp").parse().expect("an id"),
        location: "local".parse().expect("a name"),
        started_at: start.plus(EVERY * round),
        verdict: if fails { Verdict::Fail } else { Verdict::Pass },
        failure: fails.then(failure),
        timings: Timings::default(),
        duration: Duration::from_millis(u64::from(20 + round * 37 % 400)),
        http: None,
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    })
}

/// Judges and accounts as a hub does that hears of each result a moment after its end.
struct Lived {
    engine: Engine,
    history: History,
    changes: Changes,
}

impl Lived {
    fn new() -> Self {
        Self { engine: Engine::new(), history: History::new(zone()), changes: Changes::default() }
    }

    fn step(&mut self, input: Input, now: Timestamp) {
        for transition in self.engine.step(input, now).transitions {
            self.history.spend(&transition.component, transition.from, transition.from_since, transition.at);
        }
    }

    fn hear(&mut self, observation: Arc<Observation>) {
        let now = observation.ended_at().plus(Duration::from_millis(80));
        let stale_at = observation.ended_at().plus(EVERY * 3 + Duration::from_secs(10));
        self.history.observe(&observation, now);
        self.step(Input::Observation(Observed { observation, stale_at }), now);
    }

    fn look(&mut self, now: Timestamp) {
        self.step(Input::Tick, now);
        for state in self.engine.states() {
            self.history.spend(&state.component, state.status, state.since, now);
        }
        for HistoryRow { key, bytes } in self.history.dirty_rows() {
            let ledger =
                Ledger { component: key.component, start: key.slot.start().expect("a date"), body: bytes.into() };
            match key.slot {
                Slot::Hour(_) => self.changes.hours.push(ledger),
                Slot::Day(_) => self.changes.days.push(ledger),
            }
        }
    }
}

async fn write(handle: &StoreHandle, start: Timestamp) {
    let mut lived = Lived::new();
    let probes = BTreeMap::from([("tcp".parse().expect("a name"), shared::Thresholds::default())]);
    let components = COMPONENTS.map(|name| (id(name), RosterComponent { probes: probes.clone() }));
    lived.step(Input::Roster(Arc::new(Roster { components: components.into() })), start);
    let mut batch = Vec::new();
    for round in 0..DAYS * 288 {
        let results: Vec<_> = COMPONENTS.iter().filter_map(|name| result(name, start, round)).map(Arc::new).collect();
        results.iter().for_each(|result| lived.hear(Arc::clone(result)));
        batch.extend(results);
        if round % 12 == 11 {
            assert_eq!(handle.append(std::mem::take(&mut batch)).await, Durability::Synced);
            lived.look(start.plus(EVERY * (round + 1)));
        }
    }
    let end = start.plus(DAY * DAYS);
    handle.apply(std::mem::take(&mut lived.changes)).await;
    let states: Vec<_> = lived.engine.states().cloned().collect();
    assert_eq!(handle.apply(checkpoint::of(&states, end)).await, Durability::Synced);
}

/// A store with some sealed days, closed; gives where they begin.
async fn sealed(data: &Path) -> Timestamp {
    let options = StoreOptions {
        reserve: 0,
        disk_reserve: 0,
        patience: Duration::from_secs(60),
        rest: Duration::from_millis(20),
        ..StoreOptions::default()
    };
    let (handle, start) = (Store::open(data, options).expect("opens").handle, begin());
    write(&handle, start).await;
    let is_sealed = async {
        while handle.unsealed().await != Ok(0) || !data.join("blocks/days").exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), is_sealed).await.expect("everything is sealed");
    assert_eq!(handle.close(Duration::from_secs(60)).await, Durability::Synced);
    start
}

/// What the page would show on the last day.
fn views(data: &Path, start: Timestamp) -> Vec<HistoryView> {
    let (store, end) = (Offline::open(data).expect("opens"), start.plus(DAY * DAYS));
    let view = |name: &str| {
        let mut history = History::new(zone());
        let rows = [Unit::Hours, Unit::Days].map(|unit| {
            let rollups = store.rollups(&id(name), unit, start.minus(DAY), end).expect("reads");
            rollups.into_iter().map(move |ledger| HistoryRow {
                key: RowKey { component: ledger.component, slot: Slot::new(unit, ledger.start).expect("a date") },
                bytes: ledger.body.as_ref().into(),
            })
        });
        assert!(history.restore(rows.into_iter().flatten()).is_empty());
        history.view(&id(name), end)
    };
    COMPONENTS.map(view).into()
}

/// Millionths, and how much of the time was seen.
fn uptime(view: &HistoryView) -> Vec<(String, i64, i64)> {
    let days = view.days.iter().map(|day| (day.date.to_string(), &day.uptime));
    let windows = [("day", &view.uptime.day), ("week", &view.uptime.week), ("month", &view.uptime.month)];
    let all = days.chain(windows.map(|(name, uptime)| (name.to_owned(), uptime)));
    all.filter_map(|(name, uptime)| {
        let uptime = uptime.as_ref()?;
        Some((name, i64::from(uptime.ratio), i64::from(uptime.coverage)))
    })
    .collect()
}

fn assert_same(before: &[HistoryView], after: &[HistoryView]) {
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before.latency, after.latency, "percentiles");
        let (before, after) = (uptime(before), uptime(after));
        let is_near = |(b, a): (&(String, i64, i64), &(String, i64, i64))| {
            // A hub hears of a result some moments after its end.
            b.0 == a.0 && (b.1 - a.1).abs() <= 20 && (b.2 - a.2).abs() <= 20
        };
        assert!(before.len() == after.len() && before.iter().zip(&after).all(is_near), "{before:?}\n{after:?}");
    }
}

fn repaired(data: &Path, definitions: &DefinitionSet) -> Made {
    assert!(store::repair(data).expect("nothing is damaged").is_sound());
    make_again(data, definitions, &zone()).expect("works")
}

#[tokio::test]
async fn roll_ups_that_are_lost_are_made_again_from_the_results_that_are_there() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, definitions) = (dir.path().join("data"), definitions(&dir.path().join("probes.d")));
    let start = sealed(&data).await;
    let before = views(&data, start);
    assert!(
        uptime(&before[0]).iter().any(|(_, ratio, _)| (900_000..999_000).contains(ratio)),
        "{:?}",
        uptime(&before[0])
    );
    assert!(repaired(&data, &definitions).is_nothing(), "nothing is missing");

    fs::remove_dir_all(data.join("blocks/hours")).expect("removed");
    fs::remove_dir_all(data.join("blocks/days")).expect("removed");
    let made = repaired(&data, &definitions);
    assert_eq!(made.components.len(), 2, "{made}");
    assert_same(&before, &views(&data, start));
    assert!(repaired(&data, &definitions).is_nothing(), "once is enough");
}

#[tokio::test]
async fn what_no_result_covers_stays_a_gap_and_what_is_there_stays_as_it_is() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, definitions) = (dir.path().join("data"), definitions(&dir.path().join("probes.d")));
    let start = sealed(&data).await;
    let text = start.to_string();
    // Of the first day neither results nor roll-ups are left; of the last one the roll-ups of one hour are.
    let day = data.join(format!("blocks/raw/{}", text[..10].replace('-', "/")));
    // Joined, or still an hour a file.
    let removed = [fs::remove_file(day.with_extension("blk")), fs::remove_dir_all(&day)];
    assert!(removed.iter().any(Result::is_ok), "{removed:?}");
    let kept = {
        let store = Offline::open(&data).expect("opens");
        let hour = start.plus(DAY * DAYS).minus(HOUR * 3);
        store.rollups(&id("cloud"), Unit::Hours, hour, hour.plus(HOUR)).expect("reads")
    };
    fs::remove_dir_all(data.join("blocks/hours")).expect("removed");
    fs::remove_dir_all(data.join("blocks/days")).expect("removed");
    let odd = vec![Ledger { body: kept[0].body.clone(), ..kept[0].clone() }];
    Offline::open(&data).expect("opens").seal(Unit::Hours, odd).expect("written");
    repaired(&data, &definitions);

    let store = Offline::open(&data).expect("opens");
    let hours = store.rolled_up(&id("cloud"), Unit::Hours, start.minus(DAY), start.plus(DAY * DAYS)).expect("reads");
    assert_eq!(hours.first(), Some(&start.plus(DAY)), "the day without results is not made up");
    let hour = kept[0].start;
    let after = store.rollups(&id("cloud"), Unit::Hours, hour, hour.plus(HOUR)).expect("reads");
    assert_eq!(after, kept, "what was there is as it was");
}
