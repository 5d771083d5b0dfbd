//! What the settings name that no definition has.
//!
//! It does not know what is wrong with either of them for themselves.

use prober::load;

use super::made::load_options;
use crate::{hub, maintenance::Plan, order::Names, settings::Settings};

/// What maintenance in the settings names that no definition has, a sentence each; nothing where the definitions cannot be read,
/// which `prober check` says.
pub fn strangers(settings: &Settings) -> Vec<String> {
    let Ok(loaded) = load::load(&settings.probes, &load_options(settings)) else { return Vec::new() };
    let names: Names = loaded.definitions.values().map(|definition| hub::known(definition)).collect();
    let language = settings.site().default_language();
    let of_plan = |plan: &Plan| {
        let title = plan.title.get(language).to_owned();
        let sentence = move |stranger| format!("[[maintenance]] {title:?}: nobody watches {stranger}");
        names.strangers(&plan.scope).into_iter().map(sentence).collect::<Vec<_>>()
    };
    settings.maintenance.iter().flat_map(of_plan).collect()
}
