//! The server as its users hold it: bound to a port of its own, spoken to by an ordinary client.

use std::path::Path;

use prober::supervisor::Pulse;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::server::{BindError, Limits, Options, Server, Sources, TlsFiles};

fn sources(directory: &Path) -> (watch::Sender<Arc<Snapshot>>, Sources) {
    let store = Store::open(directory, StoreOptions::default()).expect("a store").handle;
    let (hub, snapshots) = watch::channel(Arc::new(stage::snapshot(now())));
    let access = Arc::new(Access::open(directory, Accounts::default(), TimeZone::UTC, now()));
    (
        hub,
        Sources {
            counter: hub::counter().0,
            snapshots,
            pulse: Pulse::new("page", Duration::from_secs(30)),
            definitions: watch::channel(Arc::default()).1,
            store,
            hub: Arc::default(),
            prober: None,
            access,
            desk: hub::desk().0,
            subscribers: RegistryHandle::absent(),
            key: None,
        },
    )
}

fn options(tls: Option<TlsFiles>) -> Options {
    Options {
        listen: "127.0.0.1:0".parse().expect("an address"),
        tls,
        trusted_proxies: vec![],
        metrics: MetricsAccess::Private { token: None },
        limits: Limits::default(),
    }
}

/// A certificate for this machine, and a client that trusts it.
fn trusted(directory: &Path) -> (TlsFiles, reqwest::Client) {
    let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let files = TlsFiles { cert: directory.join("cert.pem"), key: directory.join("key.pem") };
    std::fs::write(&files.cert, signed.cert.pem()).expect("written");
    std::fs::write(&files.key, signed.signing_key.serialize_pem()).expect("written");
    let root = reqwest::Certificate::from_pem(signed.cert.pem().as_bytes()).expect("a certificate");
    (files, reqwest::Client::builder().tls_certs_only([root]).build().expect("a client"))
}

#[tokio::test]
async fn it_speaks_http_2_over_tls_and_ends_when_it_is_told_to() {
    let directory = tempfile::tempdir().expect("a directory");
    let (files, client) = trusted(directory.path());
    let (_hub, sources) = sources(directory.path());
    let bound = Server::new(options(Some(files)), sources).bind().await.expect("a free port");
    let (url, stop) = (bound.local_url(), CancellationToken::new());
    let mut tasks = JoinSet::new();
    tasks.spawn(bound.run(stop.clone()));
    let answer = client.get(url.clone()).send().await.expect("an answer");
    assert_eq!((answer.version(), answer.status()), (http::Version::HTTP_2, StatusCode::OK));
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert!(answer.headers().contains_key("date"));
    let metrics = client.get(url.join("metrics").expect("a path")).send().await.expect("an answer");
    assert!(metrics.text().await.expect("text").contains("process_resident_memory_bytes"));
    stop.cancel();
    tokio::time::timeout(LONG, tasks.join_next()).await.expect("it ends").expect("one task").expect("no fault");
}

#[tokio::test]
async fn a_change_of_state_is_served_as_soon_as_it_is_published() {
    let directory = tempfile::tempdir().expect("a directory");
    let (hub, sources) = sources(directory.path());
    let bound = Server::new(options(None), sources).bind().await.expect("a free port");
    let url = bound.local_url().join("api/v2/status.json").expect("a path");
    let mut tasks = JoinSet::new();
    tasks.spawn(bound.run(CancellationToken::new()));
    let outage = stage::with_first(stage::snapshot(now()), |component| component.status = shared::Status::MajorOutage);
    hub.send_replace(Arc::new(outage));
    let client = reqwest::Client::new();
    let told = async {
        loop {
            let text = client.get(url.clone()).send().await.expect("an answer").text().await.expect("text");
            if text.contains("\"critical\"") {
                break;
            }
        }
    };
    tokio::time::timeout(LONG, told).await.expect("it is told");
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_one_sentence() {
    let directory = tempfile::tempdir().expect("a directory");
    let (_hub, sources) = sources(directory.path());
    let first = Server::new(options(None), sources.clone()).bind().await.expect("a free port");
    let again = Options { listen: first.local_address().into(), ..options(None) };
    let refused = Server::new(again, sources).bind().await.expect_err("it is taken");
    assert!(matches!(refused, BindError::InUse(_)), "{refused}");
    assert_eq!(refused.to_string().lines().count(), 1);
}
