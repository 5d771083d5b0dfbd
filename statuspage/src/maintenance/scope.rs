//! Whom a maintenance concerns, and whether it concerns them now.
//!
//! It reads no clock.

use shared::{ComponentId, Language, MaintenanceStage, Text, Timestamp};

use super::{ANNOUNCED_BEFORE, Maintenance, Scope};

impl Maintenance {
    /// Whether readers should hear of it now: it goes on, or begins soon.
    pub fn is_near(&self, now: Timestamp) -> bool {
        match self.stage {
            MaintenanceStage::Scheduled => self.starts_at <= now.plus(ANNOUNCED_BEFORE),
            MaintenanceStage::InProgress | MaintenanceStage::Verifying => true,
            MaintenanceStage::Completed | MaintenanceStage::Cancelled => false,
        }
    }
}

impl Scope {
    /// Whether it concerns that component, which stands in that group.
    pub fn covers(&self, component: &ComponentId, group: Option<&Text>) -> bool {
        match self {
            Self::All => true,
            Self::Components(ids) => ids.contains(component),
            Self::Groups(names) => group.is_some_and(|group| {
                Language::ALL.iter().any(|&language| names.iter().any(|name| name == group.get(language)))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_what_it_names_in_any_language() {
        let cloud = "cloud".parse().expect("an id");
        let group =
            [(Language::Fr, "Bureau"), (Language::En, "Office")].map(|(language, name)| (language, name.to_owned()));
        let group = Text::ByLanguage(group.into());
        let check = |scope: Scope, group: Option<&Text>, covers: bool| assert_eq!(scope.covers(&cloud, group), covers);
        check(Scope::All, None, true);
        check(Scope::Components(vec![cloud.clone()]), None, true);
        check(Scope::Components(vec![]), Some(&group), false);
        check(Scope::Groups(vec!["Office".to_owned()]), Some(&group), true);
        check(Scope::Groups(vec!["Bureau".to_owned()]), Some(&group), true);
        check(Scope::Groups(vec!["Bureau".to_owned()]), None, false);
        check(Scope::Groups(vec!["Other".to_owned()]), Some(&group), false);
    }
}
