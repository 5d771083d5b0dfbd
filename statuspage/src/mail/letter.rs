//! A letter as it was composed: one recipient, and each header's value with a type of its own.
//!
//! It does not know how headers are written, signed or sent.

use shared::{Language, Timestamp};

use crate::subscriber::MailAddress;

/// A mail to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its date.
    pub at: Timestamp,
    /// Its only recipient.
    pub to: MailAddress,
    /// The same for all letters of a thread.
    pub subject: String,
    /// Without the angle brackets; the same each time that the letter is made.
    pub message_id: String,
    /// What it follows; absent for the first.
    pub thread: Option<Thread>,
    /// How to leave; absent where there is nothing to leave.
    pub leave: Option<Leave>,
    /// Where failures are reported to; else the sender.
    pub return_path: Option<String>,
    /// The page that says the same.
    pub archive: Option<String>,
    /// The language of all texts.
    pub language: Language,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What a letter follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The id of the first letter, without the angle brackets.
    pub root: String,
}

/// How to leave (RFC 2369).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// The page.
    pub url: String,
    /// The mailbox that takes the same wish.
    pub mailto: Option<String>,
    /// Whether a mail program may do it by itself.
    pub one_click: OneClick,
}

/// Whether a mail program may unsubscribe without the page (RFC 8058).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OneClick {
    /// It may.
    Yes,
    /// It may not: several people share the mailbox.
    No,
}
