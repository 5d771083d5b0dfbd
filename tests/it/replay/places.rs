//! Locations that die, that sit behind a dead line, or whose clock is wrong.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tests::{
    backend::Backend,
    clock::Clock,
    hook::Hook,
    hub::{Hub, Setup},
    measured::rows,
    namespace::{Lost, Namespace},
    place::{Place, location, until_whole},
    program::free_port,
    wait,
};

/// Faults of the machine that tests run on, which is none of theirs.
const OF_THE_MACHINE: [&str; 6] =
    ["disk_low", "disk_very_low", "disk_critical", "disk_filling", "memory_short", "scheduler_late"];

/// Nothing but these was told of the monitor, at most.
fn told_only(hook: &Hook, expected: &[(&str, &str)]) {
    let told = hook.faults();
    let unexpected = |(fault, event): &&(String, String)| {
        !OF_THE_MACHINE.contains(&fault.as_str()) && !expected.contains(&(fault.as_str(), event.as_str()))
    };
    assert_eq!(told.iter().find(unexpected), None, "{told:?}");
}

/// What `/monitoring` shows of a place.
async fn shown(hub: &Hub, place: &str) -> Option<String> {
    let page = hub.text("/monitoring?lang=en").await.ok()?;
    let (_, row) = page.split_once(&format!("<h3>{place}</h3>"))?;
    Some(row.split("</li>").next()?.to_owned())
}

#[tokio::test]
async fn a_location_that_is_killed_is_told_and_shown_as_silent_after_a_minute() -> Result<()> {
    let (target, hook, setup) = (Backend::start().await?, Hook::start().await?, Setup::new()?);
    setup.define_http("cloud", &target.url())?;
    setup.settings(&hook.channel("hook"))?;
    let hub = setup.start().await?;
    let place = Place::add(&setup, "lyon", hub.url()).await?;
    let mut prober = place.start()?;
    wait::until("it reports", async || shown(&hub, "Lyon").await.filter(|row| row.contains("Reports"))).await;
    let began = Instant::now();
    prober.kill().await?;
    let is_shown =
        rows::LOCATION_SHOWN.until(began, async || shown(&hub, "Lyon").await.filter(|row| row.contains("Silent")));
    let is_told = rows::LOCATION_KILLED.until(began, async || hook.fault("location_silent", "fault"));
    let (_, told) = tokio::try_join!(is_shown, is_told)?;
    assert_eq!(told["monitor"]["facts"]["location"], "lyon", "{told}");
    assert_eq!(hub.status_of("cloud").await.as_deref(), Some("operational"), "the service is none the worse");
    told_only(&hook, &[("location_silent", "fault")]);

    // Back with what it kept, it is heard again; then it is stopped for good and revoked.
    let mut prober = place.start()?;
    wait::until("its end is told", async || hook.fault("location_silent", "fault_over")).await;
    wait::until("it reports again", async || shown(&hub, "Lyon").await.filter(|row| row.contains("Reports"))).await;
    until_whole(&setup, "lyon").await;
    prober.terminate().await?;
    setup.run(&["location", "revoke", "lyon"]).await?.expect(0)?;
    wait::until("it counts no longer", async || shown(&hub, "Lyon").await.filter(|row| row.contains("No longer")))
        .await;
    told_only(&hook, &[("location_silent", "fault"), ("location_silent", "fault_over")]);
    assert!(hub.text("/metrics").await?.contains("belfry_detection_proven 1"), "all canaries are found");
    Ok(())
}

#[tokio::test]
async fn a_location_behind_a_dead_line_is_blind_and_calls_nothing_down() -> Result<()> {
    let namespace = Namespace::new("", 0)?;
    let here = namespace.here();
    let (target, control) = (
        Backend::start_at(format!("{here}:0").parse()?).await?,
        Backend::start_at(format!("{here}:0").parse()?).await?,
    );
    let setup = Setup::new()?.listening_on(&format!("{here}:{}", free_port()?));
    let probe = format!("[[probe]]\nevery = \"10s\"\ntimeout = \"5s\"\n[probe.http]\nurl = \"{}\"\n", target.url());
    setup.define("cloud", &format!("name = \"cloud\"\n{probe}"))?;
    let hook = Hook::start().await?;
    setup.settings(&hook.channel("hook"))?;
    let hub = setup.start().await?;
    let place = Place::add(&setup, "lyon", hub.url()).await?.inside(namespace.name());
    let place = place.arguments(&["--control", &control.url()]);
    let _prober = place.start()?;
    hub.until_status("cloud", "operational").await;
    wait::until("it reports", async || shown(&hub, "Lyon").await.filter(|row| row.contains("Reports"))).await;

    let began = Instant::now();
    for server in [&control, &target] {
        namespace.lose(Lost::To(server.address().port()))?;
    }
    let blind = rows::LOCATION_BLIND.until(began, async || {
        assert_eq!(
            hub.status_of("cloud").await.as_deref(),
            Some("operational"),
            "one interval of no data is no outage"
        );
        shown(&hub, "Lyon").await.filter(|row| row.contains("Blind"))
    });
    blind.await?;
    let seen = hub.json("/api/v1/components/cloud/observations?limit=1000").await?;
    let mut seen = seen["observations"].as_array().context("a list")?.iter().filter(|one| one["location"] == "lyon");
    assert!(seen.all(|one| one["verdict"] != "fail"), "what it cannot see is no failure");
    told_only(&hook, &[("location_blind", "fault")]);
    Ok(())
}

#[tokio::test]
async fn a_location_ten_minutes_off_is_told_and_its_results_are_put_right() -> Result<()> {
    let (target, hook, setup) = (Backend::start().await?, Hook::start().await?, Setup::new()?);
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!("[incidents]\nquiet = \"1s\"\n{}", hook.channel("hook")))?;
    let setup = setup.arguments(&["--no-prober"]);
    let hub = setup.start().await?;
    let clock = Clock::new()?;
    clock.advance(Duration::from_secs(600))?;
    let mut place = Place::add(&setup, "lyon", hub.url()).await?;
    for (name, value) in clock.environment() {
        place = place.environment(name, &value.display().to_string());
    }
    let began = Instant::now();
    let _prober = place.start()?;
    let told = rows::LOCATION_CLOCK.until(began, async || hook.fault("location_clock", "fault")).await?;
    assert_eq!(told["monitor"]["facts"]["location"], "lyon", "{told}");
    hub.until_status("cloud", "operational").await;

    target.answer("502 Bad Gateway", "");
    let broken = Instant::now();
    hub.until_status("cloud", "major_outage").await;
    let down = hook.until("down").await;
    let since: shared::Timestamp = down["since"].as_str().unwrap_or_default().parse()?;
    let sent: shared::Timestamp = down["sent_at"].as_str().unwrap_or_default().parse()?;
    assert!(since <= sent && sent.since(since) < broken.elapsed() + Duration::from_secs(5), "{down}");
    until_whole(&setup, "lyon").await;
    let listed = location(&setup, "lyon").await?;
    let offset = listed["clock_offset"].as_f64().unwrap_or_default();
    assert!((offset.abs() - 600.0).abs() < 5.0, "{listed}");
    told_only(&hook, &[("location_clock", "fault")]);
    Ok(())
}
