//! Every line of the table, in its order.
//!
//! The times are those that the design gives to each watched part; where a setting of the test decides, the line says so.

use super::Row;

/// All twelve services answer 502, and the chat that operators are told by first is one of them — an operator's phone: the alarm by the second channel.
pub const FIRST_ALARM: Row = Row {
    key: "first-alarm",
    broken: "all twelve services answer 502, and the chat that operators are told by first is one of them",
    noticed: "an operator's phone: the alarm by the second channel",
    seconds: 60,
    limit: "60 s",
};

/// The same — the page.
pub const PAGE: Row = Row { key: "page", broken: "the same", noticed: "the page", seconds: 120, limit: "120 s" };

/// The same — the last subscriber's letter at the relay.
pub const LETTERS: Row = Row {
    key: "letters",
    broken: "the same",
    noticed: "the last subscriber's letter at the relay",
    seconds: 120,
    limit: "120 s",
};

/// The operator opens the link of the message and takes the alarm — everybody who was told.
pub const TAKEN: Row = Row {
    key: "taken",
    broken: "the operator opens the link of the message and takes the alarm",
    noticed: "everybody who was told",
    seconds: 30,
    limit: "30 s",
};

/// The second morning: all twelve fail again — an operator's phone, and the incident names the first one.
pub const SECOND_ALARM: Row = Row {
    key: "second-alarm",
    broken: "the second morning: all twelve fail again",
    noticed: "an operator's phone, and the incident names the first one",
    seconds: 60,
    limit: "60 s",
};

/// The same — the page.
pub const SECOND_PAGE: Row =
    Row { key: "second-page", broken: "the same", noticed: "the page", seconds: 120, limit: "120 s" };

/// The same — the last subscriber's letter at the relay.
pub const SECOND_LETTERS: Row = Row {
    key: "second-letters",
    broken: "the same",
    noticed: "the last subscriber's letter at the relay",
    seconds: 120,
    limit: "120 s",
};

/// Nobody takes an alarm — the next step of the policy, told after its `after` of 10 s.
pub const NOBODY: Row = Row {
    key: "nobody",
    broken: "nobody takes an alarm",
    noticed: "the next step of the policy, told after its `after` of 10 s",
    seconds: 15,
    limit: "10 s, and 5 s to tell",
};

/// The prober of a location is killed — the hub: an alarm.
pub const LOCATION_KILLED: Row = Row {
    key: "location-killed",
    broken: "the prober of a location is killed",
    noticed: "the hub: an alarm",
    seconds: 65,
    limit: "60 s of silence, and 5 s to tell",
};

/// The same — `/monitoring` shows that nothing comes from there.
pub const LOCATION_SHOWN: Row = Row {
    key: "location-shown",
    broken: "the same",
    noticed: "`/monitoring` shows that nothing comes from there",
    seconds: 65,
    limit: "the same",
};

/// The network of a location: neither services nor control targets answer there — `/monitoring`: it is blind; no service is called down.
pub const LOCATION_BLIND: Row = Row {
    key: "location-blind",
    broken: "the network of a location: neither services nor control targets answer there",
    noticed: "`/monitoring`: it is blind; no service is called down",
    seconds: 30,
    limit: "one interval of 30 s",
};

/// The clock of a location is ten minutes off — the hub: an alarm, and its results are put right.
pub const LOCATION_CLOCK: Row = Row {
    key: "location-clock",
    broken: "the clock of a location is ten minutes off",
    noticed: "the hub: an alarm, and its results are put right",
    seconds: 60,
    limit: "60 s",
};

/// Canaries are no longer found to be what they are — the hub: an alarm.
pub const DETECTION: Row = Row {
    key: "detection",
    broken: "canaries are no longer found to be what they are",
    noticed: "the hub: an alarm",
    seconds: 90,
    limit: "90 s",
};

/// The same — the outside dead-man switch is told `/fail`.
pub const DETECTION_PING: Row = Row {
    key: "detection-ping",
    broken: "the same",
    noticed: "the outside dead-man switch is told `/fail`",
    seconds: 210,
    limit: "90 s, and the receiver's 120 s",
};

/// The disk of the data is taken away, a full one is in its place — the hub: an alarm; judging and the page go on.
pub const STORE: Row = Row {
    key: "store",
    broken: "the disk of the data is taken away, a full one is in its place",
    noticed: "the hub: an alarm; judging and the page go on",
    seconds: 60,
    limit: "60 s",
};

/// The same — the outside dead-man switch is told `/fail`.
pub const STORE_PING: Row = Row {
    key: "store-ping",
    broken: "the same",
    noticed: "the outside dead-man switch is told `/fail`",
    seconds: 180,
    limit: "120 s, and the next minute",
};

