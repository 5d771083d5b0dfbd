//! What an answer of a relay means: about the relay itself, the mailbox or the letter, for now or for good.
//!
//! It does not know connections.

use std::{fmt, time::Duration};

use lettre::transport::smtp::Error;

use crate::{
    mail::{Delivery, Refused, status::names_no_mailbox},
    words::inert,
};

/// Greylisting and full mailboxes: it makes no sense to try again before.
const DELAY: Duration = Duration::from_secs(60);
/// Characters of what a relay said.
const LONGEST: usize = 200;

/// Where in a dialogue something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Before a letter: connecting, greeting, TLS, signing in, `MAIL FROM`.
    Relay,
    /// `RCPT TO`.
    Mailbox,
    /// `DATA` and the letter.
    Letter,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The relay does not work, or does not let us in.
    Relay(String),
    /// It works, but not now for this letter.
    Delay {
        /// Why.
        why: String,
        /// Not before.
        after: Duration,
    },
    /// Never.
    Refusal(Refusal),
}

/// A refusal for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    code: String,
    text: String,
    what: Refused,
}

impl Refusal {
    /// Whether no other relay needs to be asked: a mailbox that is not there is nowhere, rules are not the same everywhere.
    pub(super) fn final_everywhere(&self) -> bool {
        match self.what {
            Refused::Mailbox => true,
            Refused::Message | Refused::Policy => false,
        }
    }

    /// Whether it is about us, and not about a mailbox or a letter.
    pub(super) fn is_policy(&self) -> bool {
        match self.what {
            Refused::Policy => true,
            Refused::Mailbox | Refused::Message => false,
        }
    }

    /// The same, held to be about us.
    pub(super) fn about_us(self) -> Self {
        Self { what: Refused::Policy, ..self }
    }

    pub(super) fn delivery(self) -> Delivery {
        Delivery::Refused { code: self.code, text: self.text, what: self.what }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

/// What an error of a dialogue means.
pub(super) fn trouble(error: &Error, step: Step) -> Trouble {
    let text = said(error);
    let Some(code) = error.status() else { return Trouble::Relay(text) };
    let code = u16::from(code);
    // 421 closes the channel, whatever it answers (RFC 5321, section 3.8).
    match (step, code) {
        (Step::Relay, _) | (_, 421) => Trouble::Relay(format!("{code} {text}")),
        (Step::Mailbox | Step::Letter, 500..) => Trouble::Refusal(refusal(code, text, step)),
        (Step::Mailbox | Step::Letter, _) => Trouble::Delay { why: format!("{code} {text}"), after: DELAY },
    }
}

fn refusal(code: u16, text: String, step: Step) -> Refusal {
    let enhanced = enhanced(&text);
    let what = match (enhanced.as_deref().map(|code| code.split('.').collect::<Vec<_>>()), step) {
        (Some(parts), _) => by_enhanced(&parts),
        (None, Step::Mailbox) => by_code(code),
        // Once the mailbox was taken, only the letter is left to refuse.
        (None, Step::Relay | Step::Letter) => Refused::Policy,
    };
    Refusal { code: enhanced.unwrap_or_else(|| code.to_string()), text, what }
}

/// RFC 3463: the subject, then the detail.
fn by_enhanced(parts: &[&str]) -> Refused {
    match parts {
        parts if names_no_mailbox(parts) => Refused::Mailbox,
        // A sender's address of ours that is refused says nothing of the mailbox.
        [_, "1", "7" | "8"] => Refused::Policy,
        [_, "1" | "2", _] => Refused::Message,
        // Systems, routes, protocols, content, rules: they would be the same for every mailbox.
        _ => Refused::Policy,
    }
}

/// RFC 5321, section 4.2.3, as answers to `RCPT TO`. Without an enhanced code 550 may mean the mailbox or that nothing is relayed for us
/// ("550 relay not permitted"), so that one of them proves nothing.
fn by_code(code: u16) -> Refused {
    match code {
        550..=553 => Refused::Message,
        _ => Refused::Policy,
    }
}

/// `5.1.1` at the beginning of a text.
fn enhanced(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let digits = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(digits) && parts.first() == Some(&"5")).then(|| word.to_owned())
}

/// What was said, on one line and without addresses.
fn said(error: &Error) -> String {
    let source = std::error::Error::source(error);
    let text = match (error.status(), source) {
        (Some(_), Some(source)) => source.to_string(),
        (Some(_), None) => String::new(),
        (None, _) => error.to_string(),
    };
    discreet(&text)
}

/// A text of a relay without addresses, on one line, of a length that logs bear.
pub(super) fn discreet(text: &str) -> String {
    let words = inert(text);
    let words = words.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}
