//! The HTTP client of channels and of the dead-man switch: one request, one deadline, one plain answer or a refusal.
//!
//! It does not know what it carries. It follows no redirects (a token must not wander, and a webhook that moved is the operator's to
//! mend) and ignores `HTTP_PROXY` and its kin: an alarm that leaves by a proxy inherited from some shell is one nobody has tested.

use std::{fmt, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use shared::Timestamp;
use url::Url;

use crate::words::inert;

/// From the lookup of the name to the end of the answer.
const DEADLINE: Duration = Duration::from_secs(10);
/// An answer is read up to there.
const MAX_ANSWER: usize = 64 * 1024;
/// No channel may ask for a longer pause.
const MAX_PAUSE: Duration = Duration::from_secs(3_600);
/// So many characters are kept of what the other side said of a failure.
const SAID: usize = 200;

/// Sends requests; cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The provider of cryptography lacks what TLS needs.
    #[error("cannot set up TLS for channels")]
    Tls(#[from] rustls::Error),
    /// The user agent is no header value, or the runtime is missing something.
    #[error("cannot set up the HTTP client for channels")]
    Http(#[from] reqwest::Error),
}

/// An answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Its first 64 kB, or all of it where that was asked for.
    pub(crate) body: Vec<u8>,
    /// What the other side's clock showed (RFC 9110 §6.6.1).
    pub(crate) date: Option<Timestamp>,
}

impl Answer {
    /// The answer, where its status is 200 to 299.
    pub(crate) fn success(self) -> Result<Self, Refusal> {
        if self.status.is_success() { Ok(self) } else { Err(self.refusal()) }
    }

    /// What its status says for the next attempt.
    pub(crate) fn refusal(&self) -> Refusal {
        refusal(self.status, &self.headers)
    }

    /// The body as a document of that form; nothing where it is none.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A request did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in words that hold no address and no secret.
    pub error: String,
    /// Whether another attempt makes sense.
    pub retry: Retry,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After the usual pause.
    Later,
    /// The other side asks for that much time, for everything that goes there.
    After(Duration),
    /// The same request will never be taken.
    Never,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl Refusal {
    pub(crate) fn later(error: impl Into<String>) -> Self {
        Self { error: error.into(), retry: Retry::Later }
    }

    pub(crate) fn never(error: impl Into<String>) -> Self {
        Self { error: error.into(), retry: Retry::Never }
    }

    pub(crate) fn after(error: impl Into<String>, pause: Duration) -> Self {
        Self { error: error.into(), retry: Retry::After(pause.min(MAX_PAUSE)) }
    }

    /// The same, with what the other side said of it: on one line, and no longer than a line.
    #[must_use]
    pub(crate) fn because(mut self, said: &str) -> Self {
        let said: String = inert(said).chars().take(SAID).collect();
        if !said.trim().is_empty() {
            self.error = format!("{}: {}", self.error, said.trim());
        }
        self
    }

    /// The same without these: whoever refuses something may repeat what was sent.
    #[must_use]
    pub(crate) fn without<'a>(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            self.error = self.error.replace(secret, "***");
        }
        self
    }
}

impl Client {
    /// A client that trusts `roots` and names itself `user_agent`.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up or the user agent is no header value.
    pub fn new(roots: RootCertStore, user_agent: &str) -> Result<Self, ClientError> {
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(DEADLINE)
            .user_agent(user_agent)
            .build()?;
        Ok(Self { http })
    }

    /// Posts a body of the type that `headers` say.
    pub(crate) async fn post(&self, url: &Url, headers: HeaderMap, body: Vec<u8>) -> Result<Answer, Refusal> {
        self.send(self.http.post(url.clone()).headers(headers).body(body)).await
    }

    /// Posts JSON.
    pub(crate) async fn post_json(
        &self,
        url: &Url,
        headers: HeaderMap,
        document: &serde_json::Value,
    ) -> Result<Answer, Refusal> {
        self.post(url, typed(headers, "application/json"), document.to_string().into_bytes()).await
    }

