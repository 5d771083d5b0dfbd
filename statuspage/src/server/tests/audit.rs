//! The audit log: for operators alone, the newest first, by API and page.

use super::{console::Office, *};
use crate::incident::{Actor, Audit};

impl Office {
    /// One order that is carried out, and one that is refused.
    async fn ordered(&self) -> (String, String) {
        let (cookie, token) = self.sign_in().await;
        let say = [("token", token.as_str()), ("version", "7"), ("stage", "identified"), ("body_en", "x")];
        assert_eq!(self.post(&self.path("acknowledge"), &cookie, &say).await.status, StatusCode::SEE_OTHER);
        assert_eq!(self.post(&self.path("say"), &cookie, &say).await.status, StatusCode::CONFLICT);
        (cookie, token)
    }

    async fn audit(&self, query: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.send("GET", &format!("/api/v1/audit{query}"), &[("authorization", &bearer)], "").await
    }
}

#[tokio::test]
async fn every_order_is_in_the_log_with_what_became_of_it() {
    let office = Office::new();
    office.ordered().await;
    let mut entries = office.audit("").await.json()["entries"].as_array().expect("a list").clone();
    // Who signed in is noted beside the orders, at any place among them.
    entries.retain(|entry| entry["what"] != "sign_in");
    let brief = |entry: &serde_json::Value| (entry["what"].clone(), entry["actor"].clone());
    let amel = serde_json::json!({ "operator": "amel" });
    let expected = [("say".into(), amel.clone()), ("acknowledge".into(), amel)];
    assert_eq!(entries.iter().map(brief).collect::<Vec<_>>(), expected, "{entries:?}");
    assert!(entries[0]["refusal"].as_str().is_some_and(|why| why.contains("changed meanwhile")), "{entries:?}");
    assert_eq!((&entries[1]["refusal"], &entries[1]["subject"]), (&().into(), &office.incident.id.as_str().into()));
    assert_eq!(office.audit("?limit=1").await.json()["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(office.audit("?limit=1001").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(office.send("GET", "/api/v1/audit", &[], "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_page_names_orders_in_the_language_of_its_reader() {
    let office = Office::new();
    let (cookie, _) = office.ordered().await;
    let check = async |language: &str, expected: [&str; 5]| {
        let page = office.get(&format!("/operator/audit?lang={language}"), &cookie).await;
        assert_eq!(page.status, StatusCode::OK);
        expected.iter().for_each(|text| assert!(page.text().contains(text), "{text}: {}", page.text()));
        let [newer, older, ..] = expected.map(|text| page.text().find(text));
        assert!(newer < older, "{}", page.text());
    };
    check("en", ["Publish an update", "Take it", "amel", "Refused: the incident", "The cloud is down</bdi>"]).await;
    check("fr", ["Publier une nouvelle", "Prendre en charge", "amel", "Refusé\u{a0}: the incident", "À propos de"])
        .await;
    let nobody = office.get("/operator/audit", "").await;
    assert_eq!(
        (nobody.status, nobody.header("location")),
        (StatusCode::SEE_OTHER, "/operator?next=%2Foperator%2Faudit")
    );
}

#[test]
fn a_long_log_goes_on_where_the_page_ends_and_nothing_in_it_is_markup() {
    let mut audit = Audit::default();
    for number in 1..=150 {
        audit.note(now(), Actor::Socket, "<b>", Some(format!("<i>{number}")), Some("<script>".to_owned()));
    }
    let snapshot = stage::snapshot(now());
    let signed = crate::page::operator::Signed { name: "amel".to_owned(), form_token: String::new() };
    let page = |before| crate::page::operator::audit(&snapshot, shared::Language::En, &signed, &audit.log(), before);
    let rows = |page: &str| page.matches("<tr>").count() - 1;
    let newest = page(None);
    assert!(newest.contains("/operator/audit?lang=en&amp;before=51\""), "{newest}");
    assert!(!newest.contains("<b>") && !newest.contains("<i>") && !newest.contains("<script>"), "{newest}");
    assert_eq!((rows(&newest), rows(&page(Some(51)))), (100, 50));
    assert!(!page(Some(51)).contains("before=") && page(Some(1)).contains("Nobody has done anything yet"));
}

#[test]
fn every_order_has_words() {
    let english = crate::words::Words::new(shared::Language::En, TimeZone::UTC);
    let check = |word: &str| assert_ne!(english.operator_order(word), word);
    ["open", "acknowledge", "say", "release", "reported_by_users", "link", "write_field", "publish", "withdraw"]
        .into_iter()
        .for_each(check);
    ["sign_in", "sign_out", "foreign_form"].into_iter().for_each(check);
    ["list_subscribers", "import_subscribers", "remove_subscriber", "bounce"].into_iter().for_each(check);
    ["add_location", "rotate_location", "revoke_location", "test_channel", "answer_drill"].into_iter().for_each(check);
    assert_eq!(english.operator_order("sing"), "sing", "what a later version ordered stays readable");
}
