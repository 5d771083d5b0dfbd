//! A connection with or without TLS, which notes when the first byte came and what the first bytes were.
//!
//! It does not know what the bytes mean.

use std::{
    io,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Instant,
};
use tokio_rustls::client::TlsStream;

/// How many of the first bytes are kept, as evidence.
const KEPT: usize = 96;

/// The beginning of what the other side said.
#[derive(Debug, Clone, Default)]
pub(crate) struct First(Arc<OnceLock<(Instant, Box<[u8]>)>>);

impl First {
    /// When the first byte came.
    pub(crate) fn at(&self) -> Option<Instant> {
        self.0.get().map(|(at, _bytes)| *at)
    }

    /// The first bytes as text, for operators.
    pub(crate) fn text(&self) -> String {
        self.0.get().map(|(_at, bytes)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    }

    fn note(&self, bytes: &[u8]) {
        if !bytes.is_empty() && self.0.get().is_none() {
            let kept = bytes.get(..KEPT).unwrap_or(bytes);
            // Only this stream writes it, so that it is still empty.
            let _ = self.0.set((Instant::now(), kept.into()));
        }
    }
}

/// An open connection.
pub(crate) struct Stream {
    transport: Transport,
    first: First,
}

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(super) fn plain(tcp: TcpStream) -> Self {
        Self { transport: Transport::Plain(tcp), first: First::default() }
    }

    pub(super) fn tls(stream: TlsStream<TcpStream>) -> Self {
        Self { transport: Transport::Tls(Box::new(stream)), first: First::default() }
    }

    /// What ALPN agreed on.
    pub(crate) fn speaks_http2(&self) -> bool {
        match &self.transport {
            Transport::Plain(_) => false,
            Transport::Tls(stream) => stream.get_ref().1.alpn_protocol() == Some(b"h2"),
        }
    }

    /// The beginning of what will be read; stays valid when the stream is given away.
    pub(crate) fn first(&self) -> First {
        self.first.clone()
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = ready!(match &mut this.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Transport::Tls(tls) => Pin::new(tls.as_mut()).poll_read(cx, buf),
        });
        this.first.note(buf.filled().get(before..).unwrap_or_default());
        match read {
            // Many servers close without TLS's goodbye. HTTP's own framing tells whether something is missing.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
            read => Poll::Ready(read),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Transport::Tls(tls) => Pin::new(tls.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Transport::Tls(tls) => Pin::new(tls.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Transport::Tls(tls) => Pin::new(tls.as_mut()).poll_shutdown(cx),
        }
    }
}
