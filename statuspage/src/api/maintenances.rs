//! Planned maintenance in our own API: what operators send, and what everybody is told.
//!
//! It does not know HTTP's side of it, nor how an order is carried out.

mod answer;
mod order;

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::ComponentId;

pub(crate) use answer::{MaintenanceAnswer, MaintenancesAnswer};
pub(crate) use order::{
    CancelOrder, ChangeOrder, ExtentForm, NoticeOrder, OnceForm, PlanOrder, RecurringForm, TurnOrder, WhenForm,
};

use super::{problem::Problem, schema::ComponentIdText};
use crate::{
    maintenance::{Refusal, Scope},
    order::UnfitText,
};

/// Whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ScopeForm {
    /// Everything on the page.
    All,
    /// The components of groups of that name, in any language of the page.
    Groups(Vec<String>),
    /// These.
    Components(#[schemars(with = "Vec<ComponentIdText>")] Vec<ComponentId>),
}

impl From<ScopeForm> for Scope {
    fn from(scope: ScopeForm) -> Self {
        match scope {
            ScopeForm::All => Self::All,
            ScopeForm::Groups(names) => Self::Groups(names),
            ScopeForm::Components(ids) => Self::Components(ids),
        }
    }
}

impl From<&Scope> for ScopeForm {
    fn from(scope: &Scope) -> Self {
        match scope {
            Scope::All => Self::All,
            Scope::Groups(names) => Self::Groups(names.clone()),
            Scope::Components(ids) => Self::Components(ids.clone()),
        }
    }
}

/// Why an order was not carried out, as a problem.
pub(crate) fn refused(refusal: &Refusal) -> Problem {
    let words = refusal.to_string();
    let unprocessable = |field| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, &words).of_field(field);
    match refusal {
        Refusal::Unknown(_) => Problem::new(StatusCode::NOT_FOUND, words),
        Refusal::Changed { present, .. } => Problem::new(StatusCode::CONFLICT, words).at_version(*present),
        Refusal::Over(_)
        | Refusal::Begun(_)
        | Refusal::NotBegun(_)
        | Refusal::Twin(_)
        | Refusal::NoSeries(_)
        | Refusal::InFile(_) => Problem::new(StatusCode::CONFLICT, words),
        Refusal::UnknownComponent(_) | Refusal::UnknownGroup(_) | Refusal::Nobody => unprocessable("scope"),
        Refusal::Stage(_) => unprocessable("stage"),
        Refusal::Timing(_) => unprocessable("when"),
        Refusal::Text(UnfitText { field, .. }) | Refusal::Time { field, .. } => unprocessable(field),
        Refusal::StoreBehind => Problem::new(StatusCode::SERVICE_UNAVAILABLE, words),
    }
}
