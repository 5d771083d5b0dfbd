//! `kind = "matrix"`: a message to a room, `PUT /_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}`.
//!
//! It does not know encryption: in an encrypted room the text shows as not encrypted. The transaction is the message's own id, so that
//! a second attempt of what had arrived is the same event. Success is a 200 with an `event_id`.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use prober::definition::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ChannelName, InvalidChannel, Parcel, Receipt, bearer};
use crate::notify::{Message, Refusal, SecretUrl};

/// `kind = "matrix"`: `url`, `room`, `token`.
#[derive(Debug, Clone)]
pub struct MatrixConfig {
    /// The home server's root.
    pub url: SecretUrl,
    /// The room's id (`!…:example.org`).
    pub room: String,
    /// The access token.
    pub token: Secret,
}

/// A room.
#[derive(Debug, Clone)]
pub struct Matrix {
    config: MatrixConfig,
    headers: HeaderMap,
}

#[derive(Deserialize)]
struct Sent {
    event_id: String,
}

/// The standard's form of an error.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    errcode: String,
    error: String,
    retry_after_ms: Option<u64>,
}

impl Matrix {
    pub(super) fn new(name: &ChannelName, config: &MatrixConfig) -> Result<Self, InvalidChannel> {
        Ok(Self { headers: bearer(name, Some(&config.token))?, config: config.clone() })
    }

    pub(super) fn secrets(&self) -> Vec<&str> {
        vec![self.config.token.reveal()]
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let (room, transaction) = (self.config.room.as_str(), parcel.notification.id.as_str());
        let path = ["_matrix", "client", "v3", "rooms", room, "send", "m.room.message", transaction];
        let url = self.config.url.under(&path);
        let answer = parcel.client.put_json(&url, self.headers.clone(), &document(parcel.message)).await?;
        if answer.status == StatusCode::OK {
            return match answer.json::<Sent>() {
                Some(sent) => Ok(Receipt::of(sent.event_id)),
                None => Err(Refusal::later("the answer is not that of a home server: it names no event")),
            };
        }
        let fault: Fault = answer.json().unwrap_or_default();
        let limited = answer.status == StatusCode::TOO_MANY_REQUESTS || fault.errcode == "M_LIMIT_EXCEEDED";
        let refusal = match fault.retry_after_ms {
            Some(millis) if limited => Refusal::after(
                format!("the home server asks to wait ({})", answer.status),
                // Rounded up: a little early would be refused again.
                Duration::from_secs(millis.div_ceil(1_000)),
            ),
            // A wrong token or a room that was left: an operator may mend it. Nothing is refused for good but what is malformed.
            Some(_) | None if fault.errcode == "M_UNKNOWN_TOKEN" || answer.status == StatusCode::FORBIDDEN => {
                Refusal::later(format!("the home server does not let this account write there ({})", answer.status))
            }
            Some(_) | None => answer.refusal(),
        };
        Err(refusal.because(format!("{} {}", fault.errcode, fault.error).trim()))
    }
}

fn document(message: &Message) -> Value {
    json!({
        "msgtype": "m.text",
        "body": message.whole(),
        "format": "org.matrix.custom.html",
        "formatted_body": html(message),
    })
}

/// The headline in bold, the rest below.
fn html(message: &Message) -> String {
    let rest = message.rest();
    let rest = rest.iter().map(|line| format!("<br>{}", escaped(line))).collect::<String>();
    format!("<strong>{}</strong>{rest}", escaped(&message.headline()))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
