//! Latency over time as a drawing with axes, and the same as a table.
//!
//! It does not know percentiles' arithmetic; the points came with the history.

use std::time::Duration;

use leptos::prelude::*;
use shared::{LocationName, Timestamp};

use crate::{
    island::reading::Reading,
    snapshot::LatencyPoint,
    words::{Words, quantity::place},
};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 160.0;
const DAY: Duration = Duration::from_secs(86_400);

/// A span of time that is drawn, and the width of one point in it.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) end: Timestamp,
    pub(super) length: Duration,
    pub(super) step: Duration,
}

impl Window {
    /// The same, reaching to the end of the hour or day that goes on.
    fn reaching(self, last: Timestamp) -> Self {
        Self { end: self.end.max(last.plus(self.step)), ..self }
    }

    /// The end is the beginning of another day.
    fn last_moment(&self) -> Timestamp {
        if self.length > DAY { self.end.minus(Duration::from_millis(1)) } else { self.end }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let start = self.end.minus(self.length);
        WIDTH * at.since(start).as_secs_f64() / self.length.as_secs_f64()
    }

    fn width(&self) -> f64 {
        WIDTH * self.step.as_secs_f64() / self.length.as_secs_f64()
    }

    /// A point's time in words: the hour where points are hours, the day where they are days.
    fn label(&self, at: Timestamp, words: &Words) -> String {
        if self.step < DAY { words.when(at, self.end) } else { words.day_and_month(words.day_of(at)) }
    }
}

/// The mark under the horizontal axis: hours of a day, else days.
fn mark(at: Timestamp, window: Window, words: &Words) -> String {
    if window.length > DAY { words.day_and_month(words.day_of(at)) } else { words.clock(at) }
}

/// Which percentile a line shows.
#[derive(Clone, Copy)]
enum Line {
    P50,
    P95,
    P99,
}

impl Line {
    const ALL: [Self; 3] = [Self::P99, Self::P95, Self::P50];

    fn class(self) -> &'static str {
        match self {
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }

    fn of(self, point: &LatencyPoint) -> Duration {
        match self {
            Self::P50 => point.p50(),
            Self::P95 => point.p95(),
            Self::P99 => point.p99(),
        }
    }
}

/// The end of the vertical axis: the next of 1, 2 and 5 times a power of ten above the highest value.
fn ceiling(points: &[LatencyPoint]) -> Duration {
    let highest = points.iter().map(|point| point.p99().as_millis()).max().unwrap_or(0).max(10);
    let mut magnitude = 1_u128;
    while magnitude * 10 <= highest {
        magnitude *= 10;
    }
    let nice = [1, 2, 5, 10].into_iter().map(|factor| factor * magnitude).find(|&end| end >= highest);
    Duration::from_millis(u64::try_from(nice.unwrap_or(highest)).unwrap_or(u64::MAX))
}

/// One line; where hours or days are missing it is interrupted, and an hour or day alone is as wide as itself.
fn path(points: &[LatencyPoint], line: Line, window: Window, top: Duration) -> String {
    let width = window.width();
    let y = |point: &LatencyPoint| HEIGHT * (1.0 - line.of(point).as_secs_f64() / top.as_secs_f64());
    let mut path = String::new();
    for run in points.chunk_by(|a, b| b.at.since(a.at) < window.step * 3 / 2) {
        if let [alone] = run {
            path.push_str(&format!("M{:.0} {:.0}h{width:.0}", window.x(alone.at), y(alone)));
            continue;
        }
        for (i, point) in run.iter().enumerate() {
            let to = if i == 0 { 'M' } else { 'L' };
            path.push_str(&format!("{to}{:.0} {:.0}", window.x(point.at) + width / 2.0, y(point)));
        }
    }
    path
}

