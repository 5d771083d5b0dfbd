//! The messages: one method for each, typed by its placeables.
//!
//! It does not know the words; they are in `locales/`. What is said of incidents, maintenance and in post-mortems has files of
//! its own.

use fluent_bundle::FluentValue;
use shared::FailureKind;

use super::Words;

macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident($($value:ident),*) = $key:literal;)*) => {
        #[expect(clippy::extra_unused_lifetimes, reason = "messages without placeables are written by the same rule")]
        impl Words {
            $($(#[$doc])* pub fn $name<'a>(&self $(, $value: impl Into<FluentValue<'a>>)*) -> String {
                self.say($key, &[$((stringify!($value), $value.into())),*])
            })*
        }

        #[cfg(test)]
        pub(super) const DECLARED: &[(&str, &[&str])] = &[$(($key, &[$(stringify!($value)),*])),*];
    };
}

mod incident;
mod mail;
mod operator;
mod pages;
mod planning;
mod postmortem;
mod subscribe;

messages! {
    /// In English: “December”.
    month(month) = "month";
    /// In English: “`day` `month` `year`”.
    date(day, month, year) = "date";
    /// In English: “`day` `month`”.
    date_short(day, month) = "date-short";
    /// In English: “`hour`:`minute`”.
    time(hour, minute) = "time";
    /// In English: “`hour`:`minute`:`second`”.
    time_precise(hour, minute, second) = "time-precise";
    /// In English: “on `date`”.
    on(date) = "on";
    /// In English: “`date`, `time`”.
    moment(date, time) = "moment";
    /// In English: “`seconds` s”.
    span_seconds(seconds) = "span-seconds";
    /// In English: “`minutes` min”.
    span_minutes(minutes) = "span-minutes";
    /// In English: “`hours` h `minutes`”.
    span_hours(hours, minutes) = "span-hours";
    /// In English: “`days` d”.
    span_days(days) = "span-days";
    /// In English: “`count` ms”.
    milliseconds(count) = "milliseconds";
    /// In English: “`number` %”.
    percent(number) = "percent";
    /// In English: “`first`, `second`”.
    list_comma(first, second) = "list-comma";
    /// In English: “`first` and `second`”.
    list_and(first, second) = "list-and";
    /// In English: “Service status”.
    site_status() = "site-status";
    /// In English: “Skip to content”.
    skip() = "skip";
    /// In English: “All services”.
    home() = "home";
    /// In English: “Other services”.
    other_services() = "other-services";
    /// In English: “Measured from `places`”.
    measured_from(places) = "measured-from";
    /// In English: “last measurement”.
    last_measurement() = "last-measurement";
    /// In English: “Last measurements:”.
    last_measurements() = "last-measurements";
    /// In English: “at `time`”.
    at_time(time) = "at-time";
    /// In English: “`span` ago”.
    ago(span) = "ago";
    /// In English: “not yet”.
    never_measured() = "never-measured";
    /// In English: “Page made at `made`, not to be believed after `until`”.
    page_valid(made, until) = "page-valid";
    /// In English: “Monitoring has stopped updating. Green below is history”.
    stopped() = "stopped";
    /// In English: “Monitoring stopped”.
    stopped_title() = "stopped-title";
    /// In English: “`summary` · `site`”.
    page_title(summary, site) = "page-title";
    /// In English: “All services are working”.
    headline_operational() = "headline-operational";
    /// In English: “No service is watched yet”.
    headline_nothing() = "headline-nothing";
    /// In English: “First check under way”.
    headline_first_check() = "headline-first-check";
    /// In English: “No measurements are coming in any more”.
    headline_blind() = "headline-blind";
    /// In English: “Major outage: all services are down”.
    headline_all_down() = "headline-all-down";
    /// In English: “`names` are down”.
    headline_down(count, names) = "headline-down";
    /// In English: “`count` of `total` services are down”.
    headline_down_many(count, total) = "headline-down-many";
    /// In English: “`names` work only in part”.
    headline_partial(count, names) = "headline-partial";
    /// In English: “`count` of `total` services work only in part”.
    headline_partial_many(count, total) = "headline-partial-many";
    /// In English: “`names` have problems”.
    headline_degraded(count, names) = "headline-degraded";
    /// In English: “`count` of `total` services have problems”.
    headline_degraded_many(count, total) = "headline-degraded-many";
    /// In English: “No recent measurement of `names`”.
    headline_unknown(names) = "headline-unknown";
    /// In English: “No recent measurement of `count` of `total` services”.
    headline_unknown_many(count, total) = "headline-unknown-many";
    /// In English: “Maintenance under way: `names`”.
    headline_maintenance(names) = "headline-maintenance";
    /// In English: “Maintenance under way on `count` services”.
    headline_maintenance_many(count) = "headline-maintenance-many";
    /// In English: “`count` others have problems”.
    headline_others(count) = "headline-others";
    /// In English: “All working”.
    title_operational() = "title-operational";
    /// In English: “Maintenance”.
    title_maintenance() = "title-maintenance";
    /// In English: “Not verified”.
    title_unknown() = "title-unknown";
    /// In English: “Problems”.
    title_degraded() = "title-degraded";
    /// In English: “Partial outage”.
    title_partial() = "title-partial";
    /// In English: “Outage”.
    title_down() = "title-down";
    /// In English: “Major outage”.
    title_all_down() = "title-all-down";
    /// In English: “`name`: `state`”.
    item(name, state) = "item";
    /// In English: “`list` and `count` others”.
    list_others(list, count) = "list-others";
    /// In English: “Operational”.
    state_operational() = "state-operational";
    /// In English: “Maintenance”.
    state_maintenance() = "state-maintenance";
    /// In English: “Not verified”.
    state_unknown() = "state-unknown";
    /// In English: “Not verified for `age`”.
    state_unverified(age) = "state-unverified";
    /// In English: “First check under way”.
    state_first_check() = "state-first-check";
    /// In English: “Degraded”.
    state_degraded() = "state-degraded";
    /// In English: “Partial outage”.
    state_partial() = "state-partial";
    /// In English: “Outage”.
    state_down() = "state-down";
    /// In English: “`reason` since `since`”.
    note_since(reason, since) = "note-since";
    /// In English: “`note`, seen from `places`”.
    note_from(note, places) = "note-from";
    /// In English: “declared by operators, measured: `state`”.
    note_declared(measured, state) = "note-declared";
    /// In English: “answers in `latency`”.
    note_latency(latency) = "note-latency";
    /// In English: “certificate expires in `days` days”.
    note_certificate(days) = "note-certificate";
    /// In English: “90 days”.
    ninety_days() = "ninety-days";
    /// In English: “today”.
    today() = "today";
    /// In English: “over `coverage` of the time observed”.
    coverage(coverage) = "coverage";
    /// In English: “since `since`”.
    watched_since(since) = "watched-since";
    /// In English: “Watched since `since`.”.
    watched(since) = "watched";
    /// In English: “`count` times”.
    times(count) = "times";
    /// In English: “no data yet”.
    no_data() = "no-data";
    /// In English: “`bad` days with an outage”.
    strip(name, window, uptime, bad) = "strip";
    /// In English: “Open the service”.
    open_service() = "open-service";
    /// In English: “In this state since `since`”.
    since(since) = "since";
    /// In English: “The last 90 days”.
    section_days() = "section-days";
    /// In English: “Outages measured on `bad` days”.
    days_sentence(bad, uptime) = "days-sentence";
    /// In English: “Point at a part of the drawing, or walk through it with the arrow keys”.
    hint() = "hint";
    /// In English: “The same days as a table”.
    days_table() = "days-table";
    /// In English: “`date`: `what`”.
    day(date, what) = "day";
    /// In English: “nothing observed”.
    day_unobserved() = "day-unobserved";
    /// In English: “`span` down”.
    spell_down(span) = "spell-down";
    /// In English: “`span` partly down”.
    spell_partial(span) = "spell-partial";
    /// In English: “`span` degraded”.
    spell_degraded(span) = "spell-degraded";
    /// In English: “`span` in maintenance”.
    spell_maintenance(span) = "spell-maintenance";
    /// In English: “`span` without measurement”.
    spell_unknown(span) = "spell-unknown";
    /// In English: “Uptime”.
    section_uptime() = "section-uptime";
    /// In English: “24 hours”.
    window_day() = "window-day";
    /// In English: “7 days”.
    window_week() = "window-week";
    /// In English: “30 days”.
    window_month() = "window-month";
    /// In English: “90 days”.
    window_quarter() = "window-quarter";
    /// In English: “1 year”.
    window_year() = "window-year";
    /// In English: “Response time”.
    section_latency() = "section-latency";
    /// In English: “No successful measurement yet”.
    latency_none() = "latency-none";
    /// In English: “Response time from `place`, `window`: median `p50`, 95 % under `p95`, 99 % under `p99`”.
    latency_chart(place, window, p50, p95, p99) = "latency-chart";
    /// In English: “`at`: median `p50`, 95 % under `p95`, 99 % under `p99`”.
    latency_point(at, p50, p95, p99) = "latency-point";
    /// In English: “The same measurements as a table”.
    latency_table() = "latency-table";
    /// In English: “median”.
    median() = "median";
    /// In English: “Last failures”.
    section_failures() = "section-failures";
    /// In English: “No failure recorded”.
    failures_none() = "failures-none";
    /// In English: “Certificate”.
    section_certificate() = "section-certificate";
    /// In English: “Expires `date`, in `days` days”.
    certificate_ends(days, date) = "certificate-ends";
    /// In English: “Expired `date`”.
    certificate_ended(date) = "certificate-ended";
    /// In English: “Probes”.
    section_probes() = "section-probes";
    /// In English: “Each probe asks the service one question, from each place of measurement”.
    probes_sentence() = "probes-sentence";
    /// In English: “Date”.
    column_date() = "column-date";
    /// In English: “State”.
    column_state() = "column-state";
    /// In English: “Uptime”.
    column_uptime() = "column-uptime";
    /// In English: “Detail”.
    column_spells() = "column-spells";
    /// In English: “When”.
    column_when() = "column-when";
    /// In English: “What”.
    column_what() = "column-what";
    /// In English: “Probe”.
    column_probe() = "column-probe";
    /// In English: “Place”.
    column_place() = "column-place";
    /// In English: “Technical detail”.
    column_detail() = "column-detail";
    /// In English: “Measurements”.
    column_count() = "column-count";
    /// In English: “Period”.
    column_window() = "column-window";
    /// In English: “Observed”.
    column_coverage() = "column-coverage";
    /// In English: “Last result”.
    column_last() = "column-last";
    /// In English: “works”.
    health_up() = "health-up";
    /// In English: “being confirmed”.
    health_suspect() = "health-suspect";
    /// In English: “down”.
    health_down() = "health-down";
    /// In English: “not verified”.
    health_unknown() = "health-unknown";
    /// In English: “Error `status`”.
    reason_http_error(status) = "reason-http-error";
    /// In English: “Answer `status`”.
    reason_http_answer(status) = "reason-http-answer";
    /// In English: “How we count”.
    how_we_count() = "how-we-count";
    /// In English: “Uptime is weighed by time: an outage counts whole, a partial outage 30 %, …”.
    rule(zone) = "rule";
    /// In English: “This page is less than `span` old, or it tells you so”.
    promise(span) = "promise";
    /// In English: “As plain text”.
    plain_text() = "plain-text";
    /// In English: “Times: `zone`”.
    times_in(zone) = "times-in";
    /// In English: “Measured with Belfry `version`”.
    powered(version) = "powered";
    /// In English: “This request cannot be understood”.
    error_bad_request() = "error-bad-request";
    /// In English: “The address, or what came with it, is malformed”.
    error_bad_request_text() = "error-bad-request-text";
    /// In English: “This page does not exist”.
    error_not_found() = "error-not-found";
    /// In English: “The service may have changed its name, or is no longer watched”.
    error_not_found_text() = "error-not-found-text";
    /// In English: “This page can only be read”.
    error_method() = "error-method";
    /// In English: “The method asked for makes no sense here”.
    error_method_text() = "error-method-text";
    /// In English: “This address is too long”.
    error_too_long() = "error-too-long";
    /// In English: “No page of ours has an address of that length: was something pasted twice?”.
    error_too_long_text() = "error-too-long-text";
    /// In English: “Too many requests”.
    error_too_many() = "error-too-many";
    /// In English: “Wait a minute, then try again”.
    error_too_many_text() = "error-too-many-text";
    /// In English: “The status page has an outage of its own”.
    error_internal() = "error-internal";
    /// In English: “This says nothing about the services. The error was noted; try again in a moment”.
    error_internal_text() = "error-internal-text";
    /// In English: “The status page is not ready yet”.
    error_unavailable() = "error-unavailable";
    /// In English: “This says nothing about the services. Try again in a moment”.
    error_unavailable_text() = "error-unavailable-text";
    /// In English: “Error `code`”.
    error_code(code) = "error-code";
    /// In English: “Monitoring interrupted: the present state is not verified”.
    unverified_now() = "unverified-now";
    /// In English: “Since `since` these services have not been verified. They may work or not: our monitoring does not know”.
    interruption_update(since) = "interruption-update";
}

impl Words {
    /// A reason in plain words.
    pub fn reason(&self, kind: FailureKind) -> String {
        self.say(&reason_key(kind), &[])
    }
}

fn reason_key(kind: FailureKind) -> String {
    format!("reason-{}", kind.word().replace('_', "-"))
}

/// Every message with its placeables, as the code says them.
#[cfg(test)]
pub(super) fn declared() -> impl Iterator<Item = (String, &'static [&'static str])> {
    let fixed = DECLARED
        .iter()
        .chain(incident::DECLARED)
        .chain(mail::DECLARED)
        .chain(operator::DECLARED)
        .chain(planning::DECLARED)
        .chain(postmortem::DECLARED)
        .chain(pages::DECLARED)
        .chain(subscribe::DECLARED)
        .map(|(key, names)| ((*key).to_owned(), *names));
    let details = super::detail::declared().map(|(key, names)| (key.to_owned(), names));
    fixed.chain(FailureKind::ALL.iter().map(|&kind| (reason_key(kind), [].as_slice()))).chain(details)
}
