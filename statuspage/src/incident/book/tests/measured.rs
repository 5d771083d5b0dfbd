//! What measurements alone make of incidents.

use super::{How::*, *};

#[test]
fn failures_with_one_cause_are_one_incident_and_others_are_not() {
    // Each: component, how, the last good result, the first bad one.
    type Fault = (&'static str, How, i64, i64);
    let check = |why: &str, faults: &[Fault], expected: &[&[&str]]| {
        let mut bench = Bench::new();
        for (component, how, after, since) in faults {
            bench.hear(down(component, *how, (*after, *since), since + 2));
        }
        assert_eq!(bench.parts(), expected, "{why}");
    };
    check("the same status", &[("wiki", Answers(502), 0, 10), ("mail", Answers(502), 0, 100)], &[&["mail", "wiki"]]);
    check("another status", &[("wiki", Answers(502), 0, 10), ("mail", Answers(404), 0, 10)], &[&["wiki"], &["mail"]]);
    check("much later", &[("wiki", Answers(502), 0, 10), ("mail", Answers(502), 300, 310)], &[&["wiki"], &["mail"]]);
    check(
        "later, by a slow probe",
        &[("wiki", Answers(502), 0, 10), ("mail", Answers(502), 20, 310)],
        &[&["mail", "wiki"]],
    );
    check("one address", &[("wiki", Refused(1), 0, 10), ("mail", Refused(1), 0, 20)], &[&["mail", "wiki"]]);
    check(
        "a common dependency",
        &[("cloud", Answers(502), 0, 10), ("forum", Answers(404), 0, 20)],
        &[&["cloud", "forum"]],
    );
    check(
        "what it depends on",
        &[("cloud", Answers(502), 0, 10), ("cluster", Refused(1), 0, 20)],
        &[&["cloud", "cluster"]],
    );
    check(
        "its dependency still fails",
        &[("cluster", Refused(1), 0, 10), ("cloud", Answers(502), 8_000, 8_010)],
        &[&["cloud", "cluster"]],
    );
    check(
        "a row of neighbours",
        &[("wiki", Answers(502), 0, 0), ("mail", Answers(502), 90, 100), ("chat", Answers(502), 190, 200)],
        &[&["chat", "mail", "wiki"]],
    );
}

#[test]
fn an_incident_begins_recovers_and_settles_by_itself() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    bench.tick(60);
    bench.up("wiki", 100);
    assert_eq!((bench.one().stage, bench.one().times.recovered_at), (Stage::Monitoring, Some(at(100))));
    bench.tick(279);
    assert_eq!(bench.one().stage, Stage::Monitoring);
    bench.tick(900);
    let incident = bench.one();
    assert_eq!((incident.stage, incident.times.resolved_at), (Stage::Resolved, Some(at(280))));
    assert_eq!((incident.times.started_at, incident.times.detected_at), (at(10), at(12)));
    assert_eq!((bench.said(), bench.told()), (vec!["opened", "recovered", "settled"], vec!["opened", "resolved"]));
    let states: Vec<_> =
        incident.updates.iter().flat_map(|update| &update.affected).map(|it| (it.from, it.to)).collect();
    let (up, major) = (Status::Operational, Status::MajorOutage);
    assert_eq!(states, [(up, major), (major, up)]);
}

#[test]
fn degraded_and_unknown_open_nothing_and_unknown_ends_nothing() {
    let mut bench = Bench::new();
    bench.hear(to("wiki", Status::DegradedPerformance, 1));
    bench.hear(to("wiki", Status::Unknown, 2));
    assert_eq!(bench.parts().len(), 0);
    bench.down("wiki", Answers(502), 10);
    bench.hear(to("wiki", Status::Unknown, 20));
    bench.tick(9_000);
    assert_eq!((bench.one().stage, bench.one().failing().count()), (Stage::Investigating, 1));
    // Nothing ends either while it is not known whether it still works.
    bench.up("wiki", 9_001);
    bench.hear(to("wiki", Status::Unknown, 9_002));
    bench.tick(20_000);
    assert_eq!(bench.one().stage, Stage::Monitoring);
    bench.up("wiki", 20_001);
    bench.tick(20_180);
    assert_eq!(bench.one().stage, Stage::Monitoring);
    bench.tick(20_181);
    assert_eq!((bench.one().stage, bench.one().times.recovered_at), (Stage::Resolved, Some(at(9_001))));
}

