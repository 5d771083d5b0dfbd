//! Uptime over the customary windows, with its coverage and its rule beside it.
//!
//! It does not compute; the history came with the numbers.

use std::time::Duration;

use leptos::prelude::*;
use shared::Timestamp;

use crate::{
    snapshot::{ComponentView, Uptime, UptimeTable},
    words::Words,
};

const DAY: Duration = Duration::from_secs(86_400);
/// The window that is told first.
pub(super) const QUARTER: Duration = Duration::from_secs(90 * 86_400);
/// In millionths.
const WHOLE: u32 = 1_000_000;

/// `99.91 %`, or that there is no data yet.
pub(super) fn share(uptime: Option<Uptime>, words: &Words) -> String {
    uptime.map_or_else(|| words.no_data(), |uptime| words.share(uptime.ratio))
}

/// How far back something can be told of a component.
pub(super) struct Watched {
    created_at: Timestamp,
    /// When the page is made.
    pub(super) now: Timestamp,
}

impl Watched {
    pub(super) fn new(component: &ComponentView, now: Timestamp) -> Self {
        Self { created_at: component.created_at, now }
    }

    /// Since when it has been watched, where a window reaches back further than that.
    pub(super) fn since(&self, window: Duration, words: &Words) -> Option<String> {
        (self.now.since(self.created_at) < window).then(|| words.when(self.created_at, self.now))
    }
}

/// `over 100 % of the time observed`, and since when where it has not been watched for all of the window; nothing where nothing was
/// observed.
pub(super) fn coverage(uptime: Option<Uptime>, since: Option<String>, words: &Words) -> String {
    let Some(uptime) = uptime else { return String::new() };
    let coverage = || words.coverage(words.share(uptime.coverage));
    match since.map(|since| words.watched_since(since)) {
        None => coverage(),
        Some(since) if uptime.coverage >= WHOLE => since,
        Some(since) => words.list_comma(since, coverage()),
    }
}

/// The five windows as figures, and the rule.
pub(super) fn figures(table: &UptimeTable, watched: &Watched, words: &Words) -> AnyView {
    let windows = [
        (words.window_day(), table.day, DAY),
        (words.window_week(), table.week, 7 * DAY),
        (words.window_month(), table.month, 30 * DAY),
        (words.window_quarter(), table.quarter, QUARTER),
        (words.window_year(), table.year, 365 * DAY),
    ];
    let figure = |(window, uptime, length): (String, Option<Uptime>, Duration)| {
        let class = if uptime.is_some() { "" } else { "absent" };
        view! {
            <div>
                <dt>{window}</dt>
                <dd class=class>{share(uptime, words)}</dd>
                <dd class="meta">{coverage(uptime, watched.since(length, words), words)}</dd>
            </div>
        }
    };
    view! {
        <dl class="figures">{windows.into_iter().map(figure).collect_view()}</dl>
        <p class="meta">{words.rule(words.zone_name())}</p>
    }
    .into_any()
}
