//! People who do not answer, and what should reach them and does not.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use shared::Timestamp;
use tests::{
    alertmanager::Alertmanager,
    backend::Backend,
    clock::Clock,
    hook::{Hook, taking},
    hub::Setup,
    measured::rows,
    relay::{Act, Moment, Relay},
    town::Town,
    wait,
};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn an_alarm_that_nobody_takes_goes_to_the_next_step_of_the_policy() -> Result<()> {
    let (target, first, second, setup) =
        (Backend::start().await?, Hook::start().await?, Hook::start().await?, Setup::new()?);
    setup.define_http("cloud", &target.url())?;
    let policy = "[[policy]]\nname = \"on-call\"\nsteps = [[\"first\"], [\"second\"]]\nafter = \"10s\"\n";
    setup.settings(&format!("{}{}{policy}", first.channel("first"), second.channel("second")))?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    target.answer("502 Bad Gateway", "");
    first.until("down").await;
    let began = Instant::now();
    assert!(second.event("down").is_none(), "it is the turn of the first");
    rows::NOBODY.until(began, async || second.event("down")).await?;
    Ok(())
}

#[tokio::test]
async fn letters_that_a_relay_refuses_are_told_to_operators_and_outside() -> Result<()> {
    let (relay, hook) = (Relay::start().await?, Hook::start().await?);
    relay.always(Moment::Sender, Act::Say("451 4.3.0 come back later"));
    let town = Town::new(&[relay.url()], &format!("{}{}", hook.switch(), hook.channel("hook"))).await?;
    let _hub = town.start().await?;
    town.import(&["reader@example.net,cloud,en,personal".to_owned()]).await?;
    town.plan(Duration::ZERO, "New disks").await?;
    wait::until("the relay has refused", async || (relay.heard("MAIL") > 0).then_some(())).await;
    let began = Instant::now();
    let told = rows::RELAY.until(began, async || hook.fault("mail_failing", "fault"));
    let outside = rows::RELAY_PING
        .until(began, async || hook.failure().filter(|reason| reason.contains("no relay has taken letters")));
    tokio::try_join!(told, outside)?;
    relay.reform();
    town.clock.advance(Duration::from_secs(600))?;
    wait::until("its end is told", async || hook.fault("mail_failing", "fault_over")).await;
    Ok(())
}

/// What the cluster's monitoring is expected to say.
const WATCHDOG: &str = "name = \"Surveillance du cluster\"\n[[probe]]\n[probe.heartbeat]\nperiod = \"5s\"\ngrace = \"5s\"\n\
                        token = \"0123456789abcdef0123456789abcdef\"\n";

#[tokio::test]
async fn an_alertmanager_that_dies_is_missed_by_its_watchdog() -> Result<()> {
    let (hook, setup) = (Hook::start().await?, Setup::new()?);
    setup.define("cluster", WATCHDOG)?;
    setup.settings(&hook.channel("hook"))?;
    let hub = setup.start().await?;
    let push = format!("{}/api/push/0123456789abcdef0123456789abcdef/alertmanager", hub.url());
    let alertmanager = Alertmanager::telling(&push).await?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let tomorrow = Timestamp::from_millis(i64::try_from((now + DAY).as_millis())?);
    alertmanager.burn("Watchdog", tomorrow).await?;
    hub.until_status("Surveillance du cluster", "operational").await;
    let began = Instant::now();
    drop(alertmanager);
    let told = rows::WATCHDOG.until(began, async || hook.event("down")).await?;
    assert_eq!(told["reason"]["kind"], "heartbeat_missed", "{told}");
    Ok(())
}

/// The texts that a telephone got.
fn texts(phone: &Backend) -> Vec<String> {
    let body = |request: String| {
        let document: serde_json::Value = serde_json::from_str(request.split_once("\r\n\r\n")?.1).ok()?;
        Some(document["msg"].as_str()?.to_owned())
    };
    phone.requests().into_iter().filter_map(body).collect()
}

#[tokio::test]
async fn drills_that_one_telephone_never_answers_are_told_to_the_other_after_two_weeks() -> Result<()> {
    let (amel, boris, target, clock) =
        (Backend::start().await?, Backend::start().await?, Backend::start().await?, Clock::new()?);
    let mut setup = Setup::new()?;
    for (name, value) in clock.environment() {
        setup = setup.environment(name, &value.display().to_string());
    }
    setup.define_http("cloud", &target.url())?;
    let channel = |name: &str, phone: &Backend| {
        let url = phone.url();
        format!("[[channel]]\nname = \"{name}\"\nkind = \"free_mobile\"\nuser = \"u\"\npass = \"p\"\nurl = \"{url}\"\n")
    };
    let top = "public_url = \"http://status.example.org\"\nlanguages = [\"en\"]\n";
    setup.settings(&format!("{top}{}{}", channel("amel", &amel), channel("boris", &boris)))?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let mut first = None;
    for week in 1..=2 {
        clock.advance(7 * DAY)?;
        let drills = async |phone: &Backend| -> Vec<String> {
            let drills = async || {
                let drills: Vec<_> = texts(phone).into_iter().filter(|text| text.starts_with("[DRILL]")).collect();
                (drills.len() == week).then_some(drills)
            };
            wait::until(&format!("drill {week}"), drills).await
        };
        drills(&amel).await;
        first.get_or_insert(clock.now());
        let newest = drills(&boris).await.pop().context("a drill")?;
        let answer = client.post(format!("{}{}", hub.url(), taking(&newest)?)).send().await?;
        assert_eq!(answer.status(), 200, "{newest}");
    }
    let unanswered = async || texts(&boris).into_iter().find(|text| text.contains("amel"));
    assert_eq!(unanswered().await, None, "one week without an answer is a holiday");
    clock.advance(7 * DAY - Duration::from_secs(10))?;
    wait::until("it is told", unanswered).await;
    rows::DRILLS.took(clock.now().duration_since(first.context("a drill")?)?)?;
    assert!(texts(&amel).iter().all(|text| !text.contains("boris")), "who answers is no trouble");
    Ok(())
}
