//! What operators' orders do to the book: each is carried out as a whole, or refused and nothing is changed.
//!
//! It does not know how an order came, nor whether its operator may give it.

use std::{sync::Arc, time::Duration};

use shared::{MaintenanceId, MaintenanceStage, Text, Timestamp};

use super::{Book, Entry, Groups, Key, News, Word};
use crate::{
    incident::Actor,
    maintenance::{
        self, Change, Command, Extent, Maintenance, Plan, PlanId, Planning, Recurrence, Refusal, Scope, Source, Span,
        TimeFault, Timing, When, plan,
    },
    order::{self, Stranger},
};

/// The clocks of an operator and of the hub may differ by so much.
const CLOCKS: Duration = Duration::from_secs(60);
/// Nobody plans for later.
const FURTHEST: Duration = Duration::from_secs(731 * 86_400);

impl Book {
    /// Carries out an order: which maintenance it was about, and what is worth a message.
    ///
    /// # Errors
    /// It is refused, and changes nothing.
    pub fn order(
        &mut self,
        actor: &Actor,
        command: Command,
        components: &Groups,
        now: Timestamp,
    ) -> Result<(MaintenanceId, Vec<News>), Refusal> {
        // An order takes effect as a whole or not at all: it is given to a copy, which is cheap.
        let mut next = self.clone();
        let passed = next.tick(now);
        let (id, news) = next.carry_out(actor, command, components, now)?;
        next.look_ahead(now);
        let later = next.tick(now);
        *self = next;
        Ok((id, passed.into_iter().chain(news).chain(later).collect()))
    }

    fn carry_out(
        &mut self,
        actor: &Actor,
        command: Command,
        components: &Groups,
        now: Timestamp,
    ) -> Result<(MaintenanceId, Option<News>), Refusal> {
        match command {
            Command::Plan(planning) => self.plan(actor, planning, components, now).map(|id| (id, None)),
            Command::Change { maintenance: id, version, change } => {
                let entry = self.open(&id, version, now)?;
                let news = alter(entry, change, components, now)?;
                Ok((id, news))
            }
            Command::Cancel { maintenance: id, version, extent, body } => {
                body.as_ref().map_or(Ok(()), order::body)?;
                self.cancel(id, version, extent, body, now)
            }
            Command::Begin { maintenance: id, version, body } => {
                body.as_ref().map_or(Ok(()), order::body)?;
                let entry = self.open(&id, version, now)?;
                begin(entry, body, now)?;
                Ok((id, Some(news(entry, Word::Begins, now))))
            }
            Command::End { maintenance: id, version, body } => {
                body.as_ref().map_or(Ok(()), order::body)?;
                let entry = self.open(&id, version, now)?;
                end(entry, body, now)?;
                Ok((id, Some(news(entry, Word::Ends, now))))
            }
            Command::Say { maintenance: id, version, stage, body } => {
                order::body(&body)?;
                self.say(&id, version, stage, body, now)?;
                Ok((id, None))
            }
        }
    }

    fn plan(
        &mut self,
        actor: &Actor,
        planning: Planning,
        components: &Groups,
        now: Timestamp,
    ) -> Result<MaintenanceId, Refusal> {
        let Planning { title, description, scope, when } = planning;
        order::title(&title)?;
        order::lines("description", &description)?;
        concerns(&scope, components)?;
        let timing = timing(when, self, now)?;
        self.unplanned(&scope, &timing, now)?;
        let id = plan::id(&format!("operator {now} {scope} {timing}"));
        let plan = Plan {
            id,
            source: Source::Operator,
            title,
            description,
            scope,
            timing,
            by: actor.clone(),
            created_at: now,
        };
        let Some(first) = plan.occurrences(now, Timestamp::from_millis(i64::MAX)).next() else {
            return Err(maintenance::TimingFault::Never.into());
        };
        let id = maintenance::id(plan.id.as_str(), first.starts_at);
        if plan.repeats() {
            self.changes.insert(Key::Plan(plan.id.clone()));
            self.plans.insert(plan.id.clone(), plan);
        } else {
            let entry = Entry { origin: None, ..Entry::of(&plan, first, now) };
            self.changes.insert(Key::Maintenance(id.clone()));
            self.entries.insert(id.clone(), entry);
        }
        Ok(id)
    }

