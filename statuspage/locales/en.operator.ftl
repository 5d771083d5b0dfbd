### English, for operators.

operator-title = Operators
operator-sign-in = Sign in
operator-sign-in-text = For the people who run these services. Readers need no account.
operator-name = Name
operator-password = Password
operator-no-accounts = Nobody has an account yet. Run “statuspage operator add NAME” on the hub’s machine and add what it prints to the settings file: the hub takes it up within seconds
operator-wrong = This name and this password do not go together. Check both and try again.
operator-wait = Too many attempts. Try again in { $span }.
operator-busy = Many people are signing in at this moment. Try again in a few seconds.
operator-in-the-clear = Passwords are not sent in the clear: open this page by https. Behind a proxy that speaks TLS, name its network in “trusted_proxies” and let it send X-Forwarded-Proto
operator-foreign = This form did not come from this page, or the session has ended: nothing was changed. Open the page again and repeat it. Behind a proxy, “public_url” must be the address that you see
operator-too-large = The form is larger than any of ours: nothing was changed
operator-back = Back
operator-signed-in-as = Signed in as { $name }
operator-sign-out = Sign out
operator-now = What is wrong now
operator-all-well = Every service works, as far as we can measure.
operator-since = since { $since }
operator-evidence = What was measured
operator-evidence-note = Only operators see this.
operator-address = Address
operator-addresses = All addresses
operator-chain = Certificate
operator-issued = { $subject }, issued by { $issuer }, valid from { $from } to { $to }
operator-head = Headers of the answer
operator-first = The first failures
operator-first-more = { $count ->
    [one] Of { $count } other service no more is kept than its results.
   *[other] Of { $count } other services no more is kept than their results.
}
operator-certificate = Certificate ends
operator-answer = Answer
operator-redirects = Redirects
operator-phases = Where the time went
operator-phase = { $phase ->
    [resolve] name resolution
    [connect] connection
    [tls] encryption
    [processing] waiting for the answer
    [transfer] transfer
   *[other] { $phase }
} { $span }
operator-sample = What the probe noted
operator-observed = Seen
operator-monitor = The monitoring itself
operator-monitor-well = No fault of its own is known.
operator-store-behind = The database is behind: results wait in memory, and changes by operators cannot be taken for now.
operator-store-absent = There is no usable database: measuring and alarms go on, changes by operators cannot be taken.
operator-location = Location { $place }: { $state }
operator-quarantined = { $file } has mistakes and is not used
operator-quarantined-kept = { $file } has mistakes and is not used; { $component } goes on with its last good version
operator-subscribers = Subscribers by mail: { $confirmed } confirmed, { $asked } not confirmed yet, { $quarantined } whose mailbox refuses our letters. “statuspage subscribers list” shows them.
operator-incidents = Open incidents
operator-no-incidents = No incident is open.
operator-resolved-incidents = Recently resolved
operator-services = { $count ->
    [one] { $count } service
   *[other] { $count } services
}
operator-acknowledge = Take it
operator-acknowledged = Taken by { $name }, { $at }
operator-not-acknowledged = Nobody has taken it yet.
operator-lead-operators = Operators have the lead: it stays open until you resolve it.
operator-lead-measurements = Measurements have the lead: it closes by itself once everything has worked for a while.
operator-promise = Next update promised before { $at }
operator-promise-lapsed = The update promised before { $at } is overdue
operator-say = Publish an update
operator-stage = Stage
operator-text-in = Text { $language ->
    [fr] in French
   *[other] in English
}
operator-text-hint = In Markdown. If you fill in one language only, everybody reads that one.
operator-title-in = Title { $language ->
    [fr] in French
   *[other] in English
}
operator-title-hint = Left empty, the title stays as it is.
operator-workaround-in = Workaround { $language ->
    [fr] in French
   *[other] in English
}
operator-workaround-hint = How users can help themselves meanwhile. Left empty, there is none any more.
operator-next-update = Next update before
operator-time-hint = Time in { $zone }. Left empty, nothing is promised.
operator-publish = Publish
operator-told = Note when users told us
operator-told-at = When
operator-told-since = Users told us { $at }
operator-note = Note the time
operator-link = It is the return of an earlier incident
operator-link-none = No, it is a new one
operator-linked = The return of: { $title }
operator-save = Save
operator-release = Give the lead back to the measurements
operator-release-hint = The incident then closes by itself once everything has worked for a while.
operator-open = Open an incident by hand
operator-open-text = For what is not measured, or not yet. Its first update is published with it.
operator-started-at = Began at
operator-started-hint = Time in { $zone }. Left empty: now.
operator-components = Which services, and how badly
operator-not-touched = not affected
operator-updates = Published updates
operator-by-monitor = the monitoring
operator-by-socket = the command line on the hub
operator-by-channel = whoever read the message of { $channel }
operator-changed = Somebody else was quicker: nothing of yours was published. What they did is shown below; your words are still in the form.
operator-changed-by = Last change by { $name }, { $at }
operator-unknown-incident = There is no such incident any more
operator-did-you-mean = { $refusal }: did you mean “{ $meant }”?
operator-unknown-component = There is no service “{ $id }”
operator-is-resolved = This incident is resolved: open another one and link it
operator-cannot-link = An incident is not the return of itself or of a later one
operator-try-again = The database is behind: nothing was changed. Try again in a minute.
operator-field-empty = Please write something here
operator-field-long = At most { $most } characters
operator-field-time = This is no time such as 2026-11-22 14:05
operator-field-choice = Choose one of the list
operator-field-components = Choose at least one service
operator-field-skipped = The clock skips this time: it goes from { $before } to { $after }
operator-field-twice = The clock shows this time twice. Write { $first } for the first one, { $second } for the second
operator-time-to-come = It has not come yet: give a time that is past
operator-time-long-ago = It is more than a year ago: check the year
operator-time-long-before = It is more than a day before the incident began: check the date
operator-promise-past = It is past: promise a time to come, or none
operator-promise-far = It is more than 30 days away: promise something nearer
operator-promise-resolved = Nothing more is said of what is resolved: promise nothing, or keep it open
operator-text-long = It has { $bytes } bytes: at most { $most } are kept
operator-text-invisible = It holds the invisible character { $code }: write it without
operator-maintenance = Planned maintenance
operator-no-maintenance = None is planned.
operator-all-services = all services
operator-more = Workaround, next update, title
operator-audit = Log of actions
operator-audit-text = Everything that operators did or tried to do, the newest first. Times in { $zone }.
operator-audit-none = Nobody has done anything yet.
operator-audit-who = Who
operator-audit-what = What
operator-audit-about = About
operator-audit-refused = Refused: { $why }
operator-audit-password = this name and this password do not go together
operator-audit-earlier = Earlier ones
operator-order = { $what ->
    [open] Open an incident
    [acknowledge] Take it
    [say] Publish an update
    [release] Give the lead back to the measurements
    [reported_by_users] Note that users told us
    [link] Link to an earlier incident
    [write_field] Write in the post-mortem
    [publish] Publish the post-mortem
    [withdraw] Withdraw the post-mortem
    [plan_maintenance] Plan maintenance
    [change_maintenance] Change maintenance
    [cancel_maintenance] Cancel maintenance
    [begin_maintenance] Begin maintenance
    [end_maintenance] End maintenance
    [say_maintenance] Publish an update on maintenance
    [sign_in] Sign in
    [sign_out] Sign out
    [foreign_form] Send a form that is not of this session
    [list_subscribers] Look at the subscribers
    [import_subscribers] Import subscribers
    [remove_subscriber] Erase a subscriber
    [bounce] Take a mail that came back
    [test_channel] Test a channel
    [add_location] Add a location
    [rotate_location] Make another key for a location
    [revoke_location] Revoke a location
    [answer_drill] Answer a drill
   *[other] { $what }
}
operator-pm = Post-mortem
operator-pm-text = What measurements can fill in is filled in, and says how it was measured. What you write stays as you wrote it.
operator-pm-open = This incident, or a return of it, is open: the post-mortem is published once all is resolved
operator-pm-left = { $count ->
    [one] { $count } part is still to be written
   *[other] { $count } parts are still to be written
}
operator-pm-published = Published { $at }: readers see every change at once.
operator-pm-page = The page that readers see
operator-pm-publish = Publish the post-mortem
operator-pm-withdraw = Withdraw it
operator-pm-edit = Write this part
operator-pm-write = Save this part
operator-pm-again = Make it from measurements again
operator-pm-unmeasured = The results of that time cannot be read at the moment: what they say is left out below
operator-plan = Plan maintenance
operator-plan-text = It is announced 48 hours before. Measuring goes on all along, and its time is left out of uptime.
operator-plan-it = Plan it
operator-description-in = What to know, { $language ->
    [fr] in French
   *[other] in English
}
operator-description-hint = In Markdown. May stay empty.
operator-concerns = Which services it concerns
operator-scope-all = All services, also those to come
operator-scope-group = The whole group { $name }, also its services to come
operator-scope-some = Only some of its services
operator-once = Once
operator-starts-at = Begins
operator-ends-at = Ends
operator-ends-hint = At most seven days later.
operator-again = Or again and again
operator-cron = Begins each time
operator-cron-hint = Second, minute, hour, day, month, weekday: “0 0 3 * * TUE” is each Tuesday at 3 a.m. in { $zone }.
operator-duration = Lasts
operator-duration-hint = Such as 45m or 1h 30m.
operator-change = Change this maintenance
operator-cancel = Cancel this maintenance
operator-begin = Begin now, ahead of time
operator-end = End now, ahead of time
operator-text-usual = In Markdown. Left empty, the usual sentence is published.
operator-extent = Which ones
operator-extent-one = this one alone
operator-extent-series = this one and all that follow
operator-repeats = It comes again and again: what you change concerns this one alone.
operator-cancelled = Cancelled, { $at }
operator-field-duration = This is no length of time such as 45m or 1h 30m
operator-field-once-and-again = Once, or again and again: empty the times or this line
operator-unknown-maintenance = There is no such maintenance any more
operator-unknown-group = There is no group “{ $name }”
operator-concerns-nobody = It concerns nobody: choose at least one service, a group or all
operator-mt-changed = Somebody else was quicker, or its time came: nothing of yours was published. How it stands now is below; your words are still in the form
operator-mt-over = This maintenance is over: plan another one
operator-mt-begun = This maintenance has begun: end it, or change its end
operator-mt-not-begun = This maintenance has not begun: cancel it, or change its times
operator-mt-no-series = It does not come again: cancel this one alone
operator-mt-in-file = Its plan stands in the settings file: take it out there, or cancel this one alone
operator-mt-twin = The same is planned already
operator-mt-wrong-stage = While it goes on it is in progress or being verified
operator-mt-start-past = It is past: what was measured since then stays as it is
operator-mt-end-past = It is past: give a time to come
operator-mt-far = It is more than two years away: check the year
operator-mt-backwards = It ends before it begins: check both times
operator-mt-too-short = It takes less than a minute: give it the time that it may take
operator-mt-too-long = It takes more than 7 days: plan several, so that nothing stays silent because somebody forgot it
operator-mt-no-seconds = The seconds come first: “{ $line }”
operator-mt-no-line = This is no line of six fields such as “0 0 3 * * TUE”, each Tuesday at 3 a.m.
operator-mt-never = It never comes again: leave the year out
operator-mt-overlapping = It lasts { $duration } and comes again after { $distance }: let it last less or come less often
operator-mt-too-often = It comes every { $distance }: let it come once an hour at most
alarm-nothing = Nothing to take
alarm-over = It is over. There is nothing to do here.
alarm-broken = This link leads nowhere
alarm-broken-text = It is not complete, or not valid any more. Open it from the message itself, or see here what is wrong.
alarm-taken = You take care of it. Everybody who was told hears of that, and nobody is woken up any more.
alarm-taken-by = { $name } takes care of it ({ $at }).
alarm-text = By this button you say: I have seen it and I take care of it. Reminders stop, and nobody else is called.
alarm-take = I take care of it
alarm-unavailable = This could not be written down. Please try again in a minute.
alarm-fault = Fault of the monitoring
alarm-page = What readers see
alarm-operators = Go on as an operator
alarm-drill = Drill: is this message read?
attempts = Who was told
attempt-when = When
attempt-channel = Channel
attempt-what = Message
attempt-outcome = Outcome
attempt-taken = delivered
attempt-refused = not delivered:
attempt-message = { $what ->
    [down] it began
    [grown] it got worse
    [overdue] an update is due
    [reminder] reminder
    [acknowledged] somebody took it
    [recovered] it is over
    [was_down] it came and went
   *[other] { $what }
}
