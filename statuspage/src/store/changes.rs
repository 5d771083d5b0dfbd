//! One atomic set of changes to what the store keeps besides observations.
//!
//! It does not know what the bytes mean.

use bytes::Bytes;
use shared::{ComponentId, Timestamp};

use crate::notify::{Notification, NotificationId};

/// An hour's or a day's ledger of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Whose it is.
    pub component: ComponentId,
    /// The beginning of the hour, or of the day in the site's time zone.
    pub start: Timestamp,
    /// Made and read by the engine.
    pub body: Bytes,
}

/// Written together or not at all. A later change to the same key replaces an earlier one that still waits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The engine's state of a component.
    pub components: Vec<(ComponentId, Bytes)>,
    /// Hours.
    pub hours: Vec<Ledger>,
    /// Days.
    pub days: Vec<Ledger>,
    /// Outbox rows, new or changed.
    pub notifications: Vec<Notification>,
    /// Named documents, such as the roster of components; a name has at most 64 bytes.
    pub documents: Vec<(&'static str, Bytes)>,
    /// States of components that are to be forgotten; their observations and ledgers stay.
    pub forget_components: Vec<ComponentId>,
    /// Outbox rows that are to be forgotten.
    pub forget_notifications: Vec<NotificationId>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
