//! Reads what comes back: delivery status notifications (RFC 3464) and complaints (ARF, RFC 5965).
//!
//! It does not know subscribers: it gives the id and the mac of the return path as they stand there.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::status::names_no_mailbox;
use crate::subscriber::Bounce;

/// How the local part of our return paths begins (VERP).
const RETURN: &str = "b+";

/// What a report says of one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What stood before the `@` of the letter's return path: whose it was, and the proof that we wrote it.
    pub return_path: String,
    /// What became of it.
    pub bounce: Bounce,
    /// The enhanced status code (RFC 3463); absent in complaints.
    pub status: Option<String>,
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
    /// The letter arrived, or still may.
    #[error("the report says that the letter arrived or still waits: nothing is to be done")]
    NothingLost,
    /// It is about a letter that is not ours.
    #[error("the report does not say which of our letters it is about: there is no return path of ours in it")]
    NotOurs,
}

/// Reads a message as a report.
///
/// # Errors
///
/// If it is none, about somebody else's letter, or about one that is not lost.
pub fn read(bytes: &[u8]) -> Result<Report, NoReport> {
    let message = MessageParser::new().parse(bytes).ok_or(NoReport::NoMessage)?;
    let (bounce, status) = verdict(&message)?;
    let return_path = return_path(bytes).ok_or(NoReport::NotOurs)?;
    Ok(Report { return_path, bounce, status })
}

/// The token of a mail to `mailbox` with `+TOKEN` at the end of its name: somebody's wish to leave (RFC 2369).
pub fn wish_to_leave(bytes: &[u8], mailbox: &str) -> Option<String> {
    let (name, domain) = mailbox.split_once('@')?;
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    // Only headers say to whom a mail is; a body quotes anything.
    let head = text.split("\n\n").next()?.split("\r\n\r\n").next()?.to_owned();
    let begin = format!("{}+", name.to_ascii_lowercase());
    let end = format!("@{}", domain.to_ascii_lowercase());
    let mut rest = head.as_str();
    while let Some(at) = rest.find(&begin) {
        rest = rest.get(at + begin.len()..)?;
        let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        if !token.is_empty() && rest.get(token.len()..).is_some_and(|behind| behind.starts_with(&end)) {
            return Some(token);
        }
    }
    None
}

fn verdict(message: &Message<'_>) -> Result<(Bounce, Option<String>), NoReport> {
    let part = |subtype: &str| message.parts.iter().find(|part| is_report(part, subtype)).and_then(content);
    if let Some(report) = part("delivery-status") {
        return delivery(&report);
    }
    match part("feedback-report") {
        // Feedback may be of other kinds, such as `not-spam`.
        Some(report) => match field(&report, "feedback-type").as_deref() {
            Some("abuse" | "fraud" | "virus" | "opt-out") => Ok((Bounce::Complaint, None)),
            Some(_) | None => Err(NoReport::NothingLost),
        },
        None => Err(NoReport::SomethingElse),
    }
}

/// RFC 3464, sections 2.3.3 and 2.3.4. Our letters have one recipient, so that the first one counts.
fn delivery(report: &str) -> Result<(Bounce, Option<String>), NoReport> {
    match field(report, "action").as_deref() {
        Some("failed") => {}
        // Delayed: the relay goes on trying. Delivered, relayed, expanded: it arrived.
        Some(_) => return Err(NoReport::NothingLost),
        None => return Err(NoReport::SomethingElse),
    }
    let status = field(report, "status").and_then(|status| status.split_whitespace().next().map(str::to_owned));
    let bounce = match status.as_deref().map(|status| status.split('.').collect::<Vec<_>>()).as_deref() {
        Some(parts) if names_no_mailbox(parts) => Bounce::NoMailbox,
        Some(["4", ..]) => Bounce::Soft,
        Some(_) | None => Bounce::Hard,
    };
    Ok((bounce, status))
}

fn is_report(part: &MessagePart<'_>, subtype: &str) -> bool {
    part.content_type().is_some_and(|kind| {
        kind.c_type.eq_ignore_ascii_case("message")
            && kind.c_subtype.as_ref().is_some_and(|given| {
                given.eq_ignore_ascii_case(subtype) || given.eq_ignore_ascii_case(&format!("global-{subtype}"))
            })
    })
}

fn content(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(text.to_string()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        PartType::Message(message) => Some(String::from_utf8_lossy(message.raw_message()).into_owned()),
        PartType::Multipart(_) => None,
    }
}

/// The value of the first field of that name, in lower case.
fn field(report: &str, name: &str) -> Option<String> {
    let values = report.lines().filter_map(|line| line.split_once(':'));
    let value = |(field, value): (&str, &str)| {
        field.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_ascii_lowercase())
    };
    values.into_iter().find_map(value)
}

/// The first return path of ours, wherever a mail system left it: the report's own recipient, or the letter that it brings along. The
/// proof in it is checked by whoever has the key.
fn return_path(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let alone =
        |at: usize| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'));
    let name = |(at, begin): (usize, &str)| -> Option<String> {
        let rest = text.get(at + begin.len()..)?;
        let (name, _) = rest.split_once('@')?;
        let (id, mac) = name.split_once('.')?;
        let digits =
            |text: &str| (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (alone(at) && digits(id) && digits(mac)).then(|| format!("{RETURN}{}", name.to_ascii_lowercase()))
    };
    let lower = text.match_indices(RETURN).find_map(name);
    lower.or_else(|| text.match_indices("B+").find_map(name))
}

#[cfg(test)]
mod tests;
