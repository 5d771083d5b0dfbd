//! The forms of maintenance: what is planned, what is to be different, and the orders that need a text at most.
//!
//! It does not know whether an order will be carried out.

use std::time::Duration;

use jiff::{SignedDuration, tz::TimeZone};
use shared::{Language, MaintenanceId, MaintenanceStage, Text};

use super::{given, text, time, version};
use crate::{
    maintenance::{Change, Command, Extent, Maintenance, Planning, Scope, When},
    moment,
    order::{LONGEST_TEXT, LONGEST_TITLE},
    page::operator::{Fault, Typed, ticked},
    snapshot::Snapshot,
};

/// What is to be planned.
pub(in super::super) fn planning(typed: &Typed, snapshot: &Snapshot) -> Result<Planning, Fault> {
    Ok(Planning {
        title: title(typed)?,
        description: description(typed)?,
        scope: scope(typed, snapshot)?,
        when: when(typed, &snapshot.site.time_zone)?,
    })
}

fn title(typed: &Typed) -> Result<Text, Fault> {
    text(typed, ["title_fr", "title_en"], LONGEST_TITLE)?.ok_or(Fault::Empty("title_fr"))
}

fn description(typed: &Typed) -> Result<Text, Fault> {
    Ok(text(typed, ["description_fr", "description_en"], LONGEST_TEXT)?.unwrap_or_else(|| "".into()))
}

fn when(typed: &Typed, zone: &TimeZone) -> Result<When, Fault> {
    let (line, length) = (given(typed, "cron"), given(typed, "duration"));
    let (starts_at, ends_at) = (time(typed, "starts_at", zone)?, time(typed, "ends_at", zone)?);
    match (line.is_empty() && length.is_empty(), ends_at) {
        (true, Some(ends_at)) => Ok(When::Once { starts_at, ends_at }),
        (true, None) => Err(Fault::Empty("ends_at")),
        (false, None) if starts_at.is_none() => {
            let length = length.parse::<SignedDuration>().ok().and_then(|length| Duration::try_from(length).ok());
            let length = length.filter(|length| length.subsec_nanos() == 0 && !length.is_zero());
            match (line, length) {
                ("", _) => Err(Fault::Empty("cron")),
                (line, Some(length)) => Ok(When::Recurring { cron: line.to_owned(), seconds: length.as_secs() }),
                (_, None) => Err(Fault::Length("duration")),
            }
        }
        (false, _) => Err(Fault::OnceAndAgain),
    }
}

/// Whom it concerns. Groups and services together are services: those that the groups have now.
fn scope(typed: &Typed, snapshot: &Snapshot) -> Result<Scope, Fault> {
    if typed.contains_key("all") {
        return Ok(Scope::All);
    }
    let named = |kind: &'static str| typed.keys().filter_map(move |name| name.strip_prefix(kind));
    let groups: Vec<String> = named("group.").map(str::to_owned).collect();
    let unknown = |id: &str| Fault::UnknownComponent(id.chars().take(64).collect());
    let mut ids = named("component.").map(|id| id.parse().map_err(|_| unknown(id))).collect::<Result<Vec<_>, _>>()?;
    if ids.is_empty() {
        return Ok(Scope::Groups(groups));
    }
    for group in groups {
        let name = group.clone();
        let whole = Scope::Groups(vec![group]);
        let rows = snapshot.components.iter().filter(|one| whole.covers(&one.id, one.group.as_ref()));
        let known = ids.len();
        ids.extend(rows.map(|one| one.id.clone()));
        if ids.len() == known {
            return Err(Fault::UnknownGroup(name.chars().take(64).collect()));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Scope::Components(ids))
}

/// What is to be different of a maintenance: what was typed and did not stand in the form.
pub(in super::super) fn change(typed: &Typed, present: &Maintenance, snapshot: &Snapshot) -> Result<Change, Fault> {
    let zone = &snapshot.site.time_zone;
    let moved = |name, at| {
        let stands = given(typed, name).is_empty() || given(typed, name) == moment::write(at, zone);
        if stands { Ok(None) } else { time(typed, name, zone) }
    };
    let boxes = ["all", "group.", "component."];
    let chosen = typed.keys().filter(|name| boxes.iter().any(|kind| name.starts_with(kind)));
    let same = chosen.cloned().collect::<std::collections::BTreeSet<_>>() == ticked(&present.scope, snapshot);
    Ok(Change {
        title: Some(title(typed)?).filter(|title| !says_the_same(title, &present.title)),
        description: Some(description(typed)?).filter(|text| !says_the_same(text, &present.description)),
        scope: if same { None } else { Some(scope(typed, snapshot)?) },
        starts_at: moved("starts_at", present.starts_at)?,
        ends_at: moved("ends_at", present.ends_at)?,
    })
}

/// Whether readers of every language read the same.
fn says_the_same(one: &Text, other: &Text) -> bool {
    Language::ALL.iter().all(|language| one.get(*language) == other.get(*language))
}

/// The order of a form that needs a text at most; nothing when there is no such form.
pub(in super::super) fn turn(
    order: &str,
    maintenance: &MaintenanceId,
    typed: &Typed,
) -> Option<Result<Command, Fault>> {
    let (maintenance, version) = (maintenance.clone(), version(typed));
    let said = || text(typed, ["body_fr", "body_en"], LONGEST_TEXT);
    Some(match order {
        "begin" => said().map(|body| Command::Begin { maintenance, version, body }),
        "end" => said().map(|body| Command::End { maintenance, version, body }),
        "cancel" => said().and_then(|body| {
            let extent = extent(typed)?;
            Ok(Command::Cancel { maintenance, version, extent, body })
        }),
        "say" => said().and_then(|body| {
            let (stage, body) = (stage(typed)?, body.ok_or(Fault::Empty("body_fr"))?);
            Ok(Command::Say { maintenance, version, stage, body })
        }),
        _ => return None,
    })
}

fn extent(typed: &Typed) -> Result<Extent, Fault> {
    match given(typed, "extent") {
        "" | "one" => Ok(Extent::One),
        "series" => Ok(Extent::Series),
        _ => Err(Fault::Choice("extent")),
    }
}

fn stage(typed: &Typed) -> Result<Option<MaintenanceStage>, Fault> {
    let word = given(typed, "stage");
    let found = MaintenanceStage::ALL.into_iter().find(|stage| stage.word() == word);
    if word.is_empty() { Ok(None) } else { found.map(Some).ok_or(Fault::Choice("stage")) }
}
