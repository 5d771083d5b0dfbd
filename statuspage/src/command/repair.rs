//! `statuspage repair`: saves what can be read of a damaged store, makes missing roll-ups again from results, and says in numbers what
//! was saved and what was lost.
//!
//! It does not know how anything is saved.

mod rollups;

use anyhow::{Result, ensure};
use prober::{load::LoadOptions, reload};

use super::{Ended, out};
use crate::{
    control::Client,
    settings::Settings,
    store::{Repaired, repair},
};

pub(super) fn run(settings: &Settings) -> Result<Ended> {
    let data = &settings.data;
    ensure!(Client::find(data)?.is_none(), "a hub runs on {}: stop it first", data.display());
    let repaired = repair(data)?;
    out::text(words(&repaired))?;
    let options = LoadOptions::from_environment(settings.time_zone.clone());
    // Results are there without definitions too.
    let definitions = reload::open(&settings.probes, options).map(|(set, _)| set).unwrap_or_default();
    let made = rollups::make_again(data, &definitions, &settings.time_zone)?;
    out::text(format_args!("{made}"))?;
    let sound = repaired.is_sound() && repaired.damaged_files.is_empty() && made.is_nothing();
    Ok(if sound { Ended::Well } else { Ended::Poorly })
}

fn words(repaired: &Repaired) -> String {
    let Repaired { rows, damaged_rows, breaks, kept, files, damaged_files } = repaired;
    let mut text = match kept {
        None => format!("the database is sound: {rows} rows\n"),
        Some(kept) => format!(
            "saved {rows} rows in a new database; {damaged_rows} rows were damaged\nthe old database is kept in {}\n",
            kept.display()
        ),
    };
    for reason in breaks {
        text += &format!("what lies behind a damaged place of the database is lost: {reason}\n");
    }
    for file in damaged_files {
        let (saved, lost) = (file.frames, file.damage.len());
        text += &format!("saved {saved} frames of {}, {lost} places are damaged:\n", file.file.display());
        for damage in &file.damage {
            text += &format!("    {damage}\n");
        }
        text += &format!("    the damaged file is kept as {}\n", file.kept.display());
    }
    text + &format!("{files} block files, {} of them were damaged\n", damaged_files.len())
}
