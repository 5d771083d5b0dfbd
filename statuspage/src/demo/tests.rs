//! What the stage gives to the product.

use jiff::tz::TimeZone;
use prober::load::{LoadOptions, Variables, load};

use super::*;
use crate::settings::Settings;

async fn stage(stop: &CancellationToken) -> Stage {
    Stage::start(stop.clone()).await.expect("it starts")
}

#[tokio::test]
async fn its_definitions_and_settings_have_no_mistake() {
    let stop = CancellationToken::new();
    let stage = stage(&stop).await;
    let loaded = load(&stage.probes(), &LoadOptions::from_environment(TimeZone::UTC)).expect("it can be read");
    assert_eq!((loaded.errors(), loaded.warnings()), (0, 0), "{loaded}");
    assert_eq!(loaded.definitions.len(), 6);
    let listen = "127.0.0.1:0".parse().expect("an address");
    let settings = Settings::load(stage.given(listen), &Variables::default()).expect("sound");
    assert_eq!(settings.probes, stage.probes());
    assert_eq!(settings.warnings, "");
}

#[tokio::test]
async fn it_leaves_nothing_behind() {
    let stop = CancellationToken::new();
    let stage = stage(&stop).await;
    let probes = stage.probes();
    assert!(probes.exists());
    stop.cancel();
    tokio::time::timeout(std::time::Duration::from_secs(60), stage.finish()).await.expect("it ends");
    assert!(!probes.exists());
}

#[tokio::test]
async fn every_service_answers_its_probe_and_only_the_certificate_asks_for_attention() {
    let stop = CancellationToken::new();
    let stage = stage(&stop).await;
    let options = prober::NetworkOptions { ca_file: Some(stage.ca_file()), ..prober::NetworkOptions::default() };
    let network = prober::Network::new(&options).expect("a network");
    let loaded = load(&stage.probes(), &LoadOptions::from_environment(TimeZone::UTC)).expect("it can be read");
    for probe in loaded.definitions.values().flat_map(|definition| &definition.probes) {
        let at = "local".parse().expect("a name");
        let observation = prober::execute(probe, &at, &network, prober::Attempt::Scheduled).await;
        let expected =
            if probe.id.component.as_str() == "vault" { shared::Verdict::Warn } else { shared::Verdict::Pass };
        assert_eq!(observation.verdict, expected, "{observation:?}");
    }
}
