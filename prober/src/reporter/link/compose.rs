//! What a report says: what the hub lacks, what will never come, and how the location does.
//!
//! It does not know how it travels nor what the hub answers.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use shared::{
    Sequence,
    report::{Heartbeat, JournalState, MOST_SPANS, REPORT_FORMAT, Report},
};

use super::{Departure, Link};
use crate::{
    journal::{Journal, Picked},
    probe::wall_clock,
};

/// What a report says of the journal.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    begins: Sequence,
    acknowledged: Sequence,
    state: JournalState,
    free_disk: Option<u64>,
}

impl Seen {
    fn of(journal: &mut Journal) -> Self {
        let (begins, acknowledged) = (journal.begins(), journal.acknowledged());
        Self { begins, acknowledged, state: journal.state(), free_disk: journal.free_disk() }
    }
}

impl Link {
    /// What is to be said now. A disk that hangs is no reason to be silent.
    pub(super) async fn compose(&mut self) -> Option<(Report, Departure)> {
        let (Picked { entries, lost }, seen) = match (self.pick().await, self.seen.clone()) {
            (Some(picked), _) => picked,
            (None, Some(seen)) => (Picked::default(), seen),
            (None, None) => return None,
        };
        self.seen = Some(seen.clone());
        self.beat += 1;
        let coverage = self.around.watch.coverage(wall_clock());
        let departure = Departure::now();
        let report = Report {
            format: REPORT_FORMAT.to_owned(),
            location: self.identity.location().clone(),
            run: self.run,
            begins: seen.begins,
            beat: self.beat,
            sent_at: departure.at,
            acknowledged: seen.acknowledged,
            entries,
            lost: lost.first_spans(MOST_SPANS).into(),
            heartbeat: Heartbeat {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                definitions: self.around.watch.fingerprint(),
                overdue: coverage.overdue,
                probes: coverage.probes,
                journal: seen.state,
                free_disk: seen.free_disk,
                exchange: self.exchange,
                canaries: self.around.watch.has_canaries(),
            },
        };
        Some((report, departure))
    }

    /// What is to be sent, and how the journal does. Nothing before the hub has said what it knows: numbers that a full disk lost
    /// and the hub did not are not given again.
    async fn pick(&self) -> Option<(Picked, Seen)> {
        let known = self.known.clone().filter(|_| self.suspect.is_none());
        let (most, unreadable) = (self.most, self.unreadable.clone());
        let picked = self.ask(move |journal| {
            let Some(known) = known else { return (Picked::default(), Seen::of(journal)) };
            let mut picked = journal.pick(&known.news(journal.last()), most);
            let room = most - picked.entries.len().min(most);
            if room > 0 && !known.backlog().is_empty() {
                let Picked { entries, lost } = journal.pick(known.backlog(), room);
                picked.entries.extend(entries);
                lost.iter().for_each(|span| picked.lost.insert(span));
            }
            picked.entries.retain(|entry| !unreadable.contains(entry.sequence));
            unreadable.iter().for_each(|span| picked.lost.insert(span));
            (picked, Seen::of(journal))
        });
        picked.await
    }
}

/// A report as it travels; none when it cannot be written.
pub(super) fn packed(report: &Report) -> Option<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    let done = serde_json::to_vec(report).map_err(Into::into).and_then(|text| packed.write_all(&text));
    done.and_then(|()| packed.finish()).inspect_err(|error| tracing::error!(%error, "a report cannot be written")).ok()
}
