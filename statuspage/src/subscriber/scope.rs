//! What somebody wants to hear of.
//!
//! It does not know whether the components and groups that it names exist.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::ComponentId;

/// Components and groups, or the whole page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Components by their ids.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub components: BTreeSet<ComponentId>,
    /// Groups by their names on the page.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
}

/// Who reads the mailbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mailbox {
    /// One person.
    #[default]
    Personal,
    /// Several: what one of them does with a mail must not leave for all.
    Shared,
}

impl Scope {
    /// Everything, whatever is added to the page later.
    pub fn is_whole_page(&self) -> bool {
        self.components.is_empty() && self.groups.is_empty()
    }

    /// Whether news of a component, which is in that group, are wanted.
    pub fn wants(&self, component: &ComponentId, group: Option<&str>) -> bool {
        self.is_whole_page()
            || self.components.contains(component)
            || group.is_some_and(|group| self.groups.contains(group))
    }

    /// Whether it names one of these itself.
    pub(super) fn names(&self, components: &BTreeSet<ComponentId>, groups: &BTreeSet<String>) -> bool {
        !self.components.is_disjoint(components) || !self.groups.is_disjoint(groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_scope_is_the_whole_page() {
        let cloud: ComponentId = "cloud".parse().expect("an id");
        let chat: ComponentId = "chat".parse().expect("an id");
        let one = Scope { components: [cloud.clone()].into(), ..Scope::default() };
        let group = Scope { groups: ["Tools".to_owned()].into(), ..Scope::default() };
        assert!(Scope::default().wants(&cloud, None) && one.wants(&cloud, None) && group.wants(&chat, Some("Tools")));
        assert!(!one.wants(&chat, Some("Tools")) && !group.wants(&chat, None));
    }
}
