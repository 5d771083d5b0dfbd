//! Subscribers in our own API: what operators see of them, bring, take out, and what mail systems say of mails that came back.
//!
//! It does not know how the book is kept. Nobody but operators ever sees one of these documents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{ComponentId, Language, Timestamp};

use super::schema::{ComponentIdText, Instant};
use crate::subscriber::{AddressRefusal, Bounce, Bounced, Counts, Imported, Importing, Mailbox, Profile, Scope, Stage};

macro_rules! words {
    ($($(#[$doc:meta])* $form:ident is $type:ident { $($(#[$variant_doc:meta])* $variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $form {
            $($(#[$variant_doc])* $variant),*
        }

        impl From<$type> for $form {
            fn from(word: $type) -> Self {
                match word {
                    $($type::$variant => Self::$variant),*
                }
            }
        }

        impl From<$form> for $type {
            fn from(word: $form) -> Self {
                match word {
                    $($form::$variant => Self::$variant),*
                }
            }
        }
    )*};
}

words! {
    /// In which language somebody reads.
    LanguageForm is Language { En, Fr }
    /// Who reads a mailbox.
    MailboxForm is Mailbox {
        /// One person.
        Personal,
        /// Several: nobody leaves for all by one click.
        Shared,
    }
    /// What became of a mail.
    BounceForm is Bounce {
        /// There is no such mailbox (5.1.1): it is written to no more.
        NoMailbox,
        /// It was refused for good, for another reason (5.x.x): three in seven days are enough.
        Hard,
        /// It could not be delivered in time (4.x.x): five in thirty days are enough, of which each day counts one.
        Soft,
        /// Its reader calls it spam: he leaves by it.
        Complaint,
    }
    /// What a mail that came back did.
    BouncedForm is Bounced {
        /// It was counted.
        Counted,
        /// It was one too many: the mailbox is written to no more until its owner asks again.
        Quarantined,
        /// The subscriber has left.
        Left,
        /// There is no such subscriber any more, or it was no mail of ours.
        Unknown,
    }
}

/// Everybody, in the order of addresses.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SubscribersAnswer {
    pub(crate) counts: CountsAnswer,
    pub(crate) subscribers: Vec<SubscriberAnswer>,
}

/// How many there are.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CountsAnswer {
    /// Who said yes.
    pub(crate) confirmed: usize,
    /// Who has not answered yet.
    pub(crate) asked: usize,
    /// Whose mailbox takes no mail.
    pub(crate) quarantined: usize,
    /// Mailboxes that are never written to again; of them only a keyed hash is known.
    pub(crate) refused: usize,
}

/// A subscriber.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SubscriberAnswer {
    pub(crate) id: String,
    pub(crate) address: String,
    /// What he wants to hear of; without components and groups, everything.
    #[schemars(with = "Vec<ComponentIdText>")]
    pub(crate) components: Vec<ComponentId>,
    pub(crate) groups: Vec<String>,
    pub(crate) language: LanguageForm,
    pub(crate) mailbox: MailboxForm,
    pub(crate) stage: StageForm,
    #[schemars(with = "Instant")]
    pub(crate) asked_at: Timestamp,
    #[schemars(with = "Option<Instant>")]
    pub(crate) confirmed_at: Option<Timestamp>,
    /// Since when no mail goes there.
    #[schemars(with = "Option<Instant>")]
    pub(crate) quarantined_at: Option<Timestamp>,
    /// Which words of the form he agreed to; 0 when an operator brought him.
    pub(crate) form: u16,
    /// Mails that came back: refused for good during the last seven days, or not taken in time during the last thirty.
    pub(crate) bounces: usize,
}

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StageForm {
    /// He has not answered yet whether it was he who asked.
    Asked,
    /// He gets mail.
    Confirmed,
    /// His mailbox takes none.
    Quarantined,
}

/// Subscribers whose consent an operator answers for.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportOrder {
    pub(crate) subscribers: Vec<ImportLine>,
}

/// One of them.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportLine {
    pub(crate) address: String,
    /// Without components and groups, everything.
    #[serde(default)]
    #[schemars(with = "Vec<ComponentIdText>")]
    pub(crate) components: Vec<ComponentId>,
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// The site's first language when it is absent.
    #[serde(default)]
    pub(crate) language: Option<LanguageForm>,
    #[serde(default)]
    pub(crate) mailbox: Option<MailboxForm>,
}

/// What became of them.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ImportAnswer {
    /// How many are subscribers from now on.
    pub(crate) added: usize,
    /// How many were before; they stay as they are.
    pub(crate) present: usize,
    /// How many left by themselves, or want no mail for ever: only they can change that.
    pub(crate) unwanted: usize,
    /// Those whose address cannot be used.
    pub(crate) refused: Vec<RefusedLine>,
}

/// An address that cannot be used.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RefusedLine {
    /// The first is 1.
    pub(crate) number: usize,
    pub(crate) reason: String,
}

/// Whom to erase.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveOrder {
    pub(crate) address: String,
}

/// Who was erased.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RemoveAnswer {
    pub(crate) id: String,
}

/// A mail that came back, or the wish to leave by mail.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum BounceOrder {
    /// It came back.
    Returned {
        /// What stands before the `@` of its return path.
        return_path: String,
        /// What became of it.
        bounce: BounceForm,
    },
    /// Somebody wrote to the mailbox for leaving.
    Unsubscribe {
        /// What stands behind the `+` of its name.
        token: String,
    },
}

/// What it did.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BounceAnswer {
    pub(crate) outcome: BouncedForm,
}

impl From<Counts> for CountsAnswer {
    fn from(counts: Counts) -> Self {
        let Counts { confirmed, asked, quarantined, refused, came_back: _ } = counts;
        Self { confirmed, asked, quarantined, refused }
    }
}

impl From<Profile> for SubscriberAnswer {
    fn from(profile: Profile) -> Self {
        let (stage, quarantined_at) = match profile.stage {
            Stage::Asked => (StageForm::Asked, None),
            Stage::Confirmed => (StageForm::Confirmed, None),
            Stage::Quarantined { at } => (StageForm::Quarantined, Some(at)),
        };
        Self {
            id: profile.id.to_string(),
            address: profile.address.as_str().to_owned(),
            components: profile.scope.components.into_iter().collect(),
            groups: profile.scope.groups.into_iter().collect(),
            language: profile.language.into(),
            mailbox: profile.mailbox.into(),
            stage,
            asked_at: profile.asked_at,
            confirmed_at: profile.confirmed_at,
            quarantined_at,
            form: profile.form,
            bounces: profile.bounces.len(),
        }
    }
}

impl ImportLine {
    /// The subscriber, where his address can be used.
    pub(crate) fn read(self, language: Language) -> Result<Imported, AddressRefusal> {
        Ok(Imported {
            address: self.address.parse()?,
            scope: Scope {
                components: self.components.into_iter().collect(),
                groups: self.groups.into_iter().collect(),
            },
            language: self.language.map_or(language, Language::from),
            mailbox: self.mailbox.map(Mailbox::from).unwrap_or_default(),
        })
    }
}

impl ImportAnswer {
    /// Counts what became of those whose address could be used.
    pub(crate) fn count(mut self, imported: &[Importing]) -> Self {
        for one in imported {
            match one {
                Importing::Added(_) => self.added += 1,
                Importing::Present(_) => self.present += 1,
                Importing::Unwanted => self.unwanted += 1,
            }
        }
        self
    }
}
