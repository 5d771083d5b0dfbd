//! A unit of `docs/systemd/`: what systemd would run, with which environment, on the directories of a test.
//!
//! It does not know what the program does. What systemd itself makes of a unit is said by `systemd-analyze`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tokio::process::Command;

use crate::{hub::Ended, program};

/// A unit.
#[derive(Debug)]
pub struct Unit {
    name: String,
    text: String,
}

impl Unit {
    /// Reads one of `docs/systemd/`.
    pub fn read(name: &str) -> Result<Self> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/systemd").join(name);
        Ok(Self { name: name.to_owned(), text: std::fs::read_to_string(&file).context(name.to_owned())? })
    }

    /// What a key says, each time that it stands there.
    pub fn says(&self, key: &str) -> Vec<&str> {
        let value = |line: &'_ str| -> Option<usize> { line.starts_with(&format!("{key}=")).then_some(key.len() + 1) };
        self.text.lines().filter_map(|line| value(line).map(|at| &line[at..])).collect()
    }

    /// The variables that its head tells people to put into the file that it reads.
    pub fn to_be_given(&self) -> Vec<(&str, &str)> {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix("#     "));
        lines.filter(|line| line.starts_with("BELFRY_")).filter_map(|line| line.split_once('=')).collect()
    }

    /// Asks systemd about it, with the program where it was built; `question` is a word and options of `systemd-analyze`.
    pub async fn analyze(&self, question: &[&str]) -> Result<Ended> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join(&self.name);
        let built = self.program()?;
        let installed = Path::new("/usr/local/bin").join(built.file_name().context("a name")?);
        let text = self.text.replace(&installed.display().to_string(), &built.display().to_string());
        std::fs::write(&file, text)?;
        let mut command = Command::new("systemd-analyze");
        let output = command.args(question).arg(&file).env("SYSTEMD_COLORS", "0").kill_on_drop(true).output().await;
        Ended::of(output.context("systemd is installed by tests/run.sh")?)
    }

    /// What it runs, in `directory` in place of `/etc/belfry`, and with its state in `state` in place of `/var/lib`.
    pub fn command(&self, directory: &Path, state: &Path, given: &[(&str, &str)]) -> Result<Command> {
        let mut command = Command::new(self.program()?);
        command.args(self.line()?.split(' ').skip(1)).current_dir(directory).env_clear().env("PATH", "/usr/bin:/bin");
        for variable in self.says("Environment") {
            let (name, value) = variable.split_once('=').context("a variable")?;
            command.env(name, value.replace("/var/lib", &state.display().to_string()));
        }
        command.envs(given.iter().copied());
        Ok(command)
    }

    fn line(&self) -> Result<&str> {
        self.says("ExecStart").first().copied().with_context(|| format!("{} runs nothing", self.name))
    }

    fn program(&self) -> Result<PathBuf> {
        let installed = Path::new(self.line()?.split(' ').next().unwrap_or_default());
        program::own(installed.file_name().and_then(|name| name.to_str()).context("a program")?)
    }
}
