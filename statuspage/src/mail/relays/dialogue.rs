//! One session with a relay: connect, greet, protect, sign in, hand letters over. lettre speaks; each step has a deadline here.
//!
//! It does not know other relays. Which step went wrong is kept: the same code means another thing at another step, which lettre's own
//! transport does not tell, and its pool would run a task that nobody can stop.

use std::{future::Future, io, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::ClientId,
    },
};
use tokio::{net::TcpStream, time};

use super::{
    Patience,
    reply::{self, Step, Trouble},
};
use crate::mail::{RelayUrl, Security, Signed};

/// The two that need no second round trip or are the only ones of old servers; tried over TLS or on this machine only.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// A session that may send.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
}

/// What became of a letter, and whether the session can be used again.
pub(super) struct Exchange {
    pub(super) result: Result<String, Trouble>,
    pub(super) session: Option<Session>,
    /// The relay may have the letter, whatever went wrong afterwards.
    pub(super) handed_over: bool,
}

/// Opens a session.
pub(super) async fn open(url: &RelayUrl, tls: Option<&TlsParameters>, patience: Patience) -> Result<Session, Trouble> {
    let opening = greet(url, tls, patience);
    time::timeout(patience.connect, opening).await.unwrap_or_else(|_| Err(late("no session", patience.connect)))
}

async fn greet(url: &RelayUrl, tls: Option<&TlsParameters>, patience: Patience) -> Result<Session, Trouble> {
    let broken = |error: Error| reply::trouble(&error, Step::Relay);
    let hello = url.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
    let mut connection = match tls.filter(|_| url.security == Security::Tls) {
        Some(tls) => {
            let (server, tls) = ((url.host.as_str(), url.port), Some(tls.clone()));
            AsyncSmtpConnection::connect_tokio1(server, Some(patience.connect), &hello, tls, None).await
        }
        None => AsyncSmtpConnection::connect_with_transport(Box::new(stream(url).await?), &hello).await,
    }
    .map_err(broken)?;
    let upgrade = match url.security {
        Security::Required => true,
        Security::Opportunistic => connection.can_starttls(),
        Security::Tls | Security::Plain => false,
    };
    if let Some(tls) = tls.filter(|_| upgrade) {
        connection.starttls(tls.clone(), &hello).await.map_err(broken)?;
    }
    if let Some((user, password)) = &url.credentials {
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        connection.auth(&MECHANISMS, &credentials).await.map_err(broken)?;
    }
    Ok(Session { connection })
}

/// A connection that sends at once: lettre writes a letter and the dot behind it apart, and the dot would wait for the receipt of the
/// letter, which the other end puts off for 40 ms.
async fn stream(url: &RelayUrl) -> Result<TcpStream, Trouble> {
    let broken = |error: io::Error| Trouble::Relay(format!("Connection error: {error}"));
    let stream = TcpStream::connect((url.host.as_str(), url.port)).await.map_err(broken)?;
    stream.set_nodelay(true).map_err(broken)?;
    Ok(stream)
}

impl Session {
    /// Hands one letter over.
    pub(super) async fn send(mut self, letter: &Signed, patience: Patience) -> Exchange {
        let announced = self.announce(letter, patience).await;
        let handed_over = announced.is_ok();
        let result = match announced {
            Ok(()) => self.hand_over(letter, patience).await,
            Err(trouble) => Err(trouble),
        };
        let again = match &result {
            Ok(_) => true,
            Err(Trouble::Relay(_)) => false,
            // The relay goes on once it is told to forget what was begun.
            Err(Trouble::Delay { .. } | Trouble::Refusal(_)) => {
                within(patience.command, Step::Relay, "no answer to RSET", self.connection.command(Rset)).await.is_ok()
            }
        };
        Exchange { result, session: again.then_some(self), handed_over }
    }

    /// Whether a letter of that envelope would be taken; it is taken back before it is sent. The session can be used again.
    pub(super) async fn ask(mut self, ours: Option<&Envelope>, patience: Patience) -> Result<Self, Trouble> {
        let Some(ours) = ours else { return Ok(self) };
        let asked = self.address(ours, patience).await;
        within(patience.command, Step::Relay, "no answer to RSET", self.connection.command(Rset)).await?;
        asked.map(|()| self)
    }

    async fn address(&mut self, envelope: &Envelope, patience: Patience) -> Result<(), Trouble> {
        let connection = &mut self.connection;
        let mail = Mail::new(envelope.from().cloned(), Vec::new());
        within(patience.command, Step::Relay, "no answer to MAIL FROM", connection.command(mail)).await?;
        for recipient in envelope.to() {
            let rcpt = Rcpt::new(recipient.clone(), Vec::new());
            within(patience.command, Step::Mailbox, "no answer to RCPT TO", connection.command(rcpt)).await?;
        }
        Ok(())
    }

    async fn announce(&mut self, letter: &Signed, patience: Patience) -> Result<(), Trouble> {
        self.address(&letter.envelope, patience).await?;
        within(patience.command, Step::Letter, "no answer to DATA", self.connection.command(Data)).await?;
        Ok(())
    }

    async fn hand_over(&mut self, letter: &Signed, patience: Patience) -> Result<String, Trouble> {
        let sending = self.connection.message(&letter.bytes);
        let response = within(patience.letter, Step::Letter, "no answer to a letter", sending).await?;
        Ok(reply::discreet(response.message().next().unwrap_or_default()))
    }
}

/// One step with its deadline.
async fn within<T>(
    patience: Duration,
    step: Step,
    what: &str,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    match time::timeout(patience, doing).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(reply::trouble(&error, step)),
        Err(_) => Err(late(what, patience)),
    }
}

fn late(what: &str, patience: Duration) -> Trouble {
    Trouble::Relay(format!("{what} within {} s", patience.as_secs_f32()))
}
