//! What operators do for their data: export, backup, restore, verify and repair, beside a running hub and without one.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use serde_json::Value;
use tests::{
    backend::Backend,
    hub::{Hub, Setup},
    wait,
};

const ALL: &str = "/api/v1/components/cloud/observations?from=2020-01-01T00:00:00Z&limit=1000";

/// What everybody may read of a result.
fn public(mut observation: Value) -> Value {
    observation["address"].take();
    let object = observation.as_object_mut().expect("an object");
    object.remove("address");
    if let Some(failure) = object.get_mut("failure").and_then(Value::as_object_mut) {
        failure.remove("evidence");
    }
    observation
}

async fn recorded(hub: &Hub) -> Option<Vec<Value>> {
    hub.json(ALL).await.ok()?["observations"].as_array().cloned()
}

async fn until_recorded(hub: &Hub, count: usize) -> Vec<Value> {
    let what = format!("{count} results are recorded");
    wait::until(&what, async || recorded(hub).await.filter(|seen| seen.len() >= count)).await
}

fn lines(text: &str) -> Result<Vec<Value>> {
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

async fn watched(backend: &Backend) -> Result<(Setup, Hub)> {
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    Ok((setup, hub))
}

#[tokio::test]
async fn an_export_is_what_the_api_says_and_what_is_private_besides() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    backend.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    let known = until_recorded(&hub, 6).await;
    let export = ["export", "--component", "cloud", "--format"];
    let exported = lines(&setup.run(&[&export[..], &["jsonl"]].concat()).await?.expect(0)?)?;
    assert!(exported.iter().all(|line| line["address"] == "127.0.0.1"), "operators see the address: {exported:?}");
    let shown: Vec<_> = exported.iter().take(known.len()).cloned().map(public).collect();
    assert_eq!(shown, known);

    hub.program.terminate().await?;
    let after = lines(&setup.run(&[&export[..], &["jsonl"]].concat()).await?.expect(0)?)?;
    assert_eq!(after[..exported.len()], exported[..], "without a hub the directory says the same");
    setup.run(&[&export[..], &["csv", "--output", "cloud.csv"]].concat()).await?.expect(0)?;
    let file = setup.directory().join("cloud.csv");
    assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    let mut reader = csv::Reader::from_path(file)?;
    let starts = reader.records().map(|record| Ok(record?[0].to_owned())).collect::<Result<Vec<_>>>()?;
    let expected: Vec<_> = after.iter().map(|line| line["started_at"].as_str().unwrap_or_default()).collect();
    assert_eq!(starts, expected);
    Ok(())
}

#[tokio::test]
async fn an_export_goes_from_an_instant_to_another_and_knows_its_components() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    let known = until_recorded(&hub, 4).await;
    let at = |n: usize| known[n]["started_at"].as_str().expect("a time");
    let check = async |setup: &Setup| -> Result<()> {
        let range = ["export", "--component", "cloud", "--format", "jsonl", "--from", at(1), "--to", at(3)];
        let some = lines(&setup.run(&range).await?.expect(0)?)?;
        assert_eq!(some.into_iter().map(public).collect::<Vec<_>>(), known[1..3]);
        let nothing = ["export", "--component", "cloud", "--format", "jsonl", "--to", "2020-01-01T00:00:00Z"];
        assert_eq!(setup.run(&nothing).await?.expect(0)?, "", "a component without results then is no mistake");
        let unknown = setup.run(&["export", "--component", "clod", "--format", "csv"]).await?;
        assert_eq!(unknown.code, Some(2));
        assert!(unknown.err.contains("no component `clod`"), "{}", unknown.err);
        Ok(())
    };
    check(&setup).await?;
    // A directory that loses everything at once keeps what it had.
    setup.define_http("forum", &backend.url())?;
    hub.until_status("forum", "operational").await;
    std::fs::remove_file(setup.probes().join("cloud.toml"))?;
    wait::until("it is retired", async || hub.status_of("cloud").await.is_none().then_some(())).await;
    check(&setup).await?;
    hub.program.terminate().await?;
    check(&setup).await?;
    let nowhere = setup.run(&["export", "--component", "cloud", "--format", "csv", "--data", "elsewhere"]).await?;
    assert_eq!((nowhere.code, setup.directory().join("elsewhere").exists()), (Some(2), false), "{}", nowhere.err);
    Ok(())
}

#[tokio::test]
async fn only_the_hubs_own_user_reaches_its_socket_and_it_goes_with_the_hub() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    let socket = setup.data().join("control.sock");
    assert_eq!(std::fs::metadata(&socket)?.permissions().mode() & 0o777, 0o600);
    hub.program.kill().await?;
    assert!(socket.exists(), "a killed hub leaves it");
    let mut hub = setup.start().await?;
    setup.run(&["export", "--component", "cloud", "--format", "jsonl"]).await?.expect(0)?;
    hub.program.terminate().await?;
    assert!(!socket.exists());
    Ok(())
}
