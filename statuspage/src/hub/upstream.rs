//! The hub that an outpost stands by: while it is heard, it tells; while it is silent, we do, and say so.
//!
//! It does not know how it is listened to.

use std::sync::Arc;

use super::{Hub, Role};
use crate::{
    clock::now,
    engine::{Transition, Window},
    notify::{Fault, FaultKind, Reach},
    outpost::{Hearing, HubView},
};
use shared::{ComponentId, LocationName, MaintenanceStage, bulletin::BulletinMaintenance};

impl Hub {
    /// Takes what is newly known of it.
    pub(super) async fn take_upstream(&mut self, view: Option<Arc<HubView>>) -> Vec<Transition> {
        let Some(view) = view else { return Vec::new() };
        let blind = self.is_blind();
        let alarms = &mut self.telling.alarms;
        let bell = match &view.hearing {
            // Who sees nothing at all cannot tell a dead hub from his own dead line.
            Hearing::Silent { .. } if blind => None,
            Hearing::Unsure => None,
            Hearing::Heard => alarms.end(FaultKind::HubSilent, now()),
            Hearing::Silent { since, trouble } => {
                let (hub, trouble) = (view.address.clone(), trouble.clone());
                alarms.notice(Fault::HubSilent { hub, since: *since, trouble }, *since)
            }
        };
        let planned = |view: &HubView| view.bulletin.as_ref().map(|bulletin| bulletin.maintenances.clone());
        let replanned = self.upstream.as_deref().and_then(planned) != planned(&view);
        self.upstream = Some(view);
        self.set_reach();
        if let Some(bell) = bell {
            self.announce(vec![bell]).await;
        }
        if replanned { self.open_windows(now()) } else { Vec::new() }
    }

    /// A hub that was an outpost before stands by nobody: that another one is silent is over, and nobody is told that it is heard again.
    pub(super) fn stand_alone(&mut self) {
        if self.options.role == Role::Hub
            && let Some(bell) = self.telling.alarms.end(FaultKind::HubSilent, now())
        {
            let _ = self.ring_fault(&bell);
            tracing::info!("this is the hub now: the alarm about the one that it stood by is over");
        }
    }

    /// Tells of everything, or of our own faults alone while another hub is heard.
    pub(super) fn set_reach(&mut self) {
        let silent = self.telling.fault_since(FaultKind::HubSilent).is_some();
        self.telling.escalation.reach(match (self.options.role, silent) {
            (Role::Hub, _) | (Role::Outpost, true) => Reach::Everything,
            (Role::Outpost, false) => Reach::OwnFaults,
        });
    }

    /// Whether this place sees nothing, by its control targets.
    fn is_blind(&self) -> bool {
        let here = self.options.location.as_ref().map(LocationName::as_str);
        self.telling.alarms.open_of(FaultKind::LocationBlind).any(|id| id.of() == here)
    }

    /// The maintenance that it announced: what is planned is no outage, whoever tells.
    pub(super) fn upstream_windows(&self) -> impl Iterator<Item = (ComponentId, Window)> {
        let bulletin = self.upstream.as_ref().and_then(|view| view.bulletin.as_ref());
        let works = bulletin.into_iter().flat_map(|bulletin| &bulletin.maintenances);
        let called_off = |work: &&BulletinMaintenance| work.stage == MaintenanceStage::Cancelled;
        works.filter(move |work| !called_off(work)).flat_map(|work| {
            let window = Window { from: work.starts_at, until: work.ends_at };
            work.components.iter().map(move |component| (component.clone(), window))
        })
    }
}
