//! What somebody is told of their data before they give them (GDPR, article 13).
//!
//! It does not know what is kept; whoever changes that changes these words and the form's version with them.

use leptos::prelude::*;

use crate::{
    site::Mail,
    words::{Words, inert},
};

const AUTHORITY: &str = "https://www.cnil.fr/";

/// Who, what for, what, how long, who else, and which rights.
pub(super) fn view(mail: &Mail, words: &Words) -> AnyView {
    let address = inert(&mail.sender);
    let said = [
        (words.privacy_controller(), inert(mail.identity.get(words.language()))),
        (words.privacy_purpose(), words.privacy_purpose_text()),
        (words.privacy_kept(), words.privacy_kept_text()),
        (words.privacy_long(), words.privacy_long_text()),
        (words.privacy_who(), words.privacy_who_text()),
    ];
    let said = said.into_iter().map(|(name, text)| view! { <dt>{name}</dt><dd class="meta">{text}</dd> });
    view! {
        <section>
            <h2>{words.privacy()}</h2>
            <dl>
                {said.collect_view()}
                <dt>{words.privacy_rights()}</dt>
                <dd class="meta">
                    {words.privacy_rights_text(address)}" "<a href=AUTHORITY rel="noopener noreferrer">"CNIL"</a>"."
                </dd>
            </dl>
        </section>
    }
    .into_any()
}
