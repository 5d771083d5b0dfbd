### Pages: incidents, history, monitoring, who is affected.

## Where to go

navigation = Navigation
history = History
monitoring = Monitoring
calendar = Calendar
month-title = { $month } { $year }

## Incidents and maintenance, as pages show them

going-since = since { $since }
lasting = { $period } ({ $span })
detected-in = detected in { $span }
taken-on = acknowledged { $at }
declared-by-hand = opened by operators
stage-at = { $stage }, { $at }.
meanwhile = In the meantime
next-update-late = An update was promised before { $time }; it is late.
news = Now and soon
groups = Groups of services
more-incidents = { $count ->
    [one] And one other incident is open:
   *[other] And { $count } other incidents are open:
}
maintenance-ending = planned to end { $at }
section-updates = Updates
section-chronology = Measured chronology
section-chronology-declared = Chronology
section-components = Affected services
section-related = Related incidents
section-past = Incidents and maintenance
section-maintenance = Maintenance
by-operators = operators
by-measurements = measured
state-change = { $name }: { $from } → { $to }
figure-detection = Detection
figure-acknowledgement = Taken on
figure-cause = Cause found
figure-recovery = Working again
after-first-failure = after the first failure
after-beginning = after the beginning
after-detection = after detection
not-recorded = not recorded
chronology-persists = The incident before this one was closed while this still failed
chronology-started = First failure measured
chronology-began = Beginning, as operators gave it
chronology-detected = Failure confirmed, seen from { $places }
chronology-confirmed = Failure confirmed
chronology-declared = Incident declared
chronology-announced = First alert delivered
chronology-reported = First told by users
chronology-acknowledged = Acknowledged by operators
chronology-identified = Cause found
chronology-joined = { $services } affected too
chronology-joined-many = { $count ->
    [one] { $count } more service affected, { $total } in all
   *[other] { $count } more services affected, { $total } in all
}
chronology-back = { $services }: working again
chronology-back-many = { $count ->
    [one] { $count } of { $total } services works again
   *[other] { $count } of { $total } services work again
}
chronology-recovered = Everything works again
chronology-resolved = Incident closed
chronology-how = A first failure is asked again at once, and called an outage only when it is confirmed and most places agree.
components-failing = { $count ->
    [0] All { $total } work again.
    [one] One of { $total } does not work properly yet.
   *[other] { $count } of { $total } do not work properly yet.
}
components-table = The services one by one
column-service = Service
column-since = Since
column-back = Working again
column-reason = First failure
still-failing = not yet
relapse-of = This is the return of an earlier incident:
relapsed-as = It came back later:
relapses = { $count ->
    [one] It came back once before it was closed.
   *[other] It came back { $count } times before it was closed.
}
incidents-none = No incident on record.
incidents-none-other = No other on record.
whole-history = The whole history
concerns = Concerns: { $scope }.
incident-about = What happened, what was measured and what is being done, by { $site }.

## The history

history-about = Incidents and maintenance of { $site }, month by month.
history-quiet = Nothing to report.
history-coming = To come
history-older = Before: { $month }
history-newer = After: { $month }
history-latest = The latest months
history-months = Months

## Who watches the watcher

