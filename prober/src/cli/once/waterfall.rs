//! One observation for the eyes: the verdict with its reason, and where the time went, phase under phase.
//!
//! It does not know where it is shown, but for the width.

use std::time::Duration;

use shared::{Hop, Observation, Timestamp, Timings};

/// Columns beside the bars: indentation, the phase's name and its time.
const BESIDE: usize = 28;

/// Draws an observation `width` columns wide, without a newline at the end.
pub(super) fn waterfall(observation: &Observation, width: usize) -> String {
    let mut lines = vec![headline(observation)];
    if let Some(failure) = &observation.failure {
        lines.push(format!("  {}: {}", failure.kind, failure.detail));
        lines.extend(failure.evidence.iter().flat_map(|evidence| folded(evidence, width.saturating_sub(4).max(20))));
    }
    lines.extend(facts(observation));
    lines.extend(bars(observation, width.saturating_sub(BESIDE).max(8)));
    lines.push(String::new());
    lines.join("\n")
}

/// A long text in lines of at most `width` characters, broken between words where there are any.
fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while rest.len() > width {
        let space = rest.iter().take(width + 1).rposition(|c| *c == ' ').filter(|at| *at > width / 2);
        let after = rest.split_off(space.map_or(width, |at| at + 1));
        lines.push(rest.iter().collect::<String>().trim_end().to_owned());
        rest = after;
    }
    lines.push(rest.into_iter().collect());
    lines.iter().map(|line| format!("  {line}")).collect()
}

fn headline(observation: &Observation) -> String {
    let status = observation.http.as_ref().map(|http| format!("  {} over HTTP/{}", http.status, http.version.word()));
    let (verdict, time) = (observation.verdict, time(observation.duration));
    format!("{}  {verdict}  {time}{}", observation.probe, status.unwrap_or_default())
}

fn facts(observation: &Observation) -> Option<String> {
    let address = observation.address.map(|address| format!("address {address}"));
    let certificate = observation.certificate_expires_at.map(|end| certificate(end, observation.started_at));
    let facts: Vec<String> = address.into_iter().chain(certificate).collect();
    (!facts.is_empty()).then(|| format!("  {}", facts.join(", ")))
}

fn certificate(end: Timestamp, now: Timestamp) -> String {
    const DAY: i64 = 86_400_000;
    let date = end.to_string();
    let date = date.split('T').next().unwrap_or_default();
    // Rounded down: the last day counts as none.
    match (end.as_millis() - now.as_millis()).div_euclid(DAY) {
        days @ ..0 => format!("certificate ended on {date} ({} days ago)", -days),
        days => format!("certificate until {date} ({days} days)"),
    }
}

/// The redirects with their phases, and after them the phases of the last request.
fn bars(observation: &Observation, width: usize) -> Vec<String> {
    let hops: &[Hop] = observation.http.as_ref().map_or(&[], |http| &http.redirects);
    let mut lines = Vec::new();
    let mut elapsed = Duration::ZERO;
    let scale = Scale { total: observation.duration, width };
    for hop in hops {
        lines.extend(phases(&hop.timings, &mut elapsed, &scale));
        let location = hop.location.as_deref().unwrap_or("elsewhere");
        lines.push(format!("  {} → {}", hop.status, location.escape_debug()));
    }
    lines.extend(phases(&last(&observation.timings, hops), &mut elapsed, &scale));
    lines
}

/// The sum over all requests without the redirects: what the last request took.
fn last(sum: &Timings, hops: &[Hop]) -> Timings {
    let mut redirects = Timings::default();
    hops.iter().for_each(|hop| redirects.add(&hop.timings));
    let less = |sum: Option<Duration>, part: Option<Duration>| {
        let left = sum?.saturating_sub(part.unwrap_or_default());
        // A phase that only the redirects reached has nothing left.
        (part.is_none() || !left.is_zero()).then_some(left)
    };
    Timings {
        resolve: less(sum.resolve, redirects.resolve),
        connect: less(sum.connect, redirects.connect),
        tls: less(sum.tls, redirects.tls),
        processing: less(sum.processing, redirects.processing),
        transfer: less(sum.transfer, redirects.transfer),
    }
}

fn phases(timings: &Timings, elapsed: &mut Duration, scale: &Scale) -> Vec<String> {
    let reached = timings.phases().into_iter().filter_map(|(name, took)| Some((name, took?)));
    let mut lines = Vec::new();
    for (name, took) in reached {
        lines.push(format!("  {name:<10} {:>11}  {}", time(took), scale.bar(*elapsed, took)));
        *elapsed += took;
    }
    lines
}

