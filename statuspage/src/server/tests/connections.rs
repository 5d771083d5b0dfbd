//! The accept loop over real sockets: what slow, silent and departing clients get.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::server::{Limits, accept};

/// A server on a port of its own; its `/slow` answers when `release` says so.
struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    slow_asked: Arc<Notify>,
    release: Arc<Notify>,
    tasks: JoinSet<()>,
}

async fn start(limits: Limits) -> Running {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let (stop, slow_asked, release) = (CancellationToken::new(), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (asked, release) = (Arc::clone(&slow_asked), Arc::clone(&release));
        async move || {
            asked.notify_one();
            release.notified().await;
            "at last"
        }
    };
    let router = Stage::new().router().route("/slow", axum::routing::get(slow));
    let mut tasks = JoinSet::new();
    tasks.spawn(accept::serve(listener, router, None, limits, stop.clone()));
    Running { address, stop, slow_asked, release, tasks }
}

impl Running {
    async fn connect(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("it accepts");
        stream.write_all(bytes.as_bytes()).await.expect("it reads");
        stream
    }

    async fn ended(&mut self) {
        timeout(LONG, self.tasks.join_next()).await.expect("it ends").expect("one task").expect("without a fault");
    }
}

/// Everything until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("it closes");
    String::from_utf8(bytes).expect("text")
}

fn hasty() -> Limits {
    Limits { head: Duration::from_millis(100), drain: Duration::from_millis(100), ..Limits::default() }
}

#[tokio::test]
async fn a_client_that_is_silent_or_slow_loses_its_connection() {
    let running = start(hasty()).await;
    for beginning in ["", "GET", "GET / HTTP/1.1\r\nhost: a\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let since = Instant::now();
        let mut stream = running.connect(beginning).await;
        let answer = rest(&mut stream).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{beginning:?}: {answer}");
        assert!(since.elapsed() >= Duration::from_millis(100), "{beginning:?}: cut off before its time");
    }
}

#[tokio::test]
async fn an_idle_connection_ends_after_its_answer() {
    let running = start(hasty()).await;
    let mut stream = running.connect("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("ok\n"), "{answer}");
    assert!(answer.contains("\r\ndate: "), "{answer}");
}

#[tokio::test]
async fn no_more_connections_are_served_at_once_than_allowed() {
    let running = start(Limits { connections: 1, head: Duration::from_millis(200), ..Limits::default() }).await;
    let mut first = running.connect("").await;
    let mut second = running.connect("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    let since = Instant::now();
    assert!(rest(&mut second).await.ends_with("ok\n"));
    assert!(since.elapsed() >= Duration::from_millis(150), "the second waited until the first was cut off");
    assert_eq!(rest(&mut first).await, "");
}

#[tokio::test]
async fn what_is_under_way_at_the_stop_is_answered() {
    let mut running = start(Limits::default()).await;
    let mut idle = running.connect("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut head = [0; 15];
    idle.read_exact(&mut head).await.expect("an answer");
    let mut busy = running.connect("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    timeout(LONG, running.slow_asked.notified()).await.expect("it was asked");
    running.stop.cancel();
    rest(&mut idle).await;
    running.release.notify_one();
    assert!(rest(&mut busy).await.ends_with("at last"));
    running.ended().await;
    assert!(TcpStream::connect(running.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn who_has_asked_may_wait_for_the_answer_as_long_as_it_takes() {
    let running = start(hasty()).await;
    let mut patient = running.connect("GET /slow HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    timeout(LONG, running.slow_asked.notified()).await.expect("it was asked");
    for _ in 0..2 {
        // A silent client that came later is cut off: by then the deadline of the patient one's head is long over.
        rest(&mut running.connect("").await).await;
    }
    running.release.notify_one();
    assert!(rest(&mut patient).await.ends_with("at last"));
}

#[tokio::test]
async fn what_does_not_end_in_time_is_closed() {
    let mut running = start(Limits { head: LONG, ..hasty() }).await;
    let mut busy = running.connect("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    timeout(LONG, running.slow_asked.notified()).await.expect("it was asked");
    running.stop.cancel();
    running.ended().await;
    assert_eq!(rest(&mut busy).await, "");
}
