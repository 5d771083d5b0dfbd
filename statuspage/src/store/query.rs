//! Asking for observations, page by page.
//!
//! It does not know HTTP, nor what may be public.

use std::{collections::BTreeMap, fmt, io, ops::ControlFlow, str::FromStr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use shared::{ComponentId, LocationName, Observation, ProbeId, ProbeName, Timestamp};

use super::{
    Ledger,
    database::{Broken, Order},
    holdings::Holdings,
    key::{self, Kind},
    record,
    shelf::Shelf,
};
use crate::history::Unit;

/// The most observations of one page.
pub const MAX_PAGE: usize = 1_000;

/// Which observations of a component are wanted.
#[derive(Debug, Clone)]
pub struct ObservationQuery {
    /// Whose.
    pub component: ComponentId,
    /// What it was called before: the observations under these names are its own.
    pub formerly: Vec<ComponentId>,
    /// Started then or later; without it and without a cursor the newest are meant.
    pub from: Option<Timestamp>,
    /// Started earlier than that.
    pub to: Option<Timestamp>,
    /// At most so many: 1 to [`MAX_PAGE`], clamped.
    pub limit: usize,
    /// Goes on behind the page that gave it; the other fields stay as they were.
    pub cursor: Option<Cursor>,
}

impl ObservationQuery {
    /// All observations of a component from then on, a page at a time.
    pub fn since(component: ComponentId, from: Timestamp) -> Self {
        Self { component, formerly: Vec::new(), from: Some(from), to: None, limit: MAX_PAGE, cursor: None }
    }

    fn names(&self) -> impl Iterator<Item = &ComponentId> {
        std::iter::once(&self.component).chain(&self.formerly)
    }

    fn renamed(&self, mut observation: Observation) -> Observation {
        observation.probe.component = self.component.clone();
        observation
    }
}

/// Observations, the oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservationPage {
    /// Only what is on stable storage, with what is private in it.
    pub observations: Vec<Arc<Observation>>,
    /// For the next page, when there was more at the time.
    pub next: Option<Cursor>,
}

/// A place between two observations: behind the one it names. Rows that come later never make it skip or repeat another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(super) started_at: Timestamp,
    pub(super) probe: ProbeName,
    pub(super) location: LocationName,
}

/// The text was not made by this store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this service gave: begin again without it")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(key::place(self.started_at, &self.probe, &self.location)))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let place = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (started_at, probe, location) = key::read_place(&place).ok_or(InvalidCursor)?;
        Ok(Self { started_at, probe, location })
    }
}

/// A place in the order of observations.
type Place = (Timestamp, ProbeName, LocationName);

fn place(observation: &Observation) -> Place {
    (observation.started_at, observation.probe.name.clone(), observation.location.clone())
}

/// What a page is made of: the first observations, or the last, of those between two places, by place.
struct Collection {
    order: Order,
    from: Timestamp,
    to: Timestamp,
    /// Only those behind it.
    after: Option<Place>,
    /// So many are enough.
    enough: usize,
    found: BTreeMap<Place, Arc<Observation>>,
}

impl Collection {
    fn new(query: &ObservationQuery) -> Self {
        let limit = query.limit.clamp(1, MAX_PAGE);
        let after = query.cursor.clone().map(|cursor| (cursor.started_at, cursor.probe, cursor.location));
        let from = query.from.unwrap_or(Timestamp::from_millis(i64::MIN));
        // One more than asked for tells whether there is a next page.
        let (order, enough) = match (&after, query.from) {
            (None, None) => (Order::Descending, limit),
            (Some(_), _) | (None, Some(_)) => (Order::Ascending, limit + 1),
        };
        let from = after.as_ref().map_or(from, |(started_at, ..)| from.max(*started_at));
        Self {
            order,
            from,
            to: query.to.unwrap_or(Timestamp::from_millis(i64::MAX)),
            after,
            enough,
            found: BTreeMap::new(),
        }
    }

    /// Takes one, which replaces another of the same place.
    fn add(&mut self, observation: Observation) {
        let place = place(&observation);
        let wanted = observation.started_at >= self.from && observation.started_at < self.to;
        if wanted && self.after.as_ref().is_none_or(|after| place > *after) {
            self.found.insert(place, Arc::new(observation));
        }
    }

    /// What has been read in the order that it is wanted in is enough once there are so many.
    fn is_enough(&self) -> ControlFlow<()> {
        if self.found.len() >= self.enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn page(mut self) -> ObservationPage {
        let surplus = self.found.len().saturating_sub(self.enough);
        match self.order {
            Order::Ascending => (0..surplus).for_each(|_| drop(self.found.pop_last())),
            Order::Descending => (0..surplus).for_each(|_| drop(self.found.pop_first())),
        }
        let mut observations: Vec<_> = self.found.into_values().collect();
        let more = self.order == Order::Ascending && observations.len() == self.enough;
        observations.truncate(if more { self.enough - 1 } else { observations.len() });
        let next = observations.last().filter(|_| more).map(|last| {
            let (started_at, probe, location) = place(last);
            Cursor { started_at, probe, location }
        });
        ObservationPage { observations, next }
    }
}

/// Why a question has no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The database broke.
    Database(Broken),
    /// A block file cannot be read.
    Files(io::Error),
}

impl From<Broken> for Unanswered {
    fn from(broken: Broken) -> Self {
        Self::Database(broken)
    }
}

impl From<io::Error> for Unanswered {
    fn from(error: io::Error) -> Self {
        Self::Files(error)
    }
}

