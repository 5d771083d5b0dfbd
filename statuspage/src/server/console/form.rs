//! From what was typed into a form to an order: what cannot be one is told by its field.
//!
//! It does not know HTTP, nor whether an order will be carried out.

mod maintenance;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use shared::{ComponentId, IncidentId, Language, Stage, Status, Text, Timestamp};

use crate::{
    incident::{Command, Opening, Statement},
    moment::{self, NoInstant},
    order::{LONGEST_TEXT, LONGEST_TITLE},
    page::operator::{Fault, Typed},
};

pub(super) use maintenance::{change, planning, turn};

/// The fields of a form; of a field that comes twice the first counts. Line breaks are as everywhere but in forms.
pub(super) fn typed(body: &[u8]) -> Typed {
    let mut typed = Typed::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        typed.entry(name.into_owned()).or_insert_with(|| value.replace("\r\n", "\n"));
    }
    typed
}

/// The order that a form of an incident's page is; nothing when there is no such form.
pub(super) fn command(
    order: &str,
    incident: &IncidentId,
    typed: &Typed,
    zone: &TimeZone,
) -> Option<Result<Command, Fault>> {
    let incident = incident.clone();
    let version = version(typed);
    Some(match order {
        "acknowledge" => Ok(Command::Acknowledge { incident }),
        "say" => statement(typed, zone).map(|statement| Command::Say { incident, version, statement }),
        "release" => Ok(Command::Release { incident, version }),
        "told" => match time(typed, "at", zone) {
            Ok(Some(at)) => Ok(Command::ReportedByUsers { incident, version, at }),
            Ok(None) => Err(Fault::Time("at")),
            Err(fault) => Err(fault),
        },
        "link" => relapse_of(typed).map(|relapse_of| Command::Link { incident, version, relapse_of }),
        _ => return None,
    })
}

fn relapse_of(typed: &Typed) -> Result<Option<IncidentId>, Fault> {
    match given(typed, "relapse_of") {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Fault::Choice("relapse_of")),
    }
}

/// The incident that is opened by hand.
pub(super) fn opening(typed: &Typed, zone: &TimeZone) -> Result<Opening, Fault> {
    let title = text(typed, ["title_fr", "title_en"], LONGEST_TITLE)?.ok_or(Fault::Empty("title_fr"))?;
    let mut components: BTreeMap<ComponentId, Status> = BTreeMap::new();
    for (name, value) in typed {
        let Some(id) = name.strip_prefix("component.").filter(|_| !value.is_empty()) else { continue };
        let id = id.parse().map_err(|_| Fault::UnknownComponent(id.chars().take(64).collect()))?;
        let status = Status::ALL.into_iter().find(|status| status.word() == value);
        components.insert(id, status.ok_or(Fault::NoComponent)?);
    }
    if components.is_empty() {
        return Err(Fault::NoComponent);
    }
    let statement = Statement { title: None, ..statement(typed, zone)? };
    Ok(Opening { title, started_at: time(typed, "started_at", zone)?, components, statement })
}

/// What is to stand in a field of a post-mortem; nothing when it is to be made from measurements again.
pub(super) fn part(typed: &Typed) -> Result<Option<Text>, Fault> {
    if given(typed, "do") == "again" {
        return Ok(None);
    }
    text(typed, ["text_fr", "text_en"], LONGEST_TEXT)?.map(Some).ok_or(Fault::Empty("text_fr"))
}

/// The version that somebody saw. A form without one is one that nobody of ours made; nothing has so many.
pub(super) fn version(typed: &Typed) -> u64 {
    given(typed, "version").parse().unwrap_or(u64::MAX)
}

fn statement(typed: &Typed, zone: &TimeZone) -> Result<Statement, Fault> {
    let stage = Stage::ALL.into_iter().find(|stage| stage.word() == given(typed, "stage"));
    // A workaround that is taken back is an empty text.
    let workaround = text(typed, ["workaround_fr", "workaround_en"], LONGEST_TEXT)?;
    Ok(Statement {
        stage: stage.ok_or(Fault::Choice("stage"))?,
        body: text(typed, ["body_fr", "body_en"], LONGEST_TEXT)?.ok_or(Fault::Empty("body_fr"))?,
        title: text(typed, ["title_fr", "title_en"], LONGEST_TITLE)?,
        workaround: typed.contains_key("workaround_fr").then(|| workaround.unwrap_or_else(|| "".into())),
        next_update_at: time(typed, "next_update_at", zone)?,
    })
}

