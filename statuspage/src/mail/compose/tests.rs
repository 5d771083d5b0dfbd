use shared::{Stage, Text};

use super::*;
use crate::{
    incident::{
        Body, Incident,
        sample::{closed_early, storm, time},
    },
    mail::{
        Scribe,
        sample::{ada, desk, office, settings, site},
    },
    maintenance::sample::planned,
};

fn told(incident: &Incident, number: u32) -> Told {
    let update = incident.updates.iter().find(|update| update.number == number).expect("it was said");
    Told::incident(incident, update, 1, &desk())
}

/// The storm as it was when that update was said.
fn as_of(number: u32) -> Incident {
    let mut incident = storm();
    incident.updates.truncate(number as usize);
    let latest = incident.updates.last().expect("something was said");
    incident.stage = latest.stage;
    if number < 3 {
        (incident.next_update_at, incident.workaround) = (None, None);
    }
    if number < 2 {
        incident.components.retain(|id, _| id.as_str() == "cloud");
    }
    incident
}

fn resolved() -> Incident {
    let mut incident = storm();
    let end = time("2026-11-22T14:10:00Z");
    incident.components.values_mut().for_each(|part| part.recovered_at = Some(time("2026-11-22T14:05:00Z")));
    incident.stage = Stage::Resolved;
    (incident.times.recovered_at, incident.times.resolved_at) = (Some(time("2026-11-22T14:05:00Z")), Some(end));
    incident.updates.push(crate::incident::sample::update(4, "2026-11-22T14:10:00Z", Stage::Resolved, Body::Settled));
    incident
}

/// The headers as they are sent, both bodies as they are read.
fn whole(letter: &Letter) -> String {
    let scribe = Scribe::new(&settings(), &site()).expect("there is no key to read");
    let signed = scribe.sign(letter).expect("it can be written");
    let bytes = String::from_utf8(signed.bytes().to_vec()).expect("ASCII");
    let (headers, _) = bytes.split_once("\r\n\r\n").expect("a head");
    let return_path = signed.return_path().map(ToString::to_string).unwrap_or_default();
    let page = format!("MAIL FROM <{return_path}>\n{headers}\n\n{}\n======== HTML\n{}", letter.text, letter.html);
    page.replace('\r', "").replace(['\u{a0}', '\u{202f}'], "~")
}

fn concerned() -> Vec<Concerned> {
    let one = |id: &str, name: &str| Concerned { id: id.parse().expect("an id"), name: name.into(), group: None };
    vec![one("cloud", "Nuage"), one("documents", "Documents")]
}

fn at(text: &str) -> Timestamp {
    time(text)
}

#[test]
fn an_incident_reads_as_documented_when_it_opens_grows_is_told_of_and_ends() {
    let check = |name: &str, incident: &Incident, number: u32, recipient: &Recipient| {
        let letter = notice(&told(incident, number), recipient, at("2026-11-22T13:13:05Z"), &desk());
        insta::assert_snapshot!(name, whole(&letter));
    };
    check("opened_fr", &as_of(1), 1, &ada());
    check("grown_fr", &as_of(2), 2, &ada());
    check("grown_en_own_first", &as_of(2), 2, &office());
    check("said_fr", &as_of(3), 3, &ada());
    check("said_en", &as_of(3), 3, &office());
    check("closed_fr", &closed_early(), 4, &ada());
    check("closed_en", &closed_early(), 4, &office());
    check("resolved_fr", &resolved(), 4, &ada());
    check("resolved_en", &resolved(), 4, &office());
}

#[test]
fn maintenance_reads_as_documented_before_at_its_beginning_and_at_its_end() {
    let check = |name: &str, turn: Turn, number: u32, now: &str, recipient: &Recipient| {
        let told = Told::maintenance(&planned(), turn, (number, 1), at(now), &concerned(), &desk());
        insta::assert_snapshot!(name, whole(&notice(&told, recipient, at(now), &desk())));
    };
    check("announced_fr", Turn::Announced, 1, "2026-11-22T02:00:00Z", &ada());
    check("begins_en", Turn::Begins, 2, "2026-11-24T02:00:00Z", &office());
    check("ends_fr", Turn::Ends, 3, "2026-11-24T04:30:00Z", &ada());
    check("cancelled_en", Turn::Cancelled, 2, "2026-11-23T09:00:00Z", &office());
}

