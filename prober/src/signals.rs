//! What an operator or a service manager says by signals: the first one drains, the second ends at once.
//!
//! It does not know what is drained.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `stop` at SIGTERM or SIGINT, having said `draining` in the log; ends the process at the next one.
///
/// From the call on, not only once the future is polled, neither signal ends the process by itself.
///
/// # Errors
///
/// When the system takes no handler.
pub fn stop_on_signal(
    stop: CancellationToken,
    draining: &'static str,
) -> io::Result<impl Future<Output = ()> + Send + use<>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if stop.is_cancelled() {
                std::process::exit(1);
            }
            tracing::info!("stopping: {draining}");
            stop.cancel();
        }
    })
}

#[cfg(test)]
mod tests {
    use rustix::process::{Signal, getpid, kill_process};
    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn the_first_signal_drains_instead_of_ending_the_process() {
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        tasks.spawn(stop_on_signal(stop.clone(), "a test ends").expect("a handler"));
        kill_process(getpid(), Signal::TERM).expect("sent");
        stop.cancelled().await;
    }
}
