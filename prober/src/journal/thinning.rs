//! Thinning out a file of results to the changes of verdicts, when there is no room for all.
//!
//! It does not know when that is.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use shared::{ProbeId, Verdict, report::Entry};

use super::{
    frame,
    segment::{Segment, THIN},
};

/// Replaces the file by one that has the first result of each probe, each that says something else than the one before, and the
/// very last one, so that its number is not given again. Gives how many went. One of which nothing is left stays as it is.
pub(super) fn thin(segment: &mut Segment) -> io::Result<u64> {
    let all = segment.whole()?;
    let before = all.len();
    if all.is_empty() {
        return Ok(0);
    }
    let kept = changes(all);
    let place = segment.path.with_extension(THIN);
    replace(segment, &kept, place)?;
    Ok((before - kept.len()) as u64)
}

/// Replaces the file by one at `place` that has these results only, which are on stable storage before the old one goes. At the same
/// place that is one step: whatever dies, there is the one or the other.
pub(super) fn replace(segment: &mut Segment, kept: &[Entry], place: PathBuf) -> io::Result<()> {
    let draft = segment.path.with_extension("new");
    let replaced = write(&draft, kept, &place).and_then(|written| {
        if place != segment.path {
            fs::remove_file(&segment.path)?;
        }
        Ok(written)
    });
    match replaced {
        Ok(written) => segment.replace(written),
        Err(error) => {
            // On a full disk, what is of no use must not stay.
            drop(fs::remove_file(&draft));
            return Err(error);
        }
    }
    Ok(())
}

fn write(draft: &Path, kept: &[Entry], place: &Path) -> io::Result<Segment> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    let mut segment = Segment::empty(place.to_owned());
    for some in kept.chunks(frame::MOST) {
        let frame = frame::seal(some)?;
        file.write_all(&frame)?;
        segment.extend(frame.len(), some);
    }
    file.sync_all()?;
    fs::rename(draft, place)?;
    File::open(place.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(segment)
}

/// The first result of each probe, each that says something else than the one before, and the last one.
fn changes(entries: Vec<Entry>) -> Vec<Entry> {
    let mut last: BTreeMap<ProbeId, Verdict> = BTreeMap::new();
    let end = entries.last().map(|entry| entry.sequence);
    let is_change = |entry: &Entry| {
        let verdict = entry.observation.verdict;
        last.insert(entry.observation.probe.clone(), verdict) != Some(verdict) || Some(entry.sequence) == end
    };
    entries.into_iter().filter(is_change).collect()
}
