//! Maintenance in the hub: its book told the time, its windows given to the engine, its news written down, operators' orders taken.
//!
//! It does not know when anything is planned, nor how a component is judged.

use std::{collections::BTreeSet, sync::Arc};

use bytes::Bytes;
use prober::definition::{Definition, DefinitionSet};
use shared::{ComponentId, MaintenanceId, MaintenanceStage, Timestamp};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};
use tracing::{error, info, warn};

use super::{
    Hub, HubOptions,
    desk::{DEADLINE, NEEDED},
};
use crate::{
    clock::now,
    engine::{Input, Transition, Windows},
    incident::Actor,
    maintenance::{Book, Command, Groups, Key, Maintenance, News, Plan, Refusal, Scope, Word},
    notify::{Case, ChannelName, Event, Kind, NAMED, Notification, Planned, Subject},
    order::{Known, Names},
    store::{Changes, Durability, RecordKey, Restored, StoreState},
};

/// An order about maintenance on its way to the hub.
#[derive(Debug)]
pub(super) struct MaintenanceOrder {
    actor: Actor,
    command: Command,
    until: Instant,
    reply: oneshot::Sender<Result<Arc<Maintenance>, Refusal>>,
}

impl MaintenanceOrder {
    /// Hands an order in, and waits for the answer.
    pub(super) async fn give(
        orders: &mpsc::Sender<Self>,
        actor: Actor,
        command: Command,
    ) -> Result<Arc<Maintenance>, Refusal> {
        let (reply, answer) = oneshot::channel();
        let until = Instant::now() + DEADLINE;
        match timeout_at(until, orders.send(Self { actor, command, until, reply })).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Err(Refusal::StoreBehind),
        }
        // The hub does not begin what it cannot end by then.
        timeout_at(until, answer).await.ok().and_then(Result::ok).unwrap_or(Err(Refusal::StoreBehind))
    }

    /// Answers orders until nobody gives any: for tests of those who do.
    #[cfg(test)]
    pub(super) async fn answer_all(
        mut orders: mpsc::Receiver<Self>,
        mut carry_out: impl FnMut(Actor, Command) -> Result<Arc<Maintenance>, Refusal>,
    ) {
        while let Some(Self { actor, command, until: _, reply }) = orders.recv().await {
            let _ = reply.send(carry_out(actor, command));
        }
    }
}

/// The book as the store kept it.
pub(super) fn book(options: &HubOptions, restored: &Restored) -> Book {
    let records = restored.records.iter().filter_map(|(key, body)| Some((named(key)?, body.as_ref())));
    Book::read(options.site.time_zone.clone(), records, now())
}

/// What of the book a record holds; none for what is not of the book.
fn named(record: &RecordKey) -> Option<Key> {
    if let RecordKey::Maintenance(id) = record {
        return Some(Key::Maintenance(id.clone()));
    }
    let RecordKey::Plan(id) = record else { return None };
    Some(Key::Plan(id.clone()))
}

/// The records of the book that are not written as they are.
pub(super) fn records(book: &mut Book) -> impl Iterator<Item = (RecordKey, Option<Bytes>)> {
    let key = |key| match key {
        Key::Maintenance(id) => RecordKey::Maintenance(id),
        Key::Plan(id) => RecordKey::Plan(id),
    };
    book.take_changes().into_iter().map(move |(name, body)| (key(name), body.map(Bytes::from)))
}

/// The components and groups by all their names.
pub(super) fn names(set: &DefinitionSet) -> Names {
    set.definitions.values().map(|definition| of(definition)).collect()
}

/// A component by its definition.
pub(crate) fn of(definition: &Definition) -> Known<'_> {
    let Definition { id, formerly, name, group, .. } = definition;
    Known { id, formerly, name, group: group.as_ref() }
}

/// The components and their groups, as scopes name them.
fn groups(set: &DefinitionSet) -> Groups {
    let group = |(id, definition): (&ComponentId, &Arc<Definition>)| (id.clone(), definition.group.clone());
    set.definitions.iter().map(group).collect()
}

/// The refusal, with what was probably meant.
fn meant(mut refusal: Refusal, names: &Names) -> Refusal {
    if let Refusal::UnknownComponent(stranger) = &mut refusal {
        *stranger = names.resembling(&stranger.name);
    }
    if let Refusal::UnknownGroup(stranger) = &mut refusal {
        stranger.meant = names.group(&stranger.name).and_then(|known| known.meant);
    }
    refusal
}

