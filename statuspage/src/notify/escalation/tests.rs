//! Alarms by a virtual clock: tables of who is told when, and properties of random lives.

use proptest::prelude::*;
use shared::Impact;

use super::*;
use crate::notify::{FaultId, FaultKind, Filter, Heard, Hours, Matters};

fn at(second: u64) -> Timestamp {
    // A Monday, 10:00 in Paris.
    "2026-11-23T09:00:00Z".parse::<Timestamp>().expect("a time").plus(Duration::from_secs(second))
}

fn name(text: &str) -> ChannelName {
    text.parse().expect("a name")
}

fn names(list: &[&str]) -> BTreeSet<ChannelName> {
    list.iter().map(|text| name(text)).collect()
}

fn incident() -> Case {
    Case::Incident("kctbh9vrtdwd".parse().expect("an id"))
}

fn nature(impact: Impact) -> Nature {
    Nature::Incident {
        components: ["cloud".parse().expect("an id")].into(),
        groups: ["Bureau".to_owned()].into(),
        impact,
    }
}

fn policy(text: &str, steps: &[&[&str]]) -> Policy {
    Policy {
        name: text.parse().expect("a name"),
        matters: Matters { incidents: Some(Filter::all()), faults: Heard::No, maintenance: Heard::No },
        hours: None,
        steps: steps.iter().map(|step| step.iter().map(|text| name(text)).collect()).collect(),
        after: Duration::from_secs(600),
        repeat: Some(1),
    }
}

fn with(policies: Vec<Policy>) -> Escalation {
    let paris = TimeZone::get("Europe/Paris").expect("a zone");
    Escalation::new(policies, names(&["sms", "signal", "mail", "chat"]), paris, BTreeMap::new())
}

fn beginning() -> Beginning {
    Beginning { since: at(0), nature: nature(Impact::Major), pace: Pace::UntilTaken, except: None, lead: None }
}

/// What an incident is, unless somebody has taken it.
fn open(impact: Impact) -> impl Fn(&IncidentId) -> Option<Present> {
    move |_| Some(Present { nature: nature(impact), taken: None })
}

fn attempt(channel: &str, second: u64, outcome: Result<Option<String>, String>) -> Attempt {
    Attempt { at: at(second), channel: name(channel), message: "down".into(), outcome }
}

/// Everything that is said in that time, second by second: `600 mail` and `1200 sms!1` for a reminder.
fn said(escalation: &mut Escalation, seconds: std::ops::Range<u64>, impact: Impact) -> Vec<String> {
    let mut said = Vec::new();
    for second in seconds {
        for (_, call) in escalation.pass(at(second), &BTreeSet::new(), open(impact)) {
            said.extend(call.first.iter().map(|channel| format!("{second} {channel}")));
            said.extend(call.again.iter().map(|(channel, number)| format!("{second} {channel}!{number}")));
        }
    }
    said
}

#[test]
fn the_next_step_is_told_while_nobody_takes_it_and_then_the_first_again() {
    let mut escalation = with(vec![policy("on-call", &[&["sms"], &["signal", "mail"]])]);
    assert_eq!(escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0)), names(&["sms"]));
    let told = said(&mut escalation, 1..6_000, Impact::Major);
    assert_eq!(told, ["600 mail", "600 signal", "1200 sms!1", "1800 mail!1", "1800 signal!1"]);
    assert_eq!(escalation.told(&incident()), Some(names(&["sms", "signal", "mail"])));
}

#[test]
fn where_no_policy_speaks_everybody_is_told_at_once_and_reminded_ever_later() {
    let mut escalation = with(Vec::new());
    let all = names(&["sms", "signal", "mail", "chat"]);
    assert_eq!(escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0)), all);
    let told = said(&mut escalation, 1..60_000, Impact::Major);
    let of_sms: Vec<_> = told.iter().filter(|line| line.contains("sms")).collect();
    assert_eq!(
        of_sms,
        ["900 sms!1", "2700 sms!2", "6300 sms!3", "13500 sms!4", "27900 sms!5", "42300 sms!6", "56700 sms!7"]
    );
}

#[test]
fn who_takes_it_stops_steps_and_reminders() {
    let mut escalation = with(vec![policy("on-call", &[&["sms"], &["mail"]])]);
    escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0));
    escalation.note(&incident(), attempt("sms", 1, Ok(None)));
    let taken = Taken { at: at(300), by: Actor::Channel("sms".into()) };
    let present = |_: &IncidentId| Some(Present { nature: nature(Impact::Major), taken: Some(taken.clone()) });
    for second in [600, 1_200, 100_000] {
        assert_eq!(escalation.pass(at(second), &BTreeSet::new(), present), []);
    }
    // A failure of what was told before it was taken is answered all the same, as long as nobody has it.
    let mut escalation = with(vec![policy("on-call", &[&["sms"], &["mail"]])]);
    escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0));
    escalation.note(&incident(), attempt("sms", 1, Err("no".into())));
    assert_eq!(escalation.pass(at(2), &BTreeSet::new(), present)[0].1.first, names(&["mail"]));
}

