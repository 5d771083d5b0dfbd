//! The replay: the incident that the product exists for comes out differently, and each part of the watch over the watcher is broken in
//! turn, in the real programs, and noticed in time. What is measured makes the table of `docs/replay.md`.

mod clocks;
mod definitions;
mod detection;
mod people;
mod places;
mod story;
mod stuck;

use anyhow::Result;
use tests::{
    backend::Backend,
    hook::Hook,
    hub::{Hub, Setup},
};

/// A hub that watches one service, and whom it tells.
struct Watched {
    target: Backend,
    hook: Hook,
    setup: Setup,
}

impl Watched {
    /// With further lines of settings; those of tables come last.
    async fn new(more: &str) -> Result<Self> {
        let (target, hook, setup) = (Backend::start().await?, Hook::start().await?, Setup::new()?);
        setup.define_http("cloud", &target.url())?;
        setup.settings(&format!("[incidents]\nquiet = \"1s\"\n{}{}{more}", hook.switch(), hook.channel("hook")))?;
        Ok(Self { target, hook, setup })
    }

    /// Starts the hub and waits until it has seen its service.
    async fn start(&self) -> Result<Hub> {
        let hub = self.setup.start().await?;
        hub.until_status("cloud", "operational").await;
        Ok(hub)
    }
}
