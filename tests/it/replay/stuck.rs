//! Parts of a running hub that hang in a system call which never returns: somebody notices, and a start brings back what was kept.

use std::time::{Duration, Instant};

use anyhow::Result;
use tests::{
    hang::{Calls, Hang},
    hub::{Hub, Setup},
    measured::{Row, rows},
    wait,
};

use super::Watched;

/// A program that is started so can be made to hang.
fn with(mut setup: Setup, hang: &Hang) -> Setup {
    for (name, value) in hang.environment() {
        setup = setup.environment(name, &value.display().to_string());
    }
    setup
}

/// The process ends by itself and says which part was silent.
async fn ends(row: Row, part: &str, hub: &mut Hub, began: Instant) -> Result<()> {
    let ended = tokio::time::timeout(row.limit() + Duration::from_secs(30), hub.program.ended()).await??;
    row.took(began.elapsed())?;
    assert!(!ended.success(), "{ended}");
    wait::until("its last words are read", async || {
        let said = hub.program.output().join("\n");
        (said.contains("a part gave no sign of life") && said.contains(part)).then_some(())
    })
    .await;
    Ok(())
}

async fn hangs(row: Row, part: &str, calls: Calls) -> Result<()> {
    let hang = Hang::new()?;
    let mut watched = Watched::new("").await?;
    watched.setup = with(watched.setup, &hang);
    let mut hub = watched.start().await?;
    let began = Instant::now();
    hang.order(calls)?;
    ends(row, part, &mut hub, began).await?;
    hang.order(Calls::None)?;
    let hub = watched.start().await?;
    watched.target.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    watched.hook.until("down").await;
    Ok(())
}

#[tokio::test]
async fn a_disk_that_does_not_answer_ends_the_process_within_half_a_minute() -> Result<()> {
    hangs(rows::STORE_STUCK, "store", Calls::Sync).await
}

#[tokio::test]
async fn a_runtime_that_hangs_with_evaluator_and_mailer_ends_the_process_within_half_a_minute() -> Result<()> {
    hangs(rows::RUNTIME_STUCK, "", Calls::Wait).await
}