#[test]
fn a_step_that_fails_as_a_whole_is_followed_at_once_and_all_failed_means_everybody() {
    let mut escalation = with(vec![policy("on-call", &[&["sms", "signal"], &["mail"]])]);
    escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0));
    let steps = [("sms", vec![]), ("signal", vec!["5 mail"]), ("mail", vec!["5 chat"]), ("chat", vec![])];
    for (channel, expected) in steps {
        escalation.note(&incident(), attempt(channel, 5, Err("refused".into())));
        assert_eq!(said(&mut escalation, 5..6, Impact::Major), expected, "{channel}");
    }
    escalation.note(&incident(), attempt("sms", 9, Ok(None)));
    assert_eq!(said(&mut escalation, 9..600, Impact::Major), [""; 0], "one that has it is enough");
}

#[test]
fn a_channel_that_is_known_to_fail_is_not_waited_for() {
    let mut escalation = with(vec![policy("on-call", &[&["sms"], &["signal"], &["mail"]])]);
    let weak = names(&["sms", "signal"]);
    assert_eq!(escalation.begin(&incident(), beginning(), &weak, at(0)), names(&["sms", "signal", "mail"]));
}

#[test]
fn policies_count_in_their_hours_and_for_their_matters_and_join_when_they_come_to() {
    let hours = |text: &str| Hours::new(vec![text.parse().expect("hours")]);
    let day = Policy { hours: hours("Mon-Fri 08:00-12:00"), ..policy("day", &[&["chat"]]) };
    let night = Policy { hours: hours("Mon-Fri 12:00-08:00"), ..policy("night", &[&["sms"]]) };
    let mut bad = policy("bad", &[&["mail"]]);
    bad.matters.incidents = Some(Filter { impact: Impact::Critical, ..Filter::all() });
    let policies = vec![day, night, bad].into_iter().map(|policy| Policy { repeat: Some(0), ..policy }).collect();
    let mut escalation = with(policies);
    assert_eq!(escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0)), names(&["chat"]));
    assert_eq!(said(&mut escalation, 1..60, Impact::Critical), ["1 mail"]);
    assert_eq!(said(&mut escalation, 7_195..7_205, Impact::Critical), ["7200 sms"]);
    let fault = Beginning { nature: Nature::Fault, ..beginning() };
    let case = Case::Fault(FaultKind::LowSpace.into());
    let all = names(&["sms", "signal", "mail", "chat"]);
    assert_eq!(escalation.begin(&case, fault, &BTreeSet::new(), at(0)), all, "no policy is about faults");
}

#[test]
fn a_channel_does_not_tell_of_itself_and_what_is_told_once_has_no_reminders() {
    let mut escalation = with(Vec::new());
    let case = Case::Fault(FaultId::new(FaultKind::ChannelFailing, Some("sms".into())));
    let fault = Beginning { nature: Nature::Fault, except: Some(name("sms")), ..beginning() };
    assert_eq!(escalation.begin(&case, fault, &BTreeSet::new(), at(0)), names(&["signal", "mail", "chat"]));
    let case = Case::Fault(FaultKind::Dropped.into());
    let once = Beginning { nature: Nature::Fault, pace: Pace::Once, ..beginning() };
    for _ in 0..2 {
        let told = escalation.begin(&case, once.clone(), &BTreeSet::new(), at(0));
        assert_eq!(told, names(&["sms", "signal", "mail", "chat"]), "each time is one of its own");
    }
    let reminders: Vec<_> = escalation.pass(at(100_000), &BTreeSet::new(), open(Impact::Major)).into_iter().collect();
    assert!(reminders.iter().all(|(other, _)| *other != case));
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let policies = || vec![policy("on-call", &[&["sms"], &["mail"]])];
    let mut escalation = with(policies());
    escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0));
    let kept = |escalation: &mut Escalation| -> BTreeMap<Case, Alarm> {
        let read = |(case, body): (Case, Option<Vec<u8>>)| {
            assert_eq!(case.to_string().parse(), Ok(case.clone()));
            (case, serde_json::from_slice(&body.expect("kept")).expect("JSON"))
        };
        escalation.take_changes().into_iter().map(read).collect()
    };
    let restored = kept(&mut escalation);
    let mut again = Escalation::new(policies(), names(&["sms", "mail"]), TimeZone::UTC, restored);
    assert_eq!(again.begin(&incident(), beginning(), &BTreeSet::new(), at(5)), names(&[]), "it goes on already");
    assert_eq!(said(&mut again, 590..610, Impact::Major), ["600 mail"]);
    again.end(&incident(), at(700));
    assert_eq!(said(&mut again, 700..9_000, Impact::Major), [""; 0]);
}

