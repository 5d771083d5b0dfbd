//! `[[policy]]` and `[drill]`: who is told first and what comes next, and how channels are kept proven.
//!
//! It does not know what has happened, nor how a channel is spoken to.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    time::Duration,
};

use jiff::tz::TimeZone;
use prober::{
    definition::{CronSchedule, Schedule},
    load::{
        Mistake,
        tree::{At, Context, List, Listed, Node, Read, Required, value},
        values::{Days, Id, Line, Redirects},
    },
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use shared::{ComponentId, Impact};

use super::{
    channels::{ChannelEntry, Shown},
    maintenance::Length,
    print::{listed as list_of, quoted},
    value::{Group, Matter, Severity},
    written::{Written, given, listed},
};
use crate::notify::{Answers, ChannelName, DEFAULT_AFTER, Filter, Heard, Hours, Matters, Policy, PolicyName, Shift};

prober::table! {
    /// Who is told of what, at which hours, and what comes next when nobody takes it. What no policy is about goes to all channels.
    pub(super) PolicyTable = "`[[policy]]`", "…" {
        /// Unique among the policies: how far each has got is kept under it.
        name: Required<Written<PolicyName>>,
        /// What it is about; everything when it is left out.
        matters: Option<At<List<Written<Matter>>>>,
        /// Only incidents that touch these components.
        components: Option<At<List<Id<ComponentId>>>>,
        /// Only incidents that touch these groups.
        groups: Option<At<List<Written<Group>>>>,
        /// Only incidents that are at least that bad.
        impact: Option<At<Written<Severity>>>,
        /// When it counts, by the site's clock: `Mon-Fri 08:00-20:00`, `Sat-Sun`, `22:00-06:00`; always when it is left out.
        hours: Option<At<List<Written<Shift>>>>,
        /// Channels that are told together, and after them those that are told when nobody takes it, or when all before have failed.
        steps: Required<List<Step>>,
        /// From one step to the next; behind the last one the first one comes again as a reminder, each time twice as late.
        #[schemars(extend("default" = "15m"))]
        after: Option<At<Written<Length>>>,
        /// How often all steps come again; until somebody takes it when it is left out.
        repeat: Option<At<Redirects>>,
    }
}

prober::table! {
    /// How channels are kept proven: a message that is plainly a drill, to be answered by its link.
    pub(super) DrillTable = "`[drill]`", "{ cron = \"0 0 10 * * MON\" }" {
        /// When each channel that people read gets one: six fields, seconds first, in the site's time zone.
        #[schemars(extend("default" = "0 0 10 * * MON"))]
        cron: Option<At<Line>>,
        /// A channel that nothing has proven for so many days is told of by the others.
        #[schemars(extend("default" = 8))]
        unproven_days: Option<At<Days>>,
        /// Drills that nobody answers for so many days are told of by the other channels.
        #[schemars(extend("default" = 14))]
        unanswered_days: Option<At<Days>>,
    }
}

impl Listed for PolicyTable {
    const FIRST: &'static str =
        "write [[policy]], and under it name = \"on-call\" and steps = [[\"phone\"], [\"mail\", \"chat\"]]";
}

/// Channels that are told together.
#[derive(Debug, Clone)]
pub(super) struct Step(Vec<At<Written<ChannelName>>>);

impl Read for Step {
    const WHAT: &'static str = "a list of channels";
    const EXAMPLE: &'static str = "[\"phone\", \"mail\"]";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        if !node.value.get_ref().is_array() {
            return context.wrong_type(node);
        }
        List::read(node, context).map(|List(channels)| Self(channels))
    }
}

impl JsonSchema for Step {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Written<ChannelName>>::json_schema(generator)
    }
}

/// A policy, and what is printed of it.
#[derive(Debug, Clone)]
pub(super) struct PolicyEntry {
    pub(super) policy: Policy,
    pub(super) shown: Shown,
}

/// The least and the longest time between two steps.
const LEAST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(86_400);