    /// Puts JSON.
    pub(crate) async fn put_json(
        &self,
        url: &Url,
        headers: HeaderMap,
        document: &serde_json::Value,
    ) -> Result<Answer, Refusal> {
        let headers = typed(headers, "application/json");
        self.send(self.http.put(url.clone()).headers(headers).body(document.to_string())).await
    }

    /// Posts the fields of a form: what is secret in them is in no address.
    pub(crate) async fn post_form(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Answer, Refusal> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post(url, typed(HeaderMap::new(), "application/x-www-form-urlencoded"), body.into_bytes()).await
    }

    /// Gets, and takes nothing but success.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, Refusal> {
        self.send(self.http.get(url.clone())).await?.success()
    }

    /// Gets all of a document; one that is larger is refused.
    pub(crate) async fn get_whole(&self, url: &Url, largest: usize) -> Result<Vec<u8>, Refusal> {
        let answer = self.exchange(self.http.get(url.clone()), largest + 1).await?.success()?;
        if answer.body.len() > largest { Err(Refusal::later("the answer is too large")) } else { Ok(answer.body) }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, Refusal> {
        self.exchange(request, MAX_ANSWER).await
    }

    /// Sends a request and reads so much of the answer.
    async fn exchange(&self, request: reqwest::RequestBuilder, most: usize) -> Result<Answer, Refusal> {
        let mut response = request.send().await.map_err(|error| Refusal::later(plain(&error)))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let date = response.headers().get(header::DATE).and_then(|date| date.to_str().ok()).and_then(time);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Refusal::later(plain(&error)))? {
            body.extend_from_slice(&chunk[..chunk.len().min(most - body.len())]);
            if body.len() >= most {
                break;
            }
        }
        Ok(Answer { status, headers, body, date })
    }
}

fn typed(mut headers: HeaderMap, kind: &'static str) -> HeaderMap {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers
}

/// An HTTP date: that of mail (RFC 5322) with `GMT`.
fn time(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp::from_millis(zoned.as_millisecond()))
}

/// What a status means for the next attempt. Wrong tokens and moved addresses are tried again: the operator may mend them.
fn refusal(status: StatusCode, headers: &HeaderMap) -> Refusal {
    let pause = retry_after(headers);
    let retry = match status {
        StatusCode::TOO_MANY_REQUESTS => Retry::After(pause.unwrap_or(Duration::from_secs(60))),
        StatusCode::SERVICE_UNAVAILABLE => pause.map_or(Retry::Later, Retry::After),
        StatusCode::BAD_REQUEST
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::GONE
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Retry::Never,
        _ => Retry::Later,
    };
    let hint = if status.is_redirection() { ": redirects are not followed, set the final address" } else { "" };
    Refusal { error: format!("the answer was {status}{hint}"), retry }
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3); a date is left to the usual pause, for it hangs on two clocks.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_PAUSE))
}

/// The error without the address, which may hold a secret, and with its last cause.
fn plain(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", DEADLINE.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let what = if error.is_connect() { "cannot connect" } else { "the exchange failed" };
    if std::ptr::addr_eq(cause, error) { what.to_owned() } else { format!("{what}: {cause}") }
}

/// A header name that is known to be one.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_to_try_again() {
        let check = |status: u16, after: Option<&'static str>, expected: Retry| {
            let mut headers = HeaderMap::new();
            headers.extend(after.map(|after| (header::RETRY_AFTER, HeaderValue::from_static(after))));
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(refusal(status, &headers).retry, expected, "{status} {after:?}");
        };
        check(429, Some("7"), Retry::After(Duration::from_secs(7)));
        check(429, None, Retry::After(Duration::from_secs(60)));
        check(429, Some("99999999"), Retry::After(MAX_PAUSE));
        check(503, Some("5"), Retry::After(Duration::from_secs(5)));
        check(503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), Retry::Later);
        check(500, None, Retry::Later);
        check(401, None, Retry::Later);
        check(404, None, Retry::Later);
        check(302, None, Retry::Later);
        check(400, None, Retry::Never);
        check(413, None, Retry::Never);
    }
}
