//! A real `prober run` in a process of its own: a location that reports to a hub.
//!
//! It does not know what it probes.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    hub::Setup,
    namespace,
    program::{self, Program},
    wait,
};

/// A location: its name, where it reports to, and its directory.
#[derive(Debug)]
pub struct Place {
    name: String,
    hub: String,
    code: Option<String>,
    probes: PathBuf,
    directory: TempDir,
    namespace: Option<String>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Place {
    /// Adds a location on the hub of `setup`, which runs, and takes the hub's own definitions.
    pub async fn add(setup: &Setup, name: &str, hub: &str) -> Result<Self> {
        let code = code(setup, name).await?;
        Ok(Self {
            name: name.to_owned(),
            hub: hub.to_owned(),
            code: Some(code),
            probes: setup.probes(),
            directory: tempfile::tempdir()?,
            namespace: None,
            arguments: Vec::new(),
            environment: Vec::new(),
        })
    }

    /// Runs in a network namespace.
    #[must_use]
    pub fn inside(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// Adds to its environment.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds command-line arguments.
    #[must_use]
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// The same data on another disk, as a careless copy has it.
    pub fn copied(&self) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let copied = std::process::Command::new("cp").arg("-a").arg(self.data()).arg(directory.path()).status()?;
        anyhow::ensure!(copied.success(), "the data were not copied");
        let (name, hub, probes) = (self.name.clone(), self.hub.clone(), self.probes.clone());
        let (arguments, environment) = (self.arguments.clone(), self.environment.clone());
        Ok(Self { name, hub, code: None, probes, directory, namespace: self.namespace.clone(), arguments, environment })
    }

    /// Its key and journal.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Starts it.
    pub fn start(&self) -> Result<Program> {
        Program::start(&mut self.command()?)
    }

    /// The command that starts it.
    pub fn command(&self) -> Result<Command> {
        let mut command = Command::new(program::own("prober")?);
        command.current_dir(self.directory.path()).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.args(["run", "--hub", &self.hub, "--location", &self.name, "--data", "data", "--time-zone", "UTC"]);
        command.arg("--probes").arg(&self.probes).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(code) = &self.code {
            command.args(["--enrol", code]);
        }
        Ok(match &self.namespace {
            None => command,
            Some(namespace) => namespace::inside(namespace, &command),
        })
    }
}

/// Adds a location on the hub of `setup`, which runs, and gives its code.
pub async fn code(setup: &Setup, name: &str) -> Result<String> {
    let said = setup.run(&["location", "add", name, "--json"]).await?.expect(0)?;
    let answer: Value = serde_json::from_str(&said)?;
    Ok(answer["code"].as_str().context("a code")?.to_owned())
}

/// What the hub says of a location.
pub async fn location(setup: &Setup, name: &str) -> Result<Value> {
    let said = setup.run(&["location", "list", "--json"]).await?;
    let answer: Value = serde_json::from_str(&said.out).with_context(|| said.err.clone())?;
    let locations = answer["locations"].as_array().context("a list")?;
    locations.iter().find(|one| one["name"] == name).cloned().context("the location")
}

/// Waits until the hub has everything of a location, and says what it then says of it.
pub async fn until_whole(setup: &Setup, name: &str) -> Value {
    wait::until(&format!("the hub has everything of {name}"), async || {
        let location = location(setup, name).await.ok()?;
        let whole = location["gaps"] == 0 && location["standing"] == "reports" && location["journal_depth"] == 0;
        whole.then_some(location)
    })
    .await
}
