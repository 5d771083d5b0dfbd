//! What goes on and what is to come, in short: open incidents, maintenance under way and announced, each in a card.
//!
//! It does not know the whole story of any of them; that is on its own page. Times in it do not age, since scripts put it into
//! the page anew only when something has changed.

use leptos::prelude::*;
use shared::{Impact, MaintenanceStage, Status, Timestamp};

use super::shell::{self, Head};
use crate::{
    incident::{Actor, Incident, Origin, Update, wording},
    island::Look,
    maintenance::{self, ANNOUNCED_BEFORE, Maintenance, Scope},
    markdown,
    notify::FaultKind,
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

/// So many incidents are told, the others only named.
const TOLD: usize = 4;
/// The first lines of an update, in characters.
const FIRST_LINES: usize = 260;
/// So many components of an incident are told by name.
const NAMED: usize = 6;

/// What concerns everything on the page, or one component.
#[derive(Debug, Clone, Copy)]
pub(super) enum Concern<'a> {
    Everything,
    One(&'a ComponentView),
}

impl Concern<'_> {
    pub(super) fn has_incident(self, incident: &Incident) -> bool {
        match self {
            Self::Everything => true,
            Self::One(component) => {
                let known = |id| incident.components.contains_key(id);
                known(&component.id) || component.formerly.iter().any(known)
            }
        }
    }

    pub(super) fn has_maintenance(self, maintenance: &Maintenance) -> bool {
        match (self, &maintenance.scope) {
            (Self::Everything, _) | (_, Scope::All) => true,
            (Self::One(component), Scope::Components(ids)) => {
                ids.iter().any(|id| *id == component.id || component.formerly.contains(id))
            }
            (Self::One(component), Scope::Groups(names)) => {
                let group = component.group.as_ref();
                group
                    .is_some_and(|group| shared::Language::ALL.iter().any(|l| names.iter().any(|n| n == group.get(*l))))
            }
        }
    }
}

/// The cards, in the frame that scripts put anew into the page when something changes; empty in good times.
pub(super) fn view(concern: Concern<'_>, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let mut open: Vec<&Incident> =
        snapshot.open_incidents().map(AsRef::as_ref).filter(|incident| concern.has_incident(incident)).collect();
    // The worst first, of equals the newest: so they come.
    open.sort_by_key(|incident| std::cmp::Reverse(incident.impact));
    let planned: Vec<&Maintenance> = announced(concern, snapshot).collect();
    let degraded = snapshot.watch.is_any_open(&[FaultKind::Restarting, FaultKind::DetectionBroken]);
    if open.is_empty() && planned.is_empty() && !degraded {
        return view! { <div class="news"></div> }.into_any();
    }
    let now = snapshot.generated_at;
    let fault = degraded.then(|| {
        view! { <p class="card fault"><a href=head.link("/monitoring")>{head.words.watch_degraded()}</a></p> }
    });
    let cards = open.iter().take(TOLD).map(|incident| card(incident, now, head)).collect_view();
    let more = (open.len() > TOLD).then(|| more(open.get(TOLD..).unwrap_or_default(), head));
    let planned = planned.into_iter().map(|maintenance| planned_card(maintenance, snapshot, head)).collect_view();
    view! {
        <div class="news"><section class="cards" aria-label=head.words.news()>{fault}{cards}{more}{planned}</section></div>
    }
    .into_any()
}

/// The maintenance that goes on or is near, the first to begin first.
pub(super) fn announced<'a>(
    concern: Concern<'a>,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a Maintenance> + use<'a> {
    let near = snapshot.generated_at.plus(ANNOUNCED_BEFORE);
    let told = move |maintenance: &&Maintenance| match maintenance.stage {
        MaintenanceStage::Scheduled => maintenance.starts_at <= near,
        MaintenanceStage::InProgress | MaintenanceStage::Verifying => true,
        MaintenanceStage::Completed | MaintenanceStage::Cancelled => false,
    };
    let planned = snapshot.maintenances.iter().rev().map(AsRef::as_ref);
    planned.filter(told).filter(move |maintenance| concern.has_maintenance(maintenance))
}

/// How an incident looks: ticked off in grey once everything works again and is only watched. Green would be about the present.
pub(super) fn look(incident: &Incident) -> Look {
    let over = !incident.components.is_empty() && incident.failing().next().is_none();
    match incident.impact {
        impact if incident.is_closed_early() => impact_look(impact),
        _ if over || !incident.stage.is_open() => {
            Look { shape: Look::from(Status::Operational).shape, ..Status::Unknown.into() }
        }
        impact => impact_look(impact),
    }
}

