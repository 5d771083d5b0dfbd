//! Holds an answer against what was expected of it: fail before warn, the first reason in a fixed order.
//!
//! The order is status, headers, the end of the body, its encoding, its text, its JSON; then the certificate and the time taken.
//! It sends and reads nothing. Details may be public, so they say which rule broke and never what the target said.

use std::{borrow::Cow, time::Duration};

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use shared::{Failure, FailureKind, Timestamp};

use super::{
    decode::{Extent, decode},
    exchange::{Appetite, Body, End, Head},
};
use crate::{
    definition::{ExpectHeader, ExpectJson, Expectation, HeaderRule, HttpCheck, TextRule},
    probe::{exhibit::shown, finding::Finding},
};

/// How much of the body the expectations need, given the head.
pub(super) fn appetite(check: &HttpCheck, head: &Head) -> Appetite {
    let expect = &check.expect;
    if !expect.status.allows(head.status.as_u16()) {
        Appetite::Glance
    } else if needs_body(expect) {
        Appetite::Keep(check.max_body)
    } else {
        Appetite::Discard(check.max_body)
    }
}

fn needs_body(expect: &Expectation) -> bool {
    !(expect.body.is_empty() && expect.json.is_empty() && expect.not_json.is_empty())
}

/// The first thing that is wrong with the answer itself.
pub(super) fn answer(check: &HttpCheck, head: &Head, body: Body) -> Result<(), Failure> {
    status(check, head, &body)?;
    check.expect.headers.iter().try_for_each(|expected| header(expected, &head.headers))?;
    let (bytes, extent) = match body.end {
        End::Failed(failure) => return Err(failure),
        End::Complete => (body.bytes, Extent::Whole),
        End::Stopped => (body.bytes, Extent::Part),
    };
    if !needs_body(&check.expect) {
        return Ok(());
    }
    let (content, extent) = decode(&head.headers, bytes, extent, check.max_body)?;
    check.expect.body.iter().try_for_each(|rule| text(rule, &content, extent))?;
    json(&check.expect, &content, extent)
}

fn status(check: &HttpCheck, head: &Head, body: &Body) -> Result<(), Failure> {
    if check.expect.status.allows(head.status.as_u16()) {
        return Ok(());
    }
    Err(Failure::new(FailureKind::HttpStatus, status_words(head.status)).with_evidence(excerpt(&body.bytes)))
}

/// The status with its registered reason; the server's own words are the server's.
fn status_words(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// The beginning of what a target said, for operators.
fn excerpt(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.get(..1_024).unwrap_or(bytes))
}

fn header(expected: &ExpectHeader, headers: &HeaderMap) -> Result<(), Failure> {
    let wrong = |words: String| Failure::new(FailureKind::Header, words);
    let name = &expected.name;
    let values: Vec<_> = headers.get_all(name).iter().map(http::HeaderValue::as_bytes).collect();
    match &expected.rule {
        HeaderRule::Absent if values.is_empty() => Ok(()),
        HeaderRule::Absent => Err(wrong(format!("the header {name} is there and should not be"))),
        HeaderRule::Text(_) if values.is_empty() => Err(wrong(format!("the header {name} is missing"))),
        HeaderRule::Text(rules) => {
            let joined = values.join(b", ".as_slice());
            let broken = rules.iter().find(|rule| holds(rule, &joined, Extent::Whole) != Some(true));
            broken.map_or(Ok(()), |_| {
                let evidence = shown(name.as_str(), &excerpt(&joined));
                Err(wrong(format!("the header {name} is not as expected")).with_evidence(evidence))
            })
        }
    }
}

fn text(rule: &TextRule, content: &[u8], extent: Extent) -> Result<(), Failure> {
    let words = match rule {
        TextRule::Contains(_) => "the body lacks a text that it should contain",
        TextRule::NotContains(_) => "the body contains a text that it should not",
        TextRule::Matches(_) => "the body does not match the pattern that it should",
        TextRule::NotMatches(_) => "the body matches a pattern that it should not",
    };
    match holds(rule, content, extent) {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::new(FailureKind::Body, words).with_evidence(excerpt(content))),
        None => Err(too_large()),
    }
}

