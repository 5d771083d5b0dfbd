//! A child process of a test: started in a process group of its own, read line by line, stopped by signal or on drop, with all
//! that it started itself.
//!
//! It does not know which program it runs.

use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    task::JoinSet,
};

use crate::wait;

/// A running program and what it has printed.
#[derive(Debug)]
pub struct Program {
    child: Child,
    group: u32,
    output: Arc<Mutex<Vec<String>>>,
    _readers: JoinSet<()>,
}

impl Program {
    /// Starts a command; both of its outputs are collected.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {command:?}"))?;
        let group = child.id().context("the process id of a program just started")?;
        let output = Arc::new(Mutex::new(Vec::new()));
        let mut readers = JoinSet::new();
        readers.spawn(collect(child.stdout.take().context("a piped stdout")?, output.clone()));
        readers.spawn(collect(child.stderr.take().context("a piped stderr")?, output.clone()));
        Ok(Self { child, group, output, _readers: readers })
    }

    /// Everything printed so far, a line each.
    pub fn output(&self) -> Vec<String> {
        self.output.lock().map(|lines| lines.clone()).unwrap_or_default()
    }

    /// Waits until a line holds `text`, or the program ends.
    pub async fn line_with(&mut self, text: &str) -> Result<String> {
        let output = self.output.clone();
        let child = &mut self.child;
        let what = format!("a line says {text:?}");
        let found = wait::until(&what, async || {
            let lines = output.lock().map(|lines| lines.clone()).unwrap_or_default();
            match lines.iter().find(|line| line.contains(text)) {
                Some(line) => Some(Ok(line.clone())),
                None => child.try_wait().ok().flatten().map(|status| Err((status, lines))),
            }
        });
        found.await.map_err(|(status, lines)| anyhow::anyhow!("ended with {status} after:\n{}", lines.join("\n")))
    }

    /// The process id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends SIGTERM and waits for the end.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal("TERM").await?;
        self.end().await
    }

    /// Sends SIGKILL and waits for the end.
    pub async fn kill(&mut self) -> Result<ExitStatus> {
        self.child.start_kill()?;
        self.end().await
    }

    /// Sends a signal by name.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let pid = self.pid().context("the program has ended")?;
        let status = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().await?;
        anyhow::ensure!(status.success(), "kill -{name} {pid}: {status}");
        Ok(())
    }

    /// Waits for the end, however long it takes.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        self.child.wait().await.map_err(Into::into)
    }

    /// Waits for the end.
    pub async fn end(&mut self) -> Result<ExitStatus> {
        tokio::time::timeout(wait::LIMIT, self.child.wait())
            .await
            .context("the program did not end")?
            .map_err(Into::into)
    }
}

impl Drop for Program {
    /// What the program started and left behind ends with it: a browser outlives its killed driver otherwise.
    fn drop(&mut self) {
        let gone = std::process::Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.group)])
            .stderr(Stdio::null())
            .status();
        // The group is usually empty by now; there is nobody to tell of the rest.
        drop(gone);
    }
}

async fn collect(stream: impl AsyncRead + Unpin, output: Arc<Mutex<Vec<String>>>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Ok(mut output) = output.lock() {
            output.push(line);
        }
    }
}

/// The path of one of the workspace's own programs, which `tests/run.sh` builds first.
pub fn own(name: &str) -> Result<PathBuf> {
    let path = profile()?.join(name);
    anyhow::ensure!(path.exists(), "{} is missing: cargo build --workspace --bins", path.display());
    Ok(path)
}

/// The directory that cargo builds into.
pub fn target() -> Result<PathBuf> {
    let profile = profile()?;
    Ok(profile.parent().context("the profile's directory lies in the target directory")?.to_owned())
}

/// The directory of the profile that the test was built with.
fn profile() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    Ok(test.parent().and_then(Path::parent).context("the test runs from the target directory")?.to_owned())
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
