//! The messages of operators' pages of maintenance, and of what the book of maintenance refuses.
//!
//! It does not know the words; they are in `locales/*.operator.ftl`.

use super::{FluentValue, Words};

messages! {
    /// In English: “Plan maintenance”.
    operator_plan() = "operator-plan";
    /// In English: “It is announced 48 hours before. Measuring goes on all along, and its time is left out of uptime”.
    operator_plan_text() = "operator-plan-text";
    /// In English: “Plan it”.
    operator_plan_it() = "operator-plan-it";
    /// In English: “What to know, `language`”.
    operator_description_in(language) = "operator-description-in";
    /// In English: “In Markdown. May stay empty”.
    operator_description_hint() = "operator-description-hint";
    /// In English: “Which services it concerns”.
    operator_concerns() = "operator-concerns";
    /// In English: “All services, also those to come”.
    operator_scope_all() = "operator-scope-all";
    /// In English: “The whole group `name`, also its services to come”.
    operator_scope_group(name) = "operator-scope-group";
    /// In English: “Only some of its services”.
    operator_scope_some() = "operator-scope-some";
    /// In English: “Once”.
    operator_once() = "operator-once";
    /// In English: “Begins”.
    operator_starts_at() = "operator-starts-at";
    /// In English: “Ends”.
    operator_ends_at() = "operator-ends-at";
    /// In English: “At most seven days later”.
    operator_ends_hint() = "operator-ends-hint";
    /// In English: “Or again and again”.
    operator_again() = "operator-again";
    /// In English: “Begins each time”.
    operator_cron() = "operator-cron";
    /// In English: “Second, minute, hour, day, month, weekday: “0 0 3 * * TUE” is each Tuesday at 3 a.m. in `zone`”.
    operator_cron_hint(zone) = "operator-cron-hint";
    /// In English: “Lasts”.
    operator_duration() = "operator-duration";
    /// In English: “Such as 45m or 1h 30m”.
    operator_duration_hint() = "operator-duration-hint";
    /// In English: “Change this maintenance”.
    operator_change() = "operator-change";
    /// In English: “Cancel this maintenance”.
    operator_cancel() = "operator-cancel";
    /// In English: “Begin now, ahead of time”.
    operator_begin() = "operator-begin";
    /// In English: “End now, ahead of time”.
    operator_end() = "operator-end";
    /// In English: “In Markdown. Left empty, the usual sentence is published”.
    operator_text_usual() = "operator-text-usual";
    /// In English: “Which ones”.
    operator_extent() = "operator-extent";
    /// In English: “this one alone”.
    operator_extent_one() = "operator-extent-one";
    /// In English: “this one and all that follow”.
    operator_extent_series() = "operator-extent-series";
    /// In English: “It comes again and again: what you change concerns this one alone”.
    operator_repeats() = "operator-repeats";
    /// In English: “Cancelled, `at`”.
    operator_cancelled(at) = "operator-cancelled";
    /// In English: “This is no length of time such as 45m or 1h 30m”.
    operator_field_duration() = "operator-field-duration";
    /// In English: “Once, or again and again: empty the times or this line”.
    operator_field_once_and_again() = "operator-field-once-and-again";
    /// In English: “There is no such maintenance any more”.
    operator_unknown_maintenance() = "operator-unknown-maintenance";
    /// In English: “There is no group “`name`” any more”.
    operator_unknown_group(name) = "operator-unknown-group";
    /// In English: “It concerns nobody: choose at least one service, a group or all”.
    operator_concerns_nobody() = "operator-concerns-nobody";
    /// In English: “Somebody else was quicker, or its time came: nothing of yours was published. How it stands now is below; your words are still in the form”.
    operator_mt_changed() = "operator-mt-changed";
    /// In English: “This maintenance is over: plan another one”.
    operator_mt_over() = "operator-mt-over";
    /// In English: “This maintenance has begun: end it, or change its end”.
    operator_mt_begun() = "operator-mt-begun";
    /// In English: “This maintenance has not begun: cancel it, or change its times”.
    operator_mt_not_begun() = "operator-mt-not-begun";
    /// In English: “It does not come again: cancel this one alone”.
    operator_mt_no_series() = "operator-mt-no-series";
    /// In English: “Its plan stands in the settings file: take it out there, or cancel this one alone”.
    operator_mt_in_file() = "operator-mt-in-file";
    /// In English: “The same is planned already”.
    operator_mt_twin() = "operator-mt-twin";
    /// In English: “While it goes on it is in progress or being verified”.
    operator_mt_wrong_stage() = "operator-mt-wrong-stage";
    /// In English: “It is past: what was measured since then stays as it is”.
    operator_mt_start_past() = "operator-mt-start-past";
    /// In English: “It is past: give a time to come”.
    operator_mt_end_past() = "operator-mt-end-past";
    /// In English: “It is more than two years away: check the year”.
    operator_mt_far() = "operator-mt-far";
    /// In English: “It ends before it begins: check both times”.
    operator_mt_backwards() = "operator-mt-backwards";
    /// In English: “It takes less than a minute: give it the time that it may take”.
    operator_mt_too_short() = "operator-mt-too-short";
    /// In English: “It takes more than 7 days: plan several, so that nothing stays silent because somebody forgot it”.
    operator_mt_too_long() = "operator-mt-too-long";
    /// In English: “The seconds come first: “`line`””.
    operator_mt_no_seconds(line) = "operator-mt-no-seconds";
    /// In English: “This is no line of six fields such as “0 0 3 * * TUE”, each Tuesday at 3 a.m.”.
    operator_mt_no_line() = "operator-mt-no-line";
    /// In English: “It never comes again: leave the year out”.
    operator_mt_never() = "operator-mt-never";
    /// In English: “It lasts `duration` and comes again after `distance`: let it last less or come less often”.
    operator_mt_overlapping(duration, distance) = "operator-mt-overlapping";
    /// In English: “It comes every `distance`: let it come once an hour at most”.
    operator_mt_too_often(distance) = "operator-mt-too-often";
}
