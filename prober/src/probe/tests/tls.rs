use super::*;
use crate::faultd::{Identity, Validity};

const HOST: &[&str] = &["127.0.0.1"];

fn good() -> Vec<Act> {
    vec![Act::Listen, Act::answer("200 OK", "hello")]
}

async fn with(lab: &Lab, identity: &Identity) -> Observation {
    let server = Server::tls(good(), identity.server(&["http/1.1"])).await.expect("a server");
    lab.get(&server.url("/")).await
}

#[tokio::test]
async fn a_trusted_certificate_passes_and_its_end_is_known() {
    let lab = Lab::new();
    let observation = with(&lab, &lab.authority.issue(HOST, Validity::Days(30))).await;
    passed(&observation);
    assert!(observation.timings.tls.is_some());
    let left = observation.certificate_expires_at.expect("an end").since(observation.started_at);
    assert_eq!(left.as_secs_f64().div_euclid(86_400.0), 29.0);
}

#[tokio::test]
async fn every_way_a_certificate_can_be_wrong_has_its_own_word() {
    let lab = Lab::new();
    let stranger = Authority::root("A stranger");
    let between = lab.authority.intermediate("In between");
    let issued = |validity| lab.authority.issue(HOST, validity);
    let cases = [
        (issued(Validity::Expired), FailureKind::TlsExpired, "expired"),
        (issued(Validity::NotYet), FailureKind::TlsNotYetValid, "not valid yet"),
        (lab.authority.issue(&["elsewhere.test"], Validity::Days(30)), FailureKind::TlsHostname, "other names"),
        (Identity::self_signed(HOST, Validity::Days(30)), FailureKind::TlsUntrusted, "self-signed"),
        (stranger.issue(HOST, Validity::Days(30)).with(&stranger), FailureKind::TlsUntrusted, "unknown authority"),
        (between.issue(HOST, Validity::Days(30)), FailureKind::TlsUntrusted, "intermediate certificate is missing"),
    ];
    for (identity, kind, words) in cases {
        let observation = with(&lab, &identity).await;
        failed(&observation, kind);
        assert!(detail(&observation).contains(words), "{words} in {}", detail(&observation));
        assert!(observation.certificate_expires_at.is_some(), "{words}");
    }
    passed(&with(&lab, &between.issue(HOST, Validity::Days(30)).with(&between)).await);
}

#[tokio::test]
async fn a_self_signed_certificate_in_the_ca_file_is_trusted_for_its_names_and_its_time() {
    let check = async |identity: Identity, kind: Option<FailureKind>| {
        let observation = with(&Lab::trusting(&identity.pem()), &identity).await;
        assert_eq!(observation.failure.map(|failure| failure.kind), kind);
    };
    let elsewhere = Identity::self_signed(&["elsewhere.test"], Validity::Days(30));
    check(Identity::self_signed(HOST, Validity::Days(30)), None).await;
    check(elsewhere, Some(FailureKind::TlsUntrusted)).await;
    check(Identity::self_signed(HOST, Validity::Expired), Some(FailureKind::TlsExpired)).await;
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_a_warning() {
    let lab = Lab::new();
    let identity = lab.authority.issue(HOST, Validity::Days(10));
    let server = Server::tls(good(), identity.server(&[])).await.expect("a server");
    let mut check = get(&server.url("/"));
    check.expect.certificate_days = Some(14);
    let observation = lab.http(check.clone()).await;
    concluded(&observation, Verdict::Warn, Some(FailureKind::CertificateExpiring));
    assert_eq!(detail(&observation), "a certificate ends in 9 days");
    check.expect.certificate_days = Some(5);
    passed(&lab.http(check).await);
}

#[tokio::test]
async fn a_chain_that_passed_once_does_not_let_another_one_pass() {
    let lab = Lab::new();
    let trusted = lab.authority.issue(HOST, Validity::Days(30));
    let between = lab.authority.intermediate("In between");
    passed(&with(&lab, &trusted).await);
    passed(&with(&lab, &trusted).await);
    failed(&with(&lab, &Identity::self_signed(HOST, Validity::Days(30))).await, FailureKind::TlsUntrusted);
    failed(&with(&lab, &between.issue(HOST, Validity::Days(30))).await, FailureKind::TlsUntrusted);
    failed(&with(&lab, &lab.authority.issue(HOST, Validity::Expired)).await, FailureKind::TlsExpired);
    passed(&with(&lab, &trusted).await);
}

#[tokio::test]
async fn what_goes_wrong_in_a_handshake_is_told_apart() {
    let lab = Lab::new();
    let check = async |script: Vec<Act>, kind: FailureKind| {
        let server = Server::plain(script).await.expect("a server");
        let url = server.url("/").replace("http:", "https:");
        failed(&lab.hurried(get(&url)).await, kind);
    };
    // An alert record: fatal, protocol_version (RFC 8446 §6).
    let alert = vec![21, 3, 1, 0, 2, 2, 70];
    check(vec![Act::Hold], FailureKind::TlsTimeout).await;
    check(vec![Act::Listen, Act::Send(alert)], FailureKind::TlsHandshake).await;
    check(vec![Act::Listen, Act::say("HTTP/1.1 400 Bad Request\r\n\r\n")], FailureKind::TlsHandshake).await;
    check(vec![Act::Listen], FailureKind::TlsHandshake).await;
    check(vec![Act::Listen, Act::Reset], FailureKind::ConnectReset).await;
}

#[tokio::test]
async fn a_server_that_speaks_another_protocol_refuses_the_handshake() {
    let lab = Lab::new();
    let identity = lab.authority.issue(HOST, Validity::Days(30));
    let server = Server::tls(good(), identity.server(&["imap"])).await.expect("a server");
    failed(&lab.get(&server.url("/")).await, FailureKind::TlsHandshake);
}

#[tokio::test]
async fn a_body_without_tlss_goodbye_is_held_to_its_length() {
    let lab = Lab::new();
    let config = lab.authority.issue(HOST, Validity::Days(30)).server(&[]);
    let check = async |text: &str, kind: Option<FailureKind>| {
        let script = vec![Act::Listen, Act::say(text), Act::HangUp];
        let server = Server::tls(script, config.clone()).await.expect("a server");
        let found = lab.get(&server.url("/")).await.failure.map(|failure| failure.kind);
        assert_eq!(found, kind, "{text}");
    };
    check("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", None).await;
    check("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello", Some(FailureKind::BodyTruncated)).await;
}

#[tokio::test]
async fn a_failure_shows_the_certificate_whether_it_was_accepted_or_not() {
    let lab = Lab::new();
    let shown = async |identity: Identity, script: Vec<Act>| {
        let server = Server::tls(script, identity.server(&["http/1.1"])).await.expect("a server");
        let failure = lab.get(&server.url("/")).await.failure.expect("it fails");
        let certificates = failure.exhibit.expect("something was met").certificates;
        (failure.kind, certificates.first().map(|own| (own.issuer.clone(), own.not_before < own.not_after)))
    };
    let root = || Some(("CN=The lab's root".to_owned(), true));
    let broken = vec![Act::Listen, Act::answer("502 Bad Gateway", "")];
    let accepted = shown(lab.authority.issue(HOST, Validity::Days(30)), broken).await;
    assert_eq!(accepted, (FailureKind::HttpStatus, root()));
    let refused = shown(lab.authority.issue(HOST, Validity::Expired), good()).await;
    assert_eq!(refused, (FailureKind::TlsExpired, root()));
}
