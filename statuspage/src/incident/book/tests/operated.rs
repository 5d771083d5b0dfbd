//! What operators make of incidents, and what they are refused.

use super::{How::*, *};
use crate::{
    incident::{Actor, Command, Lead, Opening, Refusal, Statement},
    postmortem::Field,
};

fn operator() -> Actor {
    Actor::Operator("ada".to_owned())
}

fn statement(stage: Stage) -> Statement {
    Statement { stage, body: "We look into it.".into(), title: None, workaround: None, next_update_at: None }
}

impl Bench {
    fn order(&mut self, command: Command, second: i64) -> Result<IncidentId, Refusal> {
        let done = self.book.order(&operator(), command, at(second))?;
        self.news.extend(done.news);
        Ok(done.incident)
    }

    fn say(&mut self, statement: Statement, second: i64) -> Result<IncidentId, Refusal> {
        let Incident { id, version, .. } = self.one().as_ref().clone();
        self.order(Command::Say { incident: id, version, statement }, second)
    }
}

/// One incident, since second 10, of which operators say that its cause is known.
fn led() -> Bench {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    bench.tick(20);
    bench.say(statement(Stage::Identified), 30).expect("taken");
    bench
}

#[test]
fn who_says_something_takes_the_lead_and_measurement_goes_on() {
    let mut bench = led();
    bench.up("wiki", 100);
    bench.tick(50_000);
    let incident = bench.one();
    assert_eq!((incident.lead, incident.stage), (Lead::Operators, Stage::Identified));
    assert_eq!((incident.times.recovered_at, incident.times.identified_at), (Some(at(100)), Some(at(30))));
    assert_eq!(bench.said(), ["opened", "written", "recovered"]);
    bench.say(statement(Stage::Resolved), 60_000).expect("taken");
    assert_eq!((bench.one().stage, bench.told()), (Stage::Resolved, vec!["opened", "acknowledged", "resolved"]));
    assert_eq!(bench.one().times.recovered_at, Some(at(100)), "the measured time stays");
}

#[test]
fn one_that_is_released_ends_by_itself() {
    let mut bench = led();
    bench.up("wiki", 100);
    let incident = bench.one();
    bench.order(Command::Release { incident: incident.id.clone(), version: incident.version }, 1_000).expect("taken");
    bench.tick(2_000);
    assert_eq!((bench.one().stage, bench.one().times.resolved_at), (Stage::Resolved, Some(at(1_000))));
}

#[test]
fn what_fails_on_after_operators_closed_it_is_an_incident_again_after_a_while() {
    let mut bench = led();
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    assert_eq!(bench.told(), ["opened", "acknowledged", "closed"], "nobody is told that it works");
    bench.down("wiki", Answers(502), 200);
    bench.restart();
    bench.tick(699);
    assert_eq!((bench.one().stage, bench.one().failing().count()), (Stage::Resolved, 1), "it may need some time");
    bench.tick(700);
    let all = bench.all();
    let (closed, again) = (&all[0], &all[1]);
    assert_eq!((&again.relapse_of, again.persists_since()), (&Some(closed.id.clone()), Some(at(100))));
    assert_eq!((again.times.started_at, again.updates[0].at), (at(100), at(700)), "no minute is counted twice");
    assert_eq!(again.lead, Lead::Measurements);
    bench.up("wiki", 800);
    bench.tick(2_000);
    assert_eq!(bench.told(), ["opened", "acknowledged", "closed", "opened", "resolved"]);
    let recovered: Vec<_> = bench.all().iter().map(|incident| incident.times.recovered_at).collect();
    assert_eq!(recovered, [Some(at(800)), Some(at(800))]);
}

#[test]
fn what_works_in_time_after_it_was_closed_is_over() {
    let mut bench = led();
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    bench.up("wiki", 400);
    bench.tick(5_000);
    assert_eq!((bench.one().failing().count(), bench.one().times.recovered_at), (0, Some(at(400))));
    bench.down("wiki", Answers(502), 5_500);
    let all = bench.all();
    assert_eq!((all.len(), &all[1].relapse_of, all[1].persists_since()), (2, &Some(all[0].id.clone()), None));
}

