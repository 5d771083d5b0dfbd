//! Measures what the past of many components costs: bytes on disk, time to take it back, memory, and time for a view.
//!
//! `cargo run --release -p statuspage --no-default-features --features ssr --example history` asks for 1,000 components with
//! one probe each, 3 locations, 90 days and a result every 30 s; another number of components may be given. A dozen are lived
//! through, the others are copies of them. What is measured runs in a process of its own, which only knows the files.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::{ComponentId, Failure, FailureKind, Observation, Status, Timestamp, Timings, Verdict};
use statuspage::{
    history::{self, History, HistoryRow, RowKey, Slot, Unit},
    snapshot::HistoryView,
};

const LIVED: usize = 12;
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const EVERY: Duration = Duration::from_secs(30);
/// 2026-08-24T00:00:00Z.
const BEGIN: i64 = 1_787_529_600_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["measure", dir, components] => measure(Path::new(dir), components.parse()?),
        [] => prepare("1000"),
        [components] => prepare(components),
        _ => bail!("one argument at most: the number of components"),
    }
}

fn begin() -> Timestamp {
    Timestamp::from_millis(BEGIN)
}

/// The middle of the last hour.
fn end() -> Timestamp {
    begin().plus(DAY * 90).minus(HOUR / 2)
}

/// Numbers without a pattern, the same in each run.
struct Noise(u64);

impl Noise {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About the normal distribution: the sum of twelve.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// A service that is a little slower by day, sometimes answers from a cold cache, and fails twice in a thousand times.
fn result(component: &str, place: usize, at: Timestamp, noise: &mut Noise) -> Observation {
    let hour = (at.as_millis() / 3_600_000 % 24) as f64;
    let daily = 1.0 + 0.2 * ((hour - 4.0) / 24.0 * std::f64::consts::TAU).sin();
    let usual = [0.045, 0.120, 0.210][place] * daily * (0.25 * noise.bell()).exp();
    let seconds = if noise.next() < 0.005 { usual + 1.0 + noise.next() } else { usual };
    let verdict = if noise.next() < 0.002 { Verdict::Fail } else { Verdict::Pass };
    let failure = (verdict == Verdict::Fail).then(|| Failure::new(FailureKind::HttpStatus, "503 Service Unavailable"));
    Observation {
        probe: format!("{component}/login").parse().expect("an id"),
        location: ["paris", "lyon", "brest"][place].parse().expect("a name"),
        started_at: at,
        verdict,
        failure,
        timings: Timings::default(),
        duration: Duration::from_secs_f64(seconds),
        http: None,
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    }
}

/// All rows of one component that lived through everything.
fn live(number: usize) -> Vec<HistoryRow> {
    let (mut history, mut rows, mut noise) =
        (History::new(TimeZone::UTC), BTreeMap::new(), Noise(number as u64 * 7_919 + 1));
    let id: ComponentId = "cloud".parse().expect("an id");
    let mut at = begin();
    while at < end() {
        for place in 0..3 {
            let at = at.plus(Duration::from_millis(7 * place as u64 + (noise.next() * 400.0) as u64));
            history.observe(&result("cloud", place, at, &mut noise), at);
        }
        let until = at.plus(EVERY);
        if until.as_millis() % 3_600_000 == 0 || until >= end() {
            let status = if noise.next() < 0.01 { Status::PartialOutage } else { Status::Operational };
            history.spend(&id, status, begin(), until);
            rows.extend(history.dirty_rows().into_iter().map(|row| (row.key.slot, row)));
        }
        at = until;
    }
    rows.into_values().collect()
}

/// Frames as they lie in block files: hours by the day, days by the month; the newest two of each stay rows, as in the database.
#[derive(Default, Serialize, Deserialize)]
struct Frames {
    hours: Vec<Vec<u8>>,
    days: Vec<Vec<u8>>,
    hot_hours: Vec<(Timestamp, Vec<u8>)>,
    hot_days: Vec<(Timestamp, Vec<u8>)>,
}

type Rows = Vec<(Timestamp, Bytes)>;

fn starts(rows: &[HistoryRow], unit: Unit) -> Rows {
    let of_unit = rows.iter().filter(|row| row.key.slot.unit() == unit);
    of_unit.filter_map(|row| Some((row.key.slot.start()?, Bytes::copy_from_slice(&row.bytes)))).collect()
}

fn frames(rows: &[HistoryRow]) -> Frames {
    let (mut hours, mut days) = (starts(rows, Unit::Hours), starts(rows, Unit::Days));
    let hot = |rows: &mut Rows| {
        let newest = rows.split_off(rows.len() - 2).into_iter();
        newest.map(|(start, row)| (start, row.to_vec())).collect()
    };
    let (hot_hours, hot_days) = (hot(&mut hours), hot(&mut days));
    // A start asks for the hours of the last eight days and what of today is sealed.
    hours.retain(|(start, _)| *start >= end().minus(DAY * 9));
    let day = |(start, _): &(Timestamp, Bytes)| start.as_millis() / 86_400_000;
    let hours = hours.chunk_by(|one, next| day(one) == day(next)).map(history::pack).collect();
    Frames { hours, days: days.chunks(31).map(history::pack).collect(), hot_hours, hot_days }
}

fn prepare(components: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut sizes = Sizes::default();
    for number in 0..LIVED {
        let rows = live(number);
        sizes.add(&rows);
        std::fs::write(dir.path().join(number.to_string()), serde_json::to_vec(&frames(&rows))?)?;
    }
    sizes.print();
    let measured = Command::new(std::env::current_exe()?).arg("measure").arg(dir.path()).arg(components).status()?;
    if measured.success() { Ok(()) } else { bail!("the measuring process failed") }
}

/// Bytes of a row in each form, added up.
#[derive(Default)]
struct Sizes {
    rows: BTreeMap<&'static str, (usize, usize)>,
}

impl Sizes {
    fn add(&mut self, rows: &[HistoryRow]) {
        let mut note = |form, bytes: usize, rows: usize| {
            let sum = self.rows.entry(form).or_default();
            (sum.0, sum.1) = (sum.0 + bytes, sum.1 + rows);
        };
        for (unit, alone, leaf, joined, many) in [
            (Unit::Hours, "hour, a row in the database", "hour, a frame of 1", "hour, a frame of 24", 24),
            (Unit::Days, "day, a row in the database", "day, a frame of 1", "day, a frame of 31", 31),
        ] {
            let rows = starts(rows, unit);
            for (start, row) in &rows {
                note(alone, row.len(), 1);
                note(leaf, history::pack(&[(*start, row.clone())]).len(), 1);
            }
            for rows in rows.chunks_exact(many) {
                note(joined, history::pack(rows).len(), rows.len());
            }
        }
    }

