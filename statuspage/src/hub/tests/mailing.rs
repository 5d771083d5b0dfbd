//! Mail in the hub: a notice and what it tells are both written or neither, and what the postman reports is shown and told.

use super::*;
use crate::{
    hub::tests::{desk::opening, maintenance::planning},
    incident::Statement,
    mailing::{Flow, Mail, Notice, Report, Story, Tally, Trouble, Turn},
    maintenance::Command as Planning,
    store::{Changes, RecordKey},
    subscriber::Closing,
};
use shared::Stage;

impl Bench {
    async fn mailing() -> Self {
        Self::opened(Arc::new(tempfile::tempdir().expect("a directory"))).await
    }

    async fn opened(directory: Arc<TempDir>) -> Self {
        Self::with(Mail::On, directory, cloud(), StoreOptions { reserve: 1 << 20, ..StoreOptions::default() }).await
    }

    /// `kill -9`, and a new start with mail.
    async fn again(self) -> Self {
        let Self { hub, events, directory } = self;
        let store = hub.store.clone();
        drop((hub, events));
        store.close(Duration::from_secs(30)).await;
        drop(store);
        Self::opened(directory).await
    }

    /// The notices, and what happened in each story last.
    fn notices(&self) -> Vec<(Story, Turn)> {
        let notices = self.hub.telling.post.notices();
        notices.iter().map(|(story, notice): (&Story, &Notice)| (story.clone(), notice.turn)).collect()
    }

    fn story(&mut self) -> Story {
        Story::Incident(self.snapshot().incidents[0].id.clone())
    }

    /// Carries out an order that is taken back, after the store has heard of it.
    async fn try_in_vain(&mut self, order: Command) {
        let rows_before = self.hub.telling.outbox.rows();
        let done = self.hub.telling.book.order(&desk::operator(), order, now()).expect("carried out");
        let earlier = self.hub.telling.post.earlier();
        let rows: Vec<_> = done.news.iter().flat_map(|news| self.hub.message(news)).collect();
        let records = self.hub.telling.changed_records(now());
        let written: Vec<_> = records.iter().map(|(key, _)| key.clone()).collect();
        self.hub.store.apply(Changes { notifications: rows.clone(), records, ..Changes::default() }).await;
        self.hub.telling.post.take_back(earlier, &written);
        self.hub.take_back(done, (rows_before, &rows), written).await;
    }

    async fn report(&mut self, report: Report) {
        self.hub.take_report(report).await;
        self.deliver().await;
    }
}

#[tokio::test]
async fn an_outage_its_words_and_its_end_are_noticed_and_kept_with_the_incident() {
    let mut bench = Bench::mailing().await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    let story = bench.story();
    assert_eq!(bench.notices(), [(story.clone(), Turn::Opened)]);
    let mut bench = bench.again().await;
    assert_eq!((bench.snapshot().incidents.len(), bench.notices()), (1, vec![(story.clone(), Turn::Opened)]));
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    assert_eq!(bench.notices(), [(story.clone(), Turn::Resolved)]);
    let bench = bench.again().await;
    assert_eq!(bench.notices(), [(story, Turn::Resolved)]);
}

#[tokio::test]
async fn what_was_judged_and_not_written_is_neither_an_incident_nor_a_notice_until_both_are() {
    let mut bench = Bench::mailing().await;
    bench.hub.write_checkpoint(lately()).await;
    // Killed between judging and telling.
    bench.hub.take_observations(results("cloud", lately(), &DOWN)).await;
    assert_eq!(bench.notices(), []);
    let mut bench = bench.again().await;
    let story = bench.story();
    assert_eq!(bench.notices(), [(story, Turn::Opened)]);
}

#[tokio::test]
async fn a_notice_lies_in_the_transaction_of_what_it_tells() {
    let mut bench = Bench::mailing().await;
    let opened = bench.hub.telling.book.order(&desk::operator(), opening("No mail"), now()).expect("carried out");
    let keys: Vec<_> = bench.hub.telling.changed_records(now()).into_iter().map(|(key, _)| key).collect();
    let id = opened.incident.clone();
    assert!(keys.contains(&RecordKey::Incident(id.clone())), "{keys:?}");
    assert!(keys.contains(&RecordKey::Mailing(Story::Incident(id))), "{keys:?}");
}

