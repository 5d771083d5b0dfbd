//! One edition of everything that readers ask for: made once per snapshot, each work on its first request, whoever asks meanwhile waits.
//!
//! It does not know how a work is made (see [`super::press`]) nor how it is sent.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use prober::supervisor::Pulse;
use shared::{Status, Timestamp};
use tokio::{
    sync::{OnceCell, watch},
    time,
};
use tokio_util::sync::CancellationToken;

use super::{
    press::{Press, Work},
    representation::Representation,
};
use crate::{
    clock::now,
    snapshot::{ComponentView, ProbeView, Snapshot},
};

/// A work that is made at most once; `None` when there is no such thing to show.
type Copy = Arc<OnceCell<Option<Arc<Representation>>>>;

/// So many works of one edition are kept; what is asked for beyond them is made each time, so that nobody who walks through a long
/// past fills the memory with it.
const KEPT: usize = 4_096;

/// A snapshot and what was made of it so far.
#[derive(Debug)]
pub(super) struct Edition {
    snapshot: Arc<Snapshot>,
    press: Arc<Press>,
    copies: Mutex<HashMap<Work, Copy>>,
}

/// Making a work ended by a fault of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page could not be made")]
pub(super) struct Unmade;

impl Edition {
    /// An edition of which nothing is made yet. When the snapshot is older than its promise, it is one that confesses so.
    pub(super) fn new(snapshot: Arc<Snapshot>, press: Arc<Press>) -> Self {
        let snapshot = if expired(&snapshot, now()) { Arc::new(blind(&snapshot)) } else { snapshot };
        Self { snapshot, press, copies: Mutex::default() }
    }

    /// What it was made of.
    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The bytes of a work, made now if nobody asked before. The lock is held for a look into the table only.
    pub(super) async fn get(&self, work: Work) -> Result<Option<Arc<Representation>>, Unmade> {
        let copy = {
            let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
            match copies.get(&work) {
                Some(copy) => Arc::clone(copy),
                None if copies.len() < KEPT => Arc::clone(copies.entry(work.clone()).or_default()),
                None => Copy::default(),
            }
        };
        let made = copy.get_or_try_init(async || {
            let (press, snapshot) = (Arc::clone(&self.press), Arc::clone(&self.snapshot));
            let made = tokio::task::spawn_blocking(move || press.print(&snapshot, &work)).await;
            made.map(|made| made.map(Arc::new)).map_err(|fault| {
                tracing::error!(%fault, "a page could not be made");
                Unmade
            })
        });
        made.await.cloned()
    }

    /// Makes what everybody asks for.
    async fn make_front_page(&self) {
        for &language in &self.snapshot.site.languages {
            // A page that cannot be made is logged, and said to whoever asks for it.
            let _ = self.get(Work::Home(language)).await;
            let _ = self.get(Work::Live(language)).await;
        }
    }
}

/// How often it gives a sign of life when nothing is published: an edition that is as old as before is made anew then.
const IDLE: std::time::Duration = std::time::Duration::from_secs(10);

/// Publishes an edition of each snapshot, and one that confesses when snapshots stop coming, until `stop`.
///
/// When the state has changed, the front page is made before anybody can ask for it: the first thousand readers of an outage find it
/// ready.
pub(super) async fn publish(
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
    editions: watch::Sender<Arc<Edition>>,
    press: Arc<Press>,
    pulse: Pulse,
    stop: CancellationToken,
) {
    let mut hub_is_there = true;
    loop {
        pulse.beat();
        let snapshot = snapshots.borrow_and_update().clone();
        let left = snapshot.generated_at.plus(snapshot.promise).since(now());
        let edition = Edition::new(snapshot, Arc::clone(&press));
        let changed = states(&editions.borrow().snapshot) != states(&edition.snapshot);
        if changed {
            edition.make_front_page().await;
        }
        editions.send_replace(Arc::new(edition));
        tokio::select! {
            () = stop.cancelled() => return pulse.rest(),
            () = time::sleep(IDLE) => {}
            changed = snapshots.changed(), if hub_is_there => hub_is_there = changed.is_ok(),
            () = time::sleep(left), if !left.is_zero() => {
                tracing::error!("the hub has stopped publishing: everything is shown as not verified");
            }
        }
    }
}

