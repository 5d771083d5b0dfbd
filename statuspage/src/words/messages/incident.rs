//! The messages of incidents and maintenance: titles, sentences, stages.
//!
//! It does not know which one is said when: that is [`crate::incident::wording`]'s business.

use fluent_bundle::FluentValue;

use crate::words::Words;

messages! {
    /// In English: “`count` services”.
    services(count) = "services";
    /// In English: “`what` on `services`”.
    incident_on(what, services) = "incident-on";
    /// In English: “`what` on `services` behind `address`”.
    incident_behind(what, services, address) = "incident-behind";
    /// In English: “`what` on `services` that depend on `dependency`”.
    incident_depending(what, services, dependency) = "incident-depending";
    /// In English: “Incident”.
    incident() = "incident";
    /// In English: “`what` on `services`, measured since `since`. The cause is not known yet.”
    incident_opened(what, services, since) = "incident-opened";
    /// In English: “`count` services are affected now.”
    incident_grown(count) = "incident-grown";
    /// In English: “Failing too: `names`. `count` services are affected since `since`; the worst state is `worst`.”
    incident_joined(names, count, since, worst) = "incident-joined";
    /// In English: “now `names` too; the worst state: `worst`; since `since`”
    notice_grown(names, worst, since) = "notice-grown";
    /// In English: “By our measurements everything works again. We go on watching.”
    incident_recovered() = "incident-recovered";
    /// In English: “The incident before this one was closed `closed`, but by our measurements …”.
    incident_persists(closed, services) = "incident-persists";
    /// In English: “By our measurements still failing: `services`.”
    incident_still(services) = "incident-still";
    /// In English: “Not yet measured to work again: `services`.”
    incident_unproven(services) = "incident-unproven";
    /// In English: “It is back: `services`.”
    incident_relapsed(services) = "incident-relapsed";
    /// In English: “Everything has gone on working: the incident is closed. It lasted `span`.”
    incident_settled(span) = "incident-settled";
    /// In English: “The account of the incident (post-mortem) is published: `address`”.
    postmortem_published(address) = "postmortem-published";
    /// In English: “Since `since`”.
    incident_since(since) = "incident-since";
    /// In English: “Last update, `when`: `text`”.
    last_update(when, text) = "last-update";
    /// In English: “Next update before `time`.”
    next_update(time) = "next-update";
    /// In English: “In the meantime”.
    workaround() = "workaround";
    /// In English: “Open incidents”.
    incidents_open() = "incidents-open";
    /// In English: “Maintenance”.
    maintenance_ahead() = "maintenance-ahead";
    /// In English: “Since `since`: `title`.”
    spoken_incident(since, title) = "spoken-incident";
    /// In English: “`count` other incidents are open.”
    spoken_others(count) = "spoken-others";
    /// In English: “`stage`: `title`, `window`.”
    spoken_maintenance(stage, title, window) = "spoken-maintenance";
    /// In English: “This was said at `time`.”
    spoken_at(time) = "spoken-at";
    /// In English: “`site`: incidents and maintenance”.
    feed_history(site) = "feed-history";
    /// In English: “`site`: `name`”.
    feed_component(site, name) = "feed-component";
    /// In English: “`site`: every update”.
    feed_updates(site) = "feed-updates";
    /// In English: “`site`: maintenance”.
    calendar_title(site) = "calendar-title";
    /// In English: “Investigating”.
    stage_investigating() = "stage-investigating";
    /// In English: “Identified”.
    stage_identified() = "stage-identified";
    /// In English: “Monitoring”.
    stage_monitoring() = "stage-monitoring";
    /// In English: “Resolved”.
    stage_resolved() = "stage-resolved";
    /// In English: “No disturbance”.
    impact_none() = "impact-none";
    /// In English: “Disturbance”.
    impact_minor() = "impact-minor";
    /// In English: “Outage”.
    impact_major() = "impact-major";
    /// In English: “Major outage”.
    impact_critical() = "impact-critical";
    /// In English: “Planned”.
    maintenance_scheduled() = "maintenance-scheduled";
    /// In English: “Under way”.
    maintenance_in_progress() = "maintenance-in-progress";
    /// In English: “Being checked”.
    maintenance_verifying() = "maintenance-verifying";
    /// In English: “Cancelled”.
    maintenance_cancelled() = "maintenance-cancelled";
    /// In English: “This maintenance was cancelled.”
    maintenance_withdrawn() = "maintenance-withdrawn";
    /// In English: “Completed”.
    maintenance_completed() = "maintenance-completed";
    /// In English: “`from` – `to`”.
    maintenance_window(from, to) = "maintenance-window";
    /// In English: “`date`, `from` – `to`”.
    maintenance_hours(date, from, to) = "maintenance-hours";
    /// In English: “Planned for `window`.”
    maintenance_planned(window) = "maintenance-planned";
    /// In English: “The maintenance has begun.”
    maintenance_begun() = "maintenance-begun";
    /// In English: “The work is done, and the result is being checked.”
    maintenance_checking() = "maintenance-checking";
    /// In English: “The maintenance is over.”
    maintenance_over() = "maintenance-over";
}
