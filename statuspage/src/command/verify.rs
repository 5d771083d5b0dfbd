//! `statuspage verify`: what was looked at, and everything that is not as it was written.
//!
//! It does not know how the store is looked at.

use anyhow::{Context as _, Result};
use bytesize::ByteSize;
use http::Method;
use serde::{Deserialize, Serialize};

use super::{Ended, out};
use crate::{
    cli::{ReportFormat, VerifyArgs},
    control::Client,
    settings::Settings,
    store::{Checked, Offline, OfflineError, Report},
};

/// A line of the hub's answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// It goes on.
    Progress(Checked),
    /// It is done.
    Report(Report),
}

pub(super) async fn run(arguments: VerifyArgs, settings: &Settings) -> Result<Ended> {
    let report = match Client::find(&settings.data)? {
        Some(client) => ask(&client).await?,
        None => {
            let store = match Offline::open(&settings.data) {
                Err(damaged @ OfflineError::Damaged { .. }) => {
                    eprintln!("statuspage: {damaged}");
                    return Ok(Ended::Poorly);
                }
                other => other?,
            };
            let mut audit = store.audit()?;
            while audit.step() {}
            audit.finish()
        }
    };
    match arguments.format() {
        ReportFormat::Words => out::text(words(&report))?,
        ReportFormat::Json => out::line(serde_json::to_string_pretty(&report)?)?,
    }
    Ok(if report.is_sound() { Ended::Well } else { Ended::Poorly })
}

async fn ask(client: &Client) -> Result<Report> {
    let mut answer = client.ask(Method::POST, "/api/v1/verify").await?;
    let mut text = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        text.extend_from_slice(&piece);
        while let Some(end) = text.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            match serde_json::from_slice(&line).context("the hub's answer cannot be read")? {
                Line::Progress(_) => {}
                Line::Report(report) => return Ok(report),
            }
        }
    }
    anyhow::bail!("the hub stopped before it had verified everything")
}

/// The report for people.
fn words(report: &Report) -> String {
    let Checked { rows, results, set_aside_before, files, frames, bytes } = &report.checked;
    let mut text = format!("looked at {rows} rows of the database\n");
    for (location, count) in results {
        text += &format!("    {count} results of {location} among them\n");
    }
    if *set_aside_before > 0 {
        text += &format!("    {set_aside_before} that were found damaged and set aside before\n");
    }
    text += &format!("looked at {files} block files with {frames} frames in {}\n", ByteSize(*bytes));
    for finding in &report.findings {
        let part = finding.part.as_ref().map(|part| format!(": {part}")).unwrap_or_default();
        text += &format!("damaged: {}{part}: {}\n    {}\n", finding.file, finding.what, finding.advice);
    }
    let untold = report.damaged.saturating_sub(report.findings.len() as u64);
    if untold > 0 {
        text += &format!("and {untold} more of the kind\n");
    }
    text + &if report.is_sound() {
        "everything is as it was written\n".to_owned()
    } else {
        format!("{} findings\n", report.damaged)
    }
}
