//! What machines read: Statuspage's public API (v2), our own (v1) and the problems they answer with.
//!
//! It does not know HTTP servers: documents are functions of the snapshot.

pub(crate) mod audit;
pub(crate) mod channels;
pub(crate) mod history;
pub(crate) mod incidents;
pub(crate) mod locations;
pub(crate) mod maintenances;
pub(crate) mod observations;
pub(crate) mod openapi;
pub(crate) mod parameters;
pub(crate) mod problem;
mod schema;
pub(crate) mod subscribers;
pub(crate) mod v2;
pub(crate) mod wording;
