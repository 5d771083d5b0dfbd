//! Hubs that are killed while hundreds of letters are on their way, and a book of subscribers that is killed as soon as it has answered.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context as _, Result};
use reqwest::StatusCode;
use tests::{
    letter::Letter,
    relay::{Act, Moment, Relay, Taken},
    town::{Town, path_of},
    wait,
};

const RECIPIENTS: usize = 500;
/// Letters on their way at once.
const AT_ONCE: usize = 16;

/// How many times as often as usual.
fn scale() -> usize {
    std::env::var("BELFRY_TEST_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1)
}

fn told(relay: &Relay) -> usize {
    relay.taken().iter().map(|taken| taken.to.clone()).collect::<BTreeSet<_>>().len()
}

/// What the relay does in a hub's last moments.
fn trouble(kill: usize) -> Option<(Moment, Act)> {
    match kill % 4 {
        0 => None,
        1 => Some((Moment::End, Act::TakeAndHang)),
        2 => Some((Moment::Recipient, Act::Hang)),
        _ => Some((Moment::Letter, Act::Hang)),
    }
}

/// What came twice was taken in a life of the hub that ended before the relay's word was written down.
fn check(taken: &[Taken], lives: &[usize]) {
    let mut by_reader: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, letter) in taken.iter().enumerate() {
        by_reader.entry(&letter.to).or_default().push(at);
    }
    assert_eq!(by_reader.len(), RECIPIENTS, "nobody is left out");
    for (reader, at) in by_reader {
        let ids: BTreeSet<&str> = at.iter().map(|at| taken[*at].id.as_str()).collect();
        assert_eq!(ids.len(), 1, "{reader} gets the same letter again: {ids:?}");
        let of: Vec<usize> = at.iter().map(|at| lives.iter().filter(|end| at >= *end).count()).collect();
        assert!(of.windows(2).all(|pair| pair[0] < pair[1]), "{reader} gets it once in each life at most: {of:?}");
    }
    let twice = taken.len() - RECIPIENTS;
    let most = lives.len() * AT_ONCE * 3;
    assert!(twice <= most, "{twice} letters came again after {} kills", lives.len());
}

#[tokio::test]
async fn five_hundred_letters_arrive_though_the_hub_is_killed_again_and_again() -> Result<()> {
    let relay = Relay::start().await?;
    let town = Town::new(&[relay.url()], "rate = 3000").await?;
    let mut hub = town.start().await?;
    let people: Vec<_> = (0..RECIPIENTS).map(|number| format!("reader{number}@example.net,,fr,personal")).collect();
    town.import(&people).await?;
    town.plan(Duration::ZERO, "New disks").await?;
    let (kills, mut lives) = (4 * scale(), Vec::new());
    for kill in 0..kills {
        let begin = RECIPIENTS * (kill + 1) / (kills + 2);
        wait::until("letters leave", async || (told(&relay) >= begin).then_some(())).await;
        if let Some((moment, act)) = trouble(kill) {
            relay.always(moment, act);
            // On a busy machine the last ones may have left meanwhile: then nothing is left to hang.
            let hang = || relay.hanging() >= (AT_ONCE / 2).min(RECIPIENTS - told(&relay));
            wait::until("letters hang", async || hang().then_some(())).await;
        }
        hub.program.kill().await?;
        lives.push(relay.count());
        relay.reform();
        hub = town.setup.start().await?;
    }
    wait::until("everybody has the letter", async || (told(&relay) == RECIPIENTS).then_some(())).await;
    wait::until("nothing waits", async || {
        hub.text("/metrics").await.ok().filter(|metrics| metrics.contains("belfry_mail_waiting 0\n"))
    })
    .await;
    check(&relay.taken(), &lives);
    let addresses = people.iter().filter_map(|line| line.split_once(',')).map(|(address, _)| address);
    town.assert_discreet(&hub, addresses);
    Ok(())
}

#[tokio::test]
async fn what_the_book_of_subscribers_acknowledged_is_there_after_a_kill() -> Result<()> {
    let relay = Relay::start().await?;
    let town = Town::new(&[relay.url()], "").await?;
    let mut hub = town.start().await?;
    for round in 0..scale() {
        let address = format!("reader{round}@example{round}.net");
        town.ask(&hub, &address).await?;
        hub.program.kill().await?;
        hub = town.setup.start().await?;
        town.until_listed(&address, "asked").await;

        // The letter may have died with the hub: whoever waits for it in vain asks again.
        let before = relay.taken_for(&address).len();
        town.ask(&hub, &address).await?;
        let what = "the question comes";
        wait::until(what, async || (relay.taken_for(&address).len() > before).then_some(())).await;
        let question = relay.taken_for(&address).pop().context("a letter")?;
        let question = Letter::of(&question.bytes, &town.record).await?;
        let link = path_of(question.line_with("/s/")?)?.to_owned();
        assert_eq!(town.send(&hub, &link, &[("do", "confirm")]).await?.status(), StatusCode::OK);
        hub.program.kill().await?;
        hub = town.setup.start().await?;
        town.until_listed(&address, "confirmed").await;
        let gone = town.send(&hub, &link, &[("do", "confirm")]).await?;
        assert_eq!(gone.status(), StatusCode::NOT_FOUND, "a yes counts once, over a kill too");

        town.setup.run(&["subscribers", "remove", &address]).await?.expect(0)?;
        hub.program.kill().await?;
        hub = town.setup.start().await?;
        assert_eq!(town.list().await?, "nobody subscribes yet\n", "who left stays away");
        town.assert_discreet(&hub, [address.as_str()]);
    }
    Ok(())
}
