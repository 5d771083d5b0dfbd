//! Random days thrown at the engine and the book together: what was injected is known, so what they find can be held against it.
//!
//! A day has twelve faults, results that are lost, late and doubled, restarts, clocks that are set, maintenance and operators. It does
//! not know the store, channels or pages. `BELFRY_TEST_SCALE` multiplies the number of days.

mod checker;
mod day;
mod dice;
mod fault;
mod life;
mod meddling;
mod orders;
mod sabotage;
mod stage;
mod tally;

use std::collections::BTreeMap;

use checker::{Breach, check, compare};
use day::Day;
use life::{Life, Lived, Restarts};
use meddling::Meddling;
use tally::Tally;

use super::Origin;

/// So many days at scale 1.
const DAYS: u64 = 40;

#[test]
fn random_days_are_told_as_they_were() {
    let scale: u64 = std::env::var("BELFRY_TEST_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1);
    let mut tally = Tally::default();
    let mut breaches = Vec::new();
    for seed in 0..DAYS * scale {
        let day = Day::random(seed, &mut tally);
        let lived = Life::new(&day, Restarts::AsTheyCome, Meddling::Nothing).live();
        let without = Life::new(&day, Restarts::Never, Meddling::Nothing).live();
        breaches.extend(check(&day, &lived).into_iter().chain(compare(&day, &lived, &without)));
        count(&day, &lived, &mut tally);
    }
    println!("{tally}");
    let mut first = BTreeMap::new();
    for Breach { rule, about } in &breaches {
        first.entry(rule).or_insert((0, about)).0 += 1;
    }
    assert!(breaches.is_empty(), "promises broken, how often, and where first: {first:#?}");
}

fn count(day: &Day, lived: &Lived, tally: &mut Tally) {
    tally.causes += day.causes().len() as u64;
    let measured = lived.incidents.iter().filter(|incident| incident.origin == Origin::Measured).count() as u64;
    tally.measured += measured;
    tally.declared += lived.incidents.len() as u64 - measured;
    tally.messages += lived.news.len() as u64;
    lived.orders.iter().for_each(|demand| *tally.orders.entry(demand.word()).or_default() += 1);
    for cause in day.causes() {
        let named = |(_, component): &&(i64, shared::ComponentId)| cause.components.contains(&component.as_str());
        let first = lived.outages.iter().filter(named).map(|(second, _)| second - cause.from).find(|took| *took >= 0);
        tally.slowest = tally.slowest.max(first.unwrap_or_default());
    }
}
