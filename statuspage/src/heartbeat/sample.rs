//! A component that is watched by signs of life, for tests.
//!
//! It does not know what they look at.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use prober::definition::{
    Check, Definition, DefinitionSet, HeartbeatCheck, ProbeDefinition, Schedule, Secret, ValueLimits,
};
use shared::Thresholds;

/// `vm`, with one heartbeat `vm/disk` that has a grace of a minute.
pub(crate) fn watched(
    token: &str,
    schedule: Schedule,
    values: impl IntoIterator<Item = (String, ValueLimits)>,
) -> DefinitionSet {
    let check = HeartbeatCheck { token: Secret::new(token), values: values.into_iter().collect() };
    let probe = ProbeDefinition {
        id: "vm/disk".parse().expect("an id"),
        schedule,
        timeout: Duration::from_secs(60),
        thresholds: Thresholds { fall: 1, rise: 1 },
        check: Check::Heartbeat(check),
    };
    let definition = Definition::new("vm".parse().expect("an id"), "VM", vec![Arc::new(probe)]);
    DefinitionSet { definitions: BTreeMap::from([(definition.id.clone(), Arc::new(definition))]), ..Default::default() }
}
