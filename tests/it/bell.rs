//! The first bell: operators are told, and an outside dead-man switch hears that probes really run.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::{backend::Backend, hub::Setup, wait};

#[tokio::test]
async fn a_webhook_and_ntfy_hear_once_of_an_outage_and_of_its_end() -> Result<()> {
    let (target, webhook, ntfy) = (Backend::start().await?, Backend::start().await?, Backend::start().await?);
    ntfy.answer("200 OK", r#"{"id":"x","time":1,"event":"message"}"#);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!(
        "[incidents]\nquiet = \"1s\"\n\
         [[channel]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{}/hook\"\n\
         [[channel]]\nname = \"phone\"\nkind = \"ntfy\"\nurl = \"{}\"\ntopic = \"alarms\"\n",
        webhook.url(),
        ntfy.url()
    ))?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    target.answer("502 Bad Gateway", "");
    for channel in [&webhook, &ntfy] {
        wait::until("the outage is told", async || channel.requests().iter().any(|r| r.contains("502")).then_some(()))
            .await;
    }
    target.answer("200 OK", "");
    hub.until_status("cloud", "operational").await;
    for channel in [&webhook, &ntfy] {
        wait::until("the end is told", async || (channel.requests().len() >= 2).then_some(())).await;
        assert_eq!(channel.requests().len(), 2, "{:#?}", channel.requests());
    }
    Ok(())
}

#[tokio::test]
async fn an_alarm_that_could_not_leave_is_sent_after_a_kill() -> Result<()> {
    let (target, webhook) = (Backend::start().await?, Backend::start().await?);
    webhook.answer("503 Service Unavailable", "");
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!("[[channel]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{}\"\n", webhook.url()))?;
    let mut hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    target.answer("502 Bad Gateway", "");
    wait::until("the first attempt was refused", async || (!webhook.requests().is_empty()).then_some(())).await;
    hub.program.kill().await?;

    webhook.answer("200 OK", "");
    let before = webhook.requests().len();
    let _hub = setup.start().await?;
    wait::until("it is sent again", async || (webhook.requests().len() > before).then_some(())).await;
    Ok(())
}

#[tokio::test]
async fn the_dead_man_switch_is_pinged_while_probes_run() -> Result<()> {
    let (target, receiver) = (Backend::start().await?, Backend::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!("[watch]\nping = \"{}/ping\"\n", receiver.url()))?;
    let _hub = setup.start().await?;
    let request = wait::until("the switch hears a ping", async || receiver.requests().first().cloned()).await;
    assert!(request.starts_with("GET /ping HTTP/1.1"), "{request}");
    Ok(())
}

#[tokio::test]
async fn a_database_that_was_damaged_is_told_to_operators_in_words() -> Result<()> {
    let (target, webhook) = (Backend::start().await?, Backend::start().await?);
    let setup = Setup::new()?;
    setup.define_http("cloud", &target.url())?;
    setup.settings(&format!("[[channel]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{}\"\n", webhook.url()))?;
    let mut hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    hub.program.terminate().await?;
    assert_eq!(webhook.requests(), [""; 0]);
    std::fs::write(setup.data().join("store/db"), vec![0xA5; 1 << 16])?;

    let hub = setup.start().await?;
    let request = wait::until("the damage is told", async || webhook.requests().first().cloned()).await;
    let (_, body) = request.split_once("\r\n\r\n").context("a body")?;
    let document: Value = serde_json::from_str(body)?;
    assert_eq!((&document["event"], &document["component"]), (&json!("fault"), &Value::Null), "{document}");
    assert_eq!(document["monitor"]["fault"], "set_aside");
    let text = document["text"].as_str().context("words")?;
    assert!(text.starts_with("BELFRY: the database was damaged and set aside as "), "{text}");
    let kept = document["monitor"]["facts"]["kept"].as_str().context("where it lies")?;
    assert!(setup.directory().join(kept).exists(), "{kept}");
    hub.until_status("cloud", "operational").await;
    assert_eq!(webhook.requests().len(), 1, "{:#?}", webhook.requests());
    Ok(())
}
