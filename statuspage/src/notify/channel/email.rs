//! `kind = "email"`: mail to operators, by relays of its own.
//!
//! It does not know subscribers: nobody signs up for this mail or leaves it. A letter goes to each address by itself, under an id that
//! is the same at each attempt; all letters about one incident are one thread.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use lettre::{
    Address, Message as Mime,
    address::Envelope,
    message::{
        Mailbox, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest as _, Sha256};

use super::{ChannelName, InvalidChannel, Parcel, Receipt};
use crate::{
    mail::{Delivery, Dkim, KeyFault, Patience, RelayUrl, Relays, Signature, Signed},
    notify::{Kind, Message, NotificationId, Refusal, Subject},
    words::inert,
};

/// An alarm that does not leave by mail within seconds leaves by another channel.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(6), command: Duration::from_secs(6), letter: Duration::from_secs(10) };
/// So many letters are remembered of which some addresses have theirs.
const HALF_SENT: usize = 256;

/// `kind = "email"`: `relays`, `from`, `to`, `dkim`, `ca_file`.
#[derive(Debug, Clone)]
pub struct EmailConfig {
    /// The relays in their order; not those that run on what is watched.
    pub relays: Vec<RelayUrl>,
    /// Who writes.
    pub from: Mailbox,
    /// Who is written to.
    pub to: Vec<Address>,
    /// How letters are signed, where the relays do not.
    pub dkim: Option<Dkim>,
    /// Certificates (PEM) that relays may have besides the platform's.
    pub ca_file: Option<PathBuf>,
}

/// Operators' mailboxes.
#[derive(Debug, Clone)]
pub struct Email {
    name: ChannelName,
    from: Mailbox,
    to: Vec<Address>,
    relays: Arc<Relays>,
    signature: Option<Arc<Signature>>,
    /// Who has a letter already of which others have not: they get it alone at the next attempt.
    sent: Arc<Mutex<BTreeMap<NotificationId, BTreeSet<usize>>>>,
}

impl Email {
    pub(super) fn new(name: &ChannelName, config: &EmailConfig) -> Result<Self, InvalidChannel> {
        let relays = Relays::of(&config.relays, config.ca_file.as_deref(), PATIENCE)
            .map_err(|fault| InvalidChannel::Relay { channel: name.clone(), why: fault.to_string() })?;
        let unusable = |fault: KeyFault| InvalidChannel::Key { channel: name.clone(), why: fault.to_string() };
        let signature = config.dkim.as_ref().map(Signature::new).transpose().map_err(unusable)?;
        Ok(Self {
            name: name.clone(),
            from: config.from.clone(),
            to: config.to.clone(),
            relays: Arc::new(relays),
            signature: signature.map(Arc::new),
            sent: Arc::default(),
        })
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let (mut receipts, mut refused, mut delayed) = (Vec::new(), None, None);
        for (number, to) in self.to.iter().enumerate() {
            if self.has(&parcel.notification.id, number) {
                continue;
            }
            let letter = self.letter(number, to, parcel)?;
            match self.relays.send(&letter).await {
                Delivery::Accepted { relay, response } => {
                    self.note(&parcel.notification.id, number);
                    receipts.push(format!("{relay}: {}", inert(&response)));
                }
                Delivery::Refused { code, text, what: _ } => {
                    refused.get_or_insert(Refusal::never(format!("the relay refused it ({code})")).because(&text));
                }
                Delivery::Later { why, .. } => drop(delayed.get_or_insert(Refusal::later(inert(&why)))),
            }
        }
        match (delayed, refused) {
            (Some(delayed), _) => Err(delayed),
            // Somebody has it: an address that is gone does not hold the others up.
            (None, Some(refused)) if !self.anybody_has(&parcel.notification.id) => Err(refused),
            (None, refused) => {
                self.forget(&parcel.notification.id);
                let refused = refused.map(|refusal| format!("not for all: {refusal}"));
                Ok(Receipt::of(receipts.into_iter().chain(refused).collect::<Vec<_>>().join("; ")))
            }
        }
    }

    fn letter(&self, number: usize, to: &Address, parcel: Parcel<'_>) -> Result<Signed, Refusal> {
        let unfit = |_| Refusal::never("the letter cannot be written as a message");
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()]).map_err(unfit)?;
        let (id, root) = self.ids(number, parcel);
        let millis = u64::try_from(parcel.now.as_millis()).unwrap_or_default();
        let mut builder = Mime::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(inert(&format!("[{}] {}", parcel.voice.site, parcel.message.headline())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
            .message_id(Some(id.clone()))
            .envelope(envelope.clone());
        if id != root {
            builder = builder.in_reply_to(root.clone()).references(root);
        }
        let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let builder = builder
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("Content-Language", parcel.voice.language.tag()));
        let body = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(text(parcel.message));
        let mut message = builder.singlepart(body).map_err(unfit)?;
        if let Some(signature) = &self.signature {
            signature.sign(&mut message);
        }
        Ok(Signed::new(envelope, message.formatted()))
    }

    /// The letter's id, and that of the first letter of its thread: the same for ever.
    fn ids(&self, number: usize, parcel: Parcel<'_>) -> (String, String) {
        let id = |text: String| {
            let hex: String = Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            format!("<{hex}@{}>", self.from.email.domain())
        };
        let (name, topic) = (&self.name, parcel.notification.subject.topic());
        let thread = id(format!("thread\n{name}\n{topic}\n{number}"));
        let own = id(format!("letter\n{}\n{number}", parcel.notification.id));
        match (&parcel.notification.subject, &parcel.notification.kind) {
            (Subject::Incident(_), Kind::Down { .. }) => (thread.clone(), thread),
            (Subject::Incident(_), _) => (own, thread),
            // Of what comes again under the same name, each time is a thread of its own.
            (Subject::Monitor(_) | Subject::Maintenance(_) | Subject::Drill(_), _) => (own.clone(), own),
        }
    }

    fn sent(&self) -> std::sync::MutexGuard<'_, BTreeMap<NotificationId, BTreeSet<usize>>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, id: &NotificationId, number: usize) -> bool {
        self.sent().get(id).is_some_and(|sent| sent.contains(&number))
    }

    fn anybody_has(&self, id: &NotificationId) -> bool {
        self.sent().contains_key(id)
    }

    fn note(&self, id: &NotificationId, number: usize) {
        let mut sent = self.sent();
        if sent.len() >= HALF_SENT {
            sent.pop_first();
        }
        sent.entry(id.clone()).or_default().insert(number);
    }

    fn forget(&self, id: &NotificationId) {
        self.sent().remove(id);
    }
}

/// What the letter says, as plain text.
fn text(message: &Message) -> String {
    let lines = std::iter::once(message.headline()).chain(message.rest());
    lines.collect::<Vec<_>>().join("\r\n\r\n") + "\r\n"
}
