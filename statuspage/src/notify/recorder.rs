//! A server for tests that notes every request and answers as it was told.
//!
//! It does not know who asks.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use tokio::{net::TcpListener, sync::mpsc, task::JoinSet, time::timeout};
use url::Url;

use super::Client;

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// An answer: status, headers, body.
pub(crate) type Answer = (u16, Vec<(&'static str, &'static str)>, &'static str);

#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: mpsc::Sender<Request>,
}

/// The server; it ends when it is dropped.
pub(crate) struct Recorder {
    pub(crate) url: Url,
    requests: mpsc::Receiver<Request>,
    _server: JoinSet<()>,
}

impl Recorder {
    /// Starts a server that gives these answers in turn, and then an empty 200.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let (sender, requests) = mpsc::channel(64);
        let script = Script { answers: Arc::new(Mutex::new(answers.into_iter().collect())), requests: sender };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let router = Router::new().fallback(answer).with_state(script);
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.expect("serves") });
        let url = format!("http://{address}/").parse().expect("a url");
        Self { url, requests, _server: server }
    }

    /// The next request.
    pub(crate) async fn request(&mut self) -> Request {
        let request = timeout(Duration::from_secs(30), self.requests.recv()).await;
        request.expect("a request comes").expect("the server lives")
    }
}

async fn answer(State(script): State<Script>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8(body.to_vec()).expect("text");
    let path = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    script.requests.send(Request { method, path, headers, body }).await.expect("the test listens");
    let next = script.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let (status, headers, body) = next.unwrap_or((200, vec![], ""));
    let mut response = (StatusCode::from_u16(status).expect("a status"), body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().expect("a header"));
    }
    response
}

/// A client that trusts nobody, for plain HTTP.
pub(crate) fn client() -> Client {
    Client::new(rustls::RootCertStore::empty(), "Belfry/test").expect("set up")
}