/// The state of each component, and the version of each open incident.
type States<'a> = (Vec<(&'a str, Status)>, Vec<(&'a str, u64)>);

/// What of a snapshot makes readers come.
fn states(snapshot: &Snapshot) -> States<'_> {
    let states = snapshot.components.iter().map(|component| (component.id.as_str(), component.status)).collect();
    let incidents = snapshot.open_incidents().map(|incident| (incident.id.as_str(), incident.version)).collect();
    (states, incidents)
}

/// Whether the snapshot proves nothing any more.
pub(super) fn expired(snapshot: &Snapshot, now: Timestamp) -> bool {
    now >= snapshot.generated_at.plus(snapshot.promise)
}

/// The same snapshot with nothing proven: a hub that has stopped must not leave green behind.
fn blind(snapshot: &Snapshot) -> Snapshot {
    let since = snapshot.generated_at.plus(snapshot.promise);
    let component = |component: &Arc<ComponentView>| {
        let mut blind = ComponentView::clone(component);
        if blind.status != Status::Unknown {
            (blind.status, blind.since, blind.reason) = (Status::Unknown, since, None);
        }
        // Whether operators have said more since is not known either.
        (blind.stale_at, blind.declared) = (None, None);
        blind.probes.iter_mut().for_each(forget);
        Arc::new(blind)
    };
    let components = snapshot.components.iter().map(component).collect();
    Snapshot { status: Status::Unknown, components, ..snapshot.clone() }
}

fn forget(probe: &mut ProbeView) {
    for at in probe.locations.values_mut() {
        (at.health, at.stale_at) = (shared::Health::Unknown, None);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use shared::Language;

    use super::*;
    use crate::server::stage;

    fn press() -> Arc<Press> {
        Arc::new(Press::new("http://127.0.0.1/".parse().expect("an address")))
    }

    #[tokio::test]
    async fn a_work_is_made_once_however_many_ask_for_it() {
        let edition = Edition::new(Arc::new(stage::snapshot(now())), press());
        let (one, two) = tokio::join!(edition.get(Work::Home(Language::Fr)), edition.get(Work::Home(Language::Fr)));
        let (one, two) = (one.expect("made").expect("there"), two.expect("made").expect("there"));
        assert!(Arc::ptr_eq(&one, &two));
    }

    #[test]
    fn a_snapshot_beyond_its_promise_is_green_nowhere() {
        let old = stage::snapshot(now().minus(Duration::from_secs(3_600)));
        let edition = Edition::new(Arc::new(old), press());
        assert_eq!(edition.snapshot.status, Status::Unknown);
        assert!(edition.snapshot.components.iter().all(|component| component.status == Status::Unknown));
    }

    #[tokio::test]
    async fn every_snapshot_becomes_an_edition_until_the_stop() {
        let first = Arc::new(stage::snapshot(now()));
        let (hub, snapshots) = watch::channel(Arc::clone(&first));
        let (editions, mut published) = watch::channel(Arc::new(Edition::new(first, press())));
        let stop = CancellationToken::new();
        let publishing = publish(snapshots, editions, press(), Pulse::new("page", IDLE), stop.clone());
        let reading = async {
            let next = Arc::new(stage::snapshot(now()));
            hub.send_replace(Arc::clone(&next));
            published.wait_for(|edition| Arc::ptr_eq(edition.snapshot(), &next)).await.expect("it is published");
            drop(hub);
            stop.cancel();
        };
        time::timeout(Duration::from_secs(60), async { tokio::join!(publishing, reading) }).await.expect("in time");
    }
}
