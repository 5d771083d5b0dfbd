//! The messages of the draft of a post-mortem.
//!
//! It does not know the words; they are in `locales/`.

use fluent_bundle::FluentValue;

use crate::words::Words;

messages! {
    /// In English: “Post-mortem: `title`”.
    draft_title(title) = "pm-title";
    /// In English: “Incident `id`, `dates`”.
    draft_number(id, dates) = "pm-number";
    /// In English: “`date`”.
    draft_dates_same(date) = "pm-dates-same";
    /// In English: “`first` to `last`”.
    draft_dates_span(first, last) = "pm-dates-span";
    /// In English: “*To be written.*”.
    draft_to_write() = "pm-to-write";
    /// In English: “Suggestions:”.
    draft_suggestions() = "pm-suggestions";
    /// In English: “Measured: `how`”.
    draft_measured(how) = "pm-measured";
    /// In English: “Summary”.
    draft_summary() = "pm-summary";
    /// In English: “Impact on users”.
    draft_impact_label() = "pm-impact-label";
    /// In English: “Cause”.
    draft_cause_label() = "pm-cause-label";
    /// In English: “Resolution”.
    draft_resolution_label() = "pm-resolution-label";
    /// In English: “Durations”.
    draft_durations() = "pm-durations";
    /// In English: “Duration”.
    draft_duration_column() = "pm-duration-column";
    /// In English: “Value”.
    draft_value_column() = "pm-value-column";
    /// In English: “How it is measured”.
    draft_how_column() = "pm-how-column";
    /// In English: “Incident detected by”.
    draft_detected_by() = "pm-detected-by";
    /// In English: “Detection”.
    draft_detection() = "pm-detection";
    /// In English: “Investigation”.
    draft_investigation() = "pm-investigation";
    /// In English: “Return to a working service”.
    draft_return() = "pm-return";
    /// In English: “Resolution”.
    draft_resolve() = "pm-resolve";
    /// In English: “Chronology”.
    draft_chronology() = "pm-chronology";
    /// In English: “Date”.
    draft_date_column() = "pm-date-column";
    /// In English: “What”.
    draft_what_column() = "pm-what-column";
    /// In English: “Impact”.
    draft_impact() = "pm-impact";
    /// In English: “Impact on users”.
    draft_users() = "pm-users";
    /// In English: “Impact on the infrastructure”.
    draft_infrastructure() = "pm-infrastructure";
    /// In English: “Cause of the incident”.
    draft_cause() = "pm-cause";
    /// In English: “Mitigation and resolution”.
    draft_mitigation() = "pm-mitigation";
    /// In English: “Lessons learnt”.
    draft_lessons() = "pm-lessons";
    /// In English: “What went well”.
    draft_well() = "pm-well";
    /// In English: “What went badly”.
    draft_badly() = "pm-badly";
    /// In English: “Where we were lucky”.
    draft_luck() = "pm-luck";
    /// In English: “Actions”.
    draft_actions() = "pm-actions";
    /// In English: “Glossary of technical terms”.
    draft_glossary() = "pm-glossary";
    /// In English: “Annexes”.
    draft_annexes() = "pm-annexes";
    /// In English: “`failed` services of `total` failed (`what`) between `from` and `to`”.
    draft_impact_sentence(failed, total, what, from, to) = "pm-impact-sentence";
    /// In English: “`failed` services of `total` have been failing (`what`) since `from`”.
    draft_impact_ongoing(failed, total, what, from) = "pm-impact-ongoing";
    /// In English: “seen from `count` places: `places`”.
    draft_by_places(count, places) = "pm-by-places";
    /// In English: “By group: `groups`”.
    draft_by_group(groups) = "pm-by-group";
    /// In English: “`group` `failed`/`total`”.
    draft_group_share(group, failed, total) = "pm-group-share";
    /// In English: “services that went to partial or major outage between the first failure and the last recovery”.
    draft_impact_how() = "pm-impact-how";
    /// In English: “the probes (`at`)”.
    draft_by_probes(at) = "pm-by-probes";
    /// In English: “users (`at`), before the probes”.
    draft_by_users(at) = "pm-by-users";
    /// In English: “the team (`at`), before the probes”.
    draft_by_staff(at) = "pm-by-staff";
    /// In English: “the first of three instants: confirmation by the probes, declaration by the team, the first call that the team noted”.
    draft_detected_how() = "pm-detected-how";
    /// In English: “from the first failure (`first`) to its confirmation (`confirmed`)”.
    draft_detection_how(first, confirmed) = "pm-detection-how";
    /// In English: “from the declared beginning (`first`) to the declaration (`confirmed`)”.
    draft_detection_human_how(first, confirmed) = "pm-detection-human-how";
    /// In English: “then `span` until `who` acknowledged it”.
    draft_ack_after(span, who) = "pm-ack-after";
    /// In English: “never acknowledged by a human”.
    draft_ack_none() = "pm-ack-none";
    /// In English: “from the acknowledgement to the first update that says “`stage`””.
    draft_investigation_how(stage) = "pm-investigation-how";
    /// In English: “there is no acknowledgement, or no update that says “`stage`””.
    draft_investigation_open(stage) = "pm-investigation-open";
    /// In English: “50 %: `half`, 95 %: `most`, last: `last`”.
    draft_return_half(half, most, last) = "pm-return-half";
    /// In English: “for each service, from its first failure to its first confirmed success”.
    draft_return_how() = "pm-return-how";
    /// In English: “not yet”.
    draft_return_none() = "pm-return-none";
    /// In English: “from the first failure to the end, relapses included”.
    draft_resolution_how() = "pm-resolution-how";
    /// In English: “`spans` (together `total`)”.
    draft_each(spans, total) = "pm-each";
    /// In English: “unknown”.
    draft_unknown() = "pm-unknown";
    /// In English: “`count` services already answer more slowly than their budget”.
    draft_chron_slow(count) = "pm-chron-slow";
    /// In English: “First failure: `component`, `what`”.
    draft_chron_first(component, what) = "pm-chron-first";
    /// In English: “Outage confirmed by the probes: `title`”.
    draft_chron_confirmed(title) = "pm-chron-confirmed";
    /// In English: “Incident declared by `who`”.
    draft_chron_declared(who) = "pm-chron-declared";
    /// In English: “`count` services affected”.
    draft_chron_grown(count) = "pm-chron-grown";
    /// In English: “Users report the outage”.
    draft_chron_users() = "pm-chron-users";
    /// In English: “First announcement on the page”.
    draft_chron_announced() = "pm-chron-announced";
    /// In English: “Renewed: another certificate of `services`, by `places`”.
    draft_chron_certificate(services, places) = "pm-chron-certificate";
    /// In English: “Another address of `services`, seen from `places`”.
    draft_chron_address(services, places) = "pm-chron-address";
    /// In English: “Certificates and addresses are those that each probe met; …”.
    draft_chron_how() = "pm-chron-how";
    /// In English: “First message delivered”.
    draft_chron_told() = "pm-chron-told";
    /// In English: “Acknowledged by `who`”.
    draft_chron_ack(who) = "pm-chron-ack";
    /// In English: “`who` (`stage`): `text`”.
    draft_chron_said(who, stage, text) = "pm-chron-said";
    /// In English: “First service back: `component`”.
    draft_chron_back_first(component) = "pm-chron-back-first";
    /// In English: “Half of the services are back”.
    draft_chron_back_half() = "pm-chron-back-half";
    /// In English: “All services are back”.
    draft_chron_back_all() = "pm-chron-back-all";
    /// In English: “Still failing after the incident was closed”.
    draft_chron_persists() = "pm-chron-persists";
    /// In English: “Relapse”.
    draft_chron_relapsed() = "pm-chron-relapsed";
    /// In English: “Incident closed”.
    draft_chron_resolved() = "pm-chron-resolved";
    /// In English: “Planned maintenance: `title`”.
    draft_chron_maintenance(title) = "pm-chron-maintenance";
    /// In English: “the probes”.
    draft_who_monitor() = "pm-who-monitor";
    /// In English: “an operator on the machine”.
    draft_who_socket() = "pm-who-socket";
    /// In English: “`minutes` minutes of outage over `services` services together (minutes × services)”.
    draft_user_minutes(minutes, services) = "pm-user-minutes";
    /// In English: “`group`: `minutes` min”.
    draft_user_minutes_group(group, minutes) = "pm-user-minutes-group";
    /// In English: “the time that each service was down, added up; nobody is counted”.
    draft_user_how() = "pm-user-how";
    /// In English: “From outside only the answers of the services can be seen”.
    draft_infra_outside() = "pm-infra-outside";
    /// In English: “All measured failures go through the address `address`”.
    draft_cause_common_address(address) = "pm-cause-common-address";
    /// In English: “All affected services depend on `component`, which failed too”.
    draft_cause_common_dependency(component) = "pm-cause-common-dependency";
    /// In English: “Groups that were not affected: `groups`”.
    draft_cause_spared(groups) = "pm-cause-spared";
    /// In English: “Measured failures: `kinds`”.
    draft_cause_kinds(kinds) = "pm-cause-kinds";
    /// In English: “`what` (`count`)”.
    draft_kind_count(what, count) = "pm-kind-count";
    /// In English: “detected in `span`”.
    draft_well_detected(span) = "pm-well-detected";
    /// In English: “detected `span` before the first report”.
    draft_well_before_users(span) = "pm-well-before-users";
    /// In English: “first message delivered `span` after the first failure”.
    draft_well_told(span) = "pm-well-told";
    /// In English: “acknowledged `span` after the confirmation”.
    draft_well_ack(span) = "pm-well-ack";
    /// In English: “nobody acknowledged the incident”.
    draft_badly_no_ack() = "pm-badly-no-ack";
    /// In English: “no acknowledgement for `span`”.
    draft_badly_late_ack(span) = "pm-badly-late-ack";
    /// In English: “users reported the outage `span` before the probes”.
    draft_badly_users_first(span) = "pm-badly-users-first";
    /// In English: “no message left”.
    draft_badly_not_told() = "pm-badly-not-told";
    /// In English: “the promise of an update before `at` was not kept”.
    draft_badly_promise(at) = "pm-badly-promise";
    /// In English: “`count` relapses”.
    draft_badly_relapse(count) = "pm-badly-relapse";
    /// In English: “no probe saw this outage”.
    draft_badly_not_measured() = "pm-badly-not-measured";
    /// In English: “`count` services of the same groups were not affected”.
    draft_luck_spared(count) = "pm-luck-spared";
    /// In English: “Still open after `id` (`age`):”.
    draft_actions_carried(id, age) = "pm-actions-carried";
    /// In English: “`count` results from `from` to `to`, of which `failed` failed; SHA-256 `hash` of the export:”.
    draft_annex_results(count, from, to, failed, hash) = "pm-annex-results";
    /// In English: “Page of the incident: `url`”.
    draft_annex_page(url) = "pm-annex-page";
    /// In English: “Draft made by Belfry `version`, `at`”.
    draft_annex_version(version, at) = "pm-annex-version";
    /// In English: “`minutes` min `seconds` s”.
    draft_span_minutes_seconds(minutes, seconds) = "pm-span-minutes-seconds";
    /// In English: “`date`, `time`”.
    draft_stamp(date, time) = "pm-stamp";
}
