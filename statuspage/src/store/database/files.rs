//! What is done to the files of the database around its opening.
//!
//! It does not know what is in them.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

/// Wrapper 1: what is half written holds nothing that the log does not hold.
pub(super) fn remove_half_snapshots(dir: &Path) -> io::Result<()> {
    for path in files(dir)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(file = %name, "removed a snapshot that was half written when the last process ended");
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Removes sled's settings. It writes them in place, so a database that was not finished may have half of them and be refused for
/// it; they are the same each time, and written again.
pub(super) fn remove_settings(dir: &Path) -> io::Result<()> {
    match fs::remove_file(dir.join("conf")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
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

/// Reads every file of the directory once. sled takes a place that cannot be read for the end of its log, and drops what lies
/// behind it without a word; what was read here comes from memory when sled reads it.
pub(super) fn require_readable(dir: &Path) -> io::Result<()> {
    for path in files(dir)? {
        let mut file = File::open(path)?;
        io::copy(&mut file, &mut io::sink())?;
    }
    Ok(())
}

/// Writes every file of the directory as it is read, so that nothing of it is only taken for written.
pub(super) fn write_anew(dir: &Path) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    for path in files(dir)? {
        let file = File::options().read(true).write(true).open(path)?;
        let mut at = 0;
        loop {
            let read = file.read_at(&mut buffer, at)?;
            if read == 0 {
                break;
            }
            file.write_all_at(&buffer[..read], at)?;
            at += read as u64;
        }
        file.sync_all()?;
    }
    Ok(())
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
