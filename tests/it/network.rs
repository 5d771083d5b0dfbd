//! A hub and three places over lines that break in every way, for two hours as their clocks go: what is true is told once, what is not
//! is never told, and what was acknowledged stays.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use shared::Timestamp;
use tests::{
    backend::Backend,
    clock::Clock,
    hook::Hook,
    hub::{Hub, Setup},
    line::{Line, Manner},
    namespace::{Lost, Namespace},
    place::{Place, until_whole},
    program::{Program, free_port},
    wait,
};

use crate::locations::{exactly_once, stored};

/// The slow line takes so long each way.
const SLOW: Manner = Manner::Late(Duration::from_millis(800));
const QUARTER: Duration = Duration::from_secs(900);
/// By so much the clock at one place is ahead.
const AHEAD: Duration = Duration::from_secs(600);
/// Faults of the machine that tests run on, which is none of theirs.
const OF_THE_MACHINE: [&str; 6] =
    ["disk_low", "disk_very_low", "disk_critical", "disk_filling", "memory_short", "scheduler_late"];
const PLACES: [&str; 3] = ["lyon", "paris", "brest"];

/// One of the places.
struct Away {
    place: Place,
    namespace: Namespace,
    clock: Clock,
    prober: Program,
}

/// The hub, what it watches, whom it tells, and the places: Lyon behind a slow line, Paris with a wrong clock, Brest.
struct World {
    target: Backend,
    hook: Hook,
    clock: Clock,
    setup: Setup,
    hub: Hub,
    port: u16,
    line: Line,
    places: Vec<Away>,
}

impl World {
    async fn new() -> Result<Self> {
        let (target, hook, clock) =
            (Backend::start_at("0.0.0.0:0".parse()?).await?, Hook::start().await?, Clock::new()?);
        let port = free_port()?;
        let mut setup = Setup::new()?.listening_on(&format!("0.0.0.0:{port}")).arguments(&["--no-prober"]);
        for (name, value) in clock.environment() {
            setup = setup.environment(name, &value.display().to_string());
        }
        setup.settings(&format!("[incidents]\nquiet = \"1s\"\n{}", hook.channel("hook")))?;
        setup.define_http("cloud", &format!("http://target.belfry.internal:{}", target.address().port()))?;
        let hub = setup.start().await?;
        let line = Line::lay("0.0.0.0", port, SLOW).await?;
        let mut world = Self { target, hook, clock, setup, hub, port, line, places: Vec::new() };
        for (number, name) in (0..).zip(PLACES) {
            let away = world.settle(number, name).await?;
            world.places.push(away);
        }
        Ok(world)
    }

    async fn settle(&self, number: u8, name: &str) -> Result<Away> {
        let (namespace, clock) = (Namespace::new("", number)?, Clock::new()?);
        namespace.hosts(&format!("{} target.belfry.internal", namespace.here()))?;
        let port = if name == "lyon" { self.line.port() } else { self.port };
        if name == "paris" {
            clock.advance(AHEAD)?;
        }
        let place = Place::add(&self.setup, name, &format!("http://{}:{port}", namespace.here())).await?;
        let mut place = place.inside(namespace.name());
        for (name, value) in clock.environment() {
            place = place.environment(name, &value.display().to_string());
        }
        let prober = place.start()?;
        Ok(Away { place, namespace, clock, prober })
    }

    /// Nobody reaches the hub any more; Lyon's line takes what it is given and keeps it.
    fn cut(&self) -> Result<()> {
        self.line.carry(Manner::Held);
        self.others().try_for_each(|away| away.namespace.lose(Lost::To(self.port)))
    }

    /// They do again; what Lyon's line kept arrives now.
    fn heal(&self) -> Result<()> {
        self.line.carry(SLOW);
        self.others().try_for_each(|away| away.namespace.heal(Lost::To(self.port)))
    }

    fn others(&self) -> impl Iterator<Item = &Away> {
        self.places.iter().filter(|away| away.place.name() != "lyon")
    }

    /// A quarter of an hour at the places: their probers are killed, and are there again at its end.
    async fn pass(&mut self) -> Result<()> {
        for away in &mut self.places {
            away.prober.kill().await?;
            away.clock.advance(QUARTER)?;
            away.prober = away.place.start()?;
        }
        Ok(())
    }

    /// Waits until the places have asked the service a few times.
    async fn until_asked(&self) {
        let before = self.target.requests().len();
        wait::until("all places asked", async || (self.target.requests().len() >= before + 12).then_some(())).await;
    }

    /// What the hub's clock shows.
    fn now(&self) -> Result<Timestamp> {
        let since = self.clock.now().duration_since(std::time::UNIX_EPOCH)?;
        Ok(Timestamp::from_millis(i64::try_from(since.as_millis())?))
    }

    /// The messages about services: what happened, in its order.
    fn told(&self) -> Vec<String> {
        let event = |document: &Value| document["event"].as_str().map(ToOwned::to_owned);
        self.hook.documents().iter().filter(|document| document["monitor"].is_null()).filter_map(event).collect()
    }