/// What may happen to an alarm.
#[derive(Debug, Clone)]
enum Turn {
    Wait(u64),
    Fails(usize),
    Works(usize),
    Restart,
    Taken,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        4 => (1_u64..2_000).prop_map(Turn::Wait),
        3 => (0_usize..4).prop_map(Turn::Fails),
        2 => (0_usize..4).prop_map(Turn::Works),
        1 => Just(Turn::Restart),
        1 => Just(Turn::Taken),
    ];
    proptest::collection::vec(turn, 0..40)
}

fn ladders() -> impl Strategy<Value = Vec<Vec<usize>>> {
    let step = proptest::collection::btree_set(0_usize..4, 1..4).prop_map(|step| step.into_iter().collect());
    proptest::collection::vec(step, 1..4)
}

const ALL: [&str; 4] = ["chat", "mail", "signal", "sms"];

proptest! {
    /// Whatever fails, whenever it restarts: nobody is told twice that it began, somebody is told at once, where all of a policy have
    /// failed everybody is told, and once it is taken and heard nothing is said any more.
    #[test]
    fn an_alarm_is_never_lost_and_never_doubled(steps in ladders(), turns in turns()) {
        let named: Vec<Vec<&str>> = steps.iter().map(|step| step.iter().map(|place| ALL[*place]).collect()).collect();
        let named: Vec<&[&str]> = named.iter().map(Vec::as_slice).collect();
        let policies = vec![Policy { repeat: None, ..policy("on-call", &named) }];
        let mut escalation = with(policies.clone());
        let mut told: BTreeMap<ChannelName, u32> = BTreeMap::new();
        let mut hear = |channels: BTreeSet<ChannelName>| {
            for channel in channels {
                *told.entry(channel).or_default() += 1;
            }
            told.clone()
        };
        let first = escalation.begin(&incident(), beginning(), &BTreeSet::new(), at(0));
        prop_assert!(!first.is_empty());
        hear(first);
        let (mut now, mut taken, mut failed) = (1, None, BTreeSet::new());
        for turn in turns {
            match turn {
                Turn::Wait(seconds) => now += seconds,
                Turn::Fails(place) if escalation.told(&incident()).is_some_and(|told| told.contains(&name(ALL[place]))) => {
                    escalation.note(&incident(), attempt(ALL[place], now, Err("no".into())));
                    failed.insert(name(ALL[place]));
                }
                Turn::Works(place) if escalation.told(&incident()).is_some_and(|told| told.contains(&name(ALL[place]))) => {
                    escalation.note(&incident(), attempt(ALL[place], now, Ok(None)));
                    failed.remove(&name(ALL[place]));
                }
                Turn::Fails(_) | Turn::Works(_) => {}
                Turn::Restart => {
                    let read = |(case, alarm): (&Case, &Alarm)| {
                        let json = serde_json::to_vec(alarm).expect("JSON");
                        (case.clone(), serde_json::from_slice(&json).expect("reads back"))
                    };
                    let kept = escalation.alarms().iter().map(read).collect();
                    escalation = Escalation::new(policies.clone(), names(&ALL), TimeZone::UTC, kept);
                }
                Turn::Taken => taken = Some(Taken { at: at(now), by: Actor::Socket }),
            }
            let present = |_: &IncidentId| Some(Present { nature: nature(Impact::Major), taken: taken.clone() });
            let heard = escalation.alarm(&incident()).is_some_and(|alarm| !alarm.delivered.is_empty());
            let calls = escalation.pass(at(now), &BTreeSet::new(), present);
            prop_assert!(calls.is_empty() || taken.is_none() || !heard, "it is taken, and somebody has heard");
            let told = calls.into_iter().map(|(_, call)| hear(call.first)).last();
            prop_assert!(told.is_none_or(|told| told.values().all(|times| *times == 1)), "told twice");
            let alarm = escalation.alarm(&incident()).expect("it goes on");
            let lost = |channel: &ChannelName| failed.contains(channel) && !alarm.delivered.contains(channel);
            if policies[0].steps.concat().iter().all(lost) {
                prop_assert_eq!(alarm.told.len(), ALL.len(), "all have failed: everybody is told");
            }
        }
    }
}
