//! A page of `docs/`, taken at its word: its files are written, its commands run in their order, in a directory and a network of their
//! own.
//!
//! Blocks marked `toml` whose first line names a file (`# probes.d/cloud.toml`) are that file; blocks marked `sh` are run, and so are those
//! marked `console`, with stand-ins for what would build, or change this machine; all other blocks are for other programs. `systemctl` is a
//! stand-in that starts and stops the hub of the directory. A network of one's own wants root.

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
    daemon-reload) [ -d "$MACHINE/etc/systemd/system" ] ;;
    enable)
        unit=$MACHINE/etc/systemd/system/$3.service
        [ -x "$MACHINE$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")" ]
        [ -d "$MACHINE$(sed -n 's/^WorkingDirectory=//p' "$unit")" ] ;;
    *) echo "systemctl $1: not known here" >&2; exit 1 ;;
esac
"#;

/// Runs a command with what it would write for the whole machine below another directory.
const SUDO: &str = r#"#!/bin/sh
set -eu
for word do
    shift
    case "$word" in
        /usr/local/*/ | /etc/*/) word=$MACHINE$word; mkdir -p "$word" ;;
        /usr/local/* | /etc/*) word=$MACHINE$word ;;
    esac
    set -- "$@" "$word"
done
exec "$@"
"#;

/// What is built is there already.
const CARGO: &str = r#"#!/bin/sh
set -eu
[ "$*" = "build --release --workspace --bins" ] || { echo "cargo $*: not known here" >&2; exit 1; }
mkdir -p target/release
for program in statuspage prober; do ln -sf "$(readlink -f "$(command -v $program)")" target/release/; done
"#;

/// Another test builds the image, and others run what the files say.
const DOCKER: &str = r#"#!/bin/sh
set -eu
case "$*" in
    "build -t belfry .") [ -e Dockerfile ] ;;
    "compose -f "*" up -d") [ -e "$3" ] ;;
    *) echo "docker $*: not known here" >&2; exit 1 ;;
esac
"#;

/// One of our programs that only looks at how it is called.
const LISTENER: &str = "#!/bin/sh\nexec PROGRAM \"$@\" --help >/dev/null\n";

/// What a reader of a clone would type.
const CARGO_RUN: &str = r#"#!/bin/sh
set -eu
program=statuspage
[ "$1 $2" = "run --release" ]
shift 2
if [ "${1:-}" = -p ]; then program=$2; shift 2; fi
[ "${1:-}" != -- ] || shift
exec "$program" "$@"
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
    run(&directory).await.with_context(|| page.display().to_string())
}

/// Whether our programs take all command lines of a page: nothing is done, each is only asked for its help behind the rest.
pub async fn parse(page: &Path) -> Result<()> {
    let text = fs::read_to_string(page).with_context(|| page.display().to_string())?;
    let directory = tempfile::tempdir()?;
    let bin = directory.path().join("bin");
    fs::create_dir(&bin)?;
    for program in ["statuspage", "prober"] {
        let listener = LISTENER.replace("PROGRAM", &program::own(program)?.display().to_string());
        stand_in(&bin, program, &listener)?;
    }
    stand_in(&bin, "cargo", CARGO_RUN)?;
    // What they would read.
    fs::write(directory.path().join("message"), "")?;
    let mut script = "set -o pipefail\nfailed=0\nid=kctbh9vrtdwd\n".to_owned();
    for (line, command) in commands(&text) {
        let mark =
            format!("echo {:?}; failed=1", format!("line {line}: {}", command.replace(['"', '$', '`', '\\'], " ")));
        writeln!(script, "( {command}\n) || {{ {mark}; }}")?;
    }
    script.push_str("exit $failed\n");
    fs::write(directory.path().join("page.sh"), script)?;
    run(&directory).await.with_context(|| page.display().to_string())
}

async fn run(directory: &TempDir) -> Result<()> {
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", directory.path().join("bin").display());
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-euc", "ip link set lo up; exec bash page.sh"]);
    command.current_dir(directory.path()).env_clear().env("PATH", path).env("HOME", directory.path());
    command.env("MACHINE", directory.path().join("machine"));
    // A group of its own: a hub that is still there at the end goes with it.
    let mut program = Program::start(&mut command)?;
    let ended = program.end().await;
    let well = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
    anyhow::ensure!(well, "{ended:?} after\n{}", program.output().join("\n"));
    Ok(())
}

fn stand_in(bin: &Path, name: &str, text: &str) -> Result<()> {
    fs::write(bin.join(name), text)?;
    Ok(fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))?)
}

/// The programs, a first definition, and a place for the rest.
fn furnish(directory: &TempDir) -> Result<()> {
    let (bin, probes) = (directory.path().join("bin"), directory.path().join("probes.d"));
    fs::create_dir(&bin)?;
    fs::create_dir(&probes)?;
    for program in ["statuspage", "prober"] {
        std::os::unix::fs::symlink(program::own(program)?, bin.join(program))?;
    }
    for (name, text) in [("systemctl", SYSTEMCTL), ("sudo", SUDO), ("cargo", CARGO), ("docker", DOCKER)] {
        stand_in(&bin, name, text)?;
    }
    for name in ["docs", "Dockerfile"] {
        let clone = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
        std::os::unix::fs::symlink(clone.join(name), directory.path().join(name))?;
    }
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

/// What was typed at a prompt.
fn typed(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim_start().strip_prefix("$ "))
}

/// Every command line of ours on a page, with its line: those of blocks, those that a prompt or `cargo run` stands before, those in
/// the text, and those that other programs are told to run.
fn commands(page: &str) -> Vec<(usize, String)> {
    let (mut commands, mut fence) = (Vec::new(), None::<&str>);
    for (number, line) in (1..).zip(page.lines()) {
        if let Some(kind) = line.strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(kind) };
            continue;
        }
        let mut found = |command: &str| commands.push((number, command.to_owned()));
        let ours = |line: &str| ["statuspage ", "prober "].iter().any(|program| line.starts_with(program));
        let bare = line.trim_start();
        let bare = bare.strip_prefix("$ ").unwrap_or(bare);
        match fence {
            Some("sh" | "console") if ours(bare) && !bare.ends_with('\\') => found(bare),
            None if line.starts_with("    ") && (ours(bare) || bare.starts_with("cargo run --release")) => found(bare),
            Some(_) | None => {}
        }
        for told in line.split("mda \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            found(told.trim_start_matches("/usr/bin/"));
        }
        if fence.is_none() && !line.starts_with("    ") {
            // A name stands for one that is typed.
            let named = |code: &str| code.replace(" NAME", " lyon").replace(" ID", " kctbh9vrtdwd");
            line.split('`').skip(1).step_by(2).filter(|code| ours(code)).for_each(|code| found(&named(code)));
        }
    }
    commands
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
            ("console", _) => {
                writeln!(script, "echo '-- line {line}'")?;
                typed(text).try_for_each(|command| writeln!(script, "{command}"))?;
            }
            _ => {}
        }
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_wherever_they_stand() {
        let page = "See `statuspage check`.\n```sh\nls\nprober once # now\n```\n    $ prober check\n    cargo run --release -- demo\n\
                    ```smtpd\naction \"x\" mda \"/usr/bin/statuspage bounce\" user x\n```\n```console\n$ statuspage audit\n```\n";
        let found: Vec<_> = commands(page).into_iter().map(|(_, command)| command).collect();
        let expected = [
            "statuspage check",
            "prober once # now",
            "prober check",
            "cargo run --release -- demo",
            "statuspage bounce",
            "statuspage audit",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn files_are_written_and_commands_run_in_their_order() {
        let page = "x\n```toml\n# probes.d/a.toml\nname = 1\n```\n```text\nno\n```\n```sh\ntrue\n```\n";
        let script = script_of(&blocks(page)).expect("writes");
        let file = "echo '-- line 3: probes.d/a.toml'\ncat >probes.d/a.toml <<'END OF FILE'\n# probes.d/a.toml\nname = 1\nEND OF FILE\n";
        assert_eq!(script, format!("set -euo pipefail\n{file}prober check >/dev/null\necho '-- line 10'\ntrue\n"));
    }
}
