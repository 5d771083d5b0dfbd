//! Alarms with real programs: the next channel when the first is down, the link that takes an alarm, drills by hand, Alertmanager, mail.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;
use shared::Timestamp;
use tests::{
    alertmanager::Alertmanager,
    backend::Backend,
    hub::{Hub, Setup},
    letter,
    smtpd::Smtpd,
    town, wait,
};

/// The documents that a webhook got, the oldest first.
fn documents(hook: &Backend) -> Vec<Value> {
    let body = |request: String| serde_json::from_str(request.split_once("\r\n\r\n")?.1).ok();
    hook.requests().into_iter().filter_map(body).collect()
}

/// Waits for the document of an event.
async fn heard(hook: &Backend, event: &str) -> Value {
    wait::until(event, async || documents(hook).into_iter().find(|document| document["event"] == event)).await
}

fn webhook(name: &str, hook: &Backend) -> String {
    format!("[[channel]]\nname = \"{name}\"\nkind = \"webhook\"\nurl = \"{}/{name}\"\n", hook.url())
}

fn instant(document: &Value, field: &str) -> Result<Timestamp> {
    Ok(document[field].as_str().context("a time")?.parse()?)
}

/// The path of the link by which a message's reader takes it.
fn link(document: &Value) -> Result<String> {
    let link = document["acknowledge"].as_str().context("a link")?;
    Ok(link.strip_prefix("http://status.example.org").context("the page's own address")?.to_owned())
}

async fn post(hub: &Hub, path: &str) -> Result<reqwest::Response> {
    Ok(reqwest::Client::builder().no_proxy().build()?.post(format!("{}{path}", hub.url())).send().await?)
}

#[tokio::test]
async fn with_the_first_channel_down_the_next_one_rings_within_a_minute_and_its_link_takes_the_alarm() -> Result<()> {
    let (target, dead, hook) = (Backend::start().await?, Backend::start().await?, Backend::start().await?);
    dead.answer("503 Service Unavailable", "");
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    let policy = "[[policy]]\nname = \"on-call\"\nsteps = [[\"dead\"], [\"hook\"]]\nafter = \"1h\"\n";
    let top = "public_url = \"http://status.example.org\"\nlanguages = [\"en\"]\n[incidents]\nquiet = \"1s\"\n";
    setup.settings(&format!("{top}{}{}{policy}", webhook("dead", &dead), webhook("hook", &hook)))?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    target.answer("502 Bad Gateway", "");
    let down = heard(&hook, "down").await;
    assert!(!dead.requests().is_empty(), "it was tried first");
    let (first_502, sent) = (instant(&down, "since")?, instant(&down, "sent_at")?);
    assert!(sent.since(first_502) <= Duration::from_secs(60), "{first_502} {sent}");

    let path = link(&down)?;
    let page = hub.text(&path).await?;
    assert!(page.contains("<button") && page.contains("cloud"), "{page}");
    assert!(documents(&hook).iter().all(|document| document["event"] != "acknowledged"), "looking takes nothing");
    assert_eq!(hub.get(&format!("{path}x")).send().await?.status(), 404);
    let taken = post(&hub, &path).await?;
    assert_eq!((taken.status().as_u16(), taken.headers()["cache-control"].to_str()?), (200, "no-store"));
    assert_eq!(heard(&hook, "acknowledged").await["acknowledged_by"], "hook");
    let audit = setup.run(&["audit"]).await?.expect(0)?;
    assert!(audit.contains("acknowledge") && audit.contains("hook"), "{audit}");

    target.answer("200 OK", "");
    let over = heard(&hook, "recovered").await;
    assert!(over["text"].as_str().is_some_and(|text| text.contains("was down for")), "{over}");
    assert_eq!(post(&hub, &path).await?.status(), 410, "the link is of no use once it is over");
    Ok(())
}

#[tokio::test]
async fn a_test_by_hand_prints_the_receipt_or_the_exact_error_and_proves_the_channel() -> Result<()> {
    let (phone, hook) = (Backend::start().await?, Backend::start().await?);
    phone.answer("402 Payment Required", "");
    hook.answer("200 OK", r#"{"id":"x7","event":"message"}"#);
    let setup = Setup::new()?;
    setup.settings(&format!(
        "[[channel]]\nname = \"sms\"\nkind = \"free_mobile\"\nurl = \"{}\"\nuser = \"12345678\"\npass = \"canary-pass\"\n\
         [[channel]]\nname = \"topic\"\nkind = \"ntfy\"\nurl = \"{}\"\ntopic = \"canary\"\n",
        phone.url(),
        hook.url()
    ))?;
    let hub = setup.start().await?;
    let refused = setup.run(&["channel", "test", "sms"]).await?.expect(1)?;
    assert_eq!(refused, "not taken: too many messages in too short a time (402)\n");
    assert_eq!(setup.run(&["channel", "test", "topic"]).await?.expect(0)?, "taken: x7\n");
    let unknown = setup.run(&["channel", "test", "fax"]).await?;
    assert!(unknown.code == Some(2) && unknown.err.contains("there is no channel fax"), "{unknown:?}");
    let list = setup.run(&["channel", "list"]).await?.expect(0)?;
    let line = |name: &str| list.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("sms").contains("never proven") && line("sms").contains("402"), "{list}");
    assert!(line("topic").contains("proven 20"), "{list}");
    let page = hub.text("/monitoring?lang=en").await?;
    assert!(page.contains("SMS") && page.contains("Out of order") && page.contains("Last proven"), "{page}");
    let printed = setup.run(&["serve", "--print-settings"]).await?.expect(0)?;
    assert!(printed.contains("12345678"), "who is told opens nothing by itself: {printed}");
    assert!(!format!("{list}{page}{printed}{:?}", hub.program.output()).contains("canary"), "a secret is shown");
    Ok(())
}

