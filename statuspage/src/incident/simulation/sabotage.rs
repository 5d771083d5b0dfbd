//! Every rule of the checker is shown to notice what breaks it.
//!
//! It does not know what holds without meddling: that is what random days are for.

use super::{
    checker::{Rule, check, compare},
    day::Day,
    fault::What,
    life::{Life, Restarts},
    meddling::Meddling,
};

#[test]
fn every_rule_notices_what_breaks_it() {
    use Meddling::*;
    let table = [
        (What::AllBlind, OwnFaultIsFailure, Rule::NothingInvented),
        (What::Single, FailureIsSuccess, Rule::NothingMissed),
        (What::Backlog, LateIsFresh, Rule::OneCauseOneIncident),
        (What::Maintained, NoMaintenance, Rule::MaintenanceIsQuiet),
        (What::Single, GapInReplay, Rule::ReplayIsLive),
        (What::Address, NothingInCommon, Rule::OneCauseOneIncident),
        (What::Twins, NoDistance, Rule::CausesApart),
        (What::Address, OneIsForgotten, Rule::NobodyForgotten),
        (What::Single, NothingRecovers, Rule::EverythingEnds),
        (What::Single, RecordsStayOld, Rule::ToldOnce),
        (What::Single, RecordsStayOld, Rule::RestartChangesNothing),
        (What::Single, RecordsStayOld, Rule::VersionsGrow),
        (What::Single, NoVersions, Rule::OrdersObeyed),
        (What::Single, NothingReopens, Rule::NobodyAbandoned),
        (What::Single, ToldTwice, Rule::ToldOnce),
        (What::Single, NotTold, Rule::ToldOnce),
        (What::Single, EndsBeforeItBegins, Rule::TimesInOrder),
        (What::Single, UpdatesShuffled, Rule::TimesInOrder),
    ];
    for (what, meddling, rule) in table {
        // What needs a restart or an order at the right moment may take more than a day.
        let noticed = (0..12).any(|seed| breaks(&Day::with(what, seed), meddling).contains(&rule));
        assert!(noticed, "{meddling:?} amid {what:?}: {rule:?}");
    }
}

fn breaks(day: &Day, meddling: Meddling) -> Vec<Rule> {
    let with = Life::new(day, Restarts::AsTheyCome, meddling).live();
    let without = Life::new(day, Restarts::Never, meddling).live();
    let breaches = check(day, &with).into_iter().chain(compare(day, &with, &without));
    breaches.map(|breach| breach.rule).collect()
}
