//! What an outpost has that a hub has not, put together: the way of reports to the hub, and the ear for it.
//!
//! It does not know what else runs in the process.

use std::{sync::Arc, time::Duration};

use prober::{
    definition::DefinitionSet,
    journal::JournalOptions,
    reporter::{HubAddress, Reporter, ReporterError, ReporterOptions},
    supervisor::Oversight,
};
use shared::{Language, Observation, Text};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{HubView, Lookout, tee};
use crate::{
    clock::now,
    notify::Client,
    settings::{EmbeddedProber, Settings, Source},
    words::quantity::place,
};

/// The lookout asks every fifteen seconds, and each answer may take ten.
const SILENCE: Duration = Duration::from_secs(60);

/// What makes a process an outpost.
#[derive(Debug, Clone)]
pub struct OutpostOptions {
    /// The hub that it stands by.
    pub hub: HubAddress,
    /// The code of an operator, the first time and for another key.
    pub code: Option<String>,
    /// How much the journal keeps.
    pub journal_bytes: u64,
}

/// Why settings are none for an outpost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has no name.
    #[error("an outpost needs the name that `statuspage location add` got on the hub: give --location NAME")]
    Nameless,
    /// It does not probe.
    #[error("an outpost tells what it measures itself: take --no-prober or `prober = false` away")]
    Blindfold,
    /// It would write to subscribers, whom only the hub knows.
    #[error(
        "an outpost tells operators only, the hub knows the subscribers: take `[mail]` out, or name another file with --settings"
    )]
    Mail,
}

/// The settings of an outpost: what it says carries the name of the place.
///
/// # Errors
///
/// When something in them makes sense for a hub only.
pub fn settings(mut settings: Settings) -> Result<Settings, Unfit> {
    if settings.source("location") == Source::Default {
        return Err(Unfit::Nameless);
    }
    if settings.prober == EmbeddedProber::Absent {
        return Err(Unfit::Blindfold);
    }
    if settings.mail.is_some() {
        return Err(Unfit::Mail);
    }
    let place = place(&settings.location);
    let named = |title: &str| format!("{title} · {place}");
    settings.title = match &settings.title {
        Text::Plain(title) => Text::Plain(named(title)),
        Text::ByLanguage(titles) => {
            let each = titles.iter().map(|(language, title): (&Language, &String)| (*language, named(title)));
            Text::ByLanguage(each.collect())
        }
    };
    Ok(settings)
}

/// The parts of an outpost, ready to run.
#[derive(Debug)]
pub struct Station {
    reporter: Reporter,
    lookout: Lookout,
}

impl Station {
    /// Opens journal and key in the data directory, which is there; enrols the place where it is not yet.
    ///
    /// # Errors
    ///
    /// One sentence for the operator.
    pub async fn open(
        options: &OutpostOptions,
        settings: &Settings,
        client: Client,
        oversight: &mut Oversight,
    ) -> Result<(Self, watch::Receiver<Option<Arc<HubView>>>), ReporterError> {
        let reporting = ReporterOptions {
            hub: options.hub.clone(),
            location: settings.location.clone(),
            code: options.code.clone(),
            data: settings.data.clone(),
            ca_file: settings.ca_file.clone(),
            ping: None,
            journal: JournalOptions { max_bytes: options.journal_bytes, ..JournalOptions::default() },
        };
        let reporter = Reporter::open(reporting, oversight).await?;
        let (lookout, views) =
            Lookout::new(options.hub.clone(), client, &settings.data, now, oversight.pulses.part("lookout", SILENCE));
        Ok((Self { reporter, lookout }, views))
    }

    /// Begins everything in `tasks` until `stop`; what goes into the channel reaches the hub here, by `here`, and the one afar.
    pub fn begin(
        self,
        here: mpsc::Sender<Observation>,
        definitions: watch::Receiver<Arc<DefinitionSet>>,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> mpsc::Sender<Observation> {
        let (observe, observed) = Reporter::seam();
        let (afar, seam) = Reporter::seam();
        tasks.spawn(tee(observed, here, afar));
        tasks.spawn(self.lookout.run(stop.clone()));
        tasks.spawn(self.reporter.run(seam, definitions, stop.clone()));
        observe
    }
}
