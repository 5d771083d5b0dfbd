//! Whether the hub is heard: what it said is proof only when it is newer than what it said before. Pure.
//!
//! It does not know how a bulletin comes here. It counts by a clock that never jumps, so that neither clock being wrong matters.

use std::{sync::Arc, time::Duration};

use shared::{Bulletin, Timestamp};
use tokio::time::Instant;

use super::{Hearing, Trouble};

/// A hub that has said nothing new for so long is silent. With the pause between two questions it is noticed within three minutes.
pub(super) const SILENCE: Duration = Duration::from_secs(150);
/// So many questions in a row must have brought nothing new: a process that stood still asks again before it says anything.
const MISSES: u32 = 3;
/// A hub whose clock was set back has said something new when its clock has gone on as ours did so often in a row. Copies that
/// caches hand out in turn do not.
const RISES: u32 = 4;
/// What it says is made anew that often, and an answer takes its time.
const UNEVEN: Duration = Duration::from_secs(10);

/// Listens to one hub.
#[derive(Debug)]
pub(super) struct Ear {
    /// When it was last proven that the hub goes on, or when listening began.
    proven: Instant,
    /// When that was, by the clock of this place.
    since: Timestamp,
    heard_at: Option<Timestamp>,
    bulletin: Option<Arc<Bulletin>>,
    /// The newest instant that the hub has shown.
    newest: Option<Timestamp>,
    /// What it showed last, and when.
    shown: Option<(Timestamp, Instant)>,
    rises: u32,
    misses: u32,
    trouble: Option<Trouble>,
    hearing: Hearing,
}

impl Ear {
    /// Begins to listen, with what was heard before the start.
    pub(super) fn new(kept: Option<(Timestamp, Arc<Bulletin>)>, now: Timestamp, at: Instant) -> Self {
        let (heard_at, bulletin) = kept.unzip();
        let newest = bulletin.as_ref().map(|bulletin| bulletin.generated_at);
        Self {
            proven: at,
            since: heard_at.unwrap_or(now),
            heard_at,
            newest,
            shown: None,
            bulletin,
            rises: 0,
            misses: 0,
            trouble: None,
            hearing: Hearing::Unsure,
        }
    }

    /// The hub said this.
    pub(super) fn hear(&mut self, bulletin: Bulletin, now: Timestamp, at: Instant) {
        let made = bulletin.generated_at;
        let goes_on = |(shown, then): (Timestamp, Instant)| {
            made > shown && made.since(shown).abs_diff(at.duration_since(then)) <= UNEVEN
        };
        self.rises = if self.shown.is_some_and(goes_on) { self.rises + 1 } else { 0 };
        self.shown = Some((made, at));
        if self.newest.is_none_or(|newest| made > newest) || self.rises >= RISES {
            (self.newest, self.bulletin) = (Some(made), Some(Arc::new(bulletin)));
            (self.proven, self.since, self.heard_at) = (at, now, Some(now));
            (self.misses, self.trouble, self.hearing) = (0, None, Hearing::Heard);
        } else {
            self.miss(Trouble::Stopped { at: made }, at);
        }
    }

    /// Nothing new came.
    pub(super) fn miss(&mut self, trouble: Trouble, at: Instant) {
        self.misses += 1;
        if self.misses >= MISSES && at.duration_since(self.proven) >= SILENCE {
            self.hearing = Hearing::Silent { since: self.since, trouble: trouble.clone() };
        }
        self.trouble = Some(trouble);
    }

    /// Whether it is heard.
    pub(super) fn hearing(&self) -> &Hearing {
        &self.hearing
    }

    /// What came instead of something new the last time, where that was so.
    pub(super) fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// What it said last, and when that was.
    pub(super) fn last(&self) -> Option<(Timestamp, &Arc<Bulletin>)> {
        self.heard_at.zip(self.bulletin.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bulletin::bulletin, server::stage};

    /// Seconds after the beginning by both clocks of this place.
    struct Story {
        ear: Ear,
        began: Instant,
    }

    impl Story {
        fn new(kept: Option<i64>) -> Self {
            let began = Instant::now();
            let kept = kept.map(|made| (at(0), Arc::new(said(made))));
            Self { ear: Ear::new(kept, at(0), began), began }
        }

        fn hear(&mut self, second: i64, made: i64) {
            self.ear.hear(said(made), at(second), self.instant(second));
        }

        fn miss(&mut self, seconds: impl Iterator<Item = i64>) {
            for second in seconds {
                self.ear.miss(Trouble::Lost { detail: "refused".to_owned() }, self.instant(second));
            }
        }

        fn instant(&self, second: i64) -> Instant {
            self.began + Duration::from_secs(u64::try_from(second).expect("later"))
        }

        fn silent_since(&self) -> Option<i64> {
            match self.ear.hearing() {
                Hearing::Silent { since, .. } => Some(since.as_millis() / 1_000),
                Hearing::Unsure | Hearing::Heard => None,
            }
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000)
    }

    fn said(made: i64) -> Bulletin {
        bulletin(&stage::snapshot(at(made)))
    }

    #[test]
    fn a_hub_is_silent_when_nothing_new_has_come_for_a_while() {
        let mut story = Story::new(None);
        assert_eq!(*story.ear.hearing(), Hearing::Unsure);
        story.hear(15, 1_000);
        assert_eq!(*story.ear.hearing(), Hearing::Heard);
        story.miss((30..165).step_by(15));
        assert_eq!(story.silent_since(), None);
        story.miss([165].into_iter());
        assert_eq!(story.silent_since(), Some(15));
        story.hear(180, 1_165);
        assert_eq!(*story.ear.hearing(), Hearing::Heard);
        assert_eq!(story.ear.trouble(), None);
    }

    #[test]
    fn what_was_said_before_is_not_new() {
        let mut story = Story::new(Some(1_000));
        (15..=165).step_by(15).for_each(|second| story.hear(second, 1_000));
        assert_eq!(story.silent_since(), Some(0));
        assert_eq!(story.ear.trouble(), Some(&Trouble::Stopped { at: at(1_000) }));
        // Three caches that are old by different times take turns.
        (180..=360).step_by(15).for_each(|second| story.hear(second, 970 + second % 45));
        assert_eq!(story.silent_since(), Some(0));
    }

    #[test]
    fn a_hub_whose_clock_was_set_back_is_heard() {
        let mut story = Story::new(Some(1_000));
        for (second, made) in [(15, 400), (30, 415), (45, 430), (60, 440)] {
            story.hear(second, made);
            assert_eq!(*story.ear.hearing(), Hearing::Unsure);
        }
        story.hear(75, 460);
        assert_eq!(*story.ear.hearing(), Hearing::Heard);
    }

    #[test]
    fn a_place_that_stood_still_asks_again_before_it_says_anything() {
        let mut story = Story::new(None);
        story.hear(15, 1_000);
        story.miss([900, 915].into_iter());
        assert_eq!(story.silent_since(), None);
        story.hear(930, 1_900);
        assert_eq!(*story.ear.hearing(), Hearing::Heard);
    }
}
