//! What of a journal could not be read and was set aside, beside it: a few files, for as long as results are kept.
//!
//! It does not know what was in them; nothing of it is read again.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use shared::Timestamp;

/// So many at most; a file of a journal takes a mebibyte or a little more.
const MOST: usize = 8;
/// What the end of their names begins with.
const DAMAGED: &str = "damaged-";

/// Sets a file aside: whoever can save something of it finds it beside the journal. It is dated first: from now on it is kept for as long
/// as results are, however long ago it was written.
pub(super) fn set(path: &Path) {
    let dated = File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = dated {
        tracing::debug!(%error, path = %path.display(), "a part of the journal that is set aside could not be dated");
    }
    let mut places = (1_u32..).map(|again| path.with_extension(format!("{DAMAGED}{again}")));
    let Some(place) = places.find(|place| !place.exists()) else { return };
    match fs::rename(path, &place) {
        Ok(()) => {
            tracing::error!(path = %place.display(), "a part of the journal cannot be read and is set aside: it may be removed");
        }
        Err(error) => tracing::error!(%error, path = %path.display(), "a part of the journal cannot be read"),
    }
}

/// Removes what was set aside before an instant, and the oldest of what is more than there may be.
pub(super) fn forget(directory: &Path, before: Timestamp) {
    let mut files = all(directory);
    // The newest last.
    files.sort();
    let surplus = files.len().saturating_sub(MOST);
    let old = |at: SystemTime| {
        let since_1970 = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        (since_1970.as_millis() as i64) < before.as_millis()
    };
    let goes = files.into_iter().enumerate().filter(|(number, (at, _))| *number < surplus || old(*at));
    for (_, (_, path)) in goes {
        tracing::info!(path = %path.display(), "a damaged part of the journal that was set aside is removed");
        super::remove(&path);
    }
}

/// Each with when it was set aside.
fn all(directory: &Path) -> Vec<(SystemTime, PathBuf)> {
    let found = fs::read_dir(directory).into_iter().flatten().flatten();
    let is_one = |path: &PathBuf| {
        let end = path.extension().and_then(|end| end.to_str());
        end.is_some_and(|end| end.starts_with(DAMAGED))
    };
    let dated = |path: PathBuf| Some((fs::metadata(&path).and_then(|metadata| metadata.modified()).ok()?, path));
    found.map(|found| found.path()).filter(is_one).filter_map(dated).collect()
}