/// The policies that are sound. Every channel that they name is there, and every channel that is there is told of something.
pub(super) fn entries(
    list: &[At<PolicyTable>],
    channels: &[ChannelEntry],
    context: &mut Context<'_>,
) -> Vec<PolicyEntry> {
    let mut names: BTreeMap<PolicyName, Range<usize>> = BTreeMap::new();
    let known: BTreeSet<&ChannelName> = channels.iter().map(|entry| &entry.config.name).collect();
    let mut entries = Vec::new();
    for At { value: typed, span } in list {
        let Some(typed) = typed else { continue };
        if let Some(At { value: Some(Written(name)), span }) = &typed.name.0
            && let Some(first) = names.insert(name.clone(), span.clone())
        {
            let mistake = Mistake::error(format!("two policies are called `{name}`")).at(span.clone());
            context.report(mistake.label("the second").related(first, "the first").help("give each a name of its own"));
        }
        let (matters, steps) = (matters(typed, context), steps(typed, &known, context));
        let after = after(typed, context);
        let (Some(Written(name)), Some(matters), Some(steps), Some(hours), Some(after)) =
            (typed.name.value(), matters, steps, hours(typed, span, context), after)
        else {
            continue;
        };
        let repeat = value(&typed.repeat).map(|repeat| repeat.0);
        let policy = Policy { name: name.clone(), matters, hours, steps, after, repeat };
        entries.push(PolicyEntry { shown: shown(&policy), policy });
    }
    // Where a policy is not sound it is not known whom it would tell.
    if entries.len() == list.len() && !list.is_empty() {
        report_never_told(&entries, channels, context);
    }
    entries
}

fn matters(typed: &PolicyTable, context: &mut Context<'_>) -> Option<Matters> {
    let named = listed(&typed.matters);
    if let Some(At { value: Some(List(matters)), span }) = &typed.matters
        && matters.is_empty()
    {
        let mistake = Mistake::error("the policy is about nothing").at(span.clone());
        context.report(mistake.help("leave `matters` out, or name incidents, faults or maintenance"));
        return None;
    }
    let is_about = |matter| named.as_ref().is_none_or(|named| named.contains(&matter));
    let heard = |matter| if is_about(matter) { Heard::Yes } else { Heard::No };
    let filter = filter(typed);
    let narrowed = [
        typed.components.as_ref().map(|given| &given.span),
        typed.groups.as_ref().map(|given| &given.span),
        typed.impact.as_ref().map(|given| &given.span),
    ];
    let narrowed = narrowed.into_iter().flatten().next();
    match (is_about(Matter::Incidents), narrowed) {
        (false, Some(place)) => {
            let mistake = Mistake::error("this is about incidents, which the policy is not").at(place.clone());
            context.report(mistake.help("take it out, or add \"incidents\" to `matters`"));
            None
        }
        // Which services a policy is for says nothing of the monitor itself: what is not named is not meant.
        (true, Some(_)) if named.is_none() => {
            Some(Matters { incidents: Some(filter), faults: Heard::No, maintenance: Heard::No })
        }
        (about, _) => Some(Matters {
            incidents: about.then_some(filter),
            faults: heard(Matter::Faults),
            maintenance: heard(Matter::Maintenance),
        }),
    }
}

fn filter(typed: &PolicyTable) -> Filter {
    let ids = value(&typed.components).map(|list| list.0.iter().filter_map(|id| Some(id.value.as_ref()?.0.clone())));
    Filter {
        components: ids.map(Iterator::collect).unwrap_or_default(),
        groups: listed(&typed.groups).unwrap_or_default().into_iter().map(|group| group.0).collect(),
        impact: match given(&typed.impact) {
            None => Impact::None,
            Some(Severity::Minor) => Impact::Minor,
            Some(Severity::Major) => Impact::Major,
            Some(Severity::Critical) => Impact::Critical,
        },
    }
}

