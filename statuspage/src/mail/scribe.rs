//! Writes letters down: headers, both bodies, signature and envelope.
//!
//! It does not know what letters say nor who gets them. Every header is written by lettre, which folds and encodes its value, so that no
//! text can begin another header.

mod key;
mod signature;

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest as _, Sha256};
use shared::Language;

use super::{Letter, MailSettings, OneClick};
use crate::{site::Site, words::inert};

pub use key::KeyFault;
pub use signature::Signature;

/// Writes and signs letters.
#[derive(Debug)]
pub struct Scribe {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    /// The list's name and id, by language.
    list: [(Language, String); 2],
    signature: Option<Signature>,
}

/// A letter as relays take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

impl Signed {
    /// A message that was written elsewhere, to one recipient.
    pub(crate) fn new(envelope: Envelope, bytes: Vec<u8>) -> Self {
        Self { envelope, bytes }
    }

    /// The whole message.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// To whom it goes: always one.
    pub fn recipients(&self) -> &[Address] {
        self.envelope.to()
    }

    /// Where failures are reported to.
    pub fn return_path(&self) -> Option<&Address> {
        self.envelope.from()
    }
}

/// Why a letter cannot be written. No variant holds an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterFault {
    /// It cannot be sent to that address.
    #[error("the recipient's address cannot be used in mail")]
    Recipient,
    /// Failures cannot be reported there.
    #[error("the return path cannot be used in mail: check `bounce` of the settings")]
    ReturnPath,
    /// lettre refuses it.
    #[error("the letter cannot be written as a message")]
    Message,
}

impl Scribe {
    /// Reads the key that letters are signed with.
    ///
    /// # Errors
    ///
    /// If the key cannot be read or used.
    pub fn new(settings: &MailSettings, site: &Site) -> Result<Self, KeyFault> {
        let from = settings.from.clone();
        let id = format!("{}.{}", from.email.user(), from.email.domain());
        let list = Language::ALL.map(|language| (language, list(site.title.get(language), &id)));
        let signature = settings.dkim.as_ref().map(Signature::new).transpose()?;
        Ok(Self { from, reply_to: settings.reply_to.clone(), list, signature })
    }

    /// Writes and signs a letter.
    ///
    /// # Errors
    ///
    /// If its recipient or return path cannot be used.
    pub fn sign(&self, letter: &Letter) -> Result<Signed, LetterFault> {
        let to = address(letter.to.as_str()).ok_or(LetterFault::Recipient)?;
        let return_path = match &letter.return_path {
            Some(path) => address(path).ok_or(LetterFault::ReturnPath)?,
            None => self.from.email.clone(),
        };
        let envelope = Envelope::new(Some(return_path), vec![to.clone()]).map_err(|_| LetterFault::Recipient)?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(inert(&letter.subject))
            .date(instant(letter))
            .message_id(Some(bracketed(&letter.message_id)))
            .envelope(envelope.clone());
        if let Some(mailbox) = &self.reply_to {
            builder = builder.reply_to(mailbox.clone());
        }
        if let Some(thread) = &letter.thread {
            let root = bracketed(&thread.root);
            builder = builder.in_reply_to(root.clone()).references(root);
        }
        let builder = self.headers(letter).into_iter().fold(builder, lettre::message::MessageBuilder::raw_header);
        let mut message = builder.multipart(bodies(letter)).map_err(|_| LetterFault::Message)?;
        if let Some(signature) = &self.signature {
            signature.sign(&mut message);
        }
        Ok(Signed { envelope, bytes: message.formatted() })
    }

    /// The headers that lettre has no name for.
    fn headers(&self, letter: &Letter) -> Vec<HeaderValue> {
        let list = self.list.iter().find(|(language, _)| *language == letter.language).map(|(_, list)| list.clone());
        let mut headers = vec![
            header("List-Id", list.unwrap_or_default()),
            header("Auto-Submitted", "auto-generated".to_owned()),
            header("X-Auto-Response-Suppress", "All".to_owned()),
            header("Content-Language", letter.language.tag().to_owned()),
        ];
        if let Some(archive) = &letter.archive {
            headers.push(header("List-Archive", bracketed(archive)));
        }
        if let Some(leave) = &letter.leave {
            let mailto = leave.mailto.iter().map(|mailbox| bracketed(&format!("mailto:{mailbox}")));
            let ways: Vec<String> = [bracketed(&leave.url)].into_iter().chain(mailto).collect();
            headers.push(header("List-Unsubscribe", ways.join(", ")));
            if leave.one_click == OneClick::Yes {
                headers.push(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
            }
        }
        headers
    }
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// An id or address between its brackets: what could end them, or the line, is left out.
fn bracketed(text: &str) -> String {
    let inner: String = text.chars().filter(|&c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).collect();
    format!("<{inner}>")
}

/// The list's name and id (RFC 2919). The name is a phrase: what has a meaning in one is left out.
fn list(name: &str, id: &str) -> String {
    let plain =
        |c: char| !c.is_control() && !matches!(c, '<' | '>' | '"' | '\\' | '(' | ')' | '@' | ',' | ';' | ':' | '=');
    let name: String = inert(name).chars().filter(|&c| plain(c)).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { format!("<{id}>") } else { format!("{name} <{id}>") }
}

/// An address that SMTP takes as it is: no quotes, spaces or brackets, and nothing but ASCII.
fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.split_once('@')?;
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let fits = text.len() <= 254 && user.chars().all(atom) && domain.chars().all(label);
    fits.then(|| text.parse().ok()).flatten()
}

fn instant(letter: &Letter) -> SystemTime {
    let millis = u64::try_from(letter.at.as_millis()).unwrap_or(0);
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis)).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Text first, the same as HTML second. The boundary never occurs in what lies between: `=_` is nothing in either encoding.
fn bodies(letter: &Letter) -> MultiPart {
    let boundary = format!("=_{}", hex(&letter.message_id));
    MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html))
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    // Quoted-printable whatever the text: lines stay short, and nothing that a relay could change is left.
    let body = Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable);
    let body = body.unwrap_or_else(Body::new);
    SinglePart::builder().header(kind).body(body)
}

/// Half of a digest: enough that no two letters of a mailbox share it.
fn hex(id: &str) -> String {
    Sha256::digest(id).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