/// The disk does not answer any more: the store's thread hangs — the supervisor ends the process.
pub const STORE_STUCK: Row = Row {
    key: "store-stuck",
    broken: "the disk does not answer any more: the store's thread hangs",
    noticed: "the supervisor ends the process",
    seconds: 35,
    limit: "30 s of silence, and 5 s to end",
};

/// The runtime hangs, and with it evaluator, mailer and pages — the supervisor ends the process.
pub const RUNTIME_STUCK: Row = Row {
    key: "runtime-stuck",
    broken: "the runtime hangs, and with it evaluator, mailer and pages",
    noticed: "the supervisor ends the process",
    seconds: 35,
    limit: "30 s of silence, and 5 s to end",
};

/// The only relay refuses every letter — the hub: an alarm by the operators' channel.
pub const RELAY: Row = Row {
    key: "relay",
    broken: "the only relay refuses every letter",
    noticed: "the hub: an alarm by the operators' channel",
    seconds: 300,
    limit: "5 min",
};

/// The same — the outside dead-man switch is told `/fail`.
pub const RELAY_PING: Row = Row {
    key: "relay-ping",
    broken: "the same",
    noticed: "the outside dead-man switch is told `/fail`",
    seconds: 360,
    limit: "5 min, and the next minute",
};

/// The hub is killed and stays dead — another Belfry that expects its ping (a minute, and a minute of grace).
pub const HUB_KILLED: Row = Row {
    key: "hub-killed",
    broken: "the hub is killed and stays dead",
    noticed: "another Belfry that expects its ping (a minute, and a minute of grace)",
    seconds: 180,
    limit: "3 min",
};

/// The hub's clock is set ten minutes ahead — the hub: an alarm.
pub const HUB_CLOCK: Row = Row {
    key: "hub-clock",
    broken: "the hub's clock is set ten minutes ahead",
    noticed: "the hub: an alarm",
    seconds: 60,
    limit: "60 s",
};

/// A definition file is broken — the reload: `/monitoring` and the metrics; its last good version goes on.
pub const DEFINITION: Row = Row {
    key: "definition",
    broken: "a definition file is broken",
    noticed: "the reload: `/monitoring` and the metrics; its last good version goes on",
    seconds: 30,
    limit: "one reload, 30 s at most",
};

/// It stays broken — the hub: an alarm.
pub const DEFINITION_ALARM: Row = Row {
    key: "definition-alarm",
    broken: "it stays broken",
    noticed: "the hub: an alarm",
    seconds: 630,
    limit: "10 min, and 30 s to tell",
};

/// `probes.d` loses everything at once — the reload; the old set goes on.
pub const DEFINITIONS_GONE: Row = Row {
    key: "definitions-gone",
    broken: "`probes.d` loses everything at once",
    noticed: "the reload; the old set goes on",
    seconds: 30,
    limit: "one reload, 30 s at most",
};

/// The cluster's Alertmanager dies, and with it its `Watchdog` — the heartbeat that expects it (5 s, and 5 s of grace): an alarm.
pub const WATCHDOG: Row = Row {
    key: "watchdog",
    broken: "the cluster's Alertmanager dies, and with it its `Watchdog`",
    noticed: "the heartbeat that expects it (5 s, and 5 s of grace): an alarm",
    seconds: 15,
    limit: "period and grace, and 5 s to tell",
};

/// Nobody answers the drills of a channel for two weeks — the hub: an alarm by the other channels.
pub const DRILLS: Row = Row {
    key: "drills",
    broken: "nobody answers the drills of a channel for two weeks",
    noticed: "the hub: an alarm by the other channels",
    seconds: 14 * 86_400 + 60,
    limit: "two weeks, and a minute to tell",
};

/// All of them.
pub const ALL: [Row; 27] = [
    FIRST_ALARM,
    PAGE,
    LETTERS,
    TAKEN,
    SECOND_ALARM,
    SECOND_PAGE,
    SECOND_LETTERS,
    NOBODY,
    LOCATION_KILLED,
    LOCATION_SHOWN,
    LOCATION_BLIND,
    LOCATION_CLOCK,
    DETECTION,
    DETECTION_PING,
    STORE,
    STORE_PING,
    STORE_STUCK,
    RUNTIME_STUCK,
    RELAY,
    RELAY_PING,
    HUB_KILLED,
    HUB_CLOCK,
    DEFINITION,
    DEFINITION_ALARM,
    DEFINITIONS_GONE,
    WATCHDOG,
    DRILLS,
];
