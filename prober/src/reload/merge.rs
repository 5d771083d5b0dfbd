//! What follows from a look at the directory: the old set and what was found make the new one.
//!
//! It reads no file and no clock.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use shared::ComponentId;

use crate::{
    definition::{Definition, DefinitionSet, Quarantined, Retired, Unusable},
    load::{CannotLook, FileReport, Loaded, Outcome, Style},
};

/// That many components retired at once is told loudly, when they are also a fifth of all.
const MANY: usize = 10;

/// A new set, and in what it differs from the one before.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    /// Complete.
    pub set: DefinitionSet,
    /// At least one.
    pub changes: Vec<Change>,
}

/// One difference between two sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A component that was not there.
    Added(ComponentId),
    /// A component whose definition says something else.
    Changed(ComponentId),
    /// A component whose file is gone.
    Retired(ComponentId),
    /// A component that is gone and one that is new ask the same: without `formerly` the history is split.
    Split {
        /// The id that is gone.
        gone: ComponentId,
        /// The id that is new.
        new: ComponentId,
    },
    /// A file, or the directory, that cannot be used as it stands.
    Quarantined(Quarantined),
    /// What was quarantined and no longer is.
    Released(String),
    /// Many components are gone together.
    Thinned(Retired),
}

/// The new set, or nothing where nothing changed.
///
/// A definition that says the same as before stays the same `Arc`, and so does each probe that says the same inside of one that
/// changed. A file with mistakes keeps its last good version. A directory that cannot be looked at, or that has lost every file at
/// once, keeps the whole old set: an unmounted volume looks like that.
pub(super) fn merge(old: &DefinitionSet, directory: &Path, found: Result<&Loaded, CannotLook>) -> Option<Merged> {
    let (definitions, quarantined) = match found {
        Err(error) => (old.definitions.clone(), kept_for(old, directory, &format!("error: {error}"))),
        Ok(loaded) if loaded.files.is_empty() && !old.definitions.is_empty() => {
            (old.definitions.clone(), kept_for(old, directory, &everything_gone(directory, old.definitions.len())))
        }
        Ok(loaded) => (definitions(old, loaded), quarantined(old, loaded)),
    };
    let changes: Vec<Change> = differences(old, &definitions).collect();
    let gone = changes.iter().filter(|change| matches!(change, Change::Retired(_))).count();
    let retired = Retired { components: gone, of: old.definitions.len() };
    let retired = (gone >= MANY && gone * 5 >= retired.of).then_some(retired);
    let split: Vec<Change> = split(old, &definitions, &changes).collect();
    let thinned = retired.map(Change::Thinned);
    let changes: Vec<Change> =
        changes.into_iter().chain(split).chain(thinned).chain(quarantine(old, &quarantined)).collect();
    let set = DefinitionSet { definitions, quarantined, retired, generation: old.generation + 1 };
    (!changes.is_empty()).then_some(Merged { set, changes })
}

/// Those that were found, and the last good versions of those whose file cannot be used now.
fn definitions(old: &DefinitionSet, loaded: &Loaded) -> BTreeMap<ComponentId, Arc<Definition>> {
    let found = loaded.definitions.iter().map(|(id, new)| (id.clone(), same_or_new(old.definitions.get(id), new)));
    let kept = loaded.files.iter().filter(|file| file.outcome != Outcome::Used).filter_map(|file| last_good(old, file));
    kept.map(|definition| (definition.id.clone(), definition)).chain(found).collect()
}

fn last_good(old: &DefinitionSet, file: &FileReport) -> Option<Arc<Definition>> {
    old.definitions.get(&file.stem.parse().ok()?).cloned()
}

fn same_or_new(old: Option<&Arc<Definition>>, new: &Arc<Definition>) -> Arc<Definition> {
    let Some(old) = old else { return new.clone() };
    if old == new {
        return old.clone();
    }
    let probe = |new| old.probes.iter().find(|old| *old == new).unwrap_or(new).clone();
    Arc::new(Definition { probes: new.probes.iter().map(probe).collect(), ..Definition::clone(new) })
}

