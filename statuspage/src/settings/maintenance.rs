//! `[[maintenance]]`: what is planned, once or again and again.
//!
//! It does not know which components there are: the hub names those that nobody watches.

use std::{borrow::Cow, collections::BTreeMap, ops::Range, str::FromStr, time::Duration};

use jiff::{SignedDuration, tz::TimeZone};
use prober::load::{
    Mistake,
    tree::{At, Context, Fault, List, Listed, Node, Read, Required, value},
    values::{Flag, Id, Line, Texts},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use shared::{ComponentId, Text, Timestamp};

use super::{
    value::{Group, InvalidValue, invalid},
    written::{Written, listed},
};
use crate::{
    maintenance::{Plan, PlanId, Recurrence, Scope, Span, Timing, TimingFault},
    moment,
};

prober::table! {
    /// Maintenance that is planned: announced 48 hours before, measured all along, and left out of uptime.
    pub(super) Maintenance = "`[[maintenance]]`", "…" {
        /// What is done: a text, or one for each language.
        title: Required<Texts>,
        /// What readers should know.
        description: Option<At<Texts>>,
        /// It concerns everything on the page.
        all: Option<At<Flag>>,
        /// It concerns the components of these groups.
        groups: Option<At<List<Written<Group>>>>,
        /// It concerns these components.
        components: Option<At<List<Id<ComponentId>>>>,
        /// When it begins: with an offset, or as the site's clock shows it.
        starts_at: Option<At<Moment>>,
        /// When it ends, at most seven days later.
        ends_at: Option<At<Moment>>,
        /// When it begins each time: six fields, seconds first, in the site's time zone.
        cron: Option<At<Line>>,
        /// How long it lasts each time.
        duration: Option<At<Written<Length>>>,
    }
}

impl Listed for Maintenance {
    const FIRST: &'static str = "write [[maintenance]], and under it title = \"Updates\", all = true, cron = \"0 0 3 * * TUE\" and duration = \"2h\"";
}

/// A date and a time: with an offset from UTC, or as the site's clock shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(moment::Written);

impl Moment {
    /// The instant. A time that the change to summer skips is an hour later; of one that the change to winter repeats it is the
    /// first.
    fn by(self, zone: &TimeZone) -> Option<Timestamp> {
        match self.0 {
            moment::Written::Instant(at) => Some(at),
            moment::Written::Local(local) => {
                let at = zone.to_ambiguous_timestamp(local).compatible().ok()?;
                Some(Timestamp::from_millis(at.as_millisecond()))
            }
        }
    }
}

impl FromStr for Moment {
    type Err = moment::NoTime;

    fn from_str(text: &str) -> Result<Self, moment::NoTime> {
        text.parse().map(Self)
    }
}

impl Read for Moment {
    const WHAT: &'static str = "a date with a time";
    const EXAMPLE: &'static str = "2026-12-01T22:00:00";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let value = node.value.get_ref();
        let text = value.as_datetime().map(ToString::to_string).or_else(|| value.as_str().map(str::to_owned));
        let Some(text) = text else { return context.wrong_type(node) };
        let refuse = |reason: moment::NoTime| {
            let fault = Fault::new(format!("`{}` cannot be used: {reason}", node.key));
            fault.help(format!("write it like this: {}", node.example::<Self>())).report(node.span(), context);
        };
        text.parse().map_err(refuse).ok()
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // TOML's own dates have no counterpart in JSON; editors take them for texts.
        json_schema!({ "type": "string", "examples": ["2026-12-01T22:00:00", "2026-12-01T22:00:00+01:00"] })
    }
}

/// How long something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length(Duration);

impl Length {
    pub(super) fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Length {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let length = SignedDuration::from_str(text.trim()).ok().and_then(|length| Duration::try_from(length).ok());
        let whole = length.filter(|length| length.subsec_nanos() == 0 && !length.is_zero());
        whole.map(Self).ok_or_else(|| invalid("it is a duration such as \"45m\" or \"1h 30m\""))
    }
}

/// The plans that are sound. The same window of the same components is planned once.
pub(super) fn plans(list: &[At<Maintenance>], zone: &TimeZone, context: &mut Context<'_>) -> Vec<Plan> {
    let mut plans = Vec::new();
    let mut places: BTreeMap<PlanId, Range<usize>> = BTreeMap::new();
    for At { value: typed, span } in list {
        let Some(typed) = typed else { continue };
        let (scope, timing) = (scope(typed, span, context), timing(typed, span, zone, context));
        let description = value(&typed.description).map_or_else(|| Text::from(""), |texts| texts.0.clone());
        let (Some(Texts(title)), Some(scope), Some(timing)) = (typed.title.value(), scope, timing) else { continue };
        let plan = Plan::from_file(title.clone(), description, scope, timing);
        if let Some(first) = places.insert(plan.id.clone(), span.clone()) {
            let mistake = Mistake::error("the same maintenance is planned twice").at(span.clone()).label("the second");
            context.report(mistake.related(first, "the first").help("take one of them out"));
        }
        plans.push(plan);
    }
    plans
}

