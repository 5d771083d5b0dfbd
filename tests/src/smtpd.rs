//! A real SMTP server, OpenSMTPD, that puts every letter into a Maildir.
//!
//! It does not know who writes what. OpenSMTPD has one queue and one control socket on a machine, so that only one runs at a time:
//! whoever comes second waits. It starts as root only.

use std::{
    fs::{File, Permissions},
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::{net::TcpStream, process::Command};

use crate::{program::Program, program::free_port, wait};

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Smtpd {
    address: SocketAddr,
    // In the order in which they are let go: the next one starts when this one is gone.
    _program: Program,
    directory: TempDir,
    _turn: File,
}

impl Smtpd {
    /// Waits for its turn and starts one.
    pub async fn start() -> Result<Self> {
        let turn = File::create(std::env::temp_dir().join("belfry-test-smtpd.lock"))?;
        // It may take as long as a whole other test, which has limits of its own; the lock of one that died is free.
        turn.lock()?;
        let directory = tempfile::tempdir()?;
        // Letters are put down by a user without rights, who is let in.
        std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
        let maildir = directory.path().join("maildir");
        std::fs::create_dir(&maildir)?;
        std::fs::set_permissions(&maildir, Permissions::from_mode(0o777))?;
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let configuration = format!(
            "table anybody {{ \"@\" = nobody }}\n\
             listen on {} port {} hostname mx.example.net\n\
             action \"keep\" maildir \"{}\" virtual <anybody>\n\
             match from any for any action \"keep\"\n",
            address.ip(),
            address.port(),
            maildir.display()
        );
        let file = directory.path().join("smtpd.conf");
        std::fs::write(&file, configuration)?;
        let mut program = Program::start(Command::new("/usr/sbin/smtpd").arg("-d").arg("-f").arg(&file))?;
        program.line_with("starting").await.context("OpenSMTPD is installed by tests/run.sh and starts as root")?;
        wait::until("the SMTP server listens", async || TcpStream::connect(address).await.ok()).await;
        Ok(Self { address, _program: program, directory, _turn: turn })
    }

    /// Its URL as settings have it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// An address that only this one's letters go to.
    pub fn reader(&self) -> String {
        format!("reader-{}@example.net", self.address.port())
    }

    /// The letters so far to an address, each a file of the Maildir, in the order in which they came.
    pub fn letters_to(&self, address: &str) -> Result<Vec<PathBuf>> {
        let new = self.directory.path().join("maildir/new");
        if !new.exists() {
            return Ok(Vec::new());
        }
        let mut letters = Vec::new();
        for entry in std::fs::read_dir(new)? {
            let entry = entry?;
            // The queue outlives the server: letters of a test that was ended may come to the next one.
            if std::fs::read_to_string(entry.path())?.contains(&format!("\nDelivered-To: {address}\n")) {
                letters.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        letters.sort();
        Ok(letters.into_iter().map(|(_, path)| path).collect())
    }
}
