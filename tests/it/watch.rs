//! The watch over the watcher: what it says while nothing but itself is concerned. `replay` breaks each watched part in turn.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;
use tests::{backend::Backend, hook::Hook, hub::Setup, manager::Manager, program::Program, wait};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Expected every two seconds, with a grace of one; less than a tenth of the disk is a failure.
const HEARTBEAT: &str = "name = \"vm\"\n[[probe]]\n[probe.heartbeat]\nperiod = \"2s\"\ngrace = \"1s\"\n\
                         token = \"0123456789abcdef0123456789abcdef\"\nvalues = { free_pct = { min = 10 } }\n";

#[tokio::test]
async fn a_sign_of_life_that_stays_away_is_an_outage_and_one_that_says_too_little_is_left_is_too() -> Result<()> {
    let setup = Setup::new()?;
    setup.define("vm", HEARTBEAT)?;
    let mut hub = setup.start().await?;
    let push = async |hub: &tests::hub::Hub, rest: &str| -> Result<u16> {
        Ok(hub.get(&format!("/api/push/{TOKEN}{rest}")).send().await?.status().as_u16())
    };
    assert_eq!(hub.get("/api/push/wrong").send().await?.status(), 404);
    assert_eq!(push(&hub, "?status=up&free_pct=50").await?, 200);
    hub.until_status("vm", "operational").await;
    hub.until_status("vm", "major_outage").await;
    let page = hub.text("/services/vm?lang=en").await?;
    assert!(page.contains("Sign of life missing") && page.contains("last one"), "{page}");
    assert!(!page.contains(TOKEN), "the page shows the token");
    assert_eq!(push(&hub, "?free_pct=50").await?, 200);
    hub.until_status("vm", "operational").await;
    assert_eq!(push(&hub, "?free_pct=9").await?, 200);
    hub.until_status("vm", "major_outage").await;
    let seen = hub.json("/api/v1/components/vm/observations?from=2020-01-01T00:00:00Z&limit=1000").await?;
    assert!(!seen.to_string().contains(TOKEN));
    let kinds: Vec<_> =
        seen["observations"].as_array().context("a list")?.iter().map(|o| o["failure"]["kind"].clone()).collect();
    assert!(kinds.contains(&json!("heartbeat_missed")) && kinds.contains(&json!("heartbeat_value")), "{kinds:?}");
    assert!(hub.program.terminate().await?.success());
    assert!(!hub.program.output().concat().contains(TOKEN), "the log shows the token");
    Ok(())
}

async fn start_managed(setup: &Setup, manager: &Manager) -> Result<(Program, String)> {
    let mut command = setup.command()?;
    command.env("NOTIFY_SOCKET", manager.path()).env("WATCHDOG_USEC", "3000000");
    let mut program = Program::start(&mut command)?;
    let line = program.line_with("the page is at").await?;
    let url = line.split_whitespace().last().context("an address")?.trim_end_matches('/').to_owned();
    Ok((program, url))
}

#[tokio::test]
async fn a_service_manager_hears_nothing_of_a_process_that_stands_still_and_no_target_is_blamed_for_it() -> Result<()> {
    let (target, hook) = (Backend::start().await?, Hook::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!("{}{}", hook.switch(), hook.channel("hook")))?;
    let manager = Manager::new(setup.directory())?;
    let (mut program, url) = start_managed(&setup, &manager).await?;
    manager.until("READY=1").await;
    manager.until("WATCHDOG=1").await;
    program.signal("STOP").await?;
    manager.heard();
    // Longer than any look at the clocks takes.
    let still = Instant::now();
    wait::until("it stood still for fifteen seconds", async || {
        (still.elapsed() > Duration::from_secs(15)).then_some(())
    })
    .await;
    assert_eq!(manager.heard(), [""; 0], "silence is what a watchdog acts on");
    program.signal("CONT").await?;
    manager.until("WATCHDOG=1").await;
    wait::until("it knows that it stood still", async || {
        let text = reqwest::get(format!("{url}/metrics")).await.ok()?.text().await.ok()?;
        text.lines().find(|line| line.starts_with("belfry_clock_jumps_total "))?.ends_with(" 1").then_some(())
    })
    .await;
    assert_eq!(hook.documents(), [""; 0], "neither a target nor the monitor is blamed");
    assert!(program.terminate().await?.success());
    wait::until("it said that it ends", async || manager.heard().contains(&"STOPPING=1".to_owned()).then_some(()))
        .await;
    Ok(())
}

#[tokio::test]
async fn a_hub_that_dies_at_once_never_pings_and_restarts_in_vain_are_told() -> Result<()> {
    let (target, hook) = (Backend::start().await?, Hook::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!("{}{}", hook.switch(), hook.channel("hook")))?;
    for _ in 0..4 {
        let mut hub = setup.start().await?;
        hub.program.kill().await?;
    }
    assert_eq!(hook.requests(), [""; 0], "a hub that dies before its first minute gives no sign of life");
    let mut hub = setup.start().await?;
    wait::until("it is told", async || hook.fault("restarting", "fault")).await;
    let page = hub.text("/?lang=en").await?;
    assert!(page.contains("The monitoring itself has a fault"), "{page}");
    let reason = wait::until("the reason is told outside", async || hook.failure()).await;
    assert!(reason.contains("restarted again and again"), "{reason}");
    assert!(hub.program.terminate().await?.success());
    Ok(())
}

#[tokio::test]
async fn settings_for_production_are_refused_while_nobody_outside_watches() -> Result<()> {
    let setup = Setup::new()?;
    setup.settings("mode = \"production\"\n")?;
    let ended = setup.run(&["check"]).await?;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    setup.settings("mode = \"production\"\n[watch]\npeer = \"https://status.sister.example/api/push/x\"\n")?;
    setup.run(&["check"]).await?.expect(0)?;
    Ok(())
}
