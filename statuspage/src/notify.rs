//! Telling operators: which messages wait, how they are worded, and their way out through webhooks and ntfy.
//!
//! A message is about an incident or about the monitor itself ([`Subject`]). It does not know what makes an incident nor how a
//! fault of the monitor is found, and it stores nothing itself: only the hub writes.
//!
//! How the hub uses it
//! 1. An incident begins, grows or ends, a fault of the monitor begins, ends or happens: [`Outbox::tell`] gives the rows to store,
//!    in the same transaction as the incidents and open faults.
//! 2. Stored, or the store's patience is over: [`Outbox::due`] gives what is to be sent now, and each goes to [`Teller::send`]. Ask
//!    again at [`Outbox::next_due`] and after each outcome.
//! 3. [`Outcomes`] yields what became of each; [`Outbox::settle`] gives the rows to store.
//! 4. At the start, [`Outbox::new`] takes the rows that the store gave back.
//!
//! Guarantees: at least once, with an id that is the same each time (header `Idempotency-Key`, field `id`); in order for each channel
//! and topic; retried from 5 s to 15 min apart for 24 hours, then given up loudly ([`State::Abandoned`]). A channel that asks
//! for a pause (429, `Retry-After`) gets it for all its messages. A message that leaves late says so; an outage that ended before
//! anything left is one message. A fault of the monitor that comes and goes is no storm, and what lasts is told within five minutes
//! however often it has come: `outbox::rate` has the rules.

mod acknowledge;
mod address;
mod channel;
mod client;
mod drill;
mod escalation;
mod fault;
mod kind;
mod matter;
mod notification;
mod outbox;
mod planned;
mod policy;
mod proof;
#[cfg(test)]
pub(crate) mod recorder;
mod sample;
mod siren;
mod subject;
mod teller;
#[cfg(test)]
mod tests;
mod wording;

pub use acknowledge::{AckKey, Affair, Claim};
pub use address::SecretUrl;
pub(crate) use channel::is_topic;
pub use channel::{
    AlertmanagerConfig, Channel, ChannelConfig, ChannelKind, ChannelName, ChatConfig, EmailConfig, FREE_MOBILE,
    FreeMobileConfig, InvalidChannel, LowCredit, MatrixConfig, Medium, NtfyConfig, OVH_SMS, OvhSmsConfig, Receipt,
    SignalConfig, Template, TemplateFault, WebhookConfig,
};
pub use client::{Client, ClientError, Refusal, Retry};
pub use drill::{Answers, Drill, Occasion};
pub use escalation::{
    Alarm, Attempt, Beginning, Call, Case, Escalation, InvalidCase, Ladder, Pace, Present, Reach, Taken,
};
pub use fault::{Course, Fault, FaultId, FaultKind, HubTrouble, LocationTrouble, UnknownFault, WatchFault};
pub use kind::{Cause, Kind};
pub use matter::{Growth, Matter, NAMED, Named, Still};
pub use notification::{Event, Notification, NotificationId, State};
pub use outbox::{Due, Outbox};
pub use planned::Planned;
pub use policy::{DEFAULT_AFTER, Filter, Heard, Hours, InvalidShift, Matters, Nature, Policy, PolicyName, Shift};
pub use proof::{DrillState, Failing, Proof, Proofs};
pub use siren::{Burning, Posts, Siren};
pub use subject::{Subject, Topic};
pub use teller::{Means, Outcome, Outcomes, Teller, TellerClosed};
pub use wording::{Message, Voice, fault_in_words};
