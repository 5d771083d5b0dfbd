//! Signs of life by every path that senders know, and what strangers learn: nothing.

use prober::definition::{DefinitionSet, Schedule};

use super::*;
use crate::{
    heartbeat::{Push, Sign, sample},
    hub::DeskEnd,
    store::Durability,
};

const TOKEN: &str = "canary-0123456789abcdef";

fn heartbeat() -> Arc<DefinitionSet> {
    Arc::new(sample::watched(TOKEN, Schedule::Every(Duration::from_secs(300)), []))
}

struct Bell {
    stage: Stage,
    hub: DeskEnd,
}

impl Bell {
    fn new() -> Self {
        let (mut stage, _, hub) = Stage::with_orders(stage::snapshot(now()));
        stage.app.doorbells = Arc::new(Doorbells::new(watch::channel(heartbeat()).1));
        Self { stage, hub }
    }

    async fn ring(&mut self, request: Request<Body>, durability: Durability) -> (Answer, Option<Push>) {
        let Self { stage, hub } = self;
        let mut heard = None;
        let hub = async {
            while let Some((push, reply)) = hub.next_beat().await {
                heard = Some(push);
                let _ = reply.send(durability);
            }
        };
        let answer = tokio::select! {
            answer = stage.send(request) => answer,
            () = hub => panic!("the desk is gone"),
        };
        (answer, heard)
    }

    /// What a request is answered, and what the hub heard.
    async fn get(&mut self, method: &str, path: &str, body: &str) -> (u16, String, Option<Push>) {
        let request = Request::builder().method(method).uri(path).extension(self.stage.peer);
        let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = request.header("host", "status.example.org").header("content-type", kind);
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        let (answer, heard) =
            self.ring(request.body(Body::from(body.to_owned())).expect("a request"), Durability::Synced).await;
        assert_eq!(answer.header("cache-control"), if path.contains("endpoints") { "" } else { "no-store" }, "{path}");
        (answer.status.as_u16(), String::from_utf8_lossy(&answer.body).into_owned(), heard)
    }
}

#[tokio::test]
async fn every_shape_of_address_that_senders_know_is_heard() {
    let mut bell = Bell::new();
    let alive = |values: &[(&str, f64)]| {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        Some(Push { values, ..Push::of(Sign::Alive) })
    };
    let down = |message: &str| Some(Push::of(Sign::Down).saying(message));
    let watchdog = r#"{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"Watchdog"}}]}"#;
    let resolved = watchdog.replace("firing", "resolved");
    let table: [(&str, String, &str, Option<Push>); 16] = [
        ("GET", format!("/api/push/{TOKEN}?status=up&msg=&ping="), "", alive(&[])),
        ("GET", format!("/api/push/{TOKEN}?free_pct=12"), "", alive(&[("free_pct", 12.0)])),
        ("POST", format!("/api/push/{TOKEN}"), "free_pct=12", alive(&[("free_pct", 12.0)])),
        ("POST", format!("/api/push/{TOKEN}"), r#"{"free_pct":12}"#, alive(&[("free_pct", 12.0)])),
        ("GET", format!("/api/push/{TOKEN}?status=down&msg=full"), "", down("full")),
        ("GET", format!("/ping/{TOKEN}"), "", alive(&[])),
        ("HEAD", format!("/ping/{TOKEN}/0"), "", alive(&[])),
        ("POST", format!("/ping/{TOKEN}/fail"), "no space left", down("no space left")),
        ("GET", format!("/ping/{TOKEN}/3"), "", down("")),
        ("GET", format!("/ping/{TOKEN}/start"), "", Some(Push::of(Sign::Begun))),
        ("POST", format!("/ping/{TOKEN}/log"), "a line", None),
        ("POST", format!("/api/push/{TOKEN}/alertmanager"), watchdog, alive(&[])),
        ("POST", format!("/api/push/{TOKEN}/alertmanager"), &resolved, None),
        ("POST", "/api/push/alertmanager".to_owned(), watchdog, alive(&[])),
        ("GET", format!("/ping/{TOKEN}/disk"), "", alive(&[])),
        ("GET", format!("/ping/{TOKEN}/disk/fail"), "", down("")),
    ];
    for (method, path, body, expected) in table {
        let (status, _, heard) = bell.get(method, &path, body).await;
        assert_eq!((status, heard), (200, expected), "{method} {path} {body}");
    }
    let (status, _, heard) = bell.get("POST", "/api/v1/endpoints/core_vm/external?success=true&duration=10s", "").await;
    assert_eq!((status, heard.and_then(|push| push.took)), (200, Some(Duration::from_secs(10))));
    let (_, text, _) = bell.get("GET", &format!("/api/push/{TOKEN}"), "").await;
    assert_eq!(text, r#"{"ok":true}"#);
}

#[tokio::test]
async fn a_wrong_token_opens_nothing_and_is_told_nothing() {
    let mut bell = Bell::new();
    for path in [
        "/api/push/wrong",
        "/ping/wrong",
        "/ping/wrong/fail",
        &format!("/ping/{TOKEN}/other"),
        &format!("/ping/{TOKEN}/other/0"),
    ] {
        let (status, text, heard) = bell.get("GET", path, "").await;
        assert_eq!((status, heard), (404, None), "{path}");
        assert!(!text.contains("canary"), "{text}");
    }
    let refused = async |bell: &mut Bell| bell.get("GET", "/api/push/guess", "").await.0;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(refused(&mut bell).await);
    }
    assert_eq!(statuses.last(), Some(&429), "who tries tokens out waits");
    assert_eq!(bell.get("GET", &format!("/ping/{TOKEN}"), "").await.0, 200, "who has one does not");
}

#[tokio::test]
async fn what_is_not_on_stable_storage_is_sent_again() {
    let mut bell = Bell::new();
    let request =
        Request::builder().uri(format!("/ping/{TOKEN}")).extension(bell.stage.peer).header("host", "x.example");
    let request = request.body(Body::empty()).expect("a request");
    let (answer, heard) = bell.ring(request, Durability::Behind).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
    assert!(heard.is_some());
}

#[tokio::test]
async fn one_token_is_not_a_flood() {
    let mut bell = Bell::new();
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(bell.get("GET", &format!("/ping/{TOKEN}"), "").await.0);
    }
    assert_eq!((statuses.first(), statuses.last()), (Some(&200), Some(&429)));
}