#[test]
fn what_was_not_seen_when_it_was_closed_is_let_be_as_well() {
    let mut bench = led();
    bench.hear(to("wiki", Status::Unknown, 90));
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    bench.down("wiki", Answers(502), 102);
    assert_eq!(bench.all().len(), 1, "the first result after a gap opens nothing that was just closed");
    bench.up("wiki", 110);
    bench.tick(5_000);
    assert_eq!((bench.all().len(), bench.told()), (1, vec!["opened", "acknowledged", "closed"]));
    let mut bench = led();
    bench.hear(to("wiki", Status::Unknown, 90));
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    bench.down("wiki", Answers(502), 102);
    bench.tick(700);
    assert_eq!(bench.all()[1].persists_since(), Some(at(100)), "what fails on is an incident again");
}

#[test]
fn all_that_fails_on_is_one_incident_and_what_works_is_no_part_of_it() {
    let mut bench = Bench::new();
    for component in ["wiki", "mail", "chat"] {
        bench.down(component, Answers(502), 10);
    }
    bench.tick(20);
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    bench.up("mail", 200);
    bench.tick(700);
    assert_eq!(bench.parts()[1], ["chat", "wiki"]);
    assert_eq!(bench.all()[1].updates[0].affected.len(), 2);
}

#[test]
fn what_fails_at_the_end_of_a_maintenance_is_an_incident_whatever_was_closed_before() {
    let fails_at_the_end = |close: i64| {
        let mut bench = led();
        let mut orders = [(close, None), (150, Some(Status::UnderMaintenance))];
        orders.sort_by_key(|(second, _)| *second);
        for (second, status) in orders {
            match status {
                Some(status) => bench.hear(to("wiki", status, second)),
                None => drop(bench.say(statement(Stage::Resolved), second).expect("taken")),
            }
        }
        bench.tick(299);
        assert_eq!(bench.all().len(), 1, "nothing is said of it under maintenance");
        bench.down("wiki", Answers(502), 300);
        let again = &bench.all()[1];
        assert_eq!((again.persists_since(), again.times.started_at), (Some(at(close)), at(300)));
        bench.tick(400);
        assert_eq!(bench.told(), ["opened", "acknowledged", "closed", "opened"]);
    };
    fails_at_the_end(100);
    fails_at_the_end(200);
}

#[test]
fn what_was_not_known_when_the_time_was_over_is_an_incident_as_soon_as_it_is_seen_to_fail() {
    let mut bench = led();
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    bench.hear(to("wiki", Status::Unknown, 600));
    bench.tick(900);
    assert_eq!(bench.all().len(), 1);
    bench.down("wiki", Answers(502), 1_000);
    assert_eq!(bench.all()[1].relapse_of, Some(bench.all()[0].id.clone()));
}

#[test]
fn patience_does_not_grow_when_a_clock_is_set_back() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 100_000);
    bench.say(statement(Stage::Resolved), 100_100).expect("taken");
    bench.tick(10);
    bench.tick(620);
    assert_eq!((bench.all().len(), bench.told().last()), (2, Some(&"opened")));
}

#[test]
fn what_recovers_by_a_clock_that_was_set_back_did_so_at_the_earliest_when_it_was_detected() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 100_000);
    bench.say(statement(Stage::Resolved), 100_100).expect("taken");
    // What is over keeps its times.
    bench.tick(10);
    bench.up("wiki", 20);
    let incident = bench.one();
    let part = &incident.components[&id("wiki")];
    assert_eq!((part.detected_at, part.recovered_at), (at(100_002), Some(at(100_002))));
    assert_eq!((incident.times.recovered_at, incident.times.resolved_at), (Some(at(100_002)), Some(at(100_100))));
}

