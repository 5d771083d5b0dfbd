//! `[probe.heartbeat]`: when a sign of life is due, the token that opens it, and the limits of what comes with it.
//!
//! It does not know how a sign of life comes.

use std::time::Duration;

use super::cron_line;
use crate::{
    definition::{Bounds, HeartbeatCheck, Schedule, ValueLimits},
    load::{
        report::{Mistake, quoted},
        tree::{At, Context, Entry, value},
        typed,
        values::{Every, Number},
    },
};

const DEFAULT_GRACE: Duration = Duration::from_secs(60);
/// A token shorter than that can be guessed, and a longer one does not fit into every URL.
const TOKEN: std::ops::RangeInclusive<usize> = 16..=128;
/// Names that mean something else in what is sent.
const TAKEN: [&str; 3] = ["status", "msg", "ping"];

/// When the sign of life is due, and how late it may be.
pub(super) fn rhythm(
    probe: &typed::Probe,
    heartbeat: &typed::Heartbeat,
    context: &mut Context<'_>,
) -> (Option<Schedule>, Duration) {
    let every = probe.every.as_ref().map(|every| every.span.clone());
    let cron = probe.cron.as_ref().map(|cron| cron.span.clone());
    let timeout = probe.timeout.as_ref().map(|timeout| timeout.span.clone());
    for (key, span, instead) in [("every", every, "period"), ("cron", cron, "cron"), ("timeout", timeout, "grace")] {
        if let Some(span) = span {
            let mistake = Mistake::error(format!("nothing is asked of a heartbeat, so that `{key}` means nothing"));
            context.report(mistake.at(span).help(format!("what is meant is `{instead}` in [probe.heartbeat]")));
        }
    }
    let grace = value(&heartbeat.grace).map_or(DEFAULT_GRACE, |grace| grace.0);
    (schedule(probe, heartbeat, context), grace)
}

fn schedule(probe: &typed::Probe, heartbeat: &typed::Heartbeat, context: &mut Context<'_>) -> Option<Schedule> {
    match (&heartbeat.period, &heartbeat.cron) {
        (Some(period), None) => period.value.map(|Every(period)| Schedule::Every(period)),
        (None, Some(cron)) => cron_line(cron, context),
        (Some(period), Some(cron)) => {
            let mistake = Mistake::error("a heartbeat has `period` or `cron`, not both").at(cron.span.clone());
            let mistake = mistake.related(period.span.clone(), "`period` is here");
            context.report(mistake.help("leave one of them out"));
            None
        }
        (None, None) => {
            let mistake = Mistake::error("the heartbeat does not say how often it comes");
            let place = probe.heartbeat.as_ref().map(|heartbeat| heartbeat.span.clone()).unwrap_or_default();
            context.report(mistake.at(place).help("add period = \"5m\", or cron = \"0 30 4 * * *\""));
            None
        }
    }
}

/// Checks a whole table.
pub(super) fn check(heartbeat: &typed::Heartbeat, context: &mut Context<'_>) -> Option<HeartbeatCheck> {
    let values = value(&heartbeat.values).map(|entries| entries.0.as_slice()).unwrap_or_default();
    for entry in values {
        value_name(entry, context);
        contradictions(entry, context);
    }
    let token = heartbeat.token.0.as_ref()?;
    let secret = &token.value.as_ref()?.0;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !TOKEN.contains(&secret.reveal().len()) || !secret.reveal().chars().all(allowed) {
        let mistake = Mistake::error("the token cannot be used: it has 16 to 128 letters, digits, `-` and `_`");
        let help = "`prober new --heartbeat ID` makes one, or `openssl rand -hex 16`";
        context.report(mistake.at(token.span.clone()).help(help));
        return None;
    }
    let limits = values.iter().filter_map(|entry| Some((entry.key.clone(), limits(entry.value.value.as_ref()?))));
    Some(HeartbeatCheck { token: secret.clone(), values: limits.collect() })
}

fn limits(typed: &typed::Value) -> ValueLimits {
    let warn = value(&typed.warn);
    ValueLimits {
        fail: Bounds { min: number(&typed.min), max: number(&typed.max) },
        warn: Bounds { min: warn.and_then(|warn| number(&warn.min)), max: warn.and_then(|warn| number(&warn.max)) },
    }
}

fn number(key: &Option<At<Number>>) -> Option<f64> {
    value(key).map(|number| number.0)
}

fn value_name(entry: &Entry<typed::Value>, context: &mut Context<'_>) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = entry.key.as_str();
    let reason = if TAKEN.contains(&name) {
        "means something else in what is sent"
    } else if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
        "is no name of a value: it has letters, digits, `-`, `_` and `.`"
    } else {
        return;
    };
    let mistake = Mistake::error(format!("{} {reason}", quoted(name))).at(entry.key_span.clone());
    context.report(mistake.help("for example `free_pct`"));
}

/// Limits that nothing, or everything, keeps to.
fn contradictions(entry: &Entry<typed::Value>, context: &mut Context<'_>) {
    let Some(limits) = entry.value.value.as_ref().map(limits) else { return };
    let span = entry.value.span.clone();
    if limits == ValueLimits::default() {
        let mistake = Mistake::error(format!("{} has no limit", quoted(&entry.key))).at(span);
        return context.report(mistake.help("add `min`, `max` or `warn = { min = … }`"));
    }
    let empty = |bounds: Bounds| bounds.min.zip(bounds.max).is_some_and(|(min, max)| min > max);
    if empty(limits.fail) || empty(limits.warn) {
        let mistake = Mistake::error(format!("nothing keeps to the limits of {}", quoted(&entry.key))).at(span);
        return context.report(mistake.help("`min` is the least that is allowed, `max` the most"));
    }
    let useless = |warn: Option<f64>, fail: Option<f64>, wider: fn(f64, f64) -> bool| {
        warn.zip(fail).is_some_and(|(warn, fail)| wider(warn, fail))
    };
    let low = useless(limits.warn.min, limits.fail.min, |warn, fail| warn <= fail);
    let high = useless(limits.warn.max, limits.fail.max, |warn, fail| warn >= fail);
    if low || high {
        let mistake = Mistake::error(format!("{} would fail before it warns", quoted(&entry.key))).at(span);
        context.report(mistake.help("the limits of `warn` are the narrower ones"));
    }
}
