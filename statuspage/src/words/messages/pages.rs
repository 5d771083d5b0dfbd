//! The messages of the pages about incidents, the past, the monitoring itself and who is affected.
//!
//! It does not know which one is said when: the pages do.

use fluent_bundle::FluentValue;

use crate::words::Words;

messages! {
    /// In English: “Are outages recognised?”.
    detection() = "detection";
    /// In English: “Yes, proven”.
    detection_proven() = "detection-proven";
    /// In English: “No longer”.
    detection_broken() = "detection-broken";
    /// In English: “Not proven”.
    detection_unproven() = "detection-unproven";
    /// In English: “Targets of our own, one that always fails, one that alway…”.
    detection_why() = "detection-why";
    /// In English: “Its own parts”.
    parts() = "parts";
    /// In English: “All at work”.
    parts_alive() = "parts-alive";
    /// In English: “Restarted again and again”.
    parts_restarting() = "parts-restarting";
    /// In English: “Slow”.
    parts_late() = "parts-late";
    /// In English: “Every part of the monitoring gives a sign of life several…”.
    parts_why() = "parts-why";
    /// In English: “What it lives on”.
    means() = "means";
    /// In English: “Enough of everything”.
    means_enough() = "means-enough";
    /// In English: “disk”.
    means_disk() = "means-disk";
    /// In English: “memory”.
    means_memory() = "means-memory";
    /// In English: “connections”.
    means_descriptors() = "means-descriptors";
    /// In English: “clock”.
    means_clock() = "means-clock";
    /// In English: “Its disk, memory, connections and clock are watched, and …”.
    means_why() = "means-why";
    /// In English: “The monitoring itself has a fault: what stands here may b…”.
    watch_degraded() = "watch-degraded";
    /// In English: “Short: `what`”.
    means_short(what) = "means-short";
    /// In English: “sign of life”.
    beat_heard() = "beat-heard";
    /// In English: “last one `when`”.
    beat_last(when) = "beat-last";
    /// In English: “The incident before was closed while this still failed”.
    chronology_persists() = "chronology-persists";
    /// In English: “Navigation”.
    navigation() = "navigation";
    /// In English: “History”.
    history() = "history";
    /// In English: “Monitoring”.
    monitoring() = "monitoring";
    /// In English: “Calendar”.
    calendar() = "calendar";
    /// In English: “`month` `year`”.
    month_title(month, year) = "month-title";
    /// In English: “since `since`”.
    going_since(since) = "going-since";
    /// In English: “`period` (`span`)”.
    lasting(period, span) = "lasting";
    /// In English: “detected in `span`”.
    detected_in(span) = "detected-in";
    /// In English: “acknowledged `at`”.
    taken_on(at) = "taken-on";
    /// In English: “opened by operators”.
    declared_by_hand() = "declared-by-hand";
    /// In English: “`stage`, `at`”.
    stage_at(stage, at) = "stage-at";
    /// In English: “In the meantime”.
    meanwhile() = "meanwhile";
    /// In English: “An update was promised before `time`; it is late”.
    next_update_late(time) = "next-update-late";
    /// In English: “Now and soon”.
    news() = "news";
    /// In English: “Groups of services”.
    groups() = "groups";
    /// In English: “And `count` other incidents are open”.
    more_incidents(count) = "more-incidents";
    /// In English: “planned to end `at`”.
    maintenance_ending(at) = "maintenance-ending";
    /// In English: “Updates”.
    section_updates() = "section-updates";
    /// In English: “Measured chronology”.
    section_chronology() = "section-chronology";
    /// In English: “Chronology”.
    section_chronology_declared() = "section-chronology-declared";
    /// In English: “Affected services”.
    section_components() = "section-components";
    /// In English: “Related incidents”.
    section_related() = "section-related";
    /// In English: “Incidents and maintenance”.
    section_past() = "section-past";
    /// In English: “Maintenance”.
    section_maintenance() = "section-maintenance";
    /// In English: “operators”.
    by_operators() = "by-operators";
    /// In English: “measured”.
    by_measurements() = "by-measurements";
    /// In English: “`name`: `from` → `to`”.
    state_change(name, from, to) = "state-change";
    /// In English: “Detection”.
    figure_detection() = "figure-detection";
    /// In English: “Taken on”.
    figure_acknowledgement() = "figure-acknowledgement";
    /// In English: “Cause found”.
    figure_cause() = "figure-cause";
    /// In English: “Working again”.
    figure_recovery() = "figure-recovery";
    /// In English: “after the first failure”.
    after_first_failure() = "after-first-failure";
    /// In English: “after the beginning”.
    after_beginning() = "after-beginning";
    /// In English: “after detection”.
    after_detection() = "after-detection";
    /// In English: “not recorded”.
    not_recorded() = "not-recorded";
    /// In English: “First failure measured”.
    chronology_started() = "chronology-started";
    /// In English: “Beginning, as operators gave it”.
    chronology_began() = "chronology-began";
    /// In English: “Failure confirmed, seen from `places`”.
    chronology_detected(places) = "chronology-detected";
    /// In English: “Failure confirmed”.
    chronology_confirmed() = "chronology-confirmed";
    /// In English: “Incident declared”.
    chronology_declared() = "chronology-declared";
    /// In English: “First alert delivered”.
    chronology_announced() = "chronology-announced";
    /// In English: “First told by users”.
    chronology_reported() = "chronology-reported";
    /// In English: “Acknowledged by operators”.
    chronology_acknowledged() = "chronology-acknowledged";
    /// In English: “Cause found”.
    chronology_identified() = "chronology-identified";
    /// In English: “`services` affected too”.
    chronology_joined(services) = "chronology-joined";
    /// In English: “`count` more services affected, `total` in all”.
    chronology_joined_many(count, total) = "chronology-joined-many";
    /// In English: “`services`: working again”.
    chronology_back(services) = "chronology-back";
    /// In English: “`count` of `total` services work again”.
    chronology_back_many(count, total) = "chronology-back-many";
    /// In English: “Everything works again”.
    chronology_recovered() = "chronology-recovered";
    /// In English: “Incident closed”.
    chronology_resolved() = "chronology-resolved";
    /// In English: “A first failure is asked again at once, and called an outage only when it is confirmed …”.
    chronology_how() = "chronology-how";
    /// In English: “`count` of `total` do not work properly yet”.
    components_failing(count, total) = "components-failing";
    /// In English: “The services one by one”.
    components_table() = "components-table";
    /// In English: “Service”.
    column_service() = "column-service";
    /// In English: “Since”.
    column_since() = "column-since";
    /// In English: “Working again”.
    column_back() = "column-back";
    /// In English: “First failure”.
    column_reason() = "column-reason";
    /// In English: “not yet”.
    still_failing() = "still-failing";
    /// In English: “This is the return of an earlier incident”.
    relapse_of() = "relapse-of";
    /// In English: “It came back later”.
    relapsed_as() = "relapsed-as";
    /// In English: “It came back `count` times before it was closed”.
    relapses(count) = "relapses";
    /// In English: “No incident on record”.
    incidents_none() = "incidents-none";
    /// In English: “No other on record”.
    incidents_none_other() = "incidents-none-other";
    /// In English: “The whole history”.
    whole_history() = "whole-history";
    /// In English: “Concerns: `scope`”.
    concerns(scope) = "concerns";
    /// In English: “What happened, what was measured and what is being done, by `site`”.
    incident_about(site) = "incident-about";
    /// In English: “Incidents and maintenance of `site`, month by month”.
    history_about(site) = "history-about";
    /// In English: “Nothing to report”.
    history_quiet() = "history-quiet";
    /// In English: “To come”.
    history_coming() = "history-coming";
    /// In English: “Before: `month`”.
    history_older(month) = "history-older";
    /// In English: “After: `month`”.
    history_newer(month) = "history-newer";
    /// In English: “The latest months”.
    history_latest() = "history-latest";
    /// In English: “Months”.
    history_months() = "history-months";
    /// In English: “Who watches the watcher?”.
    watcher() = "watcher";
    /// In English: “Everything on this page is measured from outside, as a visitor would. This is what the …”.
    watcher_lead() = "watcher-lead";
    /// In English: “Places of measurement”.
    section_places() = "section-places";
    /// In English: “Reports”.
    place_reports() = "place-reports";
    /// In English: “Silent”.
    place_silent() = "place-silent";
    /// In English: “Nothing yet”.
    place_waiting() = "place-waiting";
    /// In English: “Blind”.
    place_blind() = "place-blind";
    /// In English: “It says itself that its own network is at fault: its results count for nothing until …”.
    place_blind_why() = "place-blind-why";
    /// In English: “Added, but it has not reported anything yet”.
    place_waiting_why() = "place-waiting-why";
    /// In English: “No longer counted”.
    place_revoked() = "place-revoked";
    /// In English: “last heard `at`”.
    place_heard(at) = "place-heard";
    /// In English: “`results` results still to come”.
    place_journal(results) = "place-journal";
    /// In English: “version `version`”.
    place_version(version) = "place-version";
    /// In English: “its clock is off by `seconds` s, put right here”.
    place_clock(seconds) = "place-clock";
    /// In English: “its definitions are not the same as here”.
    place_drift() = "place-drift";
    /// In English: “`results` results missing”.
    place_gaps(results) = "place-gaps";
    /// In English: “`results` results lost”.
    place_lost(results) = "place-lost";
    /// In English: “`results` came twice, counted once”.
    place_duplicates(results) = "place-duplicates";
    /// In English: “`reports` reports of a copy of it”.
    place_copied(reports) = "place-copied";
    /// In English: “its disk was set back `times` times”.
    place_set_back(times) = "place-set-back";
    /// In English: “`reports` reports in its name not let in”.
    place_rejected(reports) = "place-rejected";
    /// In English: “`probes` probes overdue”.
    place_overdue(probes) = "place-overdue";
    /// In English: “`fresh` of `total` probes up to date”.
    place_fresh(fresh, total) = "place-fresh";
    /// In English: “Do they agree?”.
    section_agreement() = "section-agreement";
    /// In English: “There is one place of measurement, so its word alone counts, and a fault near it cannot …”.
    agreement_alone() = "agreement-alone";
    /// In English: “No question has recent answers from two places, so there is nothing to compare”.
    agreement_none() = "agreement-none";
    /// In English: “`total` probes are answered from several places, and they agree on all of them”.
    agreement_full(total) = "agreement-full";
    /// In English: “Of `total` probes answered from several places, `disputed` are disputed”.
    agreement_disputed(disputed, total) = "agreement-disputed";
    /// In English: “With one place its word counts; with two, both must see the outage; with more, most of them”.
    agreement_rule() = "agreement-rule";
    /// In English: “and `count` more”.
    and_more(count) = "and-more";
    /// In English: “Safeguards”.
    section_safeguards() = "section-safeguards";
    /// In English: “Does it see anything at all?”.
    control_targets() = "control-targets";
    /// In English: “`count` set”.
    control_set(count) = "control-set";
    /// In English: “No point of reference”.
    control_none() = "control-none";
    /// In English: “Sites elsewhere that always answer are asked too. When none of them does, this monitoring is blind, says so, and calls nothing an outage”.
    control_set_why() = "control-set-why";
    /// In English: “Without sites elsewhere that always answer, a fault of its own network would look like an outage of everything”.
    control_none_why() = "control-none-why";
    /// In English: “Outside watch”.
    dead_man() = "dead-man";
    /// In English: “Set up”.
    dead_man_set() = "dead-man-set";
    /// In English: “Unwatched”.
    dead_man_none() = "dead-man-none";
    /// In English: “Not proven yet”.
    dead_man_awaited() = "dead-man-awaited";
    /// In English: “Not heard”.
    dead_man_failing() = "dead-man-failing";
    /// In English: “Whoever should notice that this monitoring stopped does not take its signs of life”.
    dead_man_failing_why() = "dead-man-failing-why";
    /// In English: “The last one was taken `at`”.
    dead_man_taken(at) = "dead-man-taken";
    /// In English: “A service elsewhere expects a sign of life each minute while measuring really goes on, and raises the alarm when it does not come”.
    dead_man_set_why() = "dead-man-set-why";
    /// In English: “Nobody outside would notice if this monitoring stopped”.
    dead_man_none_why() = "dead-man-none-why";
    /// In English: “Storage”.
    storage() = "storage";
    /// In English: “In order”.
    storage_synced() = "storage-synced";
    /// In English: “Everything measured is written down for good”.
    storage_synced_why() = "storage-synced-why";
    /// In English: “Behind”.
    storage_behind() = "storage-behind";
    /// In English: “Results wait in memory; measuring and telling go on”.
    storage_behind_why() = "storage-behind-why";
    /// In English: “Absent”.
    storage_absent() = "storage-absent";
    /// In English: “There is no usable database: the past will have a gap; measuring and telling go on”.
    storage_absent_why() = "storage-absent-why";
    /// In English: “What is to be measured”.
    definitions() = "definitions";
    /// In English: “All understood”.
    definitions_good() = "definitions-good";
    /// In English: “`count` set aside”.
    definitions_bad(count) = "definitions-bad";
    /// In English: “Every description of a service is used as it was written”.
    definitions_good_why() = "definitions-good-why";
    /// In English: “It waits for an operator; its last good version stays in use where there is one”.
    definitions_bad_why() = "definitions-bad-why";
    /// In English: “Recent measurements”.
    proof() = "proof";
    /// In English: “All `total` services”.
    proof_all(total) = "proof-all";
    /// In English: “`fresh` of `total` services”.
    proof_some(fresh, total) = "proof-some";
    /// In English: “A state is shown only as long as its last measurement proves it; after that it turns grey”.
    proof_why() = "proof-why";
    /// In English: “What is measured, and how”.
    section_measured() = "section-measured";
    /// In English: “Each measurement opens a connection of its own and times name resolution, connection, …”.
    measured_how() = "measured-how";
    /// In English: “Kind”.
    column_kind() = "column-kind";
    /// In English: “`kind`” in words: “web (HTTP)”, “connection (TCP)”, “sign of life”.
    kind(kind) = "kind";
    /// In English: “How often”.
    column_rhythm() = "column-rhythm";
    /// In English: “Probes”.
    column_probes() = "column-probes";
    /// In English: “every `span`”.
    every(span) = "every";
    /// In English: “by the calendar”.
    by_calendar() = "by-calendar";
    /// In English: “Software”.
    software() = "software";
    /// In English: “Where `site` is measured from, and who watches the monitoring”.
    monitoring_about(site) = "monitoring-about";
    /// In English: “Is my service affected?”.
    affected() = "affected";
    /// In English: “The name of your service”.
    affected_name() = "affected-name";
    /// In English: “cloud.your-club.org”.
    affected_example() = "affected-example";
    /// In English: “Check”.
    affected_ask() = "affected-ask";
    /// In English: “The exact name you type into the browser, nothing like it. What you enter is neither …”.
    affected_how() = "affected-how";
    /// In English: “That is not the name of a service. It looks like “cloud.your-club.org””.
    affected_not_a_name() = "affected-not-a-name";
    /// In English: “Yes: `domain` is affected”.
    affected_yes(domain) = "affected-yes";
    /// In English: “We know of no disturbance for `domain`”.
    affected_no(domain) = "affected-no";
    /// In English: “We answer so for every name about which nothing is wrong, hosted here or not: who is …”.
    affected_no_why() = "affected-no-why";
    /// In English: “We cannot tell how `domain` does”.
    affected_blind(domain) = "affected-blind";
    /// In English: “No measurements are coming in, so we cannot say it of any name. Try again in a few …”.
    affected_blind_why() = "affected-blind-why";
    /// In English: “Keep this answer at hand”.
    affected_bookmark() = "affected-bookmark";
    /// In English: “Type the name of your service to learn whether a known incident affects it”.
    affected_about() = "affected-about";
    /// In English: “Read the account of it (post-mortem)”.
    read_postmortem() = "read-postmortem";
    /// In English: “Can operators be reached?”.
    channels_proven() = "channels-proven";
    /// In English: “Alarms go out by these ways. A way is proven when it has taken a message, or a drill”.
    channels_why() = "channels-why";
    /// In English: “Mail to subscribers”.
    mail_letters() = "mail-letters";
    /// In English: “Leaving”.
    mail_good() = "mail-good";
    /// In English: “Nothing to send”.
    mail_idle_word() = "mail-idle-word";
    /// In English: “Not proven yet”.
    mail_unproven() = "mail-unproven";
    /// In English: “A mail server was last ready to take one `at`”.
    mail_proven(at) = "mail-proven";
    /// In English: “Not leaving”.
    mail_failing() = "mail-failing";
    /// In English: “No mail server takes any; `count` letters wait”.
    mail_failing_why(count) = "mail-failing-why";
    /// In English: “Waiting”.
    mail_waits_word() = "mail-waits-word";
    /// In English: “last proven `at`”.
    channel_proven(at) = "channel-proven";
    /// In English: “Proven”.
    channel_good() = "channel-good";
    /// In English: “Not proven yet”.
    channel_none() = "channel-none";
    /// In English: “Out of order”.
    channel_failing() = "channel-failing";
    /// In English: “messages have not got through since `when`”.
    channel_failing_why(when) = "channel-failing-why";
    /// In English: “The main page”.
    upstream() = "upstream";
    /// In English: “The main page `address` is heard: what it says is less than three minutes old.”.
    upstream_heard(address) = "upstream-heard";
    /// In English: “The main page `address` has been silent since `since`, for `span`.”.
    upstream_silent(address, since, span) = "upstream-silent";
    /// In English: “The main page `address` has not been heard yet.”.
    upstream_unsure(address) = "upstream-unsure";
    /// In English: “It was never heard from here.”.
    upstream_never() = "upstream-never";
    /// In English: “Its last word, `at`:”.
    upstream_said(at) = "upstream-said";
    /// In English: “In full”.
    upstream_whole() = "upstream-whole";
    /// In English: “What follows is measured by `place`, and told to operators meanwhile”.
    upstream_history(place) = "upstream-history";
    /// In English: “What follows is measured by `place`; what counts is the main page”.
    upstream_here(place) = "upstream-here";
    /// In English: “Services by its word”.
    upstream_services() = "upstream-services";
}
