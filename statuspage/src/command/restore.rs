//! `statuspage restore FILE`: a backup takes the place of the store.
//!
//! It does not know how a store is made of a backup.

use std::{fs::File, io::BufReader};

use anyhow::{Context as _, Result, ensure};

use super::{Ended, out};
use crate::{
    backup::{UnpackError, unpack},
    cli::RestoreArgs,
    control::Client,
    settings::Settings,
    store::{Over, Restoration, RestorationError, note_return},
};

pub(super) fn run(arguments: &RestoreArgs, settings: &Settings) -> Result<Ended> {
    let data = &settings.data;
    ensure!(Client::find(data)?.is_none(), "a hub runs on {}: stop it first", data.display());
    let file = File::open(&arguments.file).with_context(|| format!("cannot open {}", arguments.file.display()))?;
    let over = if arguments.force { Over::SetAside } else { Over::Nothing };
    let restoration = Restoration::begin(data, over)?;
    let head = match unpack(BufReader::new(file), restoration.incoming()) {
        Err(error @ (UnpackError::Damaged(_) | UnpackError::CutOff)) => return Ok(refused(&error)),
        other => other?,
    };
    let restored = match restoration.finish() {
        Err(error @ RestorationError::Damaged(_)) => return Ok(refused(&error)),
        other => other?,
    };
    let noted = note_return(data, &arguments.file, head.made_at);
    noted.context("the backup is in place; that it is one could not be noted, so that old news may be told again")?;
    let (rows, blocks) = (restored.rows, restored.block_files);
    out::line(format_args!(
        "the store in {} is that of {}: {rows} rows and {blocks} block files",
        data.display(),
        head.made_at
    ))?;
    if let Some(kept) = restored.kept {
        out::line(format_args!("what was there before is kept in {}", kept.display()))?;
    }
    Ok(Ended::Well)
}

fn refused(error: &dyn std::error::Error) -> Ended {
    eprintln!("statuspage: {error}; nothing was changed");
    Ended::Poorly
}
