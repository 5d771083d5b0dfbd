//! What pages say and weigh, on invented snapshots.

use std::{fs, io::Write, sync::Arc};

use proptest::prelude::*;
use shared::{Language, Observation, Status};

use super::{
    Asked, Month, Problem, affected, error, history, home, incident, live, maintenance, oversight, plain_text, sample,
    service, voice,
};
use crate::{outpost::Hearing, snapshot::Snapshot, words::Words};

/// Text as a reader meets it: tags become line breaks, and spaces that do not break become ordinary ones.
pub(super) fn dump(html: &str) -> String {
    let body = html.split_once("<body>").expect("a body").1;
    let mut text = String::new();
    // What islands are told is not for readers.
    for piece in body.split('<').filter(|piece| !piece.starts_with("script")) {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        text.push('\n');
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n").replace(['\u{a0}', '\u{202f}'], " ")
}

fn page(snapshot: &Snapshot, language: Language) -> String {
    service(snapshot, &snapshot.components[0], language)
}

fn brotli(html: &str) -> usize {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4_096, 11, 22);
    writer.write_all(html.as_bytes()).expect("memory takes everything");
    writer.into_inner().len()
}

#[test]
fn the_first_page_says_what_is_down_in_both_languages() {
    insta::assert_snapshot!("home_outage_fr", dump(&home(&sample::outage(), Language::Fr)));
    insta::assert_snapshot!("home_outage_en", dump(&home(&sample::outage(), Language::En)));
}

#[test]
fn the_first_page_in_other_times() {
    insta::assert_snapshot!("home_good_fr", dump(&home(&sample::good_times(), Language::Fr)));
    insta::assert_snapshot!("home_first_check_fr", dump(&home(&sample::first_check(), Language::Fr)));
}

#[test]
fn a_component_page_says_everything_in_text() {
    insta::assert_snapshot!("service_outage_fr", dump(&page(&sample::outage(), Language::Fr)));
    insta::assert_snapshot!("service_outage_en", dump(&page(&sample::outage(), Language::En)));
    insta::assert_snapshot!("service_first_check_fr", dump(&page(&sample::first_check(), Language::Fr)));
}

#[test]
fn the_page_of_an_incident_says_what_was_said_and_measured() {
    let page = |number: usize, language| {
        let snapshot = sample::storm();
        dump(&incident(&snapshot, &snapshot.incidents[number], language))
    };
    insta::assert_snapshot!("incident_storm_fr", page(0, Language::Fr));
    insta::assert_snapshot!("incident_relapse_en", page(1, Language::En));
    insta::assert_snapshot!("incident_settled_fr", page(2, Language::Fr));
}

#[test]
fn the_page_of_a_maintenance_says_what_is_done_and_when() {
    let snapshot = sample::remembered();
    let pages: Vec<_> =
        snapshot.maintenances.iter().map(|planned| dump(&maintenance(&snapshot, planned, Language::Fr))).collect();
    insta::assert_snapshot!("maintenances_fr", pages.join("\n\n"));
}

#[test]
fn what_goes_on_stands_above_the_services_and_on_their_own_pages() {
    let snapshot = sample::storm();
    let above = |html: &str| {
        let text = dump(html);
        text.split_once("Groupe 1\n").or(text.split_once("Les 90 derniers jours")).expect("more follows").0.to_owned()
    };
    insta::assert_snapshot!("home_storm_fr", above(&home(&snapshot, Language::Fr)));
    let component = snapshot.component(&"service-2".parse().expect("an id")).expect("it is there").clone();
    insta::assert_snapshot!("service_storm_fr", above(&service(&snapshot, &component, Language::Fr)));
}

#[test]
fn the_past_is_told_by_month_and_quiet_months_say_so() {
    let snapshot = sample::remembered();
    let of = |month| history(&snapshot, month, Language::Fr).map(|html| dump(&html));
    insta::assert_snapshot!("history_fr", of(None).expect("always there"));
    insta::assert_snapshot!("history_of_a_month_fr", of(Month::read("2026-10")).expect("remembered"));
    for (month, there) in [("2026-11", true), ("2026-01", true), ("2025-12", false), ("2026-12", false)] {
        assert_eq!(of(Month::read(month)).is_some(), there, "{month}");
    }
}

