//! One letter: composed, signed, handed over, and what became of it.
//!
//! It does not know when it is tried again.

use std::{sync::Arc, time::Duration};

use shared::Timestamp;
use tokio::time;
use tracing::{debug, info, warn};

use super::accounts::Account;
use crate::{
    mail::{
        Delivery, Letter, Postponed, Refused, Relays, Scribe,
        compose::{self, Desk, Told},
    },
    mailing::{Fate, Order},
    subscriber::{Bounce, RegistryHandle},
};

/// A delivery that outlives the relays' own deadlines is ended.
const DEADLINE: Duration = Duration::from_secs(300);
/// What letters are made and sent with.
pub(super) struct Means {
    pub(super) relays: Arc<Relays>,
    pub(super) scribe: Arc<Scribe>,
    pub(super) registry: RegistryHandle,
    pub(super) desk: Desk,
    pub(super) now: fn() -> Timestamp,
}

/// A letter to make and send.
pub(super) enum Work {
    /// Of a subscription.
    Account(Account),
    /// Of one or several stories.
    Notice(Order, Vec<Arc<Told>>),
}

/// What became of it, and what the relays said where they did not take it.
pub(super) struct Done {
    pub(super) fate: Fate,
    pub(super) why: Option<String>,
}

pub(super) async fn deliver(means: Arc<Means>, work: Arc<Work>) -> Done {
    let at = (means.now)();
    match work.as_ref() {
        Work::Account(account) => send(&means, &compose::wanted(&account.wanted, at, &means.desk)).await.done,
        Work::Notice(order, told) => {
            let letter = match told.as_slice() {
                [one] => compose::notice(one, &order.recipient, at, &means.desk),
                several => compose::digest(several, order.gathered, &order.recipient, at, &means.desk),
            };
            settle(&means, order, send(&means, &letter).await).await
        }
    }
}

/// What an answer means for whoever the letter was to.
async fn settle(means: &Means, order: &Order, Answer { mut done, bounce }: Answer) -> Done {
    let last = order.is_last((means.now)());
    let bounce = match bounce {
        // It counts once, when nobody tries any longer.
        Some(Bounce::Soft) if !last => return done,
        Some(bounce) => bounce,
        None => return done,
    };
    done.fate = Fate::Refused;
    let counted = means.registry.bounced(order.recipient.id, bounce).await;
    info!(subscriber = %order.recipient.id, ?bounce, ?counted, "a mailbox does not take a letter");
    done
}

/// What became of a letter, and what that says of its mailbox, if anything.
struct Answer {
    done: Done,
    bounce: Option<Bounce>,
}

/// Signs and hands over.
async fn send(means: &Means, letter: &Letter) -> Answer {
    let answer = |fate, why: Option<String>, bounce| Answer { done: Done { fate, why }, bounce };
    let signed = match means.scribe.sign(letter) {
        Ok(signed) => signed,
        Err(error) => {
            warn!(%error, message = letter.message_id, "a letter cannot be written");
            return answer(Fate::Refused, Some(error.to_string()), None);
        }
    };
    match time::timeout(DEADLINE, means.relays.send(&signed)).await {
        Ok(Delivery::Accepted { relay, response }) => {
            debug!(message = letter.message_id, relay, response, "a relay took a letter");
            answer(Fate::Accepted, None, None)
        }
        Ok(Delivery::Refused { code, text, what }) => {
            info!(message = letter.message_id, code, text, ?what, "a letter was refused");
            let bounce = match what {
                Refused::Mailbox => Some(Bounce::NoMailbox),
                Refused::Message => Some(Bounce::Hard),
                Refused::Policy => None,
            };
            answer(Fate::Refused, Some(format!("{code} {text}")), bounce)
        }
        Ok(Delivery::Later { why, after, cause }) => {
            debug!(message = letter.message_id, why, "no relay takes a letter now");
            let (fate, bounce) = match cause {
                Postponed::Rest => (Fate::Untried(after), None),
                Postponed::Relays => (Fate::Later(after), None),
                Postponed::Letter => (Fate::Later(after), Some(Bounce::Soft)),
            };
            answer(fate, Some(why), bounce)
        }
        Err(_) => {
            let why = format!("no answer within {} s", DEADLINE.as_secs());
            answer(Fate::Later(Duration::from_secs(60)), Some(why), None)
        }
    }
}
