//! The messages of letters to subscribers.
//!
//! It does not know which one stands where: that is [`crate::mail::compose`]'s business.

use fluent_bundle::FluentValue;

use crate::words::Words;

messages! {
    /// In English: `[site] what`.
    mail_subject(site, what) = "mail-subject";
    /// In English: “Incident: `services` (`id`)”.
    mail_subject_incident(services, id) = "mail-subject-incident";
    /// In English: “Incident `id`”.
    mail_subject_incident_bare(id) = "mail-subject-incident-bare";
    /// In English: “Maintenance: `title` (`id`)”.
    mail_subject_maintenance(title, id) = "mail-subject-maintenance";
    /// In English: “`time`, `place` time”.
    mail_zoned(time, sound, place) = "mail-zoned";
    /// In English: “`state`: `services` affected since `since`”.
    mail_lead_failing(state, count, services, since) = "mail-lead-failing";
    /// In English: “Incident since `since`”.
    mail_lead_declared(since) = "mail-lead-declared";
    /// In English: “Everything works again and is being watched. The incident began: `since`”.
    mail_lead_watched(since) = "mail-lead-watched";
    /// In English: “Closed by our team `time`. `left`”
    mail_lead_closed(time, left) = "mail-lead-closed";
    /// In English: “Resolved `time`. The incident lasted `span`”.
    mail_lead_resolved(time, span) = "mail-lead-resolved";
    /// In English: “Maintenance is planned: `window`, `zone`”.
    mail_lead_announced(window, zone) = "mail-lead-announced";
    /// In English: “Maintenance was moved. It is now planned: `window`, `zone`”.
    mail_lead_moved(window, zone) = "mail-lead-moved";
    /// In English: “Maintenance begins. Planned end: `end`”.
    mail_lead_begins(end) = "mail-lead-begins";
    /// In English: “Maintenance is over since `end`”.
    mail_lead_ends(end) = "mail-lead-ends";
    /// In English: “The maintenance of `window`, `zone`, is cancelled”.
    mail_lead_cancelled(window, zone) = "mail-lead-cancelled";
    /// In English: “`place` time”.
    mail_zone(sound, place) = "mail-zone";
    /// In English: “Among your services”.
    mail_own() = "mail-own";
    /// In English: “Affected services”.
    mail_others() = "mail-others";
    /// In English: “Affected too”.
    mail_too() = "mail-too";
    /// In English: “Services concerned”.
    mail_concerned() = "mail-concerned";
    /// In English: “Concerned too”.
    mail_concerned_too() = "mail-concerned-too";
    /// In English: “`name`: `state` since `since`”.
    mail_part(name, state, since) = "mail-part";
    /// In English: “`name`: works again since `since`”.
    mail_part_recovered(name, since) = "mail-part-recovered";
    /// In English: “and `count` others”.
    mail_and_others(count) = "mail-and-others";
    /// In English: “The incident’s page, kept up to date:”.
    mail_page_incident() = "mail-page-incident";
    /// In English: “The maintenance’s page:”.
    mail_page_maintenance() = "mail-page-maintenance";
    /// In English: “You get this message because this address is subscribed to “`site`”, for all services”.
    mail_why_all(site) = "mail-why-all";
    /// In English: “You get this message because this address is subscribed to “`site`”, for the services that you chose”.
    mail_why_own(site) = "mail-why-own";
    /// In English: “You get this message because this address was typed in at `page`”.
    mail_why_asked(page) = "mail-why-asked";
    /// In English: “You get this message because this address, which is subscribed, was typed in at `page`. If it was not you, there is nothing to do”.
    mail_why_managed(page) = "mail-why-managed";
    /// In English: “Get no more messages:”.
    mail_leave() = "mail-leave";
    /// In English: “Change your choice, see your data or take it along:”.
    mail_manage() = "mail-manage";
    /// In English: “Responsible: `identity`”.
    mail_by(identity) = "mail-by";
    /// In English: “Confirm your subscription”.
    mail_subject_confirm() = "mail-subject-confirm";
    /// In English: “Do you want to be told of incidents and maintenance of “`site`”?”.
    mail_lead_confirm(site) = "mail-lead-confirm";
    /// In English: “If you asked for it, open this page and confirm with one click. The link is good for 24 hours”.
    mail_confirm_how() = "mail-confirm-how";
    /// In English: “Confirm the subscription:”.
    mail_confirm_do() = "mail-confirm-do";
    /// In English: “If you did not ask for anything, do nothing: the request is forgotten after 7 days”.
    mail_refuse_how() = "mail-refuse-how";
    /// In English: “So that this address never gets such a message again:”.
    mail_refuse_do() = "mail-refuse-do";
    /// In English: “Manage your subscription”.
    mail_subject_manage() = "mail-subject-manage";
    /// In English: “Here is the link that you asked for, to manage your subscription to “`site`””.
    mail_lead_manage(site) = "mail-lead-manage";
    /// In English: “It is good for 30 minutes. Whoever opens it can change the subscription: do not pass this message on”.
    mail_manage_how() = "mail-manage-how";
    /// In English: “Manage the subscription:”.
    mail_manage_do() = "mail-manage-do";
    /// In English: “Summary of `date`”.
    mail_subject_digest(date) = "mail-subject-digest";
    /// In English: “`count` pieces of news since the last message”.
    mail_lead_digest(count) = "mail-lead-digest";
    /// In English: “They come together, so that a message comes every 15 minutes at most”.
    mail_digest_pause() = "mail-digest-pause";
    /// In English: “You had six messages within a day; what came since is in this one”.
    mail_digest_day() = "mail-digest-day";
    /// In English: “Times are given in `place` time”.
    mail_digest_times(sound, place) = "mail-digest-times";
    /// In English: “Notices sent: `sent` of `of`”.
    mail_sent(sent, of) = "mail-sent";
    /// In English: “The last letter was taken by a mail server `at`”.
    mail_flows(at) = "mail-flows";
    /// In English: “None has been sent since the monitoring was started, and none waits”.
    mail_idle() = "mail-idle";
    /// In English: “Mail to subscribers: `count` letters wait”.
    mail_waits(count) = "mail-waits";
}
