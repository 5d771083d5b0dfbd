//! Operators' orders: carried out as a whole, on stable storage before they are answered, and noted in any case.

use super::*;
use crate::{
    incident::{Actor, Command, Incident, Opening, Refusal, Statement},
    notify::Case,
    store::{Changes, RecordKey},
};
use shared::Stage;

pub(super) fn operator() -> Actor {
    Actor::Operator("ada".to_owned())
}

pub(super) fn opening(title: &str) -> Command {
    let statement = Statement {
        stage: Stage::Investigating,
        body: "We look.".into(),
        title: None,
        workaround: None,
        next_update_at: None,
    };
    let components = [(id("cloud"), Status::PartialOutage)].into();
    Command::Open(Opening { title: title.into(), started_at: None, components, statement })
}

impl Bench {
    fn incidents(&mut self) -> Vec<Arc<Incident>> {
        self.snapshot().incidents.to_vec()
    }

    fn audited(&self) -> Vec<(String, Option<String>)> {
        let log = self.hub.telling.audit.log();
        log.iter().map(|entry| (entry.what.clone(), entry.refusal.clone())).collect()
    }
}

#[tokio::test]
async fn an_order_is_stored_told_and_noted_before_it_is_answered() {
    let mut bench = Bench::start(cloud()).await;
    let opened = bench.hub.carry_out(operator(), opening("No mail")).await.expect("carried out");
    let mut bench = bench.killed(cloud()).await;
    assert_eq!(bench.incidents().as_slice(), std::slice::from_ref(&opened));
    assert_eq!((bench.told(), bench.audited()), (vec!["cloud down".to_owned()], vec![("open".to_owned(), None)]));
    let entry = bench.hub.telling.audit.log().front().cloned().expect("it was noted");
    assert_eq!((entry.actor.clone(), entry.subject.as_deref()), (operator(), Some(opened.id.as_str())));
}

#[tokio::test]
async fn a_refused_order_is_noted_too() {
    let mut bench = Bench::start(cloud()).await;
    let refusal = bench.hub.carry_out(operator(), opening("")).await.expect_err("refused");
    let bench = bench.killed(cloud()).await;
    assert_eq!(bench.audited(), [("open".to_owned(), Some(refusal.to_string()))]);
}

#[tokio::test]
async fn while_the_store_is_behind_nothing_is_changed() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let options = StoreOptions { reserve: u64::MAX, ..StoreOptions::default() };
    let mut bench = Bench::over(directory, cloud(), options).await;
    assert_eq!(bench.hub.carry_out(operator(), opening("No mail")).await, Err(Refusal::StoreBehind));
    assert_eq!((bench.incidents().len(), bench.told()), (0, vec!["monitor:no_space fault".to_owned()]));
}

#[tokio::test]
async fn an_order_that_is_taken_back_is_gone_from_the_store_too() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    let incidents = bench.incidents();
    let [before] = incidents.as_slice() else { panic!("one incident: {incidents:?}") };
    let statement =
        Statement { stage: Stage::Resolved, body: "Done.".into(), title: None, workaround: None, next_update_at: None };
    let say = Command::Say { incident: before.id.clone(), version: before.version, statement };
    for order in [say, opening("No mail")] {
        let rows_before = bench.hub.telling.outbox.rows();
        let escalated = bench.hub.telling.escalation.clone();
        let done = bench.hub.telling.book.order(&operator(), order, now()).expect("carried out");
        let rows: Vec<_> = done.news.iter().flat_map(|news| bench.hub.message(news)).collect();
        let records = bench.hub.telling.changed_records(now());
        let written: Vec<_> = records.iter().map(|(key, _)| key.clone()).collect();
        bench.hub.store.apply(Changes { notifications: rows.clone(), records, ..Changes::default() }).await;
        bench.hub.take_back_alarms(escalated, &written);
        bench.hub.take_back(done, (rows_before, &rows), written).await;
    }
    let mut bench = bench.killed(cloud()).await;
    assert_eq!((bench.incidents(), bench.told()), (vec![Arc::clone(before)], vec!["cloud down".to_owned()]));
    let records: Vec<_> = bench.hub.telling.everything(now()).1.into_iter().map(|(key, _)| key).collect();
    let alarm = RecordKey::Alarm(Case::Incident(before.id.clone()));
    let phone = RecordKey::Channel("phone".parse().expect("a name"));
    assert_eq!(records, [RecordKey::Incident(before.id.clone()), alarm, phone]);
}

#[tokio::test]
async fn two_hundred_that_fail_together_are_one_message() {
    let names: Vec<String> = (0..200).map(|number| format!("site{number}")).collect();
    let mut bench = Bench::start(set(names.iter().map(|name| definition(name, &[])))).await;
    let start = lately();
    bench.take(names.iter().flat_map(|name| results(name, start, &DOWN)).collect()).await;
    let incidents = bench.incidents();
    assert_eq!(incidents.iter().map(|incident| incident.components.len()).collect::<Vec<_>>(), [200]);
    assert!(incidents[0].times.told_at.is_some());
    assert_eq!(bench.rows().len(), 1);
}
