//! What robots, the mistaken and the malicious send: clear answers, and no letter that should not be.

use super::*;

#[tokio::test]
async fn an_address_that_cannot_be_written_to_is_refused_at_its_field_and_kept() {
    let mut office = Office::new();
    let long = format!("{}@example.org", "a".repeat(10_000));
    let table = [
        ("amel", "This is no mail address."),
        ("", "This is no mail address."),
        ("a@b@example.org", "This is no mail address."),
        ("amel@example.org\r\nBcc: all@example.org", "This is no mail address."),
        ("amel@example.org\nSubject: x", "This is no mail address."),
        ("amel\0@example.org", "This is no mail address."),
        ("<amel@example.org>", "This is no mail address."),
        ("\"a b\"@example.org", "quotation marks"),
        ("amélie@example.org", "without accents"),
        ("amel@localhost", "no name of a mail server"),
        ("amel@[192.0.2.1]", "no name of a mail server"),
        (long.as_str(), "longer than any mail address"),
        ("postmaster@example.org", "belongs to a machine"),
        ("no-reply+x@example.org", "belongs to a machine"),
        ("amel@asso.example", "is ours"),
        ("amel@mail.asso.example", "is ours"),
    ];
    for (email, said) in table {
        let answer = office.ask(email, "&component=forum&shared=yes").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email:.80?}");
        assert!(answer.text().contains(said), "{email:.80?}: {}", answer.text());
        assert_eq!(answer.text().matches(" checked").count(), 2, "what was ticked is kept");
        office.no_letter();
    }
    assert_eq!(office.counts().await, Counts::default());
}

#[tokio::test]
async fn a_domain_of_other_letters_is_written_to_by_its_a_labels() {
    let mut office = Office::new();
    assert_eq!(office.ask("amel@café.example", "").await.status, StatusCode::ACCEPTED);
    let Wanted::Confirm { to, .. } = office.letter() else { panic!("a question") };
    assert_eq!(to.as_str(), "amel@xn--caf-dma.example");
}

#[tokio::test]
async fn a_robot_that_fills_in_what_nobody_sees_is_answered_as_everybody_and_nothing_happens() {
    let mut office = Office::new();
    let person = office.ask("amel@example.org", "&message=").await;
    office.question();
    let robot = office.ask("basile@example.org", "&message=buy").await;
    office.no_letter();
    assert_eq!((robot.status, robot.headers, robot.body), (person.status, person.headers, person.body));
    assert_eq!(office.counts().await.asked, 1);
}

#[tokio::test]
async fn a_form_that_comes_back_at_once_or_without_its_stamp_is_shown_once_more() {
    let mut office = Office::new();
    let stamp = |page: &Answer| {
        let after = page.text().split("name=\"stamp\" value=\"").nth(1).expect("a stamp").to_owned();
        after.split('"').next().expect("its value").to_owned()
    };
    // However slow the machine is, this one was given out just now.
    let fresh = office.stage.app.stamps.give(now().plus(LONG));
    let hasty = office.post("/subscribe?lang=en", &format!("email=a@example.org&stamp={fresh}")).await;
    assert_eq!(hasty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(hasty.text().contains("send it once more") && stamp(&hasty) == fresh, "{}", hasty.text());
    let bare = office.post("/subscribe?lang=en", "email=amel@example.org").await;
    assert!(bare.text().contains("was open for long"), "{}", bare.text());
    office.no_letter();
    let again = format!("email=amel@example.org&stamp={}", stamp(&bare));
    assert_eq!(office.post("/subscribe", &again).await.status, StatusCode::ACCEPTED, "at once, this time");
    office.question();
}

#[tokio::test]
async fn a_burst_from_one_network_is_told_to_wait_and_others_are_not() {
    let mut office = Office::new();
    office.stage.peer = Peer([203, 0, 113, 1].into());
    for number in 0..7 {
        let body = office.filled(&format!("a{number}@example{number}.org"), "");
        office.stage.peer = Peer([203, 0, 113, number].into());
        let answer = office.post_again("/subscribe?lang=en", &[FORM], body).await;
        if number < 5 {
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{number}");
            office.question();
        } else {
            assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "600"));
            assert!(
                answer.text().contains("Many requests came from your network. Try again in 10"),
                "{}",
                answer.text()
            );
            office.no_letter();
        }
    }
    assert_eq!(office.ask("other@example.org", "").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_flood_from_everywhere_closes_the_form_and_leaves_subscribers_alone() {
    let mut office = Office::new();
    let before = office.subscriber("amel@example.org", "").await;
    let mut letters = 0;
    for number in 0..200 {
        let answer = office.ask(&format!("a@example{number}.org"), "").await;
        let closed = answer.status == StatusCode::SERVICE_UNAVAILABLE;
        assert!(closed || answer.status == StatusCode::ACCEPTED, "{}", answer.status);
        letters += u32::from(office.letters.try_recv().is_ok());
    }
    assert_eq!(letters, 59, "with the first one, 60 an hour");
    let closed = office.ask("last@example.org", "").await;
    assert_eq!((closed.status, closed.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "3600"));
    assert!(closed.text().contains("the form is closed for a while"), "{}", closed.text());
    assert_eq!(office.post(&way_out(&before), ONE_CLICK).await.status, StatusCode::OK, "leaving is never closed");
}

#[tokio::test]
async fn a_link_that_opens_nothing_has_one_page_whatever_the_reason() {
    let mut office = Office::new();
    office.ask("amel@example.org", "").await;
    let (token, _) = office.question();
    let whole = token.as_str().to_owned();
    assert_eq!(office.post(&link(&token), "do=confirm").await.status, StatusCode::OK);
    let amel = office.recipient("amel@example.org").await.expect("subscribed");
    let expected = office.stage.get("/s/x").await;
    assert_eq!(expected.status, StatusCode::NOT_FOUND);
    assert!(expected.text().contains("href=\"/subscribe?lang="), "{}", expected.text());
    let used = format!("/s/{whole}");
    let truncated = format!("/s/{}", &whole[..whole.len() - 1]);
    let guessed = format!("/s/{}", "a".repeat(whole.len()));
    let elsewhere = format!("/s/{}", amel.unsubscribe.as_str());
    let confused = format!("/u/{whole}");
    let broken = format!("/u/{}x", &amel.unsubscribe.as_str()[1..]);
    for path in [&used, &truncated, &guessed, &elsewhere, &confused, &broken, &format!("/u/{}", "9".repeat(9_00))] {
        let answer = office.stage.get(path).await;
        assert_eq!(
            (answer.status, &answer.headers, &answer.body),
            (StatusCode::NOT_FOUND, &expected.headers, &expected.body)
        );
        let body = if path.starts_with("/u/") { ONE_CLICK } else { "do=confirm" };
        let answer = office.post(path, body).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::NOT_FOUND, &expected.body), "{path}");
    }
    assert_eq!(office.recipient("amel@example.org").await, Some(amel), "nothing came of it");
}