#[test]
fn growth_is_said_together_and_told_when_it_doubles() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    bench.tick(15);
    for (component, second) in [("mail", 20), ("chat", 25), ("git", 30)] {
        bench.down(component, Answers(502), second);
    }
    bench.tick(300);
    assert_eq!((bench.said(), bench.told()), (vec!["opened", "grown"], vec!["opened", "grown"]));
    let finding = bench.one().finding.clone().expect("it was measured");
    assert_eq!((finding.components, finding.http_status, finding.address), (4, Some(502), None));
    assert_eq!(bench.one().updates[1].at, at(42));
}

#[test]
fn what_fails_within_seconds_is_one_message_and_one_update() {
    let mut bench = Bench::new();
    for component in ["wiki", "mail", "chat", "git"] {
        bench.down(component, Refused(9), 10);
    }
    bench.tick(300);
    assert_eq!(bench.told(), ["opened"]);
    let incident = bench.one();
    let finding = incident.finding.clone().expect("it was measured");
    assert_eq!((finding.components, finding.address), (4, Some([192, 0, 2, 9].into())));
    assert_eq!(incident.impact, Impact::Critical, "half of the page");
}

#[test]
fn the_finding_names_the_failing_component_that_all_others_depend_on() {
    let mut bench = Bench::new();
    for component in ["cloud", "forum", "proxy"] {
        bench.down(component, Answers(502), 10);
    }
    assert_eq!(bench.one().finding.as_ref().and_then(|finding| finding.dependency.clone()), Some(id("proxy")));
    assert_eq!(bench.one().impact, Impact::Major);
}

#[test]
fn an_hour_of_flapping_is_one_incident_and_few_words() {
    let mut bench = Bench::new();
    for round in 0..90 {
        bench.down("wiki", Answers(502), 10 + round * 40);
        bench.up("wiki", 32 + round * 40);
    }
    bench.tick(20_000);
    assert_eq!((bench.one().relapses, bench.one().stage), (89, Stage::Resolved));
    assert_eq!(bench.told(), ["opened", "resolved"]);
    assert!(bench.said().len() <= 8, "{:?}", bench.said());
}

#[test]
fn failing_again_before_the_end_is_a_relapse_and_after_it_a_return() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    bench.up("wiki", 100);
    bench.down("wiki", Refused(1), 200);
    assert_eq!((bench.said(), bench.one().stage), (vec!["opened", "recovered", "relapsed"], Stage::Investigating));
    bench.up("wiki", 300);
    bench.tick(659);
    assert_eq!(bench.one().stage, Stage::Monitoring, "the quiet time has doubled");
    bench.tick(660);
    bench.down("wiki", Answers(502), 80_000);
    bench.up("wiki", 80_010);
    bench.tick(81_000);
    bench.down("wiki", Answers(404), 82_000);
    let all = bench.all();
    let links: Vec<_> = all.iter().map(|incident| incident.relapse_of.clone()).collect();
    assert_eq!(links, [None, Some(all[0].id.clone()), None]);
}

#[test]
fn one_under_maintenance_stays_in_its_incident_until_it_works_again() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    bench.hear(to("wiki", Status::UnderMaintenance, 50));
    bench.tick(9_000);
    assert_eq!((bench.one().stage, bench.said()), (Stage::Investigating, vec!["opened"]));
    bench.down("wiki", Answers(502), 9_100);
    assert_eq!(bench.said(), ["opened"], "it is the same failure");
    bench.up("wiki", 9_200);
    bench.tick(9_400);
    assert_eq!((bench.one().stage, bench.one().times.recovered_at), (Stage::Resolved, Some(at(9_200))));
}