    /// Nothing is planned twice: two messages about the same window are one too many.
    fn unplanned(&self, scope: &Scope, timing: &Timing, now: Timestamp) -> Result<(), Refusal> {
        let same = |a: &Scope| a.to_string() == scope.to_string();
        let twin = match timing {
            Timing::Once(span) => {
                let open = self
                    .maintenances()
                    .into_iter()
                    .filter(|other| !other.stage.is_over() && other.starts_at.max(now) == span.starts_at.max(now));
                open.into_iter().find(|other| same(&other.scope) && other.ends_at == span.ends_at)
            }
            Timing::Recurring(recurrence) => {
                let twin = self.plans.values().find(|plan| match &plan.timing {
                    Timing::Recurring(other) => other == recurrence && same(&plan.scope),
                    Timing::Once(_) => false,
                });
                let first =
                    |plan: &Plan| self.maintenances().into_iter().rfind(|one| one.plan.as_ref() == Some(&plan.id));
                twin.and_then(first)
            }
        };
        twin.map_or(Ok(()), |twin| Err(Refusal::Twin(twin.id.clone())))
    }

    fn cancel(
        &mut self,
        id: MaintenanceId,
        version: u64,
        extent: Extent,
        body: Option<Text>,
        now: Timestamp,
    ) -> Result<(MaintenanceId, Option<News>), Refusal> {
        let entry = self.open(&id, version, now)?;
        if entry.maintenance.stage != MaintenanceStage::Scheduled {
            return Err(Refusal::Begun(id));
        }
        if extent == Extent::Series {
            let plan = entry.maintenance.plan.clone().ok_or_else(|| Refusal::NoSeries(id.clone()))?;
            if entry.source == Source::File {
                return Err(Refusal::InFile(id));
            }
            self.stop(&plan, &id, now);
        }
        let news = self.withdraw(&id, now, body);
        Ok((id, news))
    }

    /// A plan has no more occurrences. Those that were announced besides `cancelled` are withdrawn in silence: one message says it.
    fn stop(&mut self, plan: &PlanId, cancelled: &MaintenanceId, now: Timestamp) {
        self.plans.remove(plan);
        self.changes.insert(Key::Plan(plan.clone()));
        let of_plan = |(id, entry): (&MaintenanceId, &Entry)| {
            let scheduled = entry.maintenance.stage == MaintenanceStage::Scheduled;
            let follows = entry.origin.as_ref().is_some_and(|origin| origin.plan == *plan && !origin.departed);
            (scheduled && follows && id != cancelled).then(|| id.clone())
        };
        let rest: Vec<_> = self.entries.iter().filter_map(of_plan).collect();
        for id in rest {
            self.withdraw(&id, now, None);
        }
    }

    fn say(
        &mut self,
        id: &MaintenanceId,
        version: u64,
        stage: Option<MaintenanceStage>,
        body: Text,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let entry = self.seen(id, version, now)?;
        let present = entry.maintenance.stage;
        let stage = match (present, stage) {
            (_, None) => present,
            (_, Some(stage)) if stage == present => present,
            (
                MaintenanceStage::InProgress | MaintenanceStage::Verifying,
                Some(stage @ (MaintenanceStage::InProgress | MaintenanceStage::Verifying)),
            ) => stage,
            (MaintenanceStage::Scheduled, Some(_)) => return Err(Refusal::NotBegun(id.clone())),
            (_, Some(stage)) => return Err(Refusal::Stage(stage)),
        };
        entry.say(stage, now, Some(body));
        Ok(())
    }

    /// A maintenance that the operator saw as it is; one that was only foreseen is entered.
    fn seen(&mut self, id: &MaintenanceId, seen: u64, now: Timestamp) -> Result<&mut Entry, Refusal> {
        let present = self.get(id).ok_or_else(|| Refusal::Unknown(id.clone()))?.version;
        if seen != present {
            return Err(Refusal::Changed { maintenance: id.clone(), seen, present });
        }
        if let Some((plan, foreseen)) = self.coming.remove(id) {
            self.enter(&plan, foreseen.starts_at, now);
        }
        self.changes.insert(Key::Maintenance(id.clone()));
        self.entries.get_mut(id).ok_or_else(|| Refusal::Unknown(id.clone()))
    }

    /// The same, and it is not over. It follows its plan no more.
    fn open(&mut self, id: &MaintenanceId, seen: u64, now: Timestamp) -> Result<&mut Entry, Refusal> {
        let entry = self.seen(id, seen, now)?;
        if entry.is_over() {
            return Err(Refusal::Over(id.clone()));
        }
        entry.depart();
        Ok(entry)
    }
}

fn news(entry: &Entry, word: Word, at: Timestamp) -> News {
    News { maintenance: Arc::clone(&entry.maintenance), word, at }
}

