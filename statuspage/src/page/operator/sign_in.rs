//! The form to sign in with.
//!
//! It does not know passwords, nor who guesses.

use std::time::Duration;

use leptos::{html, prelude::*};
use shared::Language;

use super::{HOME, document};
use crate::{site::Site, words::Words};

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSignedIn {
    /// Nobody tried yet.
    Yet,
    /// The name or the password is wrong.
    Wrong,
    /// Too many tried: so long to wait.
    Wait(Duration),
    /// Too many try at this moment.
    Busy,
    /// The password would travel in the clear.
    InTheClear,
    /// There is no account.
    NoAccounts,
}

/// The page with the form, or with the reason why there is none. `next` is where it leads to; the first page without it.
pub fn sign_in(site: &Site, language: Language, (name, next): (&str, Option<&str>), why: NotSignedIn) -> String {
    let words = Words::new(language, site.time_zone.clone());
    document(site, &words, HOME.to_owned(), |head| {
        let fault = match why {
            NotSignedIn::Yet => None,
            NotSignedIn::Wrong => Some(words.operator_wrong()),
            NotSignedIn::Wait(wait) => Some(words.operator_wait(words.span(wait))),
            NotSignedIn::Busy => Some(words.operator_busy()),
            NotSignedIn::InTheClear => Some(words.operator_in_the_clear()),
            NotSignedIn::NoAccounts => Some(words.operator_no_accounts()),
        };
        let possible = !matches!(why, NotSignedIn::InTheClear | NotSignedIn::NoAccounts);
        let fault = fault.map(|fault| view! { <p class="alert" role="alert">{fault}</p> });
        let form = possible.then(|| form(&words, head.link("/operator/sign-in"), name, next));
        view! {
            <div class="banner">
                <h1>{words.operator_sign_in()}</h1>
                <p class="about">{words.operator_sign_in_text()}</p>
            </div>
            {fault}
            {form}
        }
        .into_any()
    })
}

fn form(words: &Words, action: String, name: &str, next: Option<&str>) -> AnyView {
    let next = next.map(|next| html::input().r#type("hidden").name("next").value(next.to_owned()));
    let input = |kind: &'static str, name: &'static str, autocomplete: &'static str, value: String| {
        html::input().r#type(kind).id(name).name(name).autocomplete(autocomplete).required(true).value(value)
    };
    view! {
        <form method="post" action=action>
            <div><label r#for="name">{words.operator_name()}</label>
                {input("text", "name", "username", name.to_owned()).attr("autocapitalize", "none").attr("spellcheck", "false")}</div>
            <div><label r#for="password">{words.operator_password()}</label>
                {input("password", "password", "current-password", String::new())}</div>
            {next}
            <button class="first">{words.operator_sign_in()}</button>
        </form>
    }
    .into_any()
}
