//! What the links of letters open: the question whether to confirm, the way to be left alone, and one's own page.
//!
//! It does not know tokens. They stand in no form and in no link: the browser sends each form to where its page is.

use leptos::{html, prelude::*};
use shared::Language;

use super::{choice, head, leave, said_in};
use crate::{
    page::shell::{self, Head},
    snapshot::Snapshot,
    subscriber::{Mailbox, Profile, Scope, Stage},
    words::{Words, inert},
};

/// What was asked for and waits for a yes.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Enough of the address for its owner to know it.
    pub hint: &'a str,
    /// What mails would be about.
    pub scope: &'a Scope,
}

/// What a form of these pages did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Somebody is subscribed, to that.
    Confirmed(Scope),
    /// Nobody writes to that address any more.
    Refused,
}

/// Whether one's own page was just changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not.
    None,
    /// It was saved.
    Saved,
    /// Something was chosen that is not there.
    NoService,
}

/// Asks for the one click that is missing.
pub fn confirm(snapshot: &Snapshot, language: Language, wish: Wish<'_>) -> String {
    page(snapshot, language, Words::subscription_confirm, |head| {
        let words = head.words;
        view! {
            <p>{words.subscription_confirm_text(inert(wish.hint))}</p>
            <p class="box">{choice::told(snapshot, wish.scope, words)}</p>
            {act("confirm", words.subscription_confirm_do())}
            <p class="meta">{words.subscription_not_me()}</p>
        }
        .into_any()
    })
}

/// Asks whether never to write to that address again.
pub fn refuse(snapshot: &Snapshot, language: Language) -> String {
    page(snapshot, language, Words::subscription_refuse, |head| {
        let words = head.words;
        view! {
            <p>{words.subscription_refuse_text()}</p>
            {act("refuse", words.subscription_refuse_do())}
        }
        .into_any()
    })
}

/// One's own page: to change, to take with one, to leave.
pub fn manage(snapshot: &Snapshot, language: Language, profile: &Profile, change: Change) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let head = head(snapshot, &words, "", words.subscription_manage());
    let content = view! {
        <div class="banner one">
            <h1>{words.subscription_manage()}</h1>
            <p><bdi>{profile.address.as_str().to_owned()}</bdi></p>
            <p class="meta">{since(snapshot, profile, &words)}</p>
            {saved(change, profile, &words)}
        </div>
        <section>{choices(snapshot, profile, change, &words)}</section>
        {export(&words)}
        {way_out(profile.mailbox, &words)}
    };
    shell::render(|| shell::form(&head, content.into_any()))
}

/// That it is done.
pub fn done(snapshot: &Snapshot, language: Language, done: &Done) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let (title, said) = match done {
        Done::Confirmed(scope) => {
            let said = vec![choice::told(snapshot, scope, &words), words.subscription_confirmed_text()];
            (words.subscription_confirmed(), said)
        }
        Done::Refused => (words.subscription_refused(), vec![words.subscription_refused_text()]),
    };
    let head = head(snapshot, &words, "", title.clone());
    shell::render(|| shell::form(&head, said_in(title, said, &head)))
}

/// A page with one question.
fn page(
    snapshot: &Snapshot,
    language: Language,
    title: impl Fn(&Words) -> String,
    content: impl FnOnce(&Head<'_>) -> AnyView,
) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let head = head(snapshot, &words, "", title(&words));
    shell::render(|| {
        let content = view! { <div class="banner one"><h1>{title(&words)}</h1>{content(&head)}</div> };
        shell::form(&head, content.into_any())
    })
}

/// A button, and what it does. It is the button that is asked about: who only opens a link does nothing.
fn act(order: &'static str, label: String) -> AnyView {
    view! { <form method="post">{order_of(order)}<button class="first">{label}</button></form> }.into_any()
}

/// The same where it is not what the page is for.
fn act_besides(order: &'static str, label: String) -> AnyView {
    view! { <form method="post">{order_of(order)}<button>{label}</button></form> }.into_any()
}

fn order_of(order: &'static str) -> AnyView {
    html::input().r#type("hidden").name("do").value(order).into_any()
}

fn since(snapshot: &Snapshot, profile: &Profile, words: &Words) -> Option<String> {
    profile.confirmed_at.map(|at| words.subscription_since(words.at(at, snapshot.generated_at)))
}

fn saved(change: Change, profile: &Profile, words: &Words) -> AnyView {
    let paused = match profile.stage {
        Stage::Asked | Stage::Confirmed => None,
        Stage::Quarantined { .. } => Some(view! { <p class="box">{words.subscription_quarantined()}</p> }),
    };
    let saved = match change {
        Change::None | Change::NoService => None,
        Change::Saved => Some(view! { <p class="box" role="status">{words.subscription_saved()}</p> }),
    };
    view! { {saved}{paused} }.into_any()
}

fn choices(snapshot: &Snapshot, profile: &Profile, change: Change, words: &Words) -> AnyView {
    let found = match change {
        Change::None | Change::Saved => choice::Found::All,
        Change::NoService => choice::Found::NotAll,
    };
    view! {
        <form class="card" method="post">
            {order_of("change")}
            {choice::scope(snapshot, &profile.scope, found, words)}
            {choice::language(&snapshot.site.languages, profile.language, words)}
            {choice::mailbox(profile.mailbox, words)}
            <button class="first">{words.subscription_save()}</button>
        </form>
    }
    .into_any()
}

fn export(words: &Words) -> AnyView {
    view! {
        <section>
            <h2>{words.subscription_export()}</h2>
            <p>{words.subscription_export_text()}</p>
            {act_besides("export", words.subscription_export_do())}
        </section>
    }
    .into_any()
}

fn way_out(mailbox: Mailbox, words: &Words) -> AnyView {
    view! {
        <section>
            <h2>{words.subscription_leave()}</h2>
            <p>{words.subscription_leave_text()}</p>
            {leave::shared(mailbox, words)}
            {act_besides("leave", words.subscription_leave_do())}
        </section>
    }
    .into_any()
}