/// Which hours or days of a component are wanted: those that begin from `from` on and before `to`.
#[derive(Debug, Clone)]
pub struct RollupQuery {
    /// Whose.
    pub component: ComponentId,
    /// What it was called before: where it has no roll-up of its own, that of such a name counts.
    pub formerly: Vec<ComponentId>,
    /// Hours, or days, which lie under midnight UTC of their date.
    pub unit: Unit,
    /// From then on.
    pub from: Timestamp,
    /// Before that.
    pub to: Timestamp,
}

/// Roll-ups from the files and the rows that are synced, the oldest first.
pub(super) fn rollups(holdings: &Holdings, query: &RollupQuery) -> Result<Vec<Ledger>, Unanswered> {
    let mut found = BTreeMap::new();
    // Later names replace what earlier ones gave, and in each the database what a file holds.
    for name in query.formerly.iter().chain([&query.component]) {
        let RollupQuery { unit, from, to, .. } = *query;
        let mut take = |ledgers: Vec<Ledger>| {
            found.extend(ledgers.into_iter().map(|ledger| (ledger.start, ledger.body)));
            ControlFlow::Continue(())
        };
        let ours = |frame: &str| frame == name.as_str();
        match unit {
            Unit::Hours => holdings.blocks.hours.read(from, to, Order::Ascending, ours, &mut take)?,
            Unit::Days => holdings.blocks.days.read(from, to, Order::Ascending, ours, &mut take)?,
        }
        found.extend(hot_rollups(&holdings.shelf, name, query)?);
    }
    let ledger = |(start, body)| Ledger { component: query.component.clone(), start, body };
    Ok(found.into_iter().map(ledger).collect())
}

/// Looks up one start after the other: between them lie the rows of all other components.
fn hot_rollups(shelf: &Shelf, name: &ComponentId, query: &RollupQuery) -> Result<Vec<(Timestamp, Bytes)>, Broken> {
    let kind = match query.unit {
        Unit::Hours => Kind::Hour,
        Unit::Days => Kind::Day,
    };
    let (mut from, to) = (key::ledger_from(kind, query.from), key::ledger_from(kind, query.to));
    let mut rollups = Vec::new();
    loop {
        let mut next = None;
        shelf.scan(&from, &to, Order::Ascending, |key, _| {
            next = key::read_ledger(key).map(|(start, _)| start);
            if next.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let Some(start) = next else { return Ok(rollups) };
        let row = key::ledger(kind, start, name);
        // Behind every part, which is two bytes.
        let behind = [row.as_slice(), &[u8::MAX; 3]].concat();
        rollups.extend(shelf.bodies(&row, &behind)?.into_iter().map(|(_, body)| (start, body)));
        from = key::ledger_from(kind, start.plus(Duration::from_millis(1)));
    }
}

/// Answers from the files and the rows that are synced; what is damaged is noted and left out. A row in the database is newer than
/// what a file holds under the same name.
pub(super) fn answer(holdings: &Holdings, query: &ObservationQuery) -> Result<ObservationPage, Unanswered> {
    let Holdings { shelf, blocks } = holdings;
    let mut wanted = Collection::new(query);
    let prefixes: Vec<_> = query.names().map(|name| format!("{name}/")).collect();
    let (from, to, order) = (wanted.from, wanted.to, wanted.order);
    let ours = |frame: &str| prefixes.iter().any(|prefix| frame.starts_with(prefix));
    blocks.raw.read(from, to, order, ours, |observations| {
        observations.into_iter().for_each(|observation| wanted.add(query.renamed(observation)));
        wanted.is_enough()
    })?;
    // Each source gives its own first ones: together they hold the first of both.
    let mut rows = Collection { found: BTreeMap::new(), after: wanted.after.clone(), ..Collection::new(query) };
    for name in query.names() {
        rows.found.clear();
        let (from, to) = (key::observation_from(name, from), key::observation_from(name, to));
        shelf.scan(&from, &to, order, |key, body| {
            match read(key, body) {
                Some(observation) => rows.add(query.renamed(observation)),
                None => shelf.note(key, body),
            }
            rows.is_enough()
        })?;
        wanted.found.append(&mut rows.found);
    }
    Ok(wanted.page())
}

/// Everything of a component from `from` on and before `to`, in one piece: for stretches that are not long.
pub(super) fn all(
    holdings: &Holdings,
    component: &ComponentId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Observation>, Unanswered> {
    let Holdings { shelf, blocks } = holdings;
    let (mut found, prefix) = (BTreeMap::new(), format!("{component}/"));
    blocks.raw.read(
        from,
        to,
        Order::Ascending,
        |frame| frame.starts_with(&prefix),
        |observations| {
            found.extend(observations.into_iter().map(|observation| (place(&observation), observation)));
            ControlFlow::Continue(())
        },
    )?;
    let range = (key::observation_from(component, from), key::observation_from(component, to));
    shelf.scan(&range.0, &range.1, Order::Ascending, |key, body| {
        match read(key, body) {
            Some(observation) => drop(found.insert(place(&observation), observation)),
            None => shelf.note(key, body),
        }
        ControlFlow::Continue(())
    })?;
    Ok(found.into_values().collect())
}

/// The observation of a row.
pub(super) fn read(key: &[u8], body: &[u8]) -> Option<Observation> {
    let (component, place) = key::read_observation(key)?;
    let (started_at, name, location) = key::read_place(place)?;
    record::decode(ProbeId { component, name }, location, started_at, body)
}
