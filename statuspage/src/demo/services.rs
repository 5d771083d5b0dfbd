//! The services of the demonstration: what each answers, in good times and in bad ones.
//!
//! It does not know who watches them.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, response::Html, routing::get};
use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{self, Instant},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::{StageError, certificate::Certificate, mood::Mood};
use crate::server::{Limits, accept};

/// Answers 502 for a minute of every four, the first time when the reader has just found the page.
const CHAT: Mood = Mood::troubled(45, 105, 240);
/// Is slow for a minute and a half of every seven.
const FORUM: Mood = Mood::troubled(150, 240, 420);
/// Slower than the definition wants, and far from its timeout.
const SLOW: Duration = Duration::from_millis(1_800);

/// Where each service listens on 127.0.0.1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) cloud: u16,
    pub(super) forum: u16,
    pub(super) chat: u16,
    pub(super) storage: u16,
    pub(super) vault: u16,
    pub(super) mail: u16,
}

/// Starts every service on a port of its own.
pub(super) async fn start(
    tasks: &mut JoinSet<()>,
    certificate: &Certificate,
    stop: &CancellationToken,
) -> Result<Ports, StageError> {
    let began = Instant::now();
    let tls = acceptor(certificate)?;
    let mut http = async |router: Router, tls: Option<TlsAcceptor>| -> io::Result<u16> {
        let (listener, port) = listen().await?;
        tasks.spawn(accept::serve(listener, router, tls, Limits::default(), stop.clone()));
        Ok(port)
    };
    let ports = Ports {
        cloud: http(cloud(), None).await?,
        forum: http(forum(began), None).await?,
        chat: http(chat(began), None).await?,
        storage: http(Router::new().route("/health/live", get(|| takes(4, ""))), None).await?,
        vault: http(Router::new().route("/alive", get(|| takes(12, "2026"))), Some(tls)).await?,
        mail: 0,
    };
    let (listener, mail) = listen().await?;
    tasks.spawn(greet(listener, stop.clone()));
    Ok(Ports { mail, ..ports })
}

async fn listen() -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

fn acceptor(certificate: &Certificate) -> Result<TlsAcceptor, rustls::Error> {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.clone()], certificate.key.clone_key())?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// An answer after about so many milliseconds: real services are never equally fast.
async fn takes<T>(millis: u64, answer: T) -> T {
    let jitter = u64::from(jiff::Timestamp::now().subsec_nanosecond().unsigned_abs()) / 1_000 % (millis + 1);
    time::sleep(Duration::from_millis(millis + jitter)).await;
    answer
}

fn cloud() -> Router {
    Router::new()
        .route("/login", get(|| takes(25, Html("<!doctype html><title>Nextcloud</title><h1>Log in to Nextcloud</h1>"))))
        .route("/status.php", get(|| takes(10, "{\"installed\":true,\"maintenance\":false}")))
}

fn forum(began: Instant) -> Router {
    let page = Html("<!doctype html><title>Discourse</title><h1>Latest topics</h1>");
    let slow = move || async move {
        if FORUM.is_troubled(began.elapsed()) {
            time::sleep(SLOW).await;
        }
        takes(40, page).await
    };
    Router::new().route("/", get(slow))
}

fn chat(began: Instant) -> Router {
    let answer = move || async move {
        if CHAT.is_troubled(began.elapsed()) {
            (StatusCode::BAD_GATEWAY, "Bad Gateway")
        } else {
            takes(8, (StatusCode::OK, "ok")).await
        }
    };
    Router::new().route("/health", get(answer))
}

/// Greets as a mail server does, one connection after the other.
async fn greet(listener: TcpListener, stop: CancellationToken) {
    const PATIENCE: Duration = Duration::from_secs(5);
    let hello = async |mut stream: TcpStream| {
        stream.write_all(b"220 mail.demo.example ESMTP\r\n").await?;
        stream.shutdown().await
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Ok((stream, _)) = listener.accept() => {
                // Whoever leaves before the greeting is over has seen enough.
                let _ = time::timeout(PATIENCE, hello(stream)).await;
            }
        }
    }
}