impl Hub {
    /// Takes what the settings plan, and tells what follows. What names somebody that nobody watches is not planned: readers would be
    /// told of it, and nothing would be under maintenance. What was announced before goes on.
    pub(super) async fn take_plans(&mut self, plans: Vec<Plan>) {
        let names = names(&self.definitions);
        let known: BTreeSet<_> =
            self.telling.maintenance.maintenances().iter().filter_map(|one| one.plan.clone()).collect();
        let (sound, unsound): (Vec<_>, Vec<_>) =
            plans.into_iter().partition(|plan| known.contains(&plan.id) || names.strangers(&plan.scope).is_empty());
        for plan in &unsound {
            let title = plan.title.get(self.options.site.default_language());
            for stranger in names.strangers(&plan.scope) {
                error!(title, "maintenance in the settings is not planned: nobody watches {stranger}");
            }
        }
        let news = self.telling.maintenance.take_files(sound, now());
        self.tell_maintenance(news).await;
    }

    /// Tells the book the time, and the engine what follows from it.
    pub(super) async fn pass_maintenance(&mut self) -> Vec<Transition> {
        let news = self.telling.maintenance.tick(now());
        self.tell_maintenance(news).await;
        if self.dirty.windows { self.open_windows(now()) } else { Vec::new() }
    }

    /// Gives the engine the windows as the book has them.
    pub(super) fn open_windows(&mut self, now: Timestamp) -> Vec<Transition> {
        self.dirty.windows = false;
        let own = self.telling.maintenance.windows(&groups(&self.definitions), now);
        let windows: Windows = own.into_iter().chain(self.upstream_windows()).collect();
        let outcome = self.engine.step(Input::Windows(Arc::new(windows)), now);
        // A restart judges again what came after the checkpoint: with the states it has the windows of then.
        self.dirty.states.extend(self.engine.states().map(|state| state.component.clone()));
        self.account(outcome.transitions)
    }

    /// Writes down what changed and what is to be told of it, in one transaction.
    async fn tell_maintenance(&mut self, news: Vec<News>) {
        if news.is_empty() && !self.telling.maintenance.is_changed() {
            return;
        }
        // What began or ended before a backup was put back is no news.
        let past = |news: &&News| self.history_until.is_some_and(|until| news.at < until);
        let (_, news): (Vec<_>, Vec<_>) = news.iter().partition(past);
        let rows = news.into_iter().flat_map(|news| self.planned(news)).collect();
        (self.dirty.maintenances, self.dirty.windows) = (true, true);
        self.write(rows).await;
    }

    fn planned(&mut self, news: &News) -> Vec<Notification> {
        self.telling.post.hear_maintenance(news);
        let News { maintenance, word, at } = news;
        info!(maintenance = %maintenance.id, word = word.word(), %at, "planned maintenance");
        let planned = self.as_told(maintenance, *word);
        let channels = self.ring_maintenance(&maintenance.id, *word, *at);
        let subject = Subject::Maintenance(Box::new(planned));
        let event = Event { subject, detected_at: now(), kind: Kind::noticed(*at) };
        self.telling.outbox.tell(&event, &channels)
    }

    /// What messages say of a maintenance.
    fn as_told(&self, maintenance: &Maintenance, word: Word) -> Planned {
        let language = self.options.site.default_language();
        let name = |id: &ComponentId| {
            let definition = self.definitions.definitions.get(id);
            definition.map_or_else(|| id.to_string(), |definition| definition.name.get(language).to_owned())
        };
        let concerns = match &maintenance.scope {
            Scope::All => Vec::new(),
            Scope::Groups(names) => names.iter().take(NAMED).cloned().collect(),
            Scope::Components(ids) => ids.iter().take(NAMED).map(name).collect(),
        };
        Planned {
            id: maintenance.id.clone(),
            version: maintenance.version,
            word,
            title: maintenance.title.get(language).to_owned(),
            concerns,
            starts_at: maintenance.starts_at,
            ends_at: maintenance.ends_at,
        }
    }

