//! Mail to subscribers as readers meet it: the form to ask for it, and what they are told of their data. Plain forms; no script is needed.
//!
//! It does not know HTTP, who subscribes, nor what letters say.

mod choice;
mod gone;
mod leave;
mod letter;
mod notice;
mod offer;

use std::time::Duration;

use leptos::{html, prelude::*};
use shared::Language;

use super::shell::{self, Head};
use crate::{
    snapshot::Snapshot,
    subscriber::{AddressRefusal, Mailbox, Scope},
    words::{Words, inert},
};

pub use choice::group_name;
pub use gone::gone;
pub use leave::{leave, left};
pub use letter::{Change, Done, Wish, confirm, done, manage, refuse};
pub(super) use offer::link;

/// Where mail is asked for.
pub const SUBSCRIBE: &str = "/subscribe";

/// The field that people do not see and robots fill in.
pub const TRAP: &str = "message";

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// As typed.
    pub email: String,
    /// What is ticked.
    pub scope: Scope,
    /// The language of mails; the page's, where nobody chose yet.
    pub language: Option<Language>,
    /// Who reads the mailbox.
    pub mailbox: Mailbox,
    /// When the form was given out, in a way that only we can write.
    pub stamp: String,
    /// Why it is shown again.
    pub refusal: Option<Refusal>,
}

/// Why a form was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The address cannot be written to.
    Address(AddressRefusal),
    /// Something was chosen that is not there.
    NoService,
    /// It came back faster than anybody types.
    Hasty,
    /// It is too old, or not of ours.
    Stale,
    /// Many came from that network: so long to wait.
    TooMany(Duration),
    /// Many came from everywhere: so long to wait.
    Closed(Duration),
    /// The list of subscribers cannot be read or written.
    Unavailable,
}

/// The form, and why it was not taken; where no mail is sent, what tells the same.
pub fn subscribe(snapshot: &Snapshot, language: Language, form: &Form) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = inert(snapshot.site.title.get(language));
    let Some(mail) = &snapshot.site.mail else { return offer::nothing(snapshot, &words, site) };
    let head = Head {
        about: Some(words.subscribe_about(site.as_str())),
        ..head(snapshot, &words, SUBSCRIBE, words.subscribe())
    };
    shell::render(|| {
        let content = view! {
            <div class="banner one">
                <p class="meta"><a href=head.link("/")>"← "{words.home()}</a></p>
                <h1>{words.subscribe()}</h1>
                <p>{words.subscribe_lead()}</p>
                <p class="meta">{words.subscribe_already()}</p>
            </div>
            {fields(snapshot, form, &head)}
            {notice::view(mail, &words)}
        };
        shell::form(&head, content.into_any())
    })
}

/// What everybody is told who sent the form, whatever is known of the address.
pub fn asked(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let head = head(snapshot, &words, SUBSCRIBE, words.subscribe());
    let said = [words.subscribe_sent_text(), words.subscribe_sent_wait()];
    shell::render(|| shell::form(&head, said_in(words.subscribe_sent(), said.into(), &head)))
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The list of subscribers cannot be read or written.
    Unavailable,
    /// What came is no form of ours.
    Unreadable,
}

/// That nothing was done, and what to do.
pub fn trouble(snapshot: &Snapshot, language: Language, trouble: Trouble) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let (title, said) = match trouble {
        Trouble::Unavailable => (words.subscribe(), words.subscribe_unavailable()),
        Trouble::Unreadable => (words.error_bad_request(), words.subscribe_unreadable()),
    };
    let head = head(snapshot, &words, "", title.clone());
    shell::render(|| shell::form(&head, said_in(title, vec![said], &head)))
}

/// A page that says something and leads to where everything is seen.
fn said_in(title: String, said: Vec<String>, head: &Head<'_>) -> AnyView {
    let said = said.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view();
    view! {
        <div class="banner one">
            <h1>{title}</h1>
            {said}
            <p><a href=head.link("/")>{head.words.home()}</a></p>
        </div>
    }
    .into_any()
}

