//! Letters to subscribers and their way out: what a mail says, its headers and signature, the relays that take it, and the reports
//! that come back.
//!
//! It does not know who subscribed, which notices are due, the store or HTTP. Every letter has exactly one recipient; no address and
//! no password is ever logged.

pub mod compose;
mod delivery;
mod letter;
mod relays;
pub mod report;
#[cfg(test)]
pub(crate) mod sample;
mod scribe;
mod settings;
mod status;

pub use delivery::{Delivery, Postponed, Refused};
pub use letter::{Leave, Letter, OneClick, Thread};
pub use relays::{Patience, RelayFault, RelayState, Relays};
pub use scribe::{KeyFault, LetterFault, Scribe, Signature, Signed};
pub(crate) use settings::unescaped;
pub use settings::{Dkim, MailSettings, RelayUrl, RelayUrlFault, Security};
