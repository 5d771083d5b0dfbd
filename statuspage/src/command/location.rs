//! `statuspage location`: the places that report from elsewhere, from the command line.
//!
//! It does not know how the hub keeps them.

use anyhow::Result;
use jiff::tz::TimeZone;
use shared::LocationName;

use super::{
    Ended,
    clock::{Clock, hour},
    incident::client,
    out,
};
use crate::{
    api::locations::{AddLocationOrder, CodeAnswer, CountsAnswer, LocationAnswer, LocationsAnswer, StandingForm},
    cli::{LocationCommand, ReportFormat},
    control::Client,
    settings::{PublicUrl, Settings},
};

/// Runs one of them.
///
/// # Errors
///
/// When the hub cannot be reached or refuses: its own words.
pub async fn location(command: LocationCommand, settings: &Settings) -> Result<Ended> {
    let format = command.hub().format();
    let hub = client(command.hub(), settings)?;
    let address = command.hub().hub.clone().or_else(|| settings.public_url.clone());
    let path = |location: &LocationName, order: &str| format!("/api/v1/locations/{location}/{order}");
    match command {
        LocationCommand::List(_) => {
            let answer: LocationsAnswer = hub.get("/api/v1/locations").await?;
            let unwell = answer.locations.iter().any(|one| one.standing == StandingForm::Silent);
            match format {
                ReportFormat::Words => out::text(words(&answer, &Clock::of(&hub).await?.zone()))?,
                ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
            }
            return Ok(if unwell { Ended::Poorly } else { Ended::Well });
        }
        LocationCommand::Add(arguments) => {
            let order = AddLocationOrder { name: arguments.location.to_string() };
            let answer = hub.post("/api/v1/locations", &order).await?;
            print_code(&answer, address, &hub, format).await?;
        }
        LocationCommand::Rotate(arguments) => {
            let answer = hub.post(&path(&arguments.location, "rotate"), &()).await?;
            print_code(&answer, address, &hub, format).await?;
        }
        LocationCommand::Revoke(arguments) => {
            let answer: LocationAnswer = hub.post(&path(&arguments.location, "revoke"), &()).await?;
            match format {
                ReportFormat::Words => {
                    out::line(format_args!("{} is revoked: nothing that it says is taken from now on", answer.name))?;
                }
                ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
            }
        }
    }
    Ok(Ended::Well)
}

async fn print_code(answer: &CodeAnswer, address: Option<PublicUrl>, hub: &Client, format: ReportFormat) -> Result<()> {
    match format {
        ReportFormat::Json => out::line(serde_json::to_string_pretty(answer)?),
        ReportFormat::Words => out::text(code(answer, address.as_ref(), &Clock::of(hub).await?.zone())),
    }
}

/// The code, and what to do with it.
fn code(answer: &CodeAnswer, address: Option<&PublicUrl>, zone: &TimeZone) -> String {
    let hub = address.map_or_else(|| "https://THIS-HUB".to_owned(), ToString::to_string);
    let CodeAnswer { name, code, valid_until } = answer;
    let until = valid_until.map(|at| format!(", until {}", hour(at, zone))).unwrap_or_default();
    format!(
        "the code for {name}, to be used once{until}:\n\n    {code}\n\nstart it there, with a copy of this hub's definitions, by\n\n    \
         prober run --hub {hub} --location {name} --enrol {code} --data DIR --probes DIR\n"
    )
}

fn words(answer: &LocationsAnswer, zone: &TimeZone) -> String {
    if answer.locations.is_empty() {
        return "no location reports to this hub; `statuspage location add NAME` adds one\n".to_owned();
    }
    answer.locations.iter().map(|one| line(one, zone)).collect()
}