fn head<'a>(snapshot: &'a Snapshot, words: &'a Words, path: &str, title: String) -> Head<'a> {
    let site = inert(snapshot.site.title.get(words.language()));
    Head {
        site: &snapshot.site,
        words,
        path: path.to_owned(),
        title: words.page_title(title, site),
        about: None,
        component: None,
    }
}

fn fields(snapshot: &Snapshot, form: &Form, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let language = form.language.unwrap_or(words.language());
    let lost = form.refusal == Some(Refusal::NoService);
    let found = if lost { choice::Found::NotAll } else { choice::Found::All };
    view! {
        <section>
            <form class="card" method="post" action=head.link(SUBSCRIBE)>
                {form.refusal.and_then(|refusal| alert(refusal, words))}
                {email(form, words)}
                {choice::scope(snapshot, &form.scope, found, words)}
                {choice::language(&snapshot.site.languages, language, words)}
                {choice::mailbox(form.mailbox, words)}
                {trap(words)}
                <input type="hidden" name="stamp" value=form.stamp.clone()/>
                <button class="first">{words.subscribe_send()}</button>
            </form>
        </section>
    }
    .into_any()
}

/// What is wrong with the form as a whole.
fn alert(refusal: Refusal, words: &Words) -> Option<AnyView> {
    let said = match refusal {
        Refusal::Address(_) | Refusal::NoService => return None,
        Refusal::Hasty => words.subscribe_hasty(),
        Refusal::Stale => words.subscribe_stale(),
        Refusal::TooMany(wait) => words.subscribe_wait(words.span(wait)),
        Refusal::Closed(wait) => words.subscribe_closed(words.span(wait)),
        Refusal::Unavailable => words.subscribe_unavailable(),
    };
    Some(fault("refusal", said))
}

fn fault(id: &'static str, said: String) -> AnyView {
    view! { <p class="down" id=id role="alert"><b>{said}</b></p> }.into_any()
}

fn email(form: &Form, words: &Words) -> AnyView {
    let refusal = form.refusal.and_then(|refusal| match refusal {
        Refusal::Address(refusal) => Some(wrong_address(refusal, words)),
        Refusal::NoService
        | Refusal::Hasty
        | Refusal::Stale
        | Refusal::TooMany(_)
        | Refusal::Closed(_)
        | Refusal::Unavailable => None,
    });
    let wrong = refusal.is_some();
    let input = html::input()
        .r#type("email")
        .id("email")
        .name("email")
        .autocomplete("email")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .required(true)
        .maxlength("254")
        .aria_describedby(if wrong { "email-fault email-hint" } else { "email-hint" })
        .aria_invalid(wrong.then_some("true"))
        .value(form.email.clone());
    view! {
        <label r#for="email">{words.subscribe_email()}</label>
        {refusal.map(|said| fault("email-fault", said))}
        {input}
        <p class="meta" id="email-hint">{words.subscribe_email_hint()}</p>
    }
    .into_any()
}

fn wrong_address(refusal: AddressRefusal, words: &Words) -> String {
    match refusal {
        AddressRefusal::Empty | AddressRefusal::Control | AddressRefusal::NotOneAt | AddressRefusal::LocalPart => {
            words.subscribe_not_address()
        }
        AddressRefusal::TooLong => words.subscribe_too_long(),
        AddressRefusal::Quoted => words.subscribe_quoted(),
        AddressRefusal::NotAscii => words.subscribe_foreign_letters(),
        AddressRefusal::Domain => words.subscribe_domain(),
        AddressRefusal::Role => words.subscribe_role(),
        AddressRefusal::OwnDomain => words.subscribe_own_domain(),
    }
}

/// Out of sight and out of the way of the keyboard; those who see it all the same are told to leave it empty.
fn trap(words: &Words) -> AnyView {
    let input = html::input().name(TRAP).autocomplete("off").tabindex("-1");
    view! { <label class="unseen" aria-hidden="true">{words.subscribe_trap()}{input}</label> }.into_any()
}

#[cfg(test)]
mod tests;
