//! What operators say of components: shown beside what is measured, for as long as their incident is open.

use super::{
    desk::{opening, operator},
    *,
};
use crate::{
    incident::{Incident, Statement},
    page,
    snapshot::Declared,
};
use shared::{Language, Stage};

impl Bench {
    async fn declare(&mut self) -> Arc<Incident> {
        self.hub.carry_out(operator(), opening("No uploads")).await.expect("carried out")
    }

    async fn say(&mut self, incident: &Incident, stage: Stage) -> Arc<Incident> {
        let statement = Statement { stage, body: "So.".into(), title: None, workaround: None, next_update_at: None };
        let version = self.snapshot().incident(&incident.id).expect("it is remembered").version;
        let say = Command::Say { incident: incident.id.clone(), version, statement };
        self.hub.carry_out(operator(), say).await.expect("carried out")
    }

    /// What the page shows of the cloud, and what is measured.
    fn check(&mut self, shown: Status, measured: Status) {
        let snapshot = self.snapshot();
        let cloud = snapshot.component(&id("cloud")).expect("it is on the page");
        assert_eq!((cloud.status, cloud.measured(), snapshot.status), (shown, measured, shown));
        let live = page::live(&snapshot, Language::En);
        assert_eq!((live.status, live.components[&cloud.id].status), (shown, shown));
    }
}

#[tokio::test]
async fn what_operators_declare_is_shown_until_they_resolve_it() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &UP)).await;
    bench.check(Status::Operational, Status::Operational);
    let incident = bench.declare().await;
    bench.check(Status::PartialOutage, Status::Operational);
    let declared = bench.component("cloud").declared.expect("operators say it");
    let since = incident.times.started_at;
    assert_eq!(declared, Declared { status: Status::PartialOutage, since, beside: Status::Operational });
    assert_eq!(bench.component("cloud").since, since);
    let mut bench = bench.killed(cloud()).await;
    bench.check(Status::PartialOutage, Status::Operational);
    bench.say(&incident, Stage::Monitoring).await;
    bench.check(Status::PartialOutage, Status::Operational);
    bench.say(&incident, Stage::Resolved).await;
    bench.check(Status::Operational, Status::Operational);
    assert_eq!(bench.component("cloud").declared, None);
}

#[tokio::test]
async fn the_worse_of_what_is_measured_and_declared_is_shown_and_neither_ends_the_other() {
    let mut bench = Bench::start(cloud()).await;
    let incident = bench.declare().await;
    bench.check(Status::PartialOutage, Status::Unknown);
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.check(Status::MajorOutage, Status::MajorOutage);
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    bench.check(Status::PartialOutage, Status::Operational);
    bench.say(&incident, Stage::Resolved).await;
    bench.check(Status::Operational, Status::Operational);
}

#[tokio::test]
async fn who_gives_the_lead_back_leaves_the_state_to_the_measurements() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &UP)).await;
    let incident = bench.declare().await;
    let release = Command::Release { incident: incident.id.clone(), version: incident.version };
    bench.hub.carry_out(operator(), release).await.expect("carried out");
    bench.check(Status::Operational, Status::Operational);
}

#[tokio::test]
async fn a_component_that_has_a_new_name_keeps_what_is_said_of_it() {
    let mut bench = Bench::start(cloud()).await;
    bench.declare().await;
    let renamed = || {
        let renamed = Definition { formerly: vec![id("cloud")], ..definition("nuage", &[]) };
        set([renamed])
    };
    bench.define(renamed()).await;
    assert_eq!(bench.status("nuage"), Status::PartialOutage);
    let mut bench = bench.killed(renamed()).await;
    assert_eq!(bench.status("nuage"), Status::PartialOutage);
}

#[tokio::test]
async fn uptime_counts_what_is_measured_alone() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &UP)).await;
    bench.declare().await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    let history = bench.component("cloud").history.clone();
    assert_eq!(history.uptime.day.map(|uptime| uptime.ratio), Some(1_000_000));
    let outage = |day: &crate::snapshot::Day| day.time.of(Status::PartialOutage);
    assert!(history.days.iter().all(|day| outage(day).is_zero()));
}
