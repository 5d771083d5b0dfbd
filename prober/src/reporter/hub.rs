//! The hub as a location sees it: one question, one deadline, one answer of the right form or none.
//!
//! It does not know what is asked. It follows no redirects and uses no proxy of the environment; an answer that does not name its form
//! is somebody else's, whatever its status.

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use http::{HeaderMap, header::RETRY_AFTER};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs as provider};
use serde::de::DeserializeOwned;
use shared::report::{
    ENROLMENT_FORMAT, Enrolled, Enrolment, Envelope, RECEIPT_FORMAT, REFUSAL_FORMAT, REPORT_TYPE, Receipt, Refusal,
    RefusalKind, header,
};
use url::{Host, Url};

use super::{Identity, ReporterError};

/// From the lookup of the name to the end of the answer.
const DEADLINE: Duration = Duration::from_secs(20);
/// For the connection alone.
const CONNECTING: Duration = Duration::from_secs(10);
/// A hub that asks for more time than that is asked again all the same: it must not take us for silent.
const PATIENCE: Duration = Duration::from_secs(30);
/// No answer of ours is larger.
const LARGEST: usize = 256 << 10;

/// Where a hub is: `https://…`, or `http://…` on this machine and in private networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubAddress(Url);

/// Why a text is no hub's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHubAddress {
    /// No URL, or not one of HTTP.
    #[error("the hub's address reads https://status.example.org")]
    Form,
    /// Credentials, a query or a fragment.
    #[error("the hub's address has neither credentials nor anything behind its path")]
    Surplus,
    /// In the clear over networks of strangers.
    #[error(
        "the hub's address must begin with https://: in the clear, only hubs on this machine or in a private network are reported to"
    )]
    InTheClear,
}

impl FromStr for HubAddress {
    type Err = InvalidHubAddress;

    fn from_str(text: &str) -> Result<Self, InvalidHubAddress> {
        let url = Url::parse(text).map_err(|_| InvalidHubAddress::Form)?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidHubAddress::Surplus);
        }
        match (url.scheme(), url.host()) {
            ("https", Some(_)) => Ok(Self(url)),
            ("http", Some(host)) if is_near(&host) => Ok(Self(url)),
            ("http", Some(_)) => Err(InvalidHubAddress::InTheClear),
            (_, _) => Err(InvalidHubAddress::Form),
        }
    }
}

/// This machine, a private network, or a name without a dot, which only a private network resolves.
fn is_near(host: &Host<&str>) -> bool {
    let near = |address: IpAddr| match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    };
    match host {
        Host::Domain(name) => !name.contains('.') || name.ends_with(".localhost"),
        Host::Ipv4(address) => near((*address).into()),
        Host::Ipv6(address) => near(address.to_canonical()),
    }
}

impl fmt::Display for HubAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl HubAddress {
    /// Whether others on the way can read along.
    pub fn is_in_the_clear(&self) -> bool {
        self.0.scheme() == "http"
    }
}

/// Why there is no answer of the right form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unanswered {
    /// The hub refuses.
    #[error("{}", .0.detail)]
    Refused(Refusal),
    /// The hub has no time for it before that has passed.
    #[error("{detail}")]
    TooOften {
        /// In its words.
        detail: String,
        /// What it asks for.
        wait: Duration,
    },
    /// Somebody answered who is no hub, such as a proxy.
    #[error("what answers there with HTTP {0} is no hub of this version")]
    Foreign(u16),
    /// Nobody answered.
    #[error("{0}")]
    Lost(String),
}

/// Asks the hub.
#[derive(Debug, Clone)]
pub(super) struct HubClient {
    http: reqwest::Client,
    address: HubAddress,
}

