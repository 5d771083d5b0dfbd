use std::io::Read;

use flate2::{Compression, write::GzEncoder};

use super::*;
use crate::definition::{BasicAuth, ExpectJson, Secret};

#[tokio::test]
async fn a_good_answer_passes_with_every_phase_but_tls() {
    let observation = asked(vec![Act::Listen, Act::answer("200 OK", "hello")]).await;
    passed(&observation);
    let reached = observation.timings.phases().map(|(name, time)| (name, time.is_some()));
    let expected = [("resolve", true), ("connect", true), ("tls", false), ("processing", true), ("transfer", true)];
    assert_eq!(reached, expected);
    assert_eq!(observation.http.map(|http| (http.status, http.version.word())), Some((200, "1.1")));
    assert_eq!(observation.address, "127.0.0.1".parse().ok());
}

#[tokio::test]
async fn a_wrong_status_fails_with_its_registered_words_and_not_the_targets() {
    let check = async |line: &str, expected: &str| {
        let observation = asked(vec![Act::Listen, Act::answer(line, "<h1>secret.example</h1>")]).await;
        failed(&observation, FailureKind::HttpStatus);
        assert_eq!(detail(&observation), expected);
        let evidence = observation.failure.and_then(|failure| failure.evidence);
        assert_eq!(evidence.as_deref(), Some("<h1>secret.example</h1>"));
    };
    check("502 Bad Gateway", "502 Bad Gateway").await;
    check("503 host db-3.internal is away", "503 Service Unavailable").await;
    check("599 whatever", "599").await;
    check("401 Unauthorized", "401 Unauthorized").await;
}

#[tokio::test]
async fn a_page_that_repeats_the_request_does_not_show_its_secrets() {
    let echo = "dump: Basic dTpodW50ZXIyMg==, u:hunter22, Bearer t0ken, text/html";
    let server = Server::plain(vec![Act::Listen, Act::answer("500 Oops", echo)]).await.expect("a server");
    let header = |name: &'static str, template: &str, text: &str| {
        (http::HeaderName::from_static(name), Secret::of_template(template, text.to_owned()))
    };
    let headers =
        vec![header("x-token", "Bearer ${env:T}", "Bearer t0ken"), header("accept", "text/html", "text/html")];
    let basic_auth = Some(BasicAuth { user: "u".to_owned(), password: Secret::new("hunter22") });
    let observation = Lab::new().http(HttpCheck { headers, basic_auth, ..get(&server.url("/")) }).await;
    let evidence = observation.failure.and_then(|failure| failure.evidence);
    assert_eq!(evidence.as_deref(), Some("dump: Basic ***, u:***, Bearer ***, text/html"));
}

#[tokio::test]
async fn a_first_failure_shows_the_address_and_the_head_without_secrets() {
    let head =
        "HTTP/1.1 502 from db-3\r\nserver: nginx\r\nset-cookie: id=1\r\nx-echo: key t0ken\r\ncontent-length: 0\r\n\r\n";
    let server = Server::plain(vec![Act::Listen, Act::say(head)]).await.expect("a server");
    let secret = Secret::of_template("${env:T}", "t0ken".to_owned());
    let headers = vec![(http::HeaderName::from_static("x-key"), secret)];
    let lab = Lab::new();
    let observation = lab.http(HttpCheck { headers, ..get(&server.url("/")) }).await;
    let exhibit = observation.failure.and_then(|failure| failure.exhibit).expect("something was met");
    assert_eq!(exhibit.addresses, ["127.0.0.1".parse::<std::net::IpAddr>().expect("an address")]);
    let expected =
        ["HTTP/1.1 502 Bad Gateway", "server: nginx", "set-cookie: ***", "x-echo: key ***", "content-length: 0"];
    assert_eq!(exhibit.head, expected);
    passed(&asked(vec![Act::Listen, Act::answer("200 OK", "hello")]).await);
}

#[tokio::test]
async fn a_confirmation_does_not_repeat_what_was_met() {
    let server = Server::plain(vec![Act::Listen, Act::answer("502 Bad Gateway", "")]).await.expect("a server");
    let check = Check::Http(Box::new(get(&server.url("/"))));
    for (attempt, shown) in [(Attempt::Scheduled, true), (Attempt::Confirmation, false)] {
        let observation = Lab::new().attempt(check.clone(), PATIENT, attempt).await;
        failed(&observation, FailureKind::HttpStatus);
        assert_eq!(observation.failure.is_some_and(|failure| failure.exhibit.is_some()), shown, "{attempt:?}");
    }
}

