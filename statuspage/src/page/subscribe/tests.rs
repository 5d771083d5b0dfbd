//! What subscribers read, and what their pages never hold.

use std::sync::Arc;

use shared::Timestamp;

use super::*;
use crate::{
    page::{home, incident, sample, service, tests::dump},
    site::Mail,
    subscriber::Profile,
};

/// The outage of the samples, at a site that sends mail.
fn offered(mut snapshot: Snapshot) -> Snapshot {
    let identity = "Le Collectif, association loi 1901, 1 rue de la Paix, 75000 Paris".into();
    Arc::make_mut(&mut snapshot.site).mail = Some(Mail { sender: "etat@status.example.org".to_owned(), identity });
    snapshot
}

fn times() -> Snapshot {
    offered(sample::outage())
}

fn chosen() -> Scope {
    let first = times().components[0].id.clone();
    Scope { components: [first, "gone".parse().expect("an id")].into(), groups: ["Socle".to_owned()].into() }
}

fn profile() -> Profile {
    let at: Timestamp = "2026-11-20T08:00:00Z".parse().expect("a time");
    Profile {
        id: crate::subscriber::SubscriberId::of([7; 16]),
        address: "amel@example.org".parse().expect("an address"),
        scope: chosen(),
        language: Language::Fr,
        mailbox: Mailbox::Shared,
        stage: crate::subscriber::Stage::Quarantined { at },
        asked_at: at,
        confirmed_at: Some(at),
        form: 1,
        pending: None,
        page_until: None,
        bounces: Vec::new(),
        recent: Vec::new(),
    }
}

