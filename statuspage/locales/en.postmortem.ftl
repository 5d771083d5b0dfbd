# The draft of a post-mortem: what the measurements know, and how they know it.

pm-title = Post-mortem: { $title }
pm-number = Incident { $id }, { $dates }.
pm-dates-same = { $date }
pm-dates-span = { $first } to { $last }
pm-to-write = *To be written.*
pm-suggestions = Suggestions:
pm-measured = Measured: { $how }.
pm-summary = Summary
pm-impact-label = Impact on users
pm-cause-label = Cause
pm-resolution-label = Resolution
pm-durations = Durations
pm-duration-column = Duration
pm-value-column = Value
pm-how-column = How it is measured
pm-detected-by = Incident detected by
pm-detection = Detection
pm-investigation = Investigation
pm-return = Return to a working service
pm-resolve = Resolution
pm-chronology = Chronology
pm-date-column = Date
pm-what-column = What
pm-impact = Impact
pm-users = Impact on users
pm-infrastructure = Impact on the infrastructure
pm-cause = Cause of the incident
pm-mitigation = Mitigation and resolution
pm-lessons = Lessons learnt
pm-well = What went well
pm-badly = What went badly
pm-luck = Where we were lucky
pm-actions = Actions
pm-glossary = Glossary of technical terms
pm-annexes = Annexes
pm-impact-sentence = { $failed ->
    [one] { $failed } service of { $total } failed ({ $what }) between { $from } and { $to }
   *[other] { $failed } services of { $total } failed ({ $what }) between { $from } and { $to }
}
pm-impact-ongoing = { $failed ->
    [one] { $failed } service of { $total } has been failing ({ $what }) since { $from }
   *[other] { $failed } services of { $total } have been failing ({ $what }) since { $from }
}
pm-by-places = { $count ->
    [one] seen from { $places }
   *[other] seen from { $count } places: { $places }
}
pm-by-group = By group: { $groups }.
pm-group-share = { $group } { $failed }/{ $total }
pm-impact-how = services that went to partial or major outage between the first failure and the last recovery
pm-by-probes = the probes ({ $at })
pm-by-users = users ({ $at }), before the probes
pm-by-staff = the team ({ $at }), before the probes
pm-detected-how = the first of three instants: confirmation by the probes, declaration by the team, the first call that the team noted
pm-detection-how = from the first failure ({ $first }) to its confirmation ({ $confirmed })
pm-detection-human-how = from the declared beginning ({ $first }) to the declaration ({ $confirmed })
pm-ack-after = then { $span } until { $who } acknowledged it
pm-ack-none = never acknowledged by a human
pm-investigation-how = from the acknowledgement to the first update that says “{ $stage }”
pm-investigation-open = there is no acknowledgement, or no update that says “{ $stage }”
pm-return-half = 50 %: { $half }, 95 %: { $most }, last: { $last }
pm-return-how = for each service, from its first failure to its first confirmed success
pm-return-none = not yet
pm-resolution-how = from the first failure to the end, relapses included
pm-each = { $spans } (together { $total })
pm-unknown = unknown
pm-chron-slow = { $count ->
    [one] { $count } service already answers more slowly than its budget
   *[other] { $count } services already answer more slowly than their budget
}
pm-chron-first = First failure: { $component }, { $what }
pm-chron-confirmed = Outage confirmed by the probes: { $title }
pm-chron-declared = Incident declared by { $who }
pm-chron-grown = { $count ->
    [one] { $count } service affected
   *[other] { $count } services affected
}
pm-chron-users = Users report the outage
pm-chron-announced = First announcement on the page
pm-chron-certificate = Another certificate: { $services } (seen from { $places })
pm-chron-address = Another address: { $services } (seen from { $places })
pm-chron-how = certificates and addresses are those that the probes met, at the first result with the new one; what alternates is no change
pm-chron-told = First message delivered
pm-chron-ack = Acknowledged by { $who }
pm-chron-said = { $who } ({ $stage }): { $text }
pm-chron-back-first = First service back: { $component }
pm-chron-back-half = Half of the services are back
pm-chron-back-all = All services are back
pm-chron-persists = Still failing after the incident was closed
pm-chron-relapsed = Relapse
pm-chron-resolved = Incident closed
pm-chron-maintenance = Planned maintenance: { $title }
pm-who-monitor = the probes
pm-who-socket = an operator on the machine
pm-user-minutes = { $minutes ->
    [one] { $minutes } minute of outage
   *[other] { $minutes } minutes of outage
} over { $services ->
    [one] { $services } service
   *[other] { $services } services together
} (minutes × services).
pm-user-minutes-group = { $group }: { $minutes } min
pm-user-how = the time that each service was down, added up; nobody is counted
pm-infra-outside = From outside only the answers of the services can be seen.
pm-cause-common-address = All measured failures go through the address { $address }.
pm-cause-common-dependency = All affected services depend on { $component }, which failed too.
pm-cause-spared = Groups that were not affected: { $groups }.
pm-cause-kinds = Measured failures: { $kinds }.
pm-kind-count = { $what } ({ $count })
pm-well-detected = detected in { $span }
pm-well-before-users = detected { $span } before the first report
pm-well-told = first message delivered { $span } after the first failure
pm-well-ack = acknowledged { $span } after the confirmation
pm-badly-no-ack = nobody acknowledged the incident
pm-badly-late-ack = no acknowledgement for { $span }
pm-badly-users-first = users reported the outage { $span } before the probes
pm-badly-not-told = no message left
pm-badly-promise = the promise of an update before { $at } was not kept
pm-badly-relapse = { $count ->
    [one] { $count } relapse
   *[other] { $count } relapses
}
pm-badly-not-measured = no probe saw this outage
pm-luck-spared = { $count ->
    [one] { $count } service of the same groups was not affected
   *[other] { $count } services of the same groups were not affected
}
pm-actions-carried = Still open after { $id } ({ $age }):
pm-annex-results = { $count ->
    [one] { $count } result
   *[other] { $count } results
} from { $from } to { $to }, of which { $failed } failed; SHA-256 { $hash } of the export:
pm-annex-page = Page of the incident: { $url }
pm-annex-version = Draft made by Belfry { $version }, { $at }.
pm-span-minutes-seconds = { $minutes } min { $seconds } s
pm-stamp = { $date }, { $time }
