//! The facts of one notice, worded once in each language: thousands of letters differ only in whose services come first.
//!
//! It does not know to whom they go.

use shared::{ComponentId, Language, MaintenanceStage, Status, Text, Timestamp};

use super::{Block, Desk, NAMED, place};
use crate::{
    incident::{self, Incident, Involvement, Update},
    maintenance::{self, Maintenance},
    markdown,
    subscriber::Recipient,
    words::{Words, inert, quantity::lower},
};

/// So many services are told by their names in a subject, more by their number.
const IN_SUBJECT: usize = 3;

/// What is told of one story.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it is about, as ids of letters have it: `incident-kctbh9vrtdwd`.
    pub(super) story: String,
    /// Counts what was told of it.
    pub(super) number: u32,
    /// What was told first: the root of the thread.
    pub(super) root: u32,
    /// Where its page is.
    pub(super) page: String,
    spoken: [Spoken; 2],
    parts: Vec<Part>,
}

/// The same in one language.
#[derive(Debug, Clone)]
pub(super) struct Spoken {
    language: Language,
    /// Never changes within a story.
    pub(super) subject: String,
    pub(super) lead: String,
    pub(super) said: Vec<Block>,
    /// What stands before the page's address.
    pub(super) page: String,
    /// A line for each part, in their order.
    lines: Vec<String>,
    /// What stands above the services when none was chosen.
    heading: String,
    /// What stands above the others' when some were chosen.
    too: String,
}

/// One component.
#[derive(Debug, Clone)]
struct Part {
    id: ComponentId,
    group: Option<Text>,
}

/// A component that a maintenance concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// Which one.
    pub id: ComponentId,
    /// What it is called.
    pub name: Text,
    /// The group it stands under.
    pub group: Option<Text>,
}

/// What happened to a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It will be.
    Announced,
    /// It will be at another time.
    Moved,
    /// Operators said something of it.
    Said,
    /// It begins.
    Begins,
    /// It is over.
    Ends,
    /// It will not be.
    Cancelled,
}

impl Told {
    /// What an update of an incident tells; `root` is the number of the first one that was told.
    pub fn incident(incident: &Incident, update: &Update, root: u32, desk: &Desk) -> Self {
        let mut parts: Vec<(&ComponentId, &Involvement)> = incident.components.iter().collect();
        // What does not work comes first, the worst before the rest.
        parts.sort_by_key(|(id, part)| {
            (part.recovered_at.is_some(), std::cmp::Reverse(part.status.severity()), part.since, (*id).clone())
        });
        let spoken = Language::ALL.map(|language| {
            let words = desk.words(language);
            Spoken {
                language,
                subject: incident_subject(incident, root, words),
                lead: incident_lead(incident, update, words),
                said: incident_said(incident, update, words),
                page: words.mail_page_incident(),
                lines: parts.iter().map(|(_, part)| line(part, update.at, words)).collect(),
                heading: words.mail_others(),
                too: words.mail_too(),
            }
        });
        let part = |(id, part): (&ComponentId, &Involvement)| Part { id: id.clone(), group: part.group.clone() };
        Self {
            story: format!("incident-{}", incident.id),
            number: update.number,
            root,
            page: format!("/incidents/{}", incident.id),
            spoken,
            parts: parts.into_iter().map(part).collect(),
        }
    }

    /// What is told of a maintenance at `at`; `number` counts what was told of it, `root` is the first one.
    pub fn maintenance(
        maintenance: &Maintenance,
        turn: Turn,
        (number, root): (u32, u32),
        at: Timestamp,
        concerned: &[Concerned],
        desk: &Desk,
    ) -> Self {
        let spoken = Language::ALL.map(|language| {
            let words = desk.words(language);
            Spoken {
                language,
                subject: words
                    .mail_subject_maintenance(maintenance::wording::title(maintenance, words), maintenance.id.as_str()),
                lead: maintenance_lead(maintenance, turn, at, words),
                said: maintenance_said(maintenance, turn, words),
                page: words.mail_page_maintenance(),
                lines: concerned.iter().map(|part| inert(part.name.get(language))).collect(),
                heading: words.mail_concerned(),
                too: words.mail_concerned_too(),
            }
        });
        Self {
            story: format!("maintenance-{}", maintenance.id),
            number,
            root,
            page: format!("/incidents/{}", maintenance.id),
            spoken,
            parts: concerned.iter().map(|part| Part { id: part.id.clone(), group: part.group.clone() }).collect(),
        }
    }

