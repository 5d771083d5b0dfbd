//! One location: its keys, the numbers of its results that are kept, the processes that gave them, and its last heartbeat. Pure.
//!
//! It does not know other locations. Its form is stored: new fields get a default.

use std::{
    collections::{BTreeMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use prober::canary::is_canary;
use serde::{Deserialize, Serialize};
use shared::{
    LocationName, Observation, Sequence, Span, Spans, Timestamp,
    report::{Entry, Exchange, Heartbeat, MOST_SPANS, RECEIPT_FORMAT, Receipt, Report, RunId},
};

use super::{CodeHash, PublicKey};

/// Clocks that differ by no more are one.
const TOLERANCE_MS: u64 = 2_000;
/// Processes that are told apart.
const RUNS: usize = 16;
/// Results whose content is remembered, to tell a second delivery from another result of the same number.
const REMEMBERED: usize = 4_096;
/// Keys of before that are told from strangers'.
const FORMER: usize = 8;
/// No location is so far ahead of what is known of it, after whatever loss: a thousand results a second for thirty years.
const FAR: u64 = 1 << 40;
/// Spans of numbers that are told apart; beyond them the oldest gap is closed. A location sends its backlog in order, and makes few.
const SPANS: usize = 4_096;

/// A location, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) added_at: Timestamp,
    #[serde(default)]
    pub(super) revoked_at: Option<Timestamp>,
    /// The code that is valid now.
    #[serde(default)]
    pub(super) code: Option<OneTime>,
    /// At most two, the newer one last.
    #[serde(default)]
    pub(super) keys: Vec<Key>,
    /// Keys that others took the place of, the newest last: whoever still uses one has what no stranger has.
    #[serde(default)]
    pub(super) former: Vec<PublicKey>,
    /// Numbers whose results are kept, or will never come.
    #[serde(default)]
    pub(super) kept: Spans,
    #[serde(default)]
    pub(super) counts: Counts,
    /// Its processes, the present one last.
    #[serde(default)]
    runs: VecDeque<Run>,
    /// The process that was last found to know less than was reported.
    #[serde(default)]
    set_back_run: Option<RunId>,
    /// What it last said, when, and by how far its clock is behind ours.
    #[serde(default)]
    pub(super) heard: Option<Heard>,
    /// Since when it runs other definitions than the hub.
    #[serde(default)]
    pub(super) drifts_since: Option<Timestamp>,
    /// What was judged, kept or not: never judged twice by this process.
    #[serde(skip)]
    judged: Spans,
    /// What is on stable storage, as it was last known.
    #[serde(skip)]
    settled: Spans,
    /// Hashes of the newest results, by number.
    #[serde(skip)]
    contents: BTreeMap<Sequence, u64>,
}

/// A code and its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OneTime {
    pub(super) hash: CodeHash,
    pub(super) until: Timestamp,
}

/// A key, and the code by which it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) public: PublicKey,
    pub(super) code: CodeHash,
    pub(super) enrolled_at: Timestamp,
}

/// What is counted of a location, since it was added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Results that were taken.
    pub taken: u64,
    /// Results that came once more.
    pub duplicates: u64,
    /// Numbers that will never come.
    pub lost: u64,
    /// Results of probes that the hub does not define.
    pub unknown: u64,
    /// Reports in its name that no key of its signed.
    pub rejected: u64,
    /// How often it knew less than it had reported when it began: its disk was set back to an earlier state. Nothing is given twice,
    /// for it asks first.
    #[serde(default)]
    pub set_back: u64,
    /// Reports of numbers that were given to other results, or by another process: a clone of it runs, or its disk was set back.
    #[serde(default)]
    pub copied: u64,
}

/// A process of the location's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    id: RunId,
    /// The first number that it gave.
    begins: Sequence,
    /// When its first report was sent, by its clock.
    first_sent: Timestamp,
    last_sent: Timestamp,
    beat: u64,
    /// By how much our clock was ahead of its when its first report came, or as its first exchange showed.
    #[serde(default)]
    ahead_ms: Option<i64>,
    #[serde(default)]
    has_exchanged: bool,
}

impl Run {
    /// What its first exchange shows is better than what a report alone does, and comes before the first result: it asks first.
    fn learn(&mut self, measured: Option<i64>) {
        if !self.has_exchanged && measured.is_some() {
            (self.ahead_ms, self.has_exchanged) = (measured, true);
        }
    }
}

/// What was last heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Heard {
    pub(super) at: Timestamp,
    /// How far our clock is ahead of its, as the last exchange showed; a report alone does not say how long it was on the way.
    #[serde(default)]
    pub(super) ahead_ms: Option<i64>,
    pub(super) heartbeat: Heartbeat,
}

/// A result that is new.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// With its times by the hub's clock, where the location's is wrong.
    pub observation: Observation,
    /// Whether it was not judged before: one that could not be kept comes again.
    pub is_unjudged: bool,
}

/// What a report brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// Results that are to be kept.
    pub news: Vec<News>,
    /// Results that the location believes to be kept here and that are not: this hub was set back to an earlier state.
    pub forgotten: u64,
}

/// The numbers were given to other results, or by another process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Copied;

