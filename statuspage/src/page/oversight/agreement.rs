//! How far the places agree: probes that are answered from several of them, and those on which they differ.
//!
//! It does not know who is right; the quorum says what is shown.

use leptos::prelude::*;
use shared::Health;

use super::sees;
use crate::{
    page::shell::Head,
    snapshot::{ComponentView, ProbeView, Snapshot},
    words::{inert, quantity::place},
};

/// So many disputed components are named.
const NAMED: usize = 6;

/// What the places say of the same probes.
pub(super) struct Agreement<'a> {
    /// How many probes several places see.
    pub(super) compared: usize,
    /// On these they differ.
    pub(super) disputed: Vec<(&'a ComponentView, &'a ProbeView)>,
}

impl<'a> Agreement<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let now = snapshot.generated_at;
        let (mut compared, mut disputed) = (0, Vec::new());
        for component in &snapshot.components {
            for probe in &component.probes {
                let seen: Vec<Health> =
                    probe.locations.values().filter(|at| sees(at, now)).map(|at| at.health).collect();
                compared += usize::from(seen.len() > 1);
                if seen.contains(&Health::Down) && seen.iter().any(|health| *health != Health::Down) {
                    disputed.push((component.as_ref(), probe));
                }
            }
        }
        Self { compared, disputed }
    }
}

pub(super) fn view(snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let Agreement { compared, disputed } = Agreement::of(snapshot);
    let rule = view! { <p class="meta">{words.agreement_rule()}</p> };
    let sentence = match (snapshot.locations.len(), compared, disputed.len()) {
        (0 | 1, _, _) => return view! { <p>{words.agreement_alone()}</p> }.into_any(),
        (_, 0, _) => words.agreement_none(),
        (_, _, 0) => words.agreement_full(compared),
        (_, _, disputed) => words.agreement_disputed(disputed, compared),
    };
    let one = |(component, probe): &(&ComponentView, &ProbeView)| {
        let name = inert(component.name.get(words.language()));
        let down =
            probe.locations.iter().filter(|(_, at)| at.health == Health::Down).map(|(location, _)| place(location));
        let down = down.collect::<Vec<_>>().join(", ");
        let what = format!("{}, {}: {}", probe.name, words.health_down(), down);
        view! { <li><a href=head.service(&component.id)><bdi>{name}</bdi></a>" "<span class="meta">{what}</span></li> }
    };
    let more = disputed.len().checked_sub(NAMED).filter(|more| *more > 0);
    let more = more.map(|more| view! { <li class="meta">{words.and_more(more)}</li> });
    let list = disputed.iter().take(NAMED).map(one).collect_view();
    view! { <p>{sentence}</p><ul>{list}{more}</ul>{rule} }.into_any()
}
