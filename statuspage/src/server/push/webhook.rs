//! Alertmanager's webhook (version 4): its always-firing `Watchdog` is a sign of life, and so says that Prometheus, its rules and
//! Alertmanager work; anything else that comes by the same way is none.
//!
//! It does not know when the next one is due.

use axum::{
    extract::{Path, Request, State},
    http::request::Parts,
    response::Response,
};
use serde::Deserialize;

use super::{App, Push, Sign, bearer, plain, query, ring, text};

/// The alert that is a sign of life, unless `?alertname=` names another.
const WATCHDOG: &str = "Watchdog";

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    alerts: Vec<Alert>,
}

#[derive(Debug, Deserialize)]
struct Alert {
    #[serde(default)]
    status: String,
    #[serde(default)]
    labels: std::collections::BTreeMap<String, String>,
}

impl Message {
    /// Whether that alert is firing.
    fn fires(&self, name: &str) -> bool {
        let is_it = |alert: &&Alert| alert.labels.get("alertname").is_some_and(|given| given == name);
        self.alerts.iter().filter(is_it).any(|alert| alert.status == "firing")
    }
}

/// The token in the path.
pub(super) async fn alertmanager(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let (head, text) = text(request).await;
    hear(&app, &head, &token, &text).await
}

/// The token as bearer, by `http_config.authorization` of Alertmanager.
pub(super) async fn alertmanager_by_bearer(State(app): State<App>, request: Request) -> Response {
    let (head, text) = text(request).await;
    hear(&app, &head, &bearer(&head), &text).await
}

async fn hear(app: &App, head: &Parts, token: &str, text: &str) -> Response {
    let push = || {
        let named = query(head).find(|(name, _)| name == "alertname").map(|(_, value)| value.into_owned());
        let message: Message = serde_json::from_str(text).ok()?;
        message.fires(named.as_deref().unwrap_or(WATCHDOG)).then(|| Push::of(Sign::Alive))
    };
    plain(ring(app, head, token, push).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_firing_watchdog_is_a_sign_of_life() {
        let check = |status: &str, name: &str, expected: bool| {
            let message = serde_json::json!({
                "version": "4", "groupKey": "{}:{alertname=\"Watchdog\"}", "status": status, "receiver": "belfry",
                "alerts": [{ "status": status, "labels": { "alertname": name, "severity": "none" }, "annotations": {} }],
            });
            let message: Message = serde_json::from_value(message).expect("a message");
            assert_eq!(message.fires(WATCHDOG), expected, "{status} {name}");
        };
        check("firing", "Watchdog", true);
        check("resolved", "Watchdog", false);
        check("firing", "KubeNodeNotReady", false);
    }
}
