//! An hour that is sealed in slices, by a clock that the test sets.

use std::time::Duration;

use shared::Timestamp;

use super::{
    super::{
        blocks::Blocks,
        database::Files,
        directory::Directory,
        holdings::Holdings,
        key, query,
        queue::{Queue, Row, Work},
        record,
        seal::{Sealer, Step},
        shelf::Shelf,
    },
    Observation, everything, observation,
};

const GRACE: Duration = Duration::from_secs(300);

/// A store without its thread.
struct Store {
    sealer: Sealer,
    holdings: Holdings,
    directory: Directory,
    queue: Queue,
    _place: tempfile::TempDir,
}

impl Store {
    fn new(pause: Duration) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let directory = Directory::acquire(place.path()).expect("ours");
        let shelf = Shelf::open(&directory, Files::AsTheyAre).expect("opens");
        let blocks = Blocks::open(&directory.blocks(), &shelf).expect("opens");
        let holdings = Holdings { shelf, blocks };
        Self { sealer: Sealer::new(GRACE, pause), holdings, directory, queue: Queue::new(1_000), _place: place }
    }

    /// Writes the observations of some minutes of an hour.
    fn write(&self, minutes: std::ops::Range<u64>) {
        let row = |minute| {
            let row = of_minute(minute);
            let place = key::place(row.started_at, &row.probe.name, &row.location);
            let key = key::observation(key::Kind::Observation, &row.probe.component, &place).into();
            Row { number: 0, key, body: record::encode(&row).into(), failure_key: None }
        };
        let work = Work { rows: minutes.map(row).collect(), changes: Vec::new() };
        self.holdings.shelf.commit(&work).expect("written");
        self.sealer.written(&work);
    }

    /// Seals what is settled in a minute of the hour.
    fn seal(&mut self, minute: u64) {
        let Self { sealer, holdings, directory, queue, .. } = self;
        while sealer.step(holdings, directory, queue, of_minute(minute).started_at).expect("sealed") == Step::Goes {}
    }

    /// How many rows wait in the database, and how many lie in files.
    fn there(&self) -> (u64, u64) {
        let hot = self.holdings.shelf.tallies().values().map(|tally| tally.present()).sum();
        (hot, self.holdings.blocks.listed().values().map(|listed| listed.rows).sum())
    }

    fn check(&self, written: u64, hot: u64, sealed: u64) {
        assert_eq!(self.there(), (hot, sealed));
        let page = query::answer(&self.holdings, &everything()).expect("answers");
        let expected: Vec<_> = (0..written).map(of_minute).collect();
        assert!(page.observations.iter().map(|row| (**row).clone()).eq(expected), "each is read once");
    }
}

fn of_minute(minute: u64) -> Observation {
    let hour: Timestamp = "2026-11-22T13:00:00Z".parse().expect("an instant");
    Observation { started_at: hour.plus(Duration::from_secs(minute * 60)), ..(*observation(hour, minute)).clone() }
}

#[test]
fn the_file_of_an_hour_grows_by_ten_minutes_at_a_time() {
    let mut store = Store::new(Duration::ZERO);
    for (minute, sealed) in [(9, 0), (14, 0), (15, 10), (24, 10), (25, 20), (64, 50), (65, 60), (66, 60), (75, 70)] {
        let before = store.there();
        store.write(before.0 + before.1..minute);
        store.seal(minute);
        store.check(minute, minute - sealed, sealed);
    }
}

#[test]
fn what_comes_late_for_a_slice_is_merged_into_the_file_of_its_hour() {
    let mut store = Store::new(Duration::ZERO);
    store.write(5..16);
    store.seal(16);
    assert_eq!(store.there(), (6, 5));
    store.write(0..8);
    store.check(16, 14, 5);
    store.seal(16);
    store.check(16, 6, 10);
}

#[test]
fn what_comes_late_waits_for_the_next_round() {
    let mut store = Store::new(Duration::from_secs(3_600));
    store.write(5..16);
    store.seal(16);
    store.write(0..5);
    store.seal(16);
    store.check(16, 11, 5);
}

#[test]
fn what_is_written_while_a_round_is_under_way_is_not_taken_for_sealed() {
    let mut store = Store::new(Duration::ZERO);
    store.write(5..16);
    let Store { sealer, holdings, directory, queue, .. } = &mut store;
    // The first step writes the file, the next one renews the database.
    let step = sealer.step(holdings, directory, queue, of_minute(16).started_at).expect("sealed");
    assert_eq!(step, Step::Goes);
    store.write(0..6);
    store.check(16, 17 - 1, 5);
    store.seal(16);
    store.check(16, 6, 10);
}