#[tokio::test]
async fn a_wrong_status_is_told_soon_even_if_its_body_never_ends() {
    let head = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 1000\r\n\r\n";
    let observation = asked(vec![Act::Listen, Act::say(head), Act::Hold]).await;
    failed(&observation, FailureKind::HttpStatus);
    assert!(observation.duration < PATIENT / 2, "{:?}", observation.duration);
}

#[tokio::test]
async fn what_does_not_come_by_the_deadline_is_named_by_what_was_missing() {
    let slowly = |text: &str| Act::Drip(text.as_bytes().to_vec(), Duration::from_millis(50));
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n0123456789";
    let cases = [
        (vec![Act::Listen, Act::Hold], FailureKind::HttpTimeout),
        (vec![Act::Hold], FailureKind::HttpTimeout),
        (vec![Act::Listen, slowly("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")], FailureKind::HttpTimeout),
        (vec![Act::Listen, Act::say("HTTP/1.1 200 OK\r\n\r\n"), slowly(&"x".repeat(1_000))], FailureKind::BodyTimeout),
        (vec![Act::Listen, Act::say(head), Act::Hold], FailureKind::BodyTimeout),
    ];
    let lab = Lab::new();
    for (script, kind) in cases {
        let server = Server::plain(script).await.expect("a server");
        let observation = lab.hurried(get(&server.url("/"))).await;
        failed(&observation, kind);
        assert!(observation.duration >= HURRIED);
        assert_eq!(observation.http.is_some(), kind == FailureKind::BodyTimeout);
    }
}

#[tokio::test]
async fn what_is_not_http_is_a_breach_of_the_protocol() {
    let endless_header = [b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'a'; 1_000_000]].concat();
    let many_headers = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(10_000));
    let some_headers = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(101));
    let interim = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(200);
    let check = async |bytes: Vec<u8>| {
        let observation = asked(vec![Act::Listen, Act::Send(bytes), Act::Hold]).await;
        failed(&observation, FailureKind::HttpProtocol);
    };
    check(b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()).await;
    check(b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec()).await;
    check(b"<html>no head at all</html>\r\n\r\n".to_vec()).await;
    check(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n".to_vec()).await;
    check(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n".to_vec()).await;
    check(endless_header).await;
    check(many_headers.into_bytes()).await;
    check(some_headers.into_bytes()).await;
    check(interim.into_bytes()).await;
}

#[tokio::test]
async fn floods_end_long_before_the_deadline() {
    let check = async |flood: &str| {
        let script = vec![Act::Listen, Act::say("HTTP/1.1 "), Act::Forever(flood.as_bytes().to_vec())];
        let observation = asked(script).await;
        failed(&observation, FailureKind::HttpProtocol);
    };
    check("200 OK\r\nx: y\r\nHTTP/1.1 ").await;
    check("103 Early Hints\r\n\r\nHTTP/1.1 ").await;
}

#[tokio::test]
async fn a_few_interim_answers_are_passed_over() {
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(3);
    passed(&asked(vec![Act::Listen, Act::say(hints), Act::answer("200 OK", "")]).await);
}

#[tokio::test]
async fn an_end_before_the_head_is_told_from_one_inside_the_body() {
    let check = async |script: Vec<Act>, kind: FailureKind| failed(&asked(script).await, kind);
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello";
    check(vec![Act::Listen, Act::Reset], FailureKind::ConnectReset).await;
    check(vec![Act::Listen], FailureKind::HttpProtocol).await;
    check(vec![Act::Listen, Act::say("HTTP/1.1 200 OK\r\nx")], FailureKind::HttpProtocol).await;
    check(vec![Act::Listen, Act::say(short)], FailureKind::BodyTruncated).await;
    check(vec![Act::Listen, Act::say(chunked)], FailureKind::BodyTruncated).await;
    check(vec![Act::Listen, Act::say(short), Act::Reset], FailureKind::BodyTruncated).await;
}

#[tokio::test]
async fn a_body_that_ends_with_the_connection_is_complete() {
    let script = vec![Act::Listen, Act::say("HTTP/1.0 200 OK\r\n\r\nhello")];
    let server = Server::plain(script).await.expect("a server");
    let observation = Lab::new().http(containing(&server.url("/"), "hello")).await;
    passed(&observation);
    assert_eq!(observation.http.map(|http| http.version.word()), Some("1.0"));
}

#[tokio::test]
async fn an_endless_body_is_read_as_far_as_allowed_and_judged_by_what_was_needed() {
    let script = vec![Act::Listen, Act::say("HTTP/1.1 200 OK\r\n\r\nhello"), Act::Forever(vec![b'x'; 4096])];
    let server = Server::plain(script).await.expect("a server");
    let lab = Lab::new();
    passed(&lab.get(&server.url("/")).await);
    passed(&lab.http(containing(&server.url("/"), "hello")).await);
    failed(&lab.http(containing(&server.url("/"), "goodbye")).await, FailureKind::BodyTooLarge);
}

#[tokio::test]
async fn a_bomb_is_not_let_off() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    std::io::copy(&mut std::io::repeat(0).take(64 * 1024 * 1024), &mut encoder).expect("memory takes everything");
    let bomb = encoder.finish().expect("memory takes everything");
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let server = Server::plain(vec![Act::Listen, Act::say(head), Act::Send(bomb)]).await.expect("a server");
    let lab = Lab::new();
    passed(&lab.get(&server.url("/")).await);
    failed(&lab.http(containing(&server.url("/"), "hello")).await, FailureKind::BodyTooLarge);
}