    pub(super) fn spoken(&self, language: Language) -> &Spoken {
        let [first, second] = &self.spoken;
        if second.language == language { second } else { first }
    }

    /// The subscriber's own services alone.
    pub(super) fn own(&self, recipient: &Recipient, words: &Words) -> Vec<Block> {
        if recipient.scope.is_whole_page() {
            return Vec::new();
        }
        let lines = self.parts.iter().zip(&self.spoken(words.language()).lines);
        let own: Vec<_> = lines.filter(|(part, _)| part.is_of(recipient)).map(|(_, line)| line.clone()).collect();
        if own.is_empty() {
            return Vec::new();
        }
        let rest = own.len().saturating_sub(NAMED);
        let others = (rest > 0).then(|| words.mail_and_others(rest));
        let items = own.into_iter().take(NAMED).chain(others).collect();
        vec![Block::Heading(words.mail_own()), Block::Items(items)]
    }

    /// The services, the subscriber's own first; what does not fit is on the page.
    pub(super) fn parts(&self, recipient: &Recipient, words: &Words) -> Vec<Block> {
        let spoken = self.spoken(words.language());
        let whole = recipient.scope.is_whole_page();
        let (own, others): (Vec<_>, Vec<_>) =
            self.parts.iter().zip(&spoken.lines).partition(|(part, _)| !whole && part.is_of(recipient));
        let lines = |parts: Vec<(&Part, &String)>, room: usize| -> Vec<String> {
            parts.into_iter().take(room).map(|(_, line)| line.clone()).collect()
        };
        let own = lines(own, NAMED);
        let others = lines(others, NAMED - own.len());
        let rest = self.parts.len() - own.len() - others.len();
        let heading = if own.is_empty() { spoken.heading.clone() } else { spoken.too.clone() };
        let mut lists: Vec<_> = [(words.mail_own(), own), (heading, others)].into();
        lists.retain(|(_, items)| !items.is_empty());
        // The page, which has them all, is what comes next.
        if let Some((_, items)) = lists.last_mut().filter(|_| rest > 0) {
            items.push(words.mail_and_others(rest));
        }
        lists.into_iter().flat_map(|(heading, items)| [Block::Heading(heading), Block::Items(items)]).collect()
    }
}

impl Part {
    fn is_of(&self, recipient: &Recipient) -> bool {
        let names = self.group.as_ref().map(|group| Language::ALL.map(|language| group.get(language)));
        match names {
            Some(names) => names.iter().any(|name| recipient.scope.wants(&self.id, Some(name))),
            None => recipient.scope.wants(&self.id, None),
        }
    }
}

/// Made of what was known when the first letter left, so that it never changes: mail programs split threads by it.
fn incident_subject(incident: &Incident, root: u32, words: &Words) -> String {
    let until = incident.updates.iter().filter(|update| update.number <= root);
    let touched: std::collections::BTreeSet<&ComponentId> =
        until.flat_map(|update| &update.affected).map(|change| &change.component).collect();
    let names: Vec<&str> = touched
        .iter()
        .filter_map(|id| incident.components.get(*id))
        .map(|part| part.name.get(words.language()))
        .collect();
    match names.len() {
        0 => words.mail_subject_incident_bare(incident.id.as_str()),
        1..=IN_SUBJECT => words.mail_subject_incident(words.list(names), incident.id.as_str()),
        count => words.mail_subject_incident(words.services(count), incident.id.as_str()),
    }
}

