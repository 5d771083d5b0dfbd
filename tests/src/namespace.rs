//! A network namespace with one cable to this machine; the cable and its own loopback can be cut; it needs root.
//!
//! It does not know what runs in it.

use std::{fs, path::PathBuf, process::Command as Blocking};

use anyhow::{Result, ensure};
use tokio::process::Command;

/// A namespace; gone when this is dropped.
#[derive(Debug)]
pub struct Namespace {
    name: String,
    cable: String,
    network: String,
    etc: PathBuf,
}

/// Which packets no longer arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Those to that port of this machine.
    To(u16),
    /// Those from that port of this machine.
    From(u16),
    /// Those that it sends to itself.
    Within,
}

impl Lost {
    fn rule(self) -> [String; 5] {
        let (chain, side, which) = match self {
            Self::To(port) => ("OUTPUT", "--dport", port.to_string()),
            Self::From(port) => ("INPUT", "--sport", port.to_string()),
            Self::Within => ("OUTPUT", "-o", "lo".to_owned()),
        };
        [chain, "-p", "tcp", side, &which].map(ToOwned::to_owned)
    }
}

/// What a loopback that is cut drops.
const LOOPBACK: [&str; 7] = ["OUTPUT", "-o", "lo", "-p", "tcp", "-j", "DROP"];

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Blocking::new(program).args(arguments).output()?;
    ensure!(output.status.success(), "{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The same command, run inside the namespace of that name.
pub fn inside(name: &str, command: &Command) -> Command {
    let command = command.as_std();
    let mut inside = Command::new("ip");
    inside.args(["netns", "exec", name]).arg(command.get_program()).args(command.get_args()).env_clear();
    inside.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // `ip` lies where a program that is tested need not look.
    inside.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    if let Some(directory) = command.get_current_dir() {
        inside.current_dir(directory);
    }
    inside
}

impl Namespace {
    /// A namespace with a cable to this machine, and these lines in its `/etc/hosts`.
    pub fn new(hosts: &str, number: u8) -> Result<Self> {
        let id = std::process::id();
        let (name, cable) = (format!("bt{id}-{number}"), format!("bt{}{number}", id % 1_000_000));
        // A network of its own for each test process and namespace.
        let network = format!("10.{}.{}", 64 + id % 128, (id / 128 % 32) * 8 + u32::from(number));
        let etc = PathBuf::from("/etc/netns").join(&name);
        fs::create_dir_all(&etc)?;
        // Nobody answers at an address for documentation (RFC 5737).
        fs::write(etc.join("resolv.conf"), "nameserver 192.0.2.53\noptions timeout:1 attempts:1\n")?;
        let namespace = Self { name, cable, network, etc };
        namespace.hosts(hosts)?;
        let (name, cable) = (namespace.name.as_str(), namespace.cable.as_str());
        run("ip", &["netns", "add", name])?;
        run("ip", &["link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name])?;
        run("ip", &["addr", "add", &format!("{}/24", namespace.here()), "dev", cable])?;
        run("ip", &["link", "set", cable, "up"])?;
        namespace.within(&["ip", "addr", "add", &format!("{}/24", namespace.there()), "dev", "eth0"])?;
        namespace.within(&["ip", "link", "set", "eth0", "up"])?;
        namespace.within(&["ip", "link", "set", "lo", "up"])?;
        namespace.within(&["ip", "route", "add", "default", "via", &namespace.here()])?;
        Ok(namespace)
    }

    fn within(&self, command: &[&str]) -> Result<()> {
        run("ip", &[&["netns", "exec", &self.name], command].concat())
    }

    /// From now on nothing inside reaches itself over TCP.
    pub fn cut_loopback(&self) -> Result<()> {
        self.within(&[&["iptables", "-w", "-A"], LOOPBACK.as_slice()].concat())
    }

    /// It does again.
    pub fn heal_loopback(&self) -> Result<()> {
        self.within(&[&["iptables", "-w", "-D"], LOOPBACK.as_slice()].concat())
    }

    /// Writes its `/etc/hosts`, in place: who runs there sees the same file.
    pub fn hosts(&self, lines: &str) -> Result<()> {
        Ok(fs::write(self.etc.join("hosts"), format!("127.0.0.1 localhost\n{lines}\n"))?)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address of this machine at its end of the cable.
    pub fn here(&self) -> String {
        format!("{}.1", self.network)
    }

    /// The address at the other end.
    pub fn there(&self) -> String {
        format!("{}.2", self.network)
    }

    /// The same command, run inside.
    pub fn inside(&self, command: &Command) -> Command {
        inside(&self.name, command)
    }

    /// Loses packets from now on.
    pub fn lose(&self, lost: Lost) -> Result<()> {
        self.filter("-A", lost)
    }

    /// Loses them no longer.
    pub fn heal(&self, lost: Lost) -> Result<()> {
        self.filter("-D", lost)
    }

    fn filter(&self, change: &str, lost: Lost) -> Result<()> {
        let rule = lost.rule();
        let rule: Vec<&str> = rule.iter().map(String::as_str).collect();
        self.within(&[&["iptables", "-w", change], rule.as_slice(), &["-j", "DROP"]].concat())
    }
}

impl Drop for Namespace {
    /// What is left of it would stay until the machine is started anew.
    fn drop(&mut self) {
        drop(run("ip", &["link", "del", &self.cable]));
        drop(run("ip", &["netns", "del", &self.name]));
        drop(fs::remove_dir_all(&self.etc));
    }
}
