//! What machines read of incidents and maintenance: every address, what it says of itself, and what caches may do.

use super::*;
use crate::{incident::sample, maintenance::sample as works};

/// The stage with incidents and maintenance.
fn eventful() -> Stage {
    let mut snapshot = stage::snapshot(now());
    snapshot.incidents = Arc::new([sample::storm(), sample::relapse(), sample::settled()].map(Arc::new).into());
    snapshot.maintenances = Arc::new([works::planned(), works::running(), works::over()].map(Arc::new).into());
    Stage::showing(snapshot)
}

const JSON: &str = "application/json; charset=utf-8";

/// Every address with its media type.
const ADDRESSES: &[(&str, &str)] = &[
    ("/api/v2/summary.json", JSON),
    ("/api/v2/status.json", JSON),
    ("/api/v2/components.json", JSON),
    ("/api/v2/incidents.json", JSON),
    ("/api/v2/incidents/unresolved.json", JSON),
    ("/api/v2/incidents/kctbh9vrtdwd.json", JSON),
    ("/api/v2/incidents/m00000000001.json", JSON),
    ("/api/v2/scheduled-maintenances.json", JSON),
    ("/api/v2/scheduled-maintenances/upcoming.json", JSON),
    ("/api/v2/scheduled-maintenances/active.json", JSON),
];

#[tokio::test]
async fn every_address_answers_get_and_head_with_a_tag_that_saves_the_second_copy() {
    let stage = eventful();
    for (uri, content_type) in ADDRESSES {
        let got = stage.get(uri).await;
        assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, *content_type), "{uri}");
        assert!(got.header("cache-control").starts_with("public, max-age="), "{uri}");
        let head = stage.ask("HEAD", uri, &[]).await;
        assert_eq!((head.header("etag"), head.body.len()), (got.header("etag"), 0), "{uri}");
        assert_eq!(head.header("content-length"), got.body.len().to_string(), "{uri}");
        let again = stage.ask("GET", uri, &[("if-none-match", got.header("etag"))]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{uri}");
    }
}

#[tokio::test]
async fn scripts_of_every_page_may_read_them() {
    let stage = eventful();
    for (uri, _) in ADDRESSES {
        assert_eq!(stage.get(uri).await.header("access-control-allow-origin"), "*", "{uri}");
    }
}

#[tokio::test]
async fn what_was_never_told_is_not_found_and_fills_no_memory() {
    let stage = eventful();
    for uri in ["/api/v2/incidents/nothing00000.json", "/api/v2/incidents/kctbh9vrtdwd", "/api/v2/incidents/.json"] {
        let answer = stage.get(uri).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{uri}");
    }
}

#[tokio::test]
async fn the_language_is_the_readers() {
    let stage = eventful();
    let name = async |uri: &str| stage.get(uri).await.json()["incident"]["name"].as_str().expect("a name").to_owned();
    let uri = "/api/v2/incidents/kctbh9vrtdwd.json";
    assert_eq!(name(uri).await, "502 sur 200 services derrière 192.0.2.10");
    assert_eq!(name(&format!("{uri}?lang=en")).await, "502 on 200 services behind 192.0.2.10");
}
