//! Canaries asked by real probes.

use shared::Failure;

use super::*;
use crate::{
    network::{Network, NetworkOptions, PrivateTargets},
    probe::{Attempt, execute},
};

async fn asked(canary: Canary, private_targets: PrivateTargets) -> Observation {
    let cage = Cage::open().await.expect("a port");
    let canaries = definition(Some(cage.address())).expect("a definition");
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
    tasks.spawn(cage.run(stop.clone()));
    let network = Network::new(&NetworkOptions { private_targets, ..NetworkOptions::default() }).expect("a network");
    let probe = canaries.probes.iter().find(|probe| probe.id.name.as_str() == canary.word()).expect("its probe");
    let place = "here".parse().expect("a name");
    execute(probe, &place, &network.to_ourselves(), Attempt::Scheduled).await
}

#[tokio::test]
async fn each_is_found_as_it_must_be_even_where_private_addresses_are_refused() {
    for canary in Canary::ALL {
        let observation = asked(canary, PrivateTargets::Deny).await;
        assert_eq!(Canary::of(&observation), Some(canary));
        assert!(canary.is_as_expected(&observation), "{observation:?}");
    }
}

#[tokio::test]
async fn anything_else_is_not_as_expected() {
    let working = asked(Canary::Working, PrivateTargets::Allow).await;
    assert!(!Canary::Failing.is_as_expected(&working) && !Canary::Slow.is_as_expected(&working));
    let ours = Observation {
        verdict: Verdict::Unknown,
        failure: Some(Failure::new(FailureKind::ProberFault, "no network")),
        http: None,
        ..working
    };
    assert!(Canary::ALL.iter().all(|canary| !canary.is_as_expected(&ours)));
}
