//! What Chromium's driver offers beyond WebDriver: DevTools commands and the console.
//!
//! It does not know what they are used for.

use anyhow::Result;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::Browser;

/// A command of the driver: its path below the session, and what comes with it.
#[derive(Debug)]
struct Command {
    path: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> std::result::Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.parameters.to_string()))
    }
}

impl Browser {
    /// Sends a command of the DevTools protocol.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let parameters = json!({ "cmd": command, "params": parameters });
        Ok(self.client.issue_cmd(Command { path: "goog/cdp/execute", parameters }).await?)
    }

    /// Takes what the browser has complained about since the last time: errors, warnings and reports of the content policy.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let command = Command { path: "se/log", parameters: json!({ "type": "browser" }) };
        let entries = self.client.issue_cmd(command).await?;
        let bad = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        let entries = entries.as_array().into_iter().flatten().filter(bad);
        Ok(entries.filter_map(|entry| entry["message"].as_str().map(ToOwned::to_owned)).collect())
    }
}
