//! Locations elsewhere: real probers that report to a real hub, over what breaks between them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::{
    backend::Backend,
    hook::Hook,
    hub::{Hub, Setup},
    namespace::{Lost, Namespace},
    place::{Place, location, until_whole},
    program::free_port,
    wait,
};

/// So many kills, multiplied by BELFRY_TEST_SCALE.
fn kills() -> usize {
    let scale = std::env::var("BELFRY_TEST_SCALE").ok().and_then(|scale| scale.parse::<usize>().ok());
    3 * scale.unwrap_or(1)
}

/// A hub that probes nothing itself, on a port that it has again after a restart.
async fn hub(backend: &Backend) -> Result<(Setup, Hub, u16)> {
    let port = free_port()?;
    let setup = Setup::new()?.listening_on(&format!("0.0.0.0:{port}")).arguments(&["--no-prober"]);
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    Ok((setup, hub, port))
}

/// What the hub has stored of a location.
pub(crate) async fn stored(hub: &Hub, name: &str) -> Result<Vec<Value>> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/components/cloud/observations?from=2020-01-01T00:00:00Z&limit=1000{cursor}");
        let page = hub.json(&path).await?;
        all.extend(page["observations"].as_array().context("a list")?.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    all.retain(|one| one["location"] == name);
    Ok(all)
}

/// Everything that was taken of a location is stored, each result once.
pub(crate) async fn exactly_once(setup: &Setup, hub: &Hub, name: &str) -> Result<Value> {
    let what = format!("what was taken of {name} is stored");
    let found = wait::until(&what, async || {
        let whole = until_whole(setup, name).await;
        let stored = stored(hub, name).await.ok()?;
        (whole["counts"]["taken"].as_u64() == Some(stored.len() as u64)).then_some((whole, stored))
    });
    let (whole, stored) = found.await;
    let mut starts: Vec<String> = stored.iter().map(|one| one["started_at"].to_string()).collect();
    starts.sort();
    starts.dedup();
    assert_eq!(starts.len(), stored.len(), "each result once");
    assert_eq!(whole["counts"]["lost"], 0, "{whole}");
    Ok(whole)
}

#[tokio::test]
async fn a_location_reports_over_kills_of_both_sides_and_nothing_is_lost_or_doubled() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut running, port) = hub(&backend).await?;
    let place = Place::add(&setup, "lyon", &format!("http://127.0.0.1:{port}")).await?;
    let mut prober = place.start()?;
    running.until_status("cloud", "operational").await;
    for _ in 0..kills() {
        let before = stored(&running, "lyon").await?.len();
        prober.kill().await?;
        prober = place.start()?;
        wait::until("it reports again", async || stored(&running, "lyon").await.ok().filter(|now| now.len() > before))
            .await;
    }
    exactly_once(&setup, &running, "lyon").await?;

    running.program.kill().await?;
    prober.line_with("the hub did not take a report").await?;
    // What stands in the hub's place answers everything well, and is no hub.
    let proxy = Backend::start_at(format!("127.0.0.1:{port}").parse()?).await?;
    prober.line_with("is no hub of this version").await?;
    drop(proxy);
    let running = setup.start().await?;
    let whole = exactly_once(&setup, &running, "lyon").await?;
    assert_eq!(
        (whole["clock_offset"].as_f64().map(|offset| offset.abs() < 2.0), whole["drifts_since"].is_null()),
        (Some(true), true)
    );
    backend.answer("502 Bad Gateway", "");
    running.until_status("cloud", "major_outage").await;

    let began = Instant::now();
    let ended = prober.terminate().await?;
    assert!(ended.success() && began.elapsed() < Duration::from_secs(5), "{ended} after {:?}", began.elapsed());
    let page = running.text("/monitoring?lang=en").await?;
    assert!(page.contains("version 0.1.0") && page.contains("last heard"), "{page}");
    let metrics = running.text("/metrics").await?;
    assert!(metrics.contains("belfry_location_up{location=\"lyon\"} 1"), "{metrics}");
    Ok(())
}

#[tokio::test]
async fn a_hub_that_was_set_back_gets_again_what_it_lost_and_says_so() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut running, port) = hub(&backend).await?;
    let place = Place::add(&setup, "lyon", &format!("http://127.0.0.1:{port}")).await?;
    let _prober = place.start()?;
    running.until_status("cloud", "operational").await;
    setup.run(&["backup", "belfry.tar"]).await?.expect(0)?;
    let then = until_whole(&setup, "lyon").await["counts"]["taken"].as_u64().context("a number")?;
    wait::until("more has come since", async || {
        let now = stored(&running, "lyon").await.ok()?.len() as u64;
        (now > then + 3).then_some(())
    })
    .await;
    let before = stored(&running, "lyon").await?;
    running.program.terminate().await?;
    setup.run(&["restore", "belfry.tar", "--force"]).await?.expect(0)?;
    let mut running = setup.start().await?;
    running.program.line_with("location_forgotten").await?;
    exactly_once(&setup, &running, "lyon").await?;
    let after = stored(&running, "lyon").await?;
    assert!(before.iter().all(|one| after.contains(one)), "the same end");
    Ok(())
}

