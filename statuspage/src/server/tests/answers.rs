//! What the router answers.

use prober::definition::Secret;
use shared::Status;

use super::*;
use crate::{
    domains::Domain,
    history::{History, Unit},
    incident, maintenance,
    store::{Changes, Ledger},
};

#[tokio::test]
async fn every_page_carries_what_keeps_browsers_out_of_trouble() {
    let stage = Stage { transport: Transport::Tls, ..Stage::new() };
    for uri in ["/", "/nowhere", "/api/v2/status.json", "/healthz"] {
        let answer = stage.get(uri).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{uri}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{uri}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{uri}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{uri}");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{uri}");
    }
    assert_eq!(Stage::new().get("/").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn the_front_page_may_be_kept_no_longer_than_it_proves_something() {
    let answer = Stage::new().get("/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=10, stale-while-revalidate=60, stale-if-error=110");
    assert_eq!(answer.header("vary"), "Accept-Encoding, Accept-Language");
    assert_eq!(answer.header("content-language"), "fr");
}

#[tokio::test]
async fn who_has_the_page_already_gets_no_second_copy() {
    let stage = Stage::new();
    let first = stage.get("/").await;
    let tag = first.header("etag");
    assert!(tag.starts_with('"'), "strong: {tag}");
    let check = async |given: &str, expected: StatusCode| {
        let answer = stage.ask("GET", "/", &[("if-none-match", given)]).await;
        assert_eq!(answer.status, expected, "{given}");
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(answer.body.is_empty(), expected == StatusCode::NOT_MODIFIED, "{given}");
    };
    check(tag, StatusCode::NOT_MODIFIED).await;
    check(&format!("\"other\", W/{tag}"), StatusCode::NOT_MODIFIED).await;
    check("*", StatusCode::NOT_MODIFIED).await;
    check("\"other\"", StatusCode::OK).await;
}

#[tokio::test]
async fn the_same_text_comes_in_every_coding_under_a_tag_of_its_own() {
    let stage = Stage::new();
    let summary = "/api/v2/summary.json";
    let plain = stage.get(summary).await;
    let gzip = stage.ask("GET", summary, &[("accept-encoding", "gzip")]).await;
    let brotli = stage.ask("GET", summary, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((gzip.header("content-encoding"), brotli.header("content-encoding")), ("gzip", "br"));
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(gzip.body.as_slice()), &mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain.body);
    unpacked.clear();
    brotli::BrotliDecompress(&mut brotli.body.as_slice(), &mut unpacked).expect("brotli");
    assert_eq!(unpacked, plain.body);
    assert_ne!(plain.header("etag"), gzip.header("etag"));
    assert_ne!(brotli.header("etag"), gzip.header("etag"));
}

#[tokio::test]
async fn a_head_says_what_a_get_would_and_sends_nothing() {
    let stage = Stage::new();
    let (get, head) = (stage.get("/").await, stage.ask("HEAD", "/", &[]).await);
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
}

#[tokio::test]
async fn terminals_get_text_that_no_cache_gives_to_browsers() {
    let answer = Stage::new().ask("GET", "/", &[("user-agent", "curl/8.5.0"), ("accept", "*/*")]).await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = Stage::new().get("/status.txt").await;
    assert!(answer.header("cache-control").starts_with("public"));
}

#[tokio::test]
async fn what_cannot_be_answered_is_a_page_for_people_and_a_problem_for_machines() {
    let stage = Stage::new();
    let long = format!("/{}", "x".repeat(3_000));
    let check = async |method: &str, uri: &str, status: u16, content_type: &str| {
        let answer = stage.ask(method, uri, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {uri}");
        assert_eq!(answer.header("content-type"), content_type, "{method} {uri}");
        assert_eq!(answer.header("cache-control"), "no-store", "{method} {uri}");
    };
    let (html, problem) = ("text/html; charset=utf-8", "application/problem+json");
    check("GET", "/nowhere", 404, html).await;
    check("GET", "/services/none", 404, html).await;
    check("GET", "/services/..%2F..%2Fetc", 404, html).await;
    check("GET", "/assets/none.js", 404, html).await;
    check("POST", "/", 405, html).await;
    check("GET", "/%zz", 400, html).await;
    check("GET", &long, 414, html).await;
    check("GET", "/api/v2/nothing.json", 404, problem).await;
    check("DELETE", "/api/v2/status.json", 405, problem).await;
    let answer = stage.ask("POST", "/", &[]).await;
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = stage.ask("GET", "/nowhere", &[("accept-language", "en")]).await;
    assert!(answer.text().contains("Hosting together"), "{}", answer.text());
}

#[tokio::test]
async fn a_request_of_http_1_1_names_its_host_once() {
    let hosts = |count| (0..count).fold(Request::builder().uri("/"), |request, _| request.header("host", "a"));
    for (count, status) in [(0, 400), (1, 200), (2, 400)] {
        let request = hosts(count).body(Body::empty()).expect("a request");
        assert_eq!(Stage::new().send(request).await.status.as_u16(), status, "{count} hosts");
    }
}

#[tokio::test]
async fn scripts_of_any_page_may_read_the_api() {
    let stage = Stage::new();
    for uri in ["/api/v2/summary.json", "/api/v2/none.json", "/snapshot.json"] {
        assert_eq!(stage.get(uri).await.header("access-control-allow-origin"), "*", "{uri}");
        let preflight = stage.ask("OPTIONS", uri, &[("access-control-request-method", "GET")]).await;
        assert_eq!(preflight.status, StatusCode::NO_CONTENT, "{uri}");
        assert_eq!(preflight.header("access-control-allow-headers"), "*", "{uri}");
    }
    assert_eq!(stage.get("/").await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_hub_that_has_stopped_leaves_no_green_behind() {
    let stage = Stage::showing(stage::snapshot(now().minus(Duration::from_secs(3_600))));
    assert_eq!(stage.get("/").await.status, StatusCode::OK);
    let summary = stage.get("/api/v2/summary.json").await.json();
    assert_eq!(summary["status"]["indicator"], "minor");
    assert_eq!(summary["x_monitor"]["state"], "stale");
    assert_eq!(summary["incidents"][0]["name"], "Surveillance interrompue");
    assert_eq!(stage.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stage.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn ready_means_that_every_probe_has_reported_or_had_its_time_to() {
    let unknown = stage::with_first(stage::snapshot(now()), |component| {
        component.status = Status::Unknown;
        component.probes[0].locations.values_mut().for_each(|at| at.last = None);
    });
    let stage = Stage::showing(unknown);
    let answer = stage.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (503, "1 probes have not reported yet\n"));
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(stage.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(Stage::new().get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_who_has_the_token() {
    let mut stage = Stage::new();
    assert_eq!(stage.get("/metrics").await.status, StatusCode::FORBIDDEN);
    stage.app.metrics = Arc::new(MetricsAccess::Private { token: Some(Secret::new("s3cret")) });
    let check = async |stage: &Stage, given: &str, status: u16| {
        let answer = stage.ask("GET", "/metrics", &[("authorization", given)]).await;
        assert_eq!(answer.status.as_u16(), status, "{given:?}");
        assert_eq!(!answer.header("www-authenticate").is_empty(), status == 401, "{given:?}");
    };
    check(&stage, "Bearer s3cret", 200).await;
    check(&stage, "bearer s3cret", 200).await;
    check(&stage, "Bearer s3cre", 401).await;
    check(&stage, "Basic s3cret", 401).await;
    check(&stage, "", 401).await;
    stage.peer = Peer([127, 0, 0, 1].into());
    check(&stage, "", 401).await;
    stage.app.metrics = Arc::new(MetricsAccess::Public);
    check(&stage, "", 200).await;
    let answer = stage.get("/metrics").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
}

#[tokio::test]
async fn metrics_are_open_on_this_machine() {
    let stage = Stage { peer: Peer([127, 0, 0, 1].into()), ..Stage::new() };
    let ask =
        |host: &str| Request::builder().uri("/metrics").extension(stage.peer).header("host", host).body(Body::empty());
    assert_eq!(stage.send(ask("localhost:8080").expect("a request")).await.status, StatusCode::OK);
    assert_eq!(stage.send(ask("status.example.org").expect("a request")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn observations_come_page_by_page_without_what_is_private() {
    let stage = Stage::new();
    let at = |seconds: u64| now().minus(Duration::from_secs(100 - seconds));
    let kept = (0..3).map(|second| Arc::new(stage::bad_gateway("cloud", at(second)))).collect();
    stage.app.store.append(kept).await;
    let first = stage.get("/api/v1/components/cloud/observations?from=2020-01-01T00:00:00Z&limit=2").await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert!(!first.text().contains("203.0.113.7"), "{}", first.text());
    let first = first.json();
    assert_eq!(first["observations"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["observations"][0]["failure"]["detail"], "502 Bad Gateway");
    let next = first["next"].as_str().expect("there is more");
    let uri = format!("/api/v1/components/cloud/observations?from=2020-01-01T00:00:00Z&limit=2&cursor={next}");
    let second = stage.get(&uri).await.json();
    assert_eq!((second["observations"].as_array().map(Vec::len), &second["next"]), (Some(1), &serde_json::Value::Null));
    assert!(first["observations"][1]["started_at"].as_str() < second["observations"][0]["started_at"].as_str());
}

#[tokio::test]
async fn the_history_comes_at_the_step_that_was_asked_for() {
    let stage = Stage::new();
    let (cloud, hour) = ("cloud".parse().expect("an id"), Duration::from_secs(3_600));
    // Days are those of the page.
    let zone = stage.app.edition().snapshot().site.time_zone.clone();
    let (mut history, start) = (History::new(zone), now().minus(hour * 30));
    history.spend(&cloud, Status::Operational, start, now());
    history.observe(&stage::bad_gateway("cloud", now().minus(hour)), now());
    let mut changes = Changes::default();
    for row in history.dirty_rows() {
        let start = row.key.slot.start().expect("a start");
        let rows = if row.key.slot.unit() == Unit::Hours { &mut changes.hours } else { &mut changes.days };
        rows.push(Ledger { component: row.key.component, start, body: row.bytes.to_vec().into() });
    }
    stage.app.store.apply(changes).await;
    for (step, failures) in [("1h", 1), ("6h", 1), ("24h", 1), ("1d", 1)] {
        let answer = stage.get(&format!("/api/v1/components/cloud/history?from={start}&step={step}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let points = answer.json()["points"].as_array().cloned().expect("points");
        let sum = |name: &str, field: &str| points.iter().filter_map(|point| point[name][field].as_f64()).sum::<f64>();
        assert_eq!(sum("failures", "http_status"), f64::from(failures), "{step}");
        assert!((sum("time", "operational") - 108_000.0).abs() < 1.0, "{step}: {points:?}");
        assert_eq!(points[0]["uptime"]["ratio"], 1.0, "{step}");
    }
}

#[tokio::test]
async fn questions_that_cannot_be_answered_are_problems_that_say_why() {
    let stage = Stage::new();
    let check = async |stage: &Stage, uri: &str, status: u16| {
        let answer = stage.get(uri).await;
        assert_eq!(answer.status.as_u16(), status, "{uri}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{uri}");
        assert_eq!(answer.json()["status"], status, "{uri}");
    };
    check(&stage, "/api/v1/components/none/observations", 404).await;
    check(&stage, "/api/v1/components/No%20Id/observations", 404).await;
    check(&stage, "/api/v1/components/cloud/observations?limit=5000", 400).await;
    check(&stage, "/api/v1/components/none/history", 404).await;
    check(&stage, "/api/v1/components/No%20Id/history", 404).await;
    check(&stage, "/api/v1/components/cloud/history?step=1m", 400).await;
    stage.app.store.close(LONG).await;
    check(&stage, "/api/v1/components/cloud/observations", 503).await;
    check(&stage, "/api/v1/components/cloud/history", 503).await;
}

/// A collective whose cloud is known by a name of its own.
fn hosting() -> Snapshot {
    let mut snapshot = stage::snapshot(now());
    let served = (Domain::read("cloud.example.org").expect("a name"), snapshot.components[0].id.clone());
    snapshot.domains = Arc::new([served].into_iter().collect());
    snapshot
}

#[tokio::test]
async fn whoever_asks_for_a_name_gets_an_answer_that_no_cache_keeps() {
    let stage = Stage::showing(hosting());
    let answer = stage.get("/affected?domain=Cloud.example.org.&lang=en").await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "private, no-store"));
    assert!(answer.text().contains("We know of no disturbance for cloud.example.org."));
    let question = stage.get("/affected?lang=en").await;
    assert!(question.header("cache-control").starts_with("public"), "the question is the same for everybody");
}

#[tokio::test]
async fn who_tries_names_is_told_to_wait_and_nobody_else() {
    let mut stage = Stage::showing(hosting());
    let mut last = stage.get("/affected?domain=a.example.org").await;
    for _ in 0..20 {
        last = stage.get("/affected?domain=a.example.org").await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.header("retry-after").parse::<u64>().expect("seconds") >= 1);
    assert_eq!(stage.get("/affected").await.status, StatusCode::OK, "the question itself may be read");
    stage.peer = Peer([198, 51, 100, 1].into());
    assert_eq!(stage.get("/affected?domain=a.example.org").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_past_and_the_monitoring_have_their_pages_and_what_is_not_there_has_none() {
    let mut snapshot = stage::snapshot(now());
    snapshot.incidents = Arc::new(vec![Arc::new(incident::sample::storm())]);
    snapshot.maintenances = Arc::new(vec![Arc::new(maintenance::sample::planned())]);
    let stage = Stage::showing(snapshot);
    let check = async |uri: &str, status: u16| assert_eq!(stage.get(uri).await.status.as_u16(), status, "{uri}");
    check("/history", 200).await;
    check("/monitoring", 200).await;
    check("/incidents/kctbh9vrtdwd", 200).await;
    check("/incidents/m00000000001", 200).await;
    check("/history?month=2026-11", 200).await;
    for nothing in ["/incidents/000000000000", "/incidents/..", "/history?month=1999-01", "/history?month=soon"] {
        check(nothing, 404).await;
    }
}
