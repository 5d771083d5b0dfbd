//! Feeds as other programs read them.

use feed_rs::{model, parser};

use super::*;
use crate::{incident::sample, maintenance::sample as works, server::stage};

fn eventful() -> Snapshot {
    let mut snapshot = stage::snapshot(sample::time("2026-11-22T13:25:03Z"));
    snapshot.incidents = Arc::new([sample::storm(), sample::relapse(), sample::settled()].map(Arc::new).into());
    snapshot.maintenances = Arc::new([works::planned(), works::running(), works::over()].map(Arc::new).into());
    snapshot
}

fn base() -> Url {
    "https://status.example.org/".parse().expect("a URL")
}

fn written(snapshot: &Snapshot, subject: &Subject, format: Format) -> String {
    write(snapshot, subject, format, Language::Fr, &base()).expect("there is one")
}

const FORMATS: [Format; 3] = [Format::Atom, Format::Rss, Format::Json];

/// As another implementation reads it.
fn read(snapshot: &Snapshot, subject: &Subject, format: Format) -> model::Feed {
    let text = written(snapshot, subject, format);
    parser::parse(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

fn titles(feed: &model::Feed) -> Vec<String> {
    feed.entries.iter().map(|entry| entry.title.as_ref().expect("a title").content.replace('\u{a0}', " ")).collect()
}

#[test]
fn other_programs_read_the_same_entries_in_every_format() {
    for format in FORMATS {
        let feed = read(&eventful(), &Subject::History, format);
        assert_eq!(feed.language.as_deref(), Some("fr"), "{format:?}");
        assert_eq!(
            titles(&feed),
            [
                "502 sur 200 services derrière 192.0.2.10",
                "Maintenance : Renouvellement des certificats",
                "Disque plein sur le forum",
                "Forum : connexion refusée",
                "Maintenance : Mise à jour des serveurs",
                "Maintenance : Déménagement du courriel",
            ],
            "{format:?}"
        );
        let storm = &feed.entries[0];
        assert_eq!(storm.id, "tag:status.example.org,2026:incident/kctbh9vrtdwd", "{format:?}");
        assert_eq!(storm.links[0].href, "https://status.example.org/incidents/kctbh9vrtdwd?lang=fr", "{format:?}");
        let published = storm.published.expect("a time").timestamp();
        assert_eq!(published, sample::time("2026-11-22T13:02:11Z").as_millis() / 1_000, "{format:?}: when it began");
    }
}

#[test]
fn an_entry_says_when_something_was_last_said() {
    for format in [Format::Atom, Format::Json] {
        let feed = read(&eventful(), &Subject::History, format);
        let updated = feed.entries[0].updated.expect("a time").timestamp_millis();
        assert_eq!(updated, sample::time("2026-11-22T13:13:00Z").as_millis(), "{format:?}");
    }
}

#[test]
fn each_update_is_an_entry_of_the_second_feed() {
    for format in FORMATS {
        let feed = read(&eventful(), &Subject::Updates, format);
        assert_eq!(feed.entries.len(), 3 + 3 + 3 + 1 + 2 + 4, "{format:?}");
        let ids: std::collections::BTreeSet<_> = feed.entries.iter().map(|entry| &entry.id).collect();
        assert_eq!(ids.len(), feed.entries.len(), "{format:?}");
        assert_eq!(titles(&feed)[0], "502 sur 200 services derrière 192.0.2.10 : Cause trouvée", "{format:?}");
    }
}

#[test]
fn the_feed_of_a_component_is_about_it_alone() {
    let of = |id: &str| Subject::Component(id.parse().expect("an id"));
    for format in FORMATS {
        let forum = read(&eventful(), &of("forum"), format);
        assert!(titles(&forum).contains(&"Disque plein sur le forum".to_owned()), "{format:?}");
        let mail = titles(&read(&eventful(), &of("mail"), format));
        assert_eq!(mail, ["Maintenance : Mise à jour des serveurs"], "{format:?}: it is on everything");
        assert!(write(&eventful(), &of("nobody"), format, Language::Fr, &base()).is_none());
    }
}

#[test]
fn a_feed_without_entries_is_one_too_and_stays_the_same() {
    let quiet = |now: &str| stage::snapshot(sample::time(now));
    for format in FORMATS {
        assert!(read(&quiet("2026-11-22T13:25:03Z"), &Subject::History, format).entries.is_empty());
    }
    let mut later = quiet("2026-11-22T13:25:03Z");
    later.generated_at = sample::time("2026-11-22T13:25:08Z");
    let atom = |snapshot: &Snapshot| written(snapshot, &Subject::History, Format::Atom);
    assert_eq!(atom(&quiet("2026-11-22T13:25:03Z")), atom(&later), "who asks again is told that nothing changed");
}

#[test]
fn a_monitoring_that_is_blind_says_so_in_the_feed() {
    let blind = stage::with_first(eventful(), |component| component.status = shared::Status::Unknown);
    for format in FORMATS {
        let feed = read(&blind, &Subject::History, format);
        assert!(titles(&feed).contains(&"Surveillance interrompue".to_owned()), "{format:?}");
    }
}

#[test]
fn nothing_that_somebody_wrote_breaks_a_feed_or_becomes_a_script() {
    let evil = "]]></title><script>alert(1)</script>\u{0}\u{b}\u{ffff}\u{202e}&amp;<img src=x onerror=alert(2)>";
    let mut snapshot = eventful();
    snapshot.incidents = Arc::new(vec![Arc::new(sample::hostile(evil))]);
    Arc::make_mut(&mut snapshot.site).title = evil.into();
    for subject in [Subject::History, Subject::Updates] {
        for format in FORMATS {
            let feed = read(&snapshot, &subject, format);
            for entry in &feed.entries {
                let text = |content: &Option<model::Content>| content.as_ref().and_then(|c| c.body.clone());
                let summary = entry.summary.as_ref().map(|text| text.content.clone()).filter(|_| format == Format::Rss);
                let html = text(&entry.content).or(summary).expect("something is said");
                assert!(!html.contains("<script") && !html.contains("<img"), "{format:?}: {html}");
            }
            let written = written(&snapshot, &subject, format);
            assert!(!written.contains(['\u{0}', '\u{b}', '\u{202e}']), "{format:?}");
        }
    }
}

#[test]
fn feeds_read_as_documented() {
    let mut snapshot = eventful();
    let small = |incident: &Arc<Incident>| {
        let mut incident = Incident::clone(incident);
        incident.components.retain(|id, _| !id.as_str().starts_with("service"));
        Arc::new(incident)
    };
    snapshot.incidents = Arc::new(snapshot.incidents.iter().take(1).map(small).collect());
    snapshot.maintenances = Arc::new(snapshot.maintenances[..1].to_vec());
    for (format, name) in [(Format::Atom, "atom"), (Format::Rss, "rss"), (Format::Json, "json")] {
        let english = write(&snapshot, &Subject::History, format, Language::En, &base()).expect("there is one");
        let version = env!("CARGO_PKG_VERSION");
        insta::assert_snapshot!(name, english.replace("><", ">\n<").replace(version, "VERSION"));
    }
}

#[test]
fn every_feed_can_be_looked_at() {
    let folder = std::env::temp_dir().join("belfry-pages");
    std::fs::create_dir_all(&folder).expect("a place to write");
    let hostile = Snapshot { incidents: Arc::new(vec![Arc::new(sample::hostile("]]>&<b>\u{1}"))]), ..eventful() };
    for (name, snapshot) in [("feed", eventful()), ("hostile-feed", hostile)] {
        for format in FORMATS {
            let file = folder.join(format!("{name}.{}", format.extension()));
            std::fs::write(file, written(&snapshot, &Subject::History, format)).expect("written");
        }
    }
}
