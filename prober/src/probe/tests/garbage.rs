use proptest::{prelude::*, test_runner::TestRunner};

use super::*;

/// Bytes of all sorts, some of which begin as an answer does.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let beginnings = prop::sample::select(vec![
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: ",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        // A TLS record of a handshake.
        "\u{16}\u{3}\u{3}",
    ]);
    let rest = prop::collection::vec(any::<u8>(), 0..600);
    (beginnings, rest).prop_map(|(beginning, rest)| [beginning.as_bytes(), &rest].concat())
}

#[test]
fn whatever_a_target_says_the_probe_comes_to_an_observation() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let lab = Lab::new();
    let schemes = prop::sample::select(vec!["http", "https"]);
    let checked = TestRunner::new(ProptestConfig::with_cases(200)).run(&(bytes(), schemes), |(bytes, scheme)| {
        runtime.block_on(async {
            let server = Server::plain(vec![Act::Listen, Act::Send(bytes)]).await.expect("a server");
            let check = containing(&server.url("/").replace("http", scheme), "hello");
            let observation = lab.probe(Check::Http(Box::new(check)), PATIENT).await;
            prop_assert_eq!(observation.verdict, Verdict::Fail);
            prop_assert!(observation.duration < PATIENT);
            Ok(())
        })
    });
    checked.expect("every observation is a failure, in time");
}