fn timing(when: When, book: &Book, now: Timestamp) -> Result<Timing, Refusal> {
    match when {
        When::Once { starts_at, ends_at } => {
            let starts_at = starts_at.unwrap_or(now);
            times(starts_at, ends_at, now)?;
            Ok(Timing::Once(Span::new(starts_at, ends_at)?))
        }
        When::Recurring { cron, seconds } => {
            Ok(Timing::Recurring(Recurrence::new(&cron, Duration::from_secs(seconds), &book.zone, now)?))
        }
    }
}

/// A beginning to come, and its end.
fn times(starts_at: Timestamp, ends_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    ends(ends_at, now)?;
    if starts_at.plus(CLOCKS) < now {
        return Err(Refusal::Time { field: "starts_at", fault: TimeFault::Begun });
    }
    if starts_at.since(now) > FURTHEST {
        return Err(Refusal::Time { field: "starts_at", fault: TimeFault::FarAway });
    }
    Ok(())
}

fn ends(ends_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if ends_at <= now {
        return Err(Refusal::Time { field: "ends_at", fault: TimeFault::Over });
    }
    Ok(())
}

fn concerns(scope: &Scope, components: &Groups) -> Result<(), Refusal> {
    match scope {
        Scope::All => Ok(()),
        Scope::Groups(names) if names.is_empty() => Err(Refusal::Nobody),
        Scope::Components(ids) if ids.is_empty() => Err(Refusal::Nobody),
        Scope::Groups(names) => {
            let named = |name: &&String| {
                let alone = Scope::Groups(vec![(*name).clone()]);
                !components.iter().any(|(id, group)| alone.covers(id, group.as_ref()))
            };
            names.iter().find(named).map_or(Ok(()), |name| Err(Refusal::UnknownGroup(Stranger::new(name.as_str()))))
        }
        Scope::Components(ids) => {
            let unknown = ids.iter().find(|id| !components.contains_key(*id));
            unknown.map_or(Ok(()), |id| Err(Refusal::UnknownComponent(Stranger::new(id.as_str()))))
        }
    }
}

fn alter(entry: &mut Entry, change: Change, components: &Groups, now: Timestamp) -> Result<Option<News>, Refusal> {
    let present: &Maintenance = &entry.maintenance;
    let Change { title, description, scope, starts_at, ends_at } = change;
    title.as_ref().map_or(Ok(()), order::title)?;
    description.as_ref().map_or(Ok(()), |description| order::lines("description", description))?;
    scope.as_ref().map_or(Ok(()), |scope| concerns(scope, components))?;
    let span = (starts_at.unwrap_or(present.starts_at), ends_at.unwrap_or(present.ends_at));
    let moved = span != (present.starts_at, present.ends_at);
    if starts_at.is_some_and(|at| at != present.starts_at) {
        if present.stage != MaintenanceStage::Scheduled {
            return Err(Refusal::Begun(present.id.clone()));
        }
        times(span.0, span.1, now)?;
    }
    if moved {
        ends(span.1, now)?;
        Span::new(span.0, span.1)?;
    }
    let maintenance = entry.edit();
    maintenance.title = title.unwrap_or_else(|| maintenance.title.clone());
    maintenance.description = description.unwrap_or_else(|| maintenance.description.clone());
    maintenance.scope = scope.unwrap_or_else(|| maintenance.scope.clone());
    (maintenance.starts_at, maintenance.ends_at) = span;
    maintenance.updated_at = now;
    maintenance.version += 1;
    Ok((moved && entry.announced).then(|| news(entry, Word::Moved, now)))
}

fn begin(entry: &mut Entry, body: Option<Text>, now: Timestamp) -> Result<(), Refusal> {
    if entry.maintenance.stage != MaintenanceStage::Scheduled {
        return Err(Refusal::Begun(entry.maintenance.id.clone()));
    }
    Span::new(now, entry.maintenance.ends_at)?;
    entry.edit().starts_at = now;
    entry.announced = true;
    entry.say(MaintenanceStage::InProgress, now, body);
    Ok(())
}

fn end(entry: &mut Entry, body: Option<Text>, now: Timestamp) -> Result<(), Refusal> {
    if entry.maintenance.stage == MaintenanceStage::Scheduled {
        return Err(Refusal::NotBegun(entry.maintenance.id.clone()));
    }
    let maintenance = entry.edit();
    maintenance.ends_at = now.max(maintenance.starts_at);
    entry.say(MaintenanceStage::Completed, now, body);
    Ok(())
}
