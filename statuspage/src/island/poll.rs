//! Keeps the present fresh: asks the hub about every ten seconds, and lets the page's clock tick.
//!
//! It does not know what the answer means for what is shown.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::{Set, WithUntracked, document, set_interval, untrack, window_event_listener_untyped};
use shared::{Timestamp, live::Live};
use wasm_bindgen_futures::spawn_local;

use super::{
    browser::{self, Answer},
    clock::Clock,
    passing::Passing,
    present::{Now, Present},
};

const EVERY_MILLIS: f64 = 10_000.0;
const HIDDEN_EVERY_MILLIS: f64 = 60_000.0;
const SLOWEST_MILLIS: f64 = 120_000.0;
const FASTEST_MILLIS: f64 = 3_000.0;
/// So long before a proof ends it is worth asking for a newer one.
const MARGIN_MILLIS: f64 = 1_000.0;
const TICK: Duration = Duration::from_secs(1);

/// What one page knows of its questions.
struct Poll {
    present: Present,
    address: String,
    build: String,
    clock: Cell<Clock>,
    passing: Cell<Passing>,
    failures: Cell<u32>,
    /// When the next question is due, by [`Poll::elapsed`].
    due: Cell<f64>,
    asking: Cell<bool>,
}

/// Begins to ask and to tick, for as long as the page lives.
pub(super) fn start(present: Present) {
    let clock = Clock::from_page(present.live.with_untracked(|live| live.generated_at));
    let poll = Rc::new(Poll {
        address: present.live.with_untracked(|live| format!("/snapshot.json?lang={}", live.language.tag())),
        build: present.live.with_untracked(|live| live.build.clone()),
        present,
        clock: Cell::new(clock),
        passing: Cell::new(Passing::new(browser::elapsed(), browser::wall())),
        failures: Cell::new(0),
        due: Cell::new(0.0),
        asking: Cell::new(false),
    });
    let ticking = Rc::clone(&poll);
    set_interval(move || tick(&ticking), TICK);
    // Back from another tab or from sleep: what is on the screen may be old.
    window_event_listener_untyped("visibilitychange", move |_| {
        if browser::visible() {
            poll.due.set(0.0);
            ask(&poll);
        }
    });
}

fn tick(poll: &Rc<Poll>) {
    // In a hidden tab the title would doubt what nobody has asked about: there it changes with the answers, or when there is none.
    if browser::visible() {
        poll.show();
    }
    ask(poll);
}

fn ask(poll: &Rc<Poll>) {
    if !poll.asking.get() && poll.elapsed() >= poll.due.get() {
        poll.asking.set(true);
        let poll = Rc::clone(poll);
        spawn_local(async move { poll.ask().await });
    }
}

impl Poll {
    async fn ask(&self) {
        let asked = self.elapsed();
        match browser::ask(&self.address).await {
            Ok(answer) => {
                self.failures.set(0);
                self.accept(answer, asked);
                self.present.live.with_untracked(|live| browser::tell_news(&live.news));
            }
            Err(_) => {
                self.failures.set(self.failures.get().saturating_add(1));
                let visitor = Timestamp::from_millis(browser::wall() as i64);
                self.clock.set(self.clock.get().doubt(visitor, self.elapsed()));
            }
        }
        self.due.set(self.elapsed() + self.pause());
        self.asking.set(false);
        self.show();
    }

    /// Milliseconds since the page was asked for, sleep included.
    fn elapsed(&self) -> f64 {
        self.passing.set(self.passing.get().look(browser::elapsed(), browser::wall()));
        self.passing.get().elapsed()
    }

    /// Lets the page see the time, and the tab its title.
    fn show(&self) {
        self.present.now.set(self.clock.get().now(self.elapsed()));
        let title = untrack(|| self.present.title());
        if document().title() != title {
            document().set_title(&title);
        }
    }

    fn accept(&self, Answer { live, time }: Answer, asked: f64) {
        if live.build != self.build {
            browser::reload_for(&live.build);
        }
        // Caches on the way may answer out of order: what is older than what we know is no news, and no clock either.
        let known = self.present.live.with_untracked(|live| live.generated_at);
        if live.generated_at < known {
            return;
        }
        let time: Option<Timestamp> = time.map(|time| time.max(live.generated_at));
        if let Some(time) = time {
            self.clock.set(Clock::from_answer(time, asked));
        }
        if live.generated_at > known {
            self.present.live.set(live);
        }
    }

    /// Milliseconds until the next question: longer when nobody looks and after each failure, sooner when a proof ends before that,
    /// and never at the same time for all.
    fn pause(&self) -> f64 {
        let base = if browser::visible() { EVERY_MILLIS } else { HIDDEN_EVERY_MILLIS };
        let patient = (base * f64::from(1_u32 << self.failures.get().min(8))).min(SLOWEST_MILLIS);
        let usual = patient * (0.85 + 0.3 * browser::random());
        if browser::visible() && self.failures.get() == 0 { usual.min(self.proven_for()) } else { usual }
    }

    /// Milliseconds for which all that is shown stays proven.
    fn proven_for(&self) -> f64 {
        let (Now::AtLeast(now) | Now::Told(now)) = self.clock.get().now(self.elapsed()) else { return EVERY_MILLIS };
        let first_end = |live: &Live| live.components.values().filter_map(|component| component.stale_at).min();
        let end = self.present.live.with_untracked(first_end);
        let left = end.map_or(EVERY_MILLIS, |end| end.since(now).as_millis() as f64);
        (left - MARGIN_MILLIS).max(FASTEST_MILLIS)
    }
}