/// How a report stands to those before.
enum Turn {
    /// The present process goes on.
    Next,
    /// It was heard before: nothing in it says how the location does now.
    Again,
}

impl Place {
    pub(super) fn new(code: OneTime, now: Timestamp) -> Self {
        Self {
            added_at: now,
            revoked_at: None,
            code: Some(code),
            keys: Vec::new(),
            kept: Spans::default(),
            counts: Counts::default(),
            runs: VecDeque::new(),
            set_back_run: None,
            heard: None,
            drifts_since: None,
            former: Vec::new(),
            judged: Spans::default(),
            settled: Spans::default(),
            contents: BTreeMap::new(),
        }
    }

    /// What was read is on stable storage.
    pub(super) fn restored(mut self) -> Self {
        (self.judged, self.settled) = (self.kept.clone(), self.kept.clone());
        self
    }

    /// Takes a report that is known to be the location's.
    pub(super) fn take(&mut self, report: &Report, key: &PublicKey, now: Timestamp) -> Result<Taken, Copied> {
        let turn = self.turn(report, now)?;
        if report.entries.iter().any(|entry| self.differs(entry)) {
            return Err(Copied);
        }
        if let Turn::Next = turn {
            self.hear(report, now);
            // A newer key that works takes the place of the older one.
            if self.keys.last().is_some_and(|newest| newest.public == *key) {
                self.retire_keys();
            }
        }
        let believed = Spans::up_to(report.acknowledged);
        let forgotten = believed.iter().map(|span| span.count() - self.have_of(span)).sum();
        // By the run's beginning and not by this report: a second delivery gets the same times.
        let run = self.runs.iter().find(|run| run.id == report.run).and_then(|run| run.ahead_ms);
        let ahead = run.unwrap_or_else(|| one_way(report, now));
        let news = report.entries.iter().filter_map(|entry| self.note(entry, report, ahead)).collect();
        self.give_up(&report.lost);
        self.close_gaps();
        Ok(Taken { news, forgotten })
    }

    fn have_of(&self, span: Span) -> u64 {
        self.kept.iter().filter_map(|kept| kept.meet(span)).map(Span::count).sum()
    }

    /// Which process reports, and whether it may have these numbers.
    fn turn(&mut self, report: &Report, now: Timestamp) -> Result<Turn, Copied> {
        let covered = report.entries.iter().all(|entry| self.kept.contains(entry.sequence));
        let newest = self.runs.back().copied();
        match self.runs.iter_mut().position(|run| run.id == report.run) {
            Some(at) if at + 1 == self.runs.len() => {
                let run = &mut self.runs[at];
                if report.beat <= run.beat {
                    return Ok(Turn::Again);
                }
                (run.beat, run.last_sent) = (report.beat, report.sent_at);
                run.learn(measured(report, now));
                Ok(Turn::Next)
            }
            // What an earlier process sent before the present one began came late, or once more.
            Some(_) if covered || newest.is_none_or(|newest| report.sent_at <= newest.first_sent) => Ok(Turn::Again),
            Some(_) => Err(Copied),
            // Of a process before the present one, of which the hub has lost what it knew.
            None if newest.is_some_and(|newest| is_before(report, newest)) => Ok(Turn::Again),
            None if report.begins > self.kept.highest() => {
                let (id, begins, sent, beat) = (report.run, report.begins, report.sent_at, report.beat);
                let ahead_ms = Some(one_way(report, now));
                self.runs.push_back(Run {
                    id,
                    begins,
                    first_sent: sent,
                    last_sent: sent,
                    beat,
                    ahead_ms,
                    has_exchanged: false,
                });
                if self.runs.len() > RUNS {
                    self.runs.pop_front();
                }
                Ok(Turn::Next)
            }
            // A process that is forgotten since, heard once more.
            None if covered && newest.is_some_and(|newest| report.sent_at <= newest.last_sent) => Ok(Turn::Again),
            // It asks what is known before it gives a number: nothing conflicts yet.
            None if report.entries.is_empty() => {
                if self.set_back_run.replace(report.run) != Some(report.run) {
                    self.counts.set_back += 1;
                }
                Ok(Turn::Again)
            }
            None => Err(Copied),
        }
    }

    /// Whether its numbers lead nowhere: one of them would leave no room for those that follow.
    pub(super) fn is_beyond(&self, report: &Report) -> bool {
        let far = self.kept.highest().number().saturating_add(FAR);
        let numbers = report.entries.iter().map(|entry| entry.sequence);
        numbers.chain([report.begins]).any(|number| number.number() > far)
    }

    /// The process that reports.
    pub(super) fn run(&self) -> Option<RunId> {
        self.runs.back().map(|run| run.id)
    }

    /// Only the newest key is good from now on.
    pub(super) fn retire_keys(&mut self) {
        let former = self.keys.drain(..self.keys.len().saturating_sub(1)).map(|key| key.public);
        self.former.extend(former);
        self.former.drain(..self.former.len().saturating_sub(FORMER));
    }