fn given<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map_or("", |value| value.trim())
}

/// What was typed in French and in English; nothing when neither was.
fn text(typed: &Typed, names: [&'static str; 2], most: usize) -> Result<Option<Text>, Fault> {
    let mut texts = BTreeMap::new();
    for (name, language) in names.into_iter().zip([Language::Fr, Language::En]) {
        let text = given(typed, name);
        if text.len() > most && text.chars().count() > most {
            return Err(Fault::Long(name, most));
        }
        if !text.is_empty() {
            texts.insert(language, text.to_owned());
        }
    }
    Ok((!texts.is_empty()).then_some(Text::ByLanguage(texts)))
}

/// A time, in the site's zone or with its own.
fn time(typed: &Typed, name: &'static str, zone: &TimeZone) -> Result<Option<Timestamp>, Fault> {
    let text = given(typed, name);
    if text.is_empty() {
        return Ok(None);
    }
    moment::read(text, zone).map(Some).map_err(|fault| match fault {
        NoInstant::NoTime => Fault::Time(name),
        NoInstant::Skipped(clocks) => Fault::Skipped(name, clocks),
        NoInstant::Twice(both) => Fault::Twice(name, both),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Typed {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("a zone")
    }

    #[test]
    fn a_time_may_be_left_out_and_one_that_is_none_is_told_by_its_field() {
        let read = |text: &str| time(&form(&[("at", text)]), "at", &paris());
        assert_eq!((read(""), read(" ")), (Ok(None), Ok(None)));
        assert_eq!(read(" 2026-11-22T15:00"), Ok("2026-11-22T14:00:00Z".parse().ok()));
        assert_eq!(read("at three"), Err(Fault::Time("at")));
        assert!(matches!(read("2026-03-29T02:30"), Err(Fault::Skipped("at", _))));
        assert!(matches!(read("2026-10-25T02:30"), Err(Fault::Twice("at", _))));
    }

    #[test]
    fn what_cannot_be_said_is_told_by_its_field() {
        let check = |fields: &[(&str, &str)], expected: Fault| {
            assert_eq!(statement(&form(fields), &paris()), Err(expected), "{fields:?}");
        };
        check(&[("body_fr", "Panne")], Fault::Choice("stage"));
        check(&[("stage", "over"), ("body_fr", "Panne")], Fault::Choice("stage"));
        check(&[("stage", "identified"), ("body_fr", " \n")], Fault::Empty("body_fr"));
        check(&[("stage", "identified"), ("body_en", &"é".repeat(20_001))], Fault::Long("body_en", 20_000));
        check(&[("stage", "identified"), ("body_en", "x"), ("next_update_at", "soon")], Fault::Time("next_update_at"));
    }

    #[test]
    fn a_workaround_that_was_emptied_is_taken_back() {
        let said = |fields: &[(&str, &str)]| statement(&form(fields), &paris()).expect("sound").workaround;
        let (stage, body) = (("stage", "identified"), ("body_fr", "Panne"));
        assert_eq!(said(&[stage, body]), None);
        assert_eq!(said(&[stage, body, ("workaround_fr", ""), ("workaround_en", "")]), Some("".into()));
    }

    #[test]
    fn an_incident_by_hand_names_what_it_touches() {
        let sound = [("title_fr", "Panne"), ("stage", "investigating"), ("body_fr", "On cherche")];
        let with = |more: &[(&str, &str)]| opening(&form(&[&sound, more].concat()), &paris());
        assert_eq!(with(&[("component.cloud", "")]), Err(Fault::NoComponent));
        assert_eq!(with(&[("component.cloud", "broken")]), Err(Fault::NoComponent));
        assert_eq!(with(&[("component.../x", "major_outage")]), Err(Fault::UnknownComponent("../x".to_owned())));
        let opening = with(&[("component.cloud", "major_outage"), ("component.mail", "")]).expect("sound");
        assert_eq!(opening.components.len(), 1);
    }

    #[test]
    fn the_first_of_two_values_counts_and_lines_end_as_everywhere() {
        let typed = typed(b"body_fr=a%0D%0Ab&body_fr=c&%FF=%FF");
        assert_eq!(typed["body_fr"], "a\nb");
    }
}
