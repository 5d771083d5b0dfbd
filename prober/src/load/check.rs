//! From a file as typed to a definition as checked: defaults, and the combinations that cannot be meant.
//!
//! It does not know how single values are written: they have been read.

mod heartbeat;
mod http;

use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};

use shared::{ComponentId, ProbeId, ProbeName, Thresholds};

use super::{
    links::Links,
    now,
    report::Mistake,
    tree::{At, Context, List, Required, Tables, value},
    typed,
    values::{Every, Id, Line, given},
};
use crate::definition::{Check, CronSchedule, Definition, ProbeDefinition, Schedule, TcpCheck};

/// Shorter than that between two probes is a warning.
const POLITE: Duration = Duration::from_secs(5);
const DEFAULT_EVERY: Duration = Duration::from_secs(30);
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

fn ids(list: &Option<At<List<Id<ComponentId>>>>) -> Vec<(ComponentId, Range<usize>)> {
    let items = value(list).into_iter().flat_map(|list| &list.0);
    items.filter_map(|item| Some((item.value.as_ref()?.0.clone(), item.span.clone()))).collect()
}

/// The other components that a file mentions.
pub(super) fn links(file: &typed::File) -> Links {
    Links { depends_on: ids(&file.depends_on), formerly: ids(&file.formerly) }
}

/// Checks a whole file. Where mistakes were reported there may be no definition, or one that is not to be used.
pub(super) fn definition(id: &ComponentId, file: &typed::File, context: &mut Context<'_>) -> Option<Definition> {
    let probes = probes(id, &file.probe, context);
    let links = links(file);
    Some(Definition {
        id: id.clone(),
        name: file.name.value()?.0.clone(),
        group: value(&file.group).map(|texts| texts.0.clone()),
        description: value(&file.description).map(|texts| texts.0.clone()),
        url: value(&file.url).map(|url| url.0.clone()),
        domains: value(&file.domains).map(|list| given(&list.0).map(|host| host.0).collect()).unwrap_or_default(),
        depends_on: links.depends_on.into_iter().map(|(id, _)| id).collect(),
        formerly: links.formerly.into_iter().map(|(id, _)| id).collect(),
        probes,
    })
}

fn probes(
    component: &ComponentId,
    list: &Required<typed::Probes>,
    context: &mut Context<'_>,
) -> Vec<Arc<ProbeDefinition>> {
    let Some(At { value: Some(typed::Probes(Tables(list))), span }) = &list.0 else { return Vec::new() };
    if list.is_empty() {
        context.report(
            Mistake::error("there is no probe: nothing would be watched").at(span.clone()).help(typed::FIRST_PROBE),
        );
    }
    let mut seen: BTreeMap<ProbeName, Range<usize>> = BTreeMap::new();
    let mut probes = Vec::new();
    for item in list {
        let Some(typed) = &item.value else { continue };
        let probe = probe(component, typed, context);
        let Some(name) = name(typed) else { continue };
        let place = typed.id.as_ref().map_or(item.span.clone(), |id| id.span.clone());
        match seen.get(&name) {
            Some(first) => context.report(
                Mistake::error(format!("two probes have the id `{name}`"))
                    .at(place)
                    .label("the second")
                    .related(first.clone(), "the first")
                    .help("give each an `id` of its own; without one it is the kind's name"),
            ),
            None => drop(seen.insert(name, place)),
        }
        probes.extend(probe.map(Arc::new));
    }
    probes
}

/// The probe's id, given or from its kind; nothing where that is a mistake.
fn name(probe: &typed::Probe) -> Option<ProbeName> {
    match &probe.id {
        Some(id) => id.value.as_ref().map(|id| id.0.clone()),
        None => {
            let kind = match (&probe.http, &probe.tcp) {
                (Some(_), _) => "http",
                (None, Some(_)) => "tcp",
                (None, None) => "heartbeat",
            };
            Some(kind.parse().expect("the kinds' names are ids"))
        }
    }
}

fn probe(component: &ComponentId, probe: &typed::Probe, context: &mut Context<'_>) -> Option<ProbeDefinition> {
    let (schedule, timeout, default) = match &probe.heartbeat {
        // Nothing of what is said is doubted: it is not measured over a network that may have lost it.
        Some(heartbeat) => {
            let (schedule, grace) = heartbeat::rhythm(probe, heartbeat.value.as_ref()?, context);
            (schedule, grace, Thresholds { fall: 1, rise: 1 })
        }
        None => (schedule(probe, context), timeout(probe, context), Thresholds::default()),
    };
    let check = check(probe, timeout, context);
    Some(ProbeDefinition {
        id: ProbeId { component: component.clone(), name: name(probe)? },
        schedule: schedule?,
        timeout,
        thresholds: Thresholds {
            fall: value(&probe.fall).map_or(default.fall, |count| count.0),
            rise: value(&probe.rise).map_or(default.rise, |count| count.0),
        },
        check: check?,
    })
}