#[test]
fn letters_about_a_subscription_read_as_documented() {
    let wish = |language| Wanted::Confirm {
        to: ada().address,
        language,
        token: "c".repeat(26).parse().expect("a token"),
        refuse: "d".repeat(52).parse().expect("a token"),
    };
    let manage =
        Wanted::Manage { to: ada().address, language: Language::Fr, token: "e".repeat(26).parse().expect("a token") };
    let now = at("2026-11-22T13:00:00Z");
    insta::assert_snapshot!("confirmation_fr", whole(&wanted(&wish(Language::Fr), now, &desk())));
    insta::assert_snapshot!("confirmation_en", whole(&wanted(&wish(Language::En), now, &desk())));
    insta::assert_snapshot!("management_fr", whole(&wanted(&manage, now, &desk())));
}

#[test]
fn a_digest_reads_as_documented() {
    let planned =
        Told::maintenance(&planned(), Turn::Announced, (1, 1), at("2026-11-22T02:00:00Z"), &concerned(), &desk());
    let news = [told(&storm(), 3), planned].map(Arc::new);
    let check = |name: &str, gathered: Gathered, recipient: &Recipient| {
        insta::assert_snapshot!(name, whole(&digest(&news, gathered, recipient, at("2026-11-22T18:00:00Z"), &desk())));
    };
    check("digest_fr", Gathered::Day, &ada());
    check("digest_en_own", Gathered::Pause, &office());
}

#[test]
fn all_letters_of_an_incident_have_one_subject_and_one_root() {
    let letters: Vec<Letter> = [(as_of(1), 1), (as_of(2), 2), (storm(), 3), (resolved(), 4)]
        .iter()
        .map(|(incident, number)| notice(&told(incident, *number), &ada(), at("2026-11-22T14:00:00Z"), &desk()))
        .collect();
    let [first, rest @ ..] = letters.as_slice() else { panic!("four letters") };
    assert_eq!(first.thread, None);
    for letter in rest {
        assert_eq!(letter.subject, first.subject);
        assert_eq!(letter.thread.as_ref().map(|thread| &thread.root), Some(&first.message_id));
    }
}

#[test]
fn the_same_letter_is_the_same_to_the_byte() {
    let letter = || notice(&told(&storm(), 3), &office(), at("2026-11-22T14:00:00Z"), &desk());
    let scribe = Scribe::new(&settings(), &site()).expect("there is no key to read");
    assert_eq!(scribe.sign(&letter()), scribe.sign(&letter()));
}

#[test]
fn a_letter_names_ten_services_and_says_how_many_others_there_are() {
    let letter = notice(&told(&storm(), 2), &office(), at("2026-11-22T14:00:00Z"), &desk());
    assert_eq!(letter.text.lines().filter(|line| line.starts_with("- ")).count(), 11);
    let (_, after) = letter.text.split_once("- and 190 others\n").expect("they are counted");
    assert!(after.trim_start().starts_with("The incident’s page"), "and their page comes next: {after}");
    let (documents, service) = (letter.text.find("Documents"), letter.text.find("Service 0:"));
    assert!(documents.is_some() && documents < service, "one's own come first");
}

#[test]
fn html_loads_nothing() {
    let letter = notice(&told(&storm(), 3), &ada(), at("2026-11-22T14:00:00Z"), &desk());
    for harmful in ["<img", "<script", "<link", "<style", "src=", "url(", "@import", "<iframe", "<form"] {
        assert!(!letter.html.contains(harmful), "{harmful}");
    }
}

#[test]
fn a_wild_title_stays_where_it_is_put() {
    let mut incident = storm();
    incident.title = Some(Text::from("</title><script>alert(1)</script>\r\nBcc: eve@example.net"));
    let letter = notice(&told(&incident, 3), &ada(), at("2026-11-22T14:00:00Z"), &desk());
    assert!(!letter.html.contains("<script") && !letter.subject.contains('\n'));
}
