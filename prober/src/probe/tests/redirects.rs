use super::*;
use crate::{
    definition::{BasicAuth, Secret, StatusPattern},
    faultd::{NameServer, Reply, Validity},
};

fn to(location: &str) -> Vec<Act> {
    vec![Act::Listen, Act::say(format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"))]
}

fn good() -> Vec<Act> {
    vec![Act::Listen, Act::answer("200 OK", "hello")]
}

async fn serving(scripts: Vec<Vec<Act>>) -> Server {
    Server::start(scripts, None).await.expect("a server")
}

#[tokio::test]
async fn redirects_are_followed_each_on_a_connection_of_its_own_and_their_times_add_up() {
    let server = serving(vec![to("/b"), to("c?d"), good()]).await;
    let observation = Lab::new().get(&server.url("/a")).await;
    passed(&observation);
    let http = observation.http.expect("an answer");
    assert_eq!(http.status, 200);
    let locations: Vec<_> = http.redirects.iter().filter_map(|hop| hop.location.clone()).collect();
    assert_eq!(locations, [server.url("/b"), server.url("/c?d")]);
    let of_hops: Duration = http.redirects.iter().filter_map(|hop| hop.timings.connect).sum();
    assert!(observation.timings.connect > Some(of_hops), "the last connection counts as well");
}

#[tokio::test]
async fn redirects_that_lead_nowhere_fail() {
    let check = async |scripts: Vec<Vec<Act>>, words: &str| {
        let server = serving(scripts).await;
        let observation = Lab::new().get(&server.url("/a")).await;
        failed(&observation, FailureKind::HttpRedirects);
        assert_eq!(detail(&observation), words);
    };
    let hops = (0..20).map(|hop| to(&format!("/{hop}"))).collect();
    check(vec![to("/b"), to("/a")], "the redirects go in a circle").await;
    check(hops, "more than 5 redirects").await;
    check(vec![to("ftp://example.org/")], "the redirect leads to no usable URL").await;
    check(vec![to("http://[::1")], "the redirect leads to no usable URL").await;
    check(vec![to("")], "the redirects go in a circle").await;
}

#[tokio::test]
async fn a_step_down_from_https_fails() {
    let lab = Lab::new();
    let config = lab.authority.issue(&["127.0.0.1"], Validity::Days(30)).server(&[]);
    let server = Server::start(vec![to("http://127.0.0.1/")], Some(config)).await.expect("a server");
    failed(&lab.get(&server.url("/")).await, FailureKind::HttpRedirects);
}

#[tokio::test]
async fn a_redirect_that_is_expected_or_may_not_be_followed_is_judged_itself() {
    let server = serving(vec![to("/b")]).await;
    let mut check = HttpCheck { max_redirects: 0, ..get(&server.url("/a")) };
    failed(&Lab::new().http(check.clone()).await, FailureKind::HttpStatus);
    check.expect.status.0 = vec![StatusPattern::Exactly(302)];
    passed(&Lab::new().http(check.clone()).await);
    check.max_redirects = 5;
    passed(&Lab::new().http(check).await);
}

#[tokio::test]
async fn a_3xx_without_a_location_is_judged_itself() {
    let server = serving(vec![vec![Act::Listen, Act::answer("301 Moved Permanently", "")]]).await;
    let observation = Lab::new().get(&server.url("/")).await;
    failed(&observation, FailureKind::HttpStatus);
    assert_eq!(detail(&observation), "301 Moved Permanently");
}

#[tokio::test]
async fn credentials_are_not_told_to_another_host() {
    let names = NameServer::start([("other.test", Reply::address("127.0.0.1"))]).await.expect("a name server");
    let lab = Lab::with(&[names.address()], PrivateTargets::Allow);
    let other = serving(vec![good()]).await;
    let first = serving(vec![to("/again"), to(&other.url_at("other.test", "/"))]).await;
    let mut check = get(&first.url("/"));
    check.basic_auth = Some(BasicAuth { user: "probe".to_owned(), password: Secret::new("pw") });
    check.headers.push((http::header::COOKIE, Secret::new("session=1")));
    check.headers.push((http::HeaderName::from_static("x-token"), Secret::new("t0ken")));
    passed(&lab.http(check).await);
    let secrets = |text: &str| ["authorization", "cookie", "x-token"].map(|name| text.contains(name));
    let told: Vec<_> = first.heard().iter().map(|text| secrets(text)).collect();
    assert_eq!(told, [[true; 3]; 2]);
    assert_eq!(secrets(&other.heard().concat()), [false; 3]);
}

#[tokio::test]
async fn a_redirect_to_a_forbidden_address_is_not_followed() {
    let server = serving(vec![to("http://169.254.169.254/latest/meta-data/")]).await;
    let observation = Lab::new().get(&server.url("/")).await;
    failed(&observation, FailureKind::AddressBlocked);
    assert!(!detail(&observation).contains("169.254"), "{}", detail(&observation));
}
