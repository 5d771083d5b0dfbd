//! Everything that can be refused, in every language. That nothing is left without words is the compiler's care.

use std::time::Duration;

use jiff::tz::TimeZone;
use shared::{Language, MaintenanceStage};

use super::*;
use crate::order::UnfitText;

fn texts() -> Vec<UnfitText> {
    let faults = [
        TextFault::NoTitle,
        TextFault::NothingSaid,
        TextFault::LongTitle(201),
        TextFault::LongText(20_001),
        TextFault::Invisible('\u{202e}'),
    ];
    faults.map(|fault| UnfitText { field: "title", fault }).to_vec()
}

fn of_incidents() -> Vec<incident::Refusal> {
    use incident::{Refusal, TimeFault};
    let id = || "kctbh9vrtdwd".parse().expect("an id");
    let times = [
        TimeFault::ToCome,
        TimeFault::LongAgo,
        TimeFault::LongBefore,
        TimeFault::Past,
        TimeFault::FarAway,
        TimeFault::Resolved,
    ];
    let times = times.map(|fault| Refusal::Time { field: "at", fault });
    let others = [
        Refusal::UnknownIncident(id()),
        Refusal::UnknownComponent(Stranger { name: "cluod".to_owned(), meant: Some("cloud".to_owned()) }),
        Refusal::Changed { incident: id(), seen: 1, present: 2 },
        Refusal::Resolved(id()),
        Refusal::StillOpen(id()),
        Refusal::Link(id()),
        Refusal::StoreBehind,
    ];
    times.into_iter().chain(others).chain(texts().into_iter().map(Refusal::Text)).collect()
}

fn timings() -> Vec<TimingFault> {
    let hour = Duration::from_secs(3_600);
    vec![
        TimingFault::Backwards,
        TimingFault::TooShort,
        TimingFault::TooLong,
        TimingFault::Line(LineFault::NoSeconds("0 0 3 * * *".to_owned())),
        TimingFault::Line(LineFault::Fields(4)),
        TimingFault::Line(LineFault::Unreadable("what?".to_owned())),
        TimingFault::Never,
        TimingFault::Overlapping { duration: 3 * hour, distance: hour },
        TimingFault::TooOften(hour / 2),
    ]
}

fn of_maintenances() -> Vec<maintenance::Refusal> {
    use maintenance::{Refusal, TimeFault};
    let id = || "kctbh9vrtdwd".parse().expect("an id");
    let times = [TimeFault::Begun, TimeFault::Over, TimeFault::FarAway];
    let times = times.map(|fault| Refusal::Time { field: "ends_at", fault });
    let others = [
        Refusal::Unknown(id()),
        Refusal::UnknownComponent(Stranger { name: "cluod".to_owned(), meant: Some("cloud".to_owned()) }),
        Refusal::UnknownGroup(Stranger::new("Bureau")),
        Refusal::Nobody,
        Refusal::Changed { maintenance: id(), seen: 1, present: 2 },
        Refusal::Over(id()),
        Refusal::Begun(id()),
        Refusal::NotBegun(id()),
        Refusal::NoSeries(id()),
        Refusal::InFile(id()),
        Refusal::Twin(id()),
        Refusal::Stage(MaintenanceStage::Completed),
        Refusal::StoreBehind,
    ];
    let timings = timings().into_iter().map(Refusal::Timing);
    times.into_iter().chain(others).chain(timings).chain(texts().into_iter().map(Refusal::Text)).collect()
}

fn of_forms() -> Vec<Fault> {
    let two = || ["02:00".to_owned(), "03:00".to_owned()];
    vec![
        Fault::Empty("body_fr"),
        Fault::Long("title_fr", 200),
        Fault::Time("at"),
        Fault::Skipped("at", two()),
        Fault::Twice("at", two()),
        Fault::Length("duration"),
        Fault::Choice("stage"),
        Fault::OnceAndAgain,
        Fault::NoComponent,
        Fault::UnknownComponent("../x".to_owned()),
        Fault::UnknownGroup("Bureau".to_owned()),
    ]
}

#[test]
fn everything_that_can_be_refused_is_said_in_the_readers_language() {
    let [english, french] = Language::ALL.map(|language| Words::new(language, TimeZone::UTC));
    let incidents = of_incidents().into_iter().map(Fault::Incident);
    let maintenances = of_maintenances().into_iter().map(Fault::Maintenance);
    for fault in of_forms().into_iter().chain(incidents).chain(maintenances) {
        let (en, fr) = (message(&fault, &english), message(&fault, &french));
        for said in [&en, &fr] {
            assert!(
                said.contains(' ') && !said.contains("operator-") && !said.contains(['{', '$']),
                "{fault:?}: {said}"
            );
        }
        assert_ne!(en, fr, "{fault:?}");
    }
}
