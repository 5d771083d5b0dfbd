//! The store's thread: writes what waits, answers questions, opens the database again when it failed, and tidies up.
//!
//! It does not know what the rows mean. It is an OS thread because the database blocks; it is the only one that touches it.

mod opening;
mod telling;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, SendError},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::{
    mpsc::{Sender, channel},
    watch,
};

use self::{
    opening::{Found, Opening},
    telling::Telling,
};
use super::{
    OpenError, Opened, Restored, StoreError, StoreEvent, StoreFault, StoreHandle, StoreOptions,
    database::Broken,
    directory::{Directory, Trouble},
    handle::Closed,
    holdings::Holdings,
    queue::{Adoption, BATCH, Condition, Progress, Queue},
    seal::{SealError, Step},
    upkeep::Upkeep,
};

/// How long the thread sleeps at most: upkeep, free space and events are looked at that often.
const TICK: Duration = Duration::from_secs(1);
/// A database that takes longer to open than that is treated as late.
const OPENING: Duration = Duration::from_secs(60);
/// Failures in a row after which there is no store, for the time being.
const TRIES: u32 = 3;
/// How often sizes are measured.
const MEASURE: Duration = Duration::from_secs(30);

/// What the first opening came to.
type First = Result<Restored, OpenError>;

/// Opens the store of `dir` on a thread of its own and waits for what was in it.
pub(super) fn start(dir: &Path, options: StoreOptions) -> Result<Opened, OpenError> {
    let queue = Arc::new(Queue::new(options.pending_observations));
    let (event_sender, events) = channel(64);
    let (closed_sender, closed) = watch::channel(Closed::NotYet);
    let (first_sender, first) = mpsc::sync_channel(1);
    let patience = options.patience;
    let mut writer = Writer::new(dir.to_owned(), options, Arc::clone(&queue), event_sender);
    let thread = thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || {
            if catch_unwind(AssertUnwindSafe(|| writer.run(&first_sender))).is_err() {
                tracing::error!("the store's thread panicked: results wait in memory until a restart");
                writer.queue.set_condition(Condition::Absent);
            }
            // After a panic nobody writes any more: silence says so. After an orderly end there is nothing to expect.
            if writer.queue.is_closing() {
                writer.queue.pulse().rest();
            }
            drop(writer);
            closed_sender.send_replace(Closed::Done);
        })
        .map_err(OpenError::Thread)?;
    let handle = StoreHandle::new(dir.to_owned(), queue, patience, closed, thread);
    let restored = match first.recv_timeout(OPENING) {
        Ok(restored) => restored?,
        Err(RecvTimeoutError::Timeout) => {
            let fault = StoreFault::Failing(format!("opening it takes longer than {} s", OPENING.as_secs()));
            Restored { faults: vec![fault], ..Restored::default() }
        }
        Err(RecvTimeoutError::Disconnected) => {
            Restored { faults: vec![StoreFault::Failing("its thread ended".to_owned())], ..Restored::default() }
        }
    };
    Ok(Opened { handle, restored, events })
}

/// Room on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// As much as is wanted.
    Enough,
    /// Less.
    Low,
}

struct Writer {
    path: PathBuf,
    options: StoreOptions,
    queue: Arc<Queue>,
    telling: Telling,
    /// In this order, so that the database is closed before the lock is released.
    holdings: Option<Holdings>,
    directory: Option<Directory>,
    upkeep: Upkeep,
    /// Whether upkeep has more to do at once.
    busy: bool,
    /// What was last said of the room on the disk.
    room: Option<Room>,
    /// Whether the hub has seen what the database holds.
    hub_knows: bool,
    /// Failures in a row, with no batch written in between.
    failures: u32,
    /// The same, of those that looked like damage.
    damages: u32,
    /// Attempts to open in a row that failed.
    failed_openings: u32,
    next_try: Instant,
    next_measure: Instant,
}

impl Writer {
    fn new(path: PathBuf, options: StoreOptions, queue: Arc<Queue>, events: Sender<StoreEvent>) -> Self {
        let now = Instant::now();
        Self {
            path,
            upkeep: Upkeep::new(&options),
            busy: false,
            room: None,
            options,
            queue,
            telling: Telling::new(events),
            holdings: None,
            directory: None,
            hub_knows: false,
            failures: 0,
            damages: 0,
            failed_openings: 0,
            next_try: now,
            next_measure: now,
        }
    }

    fn run(&mut self, first: &mpsc::SyncSender<First>) {
        if !self.open_first(first) {
            return;
        }
        loop {
            self.queue.wait(self.longest_sleep());
            let closing = self.queue.is_closing();
            if self.holdings.is_none() && (closing || Instant::now() >= self.next_try) {
                self.reopen();
            }
            self.write_all();
            self.answer_all();
            if closing {
                return self.close();
            }
            self.tidy();
            self.telling.send();
        }
    }