fn schedule(probe: &typed::Probe, context: &mut Context<'_>) -> Option<Schedule> {
    match (&probe.every, &probe.cron) {
        (None, None) => Some(Schedule::Every(DEFAULT_EVERY)),
        (Some(every), None) => {
            let Every(interval) = every.value?;
            if interval < POLITE {
                context.report(polite(&every.span));
            }
            Some(Schedule::Every(interval))
        }
        (None, Some(cron)) => cron_line(cron, context),
        (Some(every), Some(cron)) => {
            context.report(
                Mistake::error("a probe has `every` or `cron`, not both")
                    .at(cron.span.clone())
                    .related(every.span.clone(), "`every` is here")
                    .help("leave one of them out"),
            );
            None
        }
    }
}

fn cron_line(cron: &At<Line>, context: &mut Context<'_>) -> Option<Schedule> {
    let line = CronSchedule::new(&cron.value.as_ref()?.0, context.options.time_zone.clone()).ok()?;
    let schedule = Schedule::Cron(Box::new(line));
    let now = now();
    if schedule.next_after(now).is_none() {
        context.report(Mistake::error("this never comes again").at(cron.span.clone()).help("leave the year out"));
    } else if schedule.interval(now) < POLITE {
        context.report(polite(&cron.span));
    }
    Some(schedule)
}

fn polite(at: &Range<usize>) -> Mistake {
    Mistake::warning("less than five seconds lie between two probes")
        .at(at.clone())
        .help("the target is asked from each location: \"5s\" or more is polite")
}

fn timeout(probe: &typed::Probe, context: &mut Context<'_>) -> Duration {
    let every = match (&probe.every, &probe.cron) {
        (Some(every), _) => every.value.map(|every| every.0),
        (None, Some(_)) => None,
        (None, None) => Some(DEFAULT_EVERY),
    };
    let Some(given) = &probe.timeout else {
        return every.map_or(DEFAULT_TIMEOUT, |every| every.min(DEFAULT_TIMEOUT));
    };
    let Some(timeout) = given.value.map(|timeout| timeout.0) else { return DEFAULT_TIMEOUT };
    if every.is_some_and(|every| timeout > every) {
        let mistake = Mistake::error("the timeout is longer than the time between two probes").at(given.span.clone());
        context.report(match &probe.every {
            Some(every) => mistake
                .related(every.span.clone(), "the next one would begin before this one ends")
                .help("raise `every` or lower `timeout`"),
            None => mistake.help("`every` is 30s unless given: raise it or lower `timeout`"),
        });
    }
    timeout
}

fn check(probe: &typed::Probe, timeout: Duration, context: &mut Context<'_>) -> Option<Check> {
    let spans = [at(&probe.http), at(&probe.tcp), at(&probe.heartbeat)];
    let mut kinds = spans.into_iter().flatten();
    if let (Some(first), Some(second)) = (kinds.next(), kinds.next()) {
        context.report(
            Mistake::error("a probe is of one kind")
                .at(second)
                .label("this is a second one")
                .related(first, "the first")
                .help("begin another [[probe]]"),
        );
        return None;
    }
    match (&probe.http, &probe.tcp, &probe.heartbeat) {
        (Some(http), ..) => {
            http::check(http.value.as_ref()?, timeout, context).map(|check| Check::Http(Box::new(check)))
        }
        (None, Some(tcp), _) => self::tcp(tcp.value.as_ref()?).map(Check::Tcp),
        (None, None, Some(heartbeat)) => heartbeat::check(heartbeat.value.as_ref()?, context).map(Check::Heartbeat),
        // That was reported when the list was read.
        (None, None, None) => None,
    }
}

fn at<T>(key: &Option<At<T>>) -> Option<Range<usize>> {
    key.as_ref().map(|key| key.span.clone())
}

fn tcp(tcp: &typed::Tcp) -> Option<TcpCheck> {
    let address = tcp.address.value()?;
    Some(TcpCheck {
        host: address.host.clone(),
        port: address.port,
        tls: value(&tcp.tls).is_some_and(|flag| flag.0),
        send: value(&tcp.send).map(|secret| secret.0.clone()),
        expect: value(&tcp.expect).map(|pattern| pattern.0.clone()),
    })
}
