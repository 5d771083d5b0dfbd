//! The supervisor's thread: looks once a second, tells the service manager, and ends what must be ended.
//!
//! It does not know the parts. Nothing it does waits: neither for a lock that a stuck part holds, nor for a disk, nor for whoever
//! reads the log.

use std::{
    process,
    sync::Arc,
    sync::mpsc::{self, RecvTimeoutError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{Credo, Pulses, ServiceSocket, Stability, Vitals, round::Round};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);
/// How often the service manager gets a new line, at most.
const STATUS: Duration = Duration::from_secs(10);
/// After that long without anybody being silent, a process that stayed up against its rule keeps to it again.
const CALM: Duration = Duration::from_secs(600);
/// The log gets that long to take what is said at the end.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What the supervisor works with.
#[derive(Debug)]
pub struct Supervisor {
    /// The parts that are watched.
    pub pulses: Pulses,
    /// Where it says what it sees.
    pub vitals: Arc<Vitals>,
    /// The service manager, where there is one.
    pub socket: Option<ServiceSocket>,
    /// How the process stood at its start.
    pub stability: Stability,
    /// Ends the process: [`end_process`](Self::END), but in tests.
    pub end: fn(),
}

/// A supervisor that works; it stops when this is dropped.
#[derive(Debug)]
pub struct Watching {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It wakes up at once, and its panics are its own.
            let _ = thread.join();
        }
    }
}

impl Supervisor {
    /// A part that gives no sign of life for so long is stuck.
    pub const SILENCE: Duration = Duration::from_secs(30);

    /// Ends the process at once, without any of its parts being asked: SIGABRT, and no core, which would hold secrets.
    pub const END: fn() = || {
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        // Where that is refused there is a core, and the end all the same.
        let _ = setrlimit(Resource::Core, none);
        process::abort()
    };

    /// Begins to watch.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn watch(self) -> std::io::Result<Watching> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("supervisor".to_owned()).spawn(move || self.run(&stopped))?;
        Ok(Watching { stop: Some(stop), thread: Some(thread) })
    }

    fn run(self, stopped: &mpsc::Receiver<()>) {
        let begun = Instant::now();
        let mut state =
            State { round: Round::default(), lenient_since: None, alive_at: None, status_at: None, named: None };
        if matches!(self.stability, Stability::Looping { .. }) {
            state.lenient_since = Some(begun);
        }
        self.vitals.set_lenient(state.lenient_since.is_some());
        self.say(&Credo::Ready);
        loop {
            self.look(&mut state, Instant::now());
            match stopped.recv_timeout(EVERY) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.say(&Credo::Stopping);
    }

    fn say(&self, credo: &Credo) {
        if let Some(socket) = &self.socket {
            socket.say(credo);
        }
    }

    fn look(&self, state: &mut State, now: Instant) {
        let parts = self.pulses.all();
        let counts: Vec<_> = parts.iter().map(super::Pulse::count).collect();
        let silences = state.round.look(&counts, now);
        let silent = parts.iter().zip(&silences).find(|(part, silence)| **silence > part.limit());
        match (silent, state.lenient_since) {
            (None, Some(since)) if now.saturating_duration_since(since) > CALM => {
                tracing::info!("nothing was silent for ten minutes: the supervisor ends again what is");
                state.lenient_since = None;
                self.vitals.set_lenient(false);
            }
            (None, _) => state.named = None,
            (Some((part, silence)), None) => {
                let all = parts.iter().zip(&silences).map(|(part, silence)| format!("{} {silence:?}", part.name()));
                last_words(part.name(), *silence, all.collect::<Vec<_>>().join(", "), self.vitals.lag());
                (self.end)();
            }
            (Some((part, silence)), Some(_)) => {
                if state.named != Some(part.name()) {
                    tracing::error!(
                        part = part.name(),
                        ?silence,
                        "a part is silent, and stays so: restarts did not help"
                    );
                }
                state.named = Some(part.name());
                state.lenient_since = Some(now);
            }
        }
        self.report(state, now);
    }

    /// Tells the service manager that we are alive: whoever reaches this line is, and so are all parts or it would be of no use.
    fn report(&self, state: &mut State, now: Instant) {
        let Some(socket) = &self.socket else { return };
        let due = |at: Option<Instant>, every: Duration| at.is_none_or(|at| now.saturating_duration_since(at) >= every);
        if let Some(every) = socket.every().filter(|every| due(state.alive_at, *every)) {
            tracing::trace!(?every, "telling the service manager");
            socket.say(&Credo::Alive);
            state.alive_at = Some(now);
        }
        if due(state.status_at, STATUS) {
            socket.say(&Credo::Status(self.vitals.status()));
            state.status_at = Some(now);
        }
    }
}