/// State, count, since when, and when more is said.
fn incident_lead(incident: &Incident, update: &Update, words: &Words) -> String {
    let since = zoned(words.when(incident.times.started_at, update.at), words);
    let failing: Vec<&Involvement> = incident.failing().map(|(_, part)| part).collect();
    let worst = failing.iter().fold(Status::Operational, |worst, part| worst.worst(part.status));
    let left = incident::wording::left(incident, words);
    let lead = if let Some(left) = left {
        let end = incident.times.resolved_at.unwrap_or(update.at);
        words.mail_lead_closed(zoned(words.at(end, update.at), words), left)
    } else if !incident.stage.is_open() {
        let end = incident.times.resolved_at.unwrap_or(update.at);
        let span = words.span(incident.times.recovered_at.unwrap_or(end).since(incident.times.started_at));
        words.mail_lead_resolved(zoned(words.at(end, update.at), words), span)
    } else if failing.is_empty() && incident.components.is_empty() {
        words.mail_lead_declared(since)
    } else if failing.is_empty() {
        words.mail_lead_watched(since)
    } else {
        words.mail_lead_failing(words.status(worst), failing.len(), words.services(failing.len()), since)
    };
    match incident.next_update_at.filter(|_| incident.stage.is_open()) {
        Some(next) => format!("{lead} {}", words.next_update(words.when(next, update.at))),
        None => lead,
    }
}

fn incident_said(incident: &Incident, update: &Update, words: &Words) -> Vec<Block> {
    let mut blocks = vec![Block::Said {
        text: incident::wording::text(incident, update, words),
        html: incident::wording::html(incident, update, words),
    }];
    if let Some(workaround) = incident.workaround.as_ref().filter(|_| incident.stage.is_open()) {
        let workaround = workaround.get(words.language());
        blocks.push(Block::Heading(words.workaround()));
        blocks.push(Block::Said { text: markdown::plain(workaround), html: markdown::html(workaround) });
    }
    blocks
}

fn line(part: &Involvement, now: Timestamp, words: &Words) -> String {
    let name = inert(part.name.get(words.language()));
    match part.recovered_at {
        Some(at) => words.mail_part_recovered(name, words.when(at, now)),
        None => words.mail_part(name, lower(&words.status(part.status)), words.when(part.since, now)),
    }
}

fn maintenance_lead(maintenance: &Maintenance, turn: Turn, at: Timestamp, words: &Words) -> String {
    let (window, zone) = (maintenance::wording::window(maintenance, words), zone(words));
    let end = || zoned(words.when(maintenance.ends_at, at), words);
    match turn {
        Turn::Announced => words.mail_lead_announced(window, zone),
        Turn::Moved => words.mail_lead_moved(window, zone),
        Turn::Said => match maintenance.stage {
            MaintenanceStage::Scheduled => words.mail_lead_announced(window, zone),
            MaintenanceStage::InProgress | MaintenanceStage::Verifying => words.mail_lead_begins(end()),
            MaintenanceStage::Completed => words.mail_lead_ends(end()),
            MaintenanceStage::Cancelled => words.mail_lead_cancelled(window, zone),
        },
        Turn::Begins => words.mail_lead_begins(end()),
        Turn::Ends => words.mail_lead_ends(end()),
        Turn::Cancelled => words.mail_lead_cancelled(window, zone),
    }
}

/// The description while it is still to come or goes on, and what operators said last.
fn maintenance_said(maintenance: &Maintenance, turn: Turn, words: &Words) -> Vec<Block> {
    let language = words.language();
    let description = Some(maintenance.description.get(language)).filter(|text| !text.trim().is_empty());
    let description = description.filter(|_| matches!(turn, Turn::Announced | Turn::Moved | Turn::Begins));
    let latest = maintenance.updates.last().and_then(|notice| notice.body.as_ref()).map(|body| body.get(language));
    let said = |source: &str| Block::Said { text: markdown::plain(source), html: markdown::html(source) };
    let title = Block::Words(maintenance::wording::title(maintenance, words));
    [title].into_iter().chain(latest.into_iter().chain(description).map(said)).collect()
}

/// A time with the name of its zone: `14 h 05, heure de Paris`.
fn zoned(time: String, words: &Words) -> String {
    let (sound, place) = place(words);
    words.mail_zoned(time, sound, place)
}

fn zone(words: &Words) -> String {
    let (sound, place) = place(words);
    words.mail_zone(sound, place)
}
