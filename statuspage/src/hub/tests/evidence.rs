//! What was met in a first failure: kept with its incident over restarts, and nowhere else.

use super::*;
use shared::Exhibit;

/// A failure with a head that names its number.
fn met(number: u64) -> Observation {
    let mut seen = result("cloud", lately().plus(Duration::from_secs(number)), Verdict::Fail);
    let exhibit = Exhibit { head: vec![format!("x-canary: {number}")], ..Exhibit::default() };
    seen.failure = seen.failure.map(|failure| Failure { exhibit: Some(Box::new(exhibit)), ..failure });
    seen
}

/// The heads that the only incident shows.
fn heads(bench: &mut Bench) -> Vec<String> {
    let incidents = bench.snapshot().incidents;
    let pieces = incidents.first().expect("an incident").evidence.pieces();
    let exhibits = pieces.iter().filter_map(|(_, seen)| seen.failure.as_ref()?.exhibit.as_ref());
    exhibits.flat_map(|exhibit| exhibit.head.clone()).collect()
}

#[tokio::test]
async fn the_first_failure_of_an_outage_stays_with_its_incident_over_a_restart() {
    let mut bench = Bench::start(cloud()).await;
    bench.take((0..5).map(met).collect()).await;
    assert_eq!(heads(&mut bench), ["x-canary: 0"]);
    let mut bench = bench.killed(cloud()).await;
    bench.take((5..7).map(met).collect()).await;
    assert_eq!(heads(&mut bench), ["x-canary: 0"]);
}

#[tokio::test]
async fn a_row_of_failures_that_ended_is_not_the_first_of_the_next() {
    let mut bench = Bench::start(cloud()).await;
    let works = result("cloud", lately().plus(Duration::from_secs(1)), Verdict::Pass);
    bench.take([vec![met(0), works], (2..5).map(met).collect()].concat()).await;
    assert_eq!(heads(&mut bench), ["x-canary: 2"]);
}

#[tokio::test]
async fn neither_the_present_nor_a_message_holds_what_was_met() {
    let mut bench = Bench::start(cloud()).await;
    bench.take((0..5).map(met).collect()).await;
    bench.hub.write_checkpoint(now()).await;
    let last = bench.component("cloud").probes[0].locations.values().next().and_then(|at| at.last.clone());
    assert_eq!(last.and_then(|last| last.failure.clone()).and_then(|failure| failure.exhibit), None);
    assert!(bench.rows().iter().all(|row| !format!("{row:?}").contains("x-canary")));
}
