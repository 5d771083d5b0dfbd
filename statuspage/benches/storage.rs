//! What storing costs: append, seal, query, bytes an observation, and the start with a long past.
//!
//! `cargo bench -p statuspage --bench storage -- [DIR]` works in DIR (a temporary directory unless given), prints one line a figure
//! and removes what it made; `-- past DIR COMPONENTS` makes a data directory with 90 days of roll-ups of so many components at three
//! locations and leaves it there, to start the product on. The load is realistic: log-normal phases, a start that jitters by some milliseconds, a certificate and
//! an address that hardly change, and now and then an outage of some minutes.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use jiff::tz::TimeZone;
use shared::{
    ComponentId, Failure, FailureKind, HttpFacts, HttpVersion, LocationName, Observation, ProbeId, Status, Timestamp,
    Timings, Verdict,
};
use statuspage::{
    history::{History, Unit},
    store::{Changes, Ledger, MAX_PAGE, ObservationQuery, Store, StoreHandle, StoreOptions},
};

/// A probe each half minute.
const EVERY: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
/// Results are sealed by slices of that length.
const SLICE: Duration = Duration::from_secs(600);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [mode, place, components] = arguments.as_slice()
        && mode == "past"
    {
        let components = components.parse().expect("a number of components");
        return runtime.block_on(past(Path::new(place), components));
    }
    let directory = arguments.first();
    let directory = directory.map_or_else(tempfile::tempdir, tempfile::tempdir_in).expect("a directory");
    runtime.block_on(hot(&directory.path().join("hot")));
    for (probes, days) in [(50, 3), (50, 7), (50, 14)] {
        let place = directory.path().join(format!("{probes}-{days}"));
        runtime.block_on(days_of(&place, probes, days));
    }
}

