//! `prober once`: probes now and shows each result, as a waterfall or as a line of JSON.
//!
//! It does not know how a probe is made.

mod waterfall;

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context as _;
use futures_util::{StreamExt as _, stream};
use shared::{ComponentId, LocationName, Observation, Verdict};

use waterfall::waterfall;

use super::{Outcome, Terminal, WatchArguments, check};
use crate::{
    definition::{Definition, ProbeDefinition},
    load::{load, nearest},
    network::Network,
    probe::{Attempt, execute},
};

/// That many probes run at the same time.
const AT_ONCE: usize = 64;

/// How results are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Waterfall,
    Json,
}

pub(super) fn run(
    watch: &WatchArguments,
    ids: &[String],
    format: Format,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<Outcome> {
    let loaded = load(&watch.probes, &WatchArguments::load_options())?;
    let report = loaded.render(terminal.err_style);
    if !report.is_empty() {
        terminal.complain(&format!("{report}\n"));
    }
    if loaded.errors() > 0 {
        terminal.complain(&check::summary(&watch.probes, &loaded));
        return Ok(Outcome::CouldNot);
    }
    if loaded.files.is_empty() && ids.is_empty() {
        terminal.complain(&check::summary(&watch.probes, &loaded));
        return Ok(Outcome::Fine);
    }
    let probes = select(&loaded.definitions, ids).map_err(anyhow::Error::msg)?;
    let (asked, sent): (Vec<_>, Vec<_>) = probes.into_iter().partition(|probe| probe.check.heartbeat().is_none());
    for probe in sent {
        terminal.complain(&format!("{} is a sign of life that is sent: nothing is asked", probe.id));
    }
    let probes = asked;
    let network = Network::new(&watch.network_options())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(probe_all(probes, &network, format, terminal))
}

/// Probes all of them, some at the same time, and shows the results in the order of the definitions.
async fn probe_all(
    probes: Vec<Arc<ProbeDefinition>>,
    network: &Network,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<Outcome> {
    let location: LocationName = "local".parse().expect("it is a name");
    let several = probes.len() > 1;
    let executions = stream::iter(&probes).map(|probe| execute(probe, &location, network, Attempt::Scheduled));
    let mut observations = executions.buffered(AT_ONCE);
    let mut verdicts = Verdicts::default();
    while let Some(observation) = observations.next().await {
        verdicts.count(&observation);
        terminal.say(&match format {
            Format::Json => serde_json::to_string(&observation)?,
            Format::Waterfall => waterfall(&observation, terminal.width),
        })?;
    }
    if several && format == Format::Waterfall {
        terminal.say(&verdicts.summary())?;
    }
    Ok(verdicts.outcome())
}

/// How many results of each verdict there are.
#[derive(Debug, Default)]
struct Verdicts(BTreeMap<&'static str, usize>);

impl Verdicts {
    fn count(&mut self, observation: &Observation) {
        *self.0.entry(observation.verdict.word()).or_default() += 1;
    }

    fn summary(&self) -> String {
        let counts = Verdict::ALL.map(Verdict::word);
        let counts = counts.iter().filter_map(|word| self.0.get(word).map(|count| format!("{count} {word}")));
        counts.collect::<Vec<_>>().join(", ")
    }

    fn outcome(&self) -> Outcome {
        let bad = [Verdict::Fail, Verdict::Unknown].iter().any(|verdict| self.0.contains_key(verdict.word()));
        if bad { Outcome::Found } else { Outcome::Fine }
    }
}

/// The probes that the ids mean, each once, in the order of the definitions; all of them where there is no id. The error names the id
/// that means nothing, and one that is near.
fn select(
    definitions: &BTreeMap<ComponentId, Arc<Definition>>,
    ids: &[String],
) -> Result<Vec<Arc<ProbeDefinition>>, String> {
    let all = || definitions.values().flat_map(|definition| &definition.probes);
    let means = |id: &str, probe: &ProbeDefinition| probe.id.component.as_str() == id || probe.id.to_string() == id;
    for id in ids {
        if !all().any(|probe| means(id, probe)) {
            let probes: Vec<String> = all().map(|probe| probe.id.to_string()).collect();
            let known = definitions.keys().map(ComponentId::as_str).chain(probes.iter().map(String::as_str));
            let hint = match nearest(id, known) {
                Some(nearest) => format!("did you mean {nearest}?"),
                None if definitions.is_empty() => check::FIRST_FILE.to_owned(),
                None => format!("the components are {}", listed(definitions)),
            };
            return Err(format!("there is no component or probe {id:?}; {hint}"));
        }
    }
    Ok(all().filter(|probe| ids.is_empty() || ids.iter().any(|id| means(id, probe))).cloned().collect())
}

fn listed(definitions: &BTreeMap<ComponentId, Arc<Definition>>) -> String {
    const SHOWN: usize = 20;
    let names: Vec<&str> = definitions.keys().take(SHOWN).map(ComponentId::as_str).collect();
    let more = if definitions.len() > SHOWN { " …" } else { "" };
    format!("{}{more}", names.join(", "))
}
