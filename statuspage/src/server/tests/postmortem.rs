//! The post-mortem on the pages of operators: written field by field, by two at once, and made public.

use super::{console::Office, *};

impl Office {
    fn postmortem(&self, rest: &str) -> String {
        format!("/operator/incidents/{}/postmortem{rest}?lang=en", self.incident.id)
    }

    /// Sends a form of the page as it is at that version.
    async fn order(&self, signed: &(String, String), rest: &str, version: &str, fields: &[(&str, &str)]) -> Answer {
        let (cookie, token) = signed;
        let fields = [&[("token", token.as_str()), ("version", version)], fields].concat();
        self.post(&self.postmortem(rest), cookie, &fields).await
    }

    async fn resolve(&self, (cookie, token): &(String, String)) {
        let say = [("token", token.as_str()), ("version", "1"), ("stage", "resolved"), ("body_en", "Done")];
        assert_eq!(self.post(&self.path("say"), cookie, &say).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn the_draft_of_an_open_incident_is_there_in_both_languages() {
    let office = Office::new();
    let (cookie, _) = office.sign_in().await;
    let incident = office.get(&format!("/operator/incidents/{}?lang=en", office.incident.id), &cookie).await;
    let link = office.postmortem("");
    assert!(incident.text().contains(&format!("href=\"{link}\"")), "{}", incident.text());
    let check = async |language: &str, expected: [&str; 5]| {
        let page = office.get(&link.replace("=en", &format!("={language}")), &cookie).await;
        expected.iter().for_each(|text| assert!(page.text().contains(text), "{text}: {}", page.text()));
        assert_eq!(page.text().matches("<textarea").count(), 38);
    };
    check("en", ["Lessons learnt", "<em>To be written.</em>", "Suggestions:", "is published once all", "Measured:"])
        .await;
    check("fr", ["Leçons apprises", "<em>À rédiger.</em>", "Pistes\u{a0}:", "se publie une fois", "Mesuré\u{a0}:"])
        .await;
}

#[tokio::test]
async fn a_field_is_written_stays_and_is_made_from_measurements_again() {
    let office = Office::new();
    let signed = office.sign_in().await;
    let text = [("do", "write"), ("text_fr", "Un <b>câble</b> & **rien**</textarea>"), ("text_en", "A cable")];
    let written = office.order(&signed, "/fields/cause", "1", &text).await;
    assert_eq!((written.status, written.header("location")), (StatusCode::SEE_OTHER, office.postmortem("").as_str()));
    let french = office.get(&office.postmortem("").replace("=en", "=fr"), &signed.0).await;
    let page = french.text();
    assert!(page.contains("<strong>rien</strong>") && !page.contains("<b>câble"), "{page}");
    assert!(page.contains("Un &lt;b>câble&lt;/b> &amp; **rien**&lt;/textarea></textarea>"), "{page}");
    assert!(page.contains("A cable</textarea>") && page.contains("value=\"again\""), "{page}");
    let again = office.order(&signed, "/fields/cause", "2", &[("do", "again"), ("text_fr", "x")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    assert!(office.present().postmortem.fields.is_empty());
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_beside_its_field_and_everything_typed_stays() {
    let office = Office::new();
    let signed = office.sign_in().await;
    let check = async |version: &str, text: &str, status: StatusCode, expected: [&str; 2]| {
        let answer = office.order(&signed, "/fields/luck", version, &[("do", "write"), ("text_en", text)]).await;
        assert_eq!(answer.status, status);
        let card = answer.text().split("id=\"luck\"").nth(1).expect("its card");
        let card = card.split("</section>").next().expect("its end");
        expected.iter().for_each(|text| assert!(card.contains(text), "{text}: {card}"));
        assert!(card.contains("<details open"), "{card}");
    };
    let taken = office.order(&signed, "/fields/luck", "1", &[("do", "write"), ("text_en", "None")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    check("1", "<Much>", StatusCode::CONFLICT, ["Somebody else was quicker", "&lt;Much></textarea>"]).await;
    check("2", " ", StatusCode::UNPROCESSABLE_ENTITY, ["Please write something here", "aria-invalid"]).await;
    let long = "é".repeat(20_001);
    check("2", &long, StatusCode::UNPROCESSABLE_ENTITY, ["At most 20", "éé</textarea>"]).await;
    assert_eq!(office.order(&signed, "/fields/shame", "2", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.present().version, 2);
}

#[tokio::test]
async fn it_is_published_once_all_is_over_and_can_be_withdrawn() {
    let office = Office::new();
    let signed = office.sign_in().await;
    let public = format!("/incidents/{}/postmortem?lang=en", office.incident.id);
    let early = office.order(&signed, "/publish", "1", &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text().contains("the post-mortem is published once all is resolved"), "{}", early.text());
    office.resolve(&signed).await;
    assert_eq!(office.order(&signed, "/publish", "1", &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(office.get(&public, "").await.status, StatusCode::NOT_FOUND);
    let published = office.order(&signed, "/publish", "2", &[]).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.text());
    let page = office.get(published.header("location"), &signed.0).await;
    assert!(page.text().contains(&format!("href=\"{public}\"")), "{}", page.text());
    assert_eq!(office.get(&public, "").await.status, StatusCode::OK);
    assert_eq!(office.order(&signed, "/withdraw", "3", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.get(&public, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.order(&signed, "/burn", "4", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_without_its_token_writes_and_publishes_nothing() {
    let office = Office::new();
    let (cookie, token) = office.sign_in().await;
    office.resolve(&(cookie.clone(), token.clone())).await;
    for rest in ["/publish", "/withdraw", "/fields/cause"] {
        for (cookie, token) in [(&cookie, ""), (&cookie, "AAAA"), (&String::new(), token.as_str())] {
            let signed = (cookie.clone(), token.to_owned());
            let answer = office.order(&signed, rest, "2", &[("do", "write"), ("text_en", "x")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{rest}");
        }
        assert_eq!(office.get(&office.postmortem(rest), &cookie).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(office.present().version, 2);
}

#[tokio::test]
async fn without_the_store_the_page_says_what_is_missing_and_publishes_nothing() {
    let office = Office::new();
    let signed = office.sign_in().await;
    office.resolve(&signed).await;
    office.stage.app.questions.close();
    let page = office.get(&office.postmortem(""), &signed.0).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("cannot be read at the moment"), "{}", page.text());
    let refused = office.order(&signed, "/publish", "2", &[]).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text().contains("nothing was changed"), "{}", refused.text());
}
