//! Small libraries in C that stand between a program under test and the system, built when they are first wanted.
//!
//! It does not know what they do.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

/// The library of a source in `clock/`, built anew when that has changed.
pub fn library(source: &str) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("clock").join(source);
    let name = source.file_stem().and_then(|stem| stem.to_str()).context("a name")?.to_owned();
    let mut hasher = DefaultHasher::new();
    fs::read(&source)?.hash(&mut hasher);
    let built = std::env::current_exe()?.with_file_name(format!("{name}-{:016x}.so", hasher.finish()));
    if !built.exists() {
        // Others may build it at the same time: it appears whole.
        let draft = built.with_extension(format!("{}.new", std::process::id()));
        let options = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"];
        let status = Command::new("cc").args(options).arg(&draft).arg(&source).status();
        anyhow::ensure!(
            status.context("a C compiler: tests/run.sh installs one")?.success(),
            "cc {}",
            source.display()
        );
        fs::rename(&draft, &built)?;
    }
    Ok(built)
}
