//! The parts of the running product and what becomes of one that ends by itself: begun anew where its state allows it, else the end of
//! the process, which begins anew as a whole.
//!
//! It does not know what the parts do.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::Vitals;

/// The pause before a part is begun anew; it doubles.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It was told to stop.
    AsTold,
    /// A part ended by itself: whoever supervises the process starts it anew.
    ByFault,
}

/// Runs a part that keeps nothing which others wait for, and begins it anew when it ends by itself, until `stop`.
pub async fn anew<F>(part: &'static str, vitals: Arc<Vitals>, stop: CancellationToken, mut begin: impl FnMut() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut pause = PAUSE;
    loop {
        // In a set of its own, so that a panic ends here.
        let mut running = JoinSet::new();
        running.spawn(begin());
        let ended = running.join_next().await;
        if stop.is_cancelled() {
            return;
        }
        let fault = ended.and_then(Result::err).map(|fault| fault.to_string());
        error!(part, fault, "a part ended by itself: it is begun anew");
        vitals.respawn(part);
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST);
    }
}

/// Waits for all tasks. One that ends before the stop is a fault of ours: the rest is stopped, so that whoever supervises the
/// process starts it anew; unless that did not help before, then the others go on without it. `by_fault` says that it was so.
pub async fn finish(tasks: &mut JoinSet<()>, vitals: &Vitals, stop: &CancellationToken, by_fault: &CancellationToken) {
    while let Some(ended) = tasks.join_next().await {
        if let Err(fault) = ended {
            error!(%fault, "a task ended by a fault");
        }
        if stop.is_cancelled() {
            continue;
        }
        if vitals.is_lenient() {
            error!("a part of the product ended by itself: restarts did not help, the others go on without it");
            vitals.respawn("part");
            continue;
        }
        error!("a part of the product ended by itself: stopping");
        by_fault.cancel();
        stop.cancel();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_part_that_panics_is_begun_anew_and_counted() {
        let (vitals, stop, begun) =
            (Arc::new(Vitals::default()), CancellationToken::new(), Arc::new(AtomicU32::new(0)));
        let part = anew("care", Arc::clone(&vitals), stop.clone(), || {
            let (begun, stop) = (Arc::clone(&begun), stop.clone());
            async move {
                match begun.fetch_add(1, Ordering::Relaxed) {
                    0 | 1 => panic!("the unthinkable"),
                    _ => stop.cancel(),
                }
            }
        });
        part.await;
        assert_eq!((begun.load(Ordering::Relaxed), vitals.respawned()), (3, (2, Some("care"))));
    }

    #[tokio::test]
    async fn a_part_that_cannot_be_begun_anew_stops_the_rest() {
        let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
        tasks.spawn(async { panic!("the unthinkable") });
        let stopped = stop.clone();
        tasks.spawn(async move { stopped.cancelled().await });
        let fault = CancellationToken::new();
        finish(&mut tasks, &Vitals::default(), &stop, &fault).await;
        assert!(stop.is_cancelled() && fault.is_cancelled());
    }
}
