//! The door of a post office where letters are handed in over STARTTLS by whoever knows the password: aiosmtpd, which sends them on.
//!
//! It does not know where they go from there. (Debian's OpenSMTPD cannot do it: its TLS fails with the OpenSSL of today.)

use std::{fs::Permissions, net::SocketAddr, os::unix::fs::PermissionsExt as _, path::PathBuf};

use anyhow::Result;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{program::Program, town};

/// Who may hand letters in, and by which password: as a person types it, and as it stands in a URL.
const ACCOUNT: &str = "belfry";
/// See `ACCOUNT`.
pub const PASSWORD: [&str; 2] = ["correct horse", "correct%20horse"];

/// Prints how somebody signed in and for whom each letter is.
const DOOR: &str = "
import signal, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Proxy
from aiosmtpd.smtp import AuthResult
host, port, onward, directory, without, user, password = sys.argv[1:]
class Door(Proxy):
    async def handle_DATA(self, server, session, envelope):
        print('taken for', *envelope.rcpt_tos, flush=True)
        return await super().handle_DATA(server, session, envelope)
def sign_in(server, session, envelope, mechanism, data):
    print('signed in by', mechanism, flush=True)
    return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()))
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(directory + '/cert.pem', directory + '/key.pem')
Controller(Door('127.0.0.1', int(onward)), hostname=host, port=int(port), tls_context=context, require_starttls=True,
    auth_required=True, authenticator=sign_in, auth_exclude_mechanism=[without]).start()
print('the door is open', flush=True)
signal.pause()";

/// How somebody signs in (RFC 4616, and what came before it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Name and password at once.
    Plain,
    /// One after the other.
    Login,
}

/// A certificate, and who is let in; no door yet.
#[derive(Debug)]
pub struct Submission {
    directory: TempDir,
}

impl Submission {
    /// Makes the certificate, for 127.0.0.1, and a file with the password.
    pub async fn new() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        town::certificate(directory.path(), "127.0.0.1", "mx.example.net").await?;
        let password = directory.path().join("password");
        std::fs::write(&password, PASSWORD[1])?;
        std::fs::set_permissions(password, Permissions::from_mode(0o600))?;
        Ok(Self { directory })
    }

    /// The URL of a door, as settings have it: the password stands in a file.
    pub fn url(&self, door: SocketAddr) -> String {
        let file = self.directory.path().join("password");
        format!("smtp://{ACCOUNT}:${{file:{}}}@{door}?tls=required", file.display())
    }

    /// The authority that the certificate is of.
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// Opens a door where one signs in by that alone; letters go on to another server.
    pub async fn open(&self, door: SocketAddr, mechanism: Mechanism, onward: SocketAddr) -> Result<Program> {
        let without = match mechanism {
            Mechanism::Plain => "LOGIN",
            Mechanism::Login => "PLAIN",
        };
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-c", DOOR, &door.ip().to_string(), &door.port().to_string(), &onward.port().to_string()]);
        command.arg(self.directory.path()).args([without, ACCOUNT, PASSWORD[0]]);
        let mut program = Program::start(&mut command)?;
        program.line_with("the door is open").await?;
        Ok(program)
    }
}
