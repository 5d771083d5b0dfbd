//! Who is told by mail: the book of subscribers, its one encrypted file, and how often anybody may ask to be in it.
//!
//! It does not know SMTP, HTTP nor incidents. Addresses leave it in letters that it wants sent, in answers to operators and to
//! their owners, and towards whoever sends the news; they are in no other file, and in no log.

mod address;
mod departures;
mod entry;
mod id;
mod keys;
mod limits;
mod registry;
mod roll;
mod scope;
mod token;
mod vault;

use std::{net::IpAddr, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{Language, Timestamp};

pub use address::{AddressRefusal, MailAddress};
pub use departures::DEPARTED;
pub use entry::{Bounce, Stage};
pub use id::{InvalidSubscriberId, SubscriberId};
pub use keys::Keys;
pub use limits::{Allowance, Closing, Limits};
pub use registry::{Registry, RegistryError, RegistryHandle, RegistryOptions, Unavailable};
pub use roll::{Counts, Imported, Importing, Moment, Recipient, Roll, Search};
pub use scope::{Mailbox, Scope};
pub use token::{InvalidToken, Purpose, Token};
pub use vault::{SEALED, Vault, VaultError};

/// Which words of the form somebody agrees to; one more whenever they say something else.
pub const FORM: u16 = 1;

/// What somebody fills in who wants news.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Where he says that he reads mail.
    pub address: MailAddress,
    /// What he wants to hear of.
    pub scope: Scope,
    /// In which language.
    pub language: Language,
    /// Who reads it.
    pub mailbox: Mailbox,
    /// Where he comes from: counted in memory for ten minutes, never kept.
    pub network: IpAddr,
}

/// What whoever asked is told. It says nothing of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// If the address is right, a letter is on its way.
    Taken,
    /// Too many ask, from everywhere: nobody can subscribe for the moment.
    Closed,
    /// Too many ask from that network.
    TooMany,
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// The question whether it was he who asked.
    Confirm {
        /// The first letter and the domain of the address.
        address_hint: String,
        /// What he asked for.
        scope: Scope,
        /// In which language.
        language: Language,
        /// Who reads it.
        mailbox: Mailbox,
    },
    /// "It was not me": a button that ends all mail to that mailbox.
    Refuse,
    /// His own page.
    Manage(Box<Profile>),
    /// The way out; nothing of him is known where he has left already.
    Unsubscribe {
        /// In which language he reads.
        language: Option<Language>,
        /// Who reads his mail.
        mailbox: Option<Mailbox>,
    },
}

/// Everything that is known of a subscriber. He sees it, and operators do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// Who.
    pub id: SubscriberId,
    /// Where he reads mail.
    pub address: MailAddress,
    /// What he wants to hear of.
    pub scope: Scope,
    /// In which language.
    pub language: Language,
    /// Who reads it.
    pub mailbox: Mailbox,
    /// How far he is.
    pub stage: Stage,
    /// When he filled in the form.
    pub asked_at: Timestamp,
    /// When he said yes.
    pub confirmed_at: Option<Timestamp>,
    /// Which words of the form he agreed to; 0 when an operator brought him.
    pub form: u16,
    /// What he asked for since, and has not said yes to yet.
    pub pending: Option<Pending>,
    /// Until when the link to his page opens.
    pub page_until: Option<Timestamp>,
    /// Mails that came back during the last days.
    pub bounces: Vec<(Timestamp, Bounce)>,
    /// When he got mails during the last day.
    pub recent: Vec<Timestamp>,
}

/// What waits for a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// When he filled in the form.
    pub asked_at: Timestamp,
    /// Until when the link to say yes opens.
    pub until: Timestamp,
    /// What he wants to hear of.
    pub scope: Scope,
    /// In which language.
    pub language: Language,
    /// Who reads it.
    pub mailbox: Mailbox,
    /// Which words of the form he saw.
    pub form: u16,
}

/// Whom a notice is sent to first, and whom then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// Who chose one of the components or groups that it is about.
    Own,
    /// Who wants to hear of everything.
    Page,
}

/// A letter that is to be sent at once, before all notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// "Was it you?"
    Confirm {
        /// Where.
        to: MailAddress,
        /// In which language.
        language: Language,
        /// Says yes.
        token: Token,
        /// Says "not me, never again".
        refuse: Token,
    },
    /// The way to one's own page.
    Manage {
        /// Where.
        to: MailAddress,
        /// In which language.
        language: Language,
        /// Opens it.
        token: Token,
    },
}

impl Wanted {
    /// How long its link opens: afterwards it is of no use.
    pub fn life(&self) -> Duration {
        match self {
            Self::Confirm { .. } => roll::CONFIRM,
            Self::Manage { .. } => roll::MANAGE,
        }
    }
}

/// What leaving did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// He has left.
    Now,
    /// He had left before.
    Before,
}

/// What a mail that came back did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bounced {
    /// It was counted.
    Counted,
    /// It was one too many: he is written to no more until he asks again.
    Quarantined,
    /// He called it spam: he has left.
    Left,
    /// He is no subscriber any more, or it was no mail of ours.
    Unknown,
}