watcher = Who watches the watcher?
watcher-lead = Everything on this page is measured from outside, as a visitor would. This is what the monitoring knows of itself.
section-places = Places of measurement
place-reports = Reports
place-silent = Silent
place-waiting = Nothing yet
place-blind = Blind
place-blind-why = It says itself that its own network is at fault: its results count for nothing until that is over.
place-waiting-why = Added, but it has not reported anything yet.
place-revoked = No longer counted
place-heard = last heard { $at }
place-journal = { $results ->
    [one] { $results } result still to come
   *[other] { $results } results still to come
}
place-version = version { $version }
place-clock = its clock is off by { $seconds } s, put right here
place-drift = its definitions are not the same as here
place-gaps = { $results ->
    [one] { $results } result missing
   *[other] { $results } results missing
}
place-lost = { $results ->
    [one] { $results } result lost
   *[other] { $results } results lost
}
place-duplicates = { $results ->
    [one] { $results } result came twice, counted once
   *[other] { $results } results came twice, counted once
}
place-copied = { $reports ->
    [one] { $reports } report of a copy of it: it runs twice, or its disk was set back
   *[other] { $reports } reports of a copy of it: it runs twice, or its disk was set back
}
place-set-back = { $times ->
    [one] its disk was set back once
   *[other] its disk was set back { $times } times
}
place-rejected = { $reports ->
    [one] { $reports } report in its name not let in
   *[other] { $reports } reports in its name not let in
}
place-overdue = { $probes ->
    [one] { $probes } probe overdue
   *[other] { $probes } probes overdue
}
place-fresh = { $total ->
    [one] { $fresh } of { $total } probe up to date
   *[other] { $fresh } of { $total } probes up to date
}
section-agreement = Do they agree?
agreement-alone = There is one place of measurement, so its word alone counts, and a fault near it cannot be told from an outage everywhere.
agreement-none = No question has recent answers from two places, so there is nothing to compare.
agreement-full = { $total ->
    [one] One question is asked from several places, and they agree.
   *[other] { $total } questions are asked from several places, and they agree on all of them.
}
agreement-disputed = { $disputed ->
    [one] Of { $total } questions asked from several places, they disagree on one:
   *[other] Of { $total } questions asked from several places, they disagree on { $disputed }:
}
agreement-rule = With one place its word counts; with two, both must see the outage; with more, most of them.
and-more = and { $count } more
section-safeguards = Safeguards
control-targets = Does it see anything at all?
control-set = { $count ->
    [one] One point of reference
   *[other] { $count } points of reference
}
control-none = No point of reference
control-set-why = Sites elsewhere that always answer are asked too. When none of them does, this monitoring is blind, says so, and calls nothing an outage.
control-none-why = Without sites elsewhere that always answer, a fault of its own network would look like an outage of everything.
dead-man = Outside watch
dead-man-set = Set up
dead-man-none = Unwatched
dead-man-awaited = Not proven yet
dead-man-failing = Not heard
dead-man-failing-why = Whoever should notice that this monitoring has stopped does not take its signs of life.
dead-man-taken = The last one was taken { $at }.
dead-man-set-why = A service elsewhere expects a sign of life each minute while measuring really goes on, and raises the alarm when it does not come.
dead-man-none-why = Nobody outside would notice if this monitoring stopped.
storage = Storage
storage-synced = In order
storage-synced-why = Everything measured is written down for good.
storage-behind = Behind
storage-behind-why = Results wait in memory; measuring and telling go on.
storage-absent = Absent
storage-absent-why = There is no usable database: the past will have a gap; measuring and telling go on.
definitions = What is to be measured
definitions-good = All understood
definitions-bad = { $count ->
    [one] One file with mistakes
   *[other] { $count } files with mistakes
}
definitions-good-why = Every description of a service is used as it was written.
definitions-bad-why = It waits for an operator; its last good version stays in use where there is one.
proof = Recent measurements
proof-all = { $total ->
    [0] No service is watched yet
    [one] The only service
   *[other] All { $total } services
}
proof-some = { $total ->
    [one] { $fresh } of { $total } service
   *[other] { $fresh } of { $total } services
}
proof-why = A state is shown only as long as its last measurement proves it; after that it turns grey.
section-measured = What is measured, and how
measured-how = Each measurement opens a connection of its own and times name resolution, connection, encryption, processing and transfer. A first failure is asked again after half a second and a second and a half; only failures in a row count.
column-kind = Kind
kind = { $kind ->
    [http] web (HTTP)
    [tcp] connection (TCP)
    [heartbeat] sign of life
   *[other] { $kind }
}
column-rhythm = How often
column-probes = Probes
every = every { $span }
by-calendar = by the calendar
software = Software
monitoring-about = Where { $site } is measured from, and who watches the monitoring.

## Is my service affected?

affected = Is my service affected?
affected-name = The name of your service
affected-example = cloud.your-club.org
affected-ask = Check
affected-how = The exact name you type into the browser, nothing like it. What you enter is neither kept nor shown to anybody.
affected-not-a-name = That is not the name of a service. It looks like “cloud.your-club.org”.
affected-yes = Yes: { $domain } is affected.
affected-no = We know of no disturbance for { $domain }.
affected-no-why = We answer so for every name about which nothing is wrong, hosted here or not: who is hosted is nobody else’s business. If it does not work for you all the same, tell us.
affected-blind = We cannot tell how { $domain } does.
affected-blind-why = No measurements are coming in, so we cannot say it of any name. Try again in a few minutes.
affected-bookmark = Keep this answer at hand:
affected-about = Type the name of your service to learn whether a known incident affects it.
read-postmortem = Read the account of it (post-mortem)
channels-proven = Can operators be reached?
channels-why = Alarms go out by these ways. A way is proven when it has taken a message, or a drill.
mail-letters = Mail to subscribers
mail-good = Leaving
mail-idle-word = Nothing to send
mail-unproven = Not proven yet
mail-proven = A mail server was last ready to take one { $at }.
mail-failing = Not leaving
mail-failing-why = No mail server takes any. { $count ->
    [0] None waits.
    [one] One letter waits.
   *[other] { $count } letters wait.
}
mail-waits-word = Waiting
channel-proven = last proven { $at }
channel-good = Proven
channel-none = Not proven yet
channel-failing = Out of order
channel-failing-why = messages have not got through since { $when }

beat-heard = sign of life
beat-last = last one { $when }

## The watch over the monitoring

detection = Are outages recognised?
detection-proven = Yes, proven
detection-broken = No longer
detection-unproven = Not proven
detection-why = Targets of our own, one that always fails, one that always works and one that never answers, must be found to be just that, again and again. Otherwise nothing that is called good may be believed.
parts = Its own parts
parts-alive = All at work
parts-restarting = Restarted again and again
parts-late = Slow
parts-why = Every part of the monitoring gives a sign of life several times a minute. When one falls silent for half a minute, the monitoring is started anew.
means = What it lives on
means-enough = Enough of everything
means-disk = disk
means-memory = memory
means-descriptors = connections
means-clock = clock
means-why = Its disk, memory, connections and clock are watched, and operators are told before anything runs out.
watch-degraded = The monitoring itself has a fault: what stands here may be wrong.
means-short = Short: { $what }

## The page of an outpost

upstream = The main page
upstream-heard = The main page { $address } is heard: what it says is less than three minutes old.
upstream-silent = The main page { $address } has been silent since { $since }, for { $span }.
upstream-unsure = The main page { $address } has not been heard yet.
upstream-never = It was never heard from here.
upstream-said = Its last word, { $at }:
upstream-whole = In full
upstream-history = What follows is measured by { $place }, and told to operators meanwhile.
upstream-here = What follows is measured by { $place }; what counts is the main page.
upstream-services = Services by its word