/// Roll-ups of 90 days of many components: one is lived through, the others are copies.
async fn past(place: &Path, components: u32) {
    let options =
        StoreOptions { patience: Duration::from_secs(600), rest: Duration::from_millis(20), ..StoreOptions::default() };
    let handle = Store::open(place, options).expect("opens").handle;
    let now = present();
    let begin = Timestamp::from_millis(now.minus(DAY * 90).as_millis() / 3_600_000 * 3_600_000);
    let (mut history, mut chance, began) = (History::new(TimeZone::UTC), Chance(7), Instant::now());
    let mut hour = begin;
    while hour < now {
        let mut at = hour;
        while at < hour.plus(HOUR).min(now) {
            for location in ["paris", "lyon", "brest"] {
                let location: LocationName = location.parse().expect("a name");
                history.observe(&Observation { location, ..observation(&mut chance, 7, at) }, at.plus(EVERY));
            }
            at = at.plus(EVERY);
        }
        history.spend(&"service-7".parse().expect("an id"), Status::Operational, begin, at);
        let mut changes = Changes::default();
        for row in history.dirty_rows() {
            let (Some(start), body) = (row.key.slot.start(), bytes::Bytes::from(row.bytes)) else { continue };
            let copies = (0..components).map(|number| Ledger {
                component: format!("service-{number}").parse().expect("an id"),
                start,
                body: body.clone(),
            });
            match row.key.slot.unit() {
                Unit::Hours => changes.hours.extend(copies),
                // Once, when it is over, and what there is of today.
                Unit::Days if start.plus(DAY) <= at || at >= now => changes.days.extend(copies),
                Unit::Days => {}
            }
        }
        handle.apply(changes).await;
        // As when time passes: the hour goes into its file before the next one comes.
        let (text, settled) = (hour.to_string(), now.minus(HOUR * 2));
        let (day, of_day) = (text[..10].replace('-', "/"), &text[11..13]);
        let files =
            [format!("{day}/{of_day}.blk"), format!("{day}.blk")].map(|file| place.join("blocks/hours").join(file));
        while hour < settled && !files.iter().any(|file| file.exists()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        hour = hour.plus(HOUR);
    }
    report("made in", &format!("{:.0} s", began.elapsed().as_secs_f64()));
    handle.close(Duration::from_secs(600)).await;
    let [database, blocks] = ["store", "blocks"].map(|name| size(&place.join(name)));
    report("on the disk", &format!("{blocks} bytes of block files, {database} bytes of database"));
}

/// From the start of a slice until it is looked at and sealed: so long results wait in the database at most.
fn longest_wait(options: &StoreOptions) -> Duration {
    SLICE + options.grace + StoreOptions::default().rest
}

/// What goes over every row of the database, with as many results in it as a large hub has before their hour is sealed: verifying,
/// a backup, a renewal. Meanwhile the store's thread does nothing else.
async fn hot(place: &Path) {
    const ROWS: u64 = 100_000;
    let options = StoreOptions { patience: Duration::from_secs(600), ..StoreOptions::default() };
    let handle = Store::open(place, options.clone()).expect("opens").handle;
    let (mut chance, now) = (Chance(3_141_592_653), present());
    // All of the present hour and of the one to come: nothing of it is settled.
    let hour = Timestamp::from_millis(now.as_millis() / 3_600_000 * 3_600_000);
    for batch in 0..ROWS / 500 {
        let at = |number: u64| hour.plus(Duration::from_millis((batch * 500 + number) * 36 % 3_600_000));
        let rows = (0..500).map(|number| Arc::new(observation(&mut chance, number as u32, at(number)))).collect();
        handle.append(rows).await;
    }
    let rows = handle.unsealed().await.unwrap_or_default();
    let ms = |took: Duration| format!("{:.0} ms for {rows} results", took.as_secs_f64() * 1e3);
    let began = Instant::now();
    let mut audit = handle.audit().await.expect("looks");
    report("verify: the rows", &ms(began.elapsed()));
    while audit.step() {}
    assert!(audit.finish().is_sound());
    let began = Instant::now();
    let point = handle.backup().await.expect("copied");
    report("backup: the rows", &ms(began.elapsed()));
    drop(point);
    handle.close(Duration::from_secs(600)).await;
    let began = Instant::now();
    let handle = Store::open(place, options.clone()).expect("opens").handle;
    report("open after a clean end", &ms(began.elapsed()));
    handle.close(Duration::from_secs(600)).await;
    // What a kill leaves, whose files are written anew.
    std::fs::remove_file(place.join("store.clean")).expect("it ended cleanly");
    let began = Instant::now();
    let handle = Store::open(place, options.clone()).expect("opens").handle;
    report("open after a kill", &ms(began.elapsed()));
    handle.close(Duration::from_secs(600)).await;
    // One result of some hours ago is sealed, and the database renewed without it.
    let rest = Duration::from_millis(1);
    let handle = Store::open(place, StoreOptions { rest, ..options }).expect("opens").handle;
    handle.append(vec![Arc::new(observation(&mut chance, 7, hour.minus(HOUR * 3)))]).await;
    let began = Instant::now();
    while handle.unsealed().await.is_ok_and(|unsealed| unsealed > rows) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    report("renewal: seal one result, copy the rows, reopen", &ms(began.elapsed()));
    handle.close(Duration::from_secs(600)).await;
}

/// Stores some days of some probes slice by slice, and looks at what became of them: at the worst moment, when the oldest slice is
/// about to be sealed, and when everything is.
async fn days_of(place: &Path, probes: u32, days: u32) {
    let (rest, pause) = (Duration::from_millis(20), Duration::ZERO);
    let options = StoreOptions { patience: Duration::from_secs(600), rest, pause, ..StoreOptions::default() };
    let wait = longest_wait(&options);
    let handle = Store::open(place, options.clone()).expect("opens").handle;
    // The last results lie a little ahead: the slice of the present is never over.
    let worst = || Timestamp::from_millis(present().minus(options.grace).as_millis() / 600_000 * 600_000).plus(wait);
    let (begin, mut chance) = (present().minus(DAY * days), Chance(88_172_645_463_325_252));
    let (mut stored, mut appending, mut sealing) = (0_u64, Duration::ZERO, Duration::ZERO);
    // Two rounds more: the last one of a slice reaches into the next.
    let waiting = u64::from(probes) * (wait.as_secs() / EVERY.as_secs() + 2);
    let mut round = begin;
    while round < worst() {
        let began = Instant::now();
        let until = round.plus(SLICE).min(worst());
        while round < until {
            let batch: Vec<_> = (0..probes).map(|probe| Arc::new(observation(&mut chance, probe, round))).collect();
            stored += batch.len() as u64;
            handle.append(batch).await;
            round = round.plus(EVERY);
        }
        appending += began.elapsed();
        // As when time passes: no more waits in the database than can.
        let began = Instant::now();
        while handle.unsealed().await.is_ok_and(|unsealed| unsealed > waiting) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sealing += began.elapsed();
    }
    let a_second = |took: Duration| format!("{:.0} observations/s", stored as f64 / took.as_secs_f64());
    report(&format!("append: batches of {probes}, each synced"), &a_second(appending));
    report("seal, join and clear, waited for", &a_second(sealing));
    handle.close(Duration::from_secs(600)).await;
    // Without the haste, as the product has it.
    let began = Instant::now();
    let handle = Store::open(place, StoreOptions::default()).expect("opens").handle;
    report("open", &format!("{:.0} ms", began.elapsed().as_secs_f64() * 1e3));
    query(&handle, present(), days).await;
    let unsealed = handle.unsealed().await.unwrap_or_default();
    handle.close(Duration::from_secs(60)).await;
    let what = format!("{probes} probes, {days} days, {stored} observations");
    report(&what, &space(place, stored, unsealed));
}

fn space(place: &Path, stored: u64, unsealed: u64) -> String {
    let [database, blocks] = ["store", "blocks"].map(|name| size(&place.join(name)));
    let all = (database + blocks) as f64 / stored as f64;
    let sealed = blocks as f64 / (stored - unsealed) as f64;
    format!("{all:.2} bytes each all in ({sealed:.2} sealed, {unsealed} in the database of {database} bytes)")
}

/// Reads a page of the newest, a page of some days ago, and everything of a component.
async fn query(handle: &StoreHandle, now: Timestamp, days: u32) {
    let component: ComponentId = "service-7".parse().expect("an id");
    let newest = ObservationQuery { from: None, limit: 100, ..ObservationQuery::since(component.clone(), now) };
    let ago =
        ObservationQuery { limit: 100, ..ObservationQuery::since(component.clone(), now.minus(DAY * (days - 1))) };
    for (what, query) in [("the newest 100", newest), ("100 of some days ago", ago)] {
        let began = Instant::now();
        let page = handle.observations(query).await.expect("answers");
        assert_eq!(page.observations.len(), 100);
        report(&format!("query: {what}"), &format!("{:.2} ms", began.elapsed().as_secs_f64() * 1e3));
    }
    let began = Instant::now();
    let mut query = ObservationQuery { limit: MAX_PAGE, ..ObservationQuery::since(component, Timestamp::default()) };
    let mut read = 0;
    loop {
        let page = handle.observations(query.clone()).await.expect("answers");
        read += page.observations.len();
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    report("query: all of a component", &format!("{:.0} observations/s", read as f64 / began.elapsed().as_secs_f64()));
}

fn report(what: &str, figure: &str) {
    println!("{what:<50} {figure}");
}

fn present() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    Timestamp::from_millis(i64::try_from(since.as_millis()).expect("before the year 292 million"))
}

/// Bytes that a directory takes on the disk.
fn size(directory: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => metadata.blocks() * 512 + size(&entry.path()),
        Ok(metadata) => metadata.blocks() * 512,
        Err(_) => 0,
    };
    entries.map(of).sum()
}