#[tokio::test]
async fn the_same_form_twice_does_what_it_does_once() {
    let mut office = Office::new();
    let form = office.filled("amel@example.org", "");
    for _ in 0..2 {
        assert_eq!(office.post("/subscribe?lang=en", &form).await.status, StatusCode::ACCEPTED);
    }
    let (confirm, refuse) = office.question();
    office.no_letter();
    let amel = office.subscriber("basile@example.org", "").await;
    let page = office.own_page("chloe@example.org").await;
    let change = "do=change&component=mail";
    let table: [(String, &str, u16); 6] = [
        (link(&confirm), "do=confirm", 404),
        (page.clone(), change, 200),
        (page.clone(), "do=export", 200),
        (page, "do=leave", 404),
        (way_out(&amel), "do=leave", 200),
        (link(&refuse), "do=refuse", 200),
    ];
    for (path, form, again) in table {
        assert_eq!(office.post(&path, form).await.status, StatusCode::OK, "{form}");
        let counts = office.counts().await;
        let answer = office.post(&path, form).await;
        assert_eq!((answer.status.as_u16(), office.counts().await), (again, counts), "{form}");
        assert!(again == 200 || answer.text().contains("all is done") || answer.text().contains("tout est fait"));
    }
}

#[tokio::test]
async fn what_is_no_form_of_ours_changes_nothing() {
    let mut office = Office::new();
    office.ask("amel@example.org", "").await;
    let (token, _) = office.question();
    let other = office.subscriber("basile@example.org", "").await;
    let json = ("content-type", "application/json");
    let huge = format!("do=confirm&x={}", "x".repeat(70_000));
    let table: [(String, (&str, &str), &str, u16); 8] = [
        ("/subscribe".to_owned(), json, "{}", 415),
        ("/subscribe".to_owned(), FORM, huge.as_str(), 413),
        (link(&token), json, "{\"do\":\"confirm\"}", 415),
        (link(&token), FORM, huge.as_str(), 413),
        (link(&token), FORM, "", 422),
        (link(&token), FORM, "do=everything", 422),
        (way_out(&other), json, "{}", 422),
        (way_out(&other), FORM, "List-Unsubscribe=Perhaps", 422),
    ];
    for (path, kind, body, status) in table {
        let answer = office.post_again(&path, &[kind], body).await;
        assert_eq!(answer.status.as_u16(), status, "{kind:?} {body:.40}");
        assert!(!answer.text().contains(token.as_str()), "no token is ever sent back");
    }
    assert_eq!((office.counts().await.asked, office.counts().await.confirmed), (1, 1));
}

#[tokio::test]
async fn a_book_that_does_not_open_is_said_and_everything_else_goes_on() {
    let keys = tempfile::tempdir().expect("a directory");
    let key_file = keys.path().join("subscribers.key");
    std::fs::write(&key_file, "no key").expect("written");
    let mut office = Office::with_key(&key_file, keys);
    let answer = office.ask("amel@example.org", "").await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "60"));
    assert!(answer.text().contains("the fault is ours") && answer.text().contains("amel@example.org"));
    let any = "a".repeat(26);
    for path in [format!("/s/{any}"), format!("/u/{any}")] {
        assert_eq!(office.stage.get(&path).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    assert_eq!(office.stage.get("/").await.status, StatusCode::OK);
}
