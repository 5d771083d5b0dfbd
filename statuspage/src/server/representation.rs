//! Bytes made once and given to everybody: one text in every content coding, with its entity tags and cache rules.
//!
//! It does not know what the text says nor when it is made anew.

use std::{io::Write as _, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use jiff::fmt::rfc2822::DateTimePrinter;
use sha2::{Digest as _, Sha256};
use shared::Timestamp;

use super::negotiate::{self, Coding};

/// Below that, a coding costs more than it saves.
const WORTH_COMPRESSING: usize = 256;

/// What caches may do with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CachePolicy {
    /// Shared for some seconds, and no longer than the page's promise when we are gone.
    Shared {
        /// How long the content may stand for the present.
        promise: Duration,
    },
    /// The address names the content: it never changes.
    Immutable,
    /// For this reader, now.
    Never,
    /// An answer to what this reader typed: in no cache of anybody's.
    Personal,
}

impl CachePolicy {
    /// The value of `Cache-Control`.
    pub(super) fn header(self) -> HeaderValue {
        let Self::Shared { promise } = self else {
            return HeaderValue::from_static(match self {
                Self::Immutable => "public, max-age=31536000, immutable",
                Self::Personal => "private, no-store",
                Self::Never | Self::Shared { .. } => "no-store",
            });
        };
        let max_age = promise.as_secs().min(10);
        // Both windows open when `max-age` has passed, so that the whole stays inside the promise.
        let rest = promise.as_secs().saturating_sub(max_age);
        let text = format!("public, max-age={max_age}, stale-while-revalidate={}, stale-if-error={rest}", rest.min(60));
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("no-store"))
    }
}

/// One text, ready to be sent.
#[derive(Debug)]
pub(super) struct Representation {
    content_type: HeaderValue,
    cache: HeaderValue,
    vary: HeaderValue,
    language: Option<HeaderValue>,
    modified: Option<HeaderValue>,
    digest: String,
    identity: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

impl Representation {
    /// Compresses and tags `content`; takes milliseconds, so do it off the runtime's threads.
    pub(super) fn new(content_type: &'static str, content: impl Into<Bytes>, cache: CachePolicy) -> Self {
        let identity: Bytes = content.into();
        let smaller = |coded: Vec<u8>| (coded.len() < identity.len()).then(|| Bytes::from(coded));
        let compress = identity.len() >= WORTH_COMPRESSING;
        Self {
            content_type: HeaderValue::from_static(content_type),
            cache: cache.header(),
            vary: HeaderValue::from_static("Accept-Encoding"),
            language: None,
            modified: None,
            digest: digest(&identity),
            gzip: compress.then(|| smaller(gzip(&identity))).flatten(),
            brotli: compress.then(|| smaller(brotli(&identity, FOR_ALL))).flatten(),
            identity,
        }
    }

    /// The same for one answer in one coding, by the fastest way.
    pub(super) fn once(content_type: &'static str, content: String, coding: Coding, cache: CachePolicy) -> Self {
        let identity = Bytes::from(content);
        let (gzip, brotli) = match coding {
            Coding::Identity => (None, None),
            Coding::Gzip => (Some(Bytes::from(gzip(&identity))), None),
            Coding::Brotli => (None, Some(Bytes::from(brotli(&identity, AT_ONCE)))),
        };
        let smaller = |coded: &Bytes| coded.len() < identity.len();
        Self {
            content_type: HeaderValue::from_static(content_type),
            cache: cache.header(),
            vary: HeaderValue::from_static("Accept-Encoding"),
            language: None,
            modified: None,
            digest: digest(&identity),
            gzip: gzip.filter(smaller),
            brotli: brotli.filter(smaller),
            identity,
        }
    }

    /// Takes what was compressed when this was built.
    pub(super) fn compressed(content_type: &'static str, identity: Bytes, brotli: Bytes, cache: CachePolicy) -> Self {
        let gzip = gzip(&identity);
        let smaller = |coded: &Bytes| coded.len() < identity.len();
        Self {
            content_type: HeaderValue::from_static(content_type),
            cache: cache.header(),
            vary: HeaderValue::from_static("Accept-Encoding"),
            language: None,
            modified: None,
            digest: digest(&identity),
            gzip: Some(Bytes::from(gzip)).filter(smaller),
            brotli: Some(brotli).filter(smaller),
            identity,
        }
    }

