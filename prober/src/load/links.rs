//! What definitions say of each other: dependencies and former ids.
//!
//! It does not know anything else of a definition.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use shared::ComponentId;

use super::{
    file::Candidate,
    report::{Mistake, quoted},
    suggest,
};

/// The ids that a file mentions, with their places.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    pub(super) depends_on: Vec<(ComponentId, Range<usize>)>,
    pub(super) formerly: Vec<(ComponentId, Range<usize>)>,
}

/// Reports dependencies on nothing, on itself and in a circle, and former ids that are taken.
pub(super) fn check(files: &mut [Candidate]) {
    let known: BTreeSet<ComponentId> = files.iter().filter_map(|file| file.id.clone()).collect();
    let circular = circular(files);
    let mut claims: BTreeMap<ComponentId, Vec<String>> = BTreeMap::new();
    for file in &*files {
        let former: BTreeSet<&ComponentId> = file.links.formerly.iter().map(|(id, _)| id).collect();
        for id in former {
            claims.entry(id.clone()).or_default().push(file.report.path.clone());
        }
    }
    for file in files {
        let Some(id) = file.id.clone() else { continue };
        let dependencies =
            file.links.depends_on.iter().filter_map(|(on, span)| dependency(&id, on, span, &known, &circular));
        let former =
            file.links.formerly.iter().filter_map(|(was, span)| former(&file.report.path, was, span, &known, &claims));
        let mistakes: Vec<Mistake> = dependencies.chain(former).collect();
        mistakes.into_iter().for_each(|mistake| file.report(mistake));
    }
}

fn dependency(
    id: &ComponentId,
    on: &ComponentId,
    span: &Range<usize>,
    known: &BTreeSet<ComponentId>,
    circular: &BTreeMap<ComponentId, BTreeMap<ComponentId, Vec<ComponentId>>>,
) -> Option<Mistake> {
    if on == id {
        return Some(
            Mistake::error(format!("{} depends on itself", quoted(id.as_str()))).at(span.clone()).help("leave it out"),
        );
    }
    if !known.contains(on) {
        let mistake = Mistake::error(format!("there is no component {}", quoted(on.as_str()))).at(span.clone());
        return Some(match suggest::nearest(on.as_str(), known.iter().map(ComponentId::as_str)) {
            Some(nearest) => mistake.help(format!("did you mean `{nearest}`?")),
            None => mistake.help(format!("a component is a file beside this one: {on}.toml")),
        });
    }
    let way = circular.get(id)?.get(on)?;
    let way: Vec<String> = way.iter().map(|id| format!("`{id}`")).collect();
    Some(
        Mistake::error(format!("`{id}` depends on itself through {}", way.join(" and ")))
            .at(span.clone())
            .help("a failure must have a beginning: leave one of these dependencies out"),
    )
}

fn former(
    path: &str,
    was: &ComponentId,
    span: &Range<usize>,
    known: &BTreeSet<ComponentId>,
    claims: &BTreeMap<ComponentId, Vec<String>>,
) -> Option<Mistake> {
    if known.contains(was) {
        return Some(
            Mistake::error(format!("`{was}` is still the id of a component"))
                .at(span.clone())
                .help(format!("remove {was}.toml, or leave `{was}` out of `formerly`")),
        );
    }
    let other = claims.get(was)?.iter().find(|other| *other != path)?;
    Some(
        Mistake::error(format!("two components say that they were formerly `{was}`"))
            .at(span.clone())
            .help(format!("only one can keep its history; the other is {other}")),
    )
}

/// For each component in a circle and each of its dependencies that lead back: the way, from the dependency on.
fn circular(files: &[Candidate]) -> BTreeMap<ComponentId, BTreeMap<ComponentId, Vec<ComponentId>>> {
    let mut graph: BTreeMap<&ComponentId, BTreeSet<&ComponentId>> = files
        .iter()
        .filter_map(|file| Some((file.id.as_ref()?, file.links.depends_on.iter().map(|(on, _)| on).collect())))
        .collect();
    // Whoever depends on nothing that is left is in no circle; taking those away leaves little to search.
    loop {
        let left: BTreeSet<&ComponentId> = graph.keys().copied().collect();
        let before = graph.len();
        graph.retain(|_, on| {
            on.retain(|id| left.contains(id));
            !on.is_empty()
        });
        if graph.len() == before {
            break;
        }
    }
    let ways = |id: &ComponentId| {
        let on = graph[id].iter().filter(|on| **on != id);
        on.filter_map(|on| Some(((*on).clone(), way_back(&graph, on, id)?))).collect()
    };
    graph.keys().map(|id| ((*id).clone(), ways(id))).collect()
}

/// The shortest way from `start` to `end`, without `end`.
fn way_back(
    graph: &BTreeMap<&ComponentId, BTreeSet<&ComponentId>>,
    start: &ComponentId,
    end: &ComponentId,
) -> Option<Vec<ComponentId>> {
    let mut ways = vec![vec![start.clone()]];
    let mut seen = BTreeSet::from([start.clone()]);
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let next = way.last().and_then(|last| graph.get(last)).into_iter().flatten().copied();
            for id in next {
                if id == end {
                    return Some(way);
                }
                if seen.insert(id.clone()) {
                    longer.push([way.clone(), vec![id.clone()]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}
