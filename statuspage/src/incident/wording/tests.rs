//! What readers are told of incidents and maintenance.

use jiff::tz::TimeZone;
use shared::{FailureKind, Language};

use super::*;
use crate::{
    incident::sample,
    maintenance::{self, sample as works},
};

fn words(language: Language) -> Words {
    Words::new(language, TimeZone::get("Europe/Paris").expect("bundled"))
}

fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn a_title_says_what_was_measured_on_what() {
    let check = |incident: &Incident, fr: &str, en: &str| {
        assert_eq!(plain(&title(incident, &words(Language::Fr))), fr);
        assert_eq!(plain(&title(incident, &words(Language::En))), en);
    };
    let storm = sample::storm();
    check(&storm, "502 sur 200 services derrière 192.0.2.10", "502 on 200 services behind 192.0.2.10");
    check(&sample::settled(), "Forum : connexion refusée", "Forum: connection refused");
    check(&sample::relapse(), "Disque plein sur le forum", "Disk full on the forum");

    let finding = |change: fn(&mut Finding)| {
        let mut incident = storm.clone();
        incident.finding.as_mut().into_iter().for_each(change);
        incident
    };
    let depending = finding(|f| f.dependency = Some("cloud".parse().expect("an id")));
    check(&depending, "502 sur 200 services reposant sur Nuage", "502 on 200 services that depend on Nuage");
    let alone = finding(|f| f.components = 1);
    assert!(plain(&title(&alone, &words(Language::En))).ends_with(": 502"));
    let mut few = finding(|f| (f.components, f.address, f.kind) = (2, None, FailureKind::HttpTimeout));
    few.components.retain(|id, _| !id.as_str().starts_with("service"));
    check(&few, "Pas de réponse dans le délai sur Nuage et Documents", "No answer in time on Nuage and Documents");
    few.finding = None;
    check(&few, "Incident sur Nuage et Documents", "Incident on Nuage and Documents");
    few.components.clear();
    check(&few, "Incident", "Incident");
}

#[test]
fn every_update_is_a_sentence_in_both_languages() {
    let mut said = String::new();
    for incident in [sample::storm(), sample::settled(), sample::relapse(), sample::persisting()] {
        for language in Language::ALL {
            let words = words(language);
            for update in &incident.updates {
                said += &plain(&format!("{}: {}\n", stage(update.stage, &words), text(&incident, update, &words)));
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn every_reason_has_words_of_its_own_in_titles_and_updates_of_both_languages() {
    let said = |kind, language| {
        let mut incident = sample::settled();
        incident.finding.iter_mut().for_each(|finding| (finding.kind, finding.http_status) = (kind, None));
        for part in incident.components.values_mut() {
            part.signature.iter_mut().for_each(|signature| (signature.kind, signature.http_status) = (kind, None));
        }
        let words = words(language);
        (title(&incident, &words), text(&incident, &incident.updates[0], &words), words.reason(kind))
    };
    for &kind in FailureKind::ALL {
        let (fr, en) = (said(kind, Language::Fr), said(kind, Language::En));
        assert!(fr.0.contains(&lower(&fr.2)) && fr.1.contains(&fr.2), "{fr:?}");
        assert!(en.0.contains(&lower(&en.2)) && en.1.contains(&en.2), "{en:?}");
        assert!(fr.2 != en.2 && !fr.2.starts_with("reason-") && !en.2.starts_with("reason-"), "{kind}");
    }
}

#[test]
fn every_notice_of_a_maintenance_is_a_sentence_in_both_languages() {
    let mut said = String::new();
    let name = |_: &ComponentId| None;
    for work in [works::planned(), works::running(), works::over(), works::cancelled()] {
        for language in Language::ALL {
            use maintenance::wording;
            let words = words(language);
            let scope = wording::scope(&work.scope, &words, name);
            said += &format!("{} ({scope}), {}\n", wording::title(&work, &words), wording::window(&work, &words));
            for notice in &work.updates {
                let stage = wording::stage(notice.stage, &words);
                said += &format!("  {stage}: {}\n", wording::text(&work, notice, &words));
            }
        }
    }
    insta::assert_snapshot!(plain(&said));
}

#[test]
fn a_title_from_outside_cannot_turn_the_text_around() {
    let hostile = sample::hostile("a\u{202e}b\nc");
    assert_eq!(title(&hostile, &words(Language::En)), "ab c");
}

#[test]
fn names_are_never_read_as_markup() {
    let mut hostile = sample::storm();
    hostile.components.values_mut().for_each(|part| part.name = "<b>*x*</b>".into());
    hostile.components.retain(|id, _| id.as_str() == "cloud");
    let html = html(&hostile, &hostile.updates[0], &words(Language::En));
    assert!(html.contains("&lt;b&gt;*x*&lt;/b&gt;"), "{html}");
}
