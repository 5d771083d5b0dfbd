//! Whether operators can be reached: how each kind of channel does, and when it was last proven.
//!
//! It does not know names, addresses or numbers of channels, nor how many there are of a kind: readers need not.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::{Status, Timestamp};

use crate::{
    island::Look,
    notify::Proof,
    page::shell,
    snapshot::Snapshot,
    words::{Words, quantity::capital},
};

/// How the channels of a kind do; the first is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// It has taken nothing since then.
    Failing(Timestamp),
    /// Nothing has gone out by it yet.
    Unproven,
    /// It last took a message then.
    Proven(Timestamp),
}

impl Reach {
    fn of(proof: &Proof) -> Self {
        match (&proof.failing, proof.proven_at) {
            (Some(failing), _) => Self::Failing(failing.since),
            (None, Some(at)) => Self::Proven(at),
            (None, None) => Self::Unproven,
        }
    }
}

/// The channels by kinds: a kind is as good as its worst channel, and its proof as old as the oldest.
fn kinds(snapshot: &Snapshot) -> BTreeMap<&'static str, Reach> {
    let mut kinds = BTreeMap::new();
    for channel in &snapshot.alarms.channels {
        let reach = Reach::of(&channel.proof);
        let worst = kinds.entry(channel.medium.name()).or_insert(reach);
        *worst = reach.min(*worst);
    }
    kinds
}

/// Stands for what is said but for times.
pub(super) fn digest(snapshot: &Snapshot) -> Vec<(&'static str, bool, bool)> {
    let said = |reach| (matches!(reach, Reach::Proven(_)), matches!(reach, Reach::Failing(_)));
    kinds(snapshot).into_iter().map(|(kind, reach)| (kind, said(reach).0, said(reach).1)).collect()
}

/// The list; nothing where nobody is told anything.
pub(super) fn view(snapshot: &Snapshot, words: &Words) -> Option<AnyView> {
    let (kinds, now) = (kinds(snapshot), snapshot.generated_at);
    if kinds.is_empty() {
        return None;
    }
    let row = |(kind, reach): (&'static str, Reach)| {
        let (look, word, why) = match reach {
            Reach::Failing(since) => (
                Status::DegradedPerformance,
                words.channel_failing(),
                words.channel_failing_why(words.when(since, now)),
            ),
            Reach::Unproven => (Status::Unknown, words.channel_none(), String::new()),
            Reach::Proven(at) => (Status::Operational, words.channel_good(), words.channel_proven(words.at(at, now))),
        };
        let look = Look::from(look);
        view! {
            <li>
                <div class="who"><h3>{kind}</h3></div>
                <p class=look.class>{shell::shape(look)}{word}</p>
                <p class="why">{capital(&why)}</p>
            </li>
        }
    };
    let rows = kinds.into_iter().map(row).collect_view();
    Some(
        view! {
            <section class="news">
                <h2>{words.channels_proven()}</h2>
                <p class="meta">{words.channels_why()}</p>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::{DrillState, Failing, Medium},
        page::sample,
        snapshot::{AlarmsView, ChannelView},
    };

    #[test]
    fn a_kind_is_as_good_as_its_worst_channel_and_no_name_is_shown() {
        let mut snapshot = sample::good_times();
        let at = snapshot.generated_at;
        let failing = Failing { since: at, times: 3, error: "canary-error".to_owned() };
        let channel = |name: &str, medium, proven_at: Option<Timestamp>| ChannelView {
            name: name.parse().expect("a name"),
            medium,
            proof: Proof {
                since: at,
                proven_at,
                receipt: None,
                failing: proven_at.is_none().then(|| failing.clone()),
                drill: DrillState::default(),
            },
        };
        let channels = vec![
            channel("canary-a", Medium::OvhSms, Some(at)),
            channel("canary-b", Medium::FreeMobile, None),
            channel("canary-c", Medium::Matrix, Some(at)),
        ];
        snapshot.alarms = std::sync::Arc::new(AlarmsView { channels, ..AlarmsView::default() });
        assert_eq!(digest(&snapshot), [("Matrix", true, false), ("SMS", false, true)]);
        for language in shared::Language::ALL {
            let page = super::super::oversight(&snapshot, language);
            assert!(page.contains("Matrix") && page.contains("SMS") && !page.contains("canary"), "{page}");
        }
    }
}