fn steps(
    typed: &PolicyTable,
    known: &BTreeSet<&ChannelName>,
    context: &mut Context<'_>,
) -> Option<Vec<Vec<ChannelName>>> {
    let At { value: list, span } = typed.steps.0.as_ref()?;
    let List(steps) = list.as_ref()?;
    let help = "name channels: steps = [[\"phone\"], [\"mail\", \"chat\"]]";
    if steps.is_empty() {
        context.report(Mistake::error("the policy has no steps: nobody would be told").at(span.clone()).help(help));
        return None;
    }
    let mut sound = Vec::new();
    for At { value: step, span } in steps {
        let Step(channels) = step.as_ref()?;
        if channels.is_empty() {
            context.report(Mistake::error("a step tells nobody").at(span.clone()).help(help));
        }
        sound.push(channels.iter().filter_map(|channel| of_step(channel, channels, known, context)).collect());
    }
    Some(sound)
}

fn of_step(
    At { value, span }: &At<Written<ChannelName>>,
    step: &[At<Written<ChannelName>>],
    known: &BTreeSet<&ChannelName>,
    context: &mut Context<'_>,
) -> Option<ChannelName> {
    let Written(name) = value.as_ref()?;
    if !known.contains(name) {
        let names = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let help = if names.is_empty() {
            "there are no channels: each begins with [[channel]]".to_owned()
        } else {
            format!("the channels are {names}")
        };
        context.report(Mistake::error(format!("there is no channel `{name}`")).at(span.clone()).help(help));
    }
    let same = |other: &&At<Written<ChannelName>>| other.value.as_ref().is_some_and(|Written(other)| other == name);
    let first = step.iter().find(same).filter(|first| first.span != *span);
    if let Some(first) = first {
        let mistake = Mistake::error(format!("`{name}` stands twice in a step")).at(span.clone()).label("the second");
        context.report(mistake.related(first.span.clone(), "the first").help("take one of them out"));
    }
    Some(name.clone())
}

/// Absent where they are no hours; inside it, absent where there is no limit.
#[expect(clippy::option_option, reason = "no hours at all and hours with a mistake are two things")]
fn hours(typed: &PolicyTable, place: &Range<usize>, context: &mut Context<'_>) -> Option<Option<Hours>> {
    let Some(given) = &typed.hours else { return Some(None) };
    let shifts = listed(&typed.hours)?;
    if shifts.len() < given.value.as_ref()?.0.len() {
        return None;
    }
    let hours = Hours::new(shifts);
    if hours.is_none() {
        let mistake = Mistake::error("the policy never counts: its hours are empty").at(given.span.clone());
        context.report(
            mistake.related(place.clone(), "this policy").help("leave `hours` out for a policy that always counts"),
        );
    }
    hours.map(Some)
}

fn after(typed: &PolicyTable, context: &mut Context<'_>) -> Option<Duration> {
    let Some(given) = &typed.after else { return Some(DEFAULT_AFTER) };
    let Written(length) = given.value.as_ref()?;
    let after = length.duration();
    if !(LEAST..=LONGEST).contains(&after) {
        let mistake = Mistake::error("`after` must be a second to a day").at(given.span.clone());
        context.report(mistake.help("ten to fifteen minutes leave time to read and to answer"));
        return None;
    }
    Some(after)
}

/// What every policy leaves out is told to all channels; where nothing is left out, a channel that no policy names is told nothing.
fn report_never_told(entries: &[PolicyEntry], channels: &[ChannelEntry], context: &mut Context<'_>) {
    let policies = || entries.iter().map(|entry| &entry.policy);
    let always = |about: &dyn Fn(&Policy) -> bool| policies().any(|policy| policy.hours.is_none() && about(policy));
    let covers_all = always(&|policy| policy.matters.incidents.as_ref() == Some(&Filter::all()))
        && always(&|policy| policy.matters.faults == Heard::Yes)
        && always(&|policy| policy.matters.maintenance == Heard::Yes);
    let named: BTreeSet<&ChannelName> = policies().flat_map(|policy| policy.steps.iter().flatten()).collect();
    for channel in channels.iter().filter(|channel| covers_all && !named.contains(&channel.config.name)) {
        let mistake = Mistake::error(format!("the channel `{}` is never told", channel.config.name));
        context
            .report(mistake.at(channel.place.clone()).help("name it in a step of a policy, or take the channel out"));
    }
}

