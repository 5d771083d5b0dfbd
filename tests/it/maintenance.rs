//! Maintenance planned at a shell, and what readers and their programs see of it.

use anyhow::Result;
use serde_json::Value;
use tests::{backend::Backend, hub::Setup, wait};

const LIST: &str = "/api/v2/scheduled-maintenances.json";

#[tokio::test]
async fn what_is_planned_by_command_is_public_begins_at_once_and_ends_by_command() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;

    let plan = ["maintenance", "plan", "--component", "cloud", "--duration", "1h", "--title-en", "New disks", "--json"];
    let planned: Value = serde_json::from_str(&setup.run(&plan).await?.expect(0)?)?;
    let id = planned["id"].as_str().expect("an id");
    let shown = async |stage: &str| {
        let all = hub.json(LIST).await.ok()?;
        let one = all["scheduled_maintenances"].as_array()?.iter().find(|one| one["id"] == id)?.clone();
        (one["status"] == stage).then_some(one)
    };
    let one = wait::until("the maintenance is public", async || shown("in_progress").await).await;
    assert_eq!((&one["name"], &one["components"][0]["name"]), (&"New disks".into(), &"cloud".into()));
    hub.until_status("cloud", "under_maintenance").await;

    let twin = setup.run(&["maintenance", "begin", id]).await?;
    assert_eq!(twin.code, Some(2), "{}", twin.out);
    assert!(twin.err.contains("has begun"), "{}", twin.err);
    let ended = setup.run(&["maintenance", "end", id, "--en", "They turn"]).await?.expect(0)?;
    assert!(ended.contains("completed") && ended.contains("They turn"), "{ended}");
    wait::until("its end is public", async || shown("completed").await).await;
    hub.until_status("cloud", "operational").await;
    Ok(())
}

#[tokio::test]
async fn a_command_far_from_the_hub_goes_by_the_clock_of_the_hubs_page() -> Result<()> {
    let setup = Setup::new()?;
    let zone = "time_zone = \"Asia/Tokyo\"\n";
    setup.settings(zone)?;
    let block = setup.run(&["token", "add", "laptop", "--token-file", "token"]).await?.expect(0)?;
    setup.settings(&format!("{zone}{block}"))?;
    let (hub, token) = (setup.start().await?, setup.directory().join("token"));

    let laptop = Setup::new()?;
    laptop.settings("time_zone = \"Europe/Paris\"\n")?;
    let plan = ["maintenance", "plan", "--all", "--title-en", "New disks", "--starts", "22:00", "--duration", "1h"];
    let afar = ["--hub", hub.url(), "--token-file", token.to_str().expect("UTF-8")];
    let planned = laptop.run(&[&plan[..], &afar].concat()).await?.expect(0)?;
    assert!(planned.contains(" 22:00:00 JST ") && planned.contains(" 23:00:00 JST "), "{planned}");
    // Through the socket, by whoever gives no settings of the hub's.
    std::fs::remove_file(setup.directory().join("statuspage.toml"))?;
    let listed = setup.run(&["maintenance", "list"]).await?.expect(0)?;
    assert!(listed.contains(" 22:00:00 JST "), "{listed}");
    Ok(())
}
