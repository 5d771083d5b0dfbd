//! The library that stands between a child and the file system: `tests/power/operations.c`, built where the tests are.
//!
//! It does not know what the log is for.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The errors of operations that a child is to meet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fail {
    /// A name of `operations.c`.
    pub(super) operation: &'static str,
    /// The first of them that fails, from 1.
    pub(super) first: usize,
    /// How many fail.
    pub(super) count: usize,
    /// With what.
    pub(super) error: i32,
}

/// Puts the library before `command`: it watches `root` and writes `log`.
pub(super) fn watch(command: &mut Command, root: &Path, log: &Path, fail: Option<Fail>) {
    command.env("LD_PRELOAD", library()).env("BELFRY_FILES_ROOT", root).env("BELFRY_FILES_LOG", log);
    if let Some(Fail { operation, first, count, error }) = fail {
        command.env("BELFRY_FILES_FAIL", format!("{operation}:{first}:{count}:{error}"));
    }
}

/// The library, built anew when its source has changed.
fn library() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/power/operations.c");
    let sum = crc32c::crc32c(&fs::read(&source).expect("the source is there"));
    let binary = std::env::current_exe().expect("this binary");
    let built = binary.with_file_name(format!("operations-{sum:08x}.so"));
    if !built.exists() {
        // Others may build it at the same time: it appears whole.
        let draft = built.with_extension(format!("{}.new", std::process::id()));
        let options = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-o"];
        let status = Command::new("cc").args(options).arg(&draft).arg(&source).status();
        assert!(status.expect("a C compiler: tests/run.sh installs one").success(), "{} is built", source.display());
        fs::rename(&draft, &built).expect("moved into place");
    }
    built
}
