//! The registry as everybody else sees it: questions with a deadline.
//!
//! It does not know what the answers mean.

use std::{net::IpAddr, sync::Arc, sync::mpsc as queue, time::Duration};

use shared::{Language, Timestamp};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

use super::request::{Reply, Request, Wish, change, look};
use crate::subscriber::{
    AddressRefusal, Asked, Asking, Bounce, Bounced, Closing, Counts, Imported, Importing, Left, MailAddress, Mailbox,
    Opened, Profile, Recipient, Scope, Search, SubscriberId, Token,
};

/// How long an answer may take: the disk may be slow.
const DEADLINE: Duration = Duration::from_secs(10);

/// Asks the registry. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RegistryHandle(Option<Present>);

#[derive(Debug, Clone)]
struct Present {
    requests: queue::SyncSender<Request>,
    trouble: watch::Receiver<Option<Arc<str>>>,
    closing: watch::Receiver<Option<Closing>>,
    own_domains: Arc<[String]>,
}

/// The book cannot be read or written at the moment; nothing was changed, unless the answer came too late.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("subscribers cannot be read or changed: {0}")]
pub struct Unavailable(
    /// Why, for operators: it names files.
    pub Arc<str>,
);

impl Unavailable {
    pub(super) fn because(reason: &str) -> Self {
        Self(reason.into())
    }
}

impl RegistryHandle {
    pub(super) fn of(
        requests: queue::SyncSender<Request>,
        (trouble, closing): (watch::Receiver<Option<Arc<str>>>, watch::Receiver<Option<Closing>>),
        own_domains: Vec<String>,
    ) -> Self {
        Self(Some(Present { requests, trouble, closing, own_domains: own_domains.into() }))
    }

    /// One that has no book: no mail is sent from here.
    pub fn absent() -> Self {
        Self(None)
    }

    /// Whether there is a book, readable or not.
    pub fn is_present(&self) -> bool {
        self.0.is_some()
    }

    /// What an operator must know: the book cannot be read or written.
    pub fn trouble(&self) -> Option<Arc<str>> {
        self.0.as_ref().and_then(|present| present.trouble.borrow().clone())
    }

    /// What operators must know too: so many ask that the form is closed, for everybody.
    pub fn closing(&self) -> Option<Closing> {
        self.0.as_ref().and_then(|present| *present.closing.borrow())
    }

    /// Whether an address may subscribe, apart from its form: none of the operator's own.
    ///
    /// # Errors
    ///
    /// When it may not.
    pub fn accepts(&self, address: &MailAddress) -> Result<(), AddressRefusal> {
        self.0.as_ref().map_or(Ok(()), |present| address.outside(&present.own_domains))
    }

    /// Takes what somebody filled in who wants news. Call [`accepts`](Self::accepts) first: here such an address gets no letter.
    ///
    /// # Errors
    ///
    /// When the book cannot be written; the same for all addresses.
    pub async fn ask(&self, asked: Asked) -> Result<Asking, Unavailable> {
        self.call(|reply| Request::Ask(Box::new(asked), Wish::News, reply)).await
    }

    /// Takes what somebody filled in who wants the way to his page.
    ///
    /// # Errors
    ///
    /// When the book cannot be written; the same for all addresses.
    pub async fn ask_to_manage(&self, address: MailAddress, network: IpAddr) -> Result<Asking, Unavailable> {
        let (scope, language, mailbox) = (Scope::default(), Language::En, Mailbox::Personal);
        let asked = Box::new(Asked { address, scope, language, mailbox, network });
        self.call(|reply| Request::Ask(asked, Wish::Page, reply)).await
    }

    /// What a link opens; nothing changes by looking.
    ///
    /// # Errors
    ///
    /// When the book cannot be read.
    pub async fn open(&self, token: &Token) -> Result<Option<Opened>, Unavailable> {
        let token = token.clone();
        self.call(|reply| look(reply, move |roll, now| roll.open(&token, now))).await
    }

    /// Says yes, by a link's token.
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn confirm(&self, token: &Token) -> Result<Option<Profile>, Unavailable> {
        let token = token.clone();
        self.call(|reply| change(reply, move |roll, moment| roll.confirm(&token, moment.now))).await
    }

    /// Says "not me, never again".
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn refuse(&self, token: &Token) -> Result<Option<Left>, Unavailable> {
        let token = token.clone();
        self.call(|reply| change(reply, move |roll, _| roll.refuse(&token))).await
    }

    /// Changes what is wanted.
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn change(
        &self,
        token: &Token,
        scope: Scope,
        language: Language,
        mailbox: Mailbox,
    ) -> Result<Option<Profile>, Unavailable> {
        let token = token.clone();
        let wanted = (scope, language, mailbox);
        self.call(|reply| change(reply, move |roll, moment| roll.change(&token, wanted, moment.now))).await
    }

