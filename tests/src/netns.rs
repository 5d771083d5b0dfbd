//! A network namespace for one program, with a cable to this machine and a loopback that can be cut; it needs root.
//!
//! It does not know what runs in it.

use std::process::Command as Blocking;

use anyhow::{Result, ensure};
use tokio::process::Command;

/// A namespace; gone when this is dropped.
#[derive(Debug)]
pub struct Netns {
    name: String,
    network: String,
}

const CUT: [&str; 7] = ["OUTPUT", "-o", "lo", "-p", "tcp", "-j", "DROP"];

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Blocking::new(program).args(arguments).output()?;
    ensure!(output.status.success(), "{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    Ok(())
}

impl Netns {
    /// A namespace whose cable is in a network of its own.
    pub fn new(word: &str) -> Result<Self> {
        let id = std::process::id();
        let network = format!("10.{}.{}", 200 + id % 50, id / 50 % 250);
        let netns = Self { name: format!("belfry-{word}-{id}"), network };
        let cable = netns.cable();
        run("ip", &["netns", "add", &netns.name])?;
        run("ip", &["link", "add", &cable, "type", "veth", "peer", "name", "eth0", "netns", &netns.name])?;
        run("ip", &["addr", "add", &format!("{}/24", netns.here()), "dev", &cable])?;
        run("ip", &["link", "set", &cable, "up"])?;
        netns.within(&["ip", "addr", "add", &format!("{}/24", netns.there()), "dev", "eth0"])?;
        netns.within(&["ip", "link", "set", "eth0", "up"])?;
        netns.within(&["ip", "link", "set", "lo", "up"])?;
        Ok(netns)
    }

    fn cable(&self) -> String {
        format!("bw{}", std::process::id())
    }

    fn within(&self, command: &[&str]) -> Result<()> {
        run("ip", &[&["netns", "exec", &self.name], command].concat())
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
        let command = command.as_std();
        let mut inside = Command::new("ip");
        inside.args(["netns", "exec", &self.name]).arg(command.get_program()).args(command.get_args());
        inside.env_clear();
        let given = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        inside.envs(given).envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        if let Some(directory) = command.get_current_dir() {
            inside.current_dir(directory);
        }
        inside
    }

    /// From now on nothing inside reaches itself.
    pub fn cut_loopback(&self) -> Result<()> {
        self.within(&[&["iptables", "-w", "-A"], CUT.as_slice()].concat())
    }

    /// It does again.
    pub fn heal_loopback(&self) -> Result<()> {
        self.within(&[&["iptables", "-w", "-D"], CUT.as_slice()].concat())
    }
}

impl Drop for Netns {
    fn drop(&mut self) {
        drop(run("ip", &["link", "del", &self.cable()]));
        drop(run("ip", &["netns", "del", &self.name]));
    }
}
