//! A real SMTP server, OpenSMTPD: it puts letters into a Maildir, sends others on, reports what it cannot deliver, and hands what comes
//! back to a program.
//!
//! It does not know who writes what. OpenSMTPD has one queue and one control socket on a machine, so that only one runs at a time:
//! whoever comes second waits. It starts as root only.

use std::{
    fs::{self, File, Permissions},
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::{net::TcpStream, process::Command};

use crate::{
    hub::Hub,
    program::{self, Program, free_port},
    town::{BOUNCE, UNSUBSCRIBE},
    wait,
};

/// A domain whose mail it sends on to a server that knows its mailboxes: those of this machine's users.
pub const FAR: &str = "far.example.net";

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
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
        let maildir = directory.path().join("maildir");
        fs::create_dir(&maildir)?;
        fs::set_permissions(&maildir, Permissions::from_mode(0o777))?;
        let port = || Ok::<_, anyhow::Error>(SocketAddr::from(([127, 0, 0, 1], free_port()?)));
        let [near, far] = [port()?, port()?];
        let file = directory.path().join("smtpd.conf");
        fs::write(&file, configuration(directory.path(), near.port(), far.port()))?;
        let mut program = Program::start(Command::new("/usr/sbin/smtpd").arg("-d").arg("-f").arg(&file))?;
        program.line_with("starting").await.context("OpenSMTPD is installed by tests/run.sh and starts as root")?;
        for address in [near, far] {
            wait::until("the SMTP server listens", async || TcpStream::connect(address).await.ok()).await;
        }
        Ok(Self { address: near, _program: program, directory, _turn: turn })
    }

    /// Where it listens.
    pub fn socket(&self) -> SocketAddr {
        self.address
    }

    /// Its URL as settings have it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// An address that only this one's letters go to.
    pub fn address(&self, name: &str) -> String {
        format!("{name}-{}@example.net", self.address.port())
    }

    /// The letters so far to an address, each a file of the Maildir, in the order in which they came.
    pub fn letters_to(&self, address: &str) -> Result<Vec<PathBuf>> {
        let new = self.at("maildir/new");
        if !new.exists() {
            return Ok(Vec::new());
        }
        let mut letters = Vec::new();
        for entry in fs::read_dir(new)? {
            let entry = entry?;
            // The queue outlives the server: letters of a test that was ended may come to the next one.
            if fs::read_to_string(entry.path())?.contains(&format!("\nDelivered-To: {address}\n")) {
                letters.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        letters.sort();
        Ok(letters.into_iter().map(|(_, path)| path).collect())
    }

    /// Waits for the letter to an address of that number, from 1.
    pub async fn letter_to(&self, address: &str, number: usize) -> PathBuf {
        let what = format!("letter {number} comes");
        wait::until(&what, async || self.letters_to(address).ok()?.get(number.checked_sub(1)?).cloned()).await
    }

    /// From now on what comes back, and what goes to the mailbox for leaving, is handed to `statuspage bounce`, which gives it to
    /// that hub with that token.
    pub fn report_to(&self, hub: &Hub, token_file: &Path) -> Result<()> {
        // By a user without rights, who may not look into the directory that it was built in.
        let (built, program, token) = (program::own("statuspage")?, self.at("statuspage"), self.at("token"));
        fs::hard_link(&built, &program).or_else(|_| fs::copy(&built, &program).map(drop))?;
        fs::copy(token_file, &token)?;
        fs::set_permissions(&token, Permissions::from_mode(0o644))?;
        let (program, token, hub, log) = (program.display(), token.display(), hub.url(), self.at("maildir/reports"));
        let command = format!(
            "#!/bin/sh\nexec {program} bounce --hub {hub} --token-file {token} --unsubscribe-mailbox {UNSUBSCRIBE} >> {} 2>&1\n",
            log.display()
        );
        let script = self.at("report");
        fs::write(&script, command)?;
        Ok(fs::set_permissions(&script, Permissions::from_mode(0o755))?)
    }

    /// What the program said of what it was handed.
    pub fn reports(&self) -> String {
        fs::read_to_string(self.at("maildir/reports")).unwrap_or_default()
    }

    /// Hands in a message of a person's mail program.
    pub async fn post(&self, from: &str, to: &str) -> Result<()> {
        let write = "import smtplib, sys; port, a, b = sys.argv[1:]; smtplib.SMTP('127.0.0.1', int(port)).sendmail(\
                     a, [b], f'From: {a}\\nTo: {b}\\nSubject: unsubscribe\\n\\n')";
        let port = self.address.port().to_string();
        let python = Command::new("/usr/bin/python3").args(["-c", write, &port, from, to]).output().await?;
        anyhow::ensure!(python.status.success(), "python3: {}", String::from_utf8_lossy(&python.stderr));
        Ok(())
    }

    /// What notmuch, a mail program, takes for threads: the subject of each with how many letters it has, the oldest first.
    pub async fn threads(&self) -> Result<Vec<(String, u64)>> {
        let configuration = self.at("notmuch");
        let maildir = self.at("maildir");
        fs::write(&configuration, format!("[database]\npath={}\n[new]\nignore=reports\n", maildir.display()))?;
        let notmuch = |arguments: &'static [&'static str]| {
            let mut command = Command::new("notmuch");
            let output = command.env("NOTMUCH_CONFIG", &configuration).args(arguments).kill_on_drop(true).output();
            async move {
                let output = output.await.context("notmuch is installed by tests/run.sh")?;
                anyhow::ensure!(output.status.success(), "notmuch: {}", String::from_utf8_lossy(&output.stderr));
                Ok(output.stdout)
            }
        };
        notmuch(&["new", "--quiet"]).await?;
        let found = notmuch(&["search", "--format=json", "--sort=oldest-first", "*"]).await?;
        let found: Vec<serde_json::Value> = serde_json::from_slice(&found)?;
        let thread =
            |thread: &serde_json::Value| Some((thread["subject"].as_str()?.to_owned(), thread["total"].as_u64()?));
        found.iter().map(thread).collect::<Option<_>>().context("threads have subjects")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// One door for everybody on this machine, and one that stands for a far server.
fn configuration(directory: &Path, near: u16, far: u16) -> String {
    let (at, mailbox) = (directory.display(), UNSUBSCRIBE.replace('@', "\\+.*@"));
    format!(
        "table anybody {{ \"@\" = nobody }}\n\
         listen on 127.0.0.1 port {near} hostname mx.example.net\n\
         listen on 127.0.0.1 port {far} hostname {FAR} tag far\n\
         action \"keep\" maildir \"{at}/maildir\" virtual <anybody>\n\
         action \"users\" maildir \"{at}/far\"\n\
         action \"onward\" relay host \"smtp+notls://127.0.0.1:{far}\"\n\
         action \"report\" mda \"{at}/report\" virtual <anybody>\n\
         match tag far from any for domain \"{FAR}\" action \"users\"\n\
         match from any for domain \"{FAR}\" action \"onward\"\n\
         match from any for domain \"{BOUNCE}\" action \"report\"\n\
         match from any for rcpt-to regex \"^{mailbox}$\" action \"report\"\n\
         match from any for any action \"keep\"\n"
    )
}
