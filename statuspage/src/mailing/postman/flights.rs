//! Letters on their way: which task carries which, so that one whose task ends badly is not on its way for ever.
//!
//! It does not know what becomes of them.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use tokio::task::{self, JoinError, JoinSet};

use super::deliver::{Done, Work};
use crate::mailing::Fate;

/// A letter whose task panicked is tried again after that long: the same may happen again.
const AFTER_A_FAULT: Duration = Duration::from_secs(300);

/// Letters and the tasks that carry them.
#[derive(Default)]
pub(super) struct Flights {
    tasks: JoinSet<Done>,
    works: HashMap<task::Id, Arc<Work>>,
}

impl Flights {
    /// A letter leaves.
    pub(super) fn begin(&mut self, work: Arc<Work>, carry: impl Future<Output = Done> + Send + 'static) {
        let task = self.tasks.spawn(carry);
        self.works.insert(task.id(), work);
    }

    /// How many are on their way.
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// The next one that ends, and what became of it; none when none is on its way.
    pub(super) async fn next(&mut self) -> Option<(Arc<Work>, Done)> {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            if let Some(landed) = self.landed(ended) {
                return Some(landed);
            }
        }
        None
    }

    /// One that has ended already.
    pub(super) fn ended(&mut self) -> Option<(Arc<Work>, Done)> {
        let ended = self.tasks.try_join_next_with_id()?;
        self.landed(ended)
    }

    fn landed(&mut self, ended: Result<(task::Id, Done), JoinError>) -> Option<(Arc<Work>, Done)> {
        match ended {
            Ok((task, done)) => Some((self.works.remove(&task)?, done)),
            Err(error) => {
                tracing::error!(%error, "the task of a letter panicked");
                let why = Some("the task of a letter panicked".to_owned());
                Some((self.works.remove(&error.id())?, Done { fate: Fate::Later(AFTER_A_FAULT), why }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{Language, Timestamp};

    use super::*;
    use crate::{mail::sample::ada, mailing::postman::accounts::Account, subscriber::Wanted};

    #[tokio::test]
    async fn a_letter_whose_task_panics_is_tried_again() {
        let (to, token) = (ada().address, "e".repeat(26).parse().expect("a token"));
        let wanted = Wanted::Manage { to, language: Language::Fr, token };
        let work = Arc::new(Work::Account(Account::new(wanted, Timestamp::from_millis(0))));
        let mut flights = Flights::default();
        flights.begin(Arc::clone(&work), async { panic!("a fault of ours") });
        let (landed, done) = flights.next().await.expect("it ends");
        assert!(Arc::ptr_eq(&landed, &work) && matches!(done.fate, Fate::Later(_)));
        assert_eq!((flights.len(), flights.works.len()), (0, 0));
        assert!(flights.next().await.is_none());
    }
}