/// Every page that the link of a letter leads to.
fn of_letters(language: Language) -> String {
    let (snapshot, scope) = (times(), chosen());
    let wish = Wish { hint: "a…@example.org", scope: &scope };
    let pages = [
        confirm(&snapshot, language, wish),
        done(&snapshot, language, &Done::Confirmed(Scope::default())),
        refuse(&snapshot, language),
        done(&snapshot, language, &Done::Refused),
        manage(&snapshot, language, &profile(), Change::Saved),
        leave(&snapshot, language, Mailbox::Shared),
        left(&snapshot, language),
        gone(&snapshot, language),
        trouble(&snapshot, language, Trouble::Unavailable),
        trouble(&snapshot, language, Trouble::Unreadable),
    ];
    pages.iter().map(|page| dump(page)).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_form_and_the_notice_about_data_in_both_languages() {
    for language in Language::ALL {
        let form = Form { scope: chosen(), ..Form::default() };
        let said =
            [subscribe(&times(), language, &form), asked(&times(), language)].map(|page| dump(&page)).join("\n\n");
        insta::assert_snapshot!(format!("form_{language}"), said);
    }
}

#[test]
fn what_the_links_of_letters_open_in_both_languages() {
    for language in Language::ALL {
        insta::assert_snapshot!(format!("letters_{language}"), of_letters(language));
    }
}

#[test]
fn a_form_that_was_not_taken_keeps_what_was_typed_and_says_why_at_the_field() {
    let refusals = [
        Refusal::Address(AddressRefusal::Quoted),
        Refusal::Address(AddressRefusal::Role),
        Refusal::NoService,
        Refusal::Hasty,
        Refusal::Stale,
        Refusal::TooMany(Duration::from_secs(600)),
        Refusal::Closed(Duration::from_secs(3_600)),
        Refusal::Unavailable,
    ];
    for refusal in refusals {
        let (email, scope) = ("\"><b>@x".to_owned(), chosen());
        let form = Form { email, scope, mailbox: Mailbox::Shared, refusal: Some(refusal), ..Form::default() };
        let page = subscribe(&times(), Language::En, &form);
        assert!(page.contains("value=\"&quot;&gt;&lt;b&gt;@x\"") || page.contains("value=\"&quot;><b>@x\""), "{page}");
        assert_eq!(page.matches(" checked").count(), 3, "a service, a group and the shared mailbox: {page}");
        assert!(page.contains("role=\"alert\""), "{refusal:?}");
        let wrong = matches!(refusal, Refusal::Address(_));
        assert_eq!(page.contains("aria-describedby=\"email-fault email-hint\" aria-invalid=\"true\""), wrong, "{page}");
    }
}

#[test]
fn a_page_of_a_letter_names_no_address_of_itself_and_asks_nothing_of_anybody() {
    let (snapshot, scope) = (times(), chosen());
    let mut addressed = snapshot.clone();
    Arc::make_mut(&mut addressed.site).public_url = Some("https://status.example.org".parse().expect("a URL"));
    let page = confirm(&addressed, Language::Fr, Wish { hint: "a…@example.org", scope: &scope });
    assert!(!page.contains("canonical") && !page.contains(" action="), "{page}");
    assert!(page.contains("href=\"?lang=en\"") && page.contains("method=\"post\""), "{page}");
    for outside in ["<script", "<img", "http-equiv"] {
        assert!(!page.contains(outside), "{outside}: {page}");
    }
}

#[test]
fn the_way_to_the_form_is_where_readers_are_and_nowhere_without_mail() {
    let snapshot = sample::storm();
    let link = "href=\"/subscribe?";
    let check = |page: String, with: bool| assert_eq!(page.contains(link), with, "{page}");
    let pages = |snapshot: &Snapshot| {
        let one = snapshot.components[0].clone();
        [
            home(snapshot, Language::Fr),
            service(snapshot, &one, Language::Fr),
            incident(snapshot, &snapshot.incidents[0], Language::Fr),
        ]
    };
    pages(&snapshot).into_iter().for_each(|page| check(page, false));
    let mailing = offered(snapshot);
    let [home, service, incident] = pages(&mailing);
    let ticked = format!("/subscribe?component={}&amp;lang=fr", mailing.components[0].id);
    assert!(service.contains(&ticked) || service.contains(&ticked.replace("&amp;", "&")), "{service}");
    [home, service, incident].into_iter().for_each(|page| check(page, true));
}

#[test]
fn without_mail_the_feeds_and_the_calendar_are_named() {
    let page = subscribe(&sample::outage(), Language::En, &Form::default());
    assert!(!page.contains("<form"), "{page}");
    for way in ["/history.atom?", "/history.rss?", "/feed.json?", "/calendar.ics?"] {
        assert!(page.contains(&format!("href=\"{way}")), "{way}: {page}");
    }
}

#[test]
fn every_page_can_be_looked_at() {
    let folder = std::env::temp_dir().join("belfry-pages");
    std::fs::create_dir_all(&folder).expect("a place to write");
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("written");
    let (snapshot, scope) = (times(), chosen());
    for language in Language::ALL {
        let refused = Form {
            email: "postmaster@example.org".to_owned(),
            scope: chosen(),
            refusal: Some(Refusal::Address(AddressRefusal::Role)),
            ..Form::default()
        };
        write(&format!("subscribe.{language}.html"), subscribe(&snapshot, language, &Form::default()));
        write(&format!("subscribe.refused.{language}.html"), subscribe(&snapshot, language, &refused));
        write(&format!("subscribe.absent.{language}.html"), subscribe(&sample::outage(), language, &refused));
        write(&format!("subscribe.asked.{language}.html"), asked(&snapshot, language));
        let wish = Wish { hint: "a…@example.org", scope: &scope };
        write(&format!("subscribe.confirm.{language}.html"), confirm(&snapshot, language, wish));
        write(&format!("subscribe.manage.{language}.html"), manage(&snapshot, language, &profile(), Change::Saved));
        write(&format!("subscribe.leave.{language}.html"), leave(&snapshot, language, Mailbox::Shared));
        write(&format!("subscribe.gone.{language}.html"), gone(&snapshot, language));
        write(&format!("subscribe.home.{language}.html"), home(&snapshot, language));
    }
}
