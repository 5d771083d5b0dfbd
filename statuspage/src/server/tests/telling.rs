//! What machines read of incidents and maintenance: every address, what it says of itself, and what caches may do.

use super::*;
use crate::{incident::sample, maintenance::sample as works};

/// The stage with incidents and maintenance.
pub(super) fn eventful() -> Stage {
    let mut snapshot = stage::snapshot(now());
    let mut settled = sample::settled();
    settled.postmortem.published_at = Some(now());
    snapshot.incidents = Arc::new([sample::storm(), sample::relapse(), settled].map(Arc::new).into());
    snapshot.maintenances = Arc::new([works::planned(), works::running(), works::over()].map(Arc::new).into());
    Stage::showing(snapshot)
}

pub(super) const JSON: &str = "application/json; charset=utf-8";

/// Every address with its media type.
pub(super) const ADDRESSES: &[(&str, &str)] = &[
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
    ("/history.atom", "application/atom+xml; charset=utf-8"),
    ("/history.rss", "application/rss+xml; charset=utf-8"),
    ("/feed.atom", "application/atom+xml; charset=utf-8"),
    ("/feed.rss", "application/rss+xml; charset=utf-8"),
    ("/feed.json", "application/feed+json; charset=utf-8"),
    ("/updates.atom", "application/atom+xml; charset=utf-8"),
    ("/updates.rss", "application/rss+xml; charset=utf-8"),
    ("/updates.json", "application/feed+json; charset=utf-8"),
    ("/services/cloud/feed.atom", "application/atom+xml; charset=utf-8"),
    ("/services/cloud/feed.rss", "application/rss+xml; charset=utf-8"),
    ("/services/cloud/feed.json", "application/feed+json; charset=utf-8"),
    ("/calendar.ics", "text/calendar; charset=utf-8"),
    ("/services/cloud/calendar.ics", "text/calendar; charset=utf-8"),
    ("/badges/overall.svg", "image/svg+xml; charset=utf-8"),
    ("/badges/overall.json", JSON),
    ("/badges/cloud.svg", "image/svg+xml; charset=utf-8"),
    ("/badges/cloud.json", JSON),
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

#[tokio::test]
async fn nothing_is_told_of_what_is_not_watched() {
    let stage = eventful();
    let missing = [
        "/services/nobody/feed.atom",
        "/services/nobody/calendar.ics",
        "/services/No!/feed.json",
        "/badges/nobody.svg",
        "/badges/cloud.png",
        "/badges/cloud",
    ];
    for uri in missing {
        assert_eq!(stage.get(uri).await.status, StatusCode::NOT_FOUND, "{uri}");
    }
}

#[tokio::test]
async fn a_feed_has_one_text_under_all_its_names_and_follows_the_reader_s_language() {
    let stage = eventful();
    let body = async |uri: &str, language: &str| stage.ask("GET", uri, &[("accept-language", language)]).await.body;
    for end in ["atom", "rss"] {
        assert_eq!(body(&format!("/history.{end}"), "fr").await, body(&format!("/feed.{end}"), "fr").await);
    }
    assert_ne!(body("/history.atom", "fr").await, body("/history.atom", "en").await);
    assert_eq!(body("/history.atom?lang=en", "fr").await, body("/history.atom", "en").await);
    assert_eq!(stage.get("/history.atom").await.header("vary"), "Accept-Encoding, Accept-Language");
}

#[tokio::test]
async fn a_subscription_outlives_the_name_of_its_component() {
    let mut snapshot = stage::snapshot(now());
    snapshot = stage::with_first(snapshot, |component| component.formerly = vec!["nuage".parse().expect("an id")]);
    let stage = Stage::showing(snapshot);
    for end in ["services/nuage/feed.atom", "services/nuage/calendar.ics", "badges/nuage.svg"] {
        assert_eq!(stage.get(&format!("/{end}")).await.status, StatusCode::OK, "{end}");
    }
}

#[tokio::test]
async fn a_badge_of_a_hub_that_has_stopped_is_grey_and_an_error() {
    let stage = Stage::showing(stage::snapshot(now().minus(Duration::from_secs(3_600))));
    for uri in ["/badges/overall.json", "/badges/cloud.json"] {
        let badge = stage.get(uri).await.json();
        assert_eq!((&badge["isError"], &badge["color"]), (&true.into(), &"#5f6670".into()), "{uri}");
    }
    assert!(stage.get("/history.atom").await.text().contains("Surveillance interrompue"));
}

#[tokio::test]
async fn what_is_read_aloud_has_an_address_of_its_own() {
    let stage = eventful();
    let (text, voice) = (stage.get("/status.txt").await, stage.get("/status.txt?for=voice&lang=en").await);
    assert_eq!(voice.header("content-type"), "text/plain; charset=utf-8");
    assert!(voice.body.len() < text.body.len() && !voice.text().contains("192.0.2.10"), "{}", voice.text());
}