/// A xorshift generator: the same load each time.
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A log-normal duration.
    fn duration(&mut self, median_micros: f64, sigma: f64) -> Duration {
        let normal = (-2.0 * self.uniform().max(1e-12).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos();
        Duration::from_micros((median_micros * (sigma * normal).exp()) as u64)
    }
}

fn observation(chance: &mut Chance, probe: u32, round: Timestamp) -> Observation {
    // Each probe has its own place in the round, and is answered by a server at its own distance.
    let offset = Duration::from_millis(u64::from(probe) * 577 % 30_000 + (chance.uniform() * 3.0) as u64);
    let far = 1.0 + f64::from(probe % 7) / 3.0;
    // About four minutes out of a day something answers 502.
    let outage = (round.as_millis() / 240_000 + i64::from(probe) * 37) % 360 == 0;
    let timings = Timings {
        resolve: Some(chance.duration(900.0, 0.5)),
        connect: Some(chance.duration(18_000.0 * far, 0.05)),
        tls: Some(chance.duration(30_000.0 * far, 0.08)),
        processing: Some(chance.duration(85_000.0, 0.35)),
        transfer: Some(chance.duration(1_500.0, 0.5)),
    };
    let phases: Duration = timings.phases().into_iter().filter_map(|(_, phase)| phase).sum();
    let location: LocationName = "local".parse().expect("a name");
    Observation {
        probe: ProbeId {
            component: format!("service-{probe}").parse().expect("an id"),
            name: "http".parse().expect("a name"),
        },
        location,
        started_at: round.plus(offset),
        verdict: if outage { Verdict::Fail } else { Verdict::Pass },
        failure: outage.then(|| Failure::new(FailureKind::HttpStatus, "502 Bad Gateway")),
        timings,
        duration: phases + chance.duration(150.0, 0.3),
        http: Some(HttpFacts {
            status: if outage { 502 } else { 200 },
            version: HttpVersion::Http2,
            redirects: vec![],
        }),
        certificate_expires_at: Some(Timestamp::from_millis(1_800_000_000_000)),
        confirmation: false,
        address: Some([203, 0, 113, (probe % 200) as u8].into()),
    }
}
