use super::*;
use crate::{definition::Secret, faultd::Validity};

fn redis(server: &Server) -> TcpCheck {
    TcpCheck {
        host: "127.0.0.1".to_owned(),
        port: server.address().port(),
        tls: false,
        send: Some(Secret::new("PING\r\n\r\n")),
        expect: Some(regex::bytes::Regex::new(r"^\+PONG").expect("a pattern")),
    }
}

async fn asked_tcp(script: Vec<Act>) -> Observation {
    let server = Server::plain(script).await.expect("a server");
    Lab::new().probe(Check::Tcp(redis(&server)), HURRIED).await
}

#[tokio::test]
async fn an_answer_is_held_against_the_pattern() {
    let check = async |script: Vec<Act>, kind: Option<FailureKind>| {
        let observation = asked_tcp(script).await;
        assert_eq!(observation.failure.as_ref().map(|failure| failure.kind), kind, "{observation:#?}");
    };
    check(vec![Act::Listen, Act::say("+PONG\r\n"), Act::Hold], None).await;
    check(vec![Act::Listen, Act::Drip(b"+PONG\r\n".to_vec(), Duration::from_millis(1)), Act::Hold], None).await;
    check(vec![Act::Listen, Act::say("-MISCONF No space left\r\n"), Act::Hold], Some(FailureKind::Protocol)).await;
    check(vec![Act::Listen, Act::say("-LOADING\r\n")], Some(FailureKind::Protocol)).await;
    check(vec![Act::Listen], Some(FailureKind::Protocol)).await;
    check(vec![Act::Listen, Act::Forever(vec![b'x'; 1024])], Some(FailureKind::Protocol)).await;
    check(vec![Act::Listen, Act::Hold], Some(FailureKind::Timeout)).await;
    check(vec![Act::Listen, Act::Reset], Some(FailureKind::ConnectReset)).await;
}

#[tokio::test]
async fn without_an_expectation_a_connection_is_enough() {
    let server = Server::plain(vec![Act::Hold]).await.expect("a server");
    let check = TcpCheck { send: None, expect: None, ..redis(&server) };
    let observation = Lab::new().probe(Check::Tcp(check), HURRIED).await;
    passed(&observation);
    assert!(observation.http.is_none() && observation.timings.processing.is_none());
}

#[tokio::test]
async fn tls_is_spoken_first_where_it_is_asked_for() {
    let lab = Lab::new();
    let config = lab.authority.issue(&["127.0.0.1"], Validity::Days(30)).server(&[]);
    let server = Server::tls(vec![Act::Listen, Act::say("+PONG\r\n"), Act::Hold], config).await.expect("a server");
    let check = TcpCheck { tls: true, ..redis(&server) };
    let observation = lab.probe(Check::Tcp(check), PATIENT).await;
    passed(&observation);
    assert!(observation.timings.tls.is_some() && observation.certificate_expires_at.is_some());
}

#[tokio::test]
async fn numbers_that_mean_an_address_go_by_the_address() {
    let lab = Lab::with(&[], PrivateTargets::Deny);
    for host in
        ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "::ffff:127.0.0.1", "localhost", "::ffff:7f00:1"]
    {
        let check = TcpCheck { host: host.to_owned(), port: 9, tls: false, send: None, expect: None };
        failed(&lab.probe(Check::Tcp(check), HURRIED).await, FailureKind::AddressBlocked);
    }
}