#[test]
fn the_monitoring_says_what_it_knows_of_itself() {
    insta::assert_snapshot!("monitoring_fr", dump(&oversight(&sample::storm(), Language::Fr)));
    let mut alone = sample::stale();
    alone.locations = alone.locations.into_iter().take(1).collect();
    alone.store = crate::snapshot::StoreState::Behind;
    Arc::make_mut(&mut alone.site).safeguards =
        crate::site::Safeguards { control_targets: 2, dead_man: crate::site::DeadManSwitch::Expected };
    insta::assert_snapshot!("monitoring_alone_en", dump(&oversight(&alone, Language::En)));
}

#[test]
fn readers_see_how_far_a_notice_got_and_whether_mail_leaves() {
    use crate::mailing::{Flow, MailView, Story, Tally};
    let mut snapshot = sample::eventful();
    let told = Arc::clone(&snapshot.incidents[0]);
    let page = |snapshot: &Snapshot| dump(&incident(snapshot, &told, Language::En));
    assert!(!page(&snapshot).contains("Notices sent"));
    let tally = Tally { accepted: 412, refused: 2, waiting: 10, held: 4, coming: 2 };
    let tallies: std::collections::BTreeMap<_, _> = [(Story::Incident(told.id.clone()), tally)].into();
    let at = snapshot.generated_at;
    let flows = Flow { accepted_at: Some(at), ..Flow::default() };
    let waits = Flow { waiting: 12, ..flows };
    for (flow, said) in [
        (None, None),
        (Some(Flow::default()), Some("None has been sent since the monitoring was started")),
        (Some(flows), Some("The last letter was taken by a mail server")),
        (Some(waits), Some("12 letters wait.")),
    ] {
        snapshot.mail = Arc::new(MailView { tallies: tallies.clone(), flow, subscribers: None });
        assert!(page(&snapshot).contains("Notices sent: 412 of 430"), "{}", page(&snapshot));
        let text = dump(&oversight(&snapshot, Language::En));
        assert_eq!(text.contains("Mail to subscribers"), said.is_some(), "{text}");
        assert!(said.is_none_or(|said| text.contains(said)), "{text}");
    }
}

#[test]
fn an_open_fault_shows_beside_what_it_is_about_whatever_else_looks_well() {
    use crate::{
        mailing::{Flow, MailView},
        notify::FaultKind,
    };
    let mut snapshot = sample::good_times();
    let at = snapshot.generated_at;
    Arc::make_mut(&mut snapshot.site).safeguards =
        crate::site::Safeguards { control_targets: 2, dead_man: crate::site::DeadManSwitch::Expected };
    snapshot.mail = Arc::new(MailView { flow: Some(Flow::default()), ..MailView::default() });
    let watch = Arc::make_mut(&mut snapshot.watch);
    watch.pings = crate::watch::PingBoard::noted(Some(at), 0).seen();
    for (kind, said) in [
        (FaultKind::MailFailing, "Not leaving"),
        (FaultKind::PingFailing, "Not heard"),
        (FaultKind::SchedulerLate, "Slow"),
        (FaultKind::Restarting, "Restarted again and again"),
        (FaultKind::ClockOff, "Short: clock"),
    ] {
        Arc::make_mut(&mut snapshot.watch).open = [].into();
        assert!(!dump(&oversight(&snapshot, Language::En)).contains(said), "{said}");
        Arc::make_mut(&mut snapshot.watch).open = [(kind, at)].into();
        let text = dump(&oversight(&snapshot, Language::En));
        assert!(text.contains(said), "{said}\n{text}");
    }
    let text = dump(&oversight(&snapshot, Language::En));
    assert!(text.contains("The last one was taken"), "{text}");
}

#[test]
fn places_that_differ_are_said_to() {
    let mut snapshot = sample::good_times();
    let probe = &mut Arc::make_mut(&mut snapshot.components[0]).probes[0];
    let place = probe.locations.values_mut().next().expect("a place");
    place.health = shared::Health::Down;
    let text = dump(&oversight(&snapshot, Language::En));
    assert!(text.contains("Of 8 questions asked from several places, they disagree on one:\nNuage"), "{text}");
    assert!(text.contains("login, down: Francfort"), "{text}");
}

