//! What the running hub does for its data by itself: it looks at every checksum each night, slowly, and makes backups.
//!
//! It does not know how the store is read or copied. A failure is logged and counted, and tried again when it is due again; nothing
//! else of the hub waits for any of it.

use std::{
    fs::{DirBuilder, File},
    io::{self, BufReader, BufWriter, Write},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use prober::{definition::Schedule, supervisor::Pulse};
use shared::Timestamp;
use tokio::{task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    backup::{UnpackError, check, made_at, name_at, newest_first, pack, rotate},
    clock::now,
    draft::Draft,
    metrics::HubCounters,
    settings::{BackupPlan, VerifyPlan},
    store::{Audit, BackupError, BackupPoint, Report, StoreError, StoreHandle},
};

/// How often the clock is looked at: schedules follow it when it is set.
const LOOK: Duration = Duration::from_secs(5);
/// It may be silent for so long between two looks.
const SILENCE: Duration = Duration::from_secs(60);
/// After each file the nightly look rests for that many times as long as the file took: a tenth of one core and of the disk at most.
const REST: u32 = 9;
/// Findings that are logged one by one.
const TOLD: usize = 20;

/// The task that cares for the data of a running hub.
#[derive(Debug, Clone)]
pub struct Care {
    store: StoreHandle,
    backup: Option<BackupPlan>,
    verify: VerifyPlan,
    counters: Arc<HubCounters>,
    pulse: Pulse,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Copy(#[from] BackupError),
    #[error("the file cannot be written: {0}")]
    Write(#[from] io::Error),
    #[error("it did not read back: {0}")]
    ReadBack(#[from] UnpackError),
    #[error("its thread ended: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

impl Care {
    /// Takes what it needs; nothing happens yet.
    pub fn new(store: StoreHandle, backup: Option<BackupPlan>, verify: VerifyPlan, counters: Arc<HubCounters>) -> Self {
        Self { store, backup, verify, counters, pulse: Pulse::new("care", SILENCE) }
    }

    /// Its sign of life; while it works it gives none and is not expected to, since a disk takes its time.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Works by its schedules until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let care = async {
            self.know_the_last_backup().await;
            let (mut backups, mut looks) = (now(), now());
            loop {
                self.pulse.beat();
                sleep(LOOK).await;
                self.pulse.rest();
                if let Some(plan) = &self.backup
                    && is_due(&plan.schedule, &mut backups, now())
                {
                    self.back_up(plan, &stop).await;
                }
                if is_due(&self.verify.schedule, &mut looks, now()) {
                    self.look(&stop).await;
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = care => {}
        }
    }

    /// So that its age can be seen from the start.
    async fn know_the_last_backup(&self) {
        let Some(plan) = &self.backup else { return };
        let directory = plan.directory.clone();
        let newest = spawn_blocking(move || newest_first(&directory).ok()?.first().and_then(|path| made_at(path)));
        if let Ok(Some(at)) = newest.await {
            self.counters.backup_at.store(millis(at), Ordering::Relaxed);
        }
    }

    async fn back_up(&self, plan: &BackupPlan, stop: &CancellationToken) {
        match self.try_back_up(plan, stop).await {
            Ok((file, at)) => {
                self.counters.backup_at.store(millis(at), Ordering::Relaxed);
                info!(file = %file.display(), "made a backup");
            }
            Err(failure) => {
                self.counters.backup_failures.fetch_add(1, Ordering::Relaxed);
                error!(%failure, directory = %plan.directory.display(), "there is no backup");
            }
        }
    }

    async fn try_back_up(&self, plan: &BackupPlan, stop: &CancellationToken) -> Result<(PathBuf, Timestamp), Failure> {
        let point = self.store.backup().await?;
        let at = point.head().made_at;
        let (directory, keep, stop) = (plan.directory.clone(), plan.keep, stop.clone());
        Ok((spawn_blocking(move || write(&point, &directory, keep, stop)).await??, at))
    }

    async fn look(&self, stop: &CancellationToken) {
        match self.try_look(stop).await {
            Ok(report) => {
                tell(&report);
                self.counters.damaged.fetch_add(report.damaged, Ordering::Relaxed);
                self.counters.verified_at.store(millis(now()), Ordering::Relaxed);
            }
            Err(error) => warn!(%error, "the data cannot be verified now"),
        }
    }

    async fn try_look(&self, stop: &CancellationToken) -> Result<Report, StoreError> {
        let mut audit = self.store.audit().await?;
        loop {
            let began = Instant::now();
            let step = spawn_blocking(move || {
                let more = audit.step();
                (audit, more)
            });
            let more;
            (audit, more) = step.await.map_err(|_| StoreError::Absent)?;
            if !more || stop.is_cancelled() {
                return Ok(Audit::finish(audit));
            }
            sleep(began.elapsed() * REST).await;
        }
    }
}

/// Whether a due time has passed since the last look. A clock that was set back is followed, one that was set ahead makes one.
fn is_due(schedule: &Schedule, last: &mut Timestamp, now: Timestamp) -> bool {
    *last = (*last).min(now);
    let due = schedule.next_after(*last).is_some_and(|due| due <= now);
    if due {
        *last = now;
    }
    due
}

fn tell(report: &Report) {
    for finding in report.findings.iter().take(TOLD) {
        let part = finding.part.as_deref().unwrap_or_default();
        error!(file = %finding.file, part, what = %finding.what, advice = %finding.advice, "the data is damaged");
    }
    let checked = &report.checked;
    if report.is_sound() {
        info!(rows = checked.rows, files = checked.files, bytes = checked.bytes, "all data is as it was written");
    } else {
        error!(findings = report.damaged, "the data is damaged: `statuspage verify` says all of it");
    }
}

/// Writes a backup, reads it back, puts it in place, and deletes those that are too many.
fn write(point: &BackupPoint, directory: &Path, keep: u32, stop: CancellationToken) -> Result<PathBuf, Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let file = directory.join(name_at(point.head().made_at));
    let draft = Draft::create(&file)?;
    let mut out = BufWriter::with_capacity(256 << 10, Stoppable { inner: draft, stop });
    pack(point.directory(), point.head(), &mut out)?;
    let draft = out.into_inner().map_err(io::IntoInnerError::into_error)?.inner;
    check(BufReader::new(File::open(draft.path())?))?;
    draft.finish()?;
    rotate(directory, keep)?;
    Ok(file)
}

/// Ends with the hub: a backup that is half written holds up nothing.
struct Stoppable<W> {
    inner: W,
    stop: CancellationToken,
}

impl<W: Write> Write for Stoppable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("the hub stops"));
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::tz::TimeZone;
    use prober::definition::CronSchedule;

    use super::*;
    use crate::store::{Store, StoreOptions};

    fn nightly() -> Schedule {
        Schedule::Cron(Box::new(CronSchedule::new("0 0 4 * * *", TimeZone::UTC).expect("a line")))
    }

    #[test]
    fn what_is_due_happens_once_whatever_becomes_of_the_clock() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let mut last = at("2026-11-22T03:00:00Z");
        let mut check = |now: &str, due: bool| assert_eq!(is_due(&nightly(), &mut last, at(now)), due, "{now}");
        check("2026-11-22T03:59:59Z", false);
        check("2026-11-22T04:00:02Z", true);
        check("2026-11-22T04:00:07Z", false);
        check("2026-11-22T03:30:00Z", false);
        check("2026-11-22T04:00:01Z", true);
        check("2027-11-22T12:00:00Z", true);
        check("2027-11-22T12:00:05Z", false);
        check("2027-11-23T04:00:00Z", true);
    }

    #[tokio::test]
    async fn scheduled_backups_are_whole_and_the_oldest_go() {
        let (data, place) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
        let store = Store::open(data.path(), StoreOptions::default()).expect("a store").handle;
        let counters = Arc::new(HubCounters::default());
        let directory = place.path().join("below/belfry");
        let plan = BackupPlan::every_night(directory.clone(), 1);
        let care = Care::new(store, Some(plan.clone()), VerifyPlan::every_night(), Arc::clone(&counters));
        let stop = CancellationToken::new();
        care.back_up(&plan, &stop).await;
        let first = newest_first(&directory).expect("made").remove(0);
        let sound = check(File::open(&first).expect("there")).expect("whole");
        assert_eq!(counters.backup_at.load(Ordering::Relaxed), millis(sound.made_at));
        let older = directory.join("belfry-2020-01-01T00-00-00Z.tar");
        fs::rename(&first, &older).expect("renamed");
        care.back_up(&plan, &stop).await;
        assert!(!older.exists() && newest_first(&directory).expect("listed").len() == 1);
        care.look(&stop).await;
        assert_eq!(counters.damaged.load(Ordering::Relaxed), 0);
        assert!(counters.verified_at.load(Ordering::Relaxed) > 0);

        stop.cancel();
        care.back_up(&plan, &stop).await;
        assert_eq!(counters.backup_failures.load(Ordering::Relaxed), 1, "a hub that stops makes none");
        assert_eq!(fs::read_dir(&directory).expect("listed").count(), 1, "nothing half written is left");
    }
}