/// Files with mistakes; and those that are skipped although there was a definition in their place.
fn quarantined(old: &DefinitionSet, loaded: &Loaded) -> Vec<Quarantined> {
    let entry = |file: &FileReport| {
        let kept = last_good(old, file).map(|definition| definition.id.clone());
        let unusable = match file.outcome {
            Outcome::Used => false,
            Outcome::Rejected => true,
            Outcome::Skipped => kept.is_some(),
        };
        unusable.then(|| Quarantined {
            what: Unusable::File,
            file: name(file),
            kept,
            report: file.render(Style::Plain),
        })
    };
    loaded.files.iter().filter_map(entry).collect()
}

fn name(file: &FileReport) -> String {
    format!("{}.toml", file.stem)
}

fn directory_entry(directory: &Path, report: String) -> Quarantined {
    Quarantined { what: Unusable::Directory, file: directory.display().to_string(), kept: None, report }
}

/// The files that were quarantined before, and the directory with a reason.
fn kept_for(old: &DefinitionSet, directory: &Path, report: &str) -> Vec<Quarantined> {
    let entry = directory_entry(directory, report.to_owned());
    let files = old.quarantined.iter().filter(|old| old.file != entry.file).cloned();
    files.chain([entry.clone()]).collect()
}

fn everything_gone(directory: &Path, count: usize) -> String {
    format!(
        "error: every definition file in {} is gone\n = note: all {count} components go on as they were: an unmounted volume \
         looks like this\n = help: to watch nothing any more, stop the prober; to begin anew, restart it",
        directory.display()
    )
}

fn differences<'a>(
    old: &'a DefinitionSet,
    new: &'a BTreeMap<ComponentId, Arc<Definition>>,
) -> impl Iterator<Item = Change> + 'a {
    let ids: BTreeSet<&ComponentId> = old.definitions.keys().chain(new.keys()).collect();
    ids.into_iter().filter_map(|id| match (old.definitions.get(id), new.get(id)) {
        (Some(old), Some(new)) => (!Arc::ptr_eq(old, new)).then(|| Change::Changed(id.clone())),
        (None, Some(_)) => Some(Change::Added(id.clone())),
        (Some(_), None) => Some(Change::Retired(id.clone())),
        (None, None) => None,
    })
}

/// Pairs of a component that is gone and one that is new which ask exactly the same.
fn split<'a>(
    old: &'a DefinitionSet,
    definitions: &'a BTreeMap<ComponentId, Arc<Definition>>,
    changes: &'a [Change],
) -> impl Iterator<Item = Change> + 'a {
    let checks =
        |definition: &Definition| definition.probes.iter().map(|probe| probe.check.clone()).collect::<Vec<_>>();
    let gone = changes
        .iter()
        .filter_map(|change| if let Change::Retired(id) = change { old.definitions.get(id) } else { None });
    let gone: Vec<_> = gone.map(|definition| (&definition.id, checks(definition))).collect();
    let new =
        changes.iter().filter_map(|change| if let Change::Added(id) = change { definitions.get(id) } else { None });
    new.filter_map(move |definition| {
        let asked = checks(definition);
        let (id, _) = gone.iter().find(|(_, checks)| *checks == asked)?;
        let told = definition.formerly.contains(id);
        (!told).then(|| Change::Split { gone: (*id).clone(), new: definition.id.clone() })
    })
}

fn quarantine(old: &DefinitionSet, new: &[Quarantined]) -> Vec<Change> {
    let entered = new.iter().filter(|entry| !old.quarantined.contains(entry)).cloned().map(Change::Quarantined);
    let left = old.quarantined.iter().filter(|entry| !new.iter().any(|new| new.file == entry.file));
    entered.chain(left.map(|entry| Change::Released(entry.file.clone()))).collect()
}
