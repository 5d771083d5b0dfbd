//! `/operator`: who gets in, what a form may do, and two people at once.

use super::{clerk, *};
use crate::{
    access::{Account, PasswordHash, TokenHash},
    incident::Incident,
    location::{Book, Refused},
};

const PASSWORD: &str = "correct horse battery";
const LOCAL: [(&str, &str); 1] = [("host", "127.0.0.1:8080")];

/// A stage with one operator, one incident, and a clerk; asked from the machine itself.
pub(super) struct Office {
    pub(super) stage: Stage,
    pub(super) incident: Incident,
    /// Opens `/api/v1`.
    pub(super) token: String,
    clerk: tokio::task::JoinSet<()>,
}

impl Office {
    pub(super) fn new() -> Self {
        let incident = clerk::incident("The cloud is down");
        let mut snapshot = stage::snapshot(now());
        snapshot.incidents = Arc::new(vec![Arc::new(incident.clone())]);
        let (mut stage, editions, orders) = Stage::with_orders(snapshot);
        let press = Arc::new(Press::new("http://127.0.0.1:8080/".parse().expect("an address")));
        let password = PasswordHash::new(PASSWORD).expect("long enough");
        let (token, hash) = TokenHash::mint();
        let tokens = vec![crate::access::ApiToken { name: "ci".parse().expect("a name"), hash, expires: None }];
        let operators = vec![Account { name: "amel".parse().expect("a name"), password }];
        let accounts = Accounts { operators, tokens };
        stage.app.access = Arc::new(Access::open(stage.directory(), accounts, TimeZone::UTC, now()));
        stage.peer = Peer([127, 0, 0, 1].into());
        let (counter, end) = hub::counter();
        stage.app.counter = counter;
        let (mut book, shown) = (Book::default(), (editions.clone(), Arc::clone(&press)));
        let mut clerk = clerk::employ(orders, editions, press);
        clerk.spawn(end.ordered_by(move |command| {
            book.order(command, None, now())?;
            let mut snapshot = Snapshot::clone(shown.0.borrow().snapshot());
            snapshot.places = Arc::new(book.views(now()));
            shown.0.send_replace(Arc::new(Edition::new(Arc::new(snapshot), Arc::clone(&shown.1))));
            let view = book.views(now()).remove(command.location());
            view.ok_or_else(|| Refused::Unknown(command.location().clone()))
        }));
        Self { stage, incident, token, clerk }
    }