    /// The messages about the monitoring itself, each with the place that it is about.
    fn faults(&self) -> Vec<String> {
        let told = |document: Value| {
            let (monitor, event) = (&document["monitor"], document["event"].as_str()?);
            let place = monitor["facts"]["location"].as_str().unwrap_or("hub");
            let fault = monitor["fault"].as_str().filter(|fault| !OF_THE_MACHINE.contains(fault))?;
            Some(format!("{fault} {place} {event}"))
        };
        let mut faults: Vec<String> = self.hook.documents().into_iter().filter_map(told).collect();
        faults.sort();
        faults
    }

    async fn until_told(&self, events: &[&str]) {
        wait::until(&format!("{events:?} is told"), async || (self.told().len() >= events.len()).then_some(())).await;
        assert_eq!(self.told(), events, "{:#?}", self.hook.documents());
    }

    async fn until_fault(&self, fault: &str) {
        wait::until(&format!("{fault} is told"), async || self.faults().iter().any(|told| told == fault).then_some(()))
            .await;
    }
}

/// When the failures of a place began that lie between two instants.
async fn failures(hub: &Hub, place: &str, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Timestamp>> {
    let mut found = Vec::new();
    for one in stored(hub, place).await?.iter().filter(|one| one["http"]["status"] == 502) {
        let at: Timestamp = one["started_at"].as_str().context("a time")?.parse()?;
        found.extend((from <= at && at <= to).then_some(at));
    }
    Ok(found)
}

#[tokio::test]
async fn over_a_slow_line_with_a_wrong_clock_and_two_hours_without_the_hub_each_outage_is_told_once() -> Result<()> {
    let mut world = World::new().await?;
    for name in PLACES {
        until_whole(&world.setup, name).await;
    }
    world.hub.until_status("cloud", "operational").await;
    world.until_fault("location_clock paris fault").await;

    // Lyon is heard and hears nothing: it says the same again and again.
    world.line.carry(Manner::Deaf);
    let before = stored(&world.hub, "lyon").await?.len();
    wait::until("Lyon is heard", async || stored(&world.hub, "lyon").await.ok().filter(|now| now.len() > before)).await;
    world.target.answer("502 Bad Gateway", "");
    world.until_told(&["down"]).await;
    world.line.carry(SLOW);
    world.target.answer("200 OK", "");
    world.until_told(&["down", "recovered"]).await;
    for name in PLACES {
        exactly_once(&world.setup, &world.hub, name).await?;
    }

    // Two hours in which nobody reaches the hub, and an outage of half an hour within them.
    let began = world.now()?;
    world.cut()?;
    for quarter in 1..=8 {
        world.pass().await?;
        match quarter {
            3 | 4 => world.target.answer("502 Bad Gateway", ""),
            _ => world.target.answer("200 OK", "ok"),
        }
        world.until_asked().await;
    }
    world.clock.advance(8 * QUARTER)?;
    for name in PLACES {
        world.until_fault(&format!("location_silent {name} fault")).await;
    }
    // One that lasts when they come back.
    let second = world.now()?;
    world.target.answer("502 Bad Gateway", "");
    world.until_asked().await;
    assert_eq!(world.told(), ["down", "recovered"], "nobody is heard, so nothing is known");
    world.heal()?;
    world.until_told(&["down", "recovered", "down"]).await;
    world.target.answer("200 OK", "ok");
    world.until_told(&["down", "recovered", "down", "recovered"]).await;

    // What they saw is there, once and at its time, and was no news.
    let (third, fourth) = (began.plus(3 * QUARTER), began.plus(5 * QUARTER));
    let slack = Duration::from_secs(120);
    for name in PLACES {
        exactly_once(&world.setup, &world.hub, name).await?;
        let between = failures(&world.hub, name, (third.minus(slack), fourth.plus(slack))).await?;
        let after = failures(&world.hub, name, (fourth.plus(slack), world.now()?)).await?;
        assert!(!between.is_empty(), "{name} saw it fail while nobody heard");
        assert!(after.iter().all(|at| *at >= second.minus(Duration::from_secs(5))), "{name}: {second} {after:?}");
        world.until_fault(&format!("location_silent {name} fault_over")).await;
    }
    let down = world.hook.documents().into_iter().rfind(|document| document["event"] == "down").context("told")?;
    let since: Timestamp = down["since"].as_str().context("a time")?.parse()?;
    assert!(second.minus(Duration::from_secs(5)) <= since && since <= world.now()?, "{second} {down}");

    let mut faults = ["clock_jumped hub fault", "location_clock paris fault"].map(str::to_owned).to_vec();
    faults
        .extend(PLACES.iter().flat_map(|name| ["fault", "fault_over"].map(|e| format!("location_silent {name} {e}"))));
    faults.sort();
    assert_eq!(world.faults(), faults, "each once, and nothing else");
    assert_eq!(world.told(), ["down", "recovered", "down", "recovered"]);
    let said = world.setup.run(&["incident", "list", "--all", "--json"]).await?.expect(0)?;
    let incidents: Value = serde_json::from_str(&said)?;
    assert_eq!(incidents["incidents"].as_array().map(Vec::len), Some(2), "{incidents}");
    for away in &mut world.places {
        assert!(away.prober.terminate().await?.success(), "{:?}", away.prober.output());
    }
    Ok(())
}
