### English.

## Numbers, dates, spans of time

month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date = { $day } { $month } { $year }
date-short = { $day } { $month }
time = { $hour }:{ $minute }
time-precise = { $hour }:{ $minute }:{ $second }
on = on { $date }
moment = { $date }, { $time }
span-seconds = { $seconds } s
span-minutes = { $minutes } min
span-hours = { $hours } h { $minutes }
span-days = { $days } d
milliseconds = { $count } ms
percent = { $number } %
list-comma = { $first }, { $second }
list-and = { $first } and { $second }
list-others = { $count ->
    [one] { $list } and { $count } other
   *[other] { $list } and { $count } others
}

## The page

site-status = Service status
skip = Skip to content
home = All services
other-services = Other services
measured-from = Measured from { $places }
last-measurement = last measurement
last-measurements = Last measurements:
at-time = at { $time }
ago = { $span } ago
never-measured = not yet
page-valid = Page made at { $made }, not to be believed after { $until }.
stopped = Monitoring has stopped updating. Green below is history.
stopped-title = Monitoring stopped
page-title = { $summary } · { $site }

## The state of everything

headline-operational = All services are working.
headline-nothing = No service is watched yet.
headline-first-check = First check under way.
headline-blind = No measurements are coming in any more.
headline-all-down = Major outage: all services are down.
headline-down = { $count ->
    [one] { $names } is down.
   *[other] { $names } are down.
}
headline-down-many = { $count } of { $total } services are down.
headline-partial = { $count ->
    [one] { $names } works only in part.
   *[other] { $names } work only in part.
}
headline-partial-many = { $count } of { $total } services work only in part.
headline-degraded = { $count ->
    [one] { $names } has problems.
   *[other] { $names } have problems.
}
headline-degraded-many = { $count } of { $total } services have problems.
headline-unknown = No recent measurement of { $names }.
headline-unknown-many = No recent measurement of { $count } of { $total } services.
headline-maintenance = Maintenance under way: { $names }.
headline-maintenance-many = Maintenance under way on { $count } services.
headline-others = { $count ->
    [one] Another one has problems.
   *[other] { $count } others have problems.
}
title-operational = All working
title-maintenance = Maintenance
title-unknown = Not verified
title-degraded = Problems
title-partial = Partial outage
title-down = Outage
title-all-down = Major outage

## The state of a service

item = { $name }: { $state }
state-operational = Operational
state-maintenance = Maintenance
state-unknown = Not verified
state-unverified = Not verified for { $age }
state-first-check = First check under way
state-degraded = Degraded
state-partial = Partial outage
state-down = Outage
note-since = { $reason } since { $since }
note-from = { $note }, seen from { $places }
note-declared = { $measured ->
    [under_maintenance] declared by operators, during maintenance
   *[other] declared by operators, measured: { $state }
}
note-latency = answers in { $latency }
note-certificate = { $days ->
    [0] certificate expires today
    [one] certificate expires in { $days } day
   *[other] certificate expires in { $days } days
}
ninety-days = 90 days
today = today
coverage = over { $coverage } of the time observed
watched-since = since { $since }
no-data = no data yet
strip = { $name }, { $window }: { $uptime }; { $bad ->
    [0] no day with an outage
    [one] { $bad } day with an outage
   *[other] { $bad } days with an outage
}

## The page of a service

open-service = Open the service
since = In this state since { $since }
section-days = The last 90 days
watched = Watched since { $since }.
days-sentence = { $bad ->
    [0] No outage measured.
    [one] Outage measured on { $bad } day.
   *[other] Outages measured on { $bad } days.
} Uptime: { $uptime }.
hint = Point at a part of the drawing, or walk through it with the arrow keys.
days-table = The same days as a table
day = { $date }: { $what }
day-unobserved = nothing observed
spell-down = { $span } down
spell-partial = { $span } partly down
spell-degraded = { $span } degraded
spell-maintenance = { $span } in maintenance
spell-unknown = { $span } without measurement
section-uptime = Uptime
window-day = 24 hours
window-week = 7 days
window-month = 30 days
window-quarter = 90 days
window-year = 1 year
section-latency = Response time
latency-none = No successful measurement yet.
latency-chart = Response time from { $place }, { $window }: median { $p50 }, 95 % under { $p95 }, 99 % under { $p99 }
latency-point = { $at }: median { $p50 }, 95 % under { $p95 }, 99 % under { $p99 }
latency-table = The same measurements as a table
median = median
section-failures = Last failures
failures-none = No failure recorded.
times = { $count ->
    [one] once
   *[other] { $count } times
}
section-certificate = Certificate
certificate-ends = { $days ->
    [0] Expires today, { $date }.
    [one] Expires { $date }, in { $days } day.
   *[other] Expires { $date }, in { $days } days.
}
certificate-ended = Expired { $date }.
section-probes = Probes
probes-sentence = Each probe asks the service one question, from each place of measurement.
column-date = Date
column-state = State
column-uptime = Uptime
column-spells = Detail
column-when = When
column-what = What
column-probe = Probe
column-place = Place
column-detail = Technical detail
column-count = Measurements
column-window = Period
column-coverage = Observed
column-last = Last result
health-up = works
health-suspect = being confirmed
health-down = down
health-unknown = not verified

## Reasons

