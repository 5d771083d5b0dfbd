//! The store from outside: what it promises, on real directories.

mod care;
mod chance;
mod clock;
mod crash;
mod damage;
mod history;
mod load;
mod migration;
mod opening;
mod power;
mod preload;
mod retention;
mod seal;
mod slices;
mod space;

use std::{path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use shared::{ComponentId, Failure, FailureKind, Observation, Timestamp, Timings, Verdict};

use super::{
    Durability, ObservationQuery, Opened, Store, StoreEvent, StoreEvents, StoreHandle, StoreOptions, StoreState,
    database::Files, directory::Directory, restore, shelf::Shelf,
};

/// As the product has it, but quick to try again, content with little space, and nothing is sealed.
fn options() -> StoreOptions {
    let never = Duration::from_secs(100 * 365 * 86_400);
    StoreOptions {
        reserve: 1 << 20,
        disk_reserve: 0,
        backoff: Duration::from_millis(10),
        grace: never,
        pause: Duration::ZERO,
        ..StoreOptions::default()
    }
}

fn open(dir: &Path) -> Opened {
    Store::open(dir, options()).expect("opens")
}

async fn close(handle: StoreHandle) {
    assert_eq!(handle.close(Duration::from_secs(30)).await, Durability::Synced);
}

fn id(text: &str) -> ComponentId {
    text.parse().expect("an id")
}

/// Some hours ago, so that retention leaves it alone; whole seconds.
fn base() -> Timestamp {
    let hours_ago = crate::clock::now().minus(Duration::from_secs(6 * 3_600)).as_millis();
    Timestamp::from_millis(hours_ago - hours_ago % 1_000)
}

/// One observation of `cloud/login`; every tenth failed.
fn observation(start: Timestamp, second: u64) -> Arc<Observation> {
    let failed = second % 10 == 9;
    Arc::new(Observation {
        probe: "cloud/login".parse().expect("an id"),
        location: "local".parse().expect("a name"),
        started_at: start.plus(Duration::from_secs(second)),
        verdict: if failed { Verdict::Fail } else { Verdict::Pass },
        failure: failed.then(|| Failure::new(FailureKind::HttpStatus, "502 Bad Gateway")),
        timings: Timings { connect: Some(Duration::from_micros(1_234)), ..Timings::default() },
        duration: Duration::from_millis(second + 1),
        http: None,
        certificate_expires_at: None,
        confirmation: false,
        address: Some([203, 0, 113, 7].into()),
    })
}

fn observations(start: Timestamp, seconds: std::ops::Range<u64>) -> Vec<Arc<Observation>> {
    seconds.map(|second| observation(start, second)).collect()
}

fn everything() -> ObservationQuery {
    ObservationQuery::since(id("cloud"), Timestamp::from_millis(0))
}

/// All observations of `cloud`, page by page.
async fn read_all(handle: &StoreHandle) -> Vec<Arc<Observation>> {
    let (mut query, mut all) = (everything(), Vec::new());
    loop {
        let page = handle.observations(query.clone()).await.expect("answers");
        all.extend(page.observations);
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return all,
        }
    }
}

/// Waits for an event that `wanted` accepts.
async fn event<T>(events: &mut StoreEvents, mut wanted: impl FnMut(StoreEvent) -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = wanted(events.recv().await.expect("the store lives")) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), search).await.expect("the event comes")
}

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

/// How many times the usual effort is wanted.
fn scale() -> u64 {
    std::env::var("BELFRY_TEST_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1)
}

/// This test binary again, running only `test`, which finds `directory` in its environment.
fn child(test: &str, directory: &Path) -> (std::path::PathBuf, Vec<String>, [(&'static str, std::path::PathBuf); 1]) {
    let binary = std::env::current_exe().expect("this binary");
    let arguments = ["--exact", test, "--nocapture"].map(str::to_owned).to_vec();
    (binary, arguments, [("BELFRY_STORE_CHILD", directory.to_owned())])
}

/// Where a child works; none in the test itself.
fn child_directory() -> Option<std::path::PathBuf> {
    std::env::var_os("BELFRY_STORE_CHILD").map(Into::into)
}

/// Has the clock of a closed store looked at, so that what it calls old goes at once.
fn believe_the_clock(dir: &Path) {
    let shelf = Shelf::open(&Directory::acquire(dir).expect("ours"), Files::AsTheyAre).expect("opens");
    super::clock::believe(&shelf, crate::clock::now());
}
