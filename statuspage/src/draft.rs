//! A file that appears whole or not at all, for its user alone.
//!
//! It does not know what is in it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// A file under way, `NAME.new`; dropped before [`Draft::finish`], it is removed.
#[derive(Debug)]
pub(crate) struct Draft {
    file: File,
    draft: PathBuf,
    place: PathBuf,
    is_finished: bool,
}

impl Draft {
    /// Begins the file; what an earlier process left of it is overwritten.
    pub(crate) fn create(place: &Path) -> io::Result<Self> {
        let mut name = place.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(".new");
        let draft = place.with_file_name(name);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        Ok(Self { file, draft, place: place.to_owned(), is_finished: false })
    }

    /// Where it lies until then.
    pub(crate) fn path(&self) -> &Path {
        &self.draft
    }

    /// Puts it in place, on stable storage, over what had its name.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.draft, &self.place)?;
        self.is_finished = true;
        let parent = self.place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent)?.sync_all()
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_finished {
            // Nothing is lost with it, and whoever looks finds why in the error that led here.
            let _ = fs::remove_file(&self.draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let directory = tempfile::tempdir().expect("a directory");
        let place = directory.path().join("export.csv");
        let mut draft = Draft::create(&place).expect("begun");
        draft.write_all(b"half").expect("written");
        drop(draft);
        assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 0);
        let mut draft = Draft::create(&place).expect("begun");
        draft.write_all(b"whole").expect("written");
        assert!(!place.exists());
        draft.finish().expect("in place");
        assert_eq!(fs::read(&place).expect("there"), b"whole");
        assert_eq!(fs::metadata(&place).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 1);
    }
}
