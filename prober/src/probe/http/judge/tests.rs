use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use regex::bytes::Regex;
use shared::{HttpVersion, Verdict};

use super::*;
use crate::definition::{ExpectStatus, IpPreference, StatusPattern};
use crate::probe::http::exchange::Answer;

fn check(expect: Expectation) -> HttpCheck {
    HttpCheck {
        url: "https://a.test/".parse().expect("a URL"),
        method: http::Method::GET,
        headers: Vec::new(),
        body: None,
        basic_auth: None,
        max_redirects: 5,
        max_body: 1024,
        ip: IpPreference::Any,
        user_agent: None,
        expect,
    }
}

fn answered(status: u16, headers: &[(&'static str, &'static str)], body: &str, end: End) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let status = StatusCode::from_u16(status).expect("a status");
    let head = Head { status, version: HttpVersion::Http11, headers: map };
    Answer { head, body: Body { bytes: body.as_bytes().to_vec(), end } }
}

fn answer(check: &HttpCheck, answer: Answer) -> Result<(), Failure> {
    super::answer(check, &answer.head, answer.body)
}

fn kind(result: Result<(), Failure>) -> Option<FailureKind> {
    result.err().map(|failure| failure.kind)
}

fn matching(pattern: &str) -> TextRule {
    TextRule::Matches(Regex::new(pattern).expect("a pattern"))
}

fn lacking(pattern: &str) -> TextRule {
    TextRule::NotMatches(Regex::new(pattern).expect("a pattern"))
}

#[test]
fn the_status_is_one_of_those_expected() {
    let judged = |patterns: Vec<StatusPattern>, status| {
        let expect = Expectation { status: ExpectStatus(patterns), ..Expectation::default() };
        kind(answer(&check(expect), answered(status, &[], "", End::Complete)))
    };
    let (twos, fours) = (StatusPattern::Class(2), StatusPattern::Class(4));
    assert_eq!(judged(vec![twos], 204), None);
    assert_eq!(judged(vec![twos], 302), Some(FailureKind::HttpStatus));
    assert_eq!(judged(vec![twos, fours], 404), None);
    assert_eq!(judged(vec![StatusPattern::Exactly(401)], 401), None);
    assert_eq!(judged(vec![StatusPattern::Exactly(401)], 200), Some(FailureKind::HttpStatus));
}

#[test]
fn rules_for_the_body_hold_of_all_of_it_or_say_that_they_needed_more() {
    let judged = |rule: TextRule, end: End| {
        let expect = Expectation { body: vec![rule], ..Expectation::default() };
        kind(answer(&check(expect), answered(200, &[], "hello world", end)))
    };
    let contains = |text: &str| TextRule::Contains(text.to_owned());
    let lacks = |text: &str| TextRule::NotContains(text.to_owned());
    let (wrong, more) = (Some(FailureKind::Body), Some(FailureKind::BodyTooLarge));
    assert_eq!([judged(contains("world"), End::Complete), judged(contains("world"), End::Stopped)], [None, None]);
    assert_eq!([judged(contains("moon"), End::Complete), judged(contains("moon"), End::Stopped)], [wrong, more]);
    assert_eq!([judged(lacks("world"), End::Complete), judged(lacks("world"), End::Stopped)], [wrong, wrong]);
    assert_eq!([judged(lacks("moon"), End::Complete), judged(lacks("moon"), End::Stopped)], [None, more]);
    assert_eq!([judged(matching("w.r"), End::Complete), judged(matching("w.r"), End::Stopped)], [None, None]);
    assert_eq!([judged(matching("world$"), End::Complete), judged(matching("world$"), End::Stopped)], [None, more]);
    assert_eq!([judged(lacking("w.r"), End::Complete), judged(lacking("m..n"), End::Stopped)], [wrong, more]);
}