#[tokio::test]
async fn an_error_page_that_says_200_fails_by_its_body() {
    let page = Act::answer("200 OK", "<h1>502 Bad Gateway</h1>");
    let server = Server::plain(vec![Act::Listen, page]).await.expect("a server");
    let mut check = get(&server.url("/"));
    check.expect.body.push(TextRule::NotContains("502 Bad Gateway".to_owned()));
    failed(&Lab::new().http(check).await, FailureKind::Body);
}

#[tokio::test]
async fn maintenance_behind_a_200_is_found_in_the_json() {
    let answer = Act::answer("200 OK", r#"{"installed":true,"maintenance":true}"#);
    let server = Server::plain(vec![Act::Listen, answer]).await.expect("a server");
    let mut check = get(&server.url("/status.php"));
    check.expect.json.push(ExpectJson { pointer: "/maintenance".to_owned(), value: false.into() });
    let observation = Lab::new().http(check).await;
    failed(&observation, FailureKind::Json);
    assert_eq!(detail(&observation), "the JSON value at `/maintenance` is not as expected");
}

#[tokio::test]
async fn the_request_says_who_asks_and_wants_a_plain_answer_on_a_connection_of_its_own() {
    let server = Server::plain(vec![Act::Listen, Act::answer("200 OK", "")]).await.expect("a server");
    let mut check = get(&server.url("/a%20b?c=d#e"));
    check.method = http::Method::POST;
    check.body = Some(Secret::new("the body"));
    check.headers.push((http::HeaderName::from_static("x-token"), Secret::new("t0ken")));
    check.basic_auth = Some(BasicAuth { user: "probe".to_owned(), password: Secret::new("pw") });
    passed(&Lab::new().http(check).await);
    let heard = server.heard().concat().to_lowercase();
    let port = server.address().port();
    for line in [
        "post /a%20b?c=d http/1.1\r\n".to_owned(),
        format!("host: 127.0.0.1:{port}\r\n"),
        "accept-encoding: identity\r\n".to_owned(),
        "connection: close\r\n".to_owned(),
        "user-agent: belfry/".to_owned(),
        "x-token: t0ken\r\n".to_owned(),
        "authorization: basic chjvymu6cHc=\r\n".to_lowercase(),
        "content-length: 8\r\n".to_owned(),
    ] {
        assert!(heard.contains(&line), "{line:?} in {heard}");
    }
}

#[tokio::test]
async fn slow_is_a_warning_and_a_failure_comes_before_it() {
    let script = vec![Act::Listen, Act::Drip(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), Duration::from_millis(2))];
    let server = Server::plain(script).await.expect("a server");
    let mut check = get(&server.url("/"));
    check.expect.within = Some(Duration::from_millis(10));
    concluded(&Lab::new().http(check.clone()).await, Verdict::Warn, Some(FailureKind::Latency));
    check.expect.body.push(TextRule::Contains("hello".to_owned()));
    failed(&Lab::new().http(check).await, FailureKind::Body);
}

#[tokio::test]
async fn nobody_listening_is_refused() {
    let server = Server::plain(vec![]).await.expect("a server");
    let url = server.url("/");
    drop(server);
    let lab = Lab::new();
    let deadline = tokio::time::Instant::now() + PATIENT;
    let mut observation = lab.get(&url).await;
    // The port closes when the server's task is gone, which may be a moment later.
    while observation.failure.as_ref().map(|failure| failure.kind) != Some(FailureKind::ConnectRefused) {
        assert!(tokio::time::Instant::now() < deadline, "{observation:#?}");
        observation = lab.get(&url).await;
    }
    failed(&observation, FailureKind::ConnectRefused);
}

#[tokio::test]
async fn a_head_request_has_no_body_to_wait_for() {
    let answer = Act::say("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
    let server = Server::plain(vec![Act::Listen, answer, Act::Hold]).await.expect("a server");
    passed(&Lab::new().http(HttpCheck { method: http::Method::HEAD, ..get(&server.url("/")) }).await);
}