pub(super) fn impact_look(impact: Impact) -> Look {
    match impact {
        Impact::None => Status::Unknown.into(),
        Impact::Minor => Status::DegradedPerformance.into(),
        Impact::Major | Impact::Critical => Status::MajorOutage.into(),
    }
}

/// One incident that is open.
pub(super) fn card(incident: &Incident, now: Timestamp, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let look = look(incident);
    let said = incident.latest().map(|update| said(incident, update, look, now, words));
    view! {
        <article class=format!("card {}", look.class)>
            <h2><a href=head.incident(&incident.id)><bdi>{wording::title(incident, words)}</bdi></a></h2>
            <p class="meta">{facts(incident, now, words)}</p>
            {touched(incident, words)}
            {said}
            {workaround(incident, words)}
            {promise(incident, now, words)}
        </article>
    }
    .into_any()
}

/// `Major outage · since 14:02 · detected in 3 s · acknowledged at 14:06`.
pub(super) fn facts(incident: &Incident, now: Timestamp, words: &Words) -> String {
    let times = &incident.times;
    let detected = match (&incident.origin, incident.persists_since()) {
        (_, Some(_)) => None,
        (Origin::Measured, None) => Some(words.detected_in(words.span(times.detection()))),
        (Origin::Declared(_), None) => Some(words.declared_by_hand()),
    };
    let duration = match times.resolved_at {
        Some(end) => words.period(times.started_at, times.recovered_at.unwrap_or(end), now),
        None => words.going_since(words.when(times.started_at, now)),
    };
    let taken = incident.acknowledgement.as_ref().map(|taken| words.taken_on(words.at(taken.at, now)));
    let facts = [Some(wording::impact(incident.impact, words)), Some(duration), detected, taken];
    // No line begins with a point.
    facts.into_iter().flatten().collect::<Vec<_>>().join("\u{a0}· ")
}

/// Which components it concerns, unless its title has named them all: those that still fail before those that work again.
pub(super) fn touched(incident: &Incident, words: &Words) -> Option<AnyView> {
    let title = wording::title(incident, words);
    let mut parts: Vec<_> = incident.components.values().collect();
    parts.sort_by_key(|part| part.recovered_at.is_some());
    let names: Vec<String> = parts.into_iter().map(|part| inert(part.name.get(words.language()))).collect();
    if names.iter().all(|name| title.contains(name)) {
        return None;
    }
    let told = match names.split_at_checked(NAMED) {
        Some((first, rest @ [_, ..])) => format!("{} {}", first.join(", "), words.and_more(rest.len())),
        Some((_, [])) | None => words.list(names.iter().map(String::as_str)),
    };
    Some(view! { <p class="meta">{words.concerns(told)}</p> }.into_any())
}

/// The stage, when it was reached, and what was said then.
fn said(incident: &Incident, update: &Update, look: Look, now: Timestamp, words: &Words) -> AnyView {
    let stage = words.stage_at(wording::stage(update.stage, words), words.when(update.at, now));
    let whole = || wording::html(incident, update, words);
    view! {
        <p class=look.class>{shell::shape(look)}{stage}</p>
        {beginning(&wording::text(incident, update, words), whole)}
    }
    .into_any()
}

/// A short text as it was written, with its lists and links; of a long one the first lines.
fn beginning(text: &str, whole: impl FnOnce() -> String) -> AnyView {
    let long = text.chars().nth(FIRST_LINES).is_some();
    let html = if long { markdown::paragraph(&first_lines(text)) } else { whole() };
    view! { <div class="said" inner_html=html></div> }.into_any()
}

/// The beginning of a text in one line, cut between two words. Spaces that do not break stay what they are, and the items of a list
/// do not run into each other.
pub(super) fn first_lines(text: &str) -> String {
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    let item =
        |line: &str| line.trim_start().strip_prefix("- ").map_or_else(|| line.to_owned(), |item| format!("• {item}"));
    let lines = text.lines().map(item).collect::<Vec<_>>().join(" ");
    let text = lines.split(breaks).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let Some((end, _)) = text.char_indices().nth(FIRST_LINES) else { return text };
    let cut = text.get(..end).and_then(|head| head.rfind(' ')).unwrap_or(end);
    format!("{}…", text.get(..cut).unwrap_or_default().trim_end_matches([',', ';', ':', '.', '•', ' ']))
}