#[test]
fn a_promise_that_lapses_is_reminded_of_once() {
    let mut bench = led();
    let promise = |second| Statement { next_update_at: Some(at(second)), ..statement(Stage::Identified) };
    bench.say(promise(600), 40).expect("taken");
    bench.tick(700);
    bench.restart();
    bench.tick(900);
    assert_eq!(bench.told(), ["opened", "acknowledged", "overdue"]);
    bench.say(promise(1_500), 1_000).expect("taken");
    bench.say(statement(Stage::Identified), 1_100).expect("taken");
    bench.tick(5_000);
    assert_eq!(bench.told(), ["opened", "acknowledged", "overdue"], "the promise was kept");
}

fn opening(components: &[(&str, Status)]) -> Opening {
    Opening {
        title: "No mail is sent".into(),
        started_at: Some(at(50)),
        components: components.iter().map(|(component, status)| (id(component), *status)).collect(),
        statement: statement(Stage::Investigating),
    }
}

#[test]
fn one_opened_by_hand_is_theirs_to_end_and_takes_up_what_is_measured() {
    let mut bench = Bench::new();
    let mail = [("mail", Status::PartialOutage)];
    let opened = bench.order(Command::Open(opening(&mail)), 100).expect("taken");
    assert_eq!((bench.one().impact, bench.told()), (Impact::Minor, vec!["opened"]));
    bench.up("mail", 110);
    assert_eq!(bench.one().failing().count(), 1, "nobody measured it failing");
    bench.down("mail", Refused(1), 200);
    assert_eq!(
        bench.one().components[&id("mail")].signature.as_ref().map(|it| it.kind),
        Some(FailureKind::ConnectRefused)
    );
    bench.up("mail", 300);
    bench.tick(9_000);
    assert_eq!((bench.one().stage, bench.one().times.recovered_at), (Stage::Investigating, Some(at(300))));
    let again = bench.order(Command::Open(opening(&mail)), 9_001);
    assert!(matches!(again, Err(Refusal::Changed { incident, seen: 0, .. }) if incident == opened));
}

#[test]
fn acknowledging_twice_is_once_and_the_first_stays() {
    let mut bench = Bench::new();
    bench.down("wiki", Answers(502), 10);
    let incident = bench.one().id.clone();
    let version = bench.one().version;
    for second in [60, 90] {
        bench.order(Command::Acknowledge { incident: incident.clone() }, second).expect("taken");
    }
    assert_eq!(bench.one().acknowledgement.as_ref().map(|taken| taken.at), Some(at(60)));
    assert_eq!(bench.one().version, version, "another operator's words are still taken");
}

#[test]
fn readers_see_no_change_of_a_post_mortem_that_is_not_public() {
    let mut bench = led();
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    let mut check = |second: i64, order: fn(IncidentId, u64) -> Command, changed: i64| {
        let Incident { id, version, .. } = bench.one().as_ref().clone();
        bench.order(order(id, version), second).expect("taken");
        assert_eq!(bench.one().times.updated_at, at(changed), "{second}");
    };
    let write = |incident, version| Command::WriteField {
        incident,
        version,
        field: Field::Cause,
        text: Some("A disk.".into()),
    };
    check(200, write, 100);
    check(300, |incident, version| Command::Publish { incident, version, measured: Box::default() }, 300);
    check(400, write, 400);
    check(500, |incident, version| Command::Withdraw { incident, version }, 500);
    check(600, write, 500);
}

#[test]
fn users_and_links_are_noted_on_what_is_over_too() {
    let mut bench = led();
    bench.say(statement(Stage::Resolved), 100).expect("taken");
    bench.up("wiki", 120);
    bench.down("mail", Answers(502), 50_000);
    let all = bench.all();
    let (first, second) = (&all[0], &all[1]);
    let reported = Command::ReportedByUsers { incident: first.id.clone(), version: first.version, at: at(5) };
    bench.order(reported, 50_010).expect("taken");
    let link =
        Command::Link { incident: second.id.clone(), version: second.version, relapse_of: Some(first.id.clone()) };
    bench.order(link, 50_020).expect("taken");
    let all = bench.all();
    assert_eq!((all[0].times.reported_by_users_at, &all[1].relapse_of), (Some(at(5)), &Some(all[0].id.clone())));
    let circle =
        Command::Link { incident: all[0].id.clone(), version: all[0].version, relapse_of: Some(all[1].id.clone()) };
    assert_eq!(bench.order(circle, 50_030), Err(Refusal::Link(all[1].id.clone())));
}