#[test]
fn a_location_elsewhere_says_how_it_does_and_what_is_not_as_it_should_be() {
    let storm = sample::storm();
    let now = storm.generated_at;
    let heartbeat = shared::report::Heartbeat {
        version: "0.0.9".to_owned(),
        overdue: 2,
        journal: shared::report::JournalState { depth: 7, ..Default::default() },
        ..Default::default()
    };
    let view = crate::location::LocationView {
        standing: crate::location::Standing::Silent,
        added_at: now,
        keys: vec![],
        code_until: None,
        heard_at: Some(now.minus(std::time::Duration::from_secs(600))),
        heartbeat: Some(heartbeat),
        ahead_ms: Some(600_000),
        has_wrong_clock: true,
        drifts_since: Some(now),
        has_other_version: true,
        coverage: None,
        gaps: 3,
        counts: crate::location::Counts { duplicates: 1, lost: 2, ..Default::default() },
    };
    let snapshot = Snapshot { places: Arc::new([("brest".parse().expect("a name"), view)].into()), ..storm };
    let check = |language, expected: &[&str]| {
        let text = dump(&oversight(&snapshot, language));
        for words in expected {
            assert!(text.contains(words), "{words}\n{text}");
        }
    };
    check(Language::En, &["Brest", "Silent", "version 0.0.9", "2 probes overdue", "7 results still to come"]);
    check(
        Language::En,
        &[
            "its clock is off by 600 s",
            "its definitions are not the same",
            "3 results missing",
            "2 results lost",
            "1 result came twice",
        ],
    );
    check(
        Language::Fr,
        &[
            "Silencieux",
            "2 sondes en retard",
            "encore 7 mesures",
            "son horloge est fausse de 600 s",
            "3 mesures manquantes",
        ],
    );
}

#[test]
fn a_place_whose_every_result_is_its_own_fault_is_blind() {
    let mut snapshot = sample::good_times();
    for component in &mut snapshot.components {
        let probe = &mut Arc::make_mut(component).probes[0];
        let at = probe.locations.values_mut().next().expect("a place");
        let mut last = Observation::clone(at.last.as_ref().expect("a result"));
        last.verdict = shared::Verdict::Unknown;
        at.last = Some(Arc::new(last));
    }
    let text = dump(&oversight(&snapshot, Language::En));
    assert!(text.contains("Francfort\nBlind") && text.contains("Lyon\nReports"), "{text}");
}

fn answer(snapshot: &Snapshot, name: &str) -> String {
    affected(snapshot, Asked::Name(&sample::domain(name)), Language::En)
}

#[test]
fn a_name_that_is_well_gets_the_same_answer_as_a_strangers() {
    let snapshot = sample::remembered();
    let (served, stranger) = (answer(&snapshot, "nuage.example.org"), answer(&snapshot, "autre.example.org"));
    assert_eq!(served.replace("nuage", "autre"), stranger, "letter by letter");
    assert!(dump(&served).contains("We know of no disturbance for nuage.example.org."));
    let blind = sample::told_of(sample::stale());
    let (served, stranger) = (answer(&blind, "nuage.example.org"), answer(&blind, "autre.example.org"));
    assert_eq!(served.replace("nuage", "autre"), stranger, "nor does a stop of the monitoring tell");
    assert!(dump(&served).contains("We cannot tell how nuage.example.org does."));
}

#[test]
fn a_name_that_something_is_wrong_with_is_told_what() {
    let snapshot = sample::storm();
    insta::assert_snapshot!("affected_en", dump(&answer(&snapshot, "nuage.example.org")));
    let nothing = dump(&affected(&snapshot, Asked::Unreadable("<b>\u{202e}two words"), Language::Fr));
    assert!(nothing.contains("Ce n’est pas le nom d’un service."), "{nothing}");
    let mut one_unknown = sample::remembered();
    Arc::make_mut(&mut one_unknown.components[0]).status = Status::Unknown;
    let text = dump(&answer(&one_unknown, "nuage.example.org"));
    assert!(text.contains("We cannot tell how nuage.example.org does."), "never green without proof: {text}");
}

#[test]
fn no_page_but_the_answer_tells_a_name_that_was_entrusted_to_us() {
    let snapshot = sample::storm();
    let mut pages = every_page(&snapshot);
    pages.extend([plain_text(&snapshot, Language::Fr), format!("{snapshot:?}")]);
    pages.push(serde_json::to_string(&live(&snapshot, Language::Fr)).expect("serialises"));
    assert!(pages.iter().all(|page| !page.contains("nuage.example.org")));
}

