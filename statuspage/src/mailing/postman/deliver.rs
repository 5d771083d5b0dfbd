//! One letter: composed, signed, handed over, and what became of it.
//!
//! It does not know when it is tried again.

use std::{sync::Arc, time::Duration};

use shared::Timestamp;
use tokio::time;
use tracing::{debug, info, warn};

use crate::{
    mail::{
        Delivery, Letter, Refused, Relays, Scribe,
        compose::{self, Desk, Told},
    },
    mailing::{Fate, Order},
    subscriber::{Bounce, RegistryHandle, Wanted},
};

/// A delivery that outlives the relays' own deadlines is ended.
const DEADLINE: Duration = Duration::from_secs(300);
/// A letter of a subscription is tried so often: its token ends anyway.
const ATTEMPTS: u32 = 20;

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
    /// Of a subscription, and how often it was tried.
    Wanted(Wanted, u32),
    /// Of one or several stories.
    Notice(Order, Vec<Arc<Told>>),
}

/// What became of it, and what the relays said where they did not take it.
pub(super) enum Done {
    Wanted(Wanted, u32, Fate, Option<String>),
    Notice(Order, Fate, Option<String>),
}

pub(super) async fn deliver(means: Arc<Means>, work: Work) -> Done {
    let at = (means.now)();
    match work {
        Work::Wanted(wanted, attempts) => {
            let letter = compose::wanted(&wanted, at, &means.desk);
            let (fate, why, _) = send(&means, &letter).await;
            let fate = if matches!(fate, Fate::Later(_)) && attempts >= ATTEMPTS { Fate::Refused } else { fate };
            Done::Wanted(wanted, attempts, fate, why)
        }
        Work::Notice(order, told) => {
            let letter = match told.as_slice() {
                [one] => compose::notice(one, &order.recipient, at, &means.desk),
                several => {
                    let several: Vec<Told> = several.iter().map(|told| Told::clone(told)).collect();
                    compose::digest(&several, &order.recipient, at, &means.desk)
                }
            };
            let (fate, why, bounce) = send(&means, &letter).await;
            if let Some(bounce) = bounce {
                let counted = means.registry.bounced(order.recipient.id, bounce).await;
                info!(subscriber = %order.recipient.id, ?bounce, ?counted, "a mailbox does not take a letter");
            }
            Done::Notice(order, fate, why)
        }
    }
}

/// Signs and hands over; gives also what it says of the mailbox.
async fn send(means: &Means, letter: &Letter) -> (Fate, Option<String>, Option<Bounce>) {
    let signed = match means.scribe.sign(letter) {
        Ok(signed) => signed,
        Err(error) => {
            warn!(%error, message = letter.message_id, "a letter cannot be written");
            return (Fate::Refused, Some(error.to_string()), None);
        }
    };
    match time::timeout(DEADLINE, means.relays.send(&signed)).await {
        Ok(Delivery::Accepted { relay, response }) => {
            debug!(message = letter.message_id, relay, response, "a relay took a letter");
            (Fate::Accepted, None, None)
        }
        Ok(Delivery::Refused { code, text, what }) => {
            info!(message = letter.message_id, code, text, ?what, "a letter was refused");
            let bounce = match what {
                Refused::Mailbox => Some(Bounce::NoMailbox),
                Refused::Message => Some(Bounce::Hard),
                Refused::Policy => None,
            };
            (Fate::Refused, Some(format!("{code} {text}")), bounce)
        }
        Ok(Delivery::Later { why, after }) => {
            debug!(message = letter.message_id, why, "no relay takes a letter now");
            (Fate::Later(after), Some(why), None)
        }
        Err(_) => {
            let why = format!("no answer within {} s", DEADLINE.as_secs());
            (Fate::Later(Duration::from_secs(60)), Some(why), None)
        }
    }
}
