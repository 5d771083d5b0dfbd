//! `statuspage backup FILE`: a consistent copy of the store, of a running hub or of its directory.
//!
//! It does not know how the copy is made.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use bytesize::ByteSize;
use http::Method;

use super::{Ended, out};
use crate::{
    backup::{check, pack},
    cli::BackupArgs,
    control::Client,
    draft::Draft,
    settings::Settings,
    store::Offline,
};

pub(super) async fn run(arguments: BackupArgs, settings: &Settings) -> Result<Ended> {
    let file = &arguments.file;
    let taken = file.symlink_metadata().is_ok();
    ensure!(arguments.force || !taken, "{} is there already: --force writes over it", file.display());
    let at = || format!("cannot write {}", file.display());
    let mut draft = BufWriter::new(Draft::create(file).with_context(at)?);
    match Client::find(&settings.data)? {
        Some(client) => {
            let mut answer = client.ask(Method::GET, "/api/v1/backup").await?;
            while let Some(piece) = answer.chunk().await? {
                draft.write_all(&piece).with_context(at)?;
            }
        }
        None => {
            let point = Offline::open(&settings.data)?.backup()?;
            pack(point.directory(), point.head(), &mut draft).with_context(at)?;
        }
    }
    let draft = draft.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(at)?;
    // What nobody has read back is no backup.
    let head = check(BufReader::new(File::open(draft.path())?)).context("the backup did not arrive whole")?;
    draft.finish().with_context(at)?;
    let bytes = Path::metadata(file).map(|facts| facts.len()).unwrap_or_default();
    let (rows, blocks) = (head.rows, head.block_files);
    out::line(format_args!(
        "{}: {} of {}, with {rows} rows and {blocks} block files",
        file.display(),
        ByteSize(bytes),
        head.made_at
    ))?;
    Ok(Ended::Well)
}