    pub(super) async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send("GET", path, &[("cookie", cookie)], "").await
    }

    pub(super) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).extension(self.stage.peer);
        let headers = LOCAL.iter().chain(headers).filter(|(_, value)| !value.is_empty());
        let request = headers.fold(request, |request, (name, value)| request.header(*name, *value));
        self.stage.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub(super) async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers =
            [("cookie", cookie), FORM, ("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")];
        self.send("POST", path, &headers, &body).await
    }

    /// Signs in; the cookie and the token of forms.
    pub(super) async fn sign_in(&self) -> (String, String) {
        let answer = self.post("/operator/sign-in", "", &[("name", "amel"), ("password", PASSWORD)]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/operator"));
        let cookie = answer.header("set-cookie").split(';').next().expect("a pair").to_owned();
        let page = self.get("/operator?lang=en", &cookie).await;
        let token = page.text().split("name=\"token\" value=\"").nth(1).expect("a form");
        let token = token.split('"').next().expect("its value").to_owned();
        (cookie, token)
    }

    /// Nobody takes orders any more.
    pub(super) fn close(&mut self) {
        self.clerk = tokio::task::JoinSet::new();
    }

    pub(super) fn path(&self, order: &str) -> String {
        format!("/operator/incidents/{}/{order}?lang=en", self.incident.id)
    }

    pub(super) fn present(&self) -> Arc<Incident> {
        Arc::clone(self.stage.app.edition().snapshot().incident(&self.incident.id).expect("it stays"))
    }
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_cookie_is_for_this_host_alone_and_its_name_says_how_safe_the_way_is() {
    let mut office = Office::new();
    let sign_in = [("name", "amel"), ("password", PASSWORD)];
    let answer = office.post("/operator/sign-in", "", &sign_in).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("belfry=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    office.stage.transport = Transport::Tls;
    let answer = office.post("/operator/sign-in", "", &sign_in).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "the origin says http");
    let headers = [FORM, ("origin", "https://127.0.0.1:8080")];
    let answer = office
        .send("POST", "/operator/sign-in", &headers, &format!("name=amel&password={}", PASSWORD.replace(' ', "+")))
        .await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-belfry=") && cookie.ends_with("; HttpOnly; SameSite=Strict; Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn no_password_is_asked_for_in_the_clear() {
    let mut office = Office::new();
    office.stage.peer = Peer([192, 0, 2, 1].into());
    let page = office.get("/operator?lang=en", "").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text().contains("by https") && !page.text().contains("<form"), "{}", page.text());
    let answer = office.post("/operator/sign-in", "", &[("name", "amel"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::FORBIDDEN, ""));
    office.stage.app.trusted_proxies = Arc::new(["192.0.2.0/24".parse().expect("a network")]);
    let answer = office
        .send("GET", "/operator", &[("x-forwarded-proto", "https"), ("x-forwarded-for", "198.51.100.1")], "")
        .await;
    assert_eq!(answer.status, StatusCode::OK, "the proxy says that the browser speaks TLS with it");
}

#[tokio::test]
async fn everything_there_is_private() {
    let office = Office::new();
    for path in [
        "/operator",
        "/operator/open",
        "/operator/audit",
        "/operator/nothing",
        "/operator/incidents/kctbh9vrtdwd",
        "/operator/incidents/kctbh9vrtdwd/postmortem",
    ] {
        let answer = office.get(path, "").await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let csp = answer.header("content-security-policy");
        assert!(csp.contains("form-action 'self'; frame-ancestors 'none'") && !csp.contains("unsafe-inline"), "{csp}");
    }
    assert_eq!(office.send("DELETE", "/operator", &[], "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(office.get(&office.path("say"), "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    let outside = office.get("/operatorship", "").await;
    assert_ne!(outside.header("cache-control"), "");
}

#[tokio::test]
async fn signing_in_leads_on_to_where_somebody_wanted_to_go_and_nowhere_else() {
    let office = Office::new();
    let wanted = format!("/operator/incidents/{}", office.incident.id);
    let sent = office.get(&format!("{wanted}?lang=en"), "").await;
    let door = sent.header("location").to_owned();
    let page = office.get(&door, "").await;
    assert!(page.text().contains(&format!("name=\"next\" value=\"{wanted}\"")), "{door} {}", page.text());
    let leads = async |next: &str, password: &str| {
        let fields = [("name", "amel"), ("password", password), ("next", next)];
        office.post("/operator/sign-in?lang=en", "", &fields).await
    };
    assert!(leads(&wanted, "wrong").await.text().contains(&wanted), "a wrong password loses no way");
    assert_eq!(leads(&wanted, PASSWORD).await.header("location"), format!("{wanted}?lang=en"));
    for elsewhere in
        ["https://example.net/", "//example.net/operator/", "/operator/../x", "/operator/sign-out", "/x", ""]
    {
        assert_eq!(leads(elsewhere, PASSWORD).await.header("location"), "/operator?lang=en", "{elsewhere}");
        let door = office.get(&format!("/operator?next={elsewhere}"), "").await;
        assert!(!door.text().contains("name=\"next\""), "{elsewhere}");
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_the_name_and_too_many_say_how_long_to_wait() {
    let office = Office::new();
    let mut last = None;
    for _ in 0..11 {
        last = Some(office.post("/operator/sign-in?lang=en", "", &[("name", "a\"><b>"), ("password", "wrong")]).await);
    }
    let last = last.expect("an answer");
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.text().contains("Try again in 1") && !last.header("retry-after").is_empty(), "{}", last.text());
    assert!(last.text().contains("a&quot;&gt;&lt;b&gt;") || last.text().contains("a&quot;><b>"), "{}", last.text());
    let right = office.post("/operator/sign-in", "", &[("name", "amel"), ("password", PASSWORD)]).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "the whole network waits");
}

#[tokio::test]
async fn an_operator_takes_an_incident_speaks_and_resolves_it() {
    let office = Office::new();
    let (cookie, token) = office.sign_in().await;
    let taken = office.post(&office.path("acknowledge"), &cookie, &[("token", &token)]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    assert_eq!(taken.header("location"), format!("/operator/incidents/{}?lang=en", office.incident.id));
    let page = office.get(taken.header("location"), &cookie).await;
    assert!(page.text().contains("Taken by amel"), "{}", page.text());
    for (version, stage) in [("2", "identified"), ("3", "resolved")] {
        let fields =
            [("token", token.as_str()), ("version", version), ("stage", stage), ("body_fr", "Un <b>câble</b>")];
        assert_eq!(office.post(&office.path("say"), &cookie, &fields).await.status, StatusCode::SEE_OTHER, "{stage}");
    }
    assert_eq!(office.present().stage, shared::Stage::Resolved);
    let page = office.get(taken.header("location"), &cookie).await;
    assert!(page.text().contains("Un &lt;b&gt;câble&lt;/b&gt;"), "{}", page.text());
    let late = [("token", token.as_str()), ("version", "4"), ("stage", "resolved"), ("body_fr", "x")];
    let late = office.post(&office.path("say"), &cookie, &late).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text().contains("open another one"), "{}", late.text());
}

#[tokio::test]
async fn a_form_without_its_token_or_from_elsewhere_changes_nothing() {
    let office = Office::new();
    let (cookie, token) = office.sign_in().await;
    let (other, _) = office.sign_in().await;
    let refused = async |headers: &[(&str, &str)], token: &str, status: StatusCode| {
        let answer = office.send("POST", &office.path("acknowledge"), headers, &format!("token={token}")).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert_eq!(office.present().version, 1, "{headers:?}");
    };
    let here = ("cookie", cookie.as_str());
    refused(&[FORM, here], "", StatusCode::FORBIDDEN).await;
    refused(&[FORM, here], "AAAA", StatusCode::FORBIDDEN).await;
    refused(&[FORM, ("cookie", &other)], &token, StatusCode::FORBIDDEN).await;
    refused(&[FORM], &token, StatusCode::FORBIDDEN).await;
    refused(&[FORM, ("cookie", "belfry=forged.forged")], &token, StatusCode::FORBIDDEN).await;
    refused(&[FORM, here, ("origin", "https://evil.example")], &token, StatusCode::FORBIDDEN).await;
    refused(&[FORM, here, ("origin", "null")], &token, StatusCode::FORBIDDEN).await;
    refused(&[FORM, here, ("sec-fetch-site", "cross-site")], &token, StatusCode::FORBIDDEN).await;
    refused(&[("content-type", "text/plain"), here], &token, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    refused(&[FORM, here], &"x".repeat(600 << 10), StatusCode::PAYLOAD_TOO_LARGE).await;
    // lynx says neither where it comes from; the token is enough.
    let answer = office.send("POST", &office.path("acknowledge"), &[FORM, here], &format!("token={token}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whoever_was_slower_sees_what_the_other_did_and_keeps_the_own_words() {
    let office = Office::new();
    let (cookie, token) = office.sign_in().await;
    let say = async |body: &str| {
        let fields = [("token", token.as_str()), ("version", "1"), ("stage", "identified"), ("body_en", body)];
        office.post(&office.path("say"), &cookie, &fields).await
    };
    assert_eq!(say("It is the switch").await.status, StatusCode::SEE_OTHER);
    let slower = say("It is <the> cable").await;
    assert_eq!(slower.status, StatusCode::CONFLICT);
    let page = slower.text();
    assert!(page.contains("Somebody else was quicker") && page.contains("It is the switch"), "{page}");
    assert!(
        page.contains("It is &lt;the> cable</textarea>") && page.contains("name=\"version\" value=\"2\""),
        "{page}"
    );
    assert_eq!(office.present().updates.len(), 2);
}

#[tokio::test]
async fn a_field_that_cannot_be_taken_is_named_and_everything_typed_stays() {
    let office = Office::new();
    let (cookie, token) = office.sign_in().await;
    let fields = [
        ("token", token.as_str()),
        ("version", "1"),
        ("stage", "monitoring"),
        ("body_fr", "C’est revenu"),
        ("next_update_at", "soon"),
    ];
    let answer = office.post(&office.path("say"), &cookie, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(page.contains("C’est revenu</textarea>") && page.contains("aria-invalid=\"true\""), "{page}");
    assert!(page.contains("id=\"say-next_update_at-fault\""), "{page}");
    let answer = office
        .post(
            "/operator/open?lang=en",
            &cookie,
            &[("token", &token), ("title_en", "Slow"), ("stage", "investigating"), ("body_en", "x")],
        )
        .await;
    assert!(
        answer.text().contains("Choose at least one service") && answer.text().contains("value=\"Slow\""),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn an_incident_is_opened_by_hand() {
    let office = Office::new();
    let (cookie, token) = office.sign_in().await;
    let fields = [
        ("token", token.as_str()),
        ("title_fr", "Courriels en retard"),
        ("component.mail", "degraded_performance"),
        ("stage", "investigating"),
        ("body_fr", "On cherche"),
    ];
    let answer = office.post("/operator/open", &cookie, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let page = office.get(answer.header("location"), &cookie).await;
    assert!(page.text().contains("Courriels en retard"), "{}", page.text());
}

#[tokio::test]
async fn what_cannot_be_opened_is_answered_by_its_reason() {
    let mut office = Office::new();
    let (cookie, token) = office.sign_in().await;
    let open = async |office: &Office, status: StatusCode, expected: &str, stage: &str| {
        let fields = [
            ("token", token.as_str()),
            ("title_en", "Late mail"),
            ("component.mail", "degraded_performance"),
            ("stage", stage),
            ("body_en", "We look"),
            ("started_at", "2026-11-22T12:00:00Z"),
        ];
        let answer = office.post("/operator/open?lang=en", &cookie, &fields).await;
        assert_eq!(answer.status, status);
        assert!(answer.text().contains(expected), "{}", answer.text());
    };
    open(&office, StatusCode::UNPROCESSABLE_ENTITY, "Choose one of the list", "").await;
    open(&office, StatusCode::SEE_OTHER, "", "investigating").await;
    open(&office, StatusCode::CONFLICT, "Somebody else was quicker", "investigating").await;
    office.close();
    open(&office, StatusCode::SERVICE_UNAVAILABLE, "The database is behind", "investigating").await;
}

#[tokio::test]
async fn after_signing_out_the_cookie_opens_nothing() {
    let office = Office::new();
    let (cookie, token) = office.sign_in().await;
    let answer = office.post("/operator/sign-out", &cookie, &[("token", &token)]).await;
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{}", answer.header("set-cookie"));
    assert!(office.get("/operator", &cookie).await.text().contains("type=\"password\""));
    let answer = office.post(&office.path("acknowledge"), &cookie, &[("token", &token)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn evidence_is_there_for_operators_and_harmless() {
    let office = Office::new();
    let (cookie, _) = office.sign_in().await;
    assert!(!office.get("/?lang=en", &cookie).await.text().contains("203.0.113.7"));
    let failing = |component: &mut crate::snapshot::ComponentView| {
        component.status = shared::Status::MajorOutage;
        let mut seen = stage::bad_gateway("cloud", now());
        seen.failure = seen.failure.map(|failure| failure.with_evidence("<script>alert(1)</script>"));
        let at = component.probes[0].locations.values_mut().next().expect("a place");
        at.last = Some(Arc::new(seen));
    };
    let snapshot = stage::with_first(stage::snapshot(now()), failing);
    let signed = crate::page::operator::Signed { name: "amel".to_owned(), form_token: String::new() };
    let page = crate::page::operator::overview(&snapshot, shared::Language::En, &signed);
    assert!(page.contains("203.0.113.7") && page.contains("Error 502") && page.contains("HTTP/1.1 502"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>alert"), "{page}");
}

#[tokio::test]
async fn who_comes_goes_and_tries_is_in_the_audit_log() {
    let office = Office::new();
    for name in ["amel", "stranger"] {
        let wrong = office.post("/operator/sign-in", "", &[("name", name), ("password", "wrong password")]).await;
        assert_ne!(wrong.status, StatusCode::SEE_OTHER, "{name}");
    }
    let (cookie, token) = office.sign_in().await;
    let forged = office.post(&office.path("acknowledge"), &cookie, &[("token", "forged")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    office.post("/operator/sign-out", &cookie, &[("token", &token)]).await;
    let mut log = office.stage.app.desk.audit();
    while log.len() < 4 {
        tokio::task::yield_now().await;
        log = office.stage.app.desk.audit();
    }
    let entries: Vec<_> = log.iter().map(|entry| (entry.what.as_str(), entry.refusal.is_some())).collect();
    assert_eq!(entries, [("sign_in", true), ("sign_in", false), ("foreign_form", true), ("sign_out", false)]);
    assert!(log.iter().all(|entry| entry.actor == crate::incident::Actor::Operator("amel".to_owned())), "{log:?}");
}