/// One of each that shows something.
fn every_page(snapshot: &Snapshot) -> Vec<String> {
    let mut pages = Vec::new();
    for language in Language::ALL {
        pages.extend([home(snapshot, language), page(snapshot, language), oversight(snapshot, language)]);
        pages.extend(history(snapshot, None, language));
        pages.push(affected(snapshot, Asked::Nothing, language));
        pages.extend(snapshot.incidents.iter().map(|told| incident(snapshot, told, language)));
        pages.extend(snapshot.maintenances.iter().map(|planned| maintenance(snapshot, planned, language)));
    }
    pages
}

#[test]
fn plain_text_says_the_same() {
    insta::assert_snapshot!("plain_outage_fr", plain_text(&sample::outage(), Language::Fr));
    insta::assert_snapshot!("plain_stale_en", plain_text(&sample::stale(), Language::En));
}

#[test]
fn plain_text_tells_what_is_open_and_what_comes() {
    insta::assert_snapshot!("plain_eventful_fr", plain_text(&sample::eventful(), Language::Fr));
    insta::assert_snapshot!("plain_eventful_en", plain_text(&sample::eventful(), Language::En));
}

#[test]
fn what_is_read_aloud_is_short_and_has_no_addresses() {
    insta::assert_snapshot!("voice_eventful_fr", voice(&sample::eventful(), Language::Fr));
    insta::assert_snapshot!("voice_eventful_en", voice(&sample::eventful(), Language::En));
    insta::assert_snapshot!("voice_good_fr", voice(&sample::good_times(), Language::Fr));
    insta::assert_snapshot!("voice_stale_fr", voice(&sample::stale(), Language::Fr));
}

#[test]
fn every_problem_has_its_page() {
    let pages = Problem::ALL.map(|problem| dump(&error(&sample::site(), Language::Fr, problem)));
    insta::assert_snapshot!("problems_fr", pages.join("\n\n"));
}

#[test]
fn the_headline_names_the_worst_and_counts_when_they_are_many() {
    use Status::{DegradedPerformance as Slow, MajorOutage as Down, UnderMaintenance as Work, Unknown};
    let check = |states: &[Status], headline: &str| {
        let snapshot = sample::with(states);
        let words = Words::new(Language::Fr, snapshot.site.time_zone.clone());
        assert_eq!(words.headline(&snapshot).replace(['\u{a0}', '\u{202f}'], " "), headline);
    };
    check(&[], "Tous les services fonctionnent.");
    check(&[Down], "Nuage est en panne.");
    check(&[Down, Down, Slow], "Nuage et Documents sont en panne. Un autre est perturbé.");
    check(&[Down; 3], "Nuage, Documents et Forum sont en panne.");
    check(&[Down; 4], "4 services sur 8 sont en panne.");
    check(&[Down; 8], "Panne majeure : tous les services sont en panne.");
    check(&[Unknown; 8], "Les mesures n’arrivent plus.");
    check(&[Unknown, Work], "Pas de mesure récente pour Nuage.");
    check(&[Work, Work], "Maintenance en cours : Nuage et Documents.");
    check(&[Slow; 5], "5 services sur 8 connaissent des difficultés.");
}

#[test]
fn what_islands_ask_for_is_worded_as_the_page_is() {
    for language in Language::ALL {
        let snapshot = sample::outage();
        let (page, live) = (dump(&home(&snapshot, language)), live(&snapshot, language));
        let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(page.contains(&plain(&live.headline)));
        for component in live.components.values() {
            assert!(page.contains(&plain(&component.word)), "{}", component.word);
            assert!(page.contains(&plain(&component.note)), "{}", component.note);
        }
    }
}

#[test]
fn pages_keep_their_weight() {
    let check = |count: usize, limit: usize| {
        let weight = brotli(&home(&sample::many(count), Language::Fr));
        assert!(weight <= limit, "{count} components: {weight} bytes of brotli");
    };
    check(30, 14_000);
    check(200, 60_000);
    let storm = sample::storm();
    assert!(brotli(&home(&storm, Language::Fr)) <= 60_000);
    assert!(brotli(&incident(&storm, &storm.incidents[0], Language::Fr)) <= 14_000);
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let snapshot = sample::hostile();
    for language in Language::ALL {
        let asked = affected(&snapshot, Asked::Unreadable("\"><script>alert(1)</script><img src=x\u{202e}"), language);
        for html in every_page(&snapshot).into_iter().chain([asked, home(&snapshot, language)]) {
            for vector in ["<script>alert", "<img src=x", "\u{202e}", "href=\"javascript:", "</title><script"] {
                assert!(!html.contains(vector), "{vector}");
            }
            let scripts = html.matches("<script").count() - html.matches("<script type=\"application/json\"").count();
            assert_eq!(scripts, usize::from(crate::bundle::start_script().is_some()));
        }
    }
}

