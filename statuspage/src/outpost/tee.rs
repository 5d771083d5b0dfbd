//! What is observed, to two who want it: the hub in this process, and the way to the hub afar.
//!
//! It does not know what either does with it.

use shared::Observation;
use tokio::sync::mpsc::{self, error::TrySendError};

/// Hands on what comes until nobody observes any more.
///
/// The hub here is waited for, as ever; the way to the other one is not: what it cannot take is judged here all the same.
pub(super) async fn tee(
    mut observed: mpsc::Receiver<Observation>,
    here: mpsc::Sender<Observation>,
    afar: mpsc::Sender<Observation>,
) {
    let mut lost = 0_u64;
    while let Some(observation) = observed.recv().await {
        match afar.try_send(observation.clone()) {
            Ok(()) if lost > 0 => {
                tracing::warn!(
                    results = lost,
                    "the journal takes results again; these were judged here and never reported"
                );
                lost = 0;
            }
            Ok(()) | Err(TrySendError::Closed(_)) => {}
            Err(TrySendError::Full(_)) => {
                if lost == 0 {
                    tracing::error!("the journal takes no results: they are judged here and not reported");
                }
                lost += 1;
            }
        }
        if here.send(observation).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::Timestamp;

    use super::*;
    use crate::server::stage;

    #[tokio::test]
    async fn the_hub_here_has_everything_also_when_the_other_way_is_full() {
        let (observe, observed) = mpsc::channel(8);
        let (here, mut judged) = mpsc::channel(8);
        let (afar, mut reported) = mpsc::channel(2);
        let observation = stage::observation("cloud", Timestamp::from_millis(1_000));
        for _ in 0..5 {
            observe.send(observation.clone()).await.expect("there is room");
        }
        drop(observe);
        tee(observed, here, afar).await;
        let count = |channel: &mut mpsc::Receiver<Observation>| std::iter::from_fn(|| channel.try_recv().ok()).count();
        assert_eq!((count(&mut judged), count(&mut reported)), (5, 2));
    }
}
