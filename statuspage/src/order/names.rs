//! Which components and groups there are, by all their names, and which one was probably meant by a name that there is not.
//!
//! It does not know what is asked of them.

use std::{collections::BTreeSet, fmt};

use shared::{ComponentId, Language, Text};

use crate::maintenance::Scope;

/// A component or a group that there is not, and which one was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// As it was named.
    pub name: String,
    /// What it should probably be named.
    pub meant: Option<String>,
}

impl Stranger {
    /// Nothing resembles it, as far as is known.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), meant: None }
    }

    /// `: did you mean "cloud"?`, or nothing.
    pub fn hint(&self) -> String {
        self.meant.as_ref().map(|meant| format!(": did you mean {meant:?}?")).unwrap_or_default()
    }
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{}", self.name, self.hint())
    }
}

/// A component by all its names.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its id.
    pub id: &'a ComponentId,
    /// Its former ids.
    pub formerly: &'a [ComponentId],
    /// What readers call it.
    pub name: &'a Text,
    /// The group it stands under.
    pub group: Option<&'a Text>,
}

/// All components and groups.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Every id of a component, present and former.
    ids: BTreeSet<ComponentId>,
    /// Every way to name a component, in small letters, with its id.
    components: Vec<(String, ComponentId)>,
    /// Every name of a group, in every language.
    groups: Vec<String>,
}

impl<'a> FromIterator<Known<'a>> for Names {
    fn from_iter<I: IntoIterator<Item = Known<'a>>>(components: I) -> Self {
        let mut names = Self::default();
        for Known { id, formerly, name, group } in components {
            let words = Language::ALL.map(|language| name.get(language).to_lowercase());
            let ids = std::iter::once(id).chain(formerly);
            names.ids.extend(ids.clone().cloned());
            names.components.extend(ids.map(ToString::to_string).chain(words).map(|word| (word, id.clone())));
            names.groups.extend(group.into_iter().flat_map(|group| Language::ALL.map(|it| group.get(it).to_owned())));
        }
        names
    }
}

impl Names {
    /// The component that is named so, when it is none by its id, present or former.
    pub fn component(&self, id: &ComponentId) -> Option<Stranger> {
        (!self.ids.contains(id)).then(|| self.resembling(id.as_str()))
    }

    /// The same of a name that need not have the form of an id.
    pub fn resembling(&self, typed: &str) -> Stranger {
        let words = self.components.iter().map(|(word, id)| (word.as_str(), id.as_str()));
        Stranger { name: typed.to_owned(), meant: meant(typed, words) }
    }

    /// The group that is named so, when it is none in any language.
    pub fn group(&self, typed: &str) -> Option<Stranger> {
        let is_known = self.groups.iter().any(|name| name == typed);
        let words: Vec<_> = self.groups.iter().map(|name| (name.to_lowercase(), name)).collect();
        let words = words.iter().map(|(word, name)| (word.as_str(), name.as_str()));
        (!is_known).then(|| Stranger { name: typed.to_owned(), meant: meant(typed, words) })
    }

    /// What a scope names that there is not.
    pub fn strangers(&self, scope: &Scope) -> Vec<Stranger> {
        match scope {
            Scope::All => Vec::new(),
            Scope::Components(ids) => ids.iter().filter_map(|id| self.component(id)).collect(),
            Scope::Groups(names) => names.iter().filter_map(|name| self.group(name)).collect(),
        }
    }
}

/// What is named most alike: a third of the letters may be wrong, as in definitions.
fn meant<'a>(typed: &str, words: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let typed = typed.to_lowercase();
    let near = words.filter_map(|(word, answer)| {
        let distance = strsim::damerau_levenshtein(&typed, word);
        (distance <= typed.chars().count().max(3) / 3).then_some((distance, answer))
    });
    near.min().map(|(_, answer)| answer.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_wrongly_is_answered_with_what_was_probably_meant() {
        let id = |text: &str| text.parse::<ComponentId>().expect("an id");
        let (cloud, former, wiki) = (id("cloud"), [id("owncloud")], id("wiki"));
        let name: Text =
            Text::ByLanguage([(Language::Fr, "Nuage".to_owned()), (Language::En, "Nextcloud".to_owned())].into());
        let group = Text::from("Bureau");
        let components = [
            Known { id: &cloud, formerly: &former, name: &name, group: Some(&group) },
            Known { id: &wiki, formerly: &[], name: &"Wiki".into(), group: None },
        ];
        let names: Names = components.into_iter().collect();
        let component = |typed: &str| names.component(&id(typed)).map(|stranger| stranger.to_string());
        assert_eq!(component("cloud"), None);
        assert_eq!(component("owncloud"), None, "it was called so");
        assert_eq!(component("cluod").as_deref(), Some("\"cluod\": did you mean \"cloud\"?"));
        assert_eq!(component("nuage").as_deref(), Some("\"nuage\": did you mean \"cloud\"?"), "readers call it so");
        assert_eq!(component("mail").as_deref(), Some("\"mail\""));
        let group = |typed: &str| names.group(typed).map(|stranger| stranger.to_string());
        assert_eq!(group("Bureau"), None);
        assert_eq!(group("bureaux").as_deref(), Some("\"bureaux\": did you mean \"Bureau\"?"));
        assert_eq!(group("Office").as_deref(), Some("\"Office\""));
    }
}
