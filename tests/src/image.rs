//! The container image that `tests/image.sh` built, run as an engine would: its own root and nothing else, read-only, one volume, a
//! user without rights.
//!
//! It does not know what is in it. Namespaces and another user want root.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    compose::Service,
    hub::{Ended, Hub},
    program::{self, Program, free_port},
    wait,
};

/// The image, unpacked, with what is mounted into it.
#[derive(Debug)]
pub struct Image {
    config: Value,
    compressed: u64,
    directory: TempDir,
}

impl Image {
    /// Unpacks it.
    pub async fn unpack() -> Result<Self> {
        let image = program::target()?.join("image/belfry");
        let manifest = json(&image.join("manifest.json")).context("the image is missing: tests/image.sh builds it")?;
        let blob = |digest: &Value| Some(image.join(digest.as_str()?.strip_prefix("sha256:")?));
        let config = json(&blob(&manifest["config"]["digest"]).context("a configuration")?)?["config"].clone();
        let directory = tempfile::tempdir()?;
        // Its user must find the way to it.
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
        let stage = Self { config, compressed: 0, directory };
        for directory in ["root", "data", "etc/probes.d", "proc"] {
            fs::create_dir_all(stage.place(directory))?;
        }
        let mut compressed = 0;
        for layer in manifest["layers"].as_array().context("layers")? {
            let file = blob(&layer["digest"]).context("a layer")?;
            compressed += fs::metadata(&file)?.len();
            let status = Command::new("tar").arg("-xf").arg(file).arg("-C").arg(stage.place("root")).status().await?;
            anyhow::ensure!(status.success(), "tar: {status}");
        }
        let (uid, gid) = stage.user()?;
        chown(stage.place("data"), Some(uid), Some(gid))?;
        Ok(Self { compressed, ..stage })
    }

    /// What travels to who pulls it, in bytes.
    pub fn compressed(&self) -> u64 {
        self.compressed
    }

    /// What the Dockerfile says to the engine.
    pub fn config(&self) -> &Value {
        &self.config
    }

    /// Every file in it, from its root.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        fn walk(root: &Path, at: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
            for entry in fs::read_dir(at)? {
                let path = entry?.path();
                if path.is_dir() { walk(root, &path, found)? } else { found.push(path.strip_prefix(root)?.to_owned()) }
            }
            Ok(())
        }
        let (root, mut found) = (self.place("root"), Vec::new());
        walk(&root, &root, &mut found)?;
        found.sort();
        Ok(found)
    }

    /// Puts a file into what is mounted at `/etc/belfry`.
    pub fn mount(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.place("etc").join(name), text).with_context(|| format!("write {name}"))
    }

    /// Where what is mounted at `/etc/belfry` lies outside.
    pub fn mounted(&self) -> PathBuf {
        self.place("etc")
    }

    /// Where the volume lies outside.
    pub fn volume(&self) -> PathBuf {
        self.place("data")
    }

    /// Runs its hub on a free port, with these variables and this `/etc/resolv.conf`.
    pub async fn start(&self, variables: &[(&str, &str)], resolv_conf: &str) -> Result<Hub> {
        let listen = format!("[::]:{}", free_port()?);
        let variables = [variables, &[("BELFRY_LISTEN", listen.as_str())]].concat();
        fs::write(self.place("resolv.conf"), resolv_conf)?;
        Hub::behind(Program::start(&mut self.command(&[], &variables)?)?).await
    }

    /// Runs another of its programs or commands to its end, beside a hub where one runs.
    pub async fn run(&self, arguments: &[&str]) -> Result<Ended> {
        let output = self.command(arguments, &[])?.stdin(std::process::Stdio::null()).kill_on_drop(true).output();
        Ended::of(tokio::time::timeout(wait::LIMIT, output).await.context("it did not end")??)
    }

    /// The command by which an engine runs a service of a compose file with these further variables: what the file does not say, the
    /// image does.
    pub fn service(&self, service: &Service, variables: &[(&str, &str)]) -> Result<Command> {
        let said = |key: &str| service.words(key).unwrap_or_else(|| self.strings(key_of(key)));
        // Whoever replaces the entrypoint is told nothing by the image.
        let command = match (service.words("entrypoint"), service.words("command")) {
            (Some(_), None) => Vec::new(),
            (_, _) => said("command"),
        };
        let words = [said("entrypoint"), command].concat();
        let own = service.environment();
        let own: Vec<(&str, &str)> = own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.command(&words, &[&own, variables].concat())
    }

    fn strings(&self, key: &str) -> Vec<String> {
        let list = self.config[key].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// As the engine starts it: without arguments, what the image says.
    fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Command> {
        let (uid, gid) = self.user()?;
        let mounts = r#"
            mount --bind "$0/root" "$0/root"
            mkdir -p "$0/root/proc"; touch "$0/root/etc/resolv.conf"
            mount -t proc proc "$0/root/proc"
            mount --bind "$0/data" "$0/root/data"
            mount --bind "$0/etc" "$0/root/etc/belfry"
            mount -o remount,bind,ro "$0/root/etc/belfry"
            [ ! -e "$0/resolv.conf" ] || mount --bind "$0/resolv.conf" "$0/root/etc/resolv.conf"
            mount -o remount,bind,ro "$0/root"
            uid=$1 gid=$2 wd=$3; root=$0/root; shift 3
            exec unshare --root="$root" --wd="$wd" --setgid="$gid" --setuid="$uid" "$@"
        "#;
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-euc", mounts]);
        command.arg(self.directory.path()).args([uid.to_string(), gid.to_string()]);
        command.arg(self.config["WorkingDir"].as_str().context("a working directory")?);
        let own = if arguments.is_empty() { self.strings("Cmd") } else { Vec::new() };
        match arguments {
            // Another program of the image.
            [program, ..] if program.starts_with('/') => command.args(arguments),
            _ => command.args(self.strings("Entrypoint")).args(own).args(arguments),
        };
        command.env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        let said = self.strings("Env");
        command.envs(said.iter().filter_map(|variable| variable.split_once('=')).filter(|(name, _)| *name != "PATH"));
        command.envs(variables.iter().copied());
        Ok(command)
    }

    fn user(&self) -> Result<(u32, u32)> {
        let user = self.config["User"].as_str().context("a user")?;
        let (uid, gid) = user.split_once(':').context("a user and a group, as numbers")?;
        Ok((uid.parse()?, gid.parse()?))
    }

    fn place(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// What the image calls what a compose file calls so.
fn key_of(word: &str) -> &'static str {
    if word == "entrypoint" { "Entrypoint" } else { "Cmd" }
}

fn json(file: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&fs::read(file).with_context(|| file.display().to_string())?)?)
}
