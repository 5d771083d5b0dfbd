//! `statuspage export`: raw results by component and time, page by page, so that a year costs no more memory than a day.
//!
//! It does not know where a page comes from more than that: from the running hub, or from its directory.

mod csv;
mod source;

use std::io::{self, BufWriter, ErrorKind, Write};

use anyhow::{Context as _, Result};
use shared::{Observation, Timestamp};

use super::Ended;
use crate::{
    cli::{ExportArgs, ExportFormat, Moment},
    draft::Draft,
    settings::Settings,
    store::{MAX_PAGE, ObservationQuery},
};
use source::Source;

pub(super) async fn run(arguments: ExportArgs, settings: &Settings) -> Result<Ended> {
    let source = Source::open(&settings.data)?;
    let clock = source.clock(settings).await?;
    let given = |moment: Option<Moment>| moment.map(|at| clock.gone_by(&at)).transpose();
    let query = ObservationQuery {
        formerly: source.formerly(&arguments.component, settings),
        component: arguments.component,
        // Without a beginning the newest are meant, and an export wants the oldest first.
        from: Some(given(arguments.from)?.unwrap_or(Timestamp::from_millis(i64::MIN))),
        to: given(arguments.to)?,
        limit: MAX_PAGE,
        cursor: None,
    };
    let Some(path) = arguments.output else {
        let ended = copy(&source, query, Sheet::new(arguments.format, BufWriter::new(io::stdout().lock()))).await;
        return match ended {
            Err(error) if is_broken_pipe(&error) => Ok(Ended::Well),
            other => other.map(|_| Ended::Well),
        };
    };
    let at = || format!("cannot write {}", path.display());
    let draft = BufWriter::new(Draft::create(&path).with_context(at)?);
    let draft = copy(&source, query, Sheet::new(arguments.format, draft)).await.with_context(at)?;
    draft.into_inner().map_err(io::IntoInnerError::into_error).and_then(Draft::finish).with_context(at)?;
    Ok(Ended::Well)
}

/// Who reads the output may have seen enough: `… | head`.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    error.chain().any(broken)
}

async fn copy<W: Write>(source: &Source, mut query: ObservationQuery, mut sheet: Sheet<W>) -> Result<W> {
    sheet.begin()?;
    loop {
        let page = source.page(&query).await?;
        for observation in &page.observations {
            sheet.add(observation)?;
        }
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return Ok(sheet.end()?),
        }
    }
}

/// Where lines go, and how they look.
enum Sheet<W: Write> {
    Csv(Box<::csv::Writer<W>>),
    Jsonl(W),
}

impl<W: Write> Sheet<W> {
    fn new(format: ExportFormat, out: W) -> Self {
        match format {
            ExportFormat::Csv => Self::Csv(Box::new(csv::writer(out))),
            ExportFormat::Jsonl => Self::Jsonl(out),
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        match self {
            Self::Csv(writer) => Ok(writer.write_record(csv::HEADER)?),
            Self::Jsonl(_) => Ok(()),
        }
    }

    fn add(&mut self, observation: &Observation) -> io::Result<()> {
        match self {
            Self::Csv(writer) => Ok(writer.write_record(csv::record(observation))?),
            Self::Jsonl(out) => {
                serde_json::to_writer(&mut *out, observation)?;
                out.write_all(b"\n")
            }
        }
    }

    fn end(self) -> io::Result<W> {
        match self {
            Self::Csv(writer) => writer.into_inner().map_err(::csv::IntoInnerError::into_error),
            Self::Jsonl(mut out) => out.flush().map(|()| out),
        }
    }
}
