//! Wakes calls that sled lets sleep for ever.
//!
//! It does not know what is called.
//!
//! When one of sled's writing threads fails behind `exit_reservation`, sled notes the error and wakes nobody: whoever waits for that
//! write waits for ever. Any other flush finds the error and wakes them all. So a thread looks twice a second, and when a call has
//! lasted from one look to the next, it flushes once.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::{Builder, JoinHandle},
    time::Duration,
};

/// The time between two looks.
const LOOK: Duration = Duration::from_millis(500);

/// The thread that looks; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Pulse {
    /// Counts beginnings and ends of calls: odd while there is one.
    calls: Arc<AtomicU64>,
    /// Nothing is ever sent; the thread sees when it is gone.
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    /// Starts to look after the calls of an open database.
    pub(super) fn start(db: sled::Db) -> std::io::Result<Self> {
        let calls = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = sync_channel(0);
        let seen = Arc::clone(&calls);
        let look = move || look_until(&stopped, &seen, &db);
        let thread = Builder::new().name("store pulse".to_owned()).spawn(look)?;
        Ok(Self { calls, stop: Some(stop), thread: Some(thread) })
    }

    /// Makes a call that is looked after; calls come one at a time.
    pub(super) fn over<T>(&self, call: impl FnOnce() -> T) -> T {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let result = call();
        self.calls.fetch_add(1, Ordering::Relaxed);
        result
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It catches the panics of what it calls.
            let _ = thread.join();
        }
    }
}

fn look_until(stopped: &Receiver<()>, calls: &AtomicU64, db: &sled::Db) {
    let mut before = 0;
    while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let now = calls.load(Ordering::Relaxed);
        if now == before && now % 2 == 1 {
            // The call that sleeps returns the error.
            let _ = catch_unwind(AssertUnwindSafe(|| db.flush()));
        }
        before = now;
    }
}
