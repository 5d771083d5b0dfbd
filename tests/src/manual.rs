//! A page of `docs/`, taken at its word: its files are written, its commands run in their order, in a directory and a network of their
//! own.
//!
//! Blocks marked `toml` whose first line names a file (`# probes.d/cloud.toml`) are that file; blocks marked `sh` are run; all other
//! blocks are for the eye. `systemctl` is a stand-in that starts and stops the hub of the directory. A network of one's own wants root.

use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt as _, path::Path};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::process::Command;

use crate::program::{self, Program};

/// Starts, stops and asks for the hub of the working directory, as systemd would a unit.
const SYSTEMCTL: &str = r#"#!/bin/sh
set -eu
end() {
    [ -e hub.pid ] || return 0
    kill "$(cat hub.pid)" 2>/dev/null || true
    while kill -0 "$(cat hub.pid)" 2>/dev/null; do sleep 0.1; done
    rm hub.pid
}
begin() {
    statuspage serve >>hub.log 2>&1 &
    echo $! >hub.pid
    until curl --silent --fail http://127.0.0.1:8080/readyz >/dev/null; do
        kill -0 "$(cat hub.pid)" || { cat hub.log; exit 1; }
        sleep 0.1
    done
}
case "$1" in
    start) begin ;;
    stop) end ;;
    restart) end; begin ;;
    *) echo "systemctl $1: not known here" >&2; exit 1 ;;
esac
"#;

/// What stands between two fences.
#[derive(Debug, PartialEq, Eq)]
struct Block<'a> {
    /// What the fence says of it.
    kind: &'a str,
    /// The line of the page on which it begins.
    line: usize,
    text: String,
}

/// Runs a page; the error holds what was printed.
pub async fn follow(page: &Path) -> Result<()> {
    let text = fs::read_to_string(page).with_context(|| page.display().to_string())?;
    let directory = tempfile::tempdir()?;
    furnish(&directory)?;
    let script = directory.path().join("page.sh");
    fs::write(&script, script_of(&blocks(&text))?)?;
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", directory.path().join("bin").display());
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-euc", "ip link set lo up; exec bash page.sh"]);
    command.current_dir(directory.path()).env_clear().env("PATH", path).env("HOME", directory.path());
    // A group of its own: a hub that is still there at the end goes with it.
    let mut program = Program::start(&mut command)?;
    let ended = program.end().await;
    let well = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
    anyhow::ensure!(well, "{}: {ended:?} after\n{}", page.display(), program.output().join("\n"));
    Ok(())
}

/// The programs, a first definition, and a place for the rest.
fn furnish(directory: &TempDir) -> Result<()> {
    let (bin, probes) = (directory.path().join("bin"), directory.path().join("probes.d"));
    fs::create_dir(&bin)?;
    fs::create_dir(&probes)?;
    for program in ["statuspage", "prober"] {
        std::os::unix::fs::symlink(program::own(program)?, bin.join(program))?;
    }
    fs::write(bin.join("systemctl"), SYSTEMCTL)?;
    fs::set_permissions(bin.join("systemctl"), fs::Permissions::from_mode(0o755))?;
    let cloud = "name = \"Cloud\"\n[[probe]]\nevery = \"1s\"\n[probe.http]\nurl = \"http://127.0.0.1:8080/healthz\"\n";
    fs::write(probes.join("cloud.toml"), cloud)?;
    Ok(())
}

/// The first block of that kind on a page of `docs/`, where another program reads it than ours.
pub fn block(page: &str, kind: &str) -> Result<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let block = blocks(&text).into_iter().find(|block| block.kind == kind);
    Ok(block.with_context(|| format!("{} has no block of {kind}", page.display()))?.text)
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut open) = (Vec::new(), None::<Block<'_>>);
    for (number, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(kind), None) => open = Some(Block { kind, line: number + 2, text: String::new() }),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

fn script_of(blocks: &[Block<'_>]) -> Result<String> {
    let mut script = "set -euo pipefail\n".to_owned();
    for Block { kind, line, text } in blocks {
        let named = text.lines().next().and_then(|line| line.strip_prefix("# ")).filter(|name| name.ends_with(".toml"));
        match (*kind, named) {
            ("toml", Some(file)) => {
                write!(script, "echo '-- line {line}: {file}'\ncat >{file} <<'END OF FILE'\n{text}END OF FILE\n")?;
                // What is wrong in it is said here and not by what comes later.
                let check =
                    if file.starts_with("probes.d/") { "prober check" } else { "statuspage serve --print-settings" };
                writeln!(script, "{check} >/dev/null")?;
            }
            ("sh", _) => write!(script, "echo '-- line {line}'\n{text}")?,
            _ => {}
        }
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_and_commands_run_in_their_order() {
        let page = "x\n```toml\n# probes.d/a.toml\nname = 1\n```\n```text\nno\n```\n```sh\ntrue\n```\n";
        let script = script_of(&blocks(page)).expect("writes");
        let file = "echo '-- line 3: probes.d/a.toml'\ncat >probes.d/a.toml <<'END OF FILE'\n# probes.d/a.toml\nname = 1\nEND OF FILE\n";
        assert_eq!(script, format!("set -euo pipefail\n{file}prober check >/dev/null\necho '-- line 10'\ntrue\n"));
    }
}