fn too_large() -> Failure {
    Failure::new(FailureKind::BodyTooLarge, "the body is larger than max_body and an expectation needs the rest of it")
}

/// Whether a rule holds; nothing when the part that is missing decides.
fn holds(rule: &TextRule, content: &[u8], extent: Extent) -> Option<bool> {
    let (found, wanted) = match rule {
        TextRule::Contains(needle) => (contains(content, needle.as_bytes()), true),
        TextRule::NotContains(needle) => (contains(content, needle.as_bytes()), false),
        TextRule::Matches(pattern) => (matches(pattern, content, extent), true),
        TextRule::NotMatches(pattern) => (matches(pattern, content, extent), false),
    };
    match (found, extent) {
        (true, _) => Some(wanted),
        (false, Extent::Whole) => Some(!wanted),
        (false, Extent::Part) => None,
    }
}

fn contains(content: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || memchr::memmem::find(content, needle).is_some()
}

/// A match that touches the place where a body was cut off may be none in the whole of it.
fn matches(pattern: &regex::bytes::Regex, content: &[u8], extent: Extent) -> bool {
    match extent {
        Extent::Whole => pattern.is_match(content),
        Extent::Part => pattern.find_iter(content).any(|found| found.end() < content.len()),
    }
}

fn json(expect: &Expectation, content: &[u8], extent: Extent) -> Result<(), Failure> {
    if expect.json.is_empty() && expect.not_json.is_empty() {
        return Ok(());
    }
    if extent == Extent::Part {
        return Err(too_large());
    }
    let wrong = |words: String| Failure::new(FailureKind::Json, words);
    let document: Value = serde_json::from_slice(content)
        .map_err(|_| wrong("the body is not JSON".to_owned()).with_evidence(excerpt(content)))?;
    for ExpectJson { pointer, value } in &expect.json {
        match document.pointer(pointer) {
            None => return Err(wrong(format!("the JSON has nothing at `{pointer}`"))),
            Some(found) if !equal(found, value) => {
                return Err(
                    wrong(format!("the JSON value at `{pointer}` is not as expected")).with_evidence(found.to_string())
                );
            }
            Some(_) => {}
        }
    }
    let unwanted = |ExpectJson { pointer, value }: &&ExpectJson| {
        document.pointer(pointer).is_some_and(|found| equal(found, value))
    };
    match expect.not_json.iter().find(unwanted) {
        Some(ExpectJson { pointer, .. }) => {
            Err(wrong(format!("the JSON value at `{pointer}` is what it should not be")))
        }
        None => Ok(()),
    }
}

/// Equality of JSON values: numbers by value, so that `1` and `1.0` are one; objects without order.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| equal(one, other)))
        }
        (one, other) => one == other,
    }
}

/// What asks for attention although the answer is right.
pub(super) fn warning(
    expect: &Expectation,
    certificate_expires_at: Option<Timestamp>,
    now: Timestamp,
    took: Duration,
) -> Option<Finding> {
    if let (Some(end), Some(wanted)) = (certificate_expires_at, expect.certificate_days) {
        let left = end.since(now).as_secs() / 86_400;
        let words = match left {
            // The chain was accepted without it.
            _ if end <= now => "a certificate that the server sends has ended".to_owned(),
            0 => "a certificate ends within a day".to_owned(),
            1 => "a certificate ends in 1 day".to_owned(),
            2.. => format!("a certificate ends in {left} days"),
        };
        if left < u64::from(wanted) {
            return Some(Failure::new(FailureKind::CertificateExpiring, words).into());
        }
    }
    let wanted = expect.within.filter(|wanted| took > *wanted)?;
    let words = format!("took {:.2} s, wanted within {} s", took.as_secs_f64(), wanted.as_secs_f64());
    Some(Failure::new(FailureKind::Latency, words).into())
}

#[cfg(test)]
mod tests;
