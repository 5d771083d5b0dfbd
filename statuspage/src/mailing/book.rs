//! The book of notices: what of incidents and maintenance is to be told by mail. Pure.
//!
//! It reads no clock, does no I/O and cannot fail. It does not know subscribers: how far each notice has got is in `Rounds`.
//!
//! A notice is made when the record of its incident or maintenance is written, and lies in the same transaction: neither is ever
//! there without the other. Flaps inside an incident make none, and a newer notice takes the place of the older one.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use shared::{Stage, Timestamp};
use tracing::warn;

use super::{Notice, Story, Turn};
use crate::{
    incident::{Body, Incident, Update},
    maintenance::{News, Word},
};

/// The first mail of an incident waits so long for what fails together with it.
pub const HOLD: Duration = Duration::from_secs(30);
/// What was told longer ago is forgotten.
pub const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);
/// What was said longer ago of an incident that nobody was told of is no news: mail was not set up then.
const STALE: Duration = Duration::from_secs(600);

/// The newest notice of each story.
pub type Notices = BTreeMap<Story, Notice>;

/// Whether subscribers are told by mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mail {
    /// They are.
    On,
    /// No relay is set up: nothing is made, and what was is kept.
    #[default]
    Off,
}

/// All notices that are remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailings {
    mail: Mail,
    notices: Notices,
    changes: BTreeSet<Story>,
}

impl Mailings {
    /// Goes on where another one stopped; what cannot be read is named and left out.
    pub fn read<'a>(mail: Mail, records: impl IntoIterator<Item = (&'a Story, &'a [u8])>) -> Self {
        let read = |(story, bytes): (&Story, &[u8])| match serde_json::from_slice(bytes) {
            Ok(notice) => Some((story.clone(), notice)),
            Err(error) => {
                warn!(%story, %error, "the record of a notice cannot be read");
                None
            }
        };
        let notices = records.into_iter().filter_map(read).collect();
        Self { mail, notices, changes: BTreeSet::new() }
    }

    /// Takes notices from records that were found late. What is known by now is newer.
    pub fn recall(&mut self, earlier: Self) {
        for (story, notice) in earlier.notices {
            self.notices.entry(story).or_insert(notice);
        }
        self.mark_changed();
    }

    /// The newest notice of each story.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// An incident is written as it is now: what was said of it since the last notice becomes one.
    pub fn hear_incident(&mut self, incident: &Incident, now: Timestamp) {
        let story = Story::Incident(incident.id.clone());
        let known = self.notices.get(&story);
        let news = |update: &&Update| match known {
            Some(notice) => update.number > notice.number,
            None => now.since(update.at) < STALE,
        };
        let ended = known.is_some_and(|notice| notice.turn == Turn::Resolved);
        let turns = incident.updates.iter().filter(news).filter_map(|update| Some((update, turn(update, ended)?)));
        let turns: Vec<_> = turns.map(|(update, turn)| (update.number, turn, update.at)).collect();
        for (number, turn, at) in turns {
            self.enter(&story, Entry { number: Some(number), turn, at, hold: HOLD });
        }
    }

    /// Something happened to a maintenance.
    pub fn hear_maintenance(&mut self, news: &News) {
        let turn = match news.word {
            Word::Announced => Turn::Announced,
            Word::Moved => Turn::Moved,
            Word::Begins => Turn::Begins,
            Word::Ends => Turn::Ends,
            Word::Cancelled => Turn::Cancelled,
        };
        let story = Story::Maintenance(news.maintenance.id.clone());
        self.enter(&story, Entry { number: None, turn, at: news.at, hold: Duration::ZERO });
    }

    fn enter(&mut self, story: &Story, Entry { number, turn, at, hold }: Entry) {
        if self.mail == Mail::Off {
            return;
        }
        let notice = match self.notices.get(story) {
            Some(before) => before.then(number.unwrap_or(before.number.saturating_add(1)), turn, at),
            None => Notice::first(number.unwrap_or(1), turn, at, at.plus(hold)),
        };
        self.notices.insert(story.clone(), notice);
        self.changes.insert(story.clone());
    }

    /// Forgets what was told long ago; gives the stories.
    pub fn forget(&mut self, now: Timestamp) -> Vec<Story> {
        let old = |_: &Story, notice: &mut Notice| now.since(notice.made_at) > REMEMBERED;
        let gone: Vec<_> = self.notices.extract_if(.., old).map(|(story, _)| story).collect();
        self.changes.extend(gone.iter().cloned());
        gone
    }

    /// The records that are to be written, in the transaction of what they tell; without a body, those that are to be removed.
    pub fn take_changes(&mut self) -> Vec<(Story, Option<Vec<u8>>)> {
        let record = |story: Story| match self.notices.get(&story).map(serde_json::to_vec).transpose() {
            Ok(body) => Some((story, body)),
            Err(error) => {
                warn!(%story, %error, "the record of a notice cannot be written");
                None
            }
        };
        std::mem::take(&mut self.changes).into_iter().filter_map(record).collect()
    }

    /// What was written of these stories is to be written again as it is now.
    pub fn rewrite(&mut self, stories: impl IntoIterator<Item = Story>) {
        self.changes.extend(stories);
    }

    /// Everything is to be written again.
    pub fn mark_changed(&mut self) {
        self.changes.extend(self.notices.keys().cloned());
    }
}

