//! What became of a letter that was handed to the relays.
//!
//! It does not know what is done about it: retries and quarantine are others' business.

use std::time::Duration;

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// A relay has taken it over.
    Accepted {
        /// Which one, without its password.
        relay: String,
        /// What it said, which mostly names its queue id.
        response: String,
    },
    /// It will never be taken.
    Refused {
        /// The enhanced status code where there was one (RFC 3463), else the reply's code.
        code: String,
        /// What the relay said, on one line, without addresses.
        text: String,
        /// What is wrong.
        what: Refused,
    },
    /// No relay takes it now.
    Later {
        /// Why, without addresses.
        why: String,
        /// It makes no sense to try again before.
        after: Duration,
        /// What it is about.
        cause: Postponed,
    },
}

/// What a delay is about; what comes later says more of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Postponed {
    /// Nothing that was tried: each relay rests after a failure with another letter.
    Rest,
    /// The relays: none works, or lets us in.
    Relays,
    /// This letter, or its mailbox: a relay works and would not take it now (4.x.x).
    Letter,
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no such mailbox: 5.1.1 and its kin.
    Mailbox,
    /// Every letter to that mailbox, for now at least: it is full for good, closed, or its domain cannot be found.
    Message,
    /// Who sends, or what: it says nothing of the mailbox. Were it counted, one rule of a relay would silence every subscriber.
    Policy,
}
