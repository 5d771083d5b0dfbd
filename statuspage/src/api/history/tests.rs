//! Parameters, and the shape of the answer.

use jiff::tz::TimeZone;

use super::*;

fn now() -> Timestamp {
    "2026-11-22T12:34:00Z".parse().expect("a time")
}

fn read(text: &str) -> Result<Query, serde_json::Value> {
    let query = Query::read(Some(text), now());
    let query = query.and_then(|query| query.steps(&TimeZone::UTC, now()).map(|_| query));
    query.map_err(|problem| serde_json::to_value(problem).expect("it serialises"))
}

#[test]
fn a_parameter_that_cannot_be_used_is_named_with_the_way_out() {
    let check = |text: &str, parameter: &str, way_out: &str| {
        let problem = read(text).expect_err(text);
        assert_eq!((&problem["parameter"], &problem["status"]), (&parameter.into(), &400.into()), "{text}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(way_out)), "{text}: {problem}");
    };
    check("from=yesterday", "from", "RFC 3339");
    check("to=2026-13-01T00:00:00Z", "to", "RFC 3339");
    check("from=2026-11-22T13:00:00Z&to=2026-11-22T12:00:00Z", "to", "before `from`");
    for step in ["", "h", "0h", "1m", "90m", "1.5h", "-1h", "745h", "2d", "day", "1H"] {
        check(&format!("step={step}"), "step", "`1h` to `744h`");
    }
    check("step=1h&step=1h", "step", "more than once");
    check("from=2026-01-01T00:00:00Z", "step", "longer `step`");
    check("from=2020-01-01T00:00:00Z&step=1d", "step", "shorter range");
    check("from=2025-10-01T00:00:00Z&step=744h", "step", "`1d`");
}

#[test]
fn what_is_left_out_has_its_default() {
    let check = |text: &str, hours: u64, step: Step| {
        let expected = Query { range: now().minus(Duration::from_secs(hours * 3_600))..now(), step };
        assert_eq!(read(text), Ok(expected), "{text}");
    };
    check("", 24, Step::Hours(1));
    check("other=1", 24, Step::Hours(1));
    check("step=6h", 6 * 24, Step::Hours(6));
    check("step=1d", 24 * 24, Step::Day);
    check("step=1d&from=2026-11-21T12:34:00Z", 24, Step::Day);
    check("step=1d&from=2026-11-21T13:34:00%2B01:00", 24, Step::Day);
}

#[test]
fn an_answer_has_seconds_and_parts_of_one() {
    let point = LatencyPoint::new(now(), 117, [120, 340, 1_900].map(Duration::from_millis));
    let rollup = Rollup {
        time: now()..now().plus(Duration::from_secs(3_600)),
        verdicts: [116, 1, 3, 0],
        failures: BTreeMap::from([("http_status".to_owned(), 3), ("latency".to_owned(), 1)]),
        spent: [3_510_500, 0, 0, 0, 0, 89_500].map(Duration::from_millis),
        uptime: Some(Uptime { ratio: 975_138, coverage: 1_000_000 }),
        latency: BTreeMap::from([("lyon".parse().expect("a name"), point)]),
    };
    let query = read("").expect("sound");
    insta::assert_json_snapshot!(Answer::new("cloud".parse().expect("an id"), &query, None, vec![rollup]));
}
