//! A TCP server that follows a script, with or without TLS.
//!
//! It does not parse what it is asked: scripts say which bytes are sent when.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

/// One step of a script.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Reads until an empty line, as a request head ends, or until something that is not HTTP/1 has come.
    Listen,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes one by one, with a pause before each.
    Drip(Vec<u8>, Duration),
    /// Sends these bytes again and again, as fast as they are taken.
    Forever(Vec<u8>),
    /// Does nothing any more and keeps the connection open.
    Hold,
    /// Ends the connection with a reset instead of a goodbye.
    Reset,
    /// Ends the TCP connection without TLS's goodbye.
    HangUp,
}

impl Act {
    /// Sends text.
    pub(crate) fn say(text: impl Into<String>) -> Self {
        Self::Send(text.into().into_bytes())
    }

    /// A whole answer with a length.
    pub(crate) fn answer(status: &str, body: &str) -> Self {
        Self::say(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
    }
}

/// A server on a port of its own on loopback; gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    heard: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

/// What each connection does, in the order in which they come; the last script is repeated.
type Scripts = Arc<[Vec<Act>]>;

impl Server {
    /// Every connection follows the same script.
    pub(crate) async fn plain(script: Vec<Act>) -> io::Result<Self> {
        Self::start(vec![script], None).await
    }

    /// The same over TLS.
    pub(crate) async fn tls(script: Vec<Act>, config: Arc<ServerConfig>) -> io::Result<Self> {
        Self::start(vec![script], Some(config)).await
    }

    /// Each connection follows the next script; the last one is repeated.
    pub(crate) async fn start(scripts: Vec<Vec<Act>>, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let heard = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, scripts.into(), tls.map(TlsAcceptor::from), Arc::clone(&heard)));
        Ok(Self { address, scheme, heard, _tasks: tasks })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL at `host`, which must lead to loopback.
    pub(crate) fn url_at(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme, self.address.port())
    }

    /// A URL at its address.
    pub(crate) fn url(&self, path: &str) -> String {
        self.url_at("127.0.0.1", path)
    }

    /// What the connections said so far, one text a connection that was listened to.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(listener: TcpListener, scripts: Scripts, tls: Option<TlsAcceptor>, heard: Arc<Mutex<Vec<String>>>) {
    let mut connections = JoinSet::new();
    let mut count = 0;
    while let Ok((tcp, _peer)) = listener.accept().await {
        let script = scripts.get(count).or(scripts.last()).cloned().unwrap_or_default();
        count += 1;
        let (tls, heard) = (tls.clone(), Arc::clone(&heard));
        connections.spawn(async move {
            // A client that goes away in the middle is what these tests are about.
            let _ = match tls {
                None => play(tcp, script, &heard, |tcp| tcp).await,
                Some(tls) => match tls.accept(tcp).await {
                    Ok(stream) => play(stream, script, &heard, |stream| stream.into_inner().0).await,
                    Err(error) => Err(error),
                },
            };
        });
    }
}

async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: Vec<Act>,
    heard: &Mutex<Vec<String>>,
    bare: impl FnOnce(S) -> TcpStream,
) -> io::Result<()> {
    for act in script {
        match act {
            Act::Listen => {
                let said = listen(&mut stream).await?;
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(said);
            }
            Act::Send(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Act::Drip(bytes, pause) => {
                for byte in bytes {
                    sleep(pause).await;
                    stream.write_all(&[byte]).await?;
                    stream.flush().await?;
                }
            }
            Act::Forever(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Act::Hold => std::future::pending().await,
            Act::Reset => return bare(stream).set_zero_linger(),
            Act::HangUp => return farewell(bare(stream)).await,
        }
    }
    farewell(stream).await
}

/// A goodbye, and then what the client still says is read: closing on unread bytes would reset the connection.
async fn farewell<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

async fn listen<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<String> {
    let mut said = Vec::new();
    while stream.read_buf(&mut said).await? > 0 {
        let http1 = said.first().is_some_and(u8::is_ascii_uppercase) && !said.starts_with(b"PRI *");
        if !http1 || said.windows(4).any(|window| window == b"\r\n\r\n") {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&said).into_owned())
}