#[tokio::test]
async fn an_order_that_is_taken_back_is_no_notice_either() {
    let mut bench = Bench::mailing().await;
    let opened = bench.hub.carry_out(desk::operator(), opening("No mail")).await.expect("carried out");
    let before = bench.notices();
    assert_eq!(before, [(Story::Incident(opened.id.clone()), Turn::Opened)]);
    let statement =
        Statement { stage: Stage::Resolved, body: "Done.".into(), title: None, workaround: None, next_update_at: None };
    let say = Command::Say { incident: opened.id.clone(), version: opened.version, statement };
    for order in [say, opening("Another")] {
        bench.try_in_vain(order).await;
        assert_eq!(bench.notices(), before);
    }
    assert_eq!(bench.again().await.notices(), before, "nor in the store");
}

#[tokio::test]
async fn maintenance_is_noticed_when_it_is_announced_begins_and_ends() {
    let mut bench = Bench::mailing().await;
    let planned = bench.maintain(planning(Some(now().plus(Duration::from_secs(3_600))))).await;
    let story = Story::Maintenance(planned.id.clone());
    assert_eq!(bench.notices(), [(story.clone(), Turn::Announced)]);
    let mut bench = bench.again().await;
    assert_eq!(bench.notices(), [(story.clone(), Turn::Announced)]);
    let version = bench.snapshot().maintenances[0].version;
    let begin = Planning::Begin { maintenance: planned.id.clone(), version, body: None };
    let version = bench.maintain(begin).await.version;
    assert_eq!(bench.notices(), [(story.clone(), Turn::Begins)]);
    bench.maintain(Planning::End { maintenance: planned.id.clone(), version, body: None }).await;
    assert_eq!(bench.again().await.notices(), [(story, Turn::Ends)]);
}

#[tokio::test]
async fn without_mail_nothing_is_noticed() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    assert_eq!((bench.notices(), bench.snapshot().mail.flow), (vec![], None));
}

#[tokio::test]
async fn what_the_postman_reports_is_published_and_kept() {
    let mut bench = Bench::mailing().await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    let (story, stranger) = (bench.story(), "incident-aaaaaaaaaaaa".parse::<Story>().expect("a story"));
    let tally = Tally { accepted: 412, waiting: 18, ..Tally::default() };
    let flow = Flow { accepted: 412, waiting: 18, accepted_at: Some(now()), ..Flow::default() };
    let body = |text: &'static str| Some(bytes::Bytes::from_static(text.as_bytes()));
    let rounds = vec![(story.clone(), body("here")), (stranger, body("nobody knows it"))];
    let tallies = BTreeMap::from([(story.clone(), tally)]);
    bench.report(Report { rounds, tallies, flow, ..Report::default() }).await;
    let mail = Arc::clone(&bench.snapshot().mail);
    assert_eq!((mail.tallies.get(&story), mail.flow), (Some(&tally), Some(flow)));
    let bench = bench.again().await;
    assert_eq!(bench.hub.mail_rounds().into_iter().collect::<Vec<_>>(), [(story, body("here").expect("some"))]);
}

#[tokio::test]
async fn mail_that_does_not_leave_and_a_form_that_is_closed_are_told_once_each_and_so_are_their_ends() {
    let trouble = Trouble { waiting: 3, reason: "relay.example.org:587: connection refused".to_owned() };
    let failing = Report { trouble: Some(trouble), ..Report::default() };
    let closed = Report { closing: Some(Closing { since: now(), letters: 60 }), ..Report::default() };
    // After a restart it is not over before a relay works.
    for (report, word, unproven) in [(failing, "mail_failing", 1), (closed, "form_closed", 2)] {
        let mut bench = Bench::mailing().await;
        bench.report(report.clone()).await;
        bench.report(report.clone()).await;
        let begin = format!("monitor:{word} fault");
        assert_eq!(bench.told(), std::slice::from_ref(&begin));
        let mut bench = bench.again().await;
        bench.report(report).await;
        assert_eq!(bench.told(), std::slice::from_ref(&begin), "a restart tells it no second time");
        bench.report(Report::default()).await;
        assert_eq!(bench.told().len(), unproven);
        let flow = Flow { proven_at: Some(now()), ..Flow::default() };
        bench.report(Report { flow, ..Report::default() }).await;
        bench.report(Report { flow, ..Report::default() }).await;
        assert_eq!(bench.told(), [begin, format!("monitor:{word} fault_over")]);
    }
}
