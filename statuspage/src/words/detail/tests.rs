//! Every sentence that a prober writes is known, and said in the reader's language.

use std::{fs, path::Path};

use jiff::tz::TimeZone;

use super::*;

fn said(language: Language, kind: FailureKind, detail: &str) -> Option<String> {
    let now = "2026-11-22T15:00:00Z".parse().expect("a time");
    let said = Words::new(language, TimeZone::UTC).detail(&Failure::new(kind, detail), now)?;
    (said.language == language).then(|| said.text.replace(['\u{a0}', '\u{202f}'], " "))
}

#[test]
fn a_detail_is_said_in_the_readers_language_with_its_figures() {
    let check = |kind, detail: &str, fr: Option<&str>, en: Option<&str>| {
        assert_eq!(said(Language::Fr, kind, detail).as_deref(), fr, "{detail}");
        assert_eq!(said(Language::En, kind, detail).as_deref(), en, "{detail}");
    };
    let took = "took 2.41 s, wanted within 1 s";
    check(FailureKind::Latency, took, Some("a pris 2,41 s, au plus 1 s voulues"), Some(took));
    let json = "the JSON has nothing at `/a/b`";
    check(FailureKind::Json, json, Some("le JSON n’a rien à « /a/b »"), Some(json));
    let value = "free_pct is 5.5, at least 10 is wanted";
    check(FailureKind::HeartbeatValue, value, Some("free_pct vaut 5,5, au moins 10 est voulu"), Some(value));
    let (beat, since) = ("no sign of life since 2026-11-22T14:02:00.000Z", "no sign of life since 14:02");
    check(FailureKind::HeartbeatMissed, beat, Some("pas de signe de vie depuis 14 h 02"), Some(since));
    let both = "IPv4 and IPv6: the certificate is self-signed";
    check(FailureKind::TlsUntrusted, both, Some("IPv4 et IPv6 : le certificat est signé par lui-même"), Some(both));
}

#[test]
fn what_the_reason_says_already_is_not_said_twice() {
    assert_eq!(said(Language::En, FailureKind::ConnectRefused, "the connection was refused"), None);
    assert_eq!(said(Language::En, FailureKind::HttpStatus, "502 Bad Gateway"), None);
    assert_eq!(said(Language::Fr, FailureKind::Protocol, ""), None);
}

#[test]
fn a_sentence_of_a_newer_prober_is_never_said_to_readers_of_another_language() {
    assert_eq!(said(Language::En, FailureKind::Protocol, "a new fault").as_deref(), Some("a new fault"));
    assert_eq!(said(Language::Fr, FailureKind::Protocol, "a new fault"), None);
}

#[test]
fn the_english_messages_are_the_probers_own_sentences() {
    let words = Words::new(Language::En, TimeZone::UTC);
    for (key, pattern) in SENTENCES {
        let values: Vec<_> = PLACES.into_iter().map(|place| (place, "#".into())).collect();
        assert_eq!(words.say(key, &values), *pattern, "{key}");
        assert_eq!(read(pattern).map(|(found, _)| found), Some(*key), "{pattern} is read as another one");
    }
}

/// The texts between quotation marks that follow these words in a source file, with `#` for what is filled in.
fn quoted_after(source: &str, before: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let after = source.split(before).skip(1).filter_map(|rest| {
        let rest = rest.trim_start().trim_start_matches("&format!(").trim_start_matches("format!(").trim_start();
        rest.strip_prefix('"')?.split('"').next().map(ToOwned::to_owned)
    });
    let filled = |text: String| {
        let mut parts = text.split('{');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |said, part| said + "#" + part.split_once('}').map_or("", |(_, after)| after))
    };
    after.map(filled).collect()
}

#[test]
fn every_sentence_of_the_prober_is_known() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../prober/src");
    let files = ["connect.rs", "connect/failure.rs", "http.rs", "http/decode.rs", "http/exchange.rs", "http/h1.rs"];
    let others = ["http/h2.rs", "http/judge.rs", "http/redirect.rs", "http/request.rs", "tcp.rs"];
    let calls =
        [", ", "wrong(", "ours(", "handshake(", "malformed(", "refused(", "undecodable(", "unlike(", "Ours(", "=> "];
    let calls = calls.map(|call| if call == ", " { "Failure::new(FailureKind::" } else { call });
    let mut known = 0;
    for file in files.into_iter().chain(others).map(|file| format!("probe/{file}")).chain(["local.rs".to_owned()]) {
        let source = fs::read_to_string(sources.join(&file)).expect("the source of the prober");
        let source = source.replace("Failure::new(FailureKind::", "Failure::new(FailureKind::\u{0}");
        for call in calls {
            let found = if call.starts_with("Failure") {
                let named = source.split('\u{0}').skip(1).filter_map(|rest| rest.split_once(", "));
                named.flat_map(|(_, rest)| quoted_after(&format!("!{rest}"), "!").into_iter().take(1)).collect()
            } else {
                quoted_after(&source, call)
            };
            for sentence in found.iter().filter(|sentence| sentence.contains(' ') && !sentence.starts_with('#')) {
                assert!(read(sentence).is_some(), "{file}: “{sentence}” has no words in other languages");
                known += 1;
            }
        }
    }
    assert!(known > 70, "{known}");
}