    /// Leaves, by the link to one's own page or by that of any mail, however old.
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn leave(&self, token: &Token) -> Result<Option<Left>, Unavailable> {
        let token = token.clone();
        self.call(|reply| change(reply, move |roll, moment| roll.leave(&token, moment.now))).await
    }

    /// Everything that is known of whoever has the link to his page.
    ///
    /// # Errors
    ///
    /// When the book cannot be read.
    pub async fn export(&self, token: &Token) -> Result<Option<Profile>, Unavailable> {
        let token = token.clone();
        self.call(|reply| look(reply, move |roll, now| roll.export(&token, now))).await
    }

    /// The next ones who are written to, in the order of their ids.
    ///
    /// # Errors
    ///
    /// When the book cannot be read.
    pub async fn recipients(&self, search: Search) -> Result<Vec<Recipient>, Unavailable> {
        self.call(|reply| look(reply, move |roll, _| roll.recipients(&search))).await
    }

    /// One of them, as long as he is written to.
    ///
    /// # Errors
    ///
    /// When the book cannot be read.
    pub async fn recipient(&self, id: SubscriberId) -> Result<Option<Recipient>, Unavailable> {
        self.call(|reply| look(reply, move |roll, _| roll.recipient(id))).await
    }

    /// Some got mails. It is remembered at once and written within seconds.
    ///
    /// # Errors
    ///
    /// When too much waits already.
    pub fn mailed(&self, mails: Vec<(SubscriberId, Timestamp)>) -> Result<(), Unavailable> {
        self.send(Request::Mailed(mails))
    }

    /// A mail to somebody came back, as the relay said at once.
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn bounced(&self, id: SubscriberId, bounce: Bounce) -> Result<Bounced, Unavailable> {
        let made = self.call(|reply| change(reply, move |roll, moment| Some(roll.bounced(id, bounce, moment.now))));
        Ok(made.await?.unwrap_or(Bounced::Unknown))
    }

    /// A mail came back to that return path (what stands in front of its `@`), together with whose it was. One that is not ours
    /// is [`Bounced::Unknown`].
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn returned(
        &self,
        local_part: &str,
        bounce: Bounce,
    ) -> Result<(Bounced, Option<SubscriberId>), Unavailable> {
        let path = local_part.to_owned();
        let made = self.call(|reply| {
            change(reply, move |roll, moment| {
                let id = roll.returned(&path)?;
                Some((roll.bounced(id, bounce, moment.now), Some(id)))
            })
        });
        Ok(made.await?.unwrap_or((Bounced::Unknown, None)))
    }

    /// Everybody, for operators, in the order of addresses.
    ///
    /// # Errors
    ///
    /// When the book cannot be read.
    pub async fn list(&self) -> Result<Vec<Profile>, Unavailable> {
        self.call(|reply| look(reply, |roll, _| roll.list())).await
    }

    /// Takes in whom an operator brings, all or, when they cannot be written, none.
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn import(&self, imported: Vec<Imported>) -> Result<Vec<Importing>, Unavailable> {
        let made = self.call(|reply| {
            change(reply, move |roll, moment| {
                let mut import =
                    |one| roll.import(one, crate::subscriber::Moment { now: moment.now, draw: &mut *moment.draw });
                Some(imported.into_iter().map(&mut import).collect::<Vec<_>>())
            })
        });
        Ok(made.await?.unwrap_or_default())
    }

    /// Erases whoever has that address, at an operator's word.
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn remove(&self, address: MailAddress) -> Result<Option<SubscriberId>, Unavailable> {
        self.call(|reply| change(reply, move |roll, _| roll.remove(&address))).await
    }

    /// How many there are.
    ///
    /// # Errors
    ///
    /// When the book cannot be read.
    pub async fn counts(&self) -> Result<Counts, Unavailable> {
        self.call(|reply| look(reply, |roll, _| roll.counts())).await
    }

    /// Writes what is not written yet: at the end of the process.
    ///
    /// # Errors
    ///
    /// When the book cannot be written.
    pub async fn flush(&self) -> Result<(), Unavailable> {
        self.call(Request::Flush).await
    }

    async fn call<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.send(request(reply))?;
        match timeout(DEADLINE, answer).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => Err(Unavailable::because("their thread has ended")),
            Err(_) => Err(Unavailable::because("the disk is too slow")),
        }
    }

    fn send(&self, request: Request) -> Result<(), Unavailable> {
        let Some(present) = &self.0 else {
            return Err(Unavailable::because("the settings of the hub have no `[mail]`"));
        };
        present.requests.try_send(request).map_err(|full| {
            Unavailable::because(match full {
                queue::TrySendError::Full(_) => "too many requests wait for the disk",
                queue::TrySendError::Disconnected(_) => "their thread has ended",
            })
        })
    }
}