/// What is to be entered.
struct Entry {
    /// Counted on from the notice before when absent.
    number: Option<u32>,
    turn: Turn,
    at: Timestamp,
    hold: Duration,
}

/// What an update tells subscribers; nothing when an incident only flaps.
fn turn(update: &Update, ended: bool) -> Option<Turn> {
    match &update.body {
        Body::Opened | Body::Persists { .. } => Some(Turn::Opened),
        Body::Grown { .. } => Some(Turn::Grown),
        Body::Settled => Some(Turn::Resolved),
        Body::Recovered | Body::Relapsed => None,
        Body::Written(_) if update.stage == Stage::Resolved && !ended => Some(Turn::Resolved),
        Body::Written(_) if update.number == 1 => Some(Turn::Opened),
        Body::Written(_) => Some(Turn::Said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::sample::{storm, time, update};

    fn heard(bodies: Vec<(Body, Stage)>) -> Vec<(u32, Turn, u32)> {
        let mut book = Mailings { mail: Mail::On, ..Mailings::default() };
        let mut incident = storm();
        incident.updates.clear();
        let mut told = Vec::new();
        for (number, (body, stage)) in (1..).zip(bodies) {
            incident.updates.push(update(number, "2026-11-22T13:02:14Z", stage, body));
            book.hear_incident(&incident, time("2026-11-22T13:02:14Z"));
            if let [(story, Some(_))] = book.take_changes().as_slice() {
                let notice = &book.notices()[story];
                told.push((notice.number, notice.turn, notice.for_all));
            }
        }
        told
    }

    #[test]
    fn beginning_growth_words_and_end_are_told_and_flaps_are_not() {
        let measured = |body| (body, Stage::Investigating);
        let written = |stage| (Body::Written("x".into()), stage);
        let bodies = vec![
            measured(Body::Opened),
            measured(Body::Grown { components: 3 }),
            measured(Body::Recovered),
            measured(Body::Relapsed),
            written(Stage::Identified),
            measured(Body::Grown { components: 9 }),
            written(Stage::Resolved),
            written(Stage::Resolved),
        ];
        let told = [
            (1, Turn::Opened, 1),
            (2, Turn::Grown, 1),
            (5, Turn::Said, 5),
            (6, Turn::Grown, 5),
            (7, Turn::Resolved, 7),
            (8, Turn::Said, 8),
        ];
        assert_eq!(heard(bodies), told);
    }

    #[test]
    fn what_was_said_before_mail_was_set_up_is_no_news_and_nothing_is_made_without_it() {
        let mut incident = storm();
        incident.updates = vec![update(1, "2026-11-22T13:02:14Z", Stage::Investigating, Body::Opened)];
        for (mail, now, told) in [
            (Mail::On, "2026-11-22T13:02:15Z", 1),
            (Mail::On, "2026-11-22T14:02:15Z", 0),
            (Mail::Off, "2026-11-22T13:02:15Z", 0),
        ] {
            let mut book = Mailings { mail, ..Mailings::default() };
            book.hear_incident(&incident, time(now));
            assert_eq!(book.notices().len(), told, "{mail:?} {now}");
        }
    }

    #[test]
    fn a_notice_is_held_once_reads_back_and_is_forgotten_after_thirty_days() {
        let mut book = Mailings { mail: Mail::On, ..Mailings::default() };
        let mut incident = storm();
        let begin = time("2026-11-22T13:02:14Z");
        incident.updates = vec![update(1, "2026-11-22T13:02:14Z", Stage::Investigating, Body::Opened)];
        book.hear_incident(&incident, begin);
        incident.updates.push(update(2, "2026-11-22T13:02:20Z", Stage::Identified, Body::Written("x".into())));
        book.hear_incident(&incident, begin.plus(Duration::from_secs(6)));
        let held: Vec<_> = book.notices().values().map(|notice| notice.hold_until).collect();
        assert_eq!(held, [begin.plus(HOLD)]);
        let records = book.take_changes();
        let kept = records.iter().filter_map(|(story, body)| Some((story, body.as_deref()?)));
        assert_eq!(Mailings::read(Mail::On, kept), book);
        assert!(book.forget(begin.plus(REMEMBERED)).is_empty());
        assert_eq!(book.forget(begin.plus(REMEMBERED * 2)).len(), 1);
        assert!(matches!(book.take_changes().as_slice(), [(_, None)]));
    }
}
