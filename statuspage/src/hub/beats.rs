//! Signs of life on their way into the hub, and those that do not come.
//!
//! It does not know by which path one came. What comes is stored and judged like any other result; whoever sent it is answered once
//! it is on stable storage.

use shared::{Observation, ProbeId, Timestamp};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

use super::{Hub, Role, desk::DEADLINE, desk::DeskEnd};
use crate::{
    clock::now,
    engine::{PlaceState, Transition},
    heartbeat::{Key, Push},
    store::Durability,
};

/// Signs that may wait. Whoever comes when it is full waits until the deadline, and is then asked to try again.
pub(super) const WAITING: usize = 256;

/// A sign is not on stable storage: it is to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sign of life could not be stored in time")]
pub struct Unheard;

/// A sign on its way to the hub.
#[derive(Debug)]
pub(super) struct Beat {
    key: Key,
    push: Push,
    reply: oneshot::Sender<Durability>,
}

impl Beat {
    #[cfg(test)]
    pub(super) fn into_parts(self) -> (Push, oneshot::Sender<Durability>) {
        (self.push, self.reply)
    }

    pub(super) async fn hand_in(to: &mpsc::Sender<Self>, key: Key, push: Push) -> Result<(), Unheard> {
        let (reply, answer) = oneshot::channel();
        let until = Instant::now() + DEADLINE;
        match timeout_at(until, to.send(Self { key, push, reply })).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Err(Unheard),
        }
        match timeout_at(until, answer).await {
            Ok(Ok(Durability::Synced)) => Ok(()),
            Ok(Ok(Durability::Behind) | Err(_)) | Err(_) => Err(Unheard),
        }
    }
}

impl Hub {
    /// Takes a sign and all that wait behind it: one transaction for all of them.
    pub(super) async fn take_beats(&mut self, first: Beat, desk: &mut DeskEnd) -> Vec<Transition> {
        let at = now();
        let (mut observations, mut replies) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(Beat { key, push, reply }) = next {
            observations.extend(self.beats.hear(key, &push, at));
            replies.push(reply);
            next = desk.beats.try_recv().ok();
        }
        self.dirty_beats(&observations);
        let (durability, transitions) = self.keep(observations).await;
        for reply in replies {
            // Whoever sent it may have gone; what came stays.
            let _ = reply.send(durability);
        }
        transitions
    }

    /// A second has passed, or more: the clock is compared, signs that did not come are observed, and proofs run out.
    pub(super) async fn pass_second(&mut self) -> Vec<Transition> {
        let at = now();
        if let Some(stride) = self.gait.step(Instant::now(), at) {
            self.stumble(stride, at).await;
        }
        self.oversee(at, Instant::now()).await;
        let mut transitions = self.tick(at);
        let missed = self.beats.missed(at);
        self.dirty_beats(&missed);
        transitions.extend(self.keep(missed).await.1);
        transitions
    }

    /// The newest observation of a heartbeat, as the engine has it.
    pub(super) fn arrange_beats(&mut self, at: Timestamp) {
        if self.options.role == Role::Outpost {
            return;
        }
        let Self { beats, engine, definitions, .. } = self;
        let place = beats.location().clone();
        let known = |probe: &ProbeId| engine.place(&probe.component, &probe.name, &place).map(PlaceState::last);
        beats.arrange(definitions, |probe| known(probe).map(AsRef::as_ref), at);
    }

    fn dirty_beats(&mut self, observations: &[Observation]) {
        self.dirty.views.extend(observations.iter().map(|observation| observation.probe.component.clone()));
    }
}