    /// The same for content whose language was negotiated.
    #[must_use]
    pub(super) fn in_language(mut self, language: shared::Language) -> Self {
        self.vary = HeaderValue::from_static("Accept-Encoding, Accept-Language");
        self.language = Some(HeaderValue::from_static(language.tag()));
        self
    }

    /// What stands for the text, whatever its coding.
    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    /// The same for content of which it is known since when it has been so (RFC 9110 §8.8.2).
    #[must_use]
    pub(super) fn since(mut self, at: Timestamp) -> Self {
        self.modified = http_date(at);
        self
    }

    /// The answer to a request with these headers: the bytes in the coding it likes best, or 304 when it has them.
    pub(super) fn respond(&self, status: StatusCode, request: &HeaderMap) -> Response<Body> {
        let (coding, body) = match (negotiate::coding(request), &self.brotli, &self.gzip) {
            (Coding::Brotli, Some(bytes), _) => (Some("br"), bytes),
            (Coding::Gzip, _, Some(bytes)) => (Some("gzip"), bytes),
            // What a coding does not make smaller goes as it is.
            (Coding::Identity | Coding::Gzip | Coding::Brotli, _, _) => (None, &self.identity),
        };
        let tag =
            format!("\"{}{}{}\"", self.digest, if coding.is_some() { "-" } else { "" }, coding.unwrap_or_default());
        let known = if_none_match(request, &tag).unwrap_or_else(|| if_modified_since(request, self.modified.as_ref()));
        let unchanged = status == StatusCode::OK && known;
        let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(body.clone()) });
        *response.status_mut() = if unchanged { StatusCode::NOT_MODIFIED } else { status };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, self.cache.clone());
        headers.insert(header::VARY, self.vary.clone());
        headers.extend(self.modified.clone().map(|modified| (header::LAST_MODIFIED, modified)));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(header::ETAG, tag);
        }
        if !unchanged {
            headers.insert(header::CONTENT_TYPE, self.content_type.clone());
            headers.extend(self.language.clone().map(|language| (header::CONTENT_LANGUAGE, language)));
            headers.extend(coding.map(|coding| (header::CONTENT_ENCODING, HeaderValue::from_static(coding))));
        }
        response
    }
}

/// RFC 9110 §13.1.2: weak comparison, `*` matches everything; nothing when the request does not ask.
fn if_none_match(request: &HeaderMap, tag: &str) -> Option<bool> {
    request.contains_key(header::IF_NONE_MATCH).then(|| {
        let values = request.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
        let mut known = values.flat_map(|value| value.split(',')).map(str::trim);
        known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    })
}

/// RFC 9110 §13.1.3, for those who know no tags. Only the very date that we gave counts: any other is not about this text.
fn if_modified_since(request: &HeaderMap, modified: Option<&HeaderValue>) -> bool {
    modified.is_some() && request.get(header::IF_MODIFIED_SINCE) == modified
}

/// `Sun, 22 Nov 2026 13:00:00 GMT`.
fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    HeaderValue::try_from(DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?).ok()
}

fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 3), Compression::new(6));
    let written = encoder.write_all(content).and_then(|()| encoder.finish());
    written.expect("a vector takes all bytes")
}

/// Nearly all of brotli's gain in a few milliseconds, for what lives as long as a snapshot.
const FOR_ALL: i32 = 7;
/// As quick as gzip and a little smaller, for what is sent once.
const AT_ONCE: i32 = 3;

fn brotli(content: &[u8], quality: i32) -> Vec<u8> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality, lgwin: 22, size_hint: content.len(), ..Default::default() };
    let mut coded = Vec::with_capacity(content.len() / 4);
    brotli::BrotliCompress(&mut &*content, &mut coded, &parameters).expect("a vector takes all bytes");
    coded
}
