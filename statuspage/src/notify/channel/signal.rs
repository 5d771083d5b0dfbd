//! `kind = "signal"`: by signal-cli-rest-api, `POST /v2/send`.
//!
//! It does not know whether the account is still linked: only a message that was sent proves that. Success is a 201 with a timestamp.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use prober::definition::Secret;
use serde::Deserialize;
use serde_json::json;

use super::{ChannelName, InvalidChannel, Parcel, Receipt, bearer};
use crate::notify::{Refusal, SecretUrl};

/// How long to wait when a person must solve a captcha first.
const CHALLENGED: Duration = Duration::from_secs(1_800);

/// `kind = "signal"`: `url`, `number`, `recipients`, `token`.
#[derive(Debug, Clone)]
pub struct SignalConfig {
    /// The root of signal-cli-rest-api.
    pub url: SecretUrl,
    /// The number that sends.
    pub number: Secret,
    /// Numbers, or groups as `group.…`.
    pub recipients: Vec<Secret>,
    /// For a proxy before it that asks for one.
    pub token: Option<Secret>,
}

/// An account of Signal.
#[derive(Debug, Clone)]
pub struct Signal {
    config: SignalConfig,
    headers: HeaderMap,
}

#[derive(Deserialize)]
struct Sent {
    timestamp: serde_json::Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    error: String,
    challenge_tokens: Vec<String>,
}

impl Signal {
    pub(super) fn new(name: &ChannelName, config: &SignalConfig) -> Result<Self, InvalidChannel> {
        Ok(Self { headers: bearer(name, config.token.as_ref())?, config: config.clone() })
    }

    pub(super) fn secrets(&self) -> Vec<&str> {
        let SignalConfig { number, recipients, token, .. } = &self.config;
        std::iter::once(number).chain(recipients).chain(token).map(Secret::reveal).collect()
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let recipients: Vec<&str> = self.config.recipients.iter().map(Secret::reveal).collect();
        let document = json!({
            "message": parcel.message.whole(),
            "number": self.config.number.reveal(),
            "recipients": recipients,
            // Styled text would take the stars and underscores of what servers answer for markup.
            "text_mode": "normal",
        });
        let url = self.config.url.under(&["v2", "send"]);
        let answer = parcel.client.post_json(&url, self.headers.clone(), &document).await?;
        if answer.status == StatusCode::CREATED {
            let timestamp = answer.json::<Sent>().map(|sent| sent.timestamp);
            let text = timestamp.map(|at| at.as_str().map_or_else(|| at.to_string(), str::to_owned));
            return text
                .filter(|at| !at.is_empty() && at != "null")
                .map(Receipt::of)
                .ok_or_else(|| Refusal::later("the answer is not that of signal-cli-rest-api: it names no timestamp"));
        }
        let fault: Fault = answer.json().unwrap_or_default();
        let refusal = match answer.status {
            StatusCode::TOO_MANY_REQUESTS if !fault.challenge_tokens.is_empty() => Refusal::after(
                "Signal asks for a captcha (429): answer it at /v1/accounts/NUMBER/rate-limit-challenge",
                CHALLENGED,
            ),
            // It answers so to whatever signal-cli could not do: mostly that passes, or an operator mends it.
            StatusCode::BAD_REQUEST => Refusal::later("signal-cli could not send it (400)"),
            status if status.is_success() => {
                Refusal::later(format!("the answer is not that of signal-cli-rest-api: {status}"))
            }
            _ => answer.refusal(),
        };
        Err(refusal.because(&fault.error))
    }
}
