//! An SMTP server that does as its script says: greylists, hangs up, hangs, pretends to speak TLS. All that was said to it and every
//! letter that it took is on record.
//!
//! It does not know who writes; OpenSMTPD stands in where a real server is meant.

mod session;

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

/// A place in a dialogue where the server has to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Somebody connected.
    Greeting,
    /// Behind EHLO.
    Hello,
    /// Behind AUTH.
    SignIn,
    /// Behind MAIL FROM.
    Sender,
    /// Behind RCPT TO.
    Recipient,
    /// Behind DATA.
    Data,
    /// In the middle of a letter.
    Letter,
    /// Behind the last line of a letter.
    End,
}

/// What it does there, instead of what a good server would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Says that.
    Say(&'static str),
    /// Says what is good, after that time.
    Slowly(Duration),
    /// Hangs up.
    Cut,
    /// Keeps the connection and never says a word again.
    Hang,
    /// Takes the letter and hangs up before it says so.
    TakeAndCut,
    /// Takes the letter and never says so.
    TakeAndHang,
}

/// A letter that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its only recipient.
    pub to: String,
    /// Where failures are reported to.
    pub from: String,
    /// Its id, with the brackets.
    pub id: String,
    /// In which session.
    pub session: usize,
    /// The letter.
    pub bytes: Vec<u8>,
}

#[derive(Debug)]
struct Rule {
    moment: Moment,
    /// Letters to everybody where nothing stands.
    to: Option<String>,
    times: usize,
    act: Act,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    sessions: usize,
    hanging: usize,
    said: Vec<(usize, String)>,
    taken: Vec<Taken>,
}

/// What sessions share.
#[derive(Debug, Clone, Default)]
struct Book(Arc<Mutex<State>>);

impl Book {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be done at that moment, of a letter to somebody.
    fn act(&self, moment: Moment, to: &str) -> Option<Act> {
        let mut state = self.state();
        let fits = |rule: &&mut Rule| {
            rule.moment == moment && rule.times > 0 && rule.to.as_ref().is_none_or(|only| only == to)
        };
        let rule = state.rules.iter_mut().find(fits)?;
        rule.times -= 1;
        Some(rule.act)
    }
}

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    book: Book,
    _tasks: JoinSet<()>,
}

impl Relay {
    /// Starts one that takes everything, in the clear.
    pub async fn start() -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), None).await
    }

    /// Starts one at an address: where there was none so far, say.
    pub async fn start_where(address: SocketAddr) -> Result<Self> {
        Self::start_at(address, None).await
    }

    /// Starts one that offers STARTTLS with a certificate (PEM, with its key).
    pub async fn start_with(certificate: &Path, key: &Path) -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), Some(acceptor(certificate, key)?)).await
    }

    async fn start_at(address: SocketAddr, tls: Option<TlsAcceptor>) -> Result<Self> {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listen at {address}"))?;
        let (address, book) = (listener.local_addr()?, Book::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, tls, book.clone()));
        Ok(Self { address, book, _tasks: tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL as settings have it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on does that, always; the rule that was given first comes first.
    pub fn always(&self, moment: Moment, act: Act) {
        self.book.state().rules.push(Rule { moment, to: None, times: usize::MAX, act });
    }

    /// Does that once, with a letter to somebody.
    pub fn once(&self, moment: Moment, to: &str, act: Act) {
        self.book.state().rules.push(Rule { moment, to: Some(to.to_owned()), times: 1, act });
    }

    /// Does as a good server again.
    pub fn reform(&self) {
        self.book.state().rules.clear();
    }

    /// The letters that it took, in their order.
    pub fn taken(&self) -> Vec<Taken> {
        self.book.state().taken.clone()
    }

    /// How many letters it took.
    pub fn count(&self) -> usize {
        self.book.state().taken.len()
    }

    /// How many dialogues hang now.
    pub fn hanging(&self) -> usize {
        self.book.state().hanging
    }

    /// The letters that it took for somebody.
    pub fn taken_for(&self, to: &str) -> Vec<Taken> {
        self.book.state().taken.iter().filter(|taken| taken.to == to).cloned().collect()
    }

    /// The commands that it got, without letters and passwords, each with the number of its session.
    pub fn said(&self) -> Vec<(usize, String)> {
        self.book.state().said.clone()
    }

    /// How many commands began like that.
    pub fn heard(&self, begin: &str) -> usize {
        self.book.state().said.iter().filter(|(_, line)| line.starts_with(begin)).count()
    }
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    let builder = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
    Ok(TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, PrivateKeyDer::from_pem_file(key)?)?)))
}

async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, book: Book) {
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = {
            let mut state = book.state();
            state.sessions += 1;
            state.sessions
        };
        sessions.spawn(session::run(stream, number, tls.clone(), book.clone()));
        while sessions.try_join_next().is_some() {}
    }
}
