//! Definitions change while the hub runs.

use anyhow::Result;
use tests::{backend::Backend, hub::Setup, wait};

#[tokio::test]
async fn a_new_file_is_watched_a_bad_one_keeps_its_last_good_version_and_a_deleted_one_retires() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;

    setup.define_http("forum", &backend.url())?;
    hub.until_status("forum", "operational").await;

    setup.define("forum", "name = \"forum\"\nnmae = 1\n")?;
    wait::until("the fault is a metric", async || {
        let metrics = hub.text("/metrics").await.ok()?;
        metrics.lines().find(|line| line.starts_with("belfry_quarantined_definitions") && line.ends_with(" 1"))?;
        Some(())
    })
    .await;
    let asked = backend.requests().len();
    wait::until("the last good version goes on", async || (backend.requests().len() > asked + 4).then_some(())).await;
    assert_eq!(hub.status_of("forum").await.as_deref(), Some("operational"));

    std::fs::remove_file(setup.probes().join("forum.toml"))?;
    wait::until("the component is gone", async || hub.status_of("forum").await.is_none().then_some(())).await;
    assert_eq!(hub.status_of("cloud").await.as_deref(), Some("operational"));
    Ok(())
}
