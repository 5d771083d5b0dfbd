//! A real `statuspage serve` in a process of its own, with definitions and data in a temporary directory.
//!
//! It does not know what is defined in it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    program::{self, Program},
    wait,
};

/// What a hub is started with.
#[derive(Debug)]
pub struct Setup {
    directory: TempDir,
    listen: String,
    /// What it is, and the flag that says where it listens.
    role: Vec<String>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Setup {
    /// No definition yet, no setting.
    pub fn new() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        std::fs::create_dir(directory.path().join("probes.d"))?;
        let (arguments, environment) = (Vec::new(), Vec::new());
        let role = ["serve", "--listen"].map(str::to_owned).to_vec();
        Ok(Self { directory, listen: "127.0.0.1:0".to_owned(), role, arguments, environment })
    }

    /// Writes or replaces the definition file of one component.
    pub fn define(&self, id: &str, toml: &str) -> Result<()> {
        let file = self.probes().join(format!("{id}.toml"));
        // As a careful editor does: the new file appears whole or not at all.
        let unfinished = self.directory.path().join("unfinished");
        std::fs::write(&unfinished, toml)?;
        std::fs::rename(unfinished, file).context("put the definition in place")
    }

    /// An HTTP component asked every second.
    pub fn define_http(&self, id: &str, url: &str) -> Result<()> {
        self.define(id, &format!("name = \"{id}\"\n[[probe]]\nevery = \"1s\"\n[probe.http]\nurl = \"{url}\"\n"))
    }

    /// Writes `statuspage.toml`; little data, so that a full disk of whoever runs the tests is no fault of the hub's.
    pub fn settings(&self, toml: &str) -> Result<()> {
        let little = if toml.contains("max_bytes") { "" } else { "max_bytes = \"100MB\"\n" };
        std::fs::write(self.directory.path().join("statuspage.toml"), format!("{little}{toml}"))
            .context("write the settings")
    }

    /// Listens there instead of on a free port.
    #[must_use]
    pub fn listening_on(mut self, address: &str) -> Self {
        address.clone_into(&mut self.listen);
        self
    }

    /// An outpost of the hub at that address instead of a hub: the place that a code was printed for.
    #[must_use]
    pub fn outpost(mut self, hub: &str, location: &str, code: &str) -> Self {
        let role = ["outpost", "--hub", hub, "--location", location, "--enrol", code, "--serve"];
        self.role = role.map(str::to_owned).to_vec();
        self
    }

    /// Adds command-line arguments.
    #[must_use]
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Adds to the environment of everything that is run.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where the definitions lie.
    pub fn probes(&self) -> PathBuf {
        self.directory.path().join("probes.d")
    }

    /// Where the data lie.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The directory that the hub is started in.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The command that starts it on a free port.
    pub fn command(&self) -> Result<Command> {
        let mut command = self.program()?;
        command.args(&self.role).arg(&self.listen).args(&self.arguments);
        Ok(command)
    }

    /// Runs another of its commands in the same directory, to its end.
    pub async fn run(&self, arguments: &[&str]) -> Result<Ended> {
        let mut command = self.program()?;
        let output = command.args(arguments).stdin(std::process::Stdio::null()).kill_on_drop(true).output();
        let output = tokio::time::timeout(wait::LIMIT, output).await.context("the command did not end")??;
        Ended::of(output)
    }

    fn program(&self) -> Result<Command> {
        let mut command = Command::new(program::own("statuspage")?);
        command.current_dir(self.directory.path()).env_clear().env("PATH", "/usr/bin:/bin");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// Starts it and waits until it listens.
    pub async fn start(&self) -> Result<Hub> {
        Hub::behind(Program::start(&mut self.command()?)?).await
    }
}

/// What a command came to.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; none after a signal.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it said of itself.
    pub err: String,
}

impl Ended {
    /// What a command came to.
    pub fn of(output: std::process::Output) -> Result<Self> {
        Ok(Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout)?,
            err: String::from_utf8(output.stderr)?,
        })
    }

    /// Everything that it printed, once it ended with that code.
    pub fn expect(self, code: i32) -> Result<String> {
        anyhow::ensure!(self.code == Some(code), "ended with {:?}, not {code}:\n{}{}", self.code, self.out, self.err);
        Ok(self.out)
    }
}

/// A running hub.
#[derive(Debug)]
pub struct Hub {
    url: String,
    /// The process.
    pub program: Program,
    client: reqwest::Client,
}

impl Hub {
    /// The hub that a program becomes once it listens.
    pub async fn behind(mut program: Program) -> Result<Self> {
        let line = program.line_with("the page is at").await?;
        let at = line.find("http://").context("the line with the address")?;
        let url = line[at..].split_whitespace().next().context("an address")?.trim_end_matches('/').to_owned();
        Ok(Self { url, program, client: reqwest::Client::builder().no_proxy().build()? })
    }

    /// Its address, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A request for `path`.
    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    /// The body of `path`, whatever its status.
    pub async fn text(&self, path: &str) -> Result<String> {
        Ok(self.get(path).send().await?.text().await?)
    }

    /// The body of `path` as JSON.
    pub async fn json(&self, path: &str) -> Result<Value> {
        Ok(self.get(path).send().await?.error_for_status()?.json().await?)
    }

    /// The state of a component in API v2.
    pub async fn status_of(&self, name: &str) -> Option<String> {
        let components = self.json("/api/v2/components.json").await.ok()?;
        let component =
            components["components"].as_array()?.iter().find(|component| component["name"] == name)?.clone();
        Some(component["status"].as_str()?.to_owned())
    }

    /// Waits until API v2 says that a component has that state.
    pub async fn until_status(&self, name: &str, status: &str) {
        wait::until(&format!("{name} is {status}"), async || self.status_of(name).await.filter(|now| now == status))
            .await;
    }

    /// Waits until every probe has reported.
    pub async fn until_ready(&self) {
        wait::until("the hub is ready", async || {
            self.get("/readyz").send().await.ok().filter(|response| response.status().is_success())
        })
        .await;
    }
}
