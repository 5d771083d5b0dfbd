//! Ninety days in one line: each day a bar, whose colour says its worst state and whose height how bad and how long that was.
//!
//! It does not know uptime; it draws.

use std::time::Duration;

use jiff::{ToSpan, civil::Date};
use leptos::prelude::*;
use shared::Status;

use super::day;
use crate::{island::Look, snapshot::Day, words::Words};

/// Days that are drawn, whether or not they were watched.
pub(super) const DAYS: usize = 90;
const STEP: usize = 4;
const HEIGHT: usize = 24;

/// A disturbance as short as that is a stub …
const SHORT: Duration = Duration::from_secs(300);
/// … and from there on the bar is as high as it gets.
const LONG: Duration = Duration::from_secs(3_600);

/// A day as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bar {
    height: usize,
    status: Status,
}

impl Bar {
    const UNKNOWN: Self = Self { height: 4, status: Status::Unknown };

    fn of(day: &Day) -> Self {
        let status = day.worst;
        let lasted = day.time.of(status);
        let step = usize::from(lasted >= SHORT) + usize::from(lasted >= LONG);
        // The height says it without colour: what is worse is higher, and of the same what lasted longer.
        let [short, middling, long] = match status {
            Status::Unknown => return Self::UNKNOWN,
            Status::Operational | Status::UnderMaintenance => [11; 3],
            Status::DegradedPerformance => [13, 14, 15],
            Status::PartialOutage => [14, 17, 19],
            Status::MajorOutage => [16, 20, HEIGHT],
        };
        Self { height: [short, middling, long].get(step).copied().unwrap_or(long), status }
    }
}

/// The bar of each day drawn, the oldest first; days before the first are unknown.
fn bars(days: &[Day]) -> Vec<Bar> {
    let known = days.iter().skip(days.len().saturating_sub(DAYS)).map(Bar::of);
    let missing = DAYS.saturating_sub(days.len());
    std::iter::repeat_n(Bar::UNKNOWN, missing).chain(known).collect()
}

/// One path for each kind of bar, equal days in a row as one dashed line: a quiet quarter weighs thirty bytes.
fn path(bars: &[Bar], wanted: Bar) -> Option<String> {
    let mut path = String::new();
    let mut at = 0;
    let middle = HEIGHT as f64 - wanted.height as f64 / 2.0;
    for run in bars.chunk_by(|a, b| a == b) {
        if run.first() == Some(&wanted) {
            path.push_str(&format!("M{} {middle}h{}", at * STEP, run.len() * STEP - 1));
        }
        at += run.len();
    }
    (!path.is_empty()).then_some(path)
}

/// The strip as one picture with one name, for the overview.
pub(super) fn picture(days: &[Day], name: String) -> AnyView {
    let bars = bars(days);
    let mut kinds: Vec<Bar> = Vec::new();
    for bar in &bars {
        if !kinds.contains(bar) {
            kinds.push(*bar);
        }
    }
    let paths = kinds.into_iter().filter_map(|bar| {
        let d = path(&bars, bar)?;
        Some(view! { <path class=Look::from(bar.status).class stroke-width=bar.height d=d></path> })
    });
    view! {
        <svg class="days" viewBox="0 0 359 24" preserveAspectRatio="none" role="img" aria-label=name>
            {paths.collect_view()}
        </svg>
    }
    .into_any()
}

/// The strip as bars that can be read one by one, for the component's own page.
pub(super) fn parts(days: &[Day], today: Date, words: &Words) -> AnyView {
    let known = days.get(days.len().saturating_sub(DAYS)..).unwrap_or_default();
    let bar = |(i, ago): (usize, i64)| {
        let day = (i + known.len()).checked_sub(DAYS).and_then(|i| known.get(i));
        let Bar { height, status } = day.map_or(Bar::UNKNOWN, Bar::of);
        let x = i * STEP;
        let name =
            day.map_or_else(|| day::unwatched(today.saturating_sub(ago.days()), words), |day| day::name(day, words));
        let title = name.clone();
        let stop = if ago == 0 { "0" } else { "-1" };
        view! {
            <g data-part="" role="img" tabindex=stop aria-label=name>
                <title>{title}</title>
                <rect class="hit" x=x width=STEP height=HEIGHT></rect>
                <rect class=Look::from(status).class x=x y=HEIGHT - height width=STEP - 1 height=height></rect>
            </g>
        }
    };
    view! {
        <svg class="days tall" viewBox="0 0 360 24" preserveAspectRatio="none" role="group" aria-label=words.section_days()>
            <g>{(0..DAYS).zip((0..DAYS as i64).rev()).map(bar).collect_view()}</g>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::TimeInStatus;
    use Status::{MajorOutage, Operational, Unknown};

    #[test]
    fn equal_days_are_one_stroke() {
        let [well, down] = [(Operational, 11), (MajorOutage, 24)].map(|(status, height)| Bar { height, status });
        let bars = [Bar::UNKNOWN, well, well, down, well];
        assert_eq!(path(&bars, well).as_deref(), Some("M4 18.5h7M16 18.5h3"));
        assert_eq!(path(&bars, down).as_deref(), Some("M12 12h3"));
        assert_eq!(path(&bars, Bar { height: 16, ..down }), None);
    }

    #[test]
    fn a_bar_is_as_high_as_the_day_was_bad() {
        let check = |status: Status, seconds: u64, height: usize| {
            let time = TimeInStatus::default().with(status, Duration::from_secs(seconds));
            let day = Day { date: Date::default(), worst: status, time, uptime: None };
            assert_eq!(Bar::of(&day), Bar { height, status }, "{seconds} s");
        };
        check(Operational, 80_000, 11);
        check(Status::PartialOutage, 20, 14);
        check(MajorOutage, 20, 16);
        check(MajorOutage, 600, 20);
        check(MajorOutage, 3_600, 24);
        check(Unknown, 80_000, 4);
    }

    #[test]
    fn days_before_the_first_are_unknown_and_today_is_last() {
        assert_eq!(bars(&[]).len(), DAYS);
        assert!(bars(&[]).iter().all(|bar| *bar == Bar::UNKNOWN));
    }
}
