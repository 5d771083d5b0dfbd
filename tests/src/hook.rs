//! Who is told outside: a server that takes the documents of a webhook, and the pings of a dead-man switch.
//!
//! It does not know what should be told.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{backend::Backend, wait};

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Hook {
    server: Backend,
}

impl Hook {
    /// Starts one that takes everything.
    pub async fn start() -> Result<Self> {
        Ok(Self { server: Backend::start().await? })
    }

    /// Starts one where others can reach it.
    pub async fn start_on(address: &str) -> Result<Self> {
        Ok(Self { server: Backend::start_at(format!("{address}:0").parse()?).await? })
    }

    /// The settings of a webhook that it takes.
    pub fn channel(&self, name: &str) -> String {
        format!("[[channel]]\nname = \"{name}\"\nkind = \"webhook\"\nurl = \"{}/{name}\"\n", self.server.url())
    }

    /// The settings of a dead-man switch that it is.
    pub fn switch(&self) -> String {
        format!("[watch]\nping = \"{}/ping\"\n", self.server.url())
    }

    /// Every request so far, as it came.
    pub fn requests(&self) -> Vec<String> {
        self.server.requests()
    }

    /// The documents that it was sent, the oldest first.
    pub fn documents(&self) -> Vec<Value> {
        let body = |request: String| serde_json::from_str(request.split_once("\r\n\r\n")?.1).ok();
        self.requests().into_iter().filter_map(body).collect()
    }

    /// The first document of an event.
    pub fn event(&self, event: &str) -> Option<Value> {
        self.documents().into_iter().find(|document| document["event"] == event)
    }

    /// The first document of a fault of the monitor at that stage of it.
    pub fn fault(&self, fault: &str, event: &str) -> Option<Value> {
        let mut documents = self.documents().into_iter();
        documents.find(|document| document["monitor"]["fault"] == fault && document["event"] == event)
    }

    /// The faults that it was told of, and the stage of each.
    pub fn faults(&self) -> Vec<(String, String)> {
        let told = |document: Value| {
            Some((document["monitor"]["fault"].as_str()?.to_owned(), document["event"].as_str()?.to_owned()))
        };
        self.documents().into_iter().filter_map(told).collect()
    }

    /// What the switch was told first of why the monitor is not well.
    pub fn failure(&self) -> Option<String> {
        let request = self.requests().into_iter().find(|request| request.starts_with("POST /ping/fail"))?;
        Some(request.split_once("\r\n\r\n")?.1.to_owned())
    }

    /// Waits for a document of that event.
    pub async fn until(&self, event: &str) -> Value {
        wait::until(event, async || self.event(event)).await
    }
}

/// The path of the link by which whoever reads a message takes what it tells.
pub fn taking(text: &str) -> Result<String> {
    let (_, link) = text.split_once("/a/").with_context(|| format!("no link in {text}"))?;
    let token: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    Ok(format!("/a/{token}"))
}
