//! Public ids as Statuspage has them, twelve lower-case alphanumerics, derived from what they name so that they never change.
//!
//! It does not keep a table: the same name always gives the same id.

use sha2::{Digest as _, Sha256};
use shared::IncidentId;

/// What is named, so that a group and a component of the same name have different ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Component,
    Group,
    Incident,
    Update,
    Maintenance,
    Plan,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Component => "component",
            Self::Group => "group",
            Self::Incident => "incident",
            Self::Update => "update",
            Self::Maintenance => "maintenance",
            Self::Plan => "plan",
        }
    }
}

/// The id of an incident's update: the same for ever, in the API and in feeds.
pub(crate) fn update(incident: &IncidentId, number: u32) -> String {
    stable(Kind::Update, &format!("{incident} {number}"))
}

/// The id of the thing of that kind and name.
pub(crate) fn stable(kind: Kind, name: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let digest = Sha256::new().chain_update(kind.word()).chain_update([0]).chain_update(name).finalize();
    let mut rest = digest.iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let digit = |_| {
        let digit = DIGITS[(rest % 36) as usize];
        rest /= 36;
        char::from(digit)
    };
    (0..12).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_twelve_lower_case_alphanumerics_and_never_changes() {
        let id = stable(Kind::Component, "cloud");
        assert_eq!(id, "chr4m39z61sm");
        assert!(id.len() == 12 && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        assert_ne!(id, stable(Kind::Group, "cloud"));
    }
}
