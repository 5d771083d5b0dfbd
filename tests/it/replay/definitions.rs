//! Definitions that are broken, or gone all at once: the old ones go on, and it is seen.

use std::time::{Duration, Instant};

use anyhow::Result;
use tests::{clock::Clock, hub::Hub, measured::rows, wait};

use super::Watched;

/// How many definition files cannot be used, where any cannot.
async fn rejected(hub: &Hub) -> Option<String> {
    let metrics = hub.text("/metrics").await.ok()?;
    let line = metrics.lines().find(|line| line.starts_with("belfry_quarantined_definitions"))?;
    (!line.ends_with(" 0")).then(|| line.to_owned())
}

#[tokio::test]
async fn a_broken_definition_is_seen_at_the_reload_and_told_when_it_stays_so() -> Result<()> {
    let (clock, mut watched) = (Clock::new()?, Watched::new("").await?);
    for (name, value) in clock.environment() {
        watched.setup = watched.setup.environment(name, &value.display().to_string());
    }
    let hub = watched.start().await?;
    let (began, at) = (Instant::now(), clock.now());
    watched.setup.define("cloud", "name = \"cloud\"\nnmae = 1\n")?;
    rows::DEFINITION.until(began, async || rejected(&hub).await).await?;
    let asked = watched.target.requests().len();
    wait::until("the last good version goes on", async || (watched.target.requests().len() > asked + 2).then_some(()))
        .await;

    clock.advance(Duration::from_secs(595))?;
    wait::until("it is told", async || watched.hook.fault("definitions_rejected", "fault")).await;
    rows::DEFINITION_ALARM.took(clock.now().duration_since(at)?)?;
    watched.setup.define_http("cloud", &watched.target.url())?;
    wait::until("its end is told", async || watched.hook.fault("definitions_rejected", "fault_over")).await;
    Ok(())
}

#[tokio::test]
async fn a_directory_that_loses_everything_at_once_keeps_the_old_set() -> Result<()> {
    let watched = Watched::new("").await?;
    watched.setup.define_http("forum", &watched.target.url())?;
    let hub = watched.start().await?;
    hub.until_status("forum", "operational").await;
    std::fs::rename(watched.setup.probes(), watched.setup.directory().join("elsewhere"))?;
    std::fs::create_dir(watched.setup.probes())?;
    rows::DEFINITIONS_GONE.until(Instant::now(), async || rejected(&hub).await).await?;
    for name in ["cloud", "forum"] {
        assert_eq!(hub.status_of(name).await.as_deref(), Some("operational"));
    }
    wait::until("it is told", async || watched.hook.fault("definitions_gone", "fault")).await;
    Ok(())
}
