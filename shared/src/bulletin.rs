//! What a hub says in public, in all languages of its page at once (`/bulletin.json`): what an outpost repeats while the hub cannot be
//! read.
//!
//! It does not hold measurements nor anything private: all of it stands on the hub's pages already.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ComponentId, Impact, IncidentId, Language, MaintenanceId, MaintenanceStage, Stage, Status, Timestamp};

/// The form of a bulletin.
pub const BULLETIN_FORMAT: &str = "belfry-bulletin-v1";
/// So many incidents and maintenances are told.
pub const MOST_TOLD: usize = 50;
/// So many updates of an incident are told, the newest.
pub const MOST_UPDATES: usize = 3;
/// No bulletin is larger, in bytes: a hub says less until it fits, and an outpost reads no further.
pub const LARGEST_BULLETIN: usize = 4 << 20;

/// The same words in every language of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phrase(BTreeMap<Language, String>);

impl Phrase {
    /// What is said in each of these languages.
    pub fn of(languages: &[Language], say: impl Fn(Language) -> String) -> Self {
        Self(languages.iter().map(|language| (*language, say(*language))).collect())
    }

    /// The same in each language, changed.
    #[must_use]
    pub fn changed(&self, change: impl Fn(&str) -> String) -> Self {
        Self(self.0.iter().map(|(language, words)| (*language, change(words))).collect())
    }

    /// The words in `language`, or else in the first that there is.
    pub fn get(&self, language: Language) -> &str {
        self.0.get(&language).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }
}

/// Everything that a hub says, at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulletin {
    /// Says that it is one: [`BULLETIN_FORMAT`].
    pub format: String,
    /// When the hub made it, by the hub's clock.
    pub generated_at: Timestamp,
    /// Whose services these are.
    pub title: Phrase,
    /// The page's address, where the hub knows it.
    pub address: Option<String>,
    /// The worst of all components.
    pub status: Status,
    /// The state in one sentence.
    pub headline: Phrase,
    /// In the order of the page.
    pub components: Vec<BulletinComponent>,
    /// Those that are open, the newest first.
    pub incidents: Vec<BulletinIncident>,
    /// Those under way and announced, the first to begin first.
    pub maintenances: Vec<BulletinMaintenance>,
}

/// What it says of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinComponent {
    /// Which one.
    pub id: ComponentId,
    /// What readers call it.
    pub name: Phrase,
    /// Its state.
    pub status: Status,
    /// Since when it has that state.
    pub since: Timestamp,
}

/// What it says of one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinIncident {
    /// Which one.
    pub id: IncidentId,
    /// What it is called.
    pub title: Phrase,
    /// How far it is.
    pub stage: Stage,
    /// How much it hurts.
    pub impact: Impact,
    /// When it began.
    pub started_at: Timestamp,
    /// What was said of it, the newest first.
    pub updates: Vec<BulletinUpdate>,
}

/// One update of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinUpdate {
    /// When.
    pub at: Timestamp,
    /// The stage that it led to.
    pub stage: Stage,
    /// What was said, in plain text.
    pub text: Phrase,
}

/// What it says of one maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinMaintenance {
    /// Which one.
    pub id: MaintenanceId,
    /// What it is called.
    pub title: Phrase,
    /// How far it is.
    pub stage: MaintenanceStage,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The components that it concerns.
    pub components: Vec<ComponentId>,
}

impl Bulletin {
    /// Whether it is of the form that this version reads.
    pub fn is_ours(&self) -> bool {
        self.format == BULLETIN_FORMAT
    }

    /// Whether it says the same as another one, whenever either was made.
    pub fn says_as(&self, other: &Self) -> bool {
        Self { generated_at: other.generated_at, ..self.clone() } == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fall_back_on_a_language_that_is_there() {
        let phrase = Phrase::of(&[Language::Fr], |_| "Nuage".to_owned());
        assert_eq!((phrase.get(Language::Fr), phrase.get(Language::En)), ("Nuage", "Nuage"));
        assert_eq!(Phrase::default().get(Language::Fr), "");
    }
}
