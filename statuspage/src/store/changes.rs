//! One atomic set of changes to what the store keeps besides observations.
//!
//! It does not know what the bytes mean.

use bytes::Bytes;
use shared::{ComponentId, IncidentId, LocationName, MaintenanceId, Timestamp};

use crate::{
    mailing::Story,
    maintenance::PlanId,
    notify::{Case, ChannelName, FaultId, Notification, NotificationId},
};

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

/// Names a record: one row for each thing that begins, lasts and ends, so that each change of it is one put or one removal in the
/// transaction of the notifications that it leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKey {
    /// An outage that the version before had open: read, and no longer written.
    Outage(ComponentId),
    /// An incident, for as long as it is remembered.
    Incident(IncidentId),
    /// An operator's order and what became of it, by its number.
    Audit(u64),
    /// A lasting fault of the monitor that is open.
    Fault(FaultId),
    /// A maintenance, for as long as it is remembered.
    Maintenance(MaintenanceId),
    /// An operator's plan of maintenance that repeats.
    Plan(PlanId),
    /// What subscribers are to be told of a story.
    Mailing(Story),
    /// How far that has got: by ids of subscribers, never an address.
    Mailed(Story),
    /// A location that reports from elsewhere: its keys, and how far what it says has come.
    Location(LocationName),
    /// How far the telling of an alarm has got.
    Alarm(Case),
    /// What proves that a channel works.
    Channel(ChannelName),
}

impl RecordKey {
    /// The name in the key of the row. No id holds a colon.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Outage(component) => format!("outage:{component}"),
            Self::Incident(incident) => format!("incident:{incident}"),
            // As wide as every number, so that rows lie in their order.
            Self::Audit(number) => format!("audit:{number:020}"),
            Self::Fault(fault) => format!("fault:{fault}"),
            Self::Location(location) => format!("location:{location}"),
            Self::Maintenance(maintenance) => format!("maintenance:{maintenance}"),
            Self::Plan(plan) => format!("plan:{plan}"),
            Self::Mailing(story) => format!("mailing:{story}"),
            Self::Mailed(story) => format!("mailed:{story}"),
            Self::Alarm(case) => format!("alarm:{case}"),
            Self::Channel(channel) => format!("channel:{channel}"),
        }
    }

    /// None when it names nothing that is known.
    pub(super) fn read(name: &str) -> Option<Self> {
        match name.split_once(':')? {
            ("outage", component) => component.parse().ok().map(Self::Outage),
            ("incident", incident) => incident.parse().ok().map(Self::Incident),
            ("audit", number) => number.parse().ok().map(Self::Audit),
            ("fault", fault) => fault.parse().ok().map(Self::Fault),
            ("location", location) => location.parse().ok().map(Self::Location),
            ("maintenance", id) => id.parse().ok().map(Self::Maintenance),
            ("plan", id) => id.parse().ok().map(Self::Plan),
            ("mailing", story) => story.parse().ok().map(Self::Mailing),
            ("mailed", story) => story.parse().ok().map(Self::Mailed),
            ("alarm", case) => case.parse().ok().map(Self::Alarm),
            ("channel", channel) => channel.parse().ok().map(Self::Channel),
            (_, _) => None,
        }
    }
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
    /// Records that are new or changed, or with no body, that are over.
    pub records: Vec<(RecordKey, Option<Bytes>)>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::FaultKind;

    #[test]
    fn a_record_reads_back_by_its_name() {
        let incident = RecordKey::Incident("kctbh9vrtdwd".parse().expect("an id"));
        let outage = RecordKey::Outage("cloud".parse().expect("an id"));
        let maintenance = RecordKey::Maintenance("kctbh9vrtdwd".parse().expect("an id"));
        let plan = RecordKey::Plan("kctbh9vrtdwd".parse().expect("an id"));
        let story = Story::Incident("kctbh9vrtdwd".parse().expect("an id"));
        let mail = [RecordKey::Mailing(story.clone()), RecordKey::Mailed(story)];
        for key in mail.into_iter().chain([
            maintenance,
            plan,
            outage,
            incident,
            RecordKey::Audit(7),
            RecordKey::Fault(FaultKind::LowSpace.into()),
            RecordKey::Fault(FaultId::new(FaultKind::LocationSilent, Some("lyon".to_owned()))),
            RecordKey::Location("lyon".parse().expect("a name")),
            RecordKey::Fault(FaultId::new(FaultKind::LowCredit, Some("sms".into()))),
            RecordKey::Alarm(Case::Incident("kctbh9vrtdwd".parse().expect("an id"))),
            RecordKey::Alarm(Case::Fault(FaultId::new(FaultKind::LowCredit, Some("sms-amel".into())))),
            RecordKey::Alarm(Case::Maintenance(
                "kctbh9vrtdwd".parse().expect("an id"),
                crate::maintenance::Word::Begins,
            )),
            RecordKey::Channel("sms-amel".parse().expect("a name")),
        ]) {
            assert_eq!(RecordKey::read(&key.name()), Some(key));
        }
        assert_eq!(RecordKey::read("outage"), None);
        assert_eq!(RecordKey::read("fault:fire"), None);
    }
}