fn line(one: &LocationAnswer, zone: &TimeZone) -> String {
    let mut facts = Vec::new();
    match (one.heard_at, one.code_until) {
        (Some(at), _) if one.standing == StandingForm::Silent => {
            facts.push(format!("nothing heard since {} (an alarm after 60 s)", hour(at, zone)));
        }
        (Some(at), _) => facts.push(format!("last heard {}", hour(at, zone))),
        (None, Some(until)) => facts.push(format!("its code is valid until {}", hour(until, zone))),
        (None, None) => facts.push("its code is not valid any more: rotate it".to_owned()),
    }
    facts.extend(one.version.iter().map(|version| format!("version {version}")));
    facts.extend(one.journal_depth.filter(|depth| *depth > 0).map(|depth| counted(depth, "result", "to come")));
    facts.extend(one.overdue.filter(|overdue| *overdue > 0).map(|overdue| counted(overdue, "probe", "overdue")));
    let ran = one.probes_executed.zip(one.probes_expected).filter(|(executed, expected)| executed < expected);
    facts.extend(ran.map(|(executed, expected)| format!("{executed} of {expected} probes ran lately")));
    facts.extend(
        one.clock_offset
            .filter(|offset| offset.abs() > 2.0)
            .map(|offset| format!("clock off by {offset:.0} s, put right here (an alarm from 60 s on)")),
    );
    let drifts = |since| format!("other definitions than here since {} (an alarm after 10 min)", hour(since, zone));
    facts.extend(one.drifts_since.map(drifts));
    if one.gaps > 0 {
        facts.push(counted(one.gaps, "result", "missing"));
    }
    let CountsAnswer { lost, duplicates, unknown, rejected, set_back, copied, .. } = one.counts;
    if set_back > 0 {
        let times = if set_back == 1 { "once".to_owned() } else { format!("{set_back} times") };
        facts.push(format!("its disk was set back {times}"));
    }
    let counts =
        [(lost, "result", "lost"), (duplicates, "result", "came twice"), (unknown, "result", "of unknown probes")];
    let reports =
        [(rejected, "report", "not let in"), (copied, "report", "of a copy: it runs twice, or its disk was set back")];
    for (count, what, fate) in counts.into_iter().chain(reports) {
        if count > 0 {
            facts.push(counted(count, what, fate));
        }
    }
    format!("{:20}  {:8}  {}\n", one.name, one.standing.word(), facts.join(", "))
}

/// `1 result lost`, `2 results lost`.
fn counted(count: u64, what: &str, fate: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural} {fate}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_with_the_command_that_uses_it() {
        let answer = serde_json::from_value(serde_json::json!({
            "name": "lyon", "code": "abcd", "valid_until": "2026-11-22T15:00:00Z",
        }));
        let (answer, hub) = (answer.expect("a code"), "https://status.example.org".parse().expect("an address"));
        let said = code(&answer, Some(&hub), &TimeZone::UTC);
        assert!(said.contains("once, until 2026-11-22 15:00:00 UTC:"), "{said}");
        assert!(said.contains("prober run --hub https://status.example.org --location lyon --enrol abcd "), "{said}");
        assert!(code(&answer, None, &TimeZone::UTC).contains("--hub https://THIS-HUB "));
    }

    #[test]
    fn a_location_is_one_line_that_says_what_is_wrong() {
        let one: LocationAnswer = serde_json::from_value(serde_json::json!({
            "name": "lyon", "standing": "silent", "added_at": "2026-11-22T14:05:00Z", "keys": ["a1"], "code_until": null,
            "heard_at": "2026-11-22T15:00:00Z", "version": "0.1.0", "has_other_version": false, "drifts_since": null,
            "clock_offset": -600.0, "overdue": 0, "probes_expected": 100, "probes_executed": 94, "journal_depth": 12, "journal_oldest": null, "free_disk": null, "gaps": 3,
            "counts": { "taken": 9, "duplicates": 1, "lost": 0, "unknown": 0, "rejected": 0, "copied": 2 },
        }))
        .expect("a location");
        let expected = "lyon                  silent    nothing heard since 2026-11-22 15:00:00 UTC (an alarm after 60 s), version 0.1.0, 12 results to come, 94 of 100 probes ran lately, clock off by -600 s, put right here (an alarm from 60 s on), 3 results missing, 1 result came twice, 2 reports of a copy: it runs twice, or its disk was set back\n";
        assert_eq!(line(&one, &TimeZone::UTC), expected);
    }
}