    fn print(&self) {
        for (form, (bytes, rows)) in &self.rows {
            println!("{form}: {:.0} bytes a roll-up", *bytes as f64 / *rows as f64);
        }
    }
}

fn read(dir: &Path) -> Result<Vec<Frames>> {
    (0..LIVED).map(|number| Ok(serde_json::from_slice(&std::fs::read(dir.join(number.to_string()))?)?)).collect()
}

fn hot_rows(id: &ComponentId, frames: &Frames) -> Vec<HistoryRow> {
    let hours = frames.hot_hours.iter().map(|row| (Unit::Hours, row));
    let all = hours.chain(frames.hot_days.iter().map(|row| (Unit::Days, row)));
    let row = |(unit, (start, row)): (Unit, &(Timestamp, Vec<u8>))| {
        let key = RowKey { component: id.clone(), slot: Slot::new(unit, *start)? };
        Some(HistoryRow { key, bytes: row.as_slice().into() })
    };
    all.filter_map(row).collect()
}

fn measure(dir: &Path, components: usize) -> Result<()> {
    let frames = read(dir)?;
    let ids: Vec<ComponentId> =
        (0..components).map(|number| format!("c{number}").parse()).collect::<Result<_, _>>().ok().context("ids")?;
    let of = |number: usize| &frames[number % LIVED];
    let before = resident()?;
    let began = Instant::now();
    let mut history = History::new(TimeZone::UTC);
    for (number, id) in ids.iter().enumerate() {
        of(number).hours.iter().try_for_each(|frame| history.restore_packed(id, Unit::Hours, frame))?;
        of(number).days.iter().try_for_each(|frame| history.restore_packed(id, Unit::Days, frame))?;
    }
    let rows = ids.iter().enumerate().flat_map(|(number, id)| hot_rows(id, of(number)));
    let unreadable = history.restore(rows).len();
    println!("{components} components taken back in {:?}, {unreadable} rows unreadable", began.elapsed());
    count(&mut history, &ids);
    let after = resident()?;
    println!("history: {:.1} MB", megabytes(after - before));
    let began = Instant::now();
    let views: Vec<Arc<HistoryView>> = ids.iter().map(|id| Arc::new(history.view(id, end()))).collect();
    println!("a view in {:?}", began.elapsed() / u32::try_from(components)?);
    println!("views: {:.1} MB, of {} days each", megabytes(resident()? - after), views[0].days.len());
    minute(&mut history, &ids);
    println!("all of it after a minute: {:.1} MB", megabytes(resident()? - before));
    run_on(&mut history, &ids);
    println!("all of it after a day more: {:.1} MB", megabytes(resident()? - before));
    drop(views);
    Ok(())
}

/// A day goes on, with a result a component, location and hour; what was kept longest is let go.
fn run_on(history: &mut History, ids: &[ComponentId]) {
    let mut noise = Noise(11);
    for at in (1..=26).map(|hour| end().plus(HOUR * hour)) {
        for id in ids {
            for place in 0..3 {
                history.observe(&result(id.as_str(), place, at, &mut noise), at);
            }
            history.spend(id, Status::Operational, begin(), at);
        }
        history.dirty_rows();
    }
}

/// Opens the newest two hours and days of each component by counting results in them, as a running hub has them.
fn count(history: &mut History, ids: &[ComponentId]) {
    let mut noise = Noise(5);
    let mut results = 0_u32;
    let mut spent = Duration::ZERO;
    for id in ids {
        for ago in [DAY, HOUR, EVERY] {
            for place in 0..3 {
                let result = result(id.as_str(), place, end().minus(ago), &mut noise);
                let began = Instant::now();
                history.observe(&result, end());
                spent += began.elapsed();
                results += 1;
            }
        }
    }
    println!("a result counted in {:?}", spent / results);
}

/// What a checkpoint does each minute.
fn minute(history: &mut History, ids: &[ComponentId]) {
    let began = Instant::now();
    ids.iter().for_each(|id| history.spend(id, Status::Operational, begin(), end()));
    let rows = history.dirty_rows();
    println!("a checkpoint of {} rows in {:?}", rows.len(), began.elapsed());
}

/// Memory of this process.
fn resident() -> Result<i64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<i64>()? * 1_024)
}

fn megabytes(bytes: i64) -> f64 {
    bytes as f64 / 1e6
}