#[test]
fn one_that_is_retired_leaves_as_one_that_works() {
    let mut bench = Bench::new();
    bench.down("mail", Answers(502), 10);
    let gone: Landscape = ["wiki", "cloud"]
        .into_iter()
        .map(|name| (id(name), Landmark { name: Text::from(name), group: None, depends_on: vec![], formerly: vec![] }))
        .collect();
    bench.news.extend(bench.book.arrange(gone, at(60)));
    assert_eq!((bench.one().stage, bench.one().times.recovered_at), (Stage::Monitoring, Some(at(60))));
    bench.tick(240);
    assert_eq!(bench.one().stage, Stage::Resolved);
}

#[test]
fn a_component_with_a_new_name_stays_in_its_incident() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    let landmark = Landmark { name: "Pages".into(), group: None, depends_on: vec![], formerly: vec![id("wiki")] };
    bench.news.extend(bench.book.arrange([(id("pages"), landmark)].into_iter().collect(), at(20)));
    assert_eq!((bench.parts(), bench.one().failing().count()), (vec![vec!["pages".to_owned()]], 1));
    bench.up("pages", 30);
    bench.tick(210);
    assert_eq!(bench.one().stage, Stage::Resolved);
}

#[test]
fn a_clock_that_is_set_back_does_not_keep_an_incident_open() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 100_000);
    bench.up("wiki", 100_050);
    bench.tick(10);
    bench.tick(189);
    assert_eq!(bench.one().stage, Stage::Monitoring);
    bench.tick(190);
    assert_eq!(bench.one().stage, Stage::Resolved);
}

#[test]
fn two_thousand_that_fail_in_one_second_are_one_incident_and_their_record_is_written_seldom() {
    let name = |number: usize| format!("c{number}");
    let landmark = Landmark { name: "x".into(), group: None, depends_on: vec![id("cluster")], formerly: vec![] };
    let mut bench = Bench::new();
    bench.book.arrange((0..2_000).map(|number| (id(&name(number)), landmark.clone())).collect(), at(0));
    for number in 0..2_000 {
        bench.down(&name(number), Answers(502), 10);
        if number > 0 {
            let written = bench.book.take_changes(at(12)).len();
            assert!(number < MANY || written == 0, "{number}");
        }
    }
    bench.tick(60);
    assert_eq!((bench.one().components.len(), bench.told()), (2_000, vec!["opened"]));
    assert_eq!(bench.book.take_changes(at(60)).len(), 1);
}

#[test]
fn a_restart_goes_on_where_the_book_was() {
    let story = |restarts: std::ops::RangeInclusive<usize>| {
        let mut bench = Bench::new();
        let steps: [(&str, Option<How>, i64); 8] = [
            ("wiki", Some(Answers(502)), 10),
            ("mail", Some(Answers(502)), 15),
            ("wiki", None, 100),
            ("mail", None, 110),
            ("wiki", Some(Answers(502)), 200),
            ("wiki", None, 220),
            ("chat", Some(Answers(502)), 5_000),
            ("wiki", Some(Answers(502)), 5_010),
        ];
        for (number, (component, how, second)) in steps.into_iter().enumerate() {
            match how {
                Some(how) => bench.down(component, how, second),
                None => bench.up(component, second),
            }
            if restarts.contains(&number) {
                bench.restart();
            }
        }
        bench.tick(9_000);
        (bench.all(), bench.told())
    };
    let live = story(99..=99);
    for number in 0..8 {
        assert_eq!(story(number..=number), live, "killed after step {number}");
    }
    assert_eq!(story(0..=8), live);
}

#[test]
fn a_clock_that_is_set_back_leaves_the_times_of_a_record_in_order() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 100_000);
    bench.tick(100_010);
    // A day back; the same cause reaches another one by the clock as it is now.
    bench.tick(13_600);
    bench.down("mail", Answers(502), 13_620);
    bench.up("wiki", 13_700);
    bench.up("mail", 13_700);
    bench.tick(14_000);
    let Times { started_at, detected_at, recovered_at, resolved_at, .. } = bench.one().times.clone();
    assert_eq!((started_at, detected_at), (at(13_600), at(13_600)));
    assert_eq!((recovered_at, resolved_at), (Some(at(13_700)), Some(at(13_880))));
    assert!(bench.one().updates.iter().map(|update| update.at).is_sorted());
}