    /// Ends cleanly, when there is a database and the disk works.
    fn close(&mut self) {
        let (Some(mut holdings), Some(directory)) = (self.holdings.take(), &self.directory) else { return };
        match holdings.shelf.finish() {
            Ok(()) => {
                if let Err(trouble) = directory.leave_clean_end() {
                    tracing::warn!(?trouble, "the end of the store could not be noted: the next start takes longer");
                }
            }
            Err(broken) => tracing::error!(reason = broken.reason(), "the store failed in the end"),
        }
    }

    fn longest_sleep(&self) -> Duration {
        match self.holdings {
            Some(_) if self.busy => Duration::ZERO,
            Some(_) => TICK,
            None => self.next_try.saturating_duration_since(Instant::now()).min(TICK),
        }
    }

    /// False when the operator must decide.
    fn open_first(&mut self, first: &mpsc::SyncSender<First>) -> bool {
        match self.open(Opening::WithContents) {
            Ok(found) => {
                let restored = self.opened(found);
                if let Err(SendError(Ok(restored))) = first.send(Ok(restored)) {
                    self.opened_late(restored);
                }
                self.hub_knows = true;
                true
            }
            Err(Trouble::Refused(error)) => {
                // Nobody waits any more when it took too long; the log has it then.
                tracing::error!(%error, "the store cannot be opened");
                let _ = first.send(Err(error));
                false
            }
            Err(Trouble::Fault(fault)) => {
                tracing::error!(%fault, "there is no store for now");
                self.queue.set_condition(Condition::Absent);
                self.failures = TRIES;
                self.failed_openings = 1;
                self.retry_later();
                self.telling.note(&fault);
                let _ = first.send(Ok(Restored { faults: vec![fault], ..Restored::default() }));
                true
            }
        }
    }

    /// Takes a database into use and gives what was in it.
    fn opened(&mut self, found: Found) -> Restored {
        self.queue.set_condition(Condition::Open);
        self.queue.count(|counters| counters.corrupt_rows += found.corrupt_rows);
        self.upkeep.reset();
        Restored { faults: found.faults, ..found.restored }
    }

    fn opened_late(&mut self, restored: Restored) {
        if !restored.is_empty() {
            self.queue.set_adoption(Adoption::Awaited);
        }
        self.telling.event(StoreEvent::OpenedLate(Box::new(restored)));
    }

    fn reopen(&mut self) {
        let how = if self.hub_knows { Opening::Again } else { Opening::WithContents };
        match self.open(how) {
            Ok(found) => {
                tracing::info!("the store is open again");
                let is_behind = found.is_behind;
                let restored = self.opened(found);
                for fault in &restored.faults {
                    self.telling.fault(fault.clone());
                }
                if self.hub_knows && is_behind {
                    self.telling.event(StoreEvent::Replaced);
                } else if !self.hub_knows {
                    self.opened_late(restored);
                    self.hub_knows = true;
                }
            }
            Err(trouble) => {
                self.failed_openings = self.failed_openings.saturating_add(1);
                self.failed(match trouble {
                    Trouble::Refused(error) => StoreFault::Failing(error.to_string()),
                    Trouble::Fault(fault) => fault,
                });
            }
        }
    }

    /// Closes a database that failed and sees to it that it is opened again.
    fn broke(&mut self, broken: &Broken) {
        match broken {
            Broken::Damaged(_) => self.damages += 1,
            Broken::Unreadable(_) | Broken::Failing(_) => {}
        }
        self.holdings = None;
        self.queue.count(|counters| counters.failures += 1);
        self.failed(StoreFault::Failing(broken.reason().to_owned()));
    }

    fn failed(&mut self, fault: StoreFault) {
        self.failures = self.failures.saturating_add(1);
        tracing::warn!(%fault, failures = self.failures, "the store failed");
        if self.failures >= TRIES {
            self.queue.set_condition(Condition::Absent);
            self.telling.fault(fault);
        } else {
            self.queue.set_condition(Condition::Retrying);
        }
        self.retry_later();
    }

    fn retry_later(&mut self) {
        let factor = 1 << self.failures.saturating_sub(1).min(6);
        self.next_try = Instant::now() + self.options.backoff * factor;
    }

