//! The lines of `docs/replay.md`: what is broken, who must notice it within what time; and where tests leave how long it took.
//!
//! It does not know how anything is broken. `cargo run -p tests --example replay-table` prints what was left.

pub mod rows;

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{program, wait};

/// How much longer than its limit a test waits before it gives up: what is late shall be measured too.
const PATIENCE: Duration = Duration::from_secs(60);

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Names the file of what was measured.
    pub key: &'static str,
    /// What is broken.
    pub broken: &'static str,
    /// Who notices it, and how.
    pub noticed: &'static str,
    /// Within so many seconds.
    pub seconds: u64,
    /// Where that time comes from, when it is not the design's own.
    pub limit: &'static str,
}

impl Row {
    /// Within what time it must be noticed.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Waits for who must notice it, from `began` on, and notes when that was.
    pub async fn until<T>(&self, began: Instant, condition: impl AsyncFnMut() -> Option<T>) -> Result<T> {
        let found = wait::until_within(&self.said(), self.limit() + PATIENCE, condition).await;
        self.took(began.elapsed())?;
        Ok(found)
    }

    /// Notes how long it took. It is an error when that is too long.
    pub fn took(&self, time: Duration) -> Result<()> {
        let file = self.file()?;
        fs::create_dir_all(file.parent().context("a directory")?)?;
        fs::write(&file, json!({ "milliseconds": u64::try_from(time.as_millis())? }).to_string())?;
        println!("{}: {time:.1?}, limit {:?}", self.said(), self.limit());
        anyhow::ensure!(time <= self.limit(), "{} took {time:?}, more than {:?}", self.said(), self.limit());
        Ok(())
    }

    /// How long it took when it was last measured, where it was.
    pub fn measured(&self) -> Result<Option<Duration>> {
        let file = self.file()?;
        if !file.exists() {
            return Ok(None);
        }
        let left: Value = serde_json::from_slice(&fs::read(&file)?).with_context(|| file.display().to_string())?;
        Ok(Some(Duration::from_millis(left["milliseconds"].as_u64().context("milliseconds")?)))
    }

    fn said(&self) -> String {
        format!("{}: {}", self.broken, self.noticed)
    }

    fn file(&self) -> Result<PathBuf> {
        Ok(program::target()?.join("replay").join(format!("{}.json", self.key)))
    }
}
