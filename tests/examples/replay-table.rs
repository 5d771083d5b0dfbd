//! Prints what the replay has measured as the table of `docs/replay.md`, with the machine and the commit that it was measured on.
//!
//! It measures nothing: `cargo nextest run -p tests replay` does.

use std::{fs, process::Command, time::Duration};

use anyhow::{Context as _, Result};
use tests::measured::rows;

fn main() -> Result<()> {
    println!("Commit `{}`, {}.\n", commit()?, machine()?);
    println!("| what was broken | who noticed | measured | limit |");
    println!("|---|---|---:|---|");
    let mut missing = Vec::new();
    for row in rows::ALL {
        match row.measured()? {
            Some(time) => println!("| {} | {} | {} | {} |", row.broken, row.noticed, said(time), row.limit),
            None => missing.push(row.key),
        }
    }
    anyhow::ensure!(missing.is_empty(), "not measured: {}; run the tests `replay` first", missing.join(", "));
    Ok(())
}

/// Seconds as they were measured, longer times in whole seconds.
fn said(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..=119 => format!("{:.1} s", time.as_secs_f64()),
        120..=86_399 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} d {} s", seconds / 86_400, seconds % 86_400),
    }
}

fn commit() -> Result<String> {
    let git = |arguments: &[&str]| -> Result<String> {
        let output = Command::new("git").args(arguments).output().context("git")?;
        anyhow::ensure!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    let and_more = if changed.is_empty() { "" } else { " and changes that are not committed" };
    Ok(git(&["rev-parse", "--short=12", "HEAD"])? + and_more)
}

fn machine() -> Result<String> {
    let memory = fs::read_to_string("/proc/meminfo")?;
    let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).context("MemTotal")?;
    let kilobytes: u64 = total.trim().trim_end_matches(" kB").parse()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let cores = std::thread::available_parallelism()?;
    Ok(format!("{cores} cores, {} GiB of memory, Linux {}, debug build", kilobytes >> 20, kernel.trim()))
}