/// How a scope is written.
const SCOPES: &str = "write all = true, groups = [\"Bureau\"] or components = [\"cloud\"]";

/// Whether exactly one key says whom it concerns.
fn said_once(typed: &Maintenance, place: &Range<usize>, context: &mut Context<'_>) -> Option<()> {
    let spans = [
        typed.all.as_ref().map(|all| &all.span),
        typed.groups.as_ref().map(|groups| &groups.span),
        typed.components.as_ref().map(|components| &components.span),
    ];
    let mut given = spans.into_iter().flatten();
    let mistake = match (given.next(), given.next()) {
        (None, _) => Mistake::error("the maintenance does not say whom it concerns").at(place.clone()),
        (Some(first), Some(second)) => Mistake::error("the maintenance says twice whom it concerns")
            .at(second.clone())
            .related(first.clone(), "here too"),
        (Some(_), None) => return Some(()),
    };
    context.report(mistake.help(SCOPES));
    None
}

fn scope(typed: &Maintenance, place: &Range<usize>, context: &mut Context<'_>) -> Option<Scope> {
    said_once(typed, place, context)?;
    let ids =
        |list: &List<Id<ComponentId>>| list.0.iter().filter_map(|id| Some(id.value.as_ref()?.0.clone())).collect();
    let scope = match (value(&typed.all), listed(&typed.groups), value(&typed.components)) {
        (Some(Flag(true)), _, _) => return Some(Scope::All),
        (Some(Flag(false)), _, _) => None,
        (None, Some(groups), _) => Some(Scope::Groups(groups.into_iter().map(|group| group.0).collect())),
        (None, None, Some(components)) => Some(Scope::Components(ids(components))),
        // A mistake in it was reported.
        (None, None, None) => return None,
    };
    let named = scope.filter(|scope| match scope {
        Scope::All => true,
        Scope::Groups(names) => !names.is_empty(),
        Scope::Components(ids) => !ids.is_empty(),
    });
    let nobody = || Mistake::error("the maintenance concerns nobody").at(place.clone()).help(SCOPES);
    if named.is_none() {
        context.report(nobody());
    }
    named
}

fn timing(typed: &Maintenance, place: &Range<usize>, zone: &TimeZone, context: &mut Context<'_>) -> Option<Timing> {
    let Maintenance { starts_at, ends_at, cron, duration, .. } = typed;
    let (fault, at) = match (starts_at, ends_at, cron, duration) {
        (Some(starts_at), Some(ends_at), None, None) => {
            let (from, until) = (starts_at.value?.by(zone)?, ends_at.value?.by(zone)?);
            match Span::new(from, until) {
                Ok(span) => return Some(Timing::Once(span)),
                Err(fault) => (fault, &ends_at.span),
            }
        }
        (None, None, Some(cron), Some(duration)) => {
            let (Line(line), Written(Length(length))) = (cron.value.as_ref()?, duration.value.as_ref()?);
            let fault = match Recurrence::new(line, *length, zone, crate::clock::now()) {
                Ok(recurrence) => return Some(Timing::Recurring(recurrence)),
                Err(fault) => fault,
            };
            let at = match fault {
                TimingFault::TooShort | TimingFault::TooLong | TimingFault::Backwards => &duration.span,
                TimingFault::Line(_)
                | TimingFault::Never
                | TimingFault::Overlapping { .. }
                | TimingFault::TooOften(_) => &cron.span,
            };
            (fault, at)
        }
        (_, _, _, _) => {
            let help = "write starts_at and ends_at for what happens once, cron and duration for what comes again";
            let mistake = Mistake::error("the maintenance does not say when it is").at(place.clone());
            context.report(mistake.help(help));
            return None;
        }
    };
    let words = fault.to_string();
    let (message, help) = words.split_once(": ").unwrap_or((&words, "check its times"));
    context.report(Mistake::error(message).at(at.clone()).help(help));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_the_sites_own() {
        let paris = TimeZone::get("Europe/Paris").expect("a zone");
        let check = |text: &str, expected: Option<&str>| {
            let at = text.parse::<Moment>().ok().and_then(|moment| moment.by(&paris));
            assert_eq!(at.map(|at| at.to_string()).as_deref(), expected, "{text}");
        };
        check("2026-12-01T22:00:00", Some("2026-12-01T21:00:00.000Z"));
        check("2026-07-01 22:00:00", Some("2026-07-01T20:00:00.000Z"));
        check("2026-12-01T22:00:00Z", Some("2026-12-01T22:00:00.000Z"));
        check("2026-12-01T22:00:00+05:00", Some("2026-12-01T17:00:00.000Z"));
        check("2026-03-29T02:30:00", Some("2026-03-29T01:30:00.000Z"));
        check("2026-10-25T02:30:00", Some("2026-10-25T00:30:00.000Z"));
        check("2026-12-01", None);
        check("22:00", None);
        check("tomorrow", None);
    }
}
