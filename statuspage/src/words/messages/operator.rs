//! The messages that operators read: one method for each, typed by its placeables.
//!
//! It does not know the words; they are in `locales/*.operator.ftl`.

use super::{FluentValue, Words};

messages! {
    /// In English: “Operators”.
    operator_title() = "operator-title";
    /// In English: “Sign in”.
    operator_sign_in() = "operator-sign-in";
    /// In English: “For the people who run these services. Readers need no account”.
    operator_sign_in_text() = "operator-sign-in-text";
    /// In English: “Name”.
    operator_name() = "operator-name";
    /// In English: “Password”.
    operator_password() = "operator-password";
    /// In English: “Nobody has an account yet. Run “statuspage operator add NAME” on the hub’s machine and add what it prints to the settings file: the hub takes it up within seconds”.
    operator_no_accounts() = "operator-no-accounts";
    /// In English: “This name and this password do not go together. Check both and try again”.
    operator_wrong() = "operator-wrong";
    /// In English: “Too many attempts. Try again in `span`”.
    operator_wait(span) = "operator-wait";
    /// In English: “Many people are signing in at this moment. Try again in a few seconds”.
    operator_busy() = "operator-busy";
    /// In English: “Passwords are not sent in the clear: open this page by https. Behind a proxy that speaks TLS, name its network in “trusted_proxies” and let it send X-Forwarded-Proto”.
    operator_in_the_clear() = "operator-in-the-clear";
    /// In English: “This form did not come from this page, or the session has ended: nothing was changed. Open the page again and repeat it. Behind a proxy, “public_url” must be the address that you see”.
    operator_foreign() = "operator-foreign";
    /// In English: “The form is larger than any of ours: nothing was changed”.
    operator_too_large() = "operator-too-large";
    /// In English: “Back”.
    operator_back() = "operator-back";
    /// In English: “Signed in as `name`”.
    operator_signed_in_as(name) = "operator-signed-in-as";
    /// In English: “Sign out”.
    operator_sign_out() = "operator-sign-out";
    /// In English: “What is wrong now”.
    operator_now() = "operator-now";
    /// In English: “Every service works, as far as we can measure”.
    operator_all_well() = "operator-all-well";
    /// In English: “since `since`”.
    operator_since(since) = "operator-since";
    /// In English: “What was measured”.
    operator_evidence() = "operator-evidence";
    /// In English: “Only operators see this”.
    operator_evidence_note() = "operator-evidence-note";
    /// In English: “Address”.
    operator_address() = "operator-address";
    /// In English: “All addresses”.
    operator_addresses() = "operator-addresses";
    /// In English: “Certificate”.
    operator_chain() = "operator-chain";
    /// In English: “`subject`, issued by `issuer`, valid from `from` to `to`”.
    operator_issued(subject, issuer, from, to) = "operator-issued";
    /// In English: “Headers of the answer”.
    operator_head() = "operator-head";
    /// In English: “The first failures”.
    operator_first() = "operator-first";
    /// In English: “… and `count` other services, of which nothing more is kept”.
    operator_first_more(count) = "operator-first-more";
    /// In English: “Certificate ends”.
    operator_certificate() = "operator-certificate";
    /// In English: “Answer”.
    operator_answer() = "operator-answer";
    /// In English: “Redirects”.
    operator_redirects() = "operator-redirects";
    /// In English: “Where the time went”.
    operator_phases() = "operator-phases";
    /// In English: “`phase` `span`”, the phase in words.
    operator_phase(phase, span) = "operator-phase";
    /// In English: “What the probe noted”.
    operator_sample() = "operator-sample";
    /// In English: “Seen”.
    operator_observed() = "operator-observed";
    /// In English: “The monitoring itself”.
    operator_monitor() = "operator-monitor";
    /// In English: “No fault of its own is known”.
    operator_monitor_well() = "operator-monitor-well";
    /// In English: “The database is behind: results wait in memory, and changes by operators cannot be taken for now”.
    operator_store_behind() = "operator-store-behind";
    /// In English: “There is no usable database: measuring and alarms go on, changes by operators cannot be taken”.
    operator_store_absent() = "operator-store-absent";
    /// In English: “Location `place`: `state`”.
    operator_location(place, state) = "operator-location";
    /// In English: “`file` has mistakes and is not used”.
    operator_quarantined(file) = "operator-quarantined";
    /// In English: “`file` has mistakes and is not used; `component` goes on with its last good version”.
    operator_quarantined_kept(file, component) = "operator-quarantined-kept";
    /// In English: “Subscribers by mail: `confirmed` confirmed, `asked` not confirmed yet, `quarantined` whose mailbox refuses our letters. “statuspage subscribers list” shows them”.
    operator_subscribers(confirmed, asked, quarantined) = "operator-subscribers";
    /// In English: “Open incidents”.
    operator_incidents() = "operator-incidents";
    /// In English: “No incident is open”.
    operator_no_incidents() = "operator-no-incidents";
    /// In English: “Recently resolved”.
    operator_resolved_incidents() = "operator-resolved-incidents";
    /// In English: “`count` services”.
    operator_services(count) = "operator-services";
    /// In English: “Take it”.
    operator_acknowledge() = "operator-acknowledge";
    /// In English: “Taken by `name`, `at`”.
    operator_acknowledged(name, at) = "operator-acknowledged";
    /// In English: “Nobody has taken it yet”.
    operator_not_acknowledged() = "operator-not-acknowledged";
    /// In English: “Operators have the lead: it stays open until you resolve it”.
    operator_lead_operators() = "operator-lead-operators";
    /// In English: “Measurements have the lead: it closes by itself once everything has worked for a while”.
    operator_lead_measurements() = "operator-lead-measurements";
    /// In English: “Next update promised before `at`”.
    operator_promise(at) = "operator-promise";
    /// In English: “The update promised before `at` is overdue”.
    operator_promise_lapsed(at) = "operator-promise-lapsed";
    /// In English: “Publish an update”.
    operator_say() = "operator-say";
    /// In English: “Stage”.
    operator_stage() = "operator-stage";
    /// In English: “Text, `language`”.
    operator_text_in(language) = "operator-text-in";
    /// In English: “In Markdown. If you fill in one language only, everybody reads that one”.
    operator_text_hint() = "operator-text-hint";
    /// In English: “Title, `language`”.
    operator_title_in(language) = "operator-title-in";
    /// In English: “Left empty, the title stays as it is”.
    operator_title_hint() = "operator-title-hint";
    /// In English: “Workaround, `language`”.
    operator_workaround_in(language) = "operator-workaround-in";
    /// In English: “How users can help themselves meanwhile. Left empty, there is none any more”.
    operator_workaround_hint() = "operator-workaround-hint";
    /// In English: “Next update before”.
    operator_next_update() = "operator-next-update";
    /// In English: “Time in `zone`. Left empty, nothing is promised”.
    operator_time_hint(zone) = "operator-time-hint";
    /// In English: “Workaround, next update, title”.
    operator_more() = "operator-more";
    /// In English: “Publish”.
    operator_publish() = "operator-publish";
    /// In English: “Note when users told us”.
    operator_told() = "operator-told";
    /// In English: “When”.
    operator_told_at() = "operator-told-at";
    /// In English: “Users told us `at`”.
    operator_told_since(at) = "operator-told-since";
    /// In English: “Note the time”.
    operator_note() = "operator-note";
    /// In English: “It is the return of an earlier incident”.
    operator_link() = "operator-link";
    /// In English: “No, it is a new one”.
    operator_link_none() = "operator-link-none";
    /// In English: “The return of: `title`”.
    operator_linked(title) = "operator-linked";
    /// In English: “Save”.
    operator_save() = "operator-save";
    /// In English: “Give the lead back to the measurements”.
    operator_release() = "operator-release";
    /// In English: “The incident then closes by itself once everything has worked for a while”.
    operator_release_hint() = "operator-release-hint";
    /// In English: “Open an incident by hand”.
    operator_open() = "operator-open";
    /// In English: “For what is not measured, or not yet. Its first update is published with it”.
    operator_open_text() = "operator-open-text";
    /// In English: “Began at”.
    operator_started_at() = "operator-started-at";
    /// In English: “Time in `zone`. Left empty: now”.
    operator_started_hint(zone) = "operator-started-hint";
    /// In English: “Which services, and how badly”.
    operator_components() = "operator-components";
    /// In English: “not affected”.
    operator_not_touched() = "operator-not-touched";
    /// In English: “Published updates”.
    operator_updates() = "operator-updates";
    /// In English: “the monitoring”.
    operator_by_monitor() = "operator-by-monitor";
    /// In English: “the command line on the hub”.
    operator_by_socket() = "operator-by-socket";
    /// In English: “whoever read the message of `channel`”.
    operator_by_channel(channel) = "operator-by-channel";
    /// In English: “Somebody else was quicker: nothing of yours was published. What they did is shown below; your words are still in the form”.
    operator_changed() = "operator-changed";
    /// In English: “Last change by `name`, `at`”.
    operator_changed_by(name, at) = "operator-changed-by";
    /// In English: “There is no such incident any more”.
    operator_unknown_incident() = "operator-unknown-incident";
    /// In English: “`refusal`: did you mean “`meant`”?”
    operator_did_you_mean(refusal, meant) = "operator-did-you-mean";
    /// In English: “There is no service “`id`” any more”.
    operator_unknown_component(id) = "operator-unknown-component";
    /// In English: “This incident is resolved: open another one and link it”.
    operator_is_resolved() = "operator-is-resolved";
    /// In English: “An incident is not the return of itself or of a later one”.
    operator_cannot_link() = "operator-cannot-link";
    /// In English: “The database is behind: nothing was changed. Try again in a minute”.
    operator_try_again() = "operator-try-again";
    /// In English: “Please write something here”.
    operator_field_empty() = "operator-field-empty";
    /// In English: “At most `most` characters”.
    operator_field_long(most) = "operator-field-long";
    /// In English: “This is no time such as 2026-11-22 14:05”.
    operator_field_time() = "operator-field-time";
    /// In English: “Choose one of the list”.
    operator_field_choice() = "operator-field-choice";
    /// In English: “Choose at least one service”.
    operator_field_components() = "operator-field-components";
    /// In English: “The clock skips this time: it goes from `before` to `after`”.
    operator_field_skipped(before, after) = "operator-field-skipped";
    /// In English: “The clock shows this time twice. Write `first` for the first one, `second` for the second”.
    operator_field_twice(first, second) = "operator-field-twice";
    /// In English: “It has not come yet: give a time that is past”.
    operator_time_to_come() = "operator-time-to-come";
    /// In English: “It is more than a year ago: check the year”.
    operator_time_long_ago() = "operator-time-long-ago";
    /// In English: “It is more than a day before the incident began: check the date”.
    operator_time_long_before() = "operator-time-long-before";
    /// In English: “It is past: promise a time to come, or none”.
    operator_promise_past() = "operator-promise-past";
    /// In English: “It is more than 30 days away: promise something nearer”.
    operator_promise_far() = "operator-promise-far";
    /// In English: “Nothing more is said of what is resolved: promise nothing, or keep it open”.
    operator_promise_resolved() = "operator-promise-resolved";
    /// In English: “It has `bytes` bytes: at most `most` are kept”.
    operator_text_long(bytes, most) = "operator-text-long";
    /// In English: “It holds the invisible character `code`: write it without”.
    operator_text_invisible(code) = "operator-text-invisible";
    /// In English: “Planned maintenance”.
    operator_maintenance() = "operator-maintenance";
    /// In English: “None is planned”.
    operator_no_maintenance() = "operator-no-maintenance";
    /// In English: “all services”.
    operator_all_services() = "operator-all-services";
    /// In English: “Log of actions”.
    operator_audit() = "operator-audit";
    /// In English: “Everything that operators did or tried to do, the newest first. Times in `zone`”.
    operator_audit_text(zone) = "operator-audit-text";
    /// In English: “Nobody has done anything yet”.
    operator_audit_none() = "operator-audit-none";
    /// In English: “Who”.
    operator_audit_who() = "operator-audit-who";
    /// In English: “What”.
    operator_audit_what() = "operator-audit-what";
    /// In English: “About”.
    operator_audit_about() = "operator-audit-about";
    /// In English: “Refused: `why`”.
    operator_audit_refused(why) = "operator-audit-refused";
    /// In English: “this name and this password do not go together”.
    operator_audit_password() = "operator-audit-password";
    /// In English: “Earlier ones”.
    operator_audit_earlier() = "operator-audit-earlier";
    /// In English: “Open an incident”; a word that is unknown stays.
    operator_order(what) = "operator-order";
    /// In English: “Post-mortem”.
    operator_pm() = "operator-pm";
    /// In English: “What measurements can fill in is filled in, and says how it was measured. What you write stays as you wrote it”.
    operator_pm_text() = "operator-pm-text";
    /// In English: “This incident, or a return of it, is open: the post-mortem is published once all is resolved”.
    operator_pm_open() = "operator-pm-open";
    /// In English: “`count` parts are still to be written”.
    operator_pm_left(count) = "operator-pm-left";
    /// In English: “Published `at`: readers see every change at once”.
    operator_pm_published(at) = "operator-pm-published";
    /// In English: “The page that readers see”.
    operator_pm_page() = "operator-pm-page";
    /// In English: “Publish the post-mortem”.
    operator_pm_publish() = "operator-pm-publish";
    /// In English: “Withdraw it”.
    operator_pm_withdraw() = "operator-pm-withdraw";
    /// In English: “Write this part”.
    operator_pm_edit() = "operator-pm-edit";
    /// In English: “Save this part”.
    operator_pm_write() = "operator-pm-write";
    /// In English: “Make it from measurements again”.
    operator_pm_again() = "operator-pm-again";
    /// In English: “The results of that time cannot be read at the moment: what they say is left out below”.
    operator_pm_unmeasured() = "operator-pm-unmeasured";
    /// In English: “Nothing to take”.
    alarm_nothing() = "alarm-nothing";
    /// In English: “It is over. There is nothing to do here”.
    alarm_over() = "alarm-over";
    /// In English: “This link leads nowhere”.
    alarm_broken() = "alarm-broken";
    /// In English: “It is not complete, or not valid any more. Open it from the message itself, or see here what is wrong”.
    alarm_broken_text() = "alarm-broken-text";
    /// In English: “You take care of it. Everybody who was told hears of that, and nobody is woken up any more”.
    alarm_taken() = "alarm-taken";
    /// In English: “`name` takes care of it (`at`)”.
    alarm_taken_by(name, at) = "alarm-taken-by";
    /// In English: “By this button you say: I have seen it and I take care of it. Reminders stop, and nobody else is called”.
    alarm_text() = "alarm-text";
    /// In English: “I take care of it”.
    alarm_take() = "alarm-take";
    /// In English: “This could not be written down. Please try again in a minute”.
    alarm_unavailable() = "alarm-unavailable";
    /// In English: “Fault of the monitoring”.
    alarm_fault() = "alarm-fault";
    /// In English: “What readers see”.
    alarm_page() = "alarm-page";
    /// In English: “Go on as an operator”.
    alarm_operators() = "alarm-operators";
    /// In English: “Drill: is this message read?”.
    alarm_drill() = "alarm-drill";
    /// In English: “Who was told”.
    attempts() = "attempts";
    /// In English: “When”.
    attempt_when() = "attempt-when";
    /// In English: “Channel”.
    attempt_channel() = "attempt-channel";
    /// In English: “Message”.
    attempt_what() = "attempt-what";
    /// In English: “Outcome”.
    attempt_outcome() = "attempt-outcome";
    /// In English: “delivered”.
    attempt_taken() = "attempt-taken";
    /// In English: “not delivered:”.
    attempt_refused() = "attempt-refused";
    /// In English: “it began”; a word that is unknown stays.
    attempt_message(what) = "attempt-message";
}
