//! `kind = "ovh_sms"`: SMS by OVH's simple interface (`http2sms`).
//!
//! It does not know how credits are bought. HTTP 200 says nothing: success is a `status` of 100 to 199 in the JSON behind it.

use std::str::FromStr;

use prober::definition::Secret;
use serde::Deserialize;

use super::{
    LowCredit, Parcel, Receipt,
    sms::{Coding, Sms},
};
use crate::notify::{Refusal, SecretUrl};

/// Where OVH listens.
pub const OVH_SMS: &str = "https://www.ovh.com/cgi-bin/sms/http2sms.cgi";

/// `kind = "ovh_sms"`: `url`, `account`, `login`, `password`, `from`, `to`, `low_credit`.
#[derive(Debug, Clone)]
pub struct OvhSmsConfig {
    /// The interface.
    pub url: SecretUrl,
    /// The account (`sms-xx00000-1`).
    pub account: Secret,
    /// Its user.
    pub login: Secret,
    /// That user's password.
    pub password: Secret,
    /// Who sends, as OVH has approved it.
    pub from: String,
    /// The numbers, international (`0033612345678`, or `+33612345678`).
    pub to: Vec<Secret>,
    /// Operators are told by another channel when fewer credits are left.
    pub low_credit: u32,
}

/// An account at OVH.
#[derive(Debug, Clone)]
pub struct OvhSms {
    config: OvhSmsConfig,
    to: String,
}

/// What of the answer matters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status: Status,
    #[serde(default)]
    sms_ids: Vec<serde_json::Value>,
    credit_left: Option<serde_json::Value>,
    message: Option<String>,
}

/// A number, in quotes or without.
#[derive(Deserialize)]
#[serde(transparent)]
struct Status(serde_json::Value);

impl Status {
    fn number(&self) -> Option<u32> {
        u32::from_str(&bare(&self.0)).ok()
    }
}

/// A JSON text or number as text.
fn bare(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl OvhSms {
    pub(super) fn new(config: &OvhSmsConfig) -> Self {
        let number = |number: &Secret| number.reveal().replace('+', "00");
        Self { to: config.to.iter().map(number).collect::<Vec<_>>().join(","), config: config.clone() }
    }

    pub(super) fn secrets(&self) -> Vec<&str> {
        let OvhSmsConfig { account, login, password, to, .. } = &self.config;
        [password, login, account].into_iter().chain(to).map(Secret::reveal).chain(self.to.split(',')).collect()
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let OvhSmsConfig { url, account, login, password, from, .. } = &self.config;
        let sms = Sms::of(parcel.message);
        let coding = match sms.coding {
            Coding::Gsm => "1",
            Coding::Ucs2 => "2",
        };
        let fields = [
            ("account", account.reveal()),
            ("login", login.reveal()),
            ("password", password.reveal()),
            ("from", from),
            ("to", &self.to),
            ("message", &sms.text),
            // Without it, it would count as advertising, which waits for the morning.
            ("noStop", "1"),
            ("smsCoding", coding),
            ("contentType", "application/json"),
        ];
        let answer = parcel.client.post_form(url.reveal(), &fields).await?.success()?;
        match answer.json::<Answer>() {
            Some(answer) => self.judge(&answer),
            None => Err(Refusal::later("the answer is not OVH's: it names no status")),
        }
    }

    fn judge(&self, answer: &Answer) -> Result<Receipt, Refusal> {
        let said = answer.message.as_deref().unwrap_or_default();
        match answer.status.number() {
            Some(100..=199) => {
                let ids = answer.sms_ids.iter().map(bare).collect::<Vec<_>>().join(", ");
                let id = Some(ids).filter(|ids| !ids.is_empty());
                Ok(Receipt { id, low_credit: answer.credit_left.as_ref().and_then(|left| self.low(&bare(left))) })
            }
            Some(201) => Err(Refusal::never("OVH misses a parameter (status 201)").because(said)),
            Some(202) => Err(Refusal::never("OVH does not take a parameter (status 202)").because(said)),
            Some(401) => Err(Refusal::later("OVH does not let this address in (status 401)").because(said)),
            Some(status) => Err(Refusal::later(format!("OVH did not send it (status {status})")).because(said)),
            None => Err(Refusal::later("the answer is not OVH's: its status is no number")),
        }
    }

    fn low(&self, left: &str) -> Option<LowCredit> {
        let limit = self.config.low_credit;
        let credits: f64 = left.trim().parse().ok()?;
        (credits < f64::from(limit)).then(|| LowCredit { left: left.trim().to_owned(), limit })
    }
}