/// How users can help themselves meanwhile.
pub(super) fn workaround(incident: &Incident, words: &Words) -> Option<AnyView> {
    let text = incident.workaround.as_ref().filter(|_| incident.stage.is_open())?;
    let html = markdown::html(text.get(words.language()));
    Some(view! { <div class="box"><b>{words.meanwhile()}</b><div class="said" inner_html=html></div></div> }.into_any())
}

/// When operators will say more; that they are late, once they are.
pub(super) fn promise(incident: &Incident, now: Timestamp, words: &Words) -> Option<AnyView> {
    let promised = incident.next_update_at.filter(|_| incident.stage.is_open())?;
    let time = words.when(promised, now);
    let sentence = if promised > now { words.next_update(time) } else { words.next_update_late(time) };
    Some(view! { <p class="meta">{sentence}</p> }.into_any())
}

/// The others, by their names.
fn more(rest: &[&Incident], head: &Head<'_>) -> AnyView {
    let words = head.words;
    let one = |incident: &&Incident| {
        let title = wording::title(incident, words);
        view! { <li><a href=head.incident(&incident.id)><bdi>{title}</bdi></a></li> }
    };
    view! { <p class="meta">{words.more_incidents(rest.len())}</p><ul>{rest.iter().map(one).collect_view()}</ul> }
        .into_any()
}

/// One maintenance that goes on or is near.
fn planned_card(maintenance: &Maintenance, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let look = Look::from(Status::UnderMaintenance);
    let description = maintenance.description.get(words.language());
    let about = markdown::plain(description);
    let about = (!about.is_empty()).then(|| beginning(&about, || markdown::html(description)));
    view! {
        <article class="card work">
            <h2><a href=head.incident(&maintenance.id)><bdi>{maintenance::wording::title(maintenance, words)}</bdi></a></h2>
            <p class=look.class>{shell::shape(look)}{when(maintenance, snapshot.generated_at, words)}</p>
            <p class="meta">{words.concerns(scope(maintenance, snapshot, words))}</p>
            {about}
        </article>
    }
    .into_any()
}

/// `Under way · planned to end at 15:30`, `Planned for 24 November, 03:00 – 05:30.`
pub(super) fn when(maintenance: &Maintenance, now: Timestamp, words: &Words) -> String {
    let stage = maintenance::wording::stage(maintenance.stage, words);
    match maintenance.stage {
        MaintenanceStage::Scheduled => words.maintenance_planned(maintenance::wording::window(maintenance, words)),
        MaintenanceStage::InProgress | MaintenanceStage::Verifying => {
            format!("{stage} · {}", words.maintenance_ending(words.at(maintenance.ends_at, now)))
        }
        MaintenanceStage::Completed => {
            format!("{stage} · {}", words.period(maintenance.starts_at, maintenance.ends_at, now))
        }
        MaintenanceStage::Cancelled => {
            let planned = words.maintenance_planned(maintenance::wording::window(maintenance, words));
            format!("{stage} · {planned}")
        }
    }
}

/// Whom a maintenance concerns, by name.
pub(super) fn scope(maintenance: &Maintenance, snapshot: &Snapshot, words: &Words) -> String {
    let name =
        |id: &shared::ComponentId| snapshot.component(id).map(|component| inert(component.name.get(words.language())));
    maintenance::wording::scope(&maintenance.scope, words, name)
}

/// Who says it: a role, never the name of a person.
pub(super) fn role(by: &Actor, words: &Words) -> String {
    match by {
        Actor::Monitor => words.by_measurements(),
        Actor::Operator(_) | Actor::Socket | Actor::Channel(_) => words.by_operators(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_keep_their_spaces_and_tell_the_items_of_a_list_apart() {
        let check = |text: &str, line: &str| assert_eq!(first_lines(text), line);
        check("Il dure 1\u{a0}min\u{202f}; ensuite,\n  rien.", "Il dure 1\u{a0}min\u{202f}; ensuite, rien.");
        check("Done:\n\n- one;\n- two - or three.", "Done: • one; • two - or three.");
        let (cut, long) = (first_lines(&"word ".repeat(80)), "word ".repeat(FIRST_LINES / 5));
        assert_eq!(cut, format!("{}…", long.trim_end()));
    }
}
