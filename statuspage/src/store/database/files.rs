//! What is done to the files of the database around its opening.
//!
//! It does not know what is in them.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

/// The end of the name of a copy that is not whole yet.
const DRAFT: &str = "new";

/// Wrapper 1: what is half written holds nothing that the log does not hold.
pub(super) fn remove_half_snapshots(dir: &Path) -> io::Result<()> {
    for path in files(dir)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating")
            || path.extension().is_some_and(|end| end == DRAFT)
        {
            tracing::warn!(file = %name, "removed a file that was half written when the last process ended");
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Wrapper 2; gives the file for wrapper 3, synced once, so that everything that can be read is on stable storage.
pub(super) fn sync_structure(dir: &Path) -> io::Result<File> {
    let file = File::open(file_of(dir))?;
    file.sync_all()?;
    File::open(dir.join("conf"))?.sync_all()?;
    File::open(dir)?.sync_all()?;
    if let Some(parent) = dir.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(file)
}

/// The file without which there is no database.
pub(in crate::store) fn file_of(dir: &Path) -> PathBuf {
    dir.join("db")
}

/// Writes every file of the directory as it is read, so that nothing of it is only taken for written.
pub(super) fn write_anew(dir: &Path) -> io::Result<()> {
    for path in files(dir)? {
        let file = File::options().read(true).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => copy(&file, &file)?,
            Err(TryLockError::WouldBlock) => replace(dir, &path, &file)?,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Puts a copy in the place of a file that is locked. The directory is ours, so it is a database of this very process that panicked
/// while it closed: it keeps its lock until the process ends, and its threads may still write.
fn replace(dir: &Path, path: &Path, file: &File) -> io::Result<()> {
    let draft = path.with_added_extension(DRAFT);
    let copied = File::create(&draft).and_then(|new| copy(file, &new));
    copied.and_then(|()| fs::rename(&draft, path)).inspect_err(|_| drop(fs::remove_file(&draft)))?;
    File::open(dir)?.sync_all()?;
    // Its space would come back with the end of the process only.
    file.set_len(0)
}

/// Copies everything that can be read, and syncs it.
fn copy(from: &File, to: &File) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    let (mut at, length) = (0, from.metadata()?.len());
    while at < length {
        match from.read_at(&mut buffer, at) {
            Ok(0) => break,
            Ok(read) => {
                to.write_all_at(&buffer[..read], at)?;
                at += read as u64;
            }
            // What the disk cannot read is not in memory either: nothing of it was forgotten.
            Err(error) if error.raw_os_error() == Some(libc::EIO) => at += buffer.len() as u64,
            Err(error) => return Err(error),
        }
    }
    to.sync_all()
}

/// The files of a directory; none when it is not there.
fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}
