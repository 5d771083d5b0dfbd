//! A real Alertmanager of Prometheus, alone; it tells nobody, or a webhook.
//!
//! It does not know who posts alerts.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use shared::Timestamp;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{program::Program, program::free_port, wait};

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Alertmanager {
    url: String,
    client: reqwest::Client,
    _program: Program,
    _directory: TempDir,
}

impl Alertmanager {
    /// Starts one that tells nobody, and waits until it answers.
    pub async fn start() -> Result<Self> {
        Self::configured("route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n").await
    }

    /// Starts one that posts what burns to a webhook each second.
    pub async fn telling(hook: &str) -> Result<Self> {
        Self::configured(&format!(
            "route: {{ receiver: hook, group_wait: 0s, group_interval: 1s, repeat_interval: 1s }}\n\
             receivers: [{{ name: hook, webhook_configs: [{{ url: \"{hook}\", send_resolved: false }}] }}]\n"
        ))
        .await
    }

    /// Starts one with a configuration of one's own, and waits until it answers.
    pub async fn configured(configuration: &str) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("alertmanager.yml");
        std::fs::write(&file, configuration)?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new("/usr/bin/prometheus-alertmanager");
        command
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.path={}", directory.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--cluster.listen-address=");
        let program = Program::start(&mut command).context("Alertmanager is installed by tests/run.sh")?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let server = Self { url: format!("http://{address}"), client, _program: program, _directory: directory };
        wait::until("Alertmanager answers", async || server.alerts().await.ok()).await;
        Ok(server)
    }

    /// Its root.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Posts an alert that burns until then, as Prometheus would again and again.
    pub async fn burn(&self, name: &str, until: Timestamp) -> Result<()> {
        let alert = json!([{ "labels": { "alertname": name }, "endsAt": until }]);
        let request =
            self.client.post(format!("{}/api/v2/alerts", self.url)).header("content-type", "application/json");
        request.body(alert.to_string()).send().await?.error_for_status()?;
        Ok(())
    }

    /// Everything that burns, as its API tells it.
    pub async fn alerts(&self) -> Result<Vec<Value>> {
        let answer = self.client.get(format!("{}/api/v2/alerts", self.url)).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    /// The alert of that name that burns, where one does.
    pub async fn alert(&self, name: &str) -> Option<Value> {
        self.alerts().await.ok()?.into_iter().find(|alert| alert["labels"]["alertname"] == name)
    }
}
