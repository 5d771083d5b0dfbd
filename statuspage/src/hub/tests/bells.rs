//! Drills and the siren: the figures of the week, who answers, and what Alertmanager must hear again and again.

use std::sync::atomic::Ordering;

use super::*;
use crate::{
    mailing::{Flow, Report},
    notify::{Affair, Answers, Claim, Drill, FaultKind, Occasion, WatchFault},
    resources::Found,
    subscriber::Counts,
};

const DAY: Duration = Duration::from_secs(86_400);

fn name(text: &str) -> ChannelName {
    text.parse().expect("a name")
}

impl Bench {
    /// A hub with these channels.
    async fn ringing(channels: &[(&str, Medium)], directory: Arc<TempDir>) -> Self {
        let channels = channels.iter().map(|(text, medium)| (name(text), *medium)).collect();
        let options = StoreOptions { reserve: 1 << 20, ..StoreOptions::default() };
        let opened = Store::open(directory.path(), options).expect("opens");
        Self::telling(channels, Mail::Off, directory, cloud(), opened).await
    }

    /// The drills that were written down, and by which channel each goes.
    fn drills(&self) -> Vec<(String, Drill)> {
        let drill = |row: Notification| match row.subject {
            Subject::Drill(drill) => Some((row.channel.to_string(), *drill)),
            Subject::Incident(_) | Subject::Monitor(_) | Subject::Maintenance(_) => None,
        };
        self.rows().into_iter().filter_map(drill).collect()
    }

    /// The faults of channels that operators see.
    fn troubles(&self) -> Vec<String> {
        self.hub.alarms_view().faults.iter().map(|fault| fault.id.to_string()).collect()
    }

    /// What burns at Alertmanager then.
    fn burns(&self, after: Duration) -> Vec<String> {
        let all = self.hub.all_burning(now().plus(after));
        assert!(all.keys().all(|channel| *channel == name("karma")), "who is told once hears nothing again and again");
        all.values().flatten().map(|row| format!("{} {}", row.word(), row.made_at.as_millis())).collect()
    }
}

#[tokio::test]
async fn a_drill_has_the_figures_of_its_week_and_the_next_one_begins_anew() {
    let mut bench = Bench::start(cloud()).await;
    let channels = [("phone", Medium::Ntfy), ("karma", Medium::Alertmanager)];
    bench.hub.options.channels = channels.map(|(text, medium)| (name(text), medium)).into();
    bench.take(results("cloud", lately(), &DOWN)).await;
    let backup_at = now().minus(DAY);
    let counters = Arc::clone(&bench.hub.options.counters);
    counters.backup_at.store(backup_at.as_millis().unsigned_abs(), Ordering::Relaxed);
    let mail = |came_back| Report {
        flow: Flow::default(),
        subscribers: Some(Counts { confirmed: 9, came_back, ..Counts::default() }),
        ..Report::default()
    };
    // The second count is that of a process that was started anew.
    for came_back in [2, 3, 1] {
        bench.hub.take_report(mail(came_back)).await;
    }
    bench.hub.pass_alarms().await;
    assert_eq!(bench.drills(), [], "it is not due");

    bench.hub.telling.checks.age(8 * DAY);
    bench.hub.pass_alarms().await;
    let drills = bench.drills();
    let [(channel, drill)] = drills.as_slice() else { panic!("one, for whom people read: {drills:?}") };
    assert_eq!((channel.as_str(), drill.occasion), ("phone", Occasion::Due));
    assert_eq!((drill.services, drill.locations, drill.incidents), (1, 1, 1));
    assert_eq!((drill.checks, drill.came_back), (3, Some(4)));
    assert!(drill.expected >= drill.checks, "{drill:?}");
    assert_eq!((drill.backup_at.map(Timestamp::as_millis), drill.verified_at), (Some(backup_at.as_millis()), None));

    let next = bench.hub.drill(Occasion::Test, now());
    assert_eq!((next.checks, next.came_back, next.incidents), (0, Some(0), 0));
    bench.hub.pass_alarms().await;
    assert_eq!(bench.drills().len(), 1, "one a week");
}

#[tokio::test]
async fn drills_that_nobody_answers_for_two_weeks_are_a_fault_over_a_restart_too_until_one_is_answered() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let channels = [("amel", Medium::FreeMobile), ("boris", Medium::FreeMobile)];
    let mut bench = Bench::ringing(&channels, Arc::clone(&directory)).await;
    let sent = now().minus(14 * DAY + EVERY);
    for channel in ["amel", "boris"] {
        bench.hub.telling.proofs.drilled(&name(channel), sent, Answers::Expected);
        bench.hub.telling.proofs.delivered(&name(channel), now(), None);
    }
    let answer = |at| Claim { affair: Affair::Drill(at), channel: name("boris") };
    assert_eq!(bench.hub.answer(answer(sent)).await, Ok(()));
    assert_eq!(bench.hub.answer(answer(sent)).await, Err(Unanswered::Over), "it is answered");
    bench.hub.pass_alarms().await;
    assert_eq!(bench.troubles(), ["drill_unanswered.amel"]);
    let told: Vec<_> = bench.rows().iter().map(|row| (row.channel.to_string(), row.subject.to_string())).collect();
    assert_eq!(told, [("boris".to_owned(), "monitor:drill_unanswered:amel".to_owned())], "whom it may reach");

    let Bench { hub, events, directory } = bench;
    let store = hub.store.clone();
    drop((hub, events));
    store.close(Duration::from_secs(30)).await;
    drop(store);
    let mut bench = Bench::ringing(&channels, directory).await;
    bench.hub.pass_alarms().await;
    assert_eq!(bench.troubles(), ["drill_unanswered.amel"], "a restart is no answer");
    let claim = Claim { affair: Affair::Drill(sent), channel: name("amel") };
    assert_eq!(bench.hub.answer(claim).await, Ok(()));
    bench.hub.pass_alarms().await;
    assert_eq!(bench.troubles(), [""; 0]);
    let orders = bench.hub.telling.audit.log().iter().filter(|entry| entry.what == "answer_drill").count();
    assert_eq!(orders, 2);
}