#[test]
fn what_cannot_be_is_refused_and_nothing_changes() {
    let mut bench = led();
    let (incident, version) = (bench.one().id.clone(), bench.one().version);
    let say = |statement: Statement| Command::Say { incident: incident.clone(), version, statement };
    let good = || statement(Stage::Identified);
    let unknown: IncidentId = "000000000000".parse().expect("an id");
    let report = |second| Command::ReportedByUsers { incident: incident.clone(), version, at: at(second) };
    let orders = [
        (Command::Acknowledge { incident: unknown.clone() }, "there is no incident 000000000000"),
        (Command::Link { incident: incident.clone(), version, relapse_of: Some(unknown) }, "there is no incident"),
        (Command::Say { incident: incident.clone(), version: version - 1, statement: good() }, "was changed meanwhile"),
        (Command::Release { incident: incident.clone(), version: 99 }, "was changed meanwhile"),
        (say(Statement { body: " \n".into(), ..good() }), "body: it is empty"),
        (say(Statement { body: "x".repeat(20_001).as_str().into(), ..good() }), "at most 20000 are kept"),
        (say(Statement { body: "a\u{7}b".into(), ..good() }), "U+0007"),
        (say(Statement { title: Some("".into()), ..good() }), "title: it is empty"),
        (say(Statement { title: Some("x".repeat(201).as_str().into()), ..good() }), "it has 201 characters"),
        (say(Statement { title: Some("a\nb".into()), ..good() }), "U+000A"),
        (say(Statement { title: Some("a\u{202e}b".into()), ..good() }), "U+202E"),
        (say(Statement { title: Some("a\u{2067}b".into()), ..good() }), "U+2067"),
        (
            say(Statement { workaround: Some("\u{1b}[31m".into()), ..good() }),
            "workaround: it holds the invisible character U+001B",
        ),
        (say(Statement { next_update_at: Some(at(40)), ..good() }), "next_update_at: it is past"),
        (say(Statement { next_update_at: Some(at(9_999_999)), ..good() }), "more than 30 days away"),
        (say(Statement { next_update_at: Some(at(900)), ..statement(Stage::Resolved) }), "nothing more is said"),
        (report(9_000), "at: it has not come yet"),
        (report(-90_000), "more than a day before"),
        (Command::Open(Opening { started_at: Some(at(9_000)), ..opening(&[]) }), "started_at: it has not come yet"),
        (Command::Open(opening(&[("ghost", Status::MajorOutage)])), "there is no component \"ghost\""),
    ];
    let before = bench.book.incidents();
    for (order, words) in orders {
        let refusal = bench.order(order.clone(), 40).expect_err("refused").to_string();
        assert!(refusal.contains(words), "{order:?}: {refusal}");
        assert_eq!(bench.book.incidents(), before, "{order:?}");
    }
    bench.say(statement(Stage::Resolved), 50).expect("taken");
    let version = bench.one().version;
    for order in [
        Command::Acknowledge { incident: incident.clone() },
        Command::Release { incident: incident.clone(), version },
        Command::Say { incident: incident.clone(), version, statement: good() },
    ] {
        assert_eq!(bench.order(order, 60), Err(Refusal::Resolved(incident.clone())));
    }
}

#[test]
fn an_order_that_is_taken_back_was_never_given() {
    let mut bench = led();
    let before = bench.book.incidents();
    let Incident { id, version, .. } = bench.one().as_ref().clone();
    let orders = [
        Command::Say { incident: id.clone(), version, statement: statement(Stage::Resolved) },
        Command::Release { incident: id, version },
        Command::Open(opening(&[("mail", Status::MajorOutage)])),
    ];
    for order in orders {
        let done = bench.book.order(&operator(), order, at(40)).expect("taken");
        bench.book.take_back(done);
        assert_eq!(bench.book.incidents(), before);
    }
    bench.up("wiki", 100);
    assert_eq!(bench.one().times.recovered_at, Some(at(100)));
}
