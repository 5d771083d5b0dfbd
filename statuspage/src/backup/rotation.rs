//! The backups of a schedule in their directory: how they are called, which is the newest, which ones go.
//!
//! It does not know what is in them. Files with other names are nobody's business here: they are neither read nor deleted.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use shared::Timestamp;

const PREFIX: &str = "belfry-";
const SUFFIX: &str = ".tar";

/// The name of a backup that is made at an instant: `belfry-2026-11-22T03-30-00Z.tar`.
pub fn name_at(at: Timestamp) -> String {
    let at = at.to_string();
    // To the second; colons are not for every file system.
    format!("{PREFIX}{}Z{SUFFIX}", at[..19].replace(':', "-"))
}

/// The instant that a backup's name says.
pub fn made_at(file: &Path) -> Option<Timestamp> {
    let name = file.file_name()?.to_str().filter(|name| is_ours(name))?;
    let (date, time) = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.split_once('T')?;
    format!("{date}T{}", time.replace('-', ":")).parse().ok()
}

/// The backups of a directory by their names, the newest first.
///
/// # Errors
///
/// When the directory cannot be listed.
pub fn newest_first(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut names = named(directory, is_ours)?;
    // Their order is that of time.
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names.into_iter().map(|name| directory.join(name)).collect())
}

fn named(directory: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<Vec<String>> {
    let names = fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    Ok(names.into_iter().filter_map(|name| name.into_string().ok()).filter(|name| wanted(name)).collect())
}

/// Deletes all but the newest `keep`, and those that a process left half written; says how many.
///
/// # Errors
///
/// When one cannot be deleted.
pub fn rotate(directory: &Path, keep: u32) -> io::Result<usize> {
    let mut old: Vec<_> = newest_first(directory)?.into_iter().skip(keep as usize).collect();
    let half = |name: &str| name.strip_suffix(".new").is_some_and(is_ours);
    old.extend(named(directory, half)?.into_iter().map(|name| directory.join(name)));
    old.iter().try_for_each(fs::remove_file)?;
    Ok(old.len())
}

/// Exactly the form of [`name_at`].
fn is_ours(name: &str) -> bool {
    let at = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    at.is_some_and(|at| {
        let form = at.bytes().zip(*b"0000-00-00T00-00-00Z").all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        });
        form && at.len() == "0000-00-00T00-00-00Z".len()
    })
}
