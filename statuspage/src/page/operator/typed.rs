//! What somebody typed into a form, and what is wrong with it: it is shown again until it is taken.
//!
//! It does not know HTTP.

use std::collections::BTreeMap;

use crate::{incident, maintenance, maintenance::TimingFault};

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
    /// The site's clock never shows this time: it goes from the first one to the second.
    Skipped(&'static str, [String; 2]),
    /// The site's clock shows this time twice: with its offset it is one of these.
    Twice(&'static str, [String; 2]),
    /// This field is no length of time.
    Length(&'static str),
    /// This field is none of its choices.
    Choice(&'static str),
    /// It is to be once and again and again at the same time.
    OnceAndAgain,
    /// No service was chosen.
    NoComponent,
    /// A service cannot exist: its id is none.
    UnknownComponent(String),
    /// There is no such group.
    UnknownGroup(String),
    /// The book of incidents refused it.
    Incident(incident::Refusal),
    /// The book of maintenance refused it.
    Maintenance(maintenance::Refusal),
}

impl Form {
    /// The field that is at fault, where one is.
    pub fn field(&self) -> Option<&'static str> {
        match &self.fault {
            Fault::Empty(field)
            | Fault::Long(field, _)
            | Fault::Time(field)
            | Fault::Skipped(field, _)
            | Fault::Twice(field, _)
            | Fault::Length(field)
            | Fault::Choice(field) => Some(field),
            Fault::OnceAndAgain => Some("cron"),
            Fault::NoComponent | Fault::UnknownComponent(_) | Fault::UnknownGroup(_) => Some("components"),
            Fault::Incident(refusal) => of_incident(refusal),
            Fault::Maintenance(refusal) => self.of_maintenance(refusal),
        }
    }

    fn of_maintenance(&self, refusal: &maintenance::Refusal) -> Option<&'static str> {
        use maintenance::Refusal;
        let repeats = self.typed.get("cron").is_some_and(|line| !line.trim().is_empty());
        match refusal {
            Refusal::UnknownComponent(_) | Refusal::UnknownGroup(_) | Refusal::Nobody => Some("components"),
            Refusal::Stage(_) => Some("stage"),
            Refusal::Text(unfit) => Some(shown(unfit.field)),
            Refusal::Time { field, .. } => Some(field),
            Refusal::Timing(TimingFault::Backwards | TimingFault::TooShort | TimingFault::TooLong) => {
                Some(if repeats { "duration" } else { "ends_at" })
            }
            Refusal::Timing(
                TimingFault::Line(_) | TimingFault::Never | TimingFault::Overlapping { .. } | TimingFault::TooOften(_),
            ) => Some("cron"),
            Refusal::Unknown(_)
            | Refusal::Changed { .. }
            | Refusal::Over(_)
            | Refusal::Begun(_)
            | Refusal::NotBegun(_)
            | Refusal::NoSeries(_)
            | Refusal::InFile(_)
            | Refusal::Twin(_)
            | Refusal::StoreBehind => None,
        }
    }
}

fn of_incident(refusal: &incident::Refusal) -> Option<&'static str> {
    use incident::Refusal;
    match refusal {
        Refusal::UnknownComponent(_) => Some("components"),
        Refusal::Link(_) | Refusal::UnknownIncident(_) => Some("relapse_of"),
        Refusal::Text(unfit) => Some(shown(unfit.field)),
        Refusal::Time { field, .. } => Some(field),
        Refusal::Changed { .. } | Refusal::Resolved(_) | Refusal::StillOpen(_) | Refusal::StoreBehind => None,
    }
}

/// The field of the form in which that part of an order is typed.
fn shown(field: &'static str) -> &'static str {
    match field {
        "title" => "title_fr",
        "body" => "body_fr",
        "workaround" => "workaround_fr",
        "description" => "description_fr",
        "text" => "text_fr",
        other => other,
    }
}
