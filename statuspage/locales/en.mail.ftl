### Letters to subscribers.

mail-subject = [{ $site }] { $what }
mail-subject-incident = Incident: { $services } ({ $id })
mail-subject-incident-bare = Incident { $id }
mail-subject-maintenance = Maintenance: { $title } ({ $id })
mail-zoned = { $time }, { $sound ->
    [none] { $place }
   *[other] { $place } time
}
mail-lead-failing = { $state }: { $count ->
    [one] { $services } affected
   *[other] { $services } affected
} since { $since }.
mail-lead-declared = Incident since { $since }.
mail-lead-watched = Everything works again and is being watched. The incident began: { $since }.
mail-lead-closed = Closed by our team { $time }. { $left }
mail-lead-resolved = Resolved { $time }. The incident lasted { $span }.
mail-lead-announced = Maintenance is planned: { $window }, { $zone }.
mail-lead-moved = Maintenance was moved. It is now planned: { $window }, { $zone }.
mail-lead-begins = Maintenance begins. Planned end: { $end }.
mail-lead-ends = Maintenance is over since { $end }.
mail-lead-cancelled = The maintenance of { $window }, { $zone }, is cancelled.
mail-zone = { $sound ->
    [none] { $place }
   *[other] { $place } time
}
mail-own = Among your services
mail-others = Affected services
mail-too = Affected too
mail-concerned = Services concerned
mail-concerned-too = Concerned too
mail-part = { $name }: { $state } since { $since }
mail-part-recovered = { $name }: works again since { $since }
mail-and-others = { $count ->
    [one] and { $count } other
   *[other] and { $count } others
}
mail-page-incident = The incident’s page, kept up to date:
mail-page-maintenance = The maintenance’s page:
mail-why-all = You get this message because this address is subscribed to “{ $site }”, for all services.
mail-why-own = You get this message because this address is subscribed to “{ $site }”, for the services that you chose.
mail-why-asked = You get this message because this address was typed in at { $page }.
mail-why-managed = You get this message because this address, which is subscribed, was typed in at { $page }. If it was not you, there is nothing to do.
mail-leave = Get no more messages:
mail-manage = Change your choice, see your data or take it along:
mail-by = Responsible: { $identity }
mail-subject-confirm = Confirm your subscription
mail-lead-confirm = Do you want to be told of incidents and maintenance of “{ $site }”?
mail-confirm-how = If you asked for it, open this page and confirm with one click. The link is good for 24 hours.
mail-confirm-do = Confirm the subscription:
mail-refuse-how = If you did not ask for anything, do nothing: the request is forgotten after 7 days.
mail-refuse-do = So that this address never gets such a message again:
mail-subject-manage = Manage your subscription
mail-lead-manage = Here is the link that you asked for, to manage your subscription to “{ $site }”.
mail-manage-how = It is good for 30 minutes. Whoever opens it can change the subscription: do not pass this message on.
mail-manage-do = Manage the subscription:
mail-subject-digest = Summary of { $date }
mail-lead-digest = { $count ->
    [one] One piece of news since the last message.
   *[other] { $count } pieces of news since the last message.
}
mail-digest-pause = They come together: you get a message every 15 minutes at most.
mail-digest-day = You had six messages within a day, so everything since comes in this one.
mail-digest-times = All times are { $sound ->
    [none] { $place }
   *[other] { $place } time
}.
mail-sent = Notices sent: { $sent } of { $of }
mail-flows = The last letter was taken by a mail server { $at }.
mail-idle = None has been sent since the monitoring was started, and none waits.
mail-waits = { $count ->
    [one] One letter waits
   *[other] { $count } letters wait
}.
