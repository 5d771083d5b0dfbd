//! A network namespace with one cable to this machine, whose ends can be cut; it needs root.
//!
//! It does not know what runs in it.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Result, ensure};

/// A namespace; gone when this is dropped.
#[derive(Debug)]
pub struct Namespace {
    name: String,
    cable: String,
    here: String,
    etc: PathBuf,
}

/// Which packets no longer arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Those to that port of this machine.
    To(u16),
    /// Those from that port of this machine.
    From(u16),
}

impl Lost {
    fn rule(self) -> [String; 5] {
        let (chain, side, port) = match self {
            Self::To(port) => ("OUTPUT", "--dport", port),
            Self::From(port) => ("INPUT", "--sport", port),
        };
        [chain, "-p", "tcp", side, &port.to_string()].map(ToOwned::to_owned)
    }
}

/// What a loopback that is cut drops.
const LOOPBACK: [&str; 7] = ["OUTPUT", "-o", "lo", "-p", "tcp", "-j", "DROP"];

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output()?;
    ensure!(output.status.success(), "{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    Ok(())
}

impl Namespace {
    /// A namespace with a cable to this machine, and these lines in its `/etc/hosts`.
    pub fn new(hosts: &str, number: u8) -> Result<Self> {
        let id = std::process::id();
        let (name, cable) = (format!("bt{id}-{number}"), format!("bt{}{number}", id % 1_000_000));
        // A network of its own for each test process and namespace.
        let network = format!("10.{}.{}", 64 + id % 128, (id / 128 % 32) * 8 + u32::from(number));
        let (here, there) = (format!("{network}.1"), format!("{network}.2"));
        let etc = PathBuf::from("/etc/netns").join(&name);
        fs::create_dir_all(&etc)?;
        // Nobody answers at an address for documentation (RFC 5737).
        fs::write(etc.join("resolv.conf"), "nameserver 192.0.2.53\noptions timeout:1 attempts:1\n")?;
        let namespace = Self { name, cable, here, etc };
        namespace.hosts(hosts)?;
        let (name, cable) = (namespace.name.as_str(), namespace.cable.as_str());
        run("ip", &["netns", "add", name])?;
        run("ip", &["link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name])?;
        run("ip", &["addr", "add", &format!("{}/24", namespace.here), "dev", cable])?;
        run("ip", &["link", "set", cable, "up"])?;
        namespace.within(&["ip", "addr", "add", &format!("{there}/24"), "dev", "eth0"])?;
        namespace.within(&["ip", "link", "set", "eth0", "up"])?;
        namespace.within(&["ip", "link", "set", "lo", "up"])?;
        namespace.within(&["ip", "route", "add", "default", "via", &namespace.here])?;
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

    /// The address of this machine at the end of the cable.
    pub fn here(&self) -> &str {
        &self.here
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
