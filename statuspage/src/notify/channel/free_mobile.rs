//! `kind = "free_mobile"`: an SMS to the subscriber's own number, by Free Mobile's interface for its subscribers.
//!
//! It does not know the number: user and password stand for it. Success is a 200.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use prober::definition::Secret;
use serde_json::json;

use super::{Parcel, Receipt, sms::Sms};
use crate::notify::{Refusal, SecretUrl};

/// Where Free Mobile listens.
pub const FREE_MOBILE: &str = "https://smsapi.free-mobile.fr/sendmsg";
/// How long to wait after too many messages (402).
const TOO_MANY: Duration = Duration::from_secs(300);

/// `kind = "free_mobile"`: `url`, `user`, `pass`.
#[derive(Debug, Clone)]
pub struct FreeMobileConfig {
    /// The interface.
    pub url: SecretUrl,
    /// The subscriber's number at Free Mobile.
    pub user: Secret,
    /// The key of the interface, not of the account.
    pub pass: Secret,
}

/// A subscriber of Free Mobile.
#[derive(Debug, Clone)]
pub struct FreeMobile {
    config: FreeMobileConfig,
}

impl FreeMobile {
    pub(super) fn new(config: &FreeMobileConfig) -> Self {
        Self { config: config.clone() }
    }

    pub(super) fn secrets(&self) -> Vec<&str> {
        vec![self.config.user.reveal(), self.config.pass.reveal()]
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let FreeMobileConfig { url, user, pass } = &self.config;
        let document = json!({ "user": user.reveal(), "pass": pass.reveal(), "msg": Sms::of(parcel.message).text });
        let answer = parcel.client.post_json(url.reveal(), HeaderMap::new(), &document).await?;
        Err(match answer.status {
            StatusCode::OK => return Ok(Receipt::default()),
            StatusCode::BAD_REQUEST => Refusal::never("Free Mobile misses a parameter (400)"),
            StatusCode::PAYMENT_REQUIRED => Refusal::after("too many messages in too short a time (402)", TOO_MANY),
            StatusCode::FORBIDDEN => {
                Refusal::later("the option is switched off in the subscriber's account, or the key is wrong (403)")
            }
            StatusCode::INTERNAL_SERVER_ERROR => Refusal::later("Free Mobile has a fault of its own (500)"),
            _ if answer.status.is_success() => {
                Refusal::later(format!("the answer is not Free Mobile's: {}", answer.status))
            }
            _ => answer.refusal(),
        })
    }
}
