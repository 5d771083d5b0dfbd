//! Relays that behave badly, and what becomes of the letters: each gets where it can, once, and nobody but the relay has a reason to
//! say so.

use std::time::Duration;

use anyhow::{Context as _, Result};
use shared::Timestamp;
use tests::{
    hub::Hub,
    letter::Letter,
    relay::{Act, Moment, Relay, Taken},
    town::{self, Town},
    wait,
};

const MINUTE: Duration = Duration::from_secs(60);

/// The only letter that a relay took for somebody.
fn only(relay: &Relay, to: &str) -> Taken {
    let taken = relay.taken_for(to);
    assert_eq!(taken.len(), 1, "{to} gets one letter: {:?}", taken.iter().map(|taken| &taken.id).collect::<Vec<_>>());
    taken.into_iter().next().expect("one")
}

async fn until_taken(relay: &Relay, to: &[&str]) {
    wait::until(&format!("letters are taken for {to:?}"), async || {
        to.iter().all(|to| !relay.taken_for(to).is_empty()).then_some(())
    })
    .await;
}

/// The longest time between two probes of the service that began one after the other.
async fn longest_gap(hub: &Hub) -> Result<Duration> {
    let page = hub.json("/api/v1/components/cloud/observations?limit=1000").await?;
    let all = page["observations"].as_array().context("observations")?;
    let at = |one: &serde_json::Value| Some(one["started_at"].as_str()?.parse::<Timestamp>().ok()?.as_millis());
    let mut at: Vec<i64> = all.iter().filter_map(at).collect();
    at.sort_unstable();
    let gaps = at.windows(2).map(|pair| pair[1] - pair[0]);
    Ok(Duration::from_millis(u64::try_from(gaps.max().context("two observations")?)?))
}

#[tokio::test]
async fn each_fault_of_a_relay_costs_the_letter_that_it_hits_a_minute_and_no_other() -> Result<()> {
    let relay = Relay::start().await?;
    let town = Town::new(&[relay.url()], "").await?;
    let [well, grey, gone, data, middle, lost] =
        ["well", "grey", "gone", "data", "middle", "lost"].map(|name| format!("{name}@example.net"));
    let everybody = [&well, &grey, &gone, &data, &middle, &lost];
    relay.once(Moment::Recipient, &grey, Act::Say("451 4.7.1 greylisted, come again"));
    relay.once(Moment::Recipient, &gone, Act::Say("550 5.1.1 no such user"));
    relay.once(Moment::Data, &data, Act::Cut);
    relay.once(Moment::Letter, &middle, Act::Cut);
    relay.once(Moment::End, &lost, Act::TakeAndCut);
    let hub = town.start().await?;
    town.import(&everybody.map(|address| format!("{address},,en,personal"))).await?;

    let id = town.plan(Duration::ZERO, "New disks").await?;
    town.until_listed(&gone, "quarantined").await;
    // A letter that meets the relay while it rests from a cut leaves when it is back: it was not hit.
    until_taken(&relay, &[&lost, &well]).await;
    wait::until("those that were hit wait for their minute", async || {
        hub.text("/metrics").await.ok().filter(|metrics| metrics.contains("belfry_mail_deferred_total 4\n"))
    })
    .await;
    let tries = everybody.map(|to| relay.heard(&format!("RCPT TO:<{to}>")));
    assert_eq!(tries, [1; 6], "each was tried once: {:?}", relay.said());
    town.clock.advance(MINUTE + Duration::from_secs(1))?;
    until_taken(&relay, &[&grey, &data, &middle]).await;
    wait::until("the letter whose answer was lost comes again", async || {
        (relay.taken_for(&lost).len() == 2).then_some(())
    })
    .await;
    wait::until("five letters are counted", async || {
        hub.text("/metrics").await.ok().filter(|metrics| metrics.contains("belfry_mail_accepted_total 5\n"))
    })
    .await;
    let [first, second] = <[Taken; 2]>::try_from(relay.taken_for(&lost)).expect("two");
    assert_eq!(first.id, second.id, "the reader's program shows one of them");
    let opened = [&well, &grey, &data, &middle].map(|to| only(&relay, to));
    assert!(relay.taken_for(&gone).is_empty());
    assert_eq!(relay.heard(&format!("RCPT TO:<{grey}>")), 2, "who is greylisted comes again and is let in");

    town.setup.run(&["maintenance", "end", &id, "--en", "They turn"]).await?.expect(0)?;
    wait::until("all are told of the end", async || (relay.count() == 11).then_some(())).await;
    let ended = Letter::of(&relay.taken_for(&grey)[1].bytes, &town.record).await?;
    assert_eq!(ended.header("in-reply-to"), opened[1].id, "it follows the letter that came late");
    assert_eq!(relay.heard(&format!("RCPT TO:<{gone}>")), 1, "nobody knocks twice at a door that is not there");
    let tokens = ended.secrets();
    town.assert_discreet(&hub, everybody.map(String::as_str).into_iter().chain(tokens.iter().map(String::as_str)));
    Ok(())
}

