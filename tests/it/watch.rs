//! The watch over the watcher: each watched part broken in turn, in the real programs, and noticed in time.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::{backend::Backend, hub::Setup, manager::Manager, netns::Netns, program::Program, wait};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Expected every two seconds, with a grace of one; less than a tenth of the disk is a failure.
const HEARTBEAT: &str = "name = \"vm\"\n[[probe]]\n[probe.heartbeat]\nperiod = \"2s\"\ngrace = \"1s\"\n\
                         token = \"0123456789abcdef0123456789abcdef\"\nvalues = { free_pct = { min = 10 } }\n";

fn webhook(receiver: &str) -> String {
    format!(
        "[incidents]\nquiet = \"1s\"\n[watch]\nping = \"{receiver}/ping\"\n[[channel]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{receiver}/hook\"\n"
    )
}

/// The documents that a webhook was sent, of faults of the monitor: the fault, and the event.
fn faults(receiver: &Backend) -> Vec<(String, String)> {
    let told = |request: &String| {
        let document: Value = serde_json::from_str(request.split_once("\r\n\r\n")?.1).ok()?;
        Some((document["monitor"]["fault"].as_str()?.to_owned(), document["event"].as_str()?.to_owned()))
    };
    receiver.requests().iter().filter_map(told).collect()
}

async fn until_fault(receiver: &Backend, fault: &str, event: &str) -> Duration {
    let began = Instant::now();
    wait::until(&format!("{fault} is told as {event}"), async || {
        faults(receiver).iter().any(|told| (told.0.as_str(), told.1.as_str()) == (fault, event)).then_some(())
    })
    .await;
    began.elapsed()
}

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
    let (target, receiver) = (Backend::start().await?, Backend::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&webhook(&receiver.url()))?;
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
    assert!(receiver.requests().iter().all(|request| !request.contains("502")), "{:#?}", receiver.requests());
    assert!(faults(&receiver).is_empty(), "{:?}", faults(&receiver));
    assert!(program.terminate().await?.success());
    wait::until("it said that it ends", async || manager.heard().contains(&"STOPPING=1".to_owned()).then_some(()))
        .await;
    Ok(())
}

#[tokio::test]
async fn a_killed_hub_falls_silent_for_whoever_expects_its_ping_and_restarts_in_vain_are_told() -> Result<()> {
    let (target, receiver) = (Backend::start().await?, Backend::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&webhook(&receiver.url()))?;
    for _ in 0..4 {
        let mut hub = setup.start().await?;
        hub.program.kill().await?;
    }
    assert_eq!(receiver.requests(), [""; 0], "a hub that dies before its first minute gives no sign of life");
    let mut hub = setup.start().await?;
    until_fault(&receiver, "restarting", "fault").await;
    let page = hub.text("/?lang=en").await?;
    assert!(page.contains("The monitoring itself has a fault"), "{page}");
    let request = wait::until("the reason is told outside", async || {
        receiver.requests().into_iter().find(|request| request.starts_with("POST /ping/fail"))
    })
    .await;
    assert!(request.contains("restarted again and again"), "{request}");
    assert!(hub.program.terminate().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_way_to_the_canaries_that_is_cut_is_told_as_broken_detection_and_the_ping_says_so() -> Result<()> {
    let netns = Netns::new("canary")?;
    let address = |port: u16| format!("{}:{port}", netns.here());
    let (target, receiver) =
        (Backend::start_at(address(0).parse()?).await?, Backend::start_at(address(0).parse()?).await?);
    let setup = Setup::new()?.listening_on(&format!("{}:0", netns.there()));
    setup.define_http("cloud", &target.url())?;
    setup.settings(&webhook(&receiver.url()))?;
    let mut command = netns.inside(&setup.command()?);
    let mut program = Program::start(&mut command)?;
    let url = program.line_with("the page is at").await?;
    let url = url.split_whitespace().last().context("an address")?.trim_end_matches('/').to_owned();
    let proven = async || {
        let page = reqwest::get(format!("{url}/monitoring?lang=en")).await.ok()?.text().await.ok()?;
        page.contains("Yes, proven").then_some(())
    };
    wait::until("detection is proven", proven).await;
    for path in
        ["/", "/snapshot.json", "/api/v2/summary.json", "/history.atom", "/status.txt", "/services/belfry-canary"]
    {
        let text = reqwest::get(format!("{url}{path}")).await?.text().await?;
        assert!(!text.contains("canary"), "{path} shows the canaries");
    }
    let hidden = reqwest::get(format!("{url}/api/v1/components/belfry-canary/observations")).await?;
    assert_eq!(hidden.status(), 404);

    netns.cut_loopback()?;
    let after = until_fault(&receiver, "detection_broken", "fault").await;
    assert!(after < Duration::from_secs(90), "told after {after:?}");
    let request = wait::until("the reason is told outside", async || {
        receiver.requests().into_iter().find(|request| request.starts_with("POST /ping/fail"))
    })
    .await;
    assert!(request.contains("detection is broken"), "{request}");
    println!("broken detection was told after {after:?}");

    netns.heal_loopback()?;
    let after = until_fault(&receiver, "detection_broken", "fault_over").await;
    println!("and its end after {after:?}");
    assert!(program.terminate().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_store_that_is_taken_away_is_told_outside_within_two_minutes() -> Result<()> {
    let (target, receiver) = (Backend::start().await?, Backend::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&webhook(&receiver.url()))?;
    let mut hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    let full = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "none"])
        .arg(setup.data())
        .status()?;
    anyhow::ensure!(full.success(), "the tests run as root");
    let began = Instant::now();
    let told = wait::until("the fault is told", async || {
        let told = faults(&receiver);
        told.first().cloned().map(|first| (first, began.elapsed()))
    })
    .await;
    println!("a full disk was told as {:?} after {:?}", told.0, told.1);
    let request = wait::until("the reason is told outside", async || {
        receiver.requests().into_iter().find(|request| request.starts_with("POST /ping/fail"))
    })
    .await;
    println!("and outside after {:?}: {}", began.elapsed(), request.lines().last().unwrap_or_default());
    assert_eq!(hub.status_of("cloud").await.as_deref(), Some("operational"), "judging goes on");
    let gone = std::process::Command::new("umount").arg("-l").arg(setup.data()).status()?;
    anyhow::ensure!(gone.success(), "it is mounted");
    hub.program.terminate().await?;
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
