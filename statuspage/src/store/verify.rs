//! Looks at everything the store keeps: every row's checksum, every frame and hash of its block files, whether each frame can be
//! unpacked, and whether all of it is there.
//!
//! It does not know when that is done, nor who reads the report. Nothing is changed.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    ops::ControlFlow,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    Offline, OfflineError, StoreError, StoreHandle,
    backup::block_files,
    block::{self, BlockError, BlockFile, Damage, Wrong},
    blocks::Listed,
    database::Broken,
    holdings::Holdings,
    key::{self, Kind},
    query,
};
use crate::backup::BLOCKS;

/// How long the store may be busy before its turn comes.
const PATIENCE: Duration = Duration::from_secs(120);
/// What is told of one file or of the rows, at most: a disk that fails gives thousands of findings that say the same.
const MAX_FINDINGS: usize = 1_000;
const DATABASE: &str = "the database";
const REPAIR: &str =
    "stop the hub and run `statuspage repair`: it saves everything else; `statuspage restore` brings back a backup";
const OURS: &str = "its checksum fits, so this programme wrote it so: please report that; `statuspage repair` keeps it apart and saves the rest";

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Rows of the database.
    pub rows: u64,
    /// Results among them, by location.
    pub results: BTreeMap<String, u64>,
    /// Rows that were found damaged and set aside before.
    pub set_aside_before: u64,
    /// Block files.
    pub files: u64,
    /// Their frames.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The file below the data directory, or the database.
    pub file: String,
    /// The frame or the row, where it is one.
    pub part: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub advice: String,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was looked at.
    pub checked: Checked,
    /// What is wrong; at most a thousand.
    pub findings: Vec<Finding>,
    /// How many there are.
    pub damaged: u64,
}

/// A look at the store under way: the rows are done, the files come one by one.
#[derive(Debug)]
pub struct Audit {
    data: PathBuf,
    files: Vec<Waiting>,
    report: Report,
}

/// A file that is still to be looked at.
#[derive(Debug)]
struct Waiting {
    path: PathBuf,
    /// What the database says of it, and which file that was: a file that is written anew meanwhile is another.
    listed: Option<(Listed, u64)>,
}

impl StoreHandle {
    /// Looks at the rows, all at one instant; [`Audit::step`] goes on with the files, which needs the store no more.
    ///
    /// # Errors
    ///
    /// When there is no database, or its turn does not come.
    pub async fn audit(&self) -> Result<Audit, StoreError> {
        let data = self.directory().to_owned();
        self.ask(PATIENCE, move |holdings| Ok(Audit::begin(holdings, data)?)).await
    }
}

impl Offline {
    /// Looks at the rows; [`Audit::step`] goes on with the files.
    ///
    /// # Errors
    ///
    /// When the database breaks.
    pub fn audit(&self) -> Result<Audit, OfflineError> {
        let audit = Audit::begin(self.holdings(), self.directory().to_owned());
        audit.map_err(|broken| OfflineError::broken(self.directory(), &broken))
    }
}

impl Audit {
    fn begin(holdings: &Holdings, data: PathBuf) -> Result<Self, Broken> {
        let (root, listed) = (data.join(BLOCKS), holdings.blocks.listed());
        let paths = block_files(&root).map_err(|error| Broken::Failing(error.to_string()))?;
        let waiting = |path: PathBuf| {
            let entry = path.strip_prefix(&root).ok().and_then(Path::to_str).and_then(|below| listed.get(below));
            let inode = path.metadata().map(|facts| facts.ino()).ok();
            Waiting { listed: entry.cloned().zip(inode), path }
        };
        // They are taken from the end.
        let files: Vec<_> = paths.into_iter().rev().map(waiting).collect();
        let mut audit = Self { data, files, report: Report::default() };
        audit.rows(holdings)?;
        audit.count(holdings);
        for below in listed.keys().filter(|below| !root.join(below).exists()) {
            audit.report.add(Finding {
                file: format!("{BLOCKS}/{below}"),
                part: None,
                what: "it is missing".to_owned(),
                advice: "`statuspage restore` brings back a backup that has it".to_owned(),
            });
        }
        Ok(audit)
    }