reason-dns-nxdomain = Name not found
reason-dns-nodata = Name without an address
reason-dns-servfail = Name servers failing
reason-dns-refused = Name servers refusing to answer
reason-dns-timeout = Name servers silent
reason-dns-error = Name resolution failed
reason-connect-refused = Connection refused
reason-connect-timeout = No connection in time
reason-connect-reset = Connection cut
reason-network-unreachable = Network unreachable
reason-address-blocked = Address that we refuse to probe
reason-tls-handshake = Encrypted connection failed
reason-tls-timeout = Encrypted connection too slow
reason-tls-expired = Certificate expired
reason-tls-not-yet-valid = Certificate not valid yet
reason-tls-untrusted = Certificate not trusted
reason-tls-hostname = Certificate made out to another name
reason-http-timeout = No answer in time
reason-http-status = Unexpected answer
reason-http-error = Error { $status }
reason-http-answer = Answer { $status }
reason-http-protocol = Malformed answer
reason-http-redirects = Redirections leading nowhere
reason-body-timeout = Answer cut off by the deadline
reason-body-truncated = Answer cut short
reason-body-too-large = Answer too long
reason-body-encoding = Answer unreadable
reason-body = Unexpected content
reason-header = Unexpected header
reason-json = Unexpected data
reason-certificate-expiring = Certificate about to expire
reason-latency = Answer too slow
reason-protocol = Answer against the protocol
reason-timeout = No answer in time
reason-heartbeat-missed = Sign of life missing
reason-heartbeat-down = Reported as broken by itself
reason-heartbeat-value = Reported value out of bounds
reason-canary-write = Trial write refused
reason-canary-read = Trial read impossible
reason-prober-fault = A fault of our own probe

## Foot of the page

how-we-count = How we count
rule = Uptime is weighed by time: an outage counts whole, a partial outage 30 %, degraded performance not at all. Announced maintenance and time without measurement are left out; the share of time that was observed stands beside. Only measurements count: what operators declare changes no figure. Percentages are rounded down: 100 % means without a single millisecond of outage. Days begin at midnight ({ $zone }).
promise = This page is less than { $span } old, or it tells you so.
plain-text = As plain text
times-in = Times: { $zone }.
powered = Measured with Belfry { $version }

## Incidents and maintenance

services = { $count ->
    [one] { $count } service
   *[other] { $count } services
}
incident-on = { $what } on { $services }
incident-behind = { $what } on { $services } behind { $address }
incident-depending = { $what } on { $services } that depend on { $dependency }
incident = Incident
incident-opened = { $what } on { $services }, measured since { $since }. The cause is not known yet.
incident-grown = { $count ->
    [one] { $count } service is affected now.
   *[other] { $count } services are affected now.
}
incident-joined = Failing too: { $names }. { $count ->
    [one] { $count } service is affected
   *[other] { $count } services are affected
} since { $since }; the worst state is: { $worst }.
notice-grown = now { $names } too; the worst state: { $worst }; since { $since }
incident-recovered = By our measurements everything works again. We go on watching.
incident-persists = The incident before this one was closed { $closed }, but by our measurements this has not worked since: { $services }.
incident-still = By our measurements still failing: { $services }.
incident-unproven = Not yet measured to work again: { $services }.
incident-relapsed = It is back: { $services }.
incident-settled = Everything has gone on working: the incident is closed. It lasted { $span }.
incident-since = Since { $since }
last-update = Last update, { $when }: { $text }
next-update = Next update before { $time }.
workaround = In the meantime
incidents-open = Open incidents
maintenance-ahead = Maintenance
spoken-incident = Since { $since }: { $title }.
spoken-others = { $count ->
    [one] Another incident is open.
   *[other] { $count } other incidents are open.
}
spoken-maintenance = Maintenance, { $stage }: { $title }, { $window }.
spoken-at = This was true at { $time }.
feed-history = { $site }: incidents and maintenance
feed-component = { $site }: { $name }
feed-updates = { $site }: every update
calendar-title = { $site }: maintenance
stage-investigating = Investigating
stage-identified = Identified
stage-monitoring = Monitoring
stage-resolved = Resolved
postmortem-published = The account of the incident (post-mortem) is published: { $address }
impact-none = No disturbance
impact-minor = Disturbance
impact-major = Outage
impact-critical = Major outage
maintenance-scheduled = Planned
maintenance-in-progress = Under way
maintenance-verifying = Being checked
maintenance-cancelled = Cancelled
maintenance-withdrawn = This maintenance was cancelled.
maintenance-completed = Completed
maintenance-window = { $from } – { $to }
maintenance-hours = { $date }, { $from } – { $to }
maintenance-planned = Planned for { $window }.
maintenance-begun = The maintenance has begun.
maintenance-checking = The work is done, and the result is being checked.
maintenance-over = The maintenance is over.

## Error pages

error-bad-request = This request cannot be understood.
error-bad-request-text = The address, or what came with it, is malformed.
error-not-found = This page does not exist.
error-not-found-text = The service may have changed its name, or is no longer watched.
error-method = This page can only be read.
error-method-text = The method asked for makes no sense here.
error-too-long = This address is too long.
error-too-long-text = No page of ours has an address of that length: was something pasted twice?
error-too-many = Too many requests.
error-too-many-text = Wait a minute, then try again.
error-internal = The status page has an outage of its own.
error-internal-text = This says nothing about the services. The error was noted; try again in a moment.
error-unavailable = The status page is not ready yet.
error-unavailable-text = This says nothing about the services. Try again in a moment.
error-code = Error { $code }

## The API, where Statuspage has no words

unverified-now = Monitoring interrupted: the present state is not verified
interruption-update = Since { $since } these services have not been verified. They may work or not: our monitoring does not know.
