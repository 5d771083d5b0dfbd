//! `kind = "alertmanager"`: alerts for Prometheus' Alertmanager (v2), where karma shows them.
//!
//! It does not know which alerts go on: the siren posts those again. An alert is told to every peer, and ends by itself a few minutes
//! after the last post, so that a monitor that died leaves nothing burning. Two hubs that see the same thing post the same labels.

use std::{collections::BTreeMap, time::Duration};

use base64::Engine as _;
use http::{HeaderMap, header};
use prober::definition::Secret;
use serde_json::{Value, json};
use shared::Timestamp;
use url::Url;

use super::{ChannelName, InvalidChannel, Parcel, Receipt, bearer, secret_header};
use crate::{
    mail::unescaped,
    maintenance::Word,
    notify::{Client, Kind, Notification, Refusal, SecretUrl, Subject, Voice},
};

/// An alert ends so long after the last post: four posts may be lost.
pub(crate) const AHEAD: Duration = Duration::from_secs(300);
/// An alert that only proves the channel ends after that.
const TRIED: Duration = Duration::from_secs(60);

/// `kind = "alertmanager"`: `urls`, which may hold a name and a password each, `token`, `labels`.
#[derive(Debug, Clone)]
pub struct AlertmanagerConfig {
    /// The root of each peer: all of them are told.
    pub urls: Vec<SecretUrl>,
    /// Sent as `Authorization: Bearer …`, to peers whose address has no name and password of its own.
    pub token: Option<Secret>,
    /// Added to every alert; the same at every hub.
    pub labels: BTreeMap<String, String>,
}

/// The peers.
#[derive(Debug, Clone)]
pub struct Alertmanager {
    peers: Vec<Peer>,
    labels: BTreeMap<String, String>,
}

/// A peer, and what opens its door and no other's.
#[derive(Debug, Clone)]
struct Peer {
    url: Url,
    headers: HeaderMap,
    /// What the headers hold.
    secrets: Vec<Secret>,
}

impl Peer {
    /// Name and password of the address go into a header (RFC 7617), instead of the token: errors then hold neither.
    fn new(name: &ChannelName, address: &SecretUrl, token: Option<&Secret>) -> Result<Self, InvalidChannel> {
        let mut url = address.under(&["api", "v2", "alerts"]);
        let (user, password) = (unescaped(url.username()), unescaped(url.password().unwrap_or_default()));
        // Both fail only for addresses without a host.
        let _ = (url.set_username(""), url.set_password(None));
        if user.is_empty() && password.is_empty() {
            return Ok(Self { url, headers: bearer(name, token)?, secrets: token.cloned().into_iter().collect() });
        }
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        let value = secret_header(name, &header::AUTHORIZATION, &format!("Basic {pair}"))?;
        let headers = [(header::AUTHORIZATION, value)].into_iter().collect();
        Ok(Self { url, headers, secrets: [pair, password].map(Secret::new).into() })
    }
}

/// An alert as the API takes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alert(Value);

impl Alertmanager {
    pub(super) fn new(name: &ChannelName, config: &AlertmanagerConfig) -> Result<Self, InvalidChannel> {
        let peers = config.urls.iter().map(|url| Peer::new(name, url, config.token.as_ref()));
        Ok(Self { peers: peers.collect::<Result<_, _>>()?, labels: config.labels.clone() })
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        match self.alert(parcel.notification, parcel.voice, parcel.now) {
            Some(alert) => self.post(parcel.client, &[alert]).await,
            None => Ok(Receipt::default()),
        }
    }

    /// Posts alerts to every peer; it is enough that one of them takes them, for they tell each other.
    pub(crate) async fn post(&self, client: &Client, alerts: &[Alert]) -> Result<Receipt, Refusal> {
        let document = Value::Array(alerts.iter().map(|alert| alert.0.clone()).collect());
        let posts = self.peers.iter().map(|peer| self.post_to(client, peer, &document));
        let (mut taken, mut refused) = (0, None);
        for result in futures_util::future::join_all(posts).await {
            match result {
                Ok(()) => taken += 1,
                Err(refusal) => drop(refused.get_or_insert(refusal)),
            }
        }
        match refused {
            Some(refusal) if taken == 0 => {
                Err(refusal.without(self.peers.iter().flat_map(|peer| &peer.secrets).map(Secret::reveal)))
            }
            Some(_) | None => Ok(Receipt::of(format!("{taken} of {} peers", self.peers.len()))),
        }
    }

