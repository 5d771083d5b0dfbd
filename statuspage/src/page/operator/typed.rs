//! What somebody typed into a form, and what is wrong with it: it is shown again until it is taken.
//!
//! It does not know HTTP.

use std::collections::BTreeMap;

/// The fields of a form with what was typed into them.
pub type Typed = BTreeMap<String, String>;

/// A form that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Which of the forms of a page it is: the last part of its address.
    pub action: String,
    /// What was typed.
    pub typed: Typed,
    /// Why it was not taken.
    pub fault: Fault,
}

/// Why a form was not taken; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Of this field there must be something.
    Empty(&'static str),
    /// This field has more than so many characters.
    Long(&'static str, usize),
    /// This field is no time.
    Time(&'static str),
    /// This field is none of its choices.
    Choice(&'static str),
    /// No service was chosen.
    NoComponent,
    /// The hub refused what is in this field, in these words.
    Field(&'static str, String),
    /// Somebody else changed the incident meanwhile.
    Changed,
    /// A service is not watched any more.
    UnknownComponent(String),
    /// The incident is over.
    Resolved,
    /// The incident is not over.
    StillOpen,
    /// The incident cannot be the return of that one.
    Link,
    /// It could not be written down.
    StoreBehind,
}

impl Fault {
    /// The field that is at fault, where one is.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Empty(field)
            | Self::Long(field, _)
            | Self::Time(field)
            | Self::Choice(field)
            | Self::Field(field, _) => Some(field),
            Self::NoComponent | Self::UnknownComponent(_) => Some("components"),
            Self::Link => Some("relapse_of"),
            Self::Changed | Self::Resolved | Self::StillOpen | Self::StoreBehind => None,
        }
    }
}
