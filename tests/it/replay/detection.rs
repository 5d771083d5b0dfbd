//! Detection that does not detect, a store that is taken away, and a hub that is dead: what somebody outside hears of it.

use std::time::Instant;

use anyhow::{Context as _, Result};
use tests::{
    backend::Backend,
    hook::Hook,
    hub::{Hub, Setup},
    measured::rows,
    namespace::{Lost, Namespace},
    program::Program,
    wait,
};

use super::Watched;

#[tokio::test]
async fn a_way_to_the_canaries_that_is_cut_is_told_as_broken_detection_and_the_ping_says_so() -> Result<()> {
    let namespace = Namespace::new("", 0)?;
    let target = Backend::start_at(format!("{}:0", namespace.here()).parse()?).await?;
    let hook = Hook::start_on(&namespace.here()).await?;
    let setup = Setup::new()?.listening_on(&format!("{}:0", namespace.there()));
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!("{}{}", hook.switch(), hook.channel("hook")))?;
    let mut hub = Hub::behind(Program::start(&mut namespace.inside(&setup.command()?))?).await?;
    wait::until("detection is proven", async || {
        hub.text("/monitoring?lang=en").await.ok().filter(|page| page.contains("Yes, proven"))
    })
    .await;
    for path in
        ["/", "/snapshot.json", "/api/v2/summary.json", "/history.atom", "/status.txt", "/services/belfry-canary"]
    {
        assert!(!hub.text(path).await?.contains("canary"), "{path} shows the canaries");
    }
    assert_eq!(hub.get("/api/v1/components/belfry-canary/observations").send().await?.status(), 404);

    let began = Instant::now();
    namespace.lose(Lost::Within)?;
    let told = rows::DETECTION.until(began, async || hook.fault("detection_broken", "fault"));
    let outside = rows::DETECTION_PING.until(began, async || hook.failure());
    let (_, reason) = tokio::try_join!(told, outside)?;
    assert!(reason.contains("detection is broken"), "{reason}");

    namespace.heal(Lost::Within)?;
    wait::until("its end is told", async || hook.fault("detection_broken", "fault_over")).await;
    assert!(hub.program.terminate().await?.success());
    Ok(())
}

/// A disk over another one, as root sees it.
fn mount(arguments: &[&str], at: &std::path::Path) -> Result<()> {
    let status = std::process::Command::new(arguments[0]).args(&arguments[1..]).arg(at).status()?;
    anyhow::ensure!(status.success(), "{arguments:?}: the tests run as root");
    Ok(())
}

#[tokio::test]
async fn a_store_that_is_taken_away_is_told_and_judging_goes_on() -> Result<()> {
    let watched = Watched::new("").await?;
    let mut hub = watched.start().await?;
    let began = Instant::now();
    mount(&["mount", "-t", "tmpfs", "-o", "size=1m", "none"], &watched.setup.data())?;
    let hook = &watched.hook;
    let told = rows::STORE.until(began, async || hook.faults().into_iter().find(|(_, event)| event == "fault"));
    let outside = rows::STORE_PING.until(began, async || hook.failure());
    let ((fault, _), reason) = tokio::try_join!(told, outside)?;
    println!("told as {fault}, and outside as: {reason}");
    watched.target.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    hook.until("down").await;
    mount(&["umount", "-l"], &watched.setup.data())?;
    hub.program.terminate().await?;
    Ok(())
}

/// What a sister expects of the hub: a sign of life each minute, and a minute of grace.
const SISTER: &str = "name = \"neighbour\"\n[[probe]]\n[probe.heartbeat]\nperiod = \"60s\"\ngrace = \"60s\"\n\
                      token = \"0123456789abcdef0123456789abcdef\"\n";

#[tokio::test]
async fn a_hub_that_is_killed_is_missed_by_another_belfry_within_three_minutes() -> Result<()> {
    let (hook, sister) = (Hook::start().await?, Setup::new()?);
    sister.define("neighbour", SISTER)?;
    sister.settings(&hook.channel("hook"))?;
    let beside = sister.start().await?;
    let (target, setup) = (Backend::start().await?, Setup::new()?);
    setup.define_http("cloud", &target.url())?;
    let peer = format!("{}/api/push/0123456789abcdef0123456789abcdef", beside.url());
    setup.settings(&format!("[watch]\npeer = \"{peer}\"\n"))?;
    let mut hub = setup.start().await?;
    beside.until_status("neighbour", "operational").await;
    assert_eq!(hook.documents(), [""; 0], "all is well");
    let began = Instant::now();
    hub.program.kill().await?;
    let told = rows::HUB_KILLED.until(began, async || hook.event("down")).await?;
    assert_eq!(told["component"]["id"].as_str().context("a component")?, "neighbour", "{told}");
    Ok(())
}