    fn rows(&mut self, holdings: &Holdings) -> Result<(), Broken> {
        holdings.shelf.audit(|key, body| {
            let checked = &mut self.report.checked;
            checked.rows += 1;
            if key.first() == Some(&(Kind::Corrupt as u8)) {
                checked.set_aside_before += 1;
                return ControlFlow::Continue(());
            }
            let is_result = key.first() == Some(&(Kind::Observation as u8));
            if let Some(location) = key::location_of(key).filter(|_| is_result) {
                *checked.results.entry(location.to_owned()).or_default() += 1;
            }
            match body {
                None => self.report.add(row(key, "its checksum does not fit")),
                Some(body) if is_result && query::read(key, body).is_none() => {
                    self.report.add(row(key, "its content cannot be read"));
                }
                Some(_) => {}
            }
            ControlFlow::Continue(())
        })
    }

    /// Checksums find what is damaged; only counting finds what is gone.
    fn count(&mut self, holdings: &Holdings) {
        for (location, tally) in holdings.shelf.tallies() {
            let found = self.report.checked.results.get(&location).copied().unwrap_or(0);
            if found != tally.present() {
                let what = format!("{} results of {location} should be there, and {found} are", tally.present());
                self.report.add(Finding {
                    file: DATABASE.to_owned(),
                    part: None,
                    what,
                    advice: "if some are missing, `statuspage restore` brings back a backup".to_owned(),
                });
            }
        }
    }

    /// Looks at the next file; false when there is none. It blocks on the disk.
    pub fn step(&mut self) -> bool {
        let Some(Waiting { path, listed }) = self.files.pop() else { return false };
        match BlockFile::open(&path) {
            Ok(file) => {
                let checked = &mut self.report.checked;
                checked.files += 1;
                checked.frames += file.frames().len() as u64;
                checked.bytes += path.metadata().map(|facts| facts.len()).unwrap_or_default();
                let damages = block::verify(&file);
                for damage in &damages {
                    self.report.add(damaged(&self.data, damage));
                }
                let listed = listed.filter(|(_, inode)| path.metadata().is_ok_and(|facts| facts.ino() == *inode));
                if damages.is_empty() && listed.is_some_and(|(listed, _)| !is_listed(&file, &listed)) {
                    let what = "it is whole, and not the file that the database knows under this name".to_owned();
                    let advice = "`statuspage restore` brings back a backup; otherwise it is taken as it is".to_owned();
                    self.report.add(Finding { file: below(&self.data, &path), part: None, what, advice });
                }
            }
            // Joined with others or removed for its age since the files were listed.
            Err(BlockError::Io(error)) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => self.report.add(unreadable(&self.data, &path, &error)),
        }
        true
    }

    /// What has been looked at so far.
    pub fn checked(&self) -> &Checked {
        &self.report.checked
    }

    /// What came of it.
    pub fn finish(self) -> Report {
        self.report
    }
}

impl Report {
    /// Whether everything is as it was written.
    pub fn is_sound(&self) -> bool {
        self.damaged == 0
    }

    fn add(&mut self, finding: Finding) {
        self.damaged += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }
}

/// Whether a file is the one that the list means.
fn is_listed(file: &BlockFile, listed: &Listed) -> bool {
    file.facts().is_some_and(|facts| facts.sha256 == listed.sha256 && facts.bytes == listed.bytes)
}

fn row(key: &[u8], what: &str) -> Finding {
    let part = format!("the row {}", key.escape_ascii());
    Finding { file: DATABASE.to_owned(), part: Some(part), what: what.to_owned(), advice: REPAIR.to_owned() }
}

fn damaged(data: &Path, damage: &Damage) -> Finding {
    let part = damage.frame.as_ref().map_or_else(|| "the part".to_owned(), |frame| format!("the frame {frame}"));
    let advice = match damage.wrong {
        Wrong::Content => OURS,
        Wrong::Header
        | Wrong::Index
        | Wrong::Checksum
        | Wrong::CutOff
        | Wrong::NoFrame
        | Wrong::Misplaced
        | Wrong::Hash
        | Wrong::Foreign
        | Wrong::Newer(_)
        | Wrong::Unreadable(_) => REPAIR,
    };
    Finding {
        file: below(data, &damage.file),
        part: Some(format!("{part} at byte {}", damage.offset)),
        what: damage.wrong.to_string(),
        advice: advice.to_owned(),
    }
}

fn unreadable(data: &Path, path: &Path, error: &BlockError) -> Finding {
    let advice = match error {
        BlockError::Newer { .. } => "upgrade this programme",
        BlockError::NoSpace(_) | BlockError::ReadOnly(_) | BlockError::Damaged(_) | BlockError::Io(_) => {
            "look at the disk and at who owns the file"
        }
    };
    let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    Finding { file: below(data, path), part: None, what: format!("{error}{cause}"), advice: advice.to_owned() }
}

fn below(data: &Path, path: &Path) -> String {
    path.strip_prefix(data).unwrap_or(path).display().to_string()
}