    async fn post_to(&self, client: &Client, peer: &Peer, document: &Value) -> Result<(), Refusal> {
        let answer = client.post_json(&peer.url, peer.headers.clone(), document).await?;
        if answer.status == http::StatusCode::OK {
            return Ok(());
        }
        if answer.status.is_success() {
            return Err(Refusal::later(format!("the answer is not Alertmanager's: {}", answer.status)));
        }
        Err(answer.refusal().because(&String::from_utf8_lossy(&answer.body)))
    }

    /// The alert that is always there: its absence inside the cluster says that nobody watches from outside.
    pub(crate) fn watchdog(&self, since: Timestamp, voice: &Voice, now: Timestamp) -> Alert {
        let summary = format!("{} is watched from outside. This alert is always there.", voice.site);
        let annotations =
            json!({ "summary": summary, "link": voice.public_url.as_ref().map(Url::as_str).unwrap_or_default() });
        let span = Span { from: since, until: now.plus(AHEAD) };
        self.of("BelfryWatchdog", "none", &[], annotations, &span, voice.public_url.as_ref())
    }

    /// The alert that a message begins, goes on with or ends; nothing for what is no alert.
    pub(crate) fn alert(&self, notification: &Notification, voice: &Voice, now: Timestamp) -> Option<Alert> {
        let span = match &notification.kind {
            Kind::Down { since, .. }
            | Kind::Grown { since, .. }
            | Kind::Overdue { since, .. }
            | Kind::Reminder { since, .. }
            | Kind::Acknowledged { since, .. }
            | Kind::Noticed { since, .. } => Span { from: *since, until: now.plus(AHEAD) },
            Kind::Closed { since, at, .. } => Span { from: *since, until: (*at).min(now).max(*since) },
            Kind::Recovered { since, until } | Kind::WasDown { since, until, .. } => {
                Span { from: *since, until: (*until).min(now).max(*since) }
            }
        };
        let message = voice.say(notification, now);
        let annotations = json!({
            "summary": message.headline(),
            "description": message.notes.join(" "),
            "link": message.link.as_ref().map(Url::as_str).unwrap_or_default(),
        });
        let link = message.link.as_ref();
        match &notification.subject {
            Subject::Incident(matter) => {
                let component = matter.lead.as_ref().or(matter.first.first().map(|named| &named.id));
                let component = component.map_or(matter.id.as_str(), |id| id.as_str());
                Some(self.of("BelfryIncident", "critical", &[("component", component)], annotations, &span, link))
            }
            Subject::Monitor(fault) => {
                let id = fault.id();
                let labels = [("fault", id.kind().word()), ("of", id.of().unwrap_or_default())];
                Some(self.of("BelfryFault", "warning", &labels, annotations, &span, voice.public_url.as_ref()))
            }
            Subject::Maintenance(planned) => {
                let until = match planned.word {
                    Word::Begins => now.plus(AHEAD),
                    Word::Ends => now.max(planned.starts_at),
                    Word::Announced | Word::Moved | Word::Cancelled => return None,
                };
                let (labels, span) = ([("maintenance", planned.id.as_str())], Span { from: planned.starts_at, until });
                Some(self.of("BelfryMaintenance", "none", &labels, annotations, &span, link))
            }
            Subject::Drill(_) => {
                let span = Span { from: now, until: now.plus(TRIED) };
                Some(self.of("BelfryDrill", "none", &[], annotations, &span, link))
            }
        }
    }

    fn of(
        &self,
        name: &str,
        severity: &str,
        labels: &[(&str, &str)],
        annotations: Value,
        span: &Span,
        link: Option<&Url>,
    ) -> Alert {
        // Alertmanager takes an empty label for none.
        let labels = labels.iter().filter(|(_, value)| !value.is_empty());
        let own = [("alertname", name), ("severity", severity)];
        let mut all: BTreeMap<&str, &str> =
            self.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(own.iter().chain(labels).copied());
        Alert(json!({
            "labels": all,
            "annotations": annotations,
            "startsAt": span.from,
            "endsAt": span.until,
            "generatorURL": link.map(Url::as_str).unwrap_or_default(),
        }))
    }
}

/// From when to when an alert burns.
struct Span {
    from: Timestamp,
    until: Timestamp,
}
