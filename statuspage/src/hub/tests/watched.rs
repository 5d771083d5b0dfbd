//! What the dead-man switch is told of probes that ran, did not run, or were not due.

use jiff::tz::TimeZone;
use prober::definition::{CronSchedule, Quarantined, Retired, Unusable};

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn scheduled(component: &str, schedule: Schedule) -> Definition {
    let mut definition = definition(component, &[]);
    if let Some(probe) = definition.probes.first_mut() {
        Arc::make_mut(probe).schedule = schedule;
    }
    definition
}

fn cron(line: &str) -> Schedule {
    Schedule::Cron(Box::new(CronSchedule::new(line, TimeZone::UTC).expect("a cron line")))
}

/// Asks `after` the start, of a component that gave these results.
async fn watched(schedule: Schedule, verdicts: &[Verdict], after: Duration) -> (u64, u64) {
    let mut bench = Bench::start(set([scheduled("cloud", schedule)])).await;
    bench.take(results("cloud", now(), verdicts)).await;
    let (_, input) = bench.hub.present(now().plus(after));
    (input.probes_expected, input.probes_executed)
}

#[tokio::test]
async fn a_probe_must_have_run_once_two_of_its_intervals_have_passed() {
    let every = Schedule::Every(EVERY);
    assert_eq!(watched(every.clone(), &[], Duration::from_secs(60)).await, (0, 0), "a new one is not due");
    assert_eq!(watched(every.clone(), &[], Duration::from_secs(70)).await, (1, 0), "it never ran");
    assert_eq!(watched(every.clone(), &[Verdict::Fail], Duration::from_secs(64)).await, (0, 0), "it is not due");
    assert_eq!(watched(every.clone(), &[Verdict::Fail], Duration::from_secs(70)).await, (1, 0), "it ran once");
    assert_eq!(watched(every, &[Verdict::Unknown], Duration::from_secs(70)).await, (1, 0), "our own fault");
    assert_eq!(watched(cron("0 0 3 * * *"), &[], Duration::from_secs(70)).await, (0, 0), "a nightly one");
    assert_eq!(watched(cron("0 0 3 * * *"), &[], DAY * 3).await, (1, 0), "nights without a result");
}

#[tokio::test]
async fn a_probe_that_rests_at_the_weekend_is_not_missed_then() {
    let office: Timestamp = "2030-11-22T17:59:00Z".parse().expect("a Friday");
    let sunday: Timestamp = "2030-11-24T12:00:00Z".parse().expect("a Sunday");
    let mut bench = Bench::start(set([scheduled("cloud", cron("0 * 9-17 * * Mon-Fri"))])).await;
    bench.hub.started = office.minus(DAY);
    bench.hub.take_definitions(office.minus(DAY)).await;
    bench.hub.judge(Arc::new(result("cloud", office, Verdict::Pass)), None, office.plus(TOOK));
    let (_, input) = bench.hub.present(sunday);
    assert_eq!((input.probes_expected, input.probes_executed), (1, 1));
    assert!(input.longest_silence * 2 >= sunday.since(office));
}

#[tokio::test]
async fn a_clock_set_back_does_not_make_probes_undue() {
    let mut bench = Bench::start(cloud()).await;
    bench.hub.started = now().plus(DAY);
    bench.hub.tick(now());
    let (_, input) = bench.hub.present(now().plus(Duration::from_secs(70)));
    assert_eq!(input.probes_expected, 1);
}

#[tokio::test]
async fn a_bad_file_is_counted_and_its_last_good_version_still_expected() {
    let mut bench = Bench::start(cloud()).await;
    let bad = Quarantined {
        what: Unusable::File,
        file: "cloud.toml".to_owned(),
        kept: Some(id("cloud")),
        report: String::new(),
    };
    bench.define(Arc::new(DefinitionSet { quarantined: vec![bad], ..DefinitionSet::clone(&cloud()) })).await;
    let (_, input) = bench.hub.present(now().plus(Duration::from_secs(70)));
    assert_eq!((input.probes_expected, input.quarantined), (1, 1));
    assert!(input.quarantined_since.is_some());
}

#[tokio::test]
async fn a_lost_directory_is_told_within_a_minute_and_many_removed_files_at_once_and_neither_is_a_rejected_file() {
    let mut bench = Bench::start(cloud()).await;
    let directory =
        Quarantined { what: Unusable::Directory, file: "/probes.d".to_owned(), kept: None, report: String::new() };
    let lost = DefinitionSet { quarantined: vec![directory], ..DefinitionSet::clone(&cloud()) };
    bench.define(Arc::new(lost)).await;
    let (began, instant) = (now(), Instant::now());
    bench.hub.present(began);
    bench.hub.oversee(began.plus(Duration::from_secs(20)), instant).await;
    assert_eq!(bench.told(), [""; 0], "it may be about to be filled");
    bench.hub.oversee(began.plus(Duration::from_secs(601)), instant).await;
    bench.deliver().await;
    assert_eq!(bench.told(), ["monitor:definitions_gone fault"]);
    let thinned = DefinitionSet { retired: Some(Retired { components: 10, of: 11 }), ..DefinitionSet::clone(&cloud()) };
    bench.define(Arc::new(thinned)).await;
    bench.hub.present(now());
    bench.hub.oversee(now(), instant).await;
    let all = ["monitor:definitions_gone fault", "monitor:definitions_gone fault_over", "monitor:many_retired fault"];
    assert_eq!(bench.told(), all);
    let (_, input) = bench.hub.present(now().plus(DAY));
    assert_eq!(input.quarantined, 0, "what was meant keeps no switch silent");
}