#[test]
fn a_clock_that_is_set_back_during_a_restart_does_not_keep_an_incident_open() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 100_000);
    bench.up("wiki", 100_050);
    bench.book.mark_changed();
    let records = bench.book.take_all_changes(at(100_060));
    let records = records.iter().filter_map(|(id, body)| Some((id, body.as_deref()?)));
    bench.book = Book::read(Rules::default(), records);
    bench.news.extend(bench.book.arrange(landscape(), at(10)));
    bench.tick(190);
    assert_eq!((bench.one().stage, bench.one().times.resolved_at), (Stage::Resolved, Some(at(190))));
}

#[test]
fn a_failure_is_dated_at_the_latest_by_its_confirmation() {
    let mut bench = Bench::new();
    bench.hear(down("wiki", Answers(502), (3_570, 3_600), 10));
    assert_eq!((bench.one().times.started_at, bench.one().times.detected_at), (at(10), at(10)));
}

#[test]
fn after_a_pause_nothing_ends_that_was_not_known_to_work_all_along() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    bench.up("wiki", 100);
    // The machine slept from 100 to 900; the proof ran out at 200, before the quiet time was over.
    let transitions = [to("wiki", Status::Unknown, 200)];
    bench.news.extend(bench.book.hear(&transitions, at(900)));
    assert_eq!(bench.one().stage, Stage::Monitoring);
    bench.up("wiki", 910);
    bench.tick(1_090);
    assert_eq!(bench.one().times.resolved_at, Some(at(1_090)));
}

#[test]
fn growth_long_after_the_last_words_is_not_said_before_it() {
    let mut bench = Bench::new();
    bench.down("cluster", Answers(502), 10);
    bench.tick(500);
    bench.down("cloud", Answers(404), 500);
    let updates: Vec<_> = bench.one().updates.iter().map(|update| update.at).collect();
    assert_eq!((bench.said(), updates), (vec!["opened", "grown"], vec![at(12), at(502)]));
}

#[test]
fn nothing_ends_by_itself_while_a_minority_says_down() {
    // The majority gives in first; or it is well everywhere for a while; or it is slow, which is no failure, and then down for one.
    let check = |before: &[Transition]| {
        for restarts in [0, 1] {
            let mut bench = Bench::new();
            bench.down("wiki", Answers(502), 10);
            before.iter().cloned().for_each(|transition| bench.hear(transition));
            bench.hear(disputed("wiki", 200));
            (0..restarts).for_each(|_| bench.restart());
            bench.tick(20_000);
            assert_eq!(
                (bench.one().stage, bench.said()),
                (Stage::Monitoring, vec!["opened", "recovered"]),
                "{before:?}"
            );
            // It is slow now, but it is down for nobody.
            bench.hear(to("wiki", Status::DegradedPerformance, 20_000));
            bench.up("wiki", 20_100);
            bench.tick(20_179);
            assert_eq!(bench.one().stage, Stage::Monitoring, "the quiet time has begun only now: {before:?}");
            bench.tick(20_180);
            assert_eq!((bench.one().stage, bench.told()), (Stage::Resolved, vec!["opened", "resolved"]), "{before:?}");
        }
    };
    check(&[]);
    check(&[to("wiki", Status::Operational, 100)]);
    check(&[to("wiki", Status::DegradedPerformance, 100)]);
    check(&[disputed("wiki", 100), to("wiki", Status::Unknown, 150)]);
}

#[test]
fn a_minority_that_says_down_goes_along_with_a_new_name_and_leaves_with_what_is_retired() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    bench.hear(disputed("wiki", 100));
    let landmark = Landmark { name: "Pages".into(), group: None, depends_on: vec![], formerly: vec![id("wiki")] };
    bench.news.extend(bench.book.arrange([(id("pages"), landmark)].into_iter().collect(), at(200)));
    bench.tick(9_000);
    assert_eq!(bench.one().stage, Stage::Monitoring);
    bench.news.extend(bench.book.arrange(Landscape::default(), at(9_000)));
    bench.tick(9_180);
    assert_eq!(bench.one().stage, Stage::Resolved);
}
