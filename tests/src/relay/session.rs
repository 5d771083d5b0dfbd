//! One dialogue of the scripted server (RFC 5321), as far as it gets.
//!
//! It does not know the script: it asks at each moment.

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{Act, Book, Moment, Taken};

/// How a dialogue goes on after a command.
enum Next {
    /// With the next command.
    Command,
    /// With TLS on the same connection.
    Secure,
}

/// A dialogue over one kind of connection.
struct Session<S> {
    stream: BufReader<S>,
    number: usize,
    book: Book,
    /// What EHLO says besides the name.
    offers: &'static str,
    from: String,
    to: String,
}

/// Speaks with one client until either hangs up.
pub(super) async fn run(stream: TcpStream, number: usize, tls: Option<TlsAcceptor>, book: Book) {
    let offers = if tls.is_some() { "STARTTLS" } else { "AUTH PLAIN LOGIN" };
    let mut plain = Session::new(stream, number, book.clone(), offers);
    if plain.answer(Moment::Greeting, "220 relay.example.net ESMTP").await.is_none() {
        return;
    }
    let (Some(stream), Some(tls)) = (plain.talk().await, tls) else { return };
    // A client that does not believe the certificate ends here.
    if let Ok(stream) = tls.accept(stream).await {
        book.state().said.push((number, "TLS".to_owned()));
        Session::new(stream, number, book, "AUTH PLAIN LOGIN").talk().await;
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn new(stream: S, number: usize, book: Book, offers: &'static str) -> Self {
        Self { stream: BufReader::new(stream), number, book, offers, from: String::new(), to: String::new() }
    }

    /// Answers until it is over; gives the connection where TLS is to begin on it.
    async fn talk(mut self) -> Option<S> {
        loop {
            match self.command().await? {
                Next::Command => {}
                Next::Secure => return Some(self.stream.into_inner()),
            }
        }
    }

    /// Answers one command; nothing when it is over.
    async fn command(&mut self) -> Option<Next> {
        let line = self.line().await?;
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let shown = if word == "AUTH" { "AUTH" } else { &line };
        self.book.state().said.push((self.number, shown.to_owned()));
        match word.as_str() {
            "EHLO" => self.answer(Moment::Hello, &format!("250-relay.example.net\r\n250 {}", self.offers)).await?,
            "STARTTLS" if self.offers == "STARTTLS" => {
                self.say("220 2.0.0 begin").await?;
                return Some(Next::Secure);
            }
            "AUTH" => self.answer(Moment::SignIn, "235 2.7.0 welcome").await?,
            "MAIL" => {
                (self.from, self.to) = (bracketed(&line), String::new());
                self.answer(Moment::Sender, "250 2.0.0 ok").await?;
            }
            "RCPT" => {
                self.to = bracketed(&line);
                self.answer(Moment::Recipient, "250 2.1.5 ok").await?;
            }
            "DATA" => self.letter().await?,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return None;
            }
            "RSET" | "NOOP" => self.say("250 2.0.0 ok").await?,
            _ => self.say("500 5.5.1 what?").await?,
        }
        Some(Next::Command)
    }

    /// Everything from DATA to the answer behind the last dot.
    async fn letter(&mut self) -> Option<()> {
        let act = self.book.act(Moment::Data, &self.to);
        self.answer_by(act, "354 go on").await?;
        if matches!(act, Some(Act::Say(_))) {
            // What is refused here has no letter behind it.
            return Some(());
        }
        let mut bytes = Vec::new();
        loop {
            let line = self.line().await?;
            if bytes.is_empty()
                && let Some(act) = self.book.act(Moment::Letter, &self.to)
            {
                return self.answer_by(Some(act), "").await;
            }
            match line.as_slice() {
                b".\r\n" => break,
                [b'.', rest @ ..] => bytes.extend_from_slice(rest),
                line => bytes.extend_from_slice(line),
            }
        }
        let act = self.book.act(Moment::End, &self.to);
        if matches!(act, None | Some(Act::Slowly(_) | Act::TakeAndCut | Act::TakeAndHang)) {
            self.take(bytes);
        }
        self.answer_by(act, "250 2.0.0 taken").await
    }

    fn take(&self, bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes);
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_owned();
        let (to, from, session) = (self.to.clone(), self.from.clone(), self.number);
        self.book.state().taken.push(Taken { to, from, id, session, bytes });
    }

    /// Says what is good at that moment, or does what the script says.
    async fn answer(&mut self, moment: Moment, good: &str) -> Option<()> {
        let act = self.book.act(moment, &self.to);
        self.answer_by(act, good).await
    }

    async fn answer_by(&mut self, act: Option<Act>, good: &str) -> Option<()> {
        let Some(act) = act else { return self.say(good).await };
        match act {
            Act::Say(line) => self.say(line).await,
            Act::Slowly(time) => {
                // It is the server that is slow, not the test that waits.
                tokio::time::sleep(time).await;
                self.say(good).await
            }
            Act::Cut | Act::TakeAndCut => None,
            Act::Hang | Act::TakeAndHang => {
                // It hears everything and says nothing, until the client gives up.
                self.book.state().hanging += 1;
                while self.line().await.is_some() {}
                self.book.state().hanging -= 1;
                None
            }
        }
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
        self.stream.flush().await.ok()
    }

    /// The next line with its end; nothing when the client is gone.
    async fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        (self.stream.read_until(b'\n', &mut line).await.ok()? > 0).then_some(line)
    }
}

/// What stands between the brackets of a command.
fn bracketed(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(inner, _)| inner.to_owned()).unwrap_or_default()
}
