//! Uptime over the customary windows, with its coverage and its rule beside it.
//!
//! It does not compute; the history came with the numbers.

use leptos::prelude::*;

use crate::{
    snapshot::{Uptime, UptimeTable},
    words::Words,
};

/// `99.91 %`, or that there is no data yet.
pub(super) fn share(uptime: Option<Uptime>, words: &Words) -> String {
    uptime.map_or_else(|| words.no_data(), |uptime| words.share(uptime.ratio))
}

/// `over 100 % of the time observed`; nothing where nothing was observed.
pub(super) fn coverage(uptime: Option<Uptime>, words: &Words) -> String {
    uptime.map_or_else(String::new, |uptime| words.coverage(words.share(uptime.coverage)))
}

/// The five windows as figures, and the rule.
pub(super) fn figures(table: &UptimeTable, words: &Words) -> AnyView {
    let windows = [
        (words.window_day(), table.day),
        (words.window_week(), table.week),
        (words.window_month(), table.month),
        (words.window_quarter(), table.quarter),
        (words.window_year(), table.year),
    ];
    let figure = |(window, uptime): (String, Option<Uptime>)| {
        let class = if uptime.is_some() { "" } else { "absent" };
        view! {
            <div>
                <dt>{window}</dt>
                <dd class=class>{share(uptime, words)}</dd>
                <dd class="meta">{coverage(uptime, words)}</dd>
            </div>
        }
    };
    view! {
        <dl class="figures">{windows.into_iter().map(figure).collect_view()}</dl>
        <p class="meta">{words.rule(words.zone_name())}</p>
    }
    .into_any()
}
