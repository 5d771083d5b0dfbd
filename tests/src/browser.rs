//! Debian's Chromium, driven by WebDriver.
//!
//! It does not know which page it looks at.

use anyhow::Result;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Map, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::program::{Program, free_port};

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// As usual.
    On,
    /// Refused by the browser's own setting.
    Off,
}

/// A browser with a profile of its own; dropping it stops it.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver session.
    pub client: Client,
    _driver: Program,
    _profile: TempDir,
}

impl Browser {
    /// Starts Chromium without a window.
    pub async fn start(scripts: Scripts) -> Result<Self> {
        let port = free_port()?;
        let mut driver = Program::start(Command::new("chromedriver").arg(format!("--port={port}")))?;
        driver.line_with("started successfully").await?;
        let profile = tempfile::tempdir()?;
        let user_data = format!("--user-data-dir={}", profile.path().display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--lang=en",
            &user_data,
        ];
        let mut options = json!({ "args": arguments });
        if scripts == Scripts::Off {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let mut capabilities = Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let address = format!("http://127.0.0.1:{port}");
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await?;
        Ok(Self { client, _driver: driver, _profile: profile })
    }

    /// Ends the session.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}