#[tokio::test]
async fn strangers_are_not_let_in_a_copy_is_noticed_and_who_is_revoked_stays_out() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut running, port) = hub(&backend).await?;
    let place = Place::add(&setup, "lyon", &format!("http://127.0.0.1:{port}")).await?;
    let mut prober = place.start()?;
    running.until_status("cloud", "operational").await;

    let client = reqwest::Client::builder().no_proxy().build()?;
    let forged = client
        .post(format!("{}/api/v1/reports", running.url()))
        .header("content-type", "application/vnd.belfry.report-v1+zlib")
        .header("belfry-location", "lyon")
        .header("belfry-sequence", "1-1")
        .header("belfry-sent", "0")
        .header("belfry-signature", "AAAA")
        .body("x")
        .send()
        .await?;
    assert_eq!(forged.status(), 401);
    let refusal: Value = forged.json().await?;
    assert_eq!((&refusal["format"], &refusal["kind"]), (&json!("belfry-refusal-v1"), &json!("unknown")));

    // The same data start a second time elsewhere, as they were a while ago.
    prober.kill().await?;
    let copy = place.copied()?;
    let prober = place.start()?;
    wait::until("the original goes on", async || {
        let heard = location(&setup, "lyon").await.ok()?;
        (heard["counts"]["taken"].as_u64()? > 4).then_some(())
    })
    .await;
    let mut second = copy.start()?;
    running.program.line_with("location_copied").await?;
    second.line_with("numbers").await?;
    second.terminate().await?;
    drop(prober);

    setup.run(&["location", "revoke", "lyon"]).await?.expect(0)?;
    let mut revoked = place.start()?;
    revoked.line_with("this location was revoked").await?;
    running.program.line_with("location_forged").await?;
    let audit = setup.run(&["audit"]).await?.expect(0)?;
    assert!(audit.contains("revoke_location"), "{audit}");
    Ok(())
}

#[tokio::test]
async fn three_places_over_cut_cables_one_way_loss_and_broken_dns_give_no_false_outage_and_miss_none() -> Result<()> {
    let backend = Backend::start_at("0.0.0.0:0".parse()?).await?;
    let (hub_port, target, hook) = (free_port()?, backend.address().port(), Hook::start().await?);
    let setup = Setup::new()?.listening_on(&format!("0.0.0.0:{hub_port}")).arguments(&["--no-prober"]);
    setup.settings(&format!("[incidents]\nquiet = \"1s\"\n{}", hook.channel("hook")))?;
    setup.define_http("cloud", &format!("http://target.belfry.internal:{target}"))?;
    let running = setup.start().await?;
    let (mut places, mut probers) = (Vec::new(), Vec::new());
    for (number, name) in (0..).zip(["lyon", "paris", "brest"]) {
        let namespace = Namespace::new("", number)?;
        namespace.hosts(&format!("{} target.belfry.internal", namespace.here()))?;
        let hub = format!("http://{}:{hub_port}", namespace.here());
        let place = Place::add(&setup, name, &hub).await?.inside(namespace.name());
        probers.push(place.start()?);
        places.push((place, namespace));
    }
    running.until_status("cloud", "operational").await;
    for (place, _) in &places {
        until_whole(&setup, place.name()).await;
    }
    let [(_, lyon), (_, paris), (_, brest)] = places.as_slice() else { anyhow::bail!("three of them") };

    // One place cannot resolve the name: it says down, alone.
    probers[2].terminate().await?;
    brest.hosts("")?;
    probers[2] = places[2].0.start()?;
    running.until_status("cloud", "degraded_performance").await;
    let page = running.text("/services/cloud?lang=en").await?;
    assert!(page.to_lowercase().contains("brest"), "it names the place");

    // What another one says arrives, and the answer does not: it is said again.
    lyon.lose(Lost::From(hub_port))?;
    let before = stored(&running, "lyon").await?.len();
    wait::until("a report has come without an answer", async || {
        stored(&running, "lyon").await.ok().filter(|now| now.len() > before)
    })
    .await;
    probers[0].kill().await?;
    lyon.heal(Lost::From(hub_port))?;
    probers[0] = places[0].0.start()?;

    // The third one cannot reach the hub at all, while the service fails for everybody.
    paris.lose(Lost::To(hub_port))?;
    backend.answer("502 Bad Gateway", "");
    running.until_status("cloud", "major_outage").await;
    backend.answer("200 OK", "ok");
    probers[2].terminate().await?;
    brest.hosts(&format!("{} target.belfry.internal", brest.here()))?;
    probers[2] = places[2].0.start()?;
    running.until_status("cloud", "operational").await;
    paris.heal(Lost::To(hub_port))?;
    // Lyon asked what had come before it said anything again; whoever says it, it is there once.
    for name in ["lyon", "brest"] {
        exactly_once(&setup, &running, name).await?;
    }

    // What Paris kept meanwhile fills the past, and is no news.
    wait::until("what Paris saw fail has come", async || {
        let seen = stored(&running, "paris").await.ok()?;
        seen.iter().any(|one| one["http"]["status"] == 502).then_some(())
    })
    .await;
    exactly_once(&setup, &running, "paris").await?;
    assert_eq!(running.status_of("cloud").await.as_deref(), Some("operational"));
    let said = setup.run(&["incident", "list", "--all", "--json"]).await?.expect(0)?;
    let incidents: Value = serde_json::from_str(&said)?;
    assert_eq!(incidents["incidents"].as_array().map(Vec::len), Some(1), "one incident, told once: {incidents}");
    let events = || hook.documents().into_iter().filter(|one| one["monitor"].is_null()).map(|one| one["event"].clone());
    wait::until("the end is told", async || (events().count() >= 2).then_some(())).await;
    assert_eq!(events().collect::<Vec<_>>(), ["down", "recovered"], "{:#?}", hook.documents());
    for prober in &mut probers {
        assert!(prober.terminate().await?.success(), "{:?}", prober.output());
    }
    Ok(())
}
