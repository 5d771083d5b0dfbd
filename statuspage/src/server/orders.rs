//! Gives operators' orders to the hub, and waits until everybody reads what came of them.
//!
//! It does not know by which way an order came, nor how it is answered.

use std::{sync::Arc, time::Duration};

use tokio::time;

use super::router::App;
use crate::{
    incident::{self, Actor, Incident},
    maintenance::{self, Maintenance},
    snapshot::Snapshot,
};

/// How long an order that was carried out waits to be published: whoever asks next is to find it, and it stands all the same.
const PUBLISHED: Duration = Duration::from_secs(5);

impl App {
    /// Gives an order about incidents.
    pub(super) async fn order(
        &self,
        actor: Actor,
        command: incident::Command,
    ) -> Result<Arc<Incident>, incident::Refusal> {
        let incident = self.desk.order(actor, command).await?;
        // Not every order makes another version: to acknowledge does not.
        let shows = |shown: &Arc<Incident>| shown.version > incident.version || *shown == incident;
        self.until(|snapshot| snapshot.incident(&incident.id).is_some_and(shows)).await;
        Ok(incident)
    }

    /// Gives an order about maintenance.
    pub(super) async fn maintain(
        &self,
        actor: Actor,
        command: maintenance::Command,
    ) -> Result<Arc<Maintenance>, maintenance::Refusal> {
        let maintenance = self.desk.maintain(actor, command).await?;
        let (id, version) = (&maintenance.id, maintenance.version);
        self.until(|snapshot| snapshot.maintenance(id).is_some_and(|shown| shown.version >= version)).await;
        Ok(maintenance)
    }

    pub(super) async fn until(&self, shows: impl Fn(&Snapshot) -> bool + Send) {
        let mut editions = self.editions.clone();
        drop(time::timeout(PUBLISHED, editions.wait_for(|edition| shows(edition.snapshot()))).await);
    }
}
