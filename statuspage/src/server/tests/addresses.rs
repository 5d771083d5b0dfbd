//! Every public address: how it is asked, what caches are told, and how it refuses.

use super::{
    telling::{ADDRESSES, JSON, eventful},
    *,
};

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const PROBLEM: &str = "application/problem+json";

/// What people ask for, with its media type.
const PAGES: &[(&str, &str)] = &[
    ("/", HTML),
    ("/services/cloud", HTML),
    ("/incidents/kctbh9vrtdwd", HTML),
    ("/incidents/m00000000001", HTML),
    ("/incidents/a1b2c3d4e5f6/postmortem", HTML),
    ("/history", HTML),
    ("/history?month=2026-11", HTML),
    ("/monitoring", HTML),
    ("/affected", HTML),
    ("/status.txt", TEXT),
    ("/status.txt?for=voice", TEXT),
    ("/snapshot.json", JSON),
];

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    PAGES.iter().chain(ADDRESSES)
}

#[tokio::test]
async fn every_address_says_what_it_is_and_spares_the_second_copy() {
    let stage = eventful();
    for (uri, content_type) in all() {
        let got = stage.get(uri).await;
        assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, *content_type), "{uri}");
        assert!(got.header("cache-control").starts_with("public, max-age=10, stale-while-revalidate="), "{uri}");
        assert_eq!(got.header("vary"), "Accept-Encoding, Accept-Language", "{uri}");
        assert_eq!(got.header("content-language"), "fr", "{uri}");
        let head = stage.ask("HEAD", uri, &[]).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{uri}");
        for name in ["etag", "content-type", "cache-control", "last-modified"] {
            assert_eq!(head.header(name), got.header(name), "{uri}");
        }
        assert_eq!(head.header("content-length"), got.body.len().to_string(), "{uri}");
        for method in ["GET", "HEAD"] {
            let again = stage.ask(method, uri, &[("if-none-match", got.header("etag"))]).await;
            assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{method} {uri}");
            assert_eq!(again.header("cache-control"), got.header("cache-control"), "{method} {uri}");
        }
    }
}

#[tokio::test]
async fn every_address_is_there_in_the_other_language() {
    let stage = eventful();
    for (uri, _) in all() {
        let asked = format!("{uri}{}lang=en", if uri.contains('?') { '&' } else { '?' });
        assert_eq!(stage.get(&asked).await.header("content-language"), "en", "{uri}");
        let preferred = stage.ask("GET", uri, &[("accept-language", "en-GB, fr;q=0.5")]).await;
        assert_eq!(preferred.header("content-language"), "en", "{uri}");
    }
}

#[tokio::test]
async fn nothing_but_reading_is_done_at_any_of_them() {
    let stage = eventful();
    for (uri, content_type) in all() {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let refused = stage.ask(method, uri, &[]).await;
            assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {uri}");
            assert_eq!(refused.header("allow"), "GET,HEAD", "{method} {uri}");
            assert_eq!(refused.header("cache-control"), "no-store", "{method} {uri}");
            let told = match *content_type {
                HTML => HTML,
                _ if uri.starts_with("/api/") || uri.ends_with(".json") => PROBLEM,
                _ => TEXT,
            };
            assert_eq!(refused.header("content-type"), told, "{method} {uri}");
        }
    }
}

#[tokio::test]
async fn feeds_and_calendars_are_dated_for_readers_that_know_no_tags() {
    let stage = eventful();
    for (uri, content_type) in all() {
        let got = stage.get(uri).await;
        let modified = got.header("last-modified");
        let dated = ["atom", "rss", "feed+json", "calendar"].iter().any(|kind| content_type.contains(kind));
        assert_eq!(modified.ends_with(" GMT"), dated, "{uri}: {modified}");
        if dated {
            let ask = async |headers: &[(&str, &str)]| stage.ask("GET", uri, headers).await.status;
            assert_eq!(ask(&[("if-modified-since", modified)]).await, StatusCode::NOT_MODIFIED, "{uri}");
            let other = "Sun, 22 Nov 2026 13:00:00 GMT";
            assert_eq!(ask(&[("if-modified-since", other)]).await, StatusCode::OK, "{uri}");
            let both = [("if-none-match", "\"other\""), ("if-modified-since", modified)];
            assert_eq!(ask(&both).await, StatusCode::OK, "the tag says more: {uri}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_the_form_and_language_that_was_asked_for() {
    let stage = eventful();
    let check = async |uri: &str, accept: &str, content_type: &str, says: &str| {
        let headers = [("accept", accept), ("accept-language", "en")];
        let answer = stage.ask("GET", uri, &headers).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
        assert_eq!(
            (answer.header("content-type"), answer.header("cache-control")),
            (content_type, "no-store"),
            "{uri}"
        );
        assert!(answer.text().contains(says), "{uri}: {}", answer.text());
    };
    let (any, browser, here, nothing) = ("*/*", "text/html,*/*;q=0.8", "Hosting together", "nothing at this address");
    for page in ["/services/nobody", "/incidents/nothing00000", "/incidents/zzzz/postmortem", "/history?month=1999-01"]
    {
        check(page, any, HTML, here).await;
        check(page, "text/plain", TEXT, here).await;
    }
    for told in ["/services/nobody/feed.atom", "/services/nobody/feed.rss", "/services/nobody/calendar.ics"] {
        check(told, any, TEXT, here).await;
        check(told, browser, HTML, here).await;
    }
    check("/badges/nobody.svg", "image/avif,image/svg+xml,*/*;q=0.8", TEXT, here).await;
    for document in ["/services/nobody/feed.json", "/badges/nobody.json", "/api/v2/incidents/nothing00000.json"] {
        check(document, any, PROBLEM, nothing).await;
        check(document, browser, PROBLEM, nothing).await;
    }
    check("/incidents/kctbh9vrtdwd/postmortem", any, HTML, here).await;
}

#[tokio::test]
async fn a_storm_on_a_post_mortem_touches_neither_the_store_nor_the_hub() {
    let stage = eventful();
    // Whoever asked the store would be refused, and whoever asked the hub would wait: its end of the desk is gone.
    stage.app.questions.close();
    stage.app.store.close(LONG).await;
    for uri in ["/incidents/a1b2c3d4e5f6/postmortem", "/api/v2/incidents/a1b2c3d4e5f6.json", "/api/v2/incidents.json"] {
        let first = stage.get(uri).await;
        assert_eq!(first.status, StatusCode::OK, "{uri}");
        for _ in 0..200 {
            let again = stage.get(uri).await;
            assert_eq!((again.status, again.body == first.body), (StatusCode::OK, true), "{uri}");
        }
    }
}