#[tokio::test]
async fn nobody_is_missed_at_a_channel_that_has_no_drills_or_whose_drills_have_no_link() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let channels = [("amel", Medium::FreeMobile), ("bridge", Medium::Webhook)];
    let mut bench = Bench::ringing(&channels, directory).await;
    bench.hub.options.drills.left_out = [name("bridge")].into();
    bench.hub.telling.checks.age(8 * DAY);
    bench.hub.pass_alarms().await;
    let drilled: Vec<_> = bench.drills().into_iter().map(|(channel, _)| channel).collect();
    assert_eq!(drilled, ["amel"], "the bridge is left out");
    let sent = now().minus(15 * DAY);
    for channel in ["amel", "bridge"] {
        bench.hub.telling.proofs.answered(&name(channel), now(), now());
        bench.hub.telling.proofs.drilled(&name(channel), sent, Answers::Expected);
        bench.hub.telling.proofs.delivered(&name(channel), now(), None);
    }
    bench.hub.pass_alarms().await;
    assert_eq!(bench.troubles(), ["drill_unanswered.amel"]);
    bench.hub.options.drills.answers = Answers::Impossible;
    bench.hub.pass_alarms().await;
    assert_eq!(bench.troubles(), [""; 0], "nobody can");
    bench.hub.telling.checks.age(8 * DAY);
    bench.hub.pass_alarms().await;
    let waits = bench.hub.telling.proofs.channels()[&name("amel")].drill.unanswered_since;
    assert_eq!(waits, None, "nor is the next one missed once there is a link");
}

#[tokio::test]
async fn a_channel_that_failed_did_so_since_its_first_refusal() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let mut bench = Bench::ringing(&[("amel", Medium::FreeMobile), ("boris", Medium::FreeMobile)], directory).await;
    let first = now().minus(Duration::from_secs(126));
    for after in [0, 60, 120] {
        bench.hub.telling.proofs.failed(&name("amel"), first.plus(Duration::from_secs(after)), "refused");
    }
    bench.hub.pass_alarms().await;
    bench.hub.telling.proofs.delivered(&name("amel"), now(), None);
    bench.hub.pass_alarms().await;
    let over = bench.rows().into_iter().find_map(|row| {
        let (Kind::Recovered { since, .. } | Kind::WasDown { since, .. }) = row.kind else { return None };
        Some(since)
    });
    assert_eq!(over, Some(first));
}

#[tokio::test]
async fn what_burns_is_posted_alike_until_a_quarter_of_an_hour_after_its_end() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let channels = [("phone", Medium::Ntfy), ("karma", Medium::Alertmanager)];
    let mut bench = Bench::ringing(&channels, Arc::clone(&directory)).await;
    assert_eq!(bench.burns(Duration::ZERO), [""; 0]);
    bench.take(results("cloud", lately(), &DOWN)).await;
    let burning = bench.burns(Duration::ZERO);
    assert!(matches!(burning.as_slice(), [one] if one.starts_with("down ")), "{burning:?}");
    assert_eq!(bench.burns(DAY), burning, "what has not changed is not another message");

    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    let over = bench.burns(Duration::from_secs(840));
    assert!(matches!(over.as_slice(), [one] if one.starts_with("recovered ")), "{over:?}");
    assert_eq!(bench.burns(Duration::from_secs(960)), [""; 0], "it is forgotten");
}

#[tokio::test]
async fn a_maintenance_is_shown_while_it_lasts_and_burns_for_nobody() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let mut bench = Bench::ringing(&[("karma", Medium::Alertmanager)], directory).await;
    let planned = bench.maintain(maintenance::planning(None)).await;
    let burning = bench.burns(Duration::ZERO);
    assert!(matches!(burning.as_slice(), [one] if one.starts_with("maintenance")), "{burning:?}");
    let end =
        crate::maintenance::Command::End { maintenance: planned.id.clone(), version: planned.version, body: None };
    bench.maintain(end).await;
    assert_eq!(bench.burns(Duration::ZERO), [""; 0]);
}

#[tokio::test]
async fn a_fault_of_the_monitor_burns_while_it_lasts() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let mut bench = Bench::ringing(&[("karma", Medium::Alertmanager)], directory).await;
    bench.hub.find([Found::Is(WatchFault::ClockOff { seconds: 600 })]).await;
    assert!(matches!(bench.burns(Duration::ZERO).as_slice(), [one] if one.starts_with("fault ")));
    bench.hub.find([Found::IsNot(FaultKind::ClockOff)]).await;
    assert!(matches!(bench.burns(Duration::ZERO).as_slice(), [one] if one.starts_with("fault_over ")));
}