fn shown(policy: &Policy) -> Shown {
    let mut lines = vec![("name".to_owned(), quoted(&policy.name))];
    let Matters { incidents, faults, maintenance } = &policy.matters;
    let matters = [
        ("incidents", incidents.is_some()),
        ("faults", *faults == Heard::Yes),
        ("maintenance", *maintenance == Heard::Yes),
    ];
    let matters = matters.into_iter().filter(|(_, about)| *about).map(|(word, _)| word);
    lines.push(("matters".to_owned(), list_of(matters)));
    if let Some(Filter { components, groups, impact }) = incidents {
        let some = |key: &str, list: String, empty: bool| (!empty).then(|| (key.to_owned(), list));
        lines.extend(some("components", list_of(components), components.is_empty()));
        lines.extend(some("groups", list_of(groups), groups.is_empty()));
        lines.extend(some("impact", quoted(impact.word()), *impact == Impact::None));
    }
    lines.extend(policy.hours.iter().map(|hours| ("hours".to_owned(), list_of(hours.shifts()))));
    let steps: Vec<String> = policy.steps.iter().map(list_of).collect();
    lines.push(("steps".to_owned(), format!("[{}]", steps.join(", "))));
    lines.push(("after".to_owned(), quoted(format!("{}s", policy.after.as_secs()))));
    lines.extend(policy.repeat.map(|repeat| ("repeat".to_owned(), repeat.to_string())));
    lines
}

/// How channels are kept proven.
#[derive(Debug, Clone, PartialEq)]
pub struct DrillPlan {
    /// When each channel that people read gets a drill.
    pub schedule: Schedule,
    /// A channel must be proven within that time.
    pub unproven: Duration,
    /// A drill must be answered within that time.
    pub unanswered: Duration,
    /// Channels that get none, beside those that nobody reads.
    pub left_out: BTreeSet<ChannelName>,
    /// Whether anybody can answer.
    pub answers: Answers,
    /// The schedule as it is written.
    pub(super) line: String,
}

const WEEKLY: &str = "0 0 10 * * MON";
const UNPROVEN: u32 = 8;
const UNANSWERED: u32 = 14;

/// `[drill]` as the file has it, before the time zone is known.
#[derive(Debug, Default)]
pub(super) struct Drills {
    line: Option<String>,
    unproven: Option<u32>,
    unanswered: Option<u32>,
}

impl Drills {
    pub(super) fn new(table: &Option<At<DrillTable>>, context: &mut Context<'_>) -> Self {
        let Some(table) = value(table) else { return Self::default() };
        let line = value(&table.cron).map(|Line(line)| line.clone());
        if let Some(line) = &line {
            super::keeping::comes_again(line, &table.cron, context);
        }
        let days = |days: &Option<At<Days>>| value(days).map(|days| days.0);
        Self { line, unproven: days(&table.unproven_days), unanswered: days(&table.unanswered_days) }
    }

    /// The plan by the site's clock.
    pub(super) fn by(self, zone: &TimeZone) -> DrillPlan {
        let line = self.line.unwrap_or_else(|| WEEKLY.to_owned());
        let cron = CronSchedule::new(&line, zone.clone()).expect("the line was read before, or is ours");
        let days = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
        DrillPlan {
            schedule: Schedule::Cron(Box::new(cron)),
            unproven: days(self.unproven.unwrap_or(UNPROVEN)),
            unanswered: days(self.unanswered.unwrap_or(UNANSWERED)),
            left_out: BTreeSet::new(),
            answers: Answers::Expected,
            line,
        }
    }
}

impl DrillPlan {
    /// The same where messages have no links.
    #[must_use]
    pub fn unanswerable(self) -> Self {
        Self { answers: Answers::Impossible, ..self }
    }

    /// As it is printed.
    pub(super) fn shown(&self) -> Shown {
        let days = |time: Duration| (time.as_secs() / 86_400).to_string();
        vec![
            ("cron".to_owned(), quoted(&self.line)),
            ("unproven_days".to_owned(), days(self.unproven)),
            ("unanswered_days".to_owned(), days(self.unanswered)),
        ]
    }
}

#[cfg(test)]
impl DrillPlan {
    /// As a file without a `[drill]` has it.
    pub(crate) fn weekly() -> Self {
        Drills::default().by(&TimeZone::UTC)
    }
}
