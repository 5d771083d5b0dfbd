//! Hot reload: watches the directory of definitions and swaps the whole set at once, keeping what still works of what broke.
//!
//! It does not know who runs the definitions: it hands out sets and forgets them.

mod merge;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    definition::{DefinitionSet, Retired},
    load::{CannotLook, FileReport, LoadOptions, Loaded, Outcome, Style, load},
};

use merge::{Change, merge};

/// The directory is looked at that often even when nothing is heard: network file systems tell nothing, and a secret's file may
/// have changed.
const RESCAN: Duration = Duration::from_secs(30);
/// Editors and copies write in several steps: a reload waits until it has been quiet for that long …
const QUIET: Duration = Duration::from_millis(200);
/// … but not longer than that in all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads the directory for the first time. Files with mistakes are quarantined; a directory that cannot be looked at is an error.
pub fn open(directory: &Path, options: LoadOptions) -> Result<(DefinitionSet, Watcher), CannotLook> {
    let loaded = load(directory, &options)?;
    let mut warned = BTreeMap::new();
    log_warnings(&loaded, &mut warned);
    let merged = merge(&DefinitionSet::default(), directory, Ok(&loaded));
    let set = merged.map_or_else(DefinitionSet::default, |merged| {
        merged.changes.iter().for_each(log);
        merged.set
    });
    let current = Arc::new(set.clone());
    let watcher = Watcher { directory: directory.into(), options: Arc::new(options), current, rescan: RESCAN, warned };
    Ok((set, watcher))
}

/// Watches a directory of definitions.
#[derive(Debug)]
pub struct Watcher {
    directory: PathBuf,
    options: Arc<LoadOptions>,
    current: Arc<DefinitionSet>,
    rescan: Duration,
    /// Warnings that were told already, by file.
    warned: BTreeMap<String, FileReport>,
}

impl Watcher {
    /// Sends a new set whenever the definitions change, until `stop`. Each set is complete; receivers may miss the ones in between.
    pub async fn run(mut self, sender: watch::Sender<Arc<DefinitionSet>>, stop: CancellationToken) {
        // One place is enough: a full channel says that a reload is due anyway.
        let (heard, mut events) = mpsc::channel(1);
        let mut ears = Ears::new(&self.directory, heard);
        let mut rescan = tokio::time::interval(self.rescan);
        rescan.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is at once: what changed since the directory was opened is seen then.
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Some(()) = events.recv() => quiet(&mut events).await,
                // A directory that was replaced is another one to the system: it is listened to anew before it is read.
                _ = rescan.tick() => ears.listen(),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.reload(&sender) => {}
            }
        }
    }

    async fn reload(&mut self, sender: &watch::Sender<Arc<DefinitionSet>>) {
        let (directory, options, current) = (self.directory.clone(), self.options.clone(), self.current.clone());
        // Reading blocks on the disk, and a network file system may hang: never on the runtime's own threads.
        let mut reading = JoinSet::new();
        reading.spawn_blocking(move || {
            let loaded = load(&directory, &options);
            let merged = merge(&current, &directory, loaded.as_ref().map_err(Clone::clone));
            (merged, loaded)
        });
        let (merged, loaded) = match reading.join_next().await {
            Some(Ok(read)) => read,
            Some(Err(error)) => {
                error!(%error, "the definitions could not be read, and those from before go on: this is a bug in the prober");
                return;
            }
            None => return,
        };
        loaded.iter().for_each(|loaded| log_warnings(loaded, &mut self.warned));
        let Some(merged) = merged else { return };
        merged.changes.iter().for_each(log);
        self.current = Arc::new(merged.set);
        sender.send_replace(self.current.clone());
    }
}

/// Waits until nothing has been heard for a while.
async fn quiet(events: &mut mpsc::Receiver<()>) {
    let end = Instant::now() + PATIENCE;
    let more = async { while let Ok(Some(())) = tokio::time::timeout(QUIET, events.recv()).await {} };
    let _ = tokio::time::timeout_at(end, more).await;
}

/// The system's notice that something changed in the directory; deaf where the system gives none.
struct Ears {
    directory: PathBuf,
    watcher: Option<RecommendedWatcher>,
    /// Why nothing is heard at the moment, as it was told last.
    deaf: Option<String>,
}

impl Ears {
    fn new(directory: &Path, heard: mpsc::Sender<()>) -> Self {
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| matters(&event.kind)) {
                // Full means that a reload is due anyway; closed, that nobody listens any more.
                let _ = heard.try_send(());
            }
        });
        let mut ears = Self { directory: directory.into(), watcher: None, deaf: None };
        match watcher {
            Ok(watcher) => ears.watcher = Some(watcher),
            Err(error) => ears.complain(Some(error.to_string())),
        }
        ears
    }

    /// Begins to listen to the directory that is there now.
    fn listen(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        // It fails where it did not listen yet.
        let _ = watcher.unwatch(&self.directory);
        let result = watcher.watch(&self.directory, RecursiveMode::NonRecursive);
        self.complain(result.err().map(|error| error.to_string()));
    }

    /// Tells once why nothing is heard: a limit of the system, or a directory that is gone.
    fn complain(&mut self, reason: Option<String>) {
        if let Some(reason) = reason.as_ref().filter(|_| reason != self.deaf) {
            let seconds = RESCAN.as_secs();
            warn!(reason, "the system does not tell of changes to the definitions: they are read every {seconds} s");
        }
        self.deaf = reason;
    }
}

/// Reading is an event too, and would lead to reading again.
fn matters(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => true,
    }
}

fn log(change: &Change) {
    match change {
        Change::Added(id) => info!(component = %id, "a definition was added"),
        Change::Changed(id) => info!(component = %id, "a definition changed"),
        Change::Retired(id) => info!(component = %id, "a definition was removed: its component is retired"),
        Change::Split { gone, new } => warn!(
            %gone,
            %new,
            "a component was renamed and its history stays with the old id; formerly = [\"{gone}\"] in {new}.toml takes it along"
        ),
        Change::Quarantined(entry) => match &entry.kept {
            Some(kept) => error!(
                file = entry.file,
                component = %kept,
                "a definition has mistakes; its last good version goes on\n{}", entry.report
            ),
            None => error!(file = entry.file, "a definition has mistakes and is not used\n{}", entry.report),
        },
        Change::Thinned(Retired { components, of }) => warn!(
            "{components} of {of} components were retired at once, for their files are gone: put the files back if that was not meant; \
             the components' history is kept"
        ),
        Change::Released(file) => info!(file, "a definition that had mistakes is in order again or gone"),
    }
}

/// Tells the warnings that were not told yet.
fn log_warnings(loaded: &Loaded, warned: &mut BTreeMap<String, FileReport>) {
    let used = loaded.files.iter().filter(|file| file.outcome != Outcome::Rejected && !file.mistakes.is_empty());
    let now: BTreeMap<String, FileReport> = used.map(|file| (file.path.clone(), file.clone())).collect();
    for (path, file) in &now {
        if warned.get(path) != Some(file) {
            warn!(file = path, "a definition file asks for attention\n{}", file.render(Style::Plain));
        }
    }
    *warned = now;
}

#[cfg(test)]
mod tests;
