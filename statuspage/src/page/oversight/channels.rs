//! Whether operators can be reached: when each kind of channel was last proven.
//!
//! It does not know names, addresses or numbers of channels, nor how many there are of a kind: readers need not.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::Timestamp;

use crate::{snapshot::Snapshot, words::Words};

/// The oldest proof of each kind: a kind is as good as its worst channel. Absent where one was never proven.
fn proofs(snapshot: &Snapshot) -> BTreeMap<&'static str, Option<Timestamp>> {
    let mut proofs = BTreeMap::new();
    for channel in &snapshot.alarms.channels {
        let proven = channel.proof.proven_at;
        let worst = proofs.entry(channel.medium.name()).or_insert(proven);
        *worst = (*worst).min(proven);
    }
    proofs
}

/// Stands for what is said but for times.
pub(super) fn digest(snapshot: &Snapshot) -> Vec<(&'static str, bool)> {
    proofs(snapshot).into_iter().map(|(kind, proven)| (kind, proven.is_some())).collect()
}

/// The list; nothing where nobody is told anything.
pub(super) fn view(snapshot: &Snapshot, words: &Words) -> Option<AnyView> {
    let proofs = proofs(snapshot);
    if proofs.is_empty() {
        return None;
    }
    let row = |(kind, proven): (&'static str, Option<Timestamp>)| {
        let said = proven
            .map_or_else(|| words.channel_unproven(), |at| words.channel_proven(words.at(at, snapshot.generated_at)));
        view! { <li><b>{kind}</b>" · "{said}</li> }
    };
    let rows = proofs.into_iter().map(row).collect_view();
    Some(view! { <h3>{words.channels_proven()}</h3><ul>{rows}</ul> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::{DrillState, Medium, Proof},
        page::sample,
        snapshot::{AlarmsView, ChannelView},
    };

    #[test]
    fn a_kind_is_as_good_as_its_worst_channel_and_no_name_is_shown() {
        let mut snapshot = sample::good_times();
        let at = snapshot.generated_at;
        let channel = |name: &str, medium, proven_at| ChannelView {
            name: name.parse().expect("a name"),
            medium,
            proof: Proof { since: at, proven_at, receipt: None, failing: None, drill: DrillState::default() },
        };
        let channels = vec![
            channel("canary-a", Medium::OvhSms, Some(at)),
            channel("canary-b", Medium::FreeMobile, None),
            channel("canary-c", Medium::Matrix, Some(at)),
        ];
        snapshot.alarms = std::sync::Arc::new(AlarmsView { channels, ..AlarmsView::default() });
        assert_eq!(digest(&snapshot), [("Matrix", true), ("SMS", false)]);
        for language in shared::Language::ALL {
            let page = super::super::oversight(&snapshot, language);
            assert!(page.contains("Matrix") && page.contains("SMS") && !page.contains("canary"), "{page}");
        }
    }
}
