//! What is watched, as the book needs it: names, groups, and what depends on what.
//!
//! It does not know probes nor how anything does.

use std::collections::{BTreeMap, BTreeSet};

use shared::{ComponentId, Text};

/// Everything that is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Landscape {
    components: BTreeMap<ComponentId, Landmark>,
}

/// One component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landmark {
    /// What readers call it.
    pub name: Text,
    /// The group it stands under.
    pub group: Option<Text>,
    /// What it cannot work without.
    pub depends_on: Vec<ComponentId>,
    /// What it was called before.
    pub formerly: Vec<ComponentId>,
}

impl FromIterator<(ComponentId, Landmark)> for Landscape {
    fn from_iter<I: IntoIterator<Item = (ComponentId, Landmark)>>(components: I) -> Self {
        Self { components: components.into_iter().collect() }
    }
}

impl Landscape {
    /// One component; none when it is not watched (any more).
    pub fn get(&self, id: &ComponentId) -> Option<&Landmark> {
        self.components.get(id)
    }

    /// Whether it is watched.
    pub fn contains(&self, id: &ComponentId) -> bool {
        self.components.contains_key(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.components.len()
    }

    /// Whether nothing is watched.
    pub fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    /// The component itself and all that it depends on, directly or not; each once, even where they depend on each other in a
    /// circle.
    pub fn roots<'a>(&'a self, id: &'a ComponentId) -> BTreeSet<&'a ComponentId> {
        let mut roots = BTreeSet::from([id]);
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            let dependencies = self.components.get(id).map(|landmark| landmark.depends_on.as_slice());
            next.extend(dependencies.unwrap_or_default().iter().filter(|dependency| roots.insert(dependency)));
        }
        roots
    }

    /// Former names with the present ones; a name that is in use is nobody's former one.
    pub fn renamed(&self) -> impl Iterator<Item = (&ComponentId, &ComponentId)> {
        self.components
            .iter()
            .flat_map(|(id, landmark)| landmark.formerly.iter().map(move |former| (former, id)))
            .filter(|(former, _)| !self.components.contains_key(*former))
    }
}
