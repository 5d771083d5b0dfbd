//! Maintenance in the hub: planned, judged, told and remembered.

use super::*;
use crate::{
    maintenance::{Command, Maintenance, Plan, Planning, Refusal, Scope, Span, Timing, When},
    store::RecordKey,
};
use shared::{MaintenanceStage, Text};

const HOUR: Duration = Duration::from_secs(3_600);

fn operator() -> Actor {
    Actor::Operator("ada".to_owned())
}

/// From now on, or from then.
pub(super) fn planning(starts_at: Option<Timestamp>) -> Command {
    let scope = Scope::Components(vec![id("cloud")]);
    let ends_at = starts_at.unwrap_or_else(now).plus(HOUR);
    Command::Plan(Planning {
        title: "New disks".into(),
        description: "".into(),
        scope,
        when: When::Once { starts_at, ends_at },
    })
}

impl Bench {
    pub(super) async fn maintain(&mut self, command: Command) -> Arc<Maintenance> {
        let maintenance = self.hub.maintain(operator(), command).await.expect("carried out");
        let transitions = self.hub.pass_maintenance().await;
        self.hub.tell(&transitions).await;
        maintenance
    }

    fn maintenances(&mut self) -> Vec<Arc<Maintenance>> {
        self.snapshot().maintenances.to_vec()
    }
}

#[tokio::test]
async fn what_fails_under_maintenance_is_not_told_and_is_an_outage_from_its_end_on() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &UP)).await;
    let planned = bench.maintain(planning(None)).await;
    bench.take(results("cloud", now(), &DOWN)).await;
    assert_eq!(bench.status("cloud"), Status::UnderMaintenance);
    let told = [format!("maintenance:{}:begins maintenance_begins", planned.id)];
    assert_eq!(bench.told(), told);
    let mut bench = bench.killed(cloud()).await;
    assert_eq!((bench.status("cloud"), bench.told()), (Status::UnderMaintenance, told.to_vec()));
    let version = bench.maintenances()[0].version;
    let end = Command::End { maintenance: planned.id.clone(), version, body: None };
    let ended = bench.maintain(end).await;
    assert_eq!((ended.stage, bench.status("cloud")), (MaintenanceStage::Completed, Status::MajorOutage));
    let reason = bench.component("cloud").reason.as_ref().map(|reason| reason.since);
    assert!(reason.is_some_and(|since| since >= ended.ends_at), "{reason:?}");
    assert_eq!(bench.told()[0], "cloud down");
}

#[tokio::test]
async fn an_outage_that_was_open_before_stays_an_incident_and_ends_once_it_works() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    let planned = bench.maintain(planning(None)).await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    assert_eq!(bench.snapshot().open_incidents().count(), 1);
    assert_eq!(bench.told().len(), 2, "{:?}", bench.told());
    let version = bench.maintenances()[0].version;
    bench.maintain(Command::End { maintenance: planned.id.clone(), version, body: None }).await;
    assert_eq!(bench.status("cloud"), Status::Operational);
    assert!(bench.told().contains(&"cloud recovered".to_owned()), "{:?}", bench.told());
}

#[tokio::test]
async fn an_order_is_stored_told_and_noted_and_a_refused_one_is_noted_too() {
    let mut bench = Bench::start(cloud()).await;
    let planned = bench.maintain(planning(Some(now().plus(HOUR)))).await;
    let refused = bench.hub.maintain(operator(), planning(Some(planned.starts_at))).await;
    assert_eq!(refused, Err(Refusal::Twin(planned.id.clone())));
    let mut bench = bench.killed(cloud()).await;
    let known: Vec<_> = bench.maintenances().iter().map(|one| (one.id.clone(), one.by.clone())).collect();
    assert_eq!(known, [(planned.id.clone(), operator())]);
    assert_eq!(bench.told(), [format!("maintenance:{}:announced maintenance_announced", planned.id)]);
    let log = bench.hub.telling.audit.log();
    let noted: Vec<_> = log.iter().map(|entry| (entry.what.as_str(), entry.refusal.is_some())).collect();
    assert_eq!(noted, [("plan_maintenance", false), ("plan_maintenance", true)]);
}

#[tokio::test]
async fn while_the_store_is_behind_nothing_is_planned() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let options = StoreOptions { reserve: u64::MAX, ..StoreOptions::default() };
    let mut bench = Bench::over(directory, cloud(), options).await;
    assert_eq!(bench.hub.maintain(operator(), planning(None)).await, Err(Refusal::StoreBehind));
    assert_eq!(bench.maintenances(), []);
}

#[tokio::test]
async fn what_the_settings_plan_is_announced_once_over_restarts_and_withdrawn_when_it_is_gone() {
    let start = now().plus(HOUR);
    let plan = || {
        let timing = Timing::Once(Span::new(start, start.plus(HOUR)).expect("sound"));
        Plan::from_file("Updates".into(), Text::from(""), Scope::All, timing)
    };
    let mut bench = Bench::start(cloud()).await;
    bench.hub.take_plans(vec![plan()]).await;
    bench.hub.take_plans(vec![plan()]).await;
    let id = bench.maintenances()[0].id.clone();
    let announced = format!("maintenance:{id}:announced maintenance_announced");
    assert_eq!(bench.told(), std::slice::from_ref(&announced));
    // The next start has no such plan.
    let mut bench = bench.killed(cloud()).await;
    assert_eq!(bench.told(), [announced, format!("maintenance:{id}:cancelled maintenance_cancelled")]);
    assert!(bench.maintenances()[0].cancelled_at.is_some());
    let records = bench.hub.telling.everything(now()).1;
    assert!(records.iter().any(|(key, _)| *key == RecordKey::Maintenance(id.clone())));
}

#[tokio::test]
async fn a_thousand_components_enter_and_leave_together_with_one_message_each_way() {
    let names: Vec<String> = (0..1_000).map(|number| format!("site{number}")).collect();
    let mut bench = Bench::start(set(names.iter().map(|name| definition(name, &[])))).await;
    let start = lately();
    bench.take(names.iter().flat_map(|name| results(name, start, &UP)).collect()).await;
    let Command::Plan(planning) = planning(None) else { panic!("it plans") };
    let planned = bench.maintain(Command::Plan(Planning { scope: Scope::All, ..planning })).await;
    let states = |snapshot: &Snapshot, status| snapshot.components.iter().filter(|c| c.status == status).count();
    assert_eq!(states(&bench.snapshot(), Status::UnderMaintenance), 1_000);
    let version = bench.maintenances()[0].version;
    bench.maintain(Command::End { maintenance: planned.id.clone(), version, body: None }).await;
    assert_eq!(states(&bench.snapshot(), Status::Operational), 1_000);
    let told =
        ["begins maintenance_begins", "ends maintenance_ends"].map(|word| format!("maintenance:{}:{word}", planned.id));
    assert_eq!(bench.told(), told);
}