#[tokio::test]
async fn alertmanager_shows_what_burns_and_that_somebody_watches() -> Result<()> {
    let (target, karma) = (Backend::start().await?, Alertmanager::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    let channel = format!("[[channel]]\nname = \"karma\"\nkind = \"alertmanager\"\nurls = [\"{}\"]\n", karma.url());
    setup.settings(&format!("[incidents]\nquiet = \"1s\"\n{channel}labels = {{ cluster = \"paris\" }}\n"))?;
    let mut hub = setup.start().await?;
    let watchdog = wait::until("the watchdog", async || karma.alert("BelfryWatchdog").await).await;
    assert_eq!(watchdog["labels"]["cluster"], "paris");
    hub.until_status("cloud", "operational").await;
    target.answer("502 Bad Gateway", "");
    let burning = wait::until("the alert", async || karma.alert("BelfryIncident").await).await;
    assert_eq!(
        (&burning["labels"]["component"], &burning["labels"]["severity"]),
        (&"cloud".into(), &"critical".into())
    );

    // A restart posts the same alert again: by its labels it is still one.
    hub.program.kill().await?;
    let hub = setup.start().await?;
    let posted_again = async || {
        let alert = karma.alert("BelfryIncident").await?;
        (alert["updatedAt"] != burning["updatedAt"]).then_some(alert)
    };
    let again = wait::until("it is posted again", posted_again).await;
    assert_eq!((&again["labels"], &again["fingerprint"]), (&burning["labels"], &burning["fingerprint"]));
    assert_eq!(karma.alerts().await?.len(), 2);
    target.answer("200 OK", "");
    hub.until_status("cloud", "operational").await;
    wait::until("it is over", async || karma.alert("BelfryIncident").await.is_none().then_some(())).await;
    assert!(karma.alert("BelfryWatchdog").await.is_some());

    let plan = ["maintenance", "plan", "--component", "cloud", "--duration", "1h", "--title-en", "New disks", "--json"];
    let planned: Value = serde_json::from_str(&setup.run(&plan).await?.expect(0)?)?;
    let shown = wait::until("the maintenance", async || karma.alert("BelfryMaintenance").await).await;
    assert_eq!((&shown["labels"]["maintenance"], &shown["labels"]["severity"]), (&planned["id"], &"none".into()));
    let end = ["maintenance", "end", planned["id"].as_str().context("an id")?, "--en", "They turn"];
    setup.run(&end).await?.expect(0)?;
    wait::until("it is over", async || karma.alert("BelfryMaintenance").await.is_none().then_some(())).await;
    Ok(())
}

#[tokio::test]
async fn by_mail_operators_have_one_signed_thread_an_incident_and_no_list() -> Result<()> {
    let (target, server) = (Backend::start().await?, Smtpd::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    let key = setup.directory().join("alarms.pem");
    let record = town::signing_key(&key).await?;
    setup.settings(&format!(
        "public_url = \"http://status.example.org\"\nlanguages = [\"en\"]\n[incidents]\nquiet = \"1s\"\n\
         [[channel]]\nname = \"mail\"\nkind = \"email\"\nrelays = [\"{}\"]\nfrom = \"Belfry <belfry@example.org>\"\nto = [\"{}\"]\n\
         dkim = {{ domain = \"example.org\", selector = \"belfry\", key_file = \"{}\" }}\n",
        server.url(),
        server.address("operator"),
        key.display()
    ))?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    let letters = async |count: usize| -> Vec<PathBuf> {
        let enough =
            async || server.letters_to(&server.address("operator")).ok().filter(|letters| letters.len() >= count);
        wait::until("the letters", enough).await
    };
    target.answer("502 Bad Gateway", "");
    letters(1).await;
    target.answer("200 OK", "");
    let letters = letters(2).await;
    for letter in &letters {
        assert!(letter::is_signed(&std::fs::read(letter)?, &record).await?, "{}", std::fs::read_to_string(letter)?);
    }
    let read = |file: &PathBuf| std::fs::read_to_string(file).map(|text| text.replace("\r\n", "\n"));
    let (down, up) = (read(&letters[0])?, read(&letters[1])?);
    let header = |letter: &str, name: &str| {
        let line = letter.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default();
        line.to_owned()
    };
    assert!(header(&down, "Subject").contains("DOWN cloud") && header(&up, "Subject").contains("UP cloud"), "{down}");
    assert_eq!(header(&up, "References"), header(&down, "Message-ID"));
    assert_eq!(header(&up, "In-Reply-To"), header(&down, "Message-ID"));
    for letter in [&down, &up] {
        assert_eq!(header(letter, "Auto-Submitted"), "auto-generated");
        assert!(!letter.contains("\nList-"), "nobody leaves it: {letter}");
    }
    assert!(down.contains("/a/"), "the link that takes it: {down}");
    Ok(())
}