#[test]
fn rules_for_headers_look_at_all_values_together() {
    let judged = |name: &'static str, rule: HeaderRule| {
        let expected = ExpectHeader { name: HeaderName::from_static(name), rule };
        let expect = Expectation { headers: vec![expected], ..Expectation::default() };
        let headers = [("content-type", "text/html; charset=utf-8"), ("vary", "accept"), ("vary", "cookie")];
        kind(answer(&check(expect), answered(200, &headers, "", End::Complete)))
    };
    let contains = |text: &str| HeaderRule::Text(vec![TextRule::Contains(text.to_owned())]);
    assert_eq!(judged("content-type", contains("text/html")), None);
    assert_eq!(judged("content-type", contains("json")), Some(FailureKind::Header));
    assert_eq!(judged("vary", contains("accept, cookie")), None);
    assert_eq!(judged("server", contains("nginx")), Some(FailureKind::Header));
    assert_eq!(judged("server", HeaderRule::Absent), None);
    assert_eq!(judged("vary", HeaderRule::Absent), Some(FailureKind::Header));
}

#[test]
fn json_is_compared_by_value() {
    let document = r#"{"maintenance":false,"count":1.0,"list":[{"a":1,"b":null}],"":"empty"}"#;
    let judged = |pointer: &str, value: &str, wanted: bool| {
        let value = serde_json::from_str(value).expect("JSON");
        let expected = vec![ExpectJson { pointer: pointer.to_owned(), value }];
        let (json, not_json) = if wanted { (expected, vec![]) } else { (vec![], expected) };
        let expect = Expectation { json, not_json, ..Expectation::default() };
        kind(answer(&check(expect), answered(200, &[], document, End::Complete)))
    };
    let wrong = Some(FailureKind::Json);
    assert_eq!(judged("/maintenance", "false", true), None);
    assert_eq!(judged("/maintenance", "true", true), wrong);
    assert_eq!(judged("/count", "1", true), None);
    assert_eq!(judged("/list/0", r#"{"b":null,"a":1.0}"#, true), None);
    assert_eq!(judged("/list", r#"[]"#, true), wrong);
    assert_eq!(judged("/", r#""empty""#, true), None);
    assert_eq!(judged("/nothing", "null", true), wrong);
    assert_eq!(judged("/nothing", "null", false), None);
    assert_eq!(judged("/maintenance", "false", false), wrong);
}

#[test]
fn what_is_not_json_or_not_all_there_is_no_json() {
    let expect = || Expectation {
        json: vec![ExpectJson { pointer: String::new(), value: true.into() }],
        ..Expectation::default()
    };
    let judged = |body, end| kind(answer(&check(expect()), answered(200, &[], body, end)));
    assert_eq!(judged("true", End::Complete), None);
    assert_eq!(judged("<html>", End::Complete), Some(FailureKind::Json));
    assert_eq!(judged("true", End::Stopped), Some(FailureKind::BodyTooLarge));
}

#[test]
fn the_first_reason_in_order_is_told() {
    let expect = Expectation { body: vec![TextRule::Contains("moon".to_owned())], ..Expectation::default() };
    let broken = || End::Failed(super::super::exchange::truncated());
    let judged = |status| kind(answer(&check(expect.clone()), answered(status, &[], "hello", broken())));
    assert_eq!(judged(502), Some(FailureKind::HttpStatus));
    assert_eq!(judged(200), Some(FailureKind::BodyTruncated));
}

#[test]
fn a_certificate_that_ends_soon_is_told_before_slowness() {
    let now = Timestamp::from_millis(1_000_000_000_000);
    let in_days = |days: u64| Some(now.plus(Duration::from_secs(days * 86_400)));
    let expect =
        Expectation { certificate_days: Some(14), within: Some(Duration::from_secs(2)), ..Expectation::default() };
    let judged = |days, took| {
        warning(&expect, in_days(days), now, Duration::from_millis(took))
            .map(|finding| (finding.verdict, finding.failure.detail))
    };
    let warn = |words: &str| Some((Verdict::Warn, words.to_owned()));
    assert_eq!(judged(14, 2_000), None);
    assert_eq!(judged(13, 2_001), warn("a certificate ends in 13 days"));
    assert_eq!(judged(1, 0), warn("a certificate ends in 1 day"));
    assert_eq!(judged(0, 0), warn("a certificate that the server sends has ended"));
    assert_eq!(judged(20, 2_346), warn("took 2.35 s, wanted within 2 s"));
    assert_eq!(warning(&expect, None, now, Duration::ZERO), None);
}