#[tokio::test]
async fn a_letter_finds_the_one_relay_that_is_sound_and_probes_go_on_meanwhile() -> Result<()> {
    let (mute, open, false_one, locked, slow) =
        (Relay::start().await?, Relay::start().await?, forger().await?, Relay::start().await?, Relay::start().await?);
    mute.always(Moment::Greeting, Act::Hang);
    locked.always(Moment::SignIn, Act::Say("535 5.7.8 wrong password"));
    for moment in [Moment::Greeting, Moment::Sender, Moment::Recipient, Moment::Data, Moment::End] {
        slow.always(moment, Act::Slowly(Duration::from_millis(500)));
    }
    let signed_in = locked.url().replace("smtp://", "smtp://belfry:hunter2@");
    let required = |relay: &Relay| format!("{}?tls=required", relay.url());
    let relays = [mute.url(), required(&open), required(&false_one), signed_in, slow.url()];
    let town = Town::new(&relays, "").await?;
    let hub = town.start().await?;
    let address = "reader@example.net";
    town.import(&[format!("{address},cloud,fr,personal")]).await?;

    town.plan(Duration::ZERO, "New disks").await?;
    until_taken(&slow, &[address]).await;
    let taken = only(&slow, address);
    assert!(longest_gap(&hub).await? < Duration::from_secs(5), "a relay that hangs for 20 s delays no probe");
    for (relay, name) in [(&mute, "mute"), (&open, "open"), (&false_one, "false"), (&locked, "locked")] {
        assert_eq!((relay.heard("MAIL"), relay.count()), (0, 0), "{name}: {:?}", relay.said());
    }
    assert!(false_one.heard("STARTTLS") > 0 && false_one.heard("TLS") == 0, "its certificate is not believed");
    let log = hub.program.output().join("\n");
    for (relay, says) in
        [(&mute, "no session within"), (&open, "STARTTLS"), (&false_one, "certificate"), (&locked, "535")]
    {
        let line = log.lines().find(|line| line.contains(&format!("relay {} fails", relay.address())));
        assert!(line.is_some_and(|line| line.contains(says)), "{says}: {line:?}");
    }
    let letter = Letter::of(&taken.bytes, &town.record).await?;
    let tokens = letter.secrets();
    town.assert_discreet(&hub, tokens.iter().map(String::as_str).chain([address, "hunter2"]));
    Ok(())
}

/// A relay whose certificate nobody knows.
async fn forger() -> Result<Relay> {
    let directory = tempfile::tempdir()?;
    town::certificate(directory.path(), "127.0.0.1", "relay.example.net").await?;
    Relay::start_with(&directory.path().join("cert.pem"), &directory.path().join("key.pem")).await
}