/// The drawing of one location with its axes, and a table under it.
pub(super) fn chart(
    points: &[LatencyPoint],
    location: &LocationName,
    window: Window,
    name: &str,
    title: Option<AnyView>,
    words: &Words,
) -> AnyView {
    let Some(last) = points.last() else {
        return view! { {title}<p class="meta">{words.latency_none()}</p> }.into_any();
    };
    let window = window.reaching(last.at);
    let [p50, p95, p99] = last.percentiles().map(|value| words.latency(value));
    let summary = words.latency_chart(place(location), name, p50, p95, p99);
    let top = ceiling(points);
    let lines = Line::ALL.map(|line| view! { <path class=line.class() d=path(points, line, window, top)></path> });
    let start = window.end.minus(window.length);
    let middle = window.end.minus(window.length / 2);
    let times = [start, middle, window.last_moment()].map(|at| view! { <span>{mark(at, window, words)}</span> });
    let values = [top, top / 2, Duration::ZERO].map(|value| view! { <span>{words.latency(value)}</span> });
    let parts = parts(points, window, words);
    let table = table(points, window, summary.clone(), words);
    view! {
        {title}
        <Reading>
            <div class="chart">
                <div class="y" aria-hidden="true">{values.collect_view()}</div>
                <svg viewBox="0 0 720 160" preserveAspectRatio="none" role="group" aria-label=summary>
                    <path class="grid" d="M0 .5h720M0 80h720M0 159.5h720"></path>
                    {lines.collect_view()}
                    {parts}
                </svg>
                <div class="x" aria-hidden="true">{times.collect_view()}</div>
            </div>
        </Reading>
        {table}
    }
    .into_any()
}

/// Invisible columns, one for each point, that can be pointed at and walked through.
fn parts(points: &[LatencyPoint], window: Window, words: &Words) -> AnyView {
    let part = |(i, point): (usize, &LatencyPoint)| {
        let [p50, p95, p99] = point.percentiles().map(|value| words.latency(value));
        let name = words.latency_point(window.label(point.at, words), p50, p95, p99);
        let title = name.clone();
        let stop = if i + 1 == points.len() { "0" } else { "-1" };
        let (x, width) = (format!("{:.1}", window.x(point.at)), format!("{:.1}", window.width()));
        view! {
            <g data-part="" role="img" tabindex=stop aria-label=name>
                <title>{title}</title>
                <rect class="hit" x=x width=width height="160"></rect>
            </g>
        }
    };
    view! { <g>{points.iter().enumerate().map(part).collect_view()}</g> }.into_any()
}

/// The same in rows; `name` tells this table from those of other places and windows.
fn table(points: &[LatencyPoint], window: Window, name: String, words: &Words) -> AnyView {
    let row = |point: &LatencyPoint| {
        let cells = point.percentiles().map(|value| view! { <td>{words.latency(value)}</td> });
        view! {
            <tr><th scope="row">{window.label(point.at, words)}</th>{cells.collect_view()}<td>{point.count}</td></tr>
        }
    };
    view! {
        <details class="table">
            <summary>{words.latency_table()}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=name>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{words.column_when()}</th>
                            <th scope="col">"p50 ("{words.median()}")"</th>
                            <th scope="col">"p95"</th>
                            <th scope="col">"p99"</th>
                            <th scope="col">{words.column_count()}</th>
                        </tr>
                    </thead>
                    <tbody>{points.iter().rev().map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(hour: u64, millis: u64) -> LatencyPoint {
        let at = Timestamp::from_millis(0).plus(Duration::from_secs(hour * 3_600));
        let value = Duration::from_millis(millis);
        LatencyPoint::new(at, 1, [value; 3])
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        let check = |millis: u64, top: u64| assert_eq!(ceiling(&[point(0, millis)]), Duration::from_millis(top));
        check(0, 10);
        check(64, 100);
        check(100, 100);
        check(180, 200);
        check(2_400, 5_000);
        check(7_000, 10_000);
    }

    #[test]
    fn a_line_is_interrupted_where_nothing_was_measured() {
        let hour = Duration::from_secs(3_600);
        let window = Window { end: Timestamp::from_millis(0).plus(24 * hour), length: 24 * hour, step: hour };
        let points = [point(0, 50), point(1, 100), point(4, 0)];
        assert_eq!(path(&points, Line::P50, window, Duration::from_millis(100)), "M15 80L45 0M120 160h30");
    }
}
