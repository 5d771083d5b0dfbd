//! Ninety days in one line: each day a bar, whose colour and height say its worst state.
//!
//! It does not know uptime; it draws.

use jiff::{ToSpan, civil::Date};
use leptos::prelude::*;
use shared::Status;

use super::day;
use crate::{island::Look, snapshot::Day, words::Words};

/// Days that are drawn, whether or not they were watched.
pub(super) const DAYS: usize = 90;
const STEP: usize = 4;
const HEIGHT: usize = 24;

/// Height of a bar, which says without colour how bad the day was.
fn height(status: Status) -> usize {
    match status {
        Status::Unknown => 4,
        Status::Operational | Status::UnderMaintenance => 11,
        Status::DegradedPerformance => 15,
        Status::PartialOutage => 19,
        Status::MajorOutage => HEIGHT,
    }
}

/// The worst state of each day drawn, the oldest first; days before the first are unknown.
fn states(days: &[Day]) -> Vec<Status> {
    let known = days.iter().skip(days.len().saturating_sub(DAYS)).map(|day| day.worst);
    let missing = DAYS.saturating_sub(days.len());
    std::iter::repeat_n(Status::Unknown, missing).chain(known).collect()
}

/// One path for each state, equal days in a row as one dashed line: a quiet quarter weighs thirty bytes.
fn path(states: &[Status], wanted: Status) -> Option<String> {
    let mut path = String::new();
    let mut at = 0;
    let middle = HEIGHT as f64 - height(wanted) as f64 / 2.0;
    for run in states.chunk_by(|a, b| a == b) {
        if run.first() == Some(&wanted) {
            path.push_str(&format!("M{} {middle}h{}", at * STEP, run.len() * STEP - 1));
        }
        at += run.len();
    }
    (!path.is_empty()).then_some(path)
}

/// The strip as one picture with one name, for the overview.
pub(super) fn picture(days: &[Day], name: String) -> AnyView {
    let states = states(days);
    let paths = Status::ALL
        .into_iter()
        .filter_map(|status| path(&states, status).map(|d| view! { <path class=Look::from(status).class d=d></path> }));
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
        let worst = day.map_or(Status::Unknown, |day| day.worst);
        let (x, height) = (i * STEP, height(worst));
        let name =
            day.map_or_else(|| day::unwatched(today.saturating_sub(ago.days()), words), |day| day::name(day, words));
        let title = name.clone();
        let stop = if ago == 0 { "0" } else { "-1" };
        view! {
            <g data-part="" role="img" tabindex=stop aria-label=name>
                <title>{title}</title>
                <rect class="hit" x=x width=STEP height=HEIGHT></rect>
                <rect class=Look::from(worst).class x=x y=HEIGHT - height width=STEP - 1 height=height></rect>
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
    use Status::{MajorOutage, Operational, Unknown};

    #[test]
    fn equal_days_are_one_stroke() {
        let states = [Unknown, Operational, Operational, MajorOutage, Operational];
        assert_eq!(path(&states, Operational).as_deref(), Some("M4 18.5h7M16 18.5h3"));
        assert_eq!(path(&states, MajorOutage).as_deref(), Some("M12 12h3"));
        assert_eq!(path(&states, Status::PartialOutage), None);
    }

    #[test]
    fn days_before_the_first_are_unknown_and_today_is_last() {
        assert_eq!(states(&[]).len(), DAYS);
        assert!(states(&[]).iter().all(|status| *status == Unknown));
    }
}
