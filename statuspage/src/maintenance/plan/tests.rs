//! When plans come, over the changes of clocks too.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone")
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

fn recurrence(line: &str, duration: Duration) -> Result<Recurrence, TimingFault> {
    Recurrence::new(line, duration, &paris(), at("2026-01-01T00:00:00Z"))
}

fn plan(line: &str, duration: Duration) -> Plan {
    let timing = Timing::Recurring(recurrence(line, duration).expect("a sound line"));
    Plan::from_file("Updates".into(), "".into(), Scope::All, timing)
}

fn spans(plan: &Plan, from: &str, until: &str) -> Vec<String> {
    let show = |span: Span| format!("{} {} min", span.starts_at, span.ends_at.since(span.starts_at).as_secs() / 60);
    plan.occurrences(at(from), at(until)).map(show).collect()
}

#[test]
fn a_night_keeps_its_hour_on_the_wall_over_the_changes_of_clocks() {
    let nightly = plan("0 30 2 * * *", hours(2));
    let check = |from: &str, until: &str, expected: &[&str]| assert_eq!(spans(&nightly, from, until), expected);
    check(
        "2026-03-28T12:00:00Z",
        "2026-03-31T00:00:00Z",
        &["2026-03-29T01:30:00.000Z 120 min", "2026-03-30T00:30:00.000Z 120 min"],
    );
    check(
        "2026-10-24T12:00:00Z",
        "2026-10-27T00:00:00Z",
        &["2026-10-25T00:30:00.000Z 120 min", "2026-10-26T01:30:00.000Z 120 min"],
    );
    // Asked inside of it and inside of the hour that is skipped, it is the same.
    check("2026-03-29T01:10:00Z", "2026-03-29T02:00:00Z", &["2026-03-29T01:30:00.000Z 120 min"]);
    check("2026-03-29T03:29:59Z", "2026-03-29T04:00:00Z", &["2026-03-29T01:30:00.000Z 120 min"]);
    check("2026-03-29T03:30:00Z", "2026-03-29T04:00:00Z", &[]);
}

#[test]
fn a_whole_day_ends_when_the_next_one_begins_where_the_clocks_leave_less_than_a_day() {
    let daily = plan("0 0 0 * * *", hours(24));
    let expected = ["2026-03-28T23:00:00.000Z 1380 min", "2026-03-29T22:00:00.000Z 1440 min"];
    assert_eq!(spans(&daily, "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"), expected);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let check = |line: &str, duration: Duration, expected: &str| {
        let fault = recurrence(line, duration).expect_err(line).to_string();
        assert!(fault.contains(expected), "{line}: {fault}");
    };
    check("0 3 * * *", hours(1), "put the seconds first: \"0 0 3 * * *\"");
    check("0 0 3 * * FUNDAY", hours(1), "`cron` is not a line of six fields");
    check("0 0 3 1 1 * 2020", hours(1), "never comes again");
    check("0 0 3 * * *", hours(30), "takes 108000 s and begins again after");
    check("0 */5 * * * *", Duration::from_secs(60), "every 300 s");
    check("0 0 3 1 * *", hours(24 * 8), "more than 7 days");
    check("0 0 3 * * *", Duration::from_secs(59), "less than a minute");
    let span = |from: &str, until: &str| Span::new(at(from), at(until)).map(drop);
    assert_eq!(span("2026-01-01T03:00:00Z", "2026-01-01T02:00:00Z"), Err(TimingFault::Backwards));
    assert_eq!(span("2026-01-01T03:00:00Z", "2026-01-08T03:00:01Z"), Err(TimingFault::TooLong));
    assert_eq!(span("2026-01-01T03:00:00Z", "2026-01-08T03:00:00Z"), Ok(()));
}

#[test]
fn the_same_window_has_the_same_id_whatever_it_is_called() {
    let one = plan("0 30 2 * * *", hours(2));
    let other = Plan { title: "Something else".into(), ..plan("0  30 2 * * *", hours(1)) };
    assert_eq!(one.id, other.id);
    assert_ne!(one.id, plan("0 31 2 * * *", hours(2)).id);
    assert_eq!(one.id.as_str().parse(), Ok(one.id.clone()));
}

proptest! {
    #[test]
    fn occurrences_never_overlap_and_are_the_same_whenever_one_asks(
        hour in 0..24_u32,
        minute in 0..60_u32,
        length in 1..24_u64,
        start in 0..(730 * 86_400_i64),
        later in 0..(3 * 86_400_i64),
    ) {
        let plan = plan(&format!("0 {minute} {hour} * * *"), hours(length));
        let from = Timestamp::from_millis(at("2026-01-01T00:00:00Z").as_millis() + start * 1_000);
        let (then, until) = (from.plus(Duration::from_secs(later.unsigned_abs())), from.plus(hours(24 * 5)));
        let all: Vec<_> = plan.occurrences(from, until).collect();
        prop_assert!(all.windows(2).all(|pair| pair[0].ends_at <= pair[1].starts_at), "{all:?}");
        prop_assert!(all.len() >= 4, "{all:?}");
        let rest: Vec<_> = all.iter().copied().filter(|span| span.ends_at > then).collect();
        prop_assert_eq!(plan.occurrences(then, until).collect::<Vec<_>>(), rest);
        for span in all {
            prop_assert_eq!(plan.at(span.starts_at), Some(span));
        }
    }
}