    /// The messages that say what is under maintenance now, as a channel heard of it when it began.
    pub(super) fn under_maintenance(&self, channel: &ChannelName) -> Vec<Notification> {
        let is_heard = |id: &MaintenanceId| {
            let told = self.telling.escalation.told(&Case::Maintenance(id.clone(), Word::Begins));
            told.is_some_and(|told| told.contains(channel))
        };
        let now_on = |maintenance: &Maintenance| match maintenance.stage {
            MaintenanceStage::InProgress | MaintenanceStage::Verifying => is_heard(&maintenance.id),
            MaintenanceStage::Scheduled | MaintenanceStage::Completed | MaintenanceStage::Cancelled => false,
        };
        let message = |maintenance: &Maintenance| {
            let (subject, at) = (self.as_told(maintenance, Word::Begins), maintenance.starts_at);
            let event =
                Event { subject: Subject::Maintenance(Box::new(subject)), detected_at: at, kind: Kind::noticed(at) };
            Notification::new(channel, &event)
        };
        let all = self.telling.maintenance.maintenances();
        all.iter().filter(|one| now_on(one)).map(|one| message(one)).collect()
    }

    /// Carries out an order about maintenance or refuses it, and notes which; gives the changes of state that follow.
    pub(super) async fn take_maintenance_order(&mut self, order: MaintenanceOrder) -> Vec<Transition> {
        let MaintenanceOrder { actor, command, until, reply } = order;
        if reply.is_closed() || until < Instant::now() + NEEDED {
            warn!(%actor, order = command.word(), "an order came too late to be answered: it was not carried out");
            return Vec::new();
        }
        let answer = self.maintain(actor, command).await;
        let transitions = if self.dirty.windows { self.open_windows(now()) } else { Vec::new() };
        // Whoever asked may have gone: what was carried out stays so, as after a connection that broke.
        drop(reply.send(answer));
        transitions
    }

    pub(super) async fn maintain(&mut self, actor: Actor, command: Command) -> Result<Arc<Maintenance>, Refusal> {
        // What time brought is not part of the order.
        let passed = self.telling.maintenance.tick(now());
        self.tell_maintenance(passed).await;
        let (what, subject) = (command.word(), command.maintenance().cloned());
        let result = self.try_to_maintain(&actor, command).await;
        let (subject, refusal) = match &result {
            Ok(maintenance) => (Some(maintenance.id.clone()), None),
            Err(refusal) => (subject, Some(refusal.to_string())),
        };
        let named = subject.as_ref().map(MaintenanceId::as_str);
        info!(%actor, order = what, maintenance = named, refusal, "an operator's order");
        if refusal.is_some() {
            self.telling.audit.note(now(), actor, what, subject.map(|id| id.to_string()), refusal);
            self.write(Vec::new()).await;
        }
        result
    }

    async fn try_to_maintain(&mut self, actor: &Actor, command: Command) -> Result<Arc<Maintenance>, Refusal> {
        if self.store.state() != StoreState::Synced {
            return Err(Refusal::StoreBehind);
        }
        let (what, before) = (command.word(), self.telling.maintenance.clone());
        let components = groups(&self.definitions);
        let ordered = self.telling.maintenance.order(actor, command, &components, now());
        let (id, news) = ordered.map_err(|refusal| meant(refusal, &names(&self.definitions)))?;
        let Some(maintenance) = self.telling.maintenance.get(&id).cloned() else { return Err(Refusal::Unknown(id)) };
        let known = self.telling.outbox.rows();
        let posted = self.telling.post.earlier();
        let escalated = self.telling.escalation.clone();
        let rows = news.iter().flat_map(|news| self.planned(news)).collect::<Vec<_>>();
        let audited = self.telling.audit.clone();
        self.telling.audit.note(now(), actor.clone(), what, Some(id.to_string()), None);
        let records = self.telling.changed_records(now());
        let written: Vec<_> = records.iter().map(|(key, _)| key.clone()).collect();
        (self.dirty.maintenances, self.dirty.windows) = (true, true);
        let changes = Changes { notifications: rows.clone(), records, ..Changes::default() };
        match self.store.apply(changes).await {
            Durability::Synced => Ok(maintenance),
            Durability::Behind => {
                warn!(maintenance = %id, "the store is behind: an order is taken back");
                self.telling.audit = audited;
                self.telling.maintenance = before;
                self.telling.post.take_back(posted, &written);
                self.take_back_alarms(escalated, &written);
                self.telling.maintenance.rewrite(written.iter().filter_map(named));
                self.write_back((known, &rows), written).await;
                Err(Refusal::StoreBehind)
            }
        }
    }
}
