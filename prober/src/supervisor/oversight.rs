//! What the watch over one process needs from its start to its end: whose signs of life count, what is seen, and how it stood.
//!
//! It does not know the parts.

use std::sync::Arc;

use super::{Pulse, Pulses, ServiceSocket, Stability, Supervisor, Vitals, Watching};

/// The watch over the process, before it begins: parts that are to be watched are added while everything is put together.
#[derive(Debug, Default)]
pub struct Oversight {
    /// The parts that are watched.
    pub pulses: Pulses,
    /// What is seen of them.
    pub vitals: Arc<Vitals>,
    /// How the process stood at its start.
    pub stability: Stability,
}

impl Oversight {
    /// Nothing is watched yet.
    pub fn new(stability: Stability) -> Self {
        Self { stability, ..Self::default() }
    }

    /// A part that may be silent for as long as most may.
    pub fn part(&mut self, name: &'static str) -> Pulse {
        self.pulses.part(name, Supervisor::SILENCE)
    }

    /// Begins to watch over all parts that give signs of life, and tells the service manager that the process works; without a thread
    /// for it the process goes on all the same.
    pub fn begin(&self) -> Option<Watching> {
        if let Stability::Looping { restarts } = self.stability {
            tracing::error!(
                restarts,
                "this process was started again and again lately: it stays up now, whatever happens"
            );
        }
        let socket = ServiceSocket::from_environment(|name| std::env::var_os(name));
        let (pulses, vitals) = (self.pulses.clone(), Arc::clone(&self.vitals));
        let supervisor = Supervisor { pulses, vitals, socket, stability: self.stability, end: Supervisor::END };
        let watching = supervisor.watch();
        watching.inspect_err(|error| tracing::error!(%error, "nobody watches over the parts of this process")).ok()
    }
}
