//! What the thread of the registry is asked.
//!
//! It does not know who asks.

use shared::Timestamp;
use tokio::sync::oneshot;

use super::handle::Unavailable;
use crate::subscriber::{Asked, Asking, Moment, Roll, SubscriberId};

/// Where an answer goes. Whoever asked may have gone meanwhile.
pub(super) type Reply<T> = oneshot::Sender<Result<T, Unavailable>>;
/// Looks at the book, if there is one.
pub(super) type Look = Box<dyn FnOnce(Result<&Roll, Unavailable>, Timestamp) + Send>;
/// Changes the book in memory, and gives what answers afterwards; without a book it answers that.
pub(super) type Change = Box<dyn FnOnce(Result<(&mut Roll, Moment<'_>), Unavailable>) -> Done + Send>;
/// Answers, once it is known whether the change is written.
pub(super) type Answer = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;

/// Something to do with the book.
pub(super) enum Request {
    /// The form, filled in.
    Ask(Box<Asked>, Wish, Reply<Asking>),
    /// A look.
    Look(Look),
    /// A change.
    Change(Change),
    /// Some got mails; it is written with the next change, or after a while.
    Mailed(Vec<(SubscriberId, Timestamp)>),
    /// Write what is not written yet.
    Flush(Reply<()>),
}

/// What somebody wants who fills in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// News.
    News,
    /// The way to his page.
    Page,
}

/// What is left to do after a change.
pub(super) enum Done {
    /// It is answered already: nothing changed.
    Nothing,
    /// It is to be written, and then answered.
    Write(Answer),
}

/// A look that answers.
pub(super) fn look<T: Send + 'static>(
    reply: Reply<T>,
    see: impl FnOnce(&Roll, Timestamp) -> T + Send + 'static,
) -> Request {
    // Whoever asked may have gone: then nobody hears it.
    Request::Look(Box::new(move |roll, now| drop(reply.send(roll.map(|roll| see(roll, now))))))
}

/// A change that answers once it is written; what gives nothing has changed nothing.
pub(super) fn change<T: Send + 'static>(
    reply: Reply<Option<T>>,
    make: impl FnOnce(&mut Roll, Moment<'_>) -> Option<T> + Send + 'static,
) -> Request {
    Request::Change(Box::new(move |roll| match roll.map(|(roll, moment)| make(roll, moment)) {
        Ok(Some(made)) => Done::Write(Box::new(move |written| drop(reply.send(written.map(|()| Some(made)))))),
        nothing => {
            drop(reply.send(nothing));
            Done::Nothing
        }
    }))
}
