//! The families of mail to subscribers; none where no mail is set up.
//!
//! It does not know who they are, nor of which story a letter was.

use super::{
    Scrape,
    exposition::{Exposition, Kind},
    hub::seconds,
};
use crate::{
    mailing::{Flow, Tally},
    subscriber::Counts,
};

pub(super) fn write(scrape: &Scrape<'_>, out: &mut Exposition) {
    let Some(Flow { accepted_at, proven_at, waiting_since, waiting, accepted, refused, deferred }) =
        scrape.snapshot.mail.flow
    else {
        return;
    };
    let mut single = |kind, name, help, value: f64| out.single(kind, name, help, value);
    single(Kind::Counter, "belfry_mail_accepted_total", "Letters that a relay took", accepted as f64);
    single(Kind::Counter, "belfry_mail_refused_total", "Letters that were given up", refused as f64);
    single(
        Kind::Counter,
        "belfry_mail_deferred_total",
        "Attempts after which a letter is tried again",
        deferred as f64,
    );
    single(Kind::Gauge, "belfry_mail_waiting", "Letters that wait and could leave", waiting as f64);
    let held = scrape.snapshot.mail.tallies.values().map(|Tally { held, .. }| *held).sum::<u64>();
    single(Kind::Gauge, "belfry_mail_held", "Letters that leave later, so that nobody is flooded", held as f64);
    let age = waiting_since.map_or(0.0, |since| scrape.now.since(since).as_secs_f64());
    single(Kind::Gauge, "belfry_mail_oldest_seconds", "How long the oldest letter waits that could leave", age);
    out.family(Kind::Gauge, "belfry_mail_subscribers", "Subscribers by how far they are", |family| {
        if let Some(Counts { confirmed, asked, quarantined, refused, came_back: _ }) = scrape.snapshot.mail.subscribers
        {
            let stages =
                [("confirmed", confirmed), ("asked", asked), ("quarantined", quarantined), ("refused", refused)];
            stages.into_iter().for_each(|(stage, count)| family.sample(&[("stage", stage)], count as f64));
        }
    });
    out.family(
        Kind::Gauge,
        "belfry_mail_accepted_timestamp_seconds",
        "When a relay last took a letter, in unixtime",
        |family| {
            if let Some(at) = accepted_at {
                family.sample(&[], seconds(at));
            }
        },
    );
    let help = "When a relay last took a letter, or proved that it would, in unixtime";
    out.family(Kind::Gauge, "belfry_mail_proven_timestamp_seconds", help, |family| {
        if let Some(at) = proven_at {
            family.sample(&[], seconds(at));
        }
    });
}