/// How long the whole is, and how many columns it has.
struct Scale {
    total: Duration,
    width: usize,
}

impl Scale {
    /// A bar from `start` on: at least one column, and inside the width.
    fn bar(&self, start: Duration, took: Duration) -> String {
        let begin = self.column(start).min(self.width - 1);
        let end = self.column(start + took).clamp(begin + 1, self.width);
        format!("{}{}", " ".repeat(begin), "█".repeat(end - begin))
    }

    fn column(&self, at: Duration) -> usize {
        let share = at.as_nanos() * self.width as u128 / self.total.as_nanos().max(1);
        usize::try_from(share).unwrap_or(self.width).min(self.width)
    }
}

/// Three digits are as many as a reader wants.
fn time(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1_000.0;
    match millis {
        ..1.0 => format!("{millis:.2} ms"),
        ..10.0 => format!("{millis:.1} ms"),
        ..1_000.0 => format!("{millis:.0} ms"),
        _ => format!("{:.2} s", millis / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use shared::{Failure, FailureKind, HttpFacts, HttpVersion, Verdict};

    use super::*;

    fn millis(millis: u64) -> Option<Duration> {
        Some(Duration::from_millis(millis))
    }

    fn observation() -> Observation {
        Observation {
            probe: "cloud/login".parse().expect("an id"),
            location: "local".parse().expect("a name"),
            started_at: "2026-11-22T13:00:00Z".parse().expect("a time"),
            verdict: Verdict::Pass,
            failure: None,
            timings: Timings {
                resolve: millis(12),
                connect: millis(20),
                tls: millis(45),
                processing: millis(100),
                transfer: Some(Duration::from_micros(250)),
            },
            duration: Duration::from_micros(177_250),
            http: Some(HttpFacts { status: 200, version: HttpVersion::Http2, redirects: vec![] }),
            certificate_expires_at: Some("2027-01-03T13:00:00Z".parse().expect("a time")),
            confirmation: false,
            address: Some([203, 0, 113, 7].into()),
        }
    }

    #[test]
    fn a_pass_shows_its_phases_one_after_the_other() {
        insta::assert_snapshot!(waterfall(&observation(), 80));
    }

    #[test]
    fn a_failure_shows_its_reason_and_what_was_reached() {
        let failure =
            Failure::new(FailureKind::ConnectTimeout, "no connection within 10 s").with_evidence("203.0.113.7:443");
        let timings = Timings { resolve: millis(3), connect: millis(9_997), ..Timings::default() };
        insta::assert_snapshot!(waterfall(
            &Observation {
                verdict: Verdict::Fail,
                failure: Some(failure),
                timings,
                duration: Duration::from_secs(10),
                http: None,
                certificate_expires_at: None,
                ..observation()
            },
            60
        ));
    }

    #[test]
    fn redirects_are_drawn_before_what_they_led_to() {
        let hop = Timings { resolve: millis(5), connect: millis(10), processing: millis(15), ..Timings::default() };
        let location = Some("https://cloud.example.org/\u{1b}[2J".to_owned());
        let redirects = vec![Hop { status: 301, location, timings: hop }];
        insta::assert_snapshot!(waterfall(
            &Observation {
                http: Some(HttpFacts { status: 200, version: HttpVersion::Http11, redirects }),
                certificate_expires_at: Some("2026-11-20T13:00:00Z".parse().expect("a time")),
                ..observation()
            },
            80
        ));
    }

    #[test]
    fn long_evidence_is_folded_inside_the_width() {
        let check = |text: &str, expected: &[&str]| assert_eq!(folded(text, 20), expected, "{text}");
        check("short", &["  short"]);
        check("one two three four five six", &["  one two three four", "  five six"]);
        check(&"x".repeat(45), &["  xxxxxxxxxxxxxxxxxxxx", "  xxxxxxxxxxxxxxxxxxxx", "  xxxxx"]);
        check("", &["  "]);
    }

    #[test]
    fn nothing_reached_and_no_room_are_drawn_all_the_same() {
        let nothing =
            Observation { timings: Timings::default(), duration: Duration::ZERO, http: None, ..observation() };
        assert_eq!(waterfall(&nothing, 0).lines().count(), 2);
        let narrow = waterfall(&observation(), 0);
        let mut bars = narrow.lines().filter(|line| line.contains('█'));
        assert!(bars.all(|line| line.chars().count() < BESIDE + 10), "{narrow}");
    }
}
