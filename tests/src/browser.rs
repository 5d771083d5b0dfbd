//! Debian's Chromium, driven by WebDriver.
//!
//! It does not know which page it looks at.

mod axe;
mod chrome;

use anyhow::Result;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    program::{Program, free_port},
    wait,
};

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// As usual.
    On,
    /// Refused by the browser's own setting.
    Off,
}

/// The colours that the reader prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
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

    /// From now on the reader prefers those colours.
    pub async fn prefer(&self, theme: Theme) -> Result<()> {
        let value = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// From now on requests for such addresses fail, as if the network refused them.
    pub async fn refuse(&self, pattern: &str) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setBlockedURLs", json!({ "urls": [pattern] })).await?;
        Ok(())
    }

    /// From now on the timers of pages run a hundred times faster.
    pub async fn hurry(&self) -> Result<()> {
        let source = "const later = window.setTimeout; window.setTimeout = (run, millis) => later(run, millis / 100);";
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        Ok(())
    }

    /// From now on the visitor's clock is off by so many seconds, on every page.
    pub async fn set_clock_off(&self, seconds: i64) -> Result<()> {
        let source = format!(
            "{{ const Right = Date, off = {seconds} * 1000; window.Date = class extends Right {{
                constructor(...given) {{ given.length ? super(...given) : super(Right.now() + off); }}
                static now() {{ return Right.now() + off; }} }}; }}"
        );
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        Ok(())
    }

    /// The text of the page as it can be seen.
    pub async fn text(&self) -> Option<String> {
        self.client.find(Locator::Css("body")).await.ok()?.text().await.ok()
    }

    /// The text of the page, once `words` stand in it: also those of the next page, while it is on its way.
    pub async fn until_text(&self, words: &str) -> String {
        let what = format!("the page says “{words}”");
        wait::until(&what, async || self.text().await.filter(|text| text.contains(words))).await
    }

    /// What an expression is worth in the page.
    pub async fn value(&self, expression: &str) -> Result<Value> {
        Ok(self.client.execute(&format!("return {expression}"), vec![]).await?)
    }
}