impl HubClient {
    pub(super) fn new(address: HubAddress, roots: RootCertStore) -> Result<Self, ReporterError> {
        let unusable = |error: &dyn fmt::Display| ReporterError::Client(error.to_string());
        let tls = ClientConfig::builder_with_provider(Arc::new(provider::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECTING)
            .timeout(DEADLINE)
            .user_agent(concat!("Belfry/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unusable(&error))?;
        Ok(Self { http, address })
    }

    /// The client itself, for what is asked elsewhere with the same deadlines.
    pub(super) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// Sends a report, packed.
    pub(super) async fn report(
        &self,
        envelope: &Envelope,
        body: Vec<u8>,
        identity: &Identity,
    ) -> Result<Receipt, Unanswered> {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &body).as_ref());
        let request = self
            .http
            .post(format!("{}/api/v1/reports", self.address))
            .header("content-type", REPORT_TYPE)
            .header(header::LOCATION, envelope.location.as_str())
            .header(header::SEQUENCE, format!("{}-{}", envelope.first, envelope.last))
            .header(header::SENT, envelope.sent_at.as_millis())
            .header(header::SIGNATURE, identity.sign(&envelope.signed(&hash)))
            .body(body);
        let (status, receipt): (u16, Receipt) = answer(request).await?;
        let ours = receipt.format == RECEIPT_FORMAT && receipt.location == envelope.location;
        if ours { Ok(receipt) } else { Err(Unanswered::Foreign(status)) }
    }

    /// Introduces a key.
    pub(super) async fn enrol(&self, enrolment: &Enrolment) -> Result<Enrolled, Unanswered> {
        let request = self.http.post(format!("{}/api/v1/enrolments", self.address)).json(enrolment);
        let (status, enrolled): (u16, Enrolled) = answer(request).await?;
        let ours = enrolled.format == ENROLMENT_FORMAT && enrolled.location == enrolment.location;
        if ours { Ok(enrolled) } else { Err(Unanswered::Foreign(status)) }
    }
}

async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<(u16, T), Unanswered> {
    let mut response = request.send().await.map_err(lost)?;
    let status = response.status();
    let wait = retry_after(response.headers());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(Unanswered::Foreign(status.as_u16()));
        }
    }
    if status == reqwest::StatusCode::OK {
        return match serde_json::from_slice(&body) {
            Ok(answer) => Ok((status.as_u16(), answer)),
            Err(_) => Err(Unanswered::Foreign(status.as_u16())),
        };
    }
    match serde_json::from_slice::<Refusal>(&body) {
        Ok(refusal) if refusal.format == REFUSAL_FORMAT => Err(match (refusal.kind, wait) {
            (RefusalKind::TooOften, Some(wait)) => Unanswered::TooOften { detail: refusal.detail, wait },
            (_, _) => Unanswered::Refused(refusal),
        }),
        Ok(_) | Err(_) => Err(Unanswered::Foreign(status.as_u16())),
    }
}

/// In whole seconds; we send no date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(PATIENCE))
}

/// What went wrong, with its causes.
fn lost(error: reqwest::Error) -> Unanswered {
    if error.is_timeout() {
        return Unanswered::Lost("the hub did not answer in time".to_owned());
    }
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        words = format!("{words}: {next}");
        cause = next.source();
    }
    Unanswered::Lost(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_hub_is_reported_to_in_the_clear() {
        let check = |text: &str, expected: Result<(), InvalidHubAddress>| {
            assert_eq!(text.parse::<HubAddress>().map(|_| ()), expected, "{text}");
        };
        check("https://status.example.org", Ok(()));
        check("https://example.org/status/", Ok(()));
        check("http://127.0.0.1:8080", Ok(()));
        check("http://[::1]:8080", Ok(()));
        check("http://10.1.2.3", Ok(()));
        check("http://hub:8080", Ok(()));
        check("http://status.example.org", Err(InvalidHubAddress::InTheClear));
        check("http://203.0.113.1", Err(InvalidHubAddress::InTheClear));
        check("https://u:p@status.example.org", Err(InvalidHubAddress::Surplus));
        check("https://status.example.org/?a=b", Err(InvalidHubAddress::Surplus));
        check("status.example.org", Err(InvalidHubAddress::Form));
        check("ftp://status.example.org", Err(InvalidHubAddress::Form));
    }
}
