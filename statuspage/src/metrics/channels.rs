//! The families of channels to operators; none where nobody is told anything.
//!
//! It does not know names of channels: metrics may be public, and a name may be a person's. Each kind is as good as its worst channel.

use std::collections::BTreeMap;

use super::{
    Scrape,
    exposition::{Exposition, Kind},
    hub::seconds,
};
use crate::notify::Medium;

pub(super) fn write(scrape: &Scrape<'_>, out: &mut Exposition) {
    let mut kinds: BTreeMap<Medium, (u32, u32, Option<shared::Timestamp>)> = BTreeMap::new();
    for channel in &scrape.snapshot.alarms.channels {
        let proof = &channel.proof;
        let (all, failing, proven) = kinds.entry(channel.medium).or_insert((0, 0, proof.proven_at));
        *all += 1;
        *failing += u32::from(proof.failing.is_some());
        *proven = (*proven).min(proof.proven_at);
    }
    out.family(Kind::Gauge, "belfry_channels", "Channels that operators are told by", |family| {
        kinds.iter().for_each(|(kind, (all, ..))| family.sample(&[("kind", kind.word())], f64::from(*all)));
    });
    out.family(Kind::Gauge, "belfry_channels_failing", "Channels whose last attempt failed", |family| {
        kinds.iter().for_each(|(kind, (_, failing, _))| family.sample(&[("kind", kind.word())], f64::from(*failing)));
    });
    out.family(
        Kind::Gauge,
        "belfry_channel_proven_timestamp_seconds",
        "When every channel of a kind was proven to work, in unixtime; absent where one never was",
        |family| {
            for (kind, proven) in kinds.iter().filter_map(|(kind, (.., proven))| Some((kind, (*proven)?))) {
                family.sample(&[("kind", kind.word())], seconds(proven));
            }
        },
    );
}
