//! What an outpost tells while its hub is heard, and while it is not.

use super::*;
use crate::{
    bulletin::bulletin,
    notify::{Fault, LocationTrouble},
    outpost::{Hearing, HubView, Trouble},
};

impl Bench {
    async fn outpost() -> Self {
        Self::stands_by(Arc::new(tempfile::tempdir().expect("a directory")), None).await
    }

    /// An outpost over a directory, which knows that of its hub.
    async fn stands_by(directory: Arc<TempDir>, upstream: Option<Arc<HubView>>) -> Self {
        let opened = Store::open(directory.path(), StoreOptions { reserve: 1 << 20, ..StoreOptions::default() });
        let phone = vec![("phone".parse().expect("a name"), Medium::Ntfy)];
        let options = HubOptions { role: Role::Outpost, upstream, ..Self::options(phone, Mail::Off) };
        Self::begin(options, directory, cloud(), opened.expect("opens")).await
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
    bench.hub.take_upstream(Some(at_work(silent()))).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    assert_eq!(bench.status("cloud"), Status::UnderMaintenance);
    assert_eq!(bench.told(), ["monitor:hub_silent fault"]);
    // After a restart as well, before the hub is asked again: what it said last is kept.
    let directory = bench.end().await;
    let mut bench = Bench::stands_by(directory, Some(at_work(Hearing::Unsure))).await;
    assert_eq!(bench.status("cloud"), Status::UnderMaintenance);
    bench.hub.pass_alarms().await;
    assert_eq!(bench.told(), ["monitor:hub_silent fault"]);
}

/// A hub with a maintenance of the component under way.
fn at_work(hearing: Hearing) -> Arc<HubView> {
    let mut said = bulletin(&stage::snapshot(now()));
    said.maintenances = vec![shared::bulletin::BulletinMaintenance {
        id: "abcdefghijkl".parse().expect("an id"),
        title: Default::default(),
        stage: shared::MaintenanceStage::InProgress,
        starts_at: lately().minus(EVERY * 10),
        ends_at: now().plus(EVERY * 100),
        components: vec![id("cloud")],
    }];
    Arc::new(HubView { address: String::new(), bulletin: Some(Arc::new(said)), heard_at: None, hearing })
}

#[tokio::test]
async fn what_an_outpost_said_of_its_hub_is_over_without_a_word_once_it_is_the_hub_itself() {
    let mut bench = Bench::outpost().await;
    bench.listen(silent()).await;
    assert_eq!(bench.told(), ["monitor:hub_silent fault"]);
    let mut bench = Bench::stands_by(bench.end().await, None).await;
    assert_eq!(bench.snapshot().alarms.faults.len(), 1, "it goes on over a restart");
    let bench = Bench::over(bench.end().await, cloud(), StoreOptions::default()).await;
    let open = |bench: &Bench| bench.hub.telling.alarms.open().count();
    assert_eq!((open(&bench), bench.told()), (0, vec!["monitor:hub_silent fault".to_owned()]));
    let bench = bench.killed(cloud()).await;
    assert_eq!(open(&bench), 0, "that was written down");
}

#[tokio::test]
async fn what_happened_to_a_maintenance_while_the_hub_told_is_not_told_later() {
    let mut bench = Bench::outpost().await;
    bench.listen(Hearing::Heard).await;
    let planned = "abcdefghijkl".parse().expect("an id");
    assert!(bench.hub.ring_maintenance(&planned, crate::maintenance::Word::Begins, lately()).is_empty());
    bench.listen(silent()).await;
    assert_eq!(bench.hub.ring_maintenance(&planned, crate::maintenance::Word::Ends, now()).len(), 1);
    let words: Vec<_> = bench.hub.telling.escalation.open().map(|(case, _)| case.to_string()).collect();
    assert_eq!(words, ["fault-hub_silent", "maintenance-abcdefghijkl-ends"]);
}