#[derive(Debug)]
struct State {
    round: Round,
    /// The process stays up whatever happens; since then nobody was silent.
    lenient_since: Option<Instant>,
    alive_at: Option<Instant>,
    status_at: Option<Instant>,
    /// The silent part that the log knows of.
    named: Option<&'static str>,
}

/// Says why the process ends. In a thread of its own: the log may be a pipe that nobody reads, which may be why all stands still.
fn last_words(part: &'static str, silence: Duration, all: String, lag: Duration) {
    let (said, heard) = mpsc::channel();
    let words = move || {
        tracing::error!(
            part,
            ?silence,
            lag_ms = lag.as_millis(),
            parts = all,
            "a part gave no sign of life: the process ends, to be started anew"
        );
        // Whoever waited may have lost patience.
        let _ = said.send(());
    };
    if thread::Builder::new().name("last words".to_owned()).spawn(words).is_ok() {
        let _ = heard.recv_timeout(LAST_WORDS);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn supervisor(pulses: Pulses, stability: Stability, end: fn()) -> Supervisor {
        Supervisor { pulses, vitals: Arc::default(), socket: None, stability, end }
    }

    fn state(lenient_since: Option<Instant>) -> State {
        State { round: Round::default(), lenient_since, alive_at: None, status_at: None, named: None }
    }

    // An `fn()` holds nothing, so that each test counts in an atomic of its own.
    macro_rules! counted {
        ($name:ident) => {{
            static $name: AtomicU64 = AtomicU64::new(0);
            let end: fn() = || {
                $name.fetch_add(1, Ordering::Relaxed);
            };
            (end, || $name.load(Ordering::Relaxed))
        }};
    }

    #[test]
    fn a_part_that_falls_silent_ends_the_process_after_its_limit() {
        let (end, ended) = counted!(SILENT);
        let mut pulses = Pulses::default();
        let (hub, idle) = (pulses.part("hub", Duration::from_secs(30)), pulses.part("idle", Duration::from_secs(30)));
        let supervisor = supervisor(pulses, Stability::Steady, end);
        let (mut state, start) = (state(None), Instant::now());
        let mut look = |second: u64| supervisor.look(&mut state, start + Duration::from_secs(second));
        hub.beat();
        idle.beat();
        idle.rest();
        (0..=30).step_by(5).for_each(&mut look);
        assert_eq!(ended(), 0);
        look(31);
        assert_eq!(ended(), 1, "the one that rests is not meant");
        hub.beat();
        look(35);
        assert_eq!(ended(), 1);
    }

    #[test]
    fn a_process_that_was_restarted_in_vain_stays_up_until_all_was_well_for_ten_minutes() {
        let (end, ended) = counted!(LENIENT);
        let mut pulses = Pulses::default();
        let hub = pulses.part("hub", Duration::from_secs(30));
        let start = Instant::now();
        let supervisor = supervisor(pulses, Stability::Looping { restarts: 4 }, end);
        let mut state = state(Some(start));
        let mut look = |second: u64| supervisor.look(&mut state, start + Duration::from_secs(second));
        hub.beat();
        (0..100).step_by(5).for_each(&mut look);
        assert_eq!(ended(), 0);
        for second in (100..800).step_by(5) {
            hub.beat();
            look(second);
        }
        (800..835).step_by(5).for_each(&mut look);
        assert_eq!(ended(), 1, "then the rule holds again");
    }

    #[test]
    fn the_service_manager_hears_of_us_only_while_the_thread_runs() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("notify");
        let manager = UnixDatagram::bind(&path).expect("bound");
        let socket = ServiceSocket::from_environment(|name| match name {
            "NOTIFY_SOCKET" => Some(path.clone().into_os_string()),
            "WATCHDOG_USEC" => Some("3000000".into()),
            _ => None,
        });
        let (end, _) = counted!(MANAGED);
        let supervisor = Supervisor { socket, ..supervisor(Pulses::default(), Stability::Steady, end) };
        supervisor.vitals.set_status("42 probes".to_owned());
        let watching = supervisor.watch().expect("a thread");
        let mut hear = || {
            let mut buffer = [0; 256];
            let length = manager.recv(&mut buffer).expect("a datagram");
            String::from_utf8_lossy(&buffer[..length]).into_owned()
        };
        assert_eq!([hear(), hear(), hear(), hear()], ["READY=1", "WATCHDOG=1", "STATUS=42 probes", "WATCHDOG=1"]);
        drop(watching);
        let rest: Vec<_> = std::iter::repeat_with(&mut hear).take_while(|line| line != "STOPPING=1").collect();
        assert!(rest.iter().all(|line| line == "WATCHDOG=1"), "{rest:?}");
    }
}
