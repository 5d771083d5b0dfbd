//! The socket of operators: the same API, with what is private in it.

use std::path::Path;

use shared::Observation;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    command::{self, Ended},
    control::{Client, ClientError, Endpoint},
    server::{router::operators, serve_operators},
};

const OBSERVATIONS: &str = "/api/v1/components/cloud/observations";

async fn listening(stage: &Stage, data: &Path) -> (Client, CancellationToken, JoinSet<()>) {
    let failed = Arc::new(stage::bad_gateway("cloud", now()));
    stage.app.store.append(vec![failed]).await;
    let endpoint = Endpoint::open(data).expect("a socket");
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
    tasks.spawn(serve_operators(endpoint, operators(stage.app.clone()), stop.clone()));
    (Client::find(data).expect("ours").expect("it listens"), stop, tasks)
}

fn observations(page: &serde_json::Value) -> Vec<Observation> {
    serde_json::from_value(page["observations"].clone()).expect("observations")
}

#[tokio::test]
async fn operators_see_what_the_public_does_not() {
    let (stage, data) = (Stage::new(), tempfile::tempdir().expect("a directory"));
    let (client, _stop, _tasks) = listening(&stage, data.path()).await;
    let page: serde_json::Value = client.get(OBSERVATIONS).await.expect("an answer");
    let whole = observations(&page).remove(0);
    assert_eq!(whole.address, Some([203, 0, 113, 7].into()));
    assert_eq!(whole.failure.as_ref().and_then(|failure| failure.evidence.as_deref()), Some("203.0.113.7"));
    let public = observations(&stage.get(OBSERVATIONS).await.json()).remove(0);
    assert_eq!(public, whole.public());
}

#[tokio::test]
async fn a_command_on_the_hubs_machine_learns_the_time_zone_of_the_page() {
    let (stage, data) = (Stage::new(), tempfile::tempdir().expect("a directory"));
    let (client, _stop, _tasks) = listening(&stage, data.path()).await;
    let status: serde_json::Value = client.get("/api/v2/status.json").await.expect("an answer");
    assert_eq!(status["page"]["time_zone"], "Europe/Paris");
}

#[tokio::test]
async fn the_socket_refuses_in_words_and_ends_with_the_hub() {
    let (stage, data) = (Stage::new(), tempfile::tempdir().expect("a directory"));
    let (client, stop, mut tasks) = listening(&stage, data.path()).await;
    let check = async |path: &str, status: u16, words: &str| match client.get::<serde_json::Value>(path).await {
        Err(ClientError::Refused { status: answered, detail }) => {
            assert_eq!(answered, status, "{path}");
            assert!(detail.contains(words), "{path}: {detail}");
        }
        other => panic!("{path}: {other:?}"),
    };
    check("/api/v1/components/nobody/observations", 404, "no such component").await;
    check("/api/v1/components/cloud/observations?limit=x", 400, "`limit` is a number").await;
    check("/", 404, "no such path").await;
    stop.cancel();
    tokio::time::timeout(LONG, tasks.join_next()).await.expect("it ends").expect("one task").expect("no fault");
    assert!(Client::find(data.path()).expect("nobody").is_none());
}

#[tokio::test]
async fn a_supervisor_hears_whether_the_hub_goes_on_publishing() {
    let (stage, data) = (Stage::new(), tempfile::tempdir().expect("a directory"));
    assert_eq!(command::health(data.path()).await.expect("printed"), Ended::Poorly, "nobody is there");
    let hub = listening(&stage, data.path()).await;
    assert_eq!(command::health(data.path()).await.expect("printed"), Ended::Well);
    drop(hub);
    let (stale, data) = (
        Stage::showing(stage::snapshot(now().minus(Duration::from_secs(3_600)))),
        tempfile::tempdir().expect("a directory"),
    );
    let _hub = listening(&stale, data.path()).await;
    assert_eq!(command::health(data.path()).await.expect("printed"), Ended::Poorly, "an hour without news");
}

#[tokio::test]
async fn orders_are_taken_from_operators_alone() {
    let (stage, data) = (Stage::new(), tempfile::tempdir().expect("a directory"));
    for (method, path) in [("GET", "/api/v1/backup"), ("POST", "/api/v1/verify")] {
        let refused = stage.ask(method, path, &[]).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"operators\"");
        assert!(refused.text().contains("for operators"), "{}", refused.text());
    }
    let (client, _stop, _tasks) = listening(&stage, data.path()).await;
    let mut answer = client.ask(http::Method::POST, "/api/v1/verify").await.expect("an answer");
    let mut lines = Vec::new();
    while let Some(piece) = answer.chunk().await.expect("it goes on") {
        lines.extend_from_slice(&piece);
    }
    assert!(str::from_utf8(&lines).expect("text").starts_with("{\"report\":{\"checked\":{\"rows\":"));
    let _turn = stage.app.cares.acquire().await.expect("it is never closed");
    let refused = client.ask(http::Method::GET, "/api/v1/backup").await.expect_err("another one is at work");
    assert!(matches!(refused, ClientError::Refused { status: 409, .. }), "{refused:?}");
}
