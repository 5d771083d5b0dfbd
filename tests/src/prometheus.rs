//! A real Prometheus that asks a hub each second and sends what its rules say to an Alertmanager; and promtool, which reads a scrape
//! as strictly as anybody.
//!
//! It does not know the rules.

use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{
    alertmanager::Alertmanager,
    hub::Ended,
    program::{Program, free_port},
    wait,
};

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Prometheus {
    url: String,
    client: reqwest::Client,
    /// The process.
    pub program: Program,
    _directory: TempDir,
}

impl Prometheus {
    /// Starts one that asks the hub at that address and keeps to these rules, and waits until it answers.
    pub async fn start(hub: &str, rules: &str, alertmanager: &Alertmanager) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let at = |name: &str| directory.path().join(name);
        let to = alertmanager.url().strip_prefix("http://").context("an address")?;
        std::fs::write(at("rules.yml"), rules)?;
        std::fs::write(
            at("prometheus.yml"),
            format!(
                "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\nrule_files: [rules.yml]\n\
                 alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: [\"{to}\"] }}] }}] }}\n\
                 scrape_configs: [{{ job_name: belfry, static_configs: [{{ targets: [\"{hub}\"] }}] }}]\n"
            ),
        )?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new("/usr/bin/prometheus");
        command
            .arg(format!("--config.file={}", at("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", at("data").display()))
            .arg(format!("--web.listen-address={address}"))
            // Seconds in place of minutes: so often it says again what burns, and it is believed for four times as long.
            .arg("--rules.alert.resend-delay=1s");
        let mut program = Program::start(&mut command).context("Prometheus is installed by tests/run.sh")?;
        program.line_with("Server is ready to receive web requests").await?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { url: format!("http://{address}"), client, program, _directory: directory })
    }

    /// What a query comes to now, where it comes to one value.
    pub async fn value(&self, query: &str) -> Option<f64> {
        let url = reqwest::Url::parse_with_params(&format!("{}/api/v1/query", self.url), [("query", query)]).ok()?;
        let answer: Value = self.client.get(url).send().await.ok()?.json().await.ok()?;
        match answer["data"]["result"].as_array()?.as_slice() {
            [one] => one["value"][1].as_str()?.parse().ok(),
            _ => None,
        }
    }

    /// Waits until a query comes to that.
    pub async fn until(&self, query: &str, value: f64) {
        let what = format!("Prometheus finds {query} to be {value}");
        wait::until(&what, async || self.value(query).await.filter(|found| *found == value)).await;
    }
}

/// What promtool says of a scrape: it ends with 0 and says nothing when all is well.
pub async fn check_metrics(scrape: &str) -> Result<Ended> {
    let mut command = Command::new("/usr/bin/promtool");
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().context("Prometheus is installed by tests/run.sh")?;
    let mut stdin = child.stdin.take().context("a piped stdin")?;
    stdin.write_all(scrape.as_bytes()).await?;
    drop(stdin);
    let output =
        tokio::time::timeout(wait::LIMIT, child.wait_with_output()).await.context("promtool did not end")??;
    Ended::of(output)
}
