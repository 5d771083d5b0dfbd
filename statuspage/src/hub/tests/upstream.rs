//! What an outpost tells while its hub is heard, and while it is not.

use super::*;
use crate::{
    bulletin::bulletin,
    notify::{Fault, LocationTrouble},
    outpost::{Hearing, HubView, Trouble},
};

impl Bench {
    async fn outpost() -> Self {
        let mut bench = Self::start(cloud()).await;
        bench.hub.options.role = Role::Outpost;
        bench.hub.set_reach();
        bench
    }

    async fn listen(&mut self, hearing: Hearing) {
        let said = Arc::new(bulletin(&stage::snapshot(now())));
        let address = "https://status.example.org".to_owned();
        let view = HubView { address, bulletin: Some(said), heard_at: Some(now()), hearing };
        let transitions = self.hub.take_upstream(Some(Arc::new(view))).await;
        self.hub.tell(&transitions).await;
        self.hub.pass_alarms().await;
        self.deliver().await;
    }
}

fn silent() -> Hearing {
    Hearing::Silent { since: lately(), trouble: Trouble::Lost { detail: "refused".to_owned() } }
}

#[tokio::test]
async fn an_outpost_tells_what_goes_on_once_its_hub_is_silent() {
    let mut bench = Bench::outpost().await;
    bench.listen(Hearing::Heard).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.hub.pass_alarms().await;
    assert_eq!(bench.status("cloud"), Status::MajorOutage);
    assert_eq!(bench.told(), [""; 0], "the hub tells");
    bench.listen(silent()).await;
    assert_eq!(bench.told(), ["cloud down", "monitor:hub_silent fault"]);
    bench.listen(silent()).await;
    assert_eq!(bench.told(), ["cloud down", "monitor:hub_silent fault"]);
    // The end is told to whoever heard of the beginning, also when the hub is heard again by then.
    bench.listen(Hearing::Heard).await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    let all = ["cloud down", "cloud recovered", "monitor:hub_silent fault", "monitor:hub_silent fault_over"];
    assert_eq!(bench.told(), all);
    bench.take(results("cloud", lately().plus(EVERY * 2), &DOWN)).await;
    bench.hub.pass_alarms().await;
    assert_eq!(bench.told(), all, "the hub tells again");
}

#[tokio::test]
async fn what_began_and_ended_while_the_hub_told_is_never_told_again() {
    let mut bench = Bench::outpost().await;
    bench.listen(Hearing::Heard).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    bench.listen(silent()).await;
    assert_eq!(bench.told(), ["monitor:hub_silent fault"]);
}

#[tokio::test]
async fn a_place_that_sees_nothing_does_not_call_the_hub_silent() {
    let mut bench = Bench::outpost().await;
    let blind = Fault::Location { location: "local".to_owned(), trouble: LocationTrouble::Blind { since: lately() } };
    bench.hub.telling.alarms.notice(blind.clone(), lately());
    bench.listen(silent()).await;
    assert_eq!(bench.told(), [""; 0]);
    bench.hub.telling.alarms.end(blind.id(), now());
    bench.listen(silent()).await;
    assert_eq!(bench.told(), ["monitor:hub_silent fault"]);
}

#[tokio::test]
async fn maintenance_that_the_hub_announced_is_no_outage_here() {
    let mut bench = Bench::outpost().await;
    let mut said = bulletin(&stage::snapshot(now()));
    said.maintenances = vec![shared::bulletin::BulletinMaintenance {
        id: "abcdefghijkl".parse().expect("an id"),
        title: Default::default(),
        stage: shared::MaintenanceStage::InProgress,
        starts_at: lately().minus(EVERY * 10),
        ends_at: now().plus(EVERY * 100),
        components: vec![id("cloud")],
    }];
    let hub = HubView { address: String::new(), bulletin: Some(Arc::new(said)), heard_at: None, hearing: silent() };
    bench.hub.take_upstream(Some(Arc::new(hub))).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    assert_eq!(bench.status("cloud"), Status::UnderMaintenance);
    assert_eq!(bench.told(), ["monitor:hub_silent fault"]);
}
