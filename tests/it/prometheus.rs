//! Prometheus and Alertmanager as Debian has them: what they make of a hub, and that it hears of their end.

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::{
    alertmanager::Alertmanager,
    backend::Backend,
    hook::Hook,
    hub::Setup,
    manual,
    place::{Place, code},
    program::free_port,
    prometheus::{Prometheus, check_metrics},
    relay::Relay,
    town::Town,
    wait,
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Expected every five seconds.
const CLUSTER: &str = "name = \"cluster\"\n[[probe]]\n[probe.heartbeat]\nperiod = \"5s\"\ngrace = \"5s\"\n\
                       token = \"0123456789abcdef0123456789abcdef\"\n";

#[tokio::test]
async fn promtool_has_nothing_against_a_scrape_with_an_outage_places_mail_and_channels() -> Result<()> {
    let (relay, hook) = (Relay::start().await?, Hook::start().await?);
    let town = Town::new(&[relay.url()], &hook.channel("hook")).await?;
    town.setup.define("cluster", CLUSTER)?;
    let hub = town.start().await?;
    town.import(&["reader@example.net,,en,personal".to_owned()]).await?;
    let lille = Place::add(&town.setup, "lille", hub.url()).await?;
    let away = Setup::new()?.outpost(hub.url(), "lyon", &code(&town.setup, "lyon").await?);
    away.define_http("cloud", &town.target.url())?;
    let (_prober, outpost) = (lille.start()?, away.start().await?);
    let scraped =
        |hub: &'static str| format!("probe_success{{component=\"cloud\",probe=\"http\",location=\"{hub}\"}} ");
    let has = async |hub: &tests::hub::Hub, lines: &[String]| {
        let text = hub.text("/metrics").await.ok()?;
        lines.iter().all(|line| text.contains(line)).then_some(text)
    };
    let places = ["local", "lille", "lyon"].map(scraped);
    wait::until("three places are scraped", async || has(&hub, &places).await).await;

    town.target.answer("502 Bad Gateway", "");
    hook.until("down").await;
    wait::until("the letter has left", async || relay.taken_for("reader@example.net").pop()).await;
    let down = places.each_ref().map(|line| format!("{line}0\n"));
    let there = wait::until("all of them see it", async || has(&hub, &down).await).await;
    let elsewhere = wait::until("so does the outpost", async || has(&outpost, &down[2..]).await).await;
    for metric in ["belfry_location_up{location=\"lille\"} 1", "belfry_channels ", "belfry_mail_"] {
        assert!(there.contains(metric), "{metric} in {there}");
    }
    for scrape in [there, elsewhere] {
        let said = check_metrics(&scrape).await?;
        assert_eq!((said.code, said.out + &said.err), (Some(0), String::new()), "{scrape}");
    }
    // It would have said so.
    assert_ne!(check_metrics("# TYPE belfry_things counter\nbelfry_things 1\n").await?.code, Some(0));
    Ok(())
}

/// Whether a webhook was told of that event of a component.
fn told(hook: &Hook, component: &str, event: &str) -> Option<Value> {
    hook.documents().into_iter().find(|one| one["component"]["id"] == component && one["event"] == event)
}

#[tokio::test]
async fn what_a_cluster_always_fires_is_a_sign_of_life_and_the_end_of_its_prometheus_is_told() -> Result<()> {
    let (target, hook, address) =
        (Backend::start().await?, Hook::start().await?, format!("127.0.0.1:{}", free_port()?));
    let setup = Setup::new()?.listening_on(&address);
    setup.settings(&format!("[incidents]\nquiet = \"1s\"\n{}", hook.channel("hook")))?;
    setup.define_http("cloud", &target.url())?;
    setup.define("cluster", CLUSTER)?;
    // As the manual has them, with seconds for minutes.
    let route = manual::block("alarms.md", "yaml")?.replace("https://status.example.org", &format!("http://{address}"));
    let manager = Alertmanager::configured(&route.replace("TOKEN", TOKEN).replace("1m", "1s")).await?;
    let watchdog = "      - alert: Watchdog\n        expr: vector(1)\n";
    let rules = manual::block("operating.md", "yaml")?.replace("1m", "1s") + watchdog;
    let mut prometheus = Prometheus::start(&address, &rules, &manager).await?;
    let _hub = {
        let hub = setup.start().await?;
        hub.until_status("cluster", "operational").await;
        hub.until_status("cloud", "operational").await;
        hub
    };
    prometheus.until("up{job=\"belfry\"}", 1.0).await;
    prometheus.until("probe_success{component=\"cloud\"}", 1.0).await;

    target.answer("502 Bad Gateway", "");
    let alert = wait::until("our alert appears", async || manager.alert("BelfryServiceDown").await).await;
    assert_eq!(alert["labels"]["component"], "cloud", "{alert}");
    target.answer("200 OK", "");
    wait::until("it is over", async || told(&hook, "cloud", "recovered")).await;
    wait::until("the alert too", async || manager.alert("BelfryServiceDown").await.is_none().then_some(())).await;
    assert_eq!(told(&hook, "cluster", "down"), None, "signs of life came all the while");

    prometheus.program.kill().await?;
    let down = wait::until("the end of Prometheus is told", async || told(&hook, "cluster", "down")).await;
    assert_eq!(down["reason"]["kind"], "heartbeat_missed", "{down}");
    let _prometheus = Prometheus::start(&address, &rules, &manager).await.context("once more")?;
    wait::until("that it is back is told", async || told(&hook, "cluster", "recovered")).await;
    Ok(())
}
