//! The pages of operators: what is wrong with its evidence, incidents and what to do with them. Plain forms; no script is needed.
//!
//! It does not know how somebody signed in, how a form is sent, nor what becomes of it.

mod alarm;
mod attempts;
mod audit;
mod evidence;
mod field;
mod first;
mod incident;
mod maintenance;
mod monitor;
mod open;
mod overview;
mod plan;
mod postmortem;
mod refusal;
mod sign_in;
mod told;
mod typed;

pub use alarm::{Followed, alarm};
pub use audit::{AUDIT, WRONG_PASSWORD, audit};
pub use incident::incident;
pub use maintenance::maintenance;
pub use open::open;
pub use overview::overview;
pub use plan::{PLAN, plan, ticked};
pub use postmortem::{Drafted, Hindrance, ReadResults, postmortem};
pub use sign_in::{NotSignedIn, sign_in};
pub use typed::{Fault, Form, Typed};

use leptos::prelude::*;
use shared::Language;

use super::shell::{self, Head};
use crate::{
    site::Site,
    words::{Words, inert},
};

/// Who looks at a page, and what its forms carry.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The account's name.
    pub name: String,
    /// Goes into every form.
    pub form_token: String,
}

/// Where operators are.
pub const HOME: &str = "/operator";

/// What went wrong with a form that belongs to no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It did not come from one of our pages, or its session has ended.
    Foreign,
    /// It is larger than any of ours.
    TooLarge,
    /// There is no such incident.
    UnknownIncident,
    /// There is no such maintenance.
    UnknownMaintenance,
}

/// The page that says so.
pub fn refused(site: &Site, language: Language, refused: Refused) -> String {
    let words = Words::new(language, site.time_zone.clone());
    let text = match refused {
        Refused::Foreign => words.operator_foreign(),
        Refused::TooLarge => words.operator_too_large(),
        Refused::UnknownIncident => words.operator_unknown_incident(),
        Refused::UnknownMaintenance => words.operator_unknown_maintenance(),
    };
    document(site, &words, HOME.to_owned(), |head| {
        view! {
            <div class="banner">
                <h1>{words.operator_title()}</h1>
                <p class="alert">{text}</p>
                <p><a href=head.link(HOME)>{words.operator_back()}</a></p>
            </div>
        }
        .into_any()
    })
}

/// A whole document with that content.
fn document(site: &Site, words: &Words, path: String, content: impl FnOnce(&Head<'_>) -> AnyView) -> String {
    let title = words.page_title(words.operator_title(), inert(site.title.get(words.language())));
    let head = Head { site, words, path, title, about: None, component: None };
    shell::render(|| {
        let content = content(&head);
        shell::private(&head, content)
    })
}

/// Who is signed in, and the way out.
fn who_am_i(signed: &Signed, head: &Head<'_>) -> AnyView {
    let words = head.words;
    view! {
        <div class="who-am-i meta">
            <span>{words.operator_signed_in_as(signed.name.clone())}</span>
            <form method="post" action=head.link("/operator/sign-out")>
                {field::token(signed)}
                <button>{words.operator_sign_out()}</button>
            </form>
        </div>
    }
    .into_any()
}