    /// What is to have been after `now` was just now.
    pub(super) fn turn_back(&mut self, now: Timestamp) {
        self.keys.iter_mut().for_each(|key| key.enrolled_at = key.enrolled_at.min(now));
        self.drifts_since = self.drifts_since.map(|at| at.min(now));
        if let Some(heard) = &mut self.heard {
            heard.at = heard.at.min(now);
        }
    }

    fn hear(&mut self, report: &Report, now: Timestamp) {
        let ahead_ms = measured(report, now).or_else(|| self.heard.as_ref().and_then(|heard| heard.ahead_ms));
        let mut heartbeat = report.heartbeat.clone();
        // What comes with the report is no longer to come.
        let journal = &mut heartbeat.journal;
        let shown = report.entries.iter().filter(|entry| is_shown(entry)).count();
        journal.depth = journal.depth.saturating_sub(shown as u64);
        journal.oldest = journal.oldest.filter(|_| journal.depth > 0);
        self.heard = Some(Heard { at: now, ahead_ms, heartbeat });
    }

    fn differs(&self, entry: &Entry) -> bool {
        self.contents.get(&entry.sequence).is_some_and(|known| *known != content(&entry.observation))
    }

    /// `ahead`: by how much our clock was ahead of its, in milliseconds, where the result does not say.
    fn note(&mut self, entry: &Entry, report: &Report, ahead: i64) -> Option<News> {
        if self.kept.contains(entry.sequence) {
            self.counts.duplicates += u64::from(is_shown(entry));
            return None;
        }
        self.kept.add(entry.sequence);
        self.contents.insert(entry.sequence, content(&entry.observation));
        while self.contents.len() > REMEMBERED {
            self.contents.pop_first();
        }
        let is_unjudged = !self.judged.contains(entry.sequence);
        self.judged.add(entry.sequence);
        self.counts.taken += u64::from(is_unjudged && is_shown(entry));
        let mut observation = entry.observation.clone();
        observation.location = report.location.clone();
        let ahead = entry.ahead_ms.unwrap_or(ahead);
        if ahead.unsigned_abs() > TOLERANCE_MS {
            let at = observation.started_at.as_millis().saturating_add(ahead);
            observation.started_at = Timestamp::from_millis(at);
        }
        Some(News { observation, is_unjudged })
    }

    /// Closes gaps that will never be filled.
    fn give_up(&mut self, lost: &[Span]) {
        let end = self.kept.highest();
        for span in lost.iter().filter_map(|span| Span::new(span.first(), span.last().min(end))) {
            self.counts.lost += span.count() - self.have_of(span);
            self.kept.insert(span);
        }
    }

    /// Keeps the number of spans bounded, whatever a location sends.
    fn close_gaps(&mut self) {
        let gaps = self.kept.gaps(self.kept.highest());
        let surplus = gaps.iter().count().saturating_sub(SPANS);
        for gap in gaps.iter().take(surplus) {
            self.counts.lost += gap.count();
            self.kept.insert(gap);
        }
    }

    /// Everything that is noted as kept is on stable storage.
    pub(super) fn settle(&mut self) {
        self.settled = self.kept.clone();
    }

    /// What was not on stable storage for sure is asked for again.
    pub(super) fn unsettle(&mut self) {
        self.kept = self.settled.clone();
    }

    pub(super) fn receipt(&self, location: &LocationName, definitions: &str, received_at: Timestamp) -> Receipt {
        let highest = self.kept.highest();
        Receipt {
            format: RECEIPT_FORMAT.to_owned(),
            location: location.clone(),
            acknowledged: self.kept.whole_until(),
            highest,
            missing: self.kept.gaps(highest).first_spans(MOST_SPANS),
            definitions: definitions.to_owned(),
            received_at,
            answered_at: received_at,
        }
    }

    /// Numbers that are lacking and may come.
    pub(super) fn gaps(&self) -> u64 {
        self.kept.gaps(self.kept.highest()).count()
    }
}

/// Whether readers hear of it: canaries are nobody's.
fn is_shown(entry: &Entry) -> bool {
    !is_canary(&entry.observation.probe.component)
}

/// By how much our clock is ahead of its, with the time on the way.
fn one_way(report: &Report, now: Timestamp) -> i64 {
    now.as_millis().saturating_sub(report.sent_at.as_millis())
}

/// The same as the process's last exchange showed it. Where the way would have taken longer than it may, either a clock was set since, or
/// the report waited somewhere, before a machine that slept, say: the next exchange tells.
fn measured(report: &Report, now: Timestamp) -> Option<i64> {
    let ahead = report.heartbeat.exchange.as_ref().map(Exchange::ahead_ms)?;
    ((one_way(report, now) - ahead).abs() < 30_000).then_some(ahead)
}

/// Whether a report is of a process that came before.
fn is_before(report: &Report, newest: Run) -> bool {
    report.begins <= newest.begins && report.sent_at <= newest.first_sent
}

/// What tells one result from another of the same number.
fn content(observation: &Observation) -> u64 {
    let mut hasher = DefaultHasher::new();
    let Observation { probe, started_at, verdict, duration, confirmation, .. } = observation;
    (probe, started_at, verdict, duration, confirmation).hash(&mut hasher);
    hasher.finish()
}