    fn write_all(&mut self) {
        loop {
            let work = self.queue.work(BATCH);
            if work.is_empty() || self.holdings.is_none() || !self.has_space() {
                return;
            }
            let Some(Holdings { shelf, .. }) = &self.holdings else { return };
            let began = Instant::now();
            if let Err(broken) = shelf.commit(&work) {
                return self.broke(&broken);
            }
            self.upkeep.written(&work);
            self.failures = 0;
            self.damages = 0;
            match self.queue.written(&work, began.elapsed()) {
                Progress::CaughtUp => self.telling.caught_up(),
                Progress::MoreWaits => self.answer_all(),
            }
        }
    }

    /// Whether there is room to write; without it, reading goes on and writing waits.
    fn has_space(&mut self) -> bool {
        let Some(directory) = &self.directory else { return false };
        match directory.require_space(self.options.reserve) {
            Ok(free) => {
                self.queue.count(|counters| counters.bytes_free = free);
                self.queue.set_condition(Condition::Open);
                true
            }
            Err(Trouble::Fault(fault)) => {
                self.queue.set_condition(Condition::Paused);
                self.telling.fault(fault);
                false
            }
            Err(Trouble::Refused(error)) => {
                self.queue.set_condition(Condition::Paused);
                self.telling.fault(StoreFault::Failing(error.to_string()));
                false
            }
        }
    }

    fn answer_all(&mut self) {
        for question in self.queue.questions() {
            if let Err(broken) = question(self.holdings.as_mut().ok_or(StoreError::Absent)) {
                self.broke(&broken);
            }
        }
        self.bury();
        self.heal();
    }

    /// Sets damaged frames of block files aside and says so.
    fn heal(&mut self) {
        let Some(holdings) = &mut self.holdings else { return };
        let (damages, healed) = holdings.heal();
        for damage in damages {
            self.queue.count(|counters| counters.damaged_frames += 1);
            self.telling.fault(StoreFault::DamagedBlock(damage));
        }
        if let Err(error) = healed {
            self.not_sealed(error);
        }
    }

    /// Moves damaged rows out of the way and says so.
    fn bury(&mut self) {
        let Some(Holdings { shelf, .. }) = &self.holdings else { return };
        match shelf.bury() {
            Ok(0) => {}
            Ok(rows) => {
                self.queue.count(|counters| counters.corrupt_rows += rows);
                self.telling.fault(StoreFault::CorruptRows { rows });
            }
            Err(broken) => self.broke(&broken),
        }
    }

    fn tidy(&mut self) {
        self.busy = false;
        self.watch_room();
        self.telling.dropped(self.queue.counters().dropped_observations);
        // What cannot be written now must not be removed now either: removing takes space at first.
        if self.holdings.is_none() || !self.has_space() {
            return;
        }
        let (Some(holdings), Some(directory)) = (&mut self.holdings, &self.directory) else { return };
        match self.upkeep.step(holdings, directory, &self.queue, crate::clock::now()) {
            Ok(done) => {
                self.busy = done.step == Step::Goes;
                self.queue.count(|counters| counters.pruned_observations += done.removed);
            }
            Err(error) => return self.not_sealed(error),
        }
        self.bury();
        self.heal();
        self.measure();
    }

    fn not_sealed(&mut self, error: SealError) {
        match error {
            SealError::Database(broken) => self.broke(&broken),
            SealError::Block(_) | SealError::File(_) => self.telling.fault(StoreFault::NotSealed(error.to_string())),
        }
    }

    /// Says when there is less room than is wanted, and when there is enough again; the first look after a start says either, since
    /// the last process may have left it open.
    fn watch_room(&mut self) {
        let Some(directory) = &self.directory else { return };
        let Ok(free) = directory.require_space(0) else { return };
        let reserve = self.options.disk_reserve;
        let enough = match self.room {
            // Not at every byte that comes and goes.
            Some(Room::Low) => reserve.saturating_add(reserve / 20),
            Some(Room::Enough) | None => reserve,
        };
        let room = if free < enough { Room::Low } else { Room::Enough };
        if self.room == Some(room) {
            return;
        }
        self.room = Some(room);
        match room {
            Room::Low => self.telling.fault(StoreFault::LowSpace { dir: self.path.clone(), free, reserve }),
            Room::Enough => self.telling.event(StoreEvent::RoomAgain),
        }
    }

    fn measure(&mut self) {
        let Some(Holdings { shelf, blocks }) = self.holdings.as_ref().filter(|_| Instant::now() >= self.next_measure)
        else {
            return;
        };
        self.next_measure = Instant::now() + MEASURE;
        match shelf.size() {
            Ok(size) => self.queue.count(|counters| {
                (counters.bytes_on_disk, counters.block_bytes) = (size, blocks.bytes());
            }),
            Err(broken) => self.broke(&broken),
        }
    }
}
