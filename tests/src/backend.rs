//! A small web server that a test can turn good, bad or silent while it runs.
//!
//! It speaks just enough HTTP/1.1 to be a target; nginx stands in where a real server is meant.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// What it answers, and how often it was asked.
#[derive(Debug, Clone)]
struct Behaviour {
    response: String,
    once: Option<String>,
    requests: Vec<String>,
}

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Backend {
    address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    _tasks: JoinSet<()>,
}

impl Backend {
    /// Starts one that answers `200 OK`.
    pub async fn start() -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts one at an address: where another stood before, say.
    pub async fn start_at(address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let behaviour = Behaviour { response: response("200 OK", "ok"), once: None, requests: Vec::new() };
        let behaviour = Arc::new(Mutex::new(behaviour));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, behaviour.clone()));
        Ok(Self { address, behaviour, _tasks: tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on answers with that status line and body.
    pub fn answer(&self, status: &str, body: &str) {
        if let Ok(mut behaviour) = self.behaviour.lock() {
            behaviour.response = response(status, body);
        }
    }

    /// Answers the next request alone with that.
    pub fn answer_once(&self, status: &str, body: &str) {
        if let Ok(mut behaviour) = self.behaviour.lock() {
            behaviour.once = Some(response(status, body));
        }
    }

    /// Every request so far, as it came.
    pub fn requests(&self) -> Vec<String> {
        self.behaviour.lock().map(|behaviour| behaviour.requests.clone()).unwrap_or_default()
    }
}

/// A server that accepts connections and never says a word; dropping it stops it.
#[derive(Debug)]
pub struct Silent {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Silent {
    /// Starts one.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                held.push(stream);
            }
        });
        Ok(Self { address, _tasks: tasks })
    }

    /// Its URL, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn response(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn serve(listener: TcpListener, behaviour: Arc<Mutex<Behaviour>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(answer(stream, behaviour.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: TcpStream, behaviour: Arc<Mutex<Behaviour>>) {
    let Some(request) = read_request(&mut stream).await else { return };
    let response = respond(&behaviour, request);
    // A prober that went away in the meantime is none of our concern.
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn respond(behaviour: &Mutex<Behaviour>, request: String) -> String {
    let Ok(mut behaviour) = behaviour.lock() else { return String::new() };
    behaviour.requests.push(request);
    behaviour.once.take().unwrap_or_else(|| behaviour.response.clone())
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|&n| n > 0)?;
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return Some(text.into_owned());
            }
        }
    }
}