#[test]
fn no_page_has_what_the_policy_forbids() {
    let snapshot = sample::storm();
    let mut pages = every_page(&snapshot);
    pages.extend([answer(&snapshot, "nuage.example.org"), error(&snapshot.site, Language::Fr, Problem::NotFound)]);
    for html in pages {
        for forbidden in [" style=", " onclick=", " onload=", "<iframe", "src=\"http"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert!(html.contains(&format!("<style>{}</style>", crate::style::sheet())), "the hash is of these very bytes");
    }
}

#[test]
fn pages_that_can_change_are_fresh_without_scripts_and_the_others_stay() {
    let check = |html: &str, refreshes: bool| assert_eq!(html.contains("http-equiv=\"refresh\""), refreshes);
    check(&home(&sample::outage(), Language::En), true);
    check(&page(&sample::outage(), Language::En), true);
    check(&error(&sample::site(), Language::En, Problem::Unavailable), true);
    check(&error(&sample::site(), Language::En, Problem::NotFound), false);
}

#[test]
fn every_sample_can_be_looked_at() {
    let folder = std::env::temp_dir().join("belfry-pages");
    fs::create_dir_all(folder.join("services")).expect("a place to write");
    let write = |name: &str, text: String| fs::write(folder.join(name), text).expect("written");
    for asset in crate::bundle::assets() {
        fs::create_dir_all(folder.join("assets")).expect("a place to write");
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes).expect("written");
    }
    for language in Language::ALL {
        write(&format!("good.{language}.html"), home(&sample::good_times(), language));
        write(&format!("outage.{language}.html"), home(&sample::outage(), language));
        write(&format!("stale.{language}.html"), home(&sample::stale(), language));
        write(&format!("first.{language}.html"), home(&sample::first_check(), language));
        write(&format!("many.{language}.html"), home(&sample::many(200), language));
        write(&format!("hostile.{language}.html"), home(&sample::hostile(), language));
        write(&format!("service.{language}.html"), page(&sample::outage(), language));
        write(&format!("young.{language}.html"), page(&sample::first_check(), language));
        let present = |snapshot: &Snapshot| serde_json::to_string(&live(snapshot, language)).expect("serialises");
        write(&format!("outage.{language}.json"), present(&sample::outage()));
        write(&format!("good.{language}.json"), present(&sample::good_times()));
        for (times, snapshot) in [("storm", sample::storm()), ("remembered", sample::remembered())] {
            write(&format!("{times}.{language}.html"), home(&snapshot, language));
            write(&format!("{times}.service.{language}.html"), service(&snapshot, &snapshot.components[2], language));
            write(
                &format!("{times}.history.{language}.html"),
                history(&snapshot, None, language).expect("always there"),
            );
            write(&format!("{times}.monitoring.{language}.html"), oversight(&snapshot, language));
            let name = sample::domain("nuage.example.org");
            write(&format!("{times}.affected.{language}.html"), affected(&snapshot, Asked::Name(&name), language));
            for told in snapshot.incidents.iter() {
                write(&format!("{times}.{}.{language}.html", told.id), incident(&snapshot, told, language));
            }
            for planned in snapshot.maintenances.iter() {
                write(&format!("{times}.{}.{language}.html", planned.id), maintenance(&snapshot, planned, language));
            }
        }
        let silent = sample::outpost(sample::outage(), &sample::storm(), sample::silent());
        let heard = sample::outpost(sample::good_times(), &sample::good_times(), Hearing::Heard);
        write(&format!("outpost.silent.{language}.html"), home(&silent, language));
        write(&format!("outpost.heard.{language}.html"), home(&heard, language));
        write(&format!("outpost.monitoring.{language}.html"), oversight(&silent, language));
        write(&format!("missing.{language}.html"), error(&sample::site(), language, Problem::NotFound));
    }
    let policy = super::content_security_policy("'none'");
    write("policy.txt", policy);
}

proptest! {
    #[test]
    fn the_browser_writes_spans_as_the_server_does(seconds in 0_u64..400_000) {
        for language in Language::ALL {
            let words = Words::new(language, jiff::tz::TimeZone::UTC);
            let span = std::time::Duration::from_secs(seconds);
            prop_assert_eq!(words.phrases("x").spans.write(span), words.span(span));
        }
    }
}
