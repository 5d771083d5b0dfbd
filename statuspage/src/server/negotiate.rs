//! What a request prefers: the language, the content coding, plain text or HTML (RFC 9110 §12).
//!
//! It does not know what the site says in that language or coding.

use axum::http::{HeaderMap, HeaderName, Uri, header};
use shared::Language;

use crate::site::Site;

/// A content coding that we keep bytes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Coding {
    /// As they are.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

/// One element of a list with weights: what is named, and its weight in thousandths.
#[derive(Debug, PartialEq, Eq)]
struct Weighted<'a> {
    name: &'a str,
    weight: u16,
}

/// The elements of a header, in their order; a malformed weight reads as 0, so that nobody gets what he may have refused.
fn weighted<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = Weighted<'a>> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|element| {
            let mut parts = element.split(';').map(str::trim);
            let name = parts.next().filter(|name| !name.is_empty())?;
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            Some(Weighted { name, weight: weight.map_or(1_000, thousandths) })
        })
}

/// A weight of RFC 9110 §12.4.2: 0 to 1 with at most three decimals.
fn thousandths(text: &str) -> u16 {
    let weight: f32 = text.parse().unwrap_or(0.0);
    if (0.0..=1.0).contains(&weight) { (weight * 1_000.0).round() as u16 } else { 0 }
}

/// The language of an answer: `?lang=` if it is on offer, else the best of `Accept-Language`, else the site's own.
pub(super) fn language(site: &Site, uri: &Uri, headers: &HeaderMap) -> Language {
    let offered = |language: &Language| site.languages.contains(language);
    if let Some(asked) = asked_language(uri).filter(offered) {
        return asked;
    }
    let mut best: Option<(u16, Language)> = None;
    for accepted in weighted(headers, &header::ACCEPT_LANGUAGE).filter(|accepted| accepted.weight > 0) {
        let language = match accepted.name {
            "*" => Some(site.default_language()),
            tag => tag.parse().ok().filter(offered),
        };
        // The first of two equal ones wins: people order their languages.
        if let Some(language) = language.filter(|_| best.is_none_or(|(weight, _)| accepted.weight > weight)) {
            best = Some((accepted.weight, language));
        }
    }
    best.map_or(site.default_language(), |(_, language)| language)
}

/// The language that `?lang=` asks for.
pub(super) fn asked_language(uri: &Uri) -> Option<Language> {
    let pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.into_iter().find(|(key, _)| key == "lang")?.1.parse().ok()
}

/// The coding that the reader likes best; among equals the smallest bytes.
pub(super) fn coding(headers: &HeaderMap) -> Coding {
    let weight_of = |coding: &str| {
        let mut any = None;
        for accepted in weighted(headers, &header::ACCEPT_ENCODING) {
            if accepted.name.eq_ignore_ascii_case(coding) {
                return accepted.weight;
            }
            if accepted.name == "*" {
                any = Some(accepted.weight);
            }
        }
        any.unwrap_or(0)
    };
    let (brotli, gzip) = (weight_of("br"), weight_of("gzip").max(weight_of("x-gzip")));
    match (brotli, gzip) {
        (0, 0) => Coding::Identity,
        (brotli, gzip) if brotli >= gzip => Coding::Brotli,
        (_, _) => Coding::Gzip,
    }
}

/// Whether the reader sits at a terminal: `Accept` puts plain text before HTML, or the agent is curl.
pub(super) fn prefers_plain_text(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (html, plain) = (acceptance(headers, "text/html"), acceptance(headers, "text/plain"));
    if agent.starts_with("curl/") {
        // curl sends `*/*` by itself; somebody who asked it for HTML gets HTML.
        return plain >= html;
    }
    plain > html
}

/// Whether the reader asks for a page by name, as browsers do.
pub(super) fn names_html(headers: &HeaderMap) -> bool {
    weighted(headers, &header::ACCEPT)
        .any(|accepted| accepted.weight > 0 && accepted.name.eq_ignore_ascii_case("text/html"))
}

/// The weight of a media type by its most specific range (RFC 9110 §12.5.1); without `Accept` everything is welcome.
fn acceptance(headers: &HeaderMap, media_type: &str) -> u16 {
    if !headers.contains_key(header::ACCEPT) {
        return 1_000;
    }
    let family = media_type.split('/').next().unwrap_or_default();
    let specificity = |range: &str| {
        let range = range.to_ascii_lowercase();
        if range == media_type {
            Some(3)
        } else if range.strip_suffix("/*") == Some(family) {
            Some(2)
        } else {
            (range == "*/*").then_some(1)
        }
    };
    let ranges = weighted(headers, &header::ACCEPT);
    ranges
        .filter_map(|accepted| Some((specificity(accepted.name)?, accepted.weight)))
        .max_by_key(|&(specificity, _)| specificity)
        .map_or(0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::stage;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header value"))])
    }

    #[test]
    fn the_language_is_the_best_one_on_offer() {
        let check = |uri: &str, accepted: &str, expected: Language| {
            let uri: Uri = uri.parse().expect("a path");
            let headers = headers(header::ACCEPT_LANGUAGE, accepted);
            assert_eq!(language(&stage::site(), &uri, &headers), expected, "{uri} {accepted:?}");
        };
        check("/", "", Language::Fr);
        check("/", "en", Language::En);
        check("/", "de, en;q=0.5", Language::En);
        check("/", "en;q=0.5, fr-CH;q=0.9", Language::Fr);
        check("/", "EN-gb,fr", Language::En);
        check("/", "en;q=0", Language::Fr);
        check("/", "en;q=1.5, *;q=0.1", Language::Fr);
        check("/?lang=en", "fr", Language::En);
        check("/?lang=de", "en", Language::En);
        check("/?x=1&lang=fr", "en", Language::Fr);
    }

    #[test]
    fn the_coding_is_the_smallest_that_is_welcome() {
        let check = |accepted: &str, expected: Coding| {
            assert_eq!(coding(&headers(header::ACCEPT_ENCODING, accepted)), expected, "{accepted:?}");
        };
        check("", Coding::Identity);
        check("gzip, deflate, br", Coding::Brotli);
        check("gzip", Coding::Gzip);
        check("x-gzip", Coding::Gzip);
        check("br;q=0.5, gzip", Coding::Gzip);
        check("br;q=0, *", Coding::Gzip);
        check("*", Coding::Brotli);
        check("identity", Coding::Identity);
        check("gzip;q=0", Coding::Identity);
    }

    #[test]
    fn terminals_get_plain_text_and_browsers_get_html() {
        let check = |agent: &str, accept: &str, expected: bool| {
            let mut headers = headers(header::USER_AGENT, agent);
            if !accept.is_empty() {
                headers.insert(header::ACCEPT, accept.parse().expect("a header value"));
            }
            assert_eq!(prefers_plain_text(&headers), expected, "{agent:?} {accept:?}");
        };
        check("curl/8.5", "*/*", true);
        check("curl/8.5", "text/html", false);
        check("Mozilla/5.0 curl/8", "text/html,*/*;q=0.8", false);
        check("lynx", "text/html, text/plain, */*;q=0.01", false);
        check("x", "text/plain", true);
        check("x", "text/plain;q=0.5, text/html", false);
        check("x", "text/*;q=0.5, text/html;q=0.4", true);
        check("x", "", false);
    }
}
