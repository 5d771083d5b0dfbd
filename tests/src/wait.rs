//! Waiting for a condition, with a generous limit, instead of sleeping.
//!
//! It does not know what is waited for.

use std::time::{Duration, Instant};

/// Longest wait: far beyond what a busy machine needs, so that only a real fault reaches it.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Asks again and again until `condition` gives a value.
///
/// # Panics
/// After [`LIMIT`], naming `what`: the test has failed.
pub async fn until<T>(what: &str, condition: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(what, LIMIT, condition).await
}

/// The same for what takes its time.
///
/// # Panics
/// After `limit`, naming `what`: the test has failed.
#[expect(clippy::panic, reason = "a test harness fails a test by panicking")]
pub async fn until_within<T>(what: &str, limit: Duration, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    while began.elapsed() < limit {
        if let Some(value) = condition().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited {limit:?} in vain until {what}");
}
