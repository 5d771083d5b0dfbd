//! An outpost beside its hub: silent while the hub tells, and heard when the hub is dead.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;
use tests::{
    backend::Backend,
    hub::{Hub, Setup},
    measured::rows,
    place::{code, location},
    program::free_port,
    wait,
};

fn channel(receiver: &Backend) -> String {
    format!(
        "title = \"Maison\"\n[incidents]\nquiet = \"1s\"\n[[channel]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{}/hook\"\n",
        receiver.url()
    )
}

/// The messages that a webhook was sent: the fault of the monitor or nothing, and the event.
fn told(receiver: &Backend) -> Vec<(String, String)> {
    let told = |request: &String| {
        let document: Value = serde_json::from_str(request.split_once("\r\n\r\n")?.1).ok()?;
        let fault = document["monitor"]["fault"].as_str().unwrap_or_default();
        Some((fault.to_owned(), document["event"].as_str()?.to_owned()))
    };
    receiver.requests().iter().filter_map(told).collect()
}

async fn until_told(receiver: &Backend, fault: &str, event: &str, limit: Duration) {
    let what = format!("{fault:?} is told as {event}");
    wait::until_within(&what, limit, async || {
        told(receiver).contains(&(fault.to_owned(), event.to_owned())).then_some(())
    })
    .await;
}

async fn until_page(outpost: &Hub, words: &str) -> String {
    wait::until(&format!("the page says {words:?}"), async || {
        outpost.text("/?lang=en").await.ok().filter(|page| page.contains(words))
    })
    .await
}

#[tokio::test]
async fn an_outpost_reports_and_keeps_quiet_and_tells_by_itself_once_the_hub_is_dead() -> Result<()> {
    let (service, hubs, ours) = (Backend::start().await?, Backend::start().await?, Backend::start().await?);
    let port = free_port()?;
    let address = format!("http://127.0.0.1:{port}");
    let setup = Setup::new()?.listening_on(&format!("127.0.0.1:{port}"));
    setup.define_http("cloud", &service.url())?;
    setup.settings(&channel(&hubs))?;
    let mut hub = setup.start().await?;
    let away = Setup::new()?.outpost(&address, "lyon", &code(&setup, "lyon").await?);
    away.define_http("cloud", &service.url())?;
    away.settings(&channel(&ours))?;
    let mut outpost = away.start().await?;
    outpost.until_status("cloud", "operational").await;
    wait::until("the hub has its results", async || {
        location(&setup, "lyon").await.ok().filter(|lyon| lyon["counts"]["taken"].as_u64() > Some(0))
    })
    .await;

    // The hub lives: it tells, and the outpost shows what it says.
    service.answer("502 Bad Gateway", "");
    until_told(&hubs, "", "down", wait::LIMIT).await;
    let page = until_page(&outpost, "Major outage").await;
    assert!(page.contains("is heard") && page.contains("Maison · Lyon"), "{page}");
    service.answer("200 OK", "");
    until_told(&hubs, "", "recovered", wait::LIMIT).await;
    outpost.until_status("cloud", "operational").await;

    // The hub dies. While nobody hears it, a service fails.
    hub.program.kill().await?;
    let died = Instant::now();
    service.answer("502 Bad Gateway", "");
    outpost.until_status("cloud", "major_outage").await;
    assert_eq!(told(&ours), [], "told too early");
    let silent = ("hub_silent".to_owned(), "fault".to_owned());
    rows::OUTPOST.until(died, async || told(&ours).contains(&silent).then_some(())).await?;
    until_told(&ours, "", "down", Duration::from_secs(30)).await;
    let page = until_page(&outpost, "has been silent since").await;
    assert!(page.contains("All services are working"), "its last word: {page}");
    assert!(page.contains("What follows is measured by Lyon"), "{page}");
    let text = outpost.text("/status.txt?lang=en").await?;
    assert!(text.contains("has been silent since") && text.contains("All services are working"), "{text}");

    // A restart in the middle of it knows the last word, and says nothing a second time.
    let before = told(&ours);
    outpost.program.kill().await?;
    let mut outpost = away.start().await?;
    let page = until_page(&outpost, "All services are working").await;
    assert!(page.contains("has not been heard yet"), "{page}");
    outpost.until_status("cloud", "major_outage").await;
    assert_eq!(told(&ours), before);

    // It comes back, and has what was found meanwhile.
    let hub = setup.start().await?;
    until_told(&ours, "hub_silent", "fault_over", wait::LIMIT).await;
    until_page(&outpost, "is heard").await;
    hub.until_status("cloud", "major_outage").await;
    service.answer("200 OK", "");
    until_told(&ours, "", "recovered", wait::LIMIT).await;
    assert!(outpost.program.terminate().await?.success());
    Ok(())
}

#[tokio::test]
async fn what_no_outpost_can_be_is_refused_in_a_sentence() -> Result<()> {
    let check = async |arguments: &[&str], settings: &str, sentence: &str| -> Result<()> {
        let setup = Setup::new()?;
        setup.settings(settings)?;
        let said = setup.run(&[&["outpost", "--hub", "http://127.0.0.1:1"], arguments].concat()).await?;
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains(sentence), "{}", said.err);
        Ok(())
    };
    check(&[], "", "give --location NAME").await?;
    check(&["--location", "lyon", "--no-prober"], "", "tells what it measures itself").await?;
    check(&["--location", "lyon"], "", "--enrol").await?;
    let mail = "public_url = \"https://status.example.org\"\n[mail]\nrelays = [\"smtp://127.0.0.1:2525\"]\n\
                from = \"status@example.org\"\nkey_file = \"../subscribers.key\"\n";
    check(&["--location", "lyon"], mail, "tells operators only").await?;
    let hub = Setup::new()?;
    let said = hub.run(&["outpost", "--hub", "http://status.example.org", "--location", "lyon"]).await?;
    assert!(said.err.contains("https://"), "{}", said.err);
    Ok(())
}
