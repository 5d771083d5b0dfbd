use std::net::IpAddr;

use hickory_resolver::proto::op::ResponseCode;

use super::*;
use crate::faultd::{NameServer, Reply, Validity};

async fn hello() -> Server {
    Server::plain(vec![Act::Listen, Act::answer("200 OK", "hello")]).await.expect("a server")
}

async fn lab_with(names: &NameServer) -> Lab {
    Lab::with(&[names.address()], PrivateTargets::Allow)
}

#[tokio::test]
async fn a_name_is_resolved_anew_for_each_probe() {
    let names = NameServer::start([("a.test", Reply::address("127.0.0.1"))]).await.expect("a name server");
    let (lab, server) = (lab_with(&names).await, hello().await);
    for _ in 0..3 {
        passed(&lab.get(&server.url_at("a.test", "/")).await);
    }
    assert_eq!(names.asked("a.test"), 3);
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn every_way_a_name_can_fail_has_its_own_word() {
    let names = NameServer::start([
        ("nodata.test", Reply::Addresses(vec![])),
        ("servfail.test", Reply::Code(ResponseCode::ServFail)),
        ("refused.test", Reply::Code(ResponseCode::Refused)),
        ("notimp.test", Reply::Code(ResponseCode::NotImp)),
        ("silent.test", Reply::Silence),
        ("loop.test", Reply::Alias("pool.test".to_owned())),
        ("pool.test", Reply::Alias("loop.test".to_owned())),
    ])
    .await
    .expect("a name server");
    let lab = lab_with(&names).await;
    let check = async |host: &str, kind: FailureKind| {
        let observation = lab.hurried(get(&format!("http://{host}/"))).await;
        failed(&observation, kind);
        assert!(observation.timings.connect.is_none() && observation.address.is_none());
    };
    check("nothing.test", FailureKind::DnsNxdomain).await;
    check("nodata.test", FailureKind::DnsNodata).await;
    check("servfail.test", FailureKind::DnsServfail).await;
    check("refused.test", FailureKind::DnsRefused).await;
    check("notimp.test", FailureKind::DnsError).await;
    check("silent.test", FailureKind::DnsTimeout).await;
    check("loop.test", FailureKind::DnsNodata).await;
}

#[tokio::test]
async fn another_server_is_asked_when_one_fails_or_is_silent() {
    let check = async |reply: Reply| {
        let bad = NameServer::start([("a.test", reply)]).await.expect("a name server");
        let good = NameServer::start([("a.test", Reply::address("127.0.0.1"))]).await.expect("a name server");
        let lab = Lab::with(&[bad.address(), good.address()], PrivateTargets::Allow);
        let server = hello().await;
        passed(&lab.get(&server.url_at("a.test", "/")).await);
        passed(&lab.get(&server.url_at("a.test", "/")).await);
        assert_eq!(good.asked("a.test"), 2);
    };
    check(Reply::Code(ResponseCode::ServFail)).await;
    check(Reply::Code(ResponseCode::Refused)).await;
    check(Reply::Silence).await;
}

#[tokio::test]
async fn silence_about_every_name_is_our_own_fault() {
    let names = NameServer::start([("a.test", Reply::Silence), ("b.test", Reply::Silence), ("c.test", Reply::Silence)])
        .await
        .expect("a name server");
    let lab = lab_with(&names).await;
    failed(&lab.hurried(get("http://a.test/")).await, FailureKind::DnsTimeout);
    failed(&lab.hurried(get("http://b.test/")).await, FailureKind::DnsTimeout);
    let third = lab.hurried(get("http://c.test/")).await;
    concluded(&third, Verdict::Unknown, Some(FailureKind::ProberFault));
}

#[tokio::test]
async fn slow_and_long_answers_are_waited_for_and_counted() {
    let many: Vec<IpAddr> = std::iter::repeat_n("127.0.0.1", 500).filter_map(|text| text.parse().ok()).collect();
    let slow = Reply::Slow(Duration::from_millis(300), Box::new(Reply::address("127.0.0.1")));
    let names =
        NameServer::start([("slow.test", slow), ("long.test", Reply::TooLong(Box::new(Reply::Addresses(many))))])
            .await
            .expect("a name server");
    let (lab, server) = (lab_with(&names).await, hello().await);
    let observation = lab.get(&server.url_at("slow.test", "/")).await;
    passed(&observation);
    assert!(observation.timings.resolve >= Some(Duration::from_millis(300)));
    passed(&lab.get(&server.url_at("long.test", "/")).await);
}

#[tokio::test]
async fn a_public_name_that_turns_private_is_not_followed_there() {
    let turns = Reply::InTurn(vec![Reply::address("203.0.113.1"), Reply::address("127.0.0.1")]);
    let names = NameServer::start([("rebinding.test", turns)]).await.expect("a name server");
    let (lab, server) = (lab_with(&names).await, hello().await);
    let url = server.url_at("rebinding.test", "/");
    // Nothing answers at a documentation address, if there is a way there at all.
    assert_ne!(lab.hurried(get(&url)).await.verdict, Verdict::Pass);
    failed(&lab.get(&url).await, FailureKind::AddressBlocked);
    assert_eq!(server.heard().len(), 0);
}

#[tokio::test]
async fn a_name_that_is_public_in_one_family_is_not_followed_to_a_private_address_in_the_other() {
    let addresses = ["203.0.113.1", "::ffff:127.0.0.1"].iter().filter_map(|text| text.parse().ok()).collect();
    let names = NameServer::start([("a.test", Reply::Addresses(addresses))]).await.expect("a name server");
    let (lab, server) = (lab_with(&names).await, hello().await);
    let check = |ip| HttpCheck { ip, ..get(&server.url_at("a.test", "/")) };
    assert_ne!(lab.hurried(check(IpPreference::Both)).await.verdict, Verdict::Pass);
    assert_eq!(server.heard().len(), 0);
    // By itself it is an ordinary private target.
    passed(&lab.http(check(IpPreference::V6)).await);
}

#[tokio::test]
async fn private_addresses_are_refused_where_the_settings_say_so() {
    let names = NameServer::start([("a.test", Reply::address("127.0.0.1"))]).await.expect("a name server");
    let lab = Lab::with(&[names.address()], PrivateTargets::Deny);
    let server = hello().await;
    for url in
        [server.url("/"), server.url_at("a.test", "/"), server.url_at("0x7f.1", "/"), server.url_at("localhost", "/")]
    {
        failed(&lab.get(&url).await, FailureKind::AddressBlocked);
    }
    assert_eq!(server.heard().len(), 0);
}

#[tokio::test]
async fn one_family_that_fails_is_a_warning_and_both_are_a_failure() {
    let both: Vec<IpAddr> = ["127.0.0.1", "::1"].iter().filter_map(|text| text.parse().ok()).collect();
    let names = NameServer::start([("a.test", Reply::Addresses(both)), ("four.test", Reply::address("127.0.0.1"))])
        .await
        .expect("a name server");
    let (lab, server) = (lab_with(&names).await, hello().await);
    let ask = async |host: &str, ip| lab.http(HttpCheck { ip, ..get(&server.url_at(host, "/")) }).await;
    // The server listens on IPv4 alone.
    let observation = ask("a.test", IpPreference::Both).await;
    concluded(&observation, Verdict::Warn, Some(FailureKind::ConnectRefused));
    assert_eq!(detail(&observation), "IPv6: the connection was refused");
    passed(&ask("a.test", IpPreference::V4).await);
    failed(&ask("a.test", IpPreference::V6).await, FailureKind::ConnectRefused);
    concluded(&ask("four.test", IpPreference::Both).await, Verdict::Warn, Some(FailureKind::DnsNodata));
    failed(&ask("none.test", IpPreference::Both).await, FailureKind::DnsNxdomain);
}

#[tokio::test]
async fn the_name_asked_for_is_the_name_the_certificate_must_have() {
    let names = NameServer::start([("a.test", Reply::address("127.0.0.1")), ("b.test", Reply::address("127.0.0.1"))])
        .await
        .expect("a name server");
    let lab = lab_with(&names).await;
    let config = lab.authority.issue(&["a.test"], Validity::Days(30)).server(&[]);
    let script = vec![Act::Listen, Act::answer("200 OK", "hello")];
    let server = Server::tls(script, config).await.expect("a server");
    passed(&lab.get(&server.url_at("a.test", "/")).await);
    passed(&lab.get(&server.url_at("a.test.", "/")).await);
    failed(&lab.get(&server.url_at("b.test", "/")).await, FailureKind::TlsHostname);
}
