//! The story that the product exists for: every service answers 502, and who learns it when.

use std::time::Duration;

use anyhow::Result;
use serde_json::Value;
use tests::{backend::Backend, hub::Setup, nginx::Nginx, wait};

/// The newest observations of a component, oldest first.
async fn observations(hub: &tests::hub::Hub, id: &str) -> Result<Vec<Value>> {
    let page = hub.json(&format!("/api/v1/components/{id}/observations")).await?;
    Ok(page["observations"].as_array().cloned().unwrap_or_default())
}

fn instant(value: &Value) -> Option<i64> {
    value.as_str()?.parse::<shared::Timestamp>().ok().map(shared::Timestamp::as_millis)
}

#[tokio::test]
async fn a_502_behind_nginx_is_public_within_ten_seconds_and_so_is_the_recovery() -> Result<()> {
    let mut upstream = Some(Backend::start().await?);
    let address = upstream.as_ref().map(Backend::address).expect("just started");
    let nginx = Nginx::in_front_of(address).await?;
    let setup = Setup::new()?;
    setup.define_http("cloud", &nginx.url())?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;

    drop(upstream.take());
    hub.until_status("cloud", "major_outage").await;

    let page = hub.get("/services/cloud?lang=en").send().await?.text().await?;
    assert!(page.contains("502"), "the page names the status: {page}");
    let metrics = hub.text("/metrics").await?;
    assert!(
        metrics.contains(r#"probe_http_status_code{component="cloud",probe="http",location="local"} 502"#),
        "{metrics}"
    );
    let seen = observations(&hub, "cloud").await?;
    let first = seen.iter().find(|o| o["verdict"] == "fail").expect("a failure was recorded");
    assert_eq!(first["failure"]["kind"], "http_status");
    assert_eq!(first["failure"]["detail"], "502 Bad Gateway");
    let components = hub.json("/api/v2/components.json").await?;
    let changed = instant(&components["components"][0]["updated_at"]).expect("a time");
    let began = instant(&first["started_at"]).expect("a time");
    assert!(changed - began < 10_000, "public {} ms after the first failing probe began", changed - began);

    let _revived = Backend::start_at(address).await?;
    hub.until_status("cloud", "operational").await;
    Ok(())
}

#[tokio::test]
async fn a_single_failure_is_suspected_recorded_and_not_made_public() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    let url = backend.url();
    setup.define("cloud", &format!("name = \"cloud\"\n[[probe]]\nevery = \"5s\"\n[probe.http]\nurl = \"{url}\"\n"))?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;

    backend.answer_once("502 Bad Gateway", "bad");
    let failures = wait::until("the failure and its two confirmations are recorded", async || {
        let seen = observations(&hub, "cloud").await.ok()?;
        let at = seen.iter().position(|o| o["verdict"] == "fail")?;
        (seen.len() > at + 2).then(|| seen[at..].to_vec())
    })
    .await;
    assert_eq!(failures[0]["confirmation"], false);
    assert_eq!((&failures[1]["confirmation"], &failures[1]["verdict"]), (&true.into(), &"pass".into()));
    assert_eq!((&failures[2]["confirmation"], &failures[2]["verdict"]), (&true.into(), &"pass".into()));
    assert_eq!(hub.status_of("cloud").await.as_deref(), Some("operational"));
    Ok(())
}

#[tokio::test]
async fn a_service_that_hangs_does_not_delay_the_others() -> Result<()> {
    let (silent, good) = (tests::backend::Silent::start().await?, Backend::start().await?);
    let setup = Setup::new()?;
    for i in 0..40 {
        let url = silent.url();
        let probe = format!(
            "name = \"hung {i}\"\n[[probe]]\nevery = \"2s\"\ntimeout = \"2s\"\n[probe.http]\nurl = \"{url}\"\n"
        );
        setup.define(&format!("hung-{i}"), &probe)?;
    }
    setup.define_http("good", &good.url())?;
    let hub = setup.start().await?;
    hub.until_status("hung 0", "major_outage").await;

    let passes = wait::until("the good service was asked five times", async || {
        let passes = observations(&hub, "good").await.ok()?;
        (passes.len() >= 5).then_some(passes)
    })
    .await;
    for pair in passes.windows(2) {
        let gap = instant(&pair[1]["started_at"]).zip(instant(&pair[0]["started_at"])).map(|(b, a)| b - a);
        let limit = i64::try_from(Duration::from_secs(10).as_millis())?;
        assert!(gap.is_some_and(|gap| gap < limit), "asked every second, with {gap:?} ms between");
    }
    Ok(())
}
