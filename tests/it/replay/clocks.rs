//! A hub whose clock is wrong.

use std::time::{Duration, Instant};

use anyhow::Result;
use tests::{clock::Clock, measured::rows};

use super::Watched;

#[tokio::test]
async fn a_clock_that_is_set_ahead_is_told_at_once_and_no_service_is_blamed_for_it() -> Result<()> {
    let (clock, mut watched) = (Clock::new()?, Watched::new("").await?);
    for (name, value) in clock.environment() {
        watched.setup = watched.setup.environment(name, &value.display().to_string());
    }
    let hub = watched.start().await?;
    let began = Instant::now();
    clock.advance(Duration::from_secs(600))?;
    let told = rows::HUB_CLOCK.until(began, async || watched.hook.fault("clock_jumped", "fault")).await?;
    let seconds = told["monitor"]["facts"]["seconds"].as_i64().unwrap_or_default();
    assert!((598..=602).contains(&seconds), "{told}");
    hub.until_status("cloud", "operational").await;
    assert!(watched.hook.event("down").is_none(), "{:#?}", watched.hook.documents());
    Ok(())
}
