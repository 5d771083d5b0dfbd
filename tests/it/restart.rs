//! What was acknowledged survives, whatever end the process comes to.

use anyhow::Result;
use tests::{backend::Backend, hub::Setup, wait};

async fn recorded(hub: &tests::hub::Hub) -> Option<Vec<serde_json::Value>> {
    let page = hub.json("/api/v1/components/cloud/observations?from=2020-01-01T00:00:00Z&limit=1000").await.ok()?;
    page["observations"].as_array().cloned()
}

#[tokio::test]
async fn a_killed_hub_shows_the_same_history_when_it_is_back() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let mut hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    backend.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    let before = wait::until("some are recorded", async || recorded(&hub).await.filter(|seen| seen.len() > 4)).await;
    hub.program.kill().await?;

    let hub = setup.start().await?;
    assert_eq!(hub.status_of("cloud").await.as_deref(), Some("major_outage"), "known again from its first moment");
    let after = recorded(&hub).await.expect("the history is served at once");
    assert_eq!(after[..before.len()], before[..]);
    let page = hub.text("/services/cloud?lang=en").await?;
    assert!(page.contains("502"), "the last failures are still on the page");
    Ok(())
}

#[tokio::test]
async fn sigterm_drains_and_ends_with_success() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let mut hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    let status = hub.program.terminate().await?;
    assert!(status.success(), "{status}: {:?}", hub.program.output());
    Ok(())
}
