//! `statuspage incident`: the orders of operators from the command line, through the hub's socket or from afar.
//!
//! It does not know how the hub carries them out.

use std::{collections::BTreeMap, fs, io::Read as _};

use anyhow::{Context as _, Result, bail};
use jiff::tz::TimeZone;
use serde::Serialize;
use shared::{IncidentId, Language, Stage, Text};

use super::{
    Ended,
    clock::{Clock, hour},
    out,
};
use crate::{
    api::{
        audit::{AuditAnswer, AuditEntryAnswer},
        incidents::{
            IncidentAnswer, IncidentsAnswer, LinkOrder, OpenOrder, PostmortemAnswer, ReleaseOrder, SayOrder, ToldOrder,
        },
        wording::Wording,
    },
    cli::{AuditArgs, HubArgs, IncidentCommand, OpenArgs, PostmortemArgs, ReportFormat, SayArgs, TextArgs},
    clock::now,
    control::Client,
    incident::Actor,
    settings::Settings,
    words::inert,
};

/// The most that is read for a text.
const LONGEST: u64 = 64 << 10;

/// Runs one of them.
///
/// # Errors
///
/// When the hub cannot be reached or refuses: its own words.
pub async fn incident(command: IncidentCommand, settings: &Settings) -> Result<Ended> {
    let format = command.hub().format();
    let client = client(command.hub(), settings)?;
    let clock = Clock::of(&client).await?;
    let hub = Hub(client, clock.clone());
    let zone = &clock.zone();
    let answer = match command {
        IncidentCommand::List(arguments) => {
            let path = if arguments.all { "/api/v1/incidents" } else { "/api/v1/incidents?open=true" };
            let answer: IncidentsAnswer = hub.0.get(path).await?;
            print_list(&answer, if arguments.all { Which::All } else { Which::Open }, format, zone)?;
            return Ok(Ended::Well);
        }
        IncidentCommand::Show(arguments) => hub.incident(&arguments.id).await?,
        IncidentCommand::Open(arguments) => hub.0.post("/api/v1/incidents", &opening(arguments, &clock)?).await?,
        IncidentCommand::Ack(arguments) => hub.order(&arguments.id, "acknowledge", &()).await?,
        IncidentCommand::Say(arguments) => hub.say(arguments).await?,
        IncidentCommand::Resolve(arguments) => {
            let (incident, text) = (arguments.incident, arguments.text);
            hub.say(SayArgs { incident, stage: Some(Stage::Resolved), text, version_seen: None }).await?
        }
        IncidentCommand::Release(arguments) => {
            let version = hub.incident(&arguments.id).await?.version;
            hub.order(&arguments.id, "release", &ReleaseOrder { version }).await?
        }
        IncidentCommand::ToldByUsers(arguments) => {
            let version = hub.incident(&arguments.incident.id).await?.version;
            let order = ToldOrder { version, at: clock.gone_by(&arguments.at)? };
            hub.order(&arguments.incident.id, "reported-by-users", &order).await?
        }
        IncidentCommand::Link(arguments) => {
            let version = hub.incident(&arguments.incident.id).await?.version;
            let order = LinkOrder { version, relapse_of: arguments.relapse_of };
            hub.order(&arguments.incident.id, "link", &order).await?
        }
    };
    match format {
        ReportFormat::Words => out::text(words(&answer, zone))?,
        ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
    }
    Ok(Ended::Well)
}

/// Prints the draft of a post-mortem.
///
/// # Errors
///
/// When the hub cannot be reached or refuses: its own words.
pub async fn postmortem(arguments: &PostmortemArgs, settings: &Settings) -> Result<Ended> {
    let hub = client(&arguments.hub, settings)?;
    let language = arguments.lang.map(|language| format!("?lang={language}")).unwrap_or_default();
    let path = format!("/api/v1/incidents/{}/postmortem{language}", arguments.id);
    let answer: PostmortemAnswer = hub.get(&path).await?;
    match arguments.hub.format() {
        ReportFormat::Words => out::text(answer.markdown)?,
        ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
    }
    Ok(Ended::Well)
}

/// Prints the orders that were given, the newest first.
///
/// # Errors
///
/// When the hub cannot be reached or refuses: its own words.
pub async fn audit(arguments: &AuditArgs, settings: &Settings) -> Result<Ended> {
    let hub = client(&arguments.hub, settings)?;
    let answer: AuditAnswer = hub.get(&format!("/api/v1/audit?limit={}", arguments.limit)).await?;
    match arguments.hub.format() {
        ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
        ReportFormat::Words if answer.entries.is_empty() => out::line("no order was given yet")?,
        ReportFormat::Words => {
            let clock = Clock::of(&hub).await?;
            answer.entries.iter().try_for_each(|entry| out::line(ordered(entry, &clock.zone())))?;
        }
    }
    Ok(Ended::Well)
}

/// An order in one line.
fn ordered(entry: &AuditEntryAnswer, zone: &TimeZone) -> String {
    let AuditEntryAnswer { number, at, actor: by, what, subject, refusal } = entry;
    let subject = subject.as_deref().unwrap_or("-");
    let refusal = refusal.as_ref().map(|refusal| format!("  refused: {}", inert(refusal))).unwrap_or_default();
    let at = hour(*at, zone);
    format!("{number:5}  {at}  {:12}  {:18}  {subject:12}{refusal}", inert(actor(by)), inert(what))
        .trim_end()
        .to_owned()
}

/// The hub that is meant.
pub(super) fn client(arguments: &HubArgs, settings: &Settings) -> Result<Client> {
    if let (Some(url), Some(file)) = (&arguments.hub, &arguments.token_file) {
        let token = fs::read_to_string(file).with_context(|| format!("cannot read the token in {}", file.display()))?;
        return Ok(Client::afar(url, token.trim(), settings.ca_file.as_deref())?);
    }
    match Client::find(&settings.data)? {
        Some(client) => Ok(client),
        None => bail!(
            "no hub runs with the data directory {}: start it by `statuspage serve`, name its directory with --data, or ask a hub elsewhere with --hub and --token-file",
            settings.data.display()
        ),
    }
}

struct Hub(Client, Clock);

impl Hub {
    async fn incident(&self, id: &IncidentId) -> Result<IncidentAnswer> {
        Ok(self.0.get(&format!("/api/v1/incidents/{id}")).await?)
    }

    async fn order(&self, id: &IncidentId, order: &str, body: &impl Serialize) -> Result<IncidentAnswer> {
        Ok(self.0.post(&format!("/api/v1/incidents/{id}/{order}"), body).await?)
    }

    async fn say(&self, arguments: SayArgs) -> Result<IncidentAnswer> {
        let present = self.incident(&arguments.incident.id).await?;
        let TextArgs { fr, en, workaround_fr, workaround_en, next_update } = arguments.text;
        let Some(body) = wording(typed(fr)?, typed(en)?) else { bail!("say something, with --fr or --en") };
        let order = SayOrder {
            version: arguments.version_seen.unwrap_or(present.version),
            stage: arguments.stage.unwrap_or(present.stage),
            body,
            title: None,
            workaround: wording(workaround_fr, workaround_en),
            next_update_at: next_update.map(|at| self.1.to_come(&at, now())).transpose()?,
        };
        self.order(&arguments.incident.id, "updates", &order).await
    }
}

fn opening(arguments: OpenArgs, clock: &Clock) -> Result<OpenOrder> {
    let TextArgs { fr, en, workaround_fr, workaround_en, next_update } = arguments.text;
    let Some(body) = wording(typed(fr)?, typed(en)?) else { bail!("say something, with --fr or --en") };
    let Some(title) = wording(arguments.title_fr, arguments.title_en) else { bail!("give it a title") };
    Ok(OpenOrder {
        title,
        started_at: arguments.since.map(|at| clock.gone_by(&at)).transpose()?,
        components: arguments.components.into_iter().collect(),
        stage: arguments.stage,
        body,
        workaround: wording(workaround_fr, workaround_en),
        next_update_at: next_update.map(|at| clock.to_come(&at, now())).transpose()?,
    })
}

/// What was typed, or came through standard input.
pub(super) fn typed(text: Option<String>) -> Result<Option<String>> {
    if text.as_deref() != Some("-") {
        return Ok(text);
    }
    let mut read = String::new();
    std::io::stdin().lock().take(LONGEST).read_to_string(&mut read).context("cannot read the text")?;
    Ok(Some(read.trim().to_owned()))
}

/// A text in the languages that were given; none when none was.
pub(super) fn wording(fr: Option<String>, en: Option<String>) -> Option<Wording> {
    let texts: BTreeMap<Language, String> = [(Language::Fr, fr), (Language::En, en)]
        .into_iter()
        .filter_map(|(language, text)| Some((language, text?)))
        .collect();
    (!texts.is_empty()).then_some(Wording(Text::ByLanguage(texts)))
}

fn print_list(answer: &IncidentsAnswer, which: Which, format: ReportFormat, zone: &TimeZone) -> Result<()> {
    match (format, which) {
        (ReportFormat::Json, _) => out::line(serde_json::to_string_pretty(answer)?)?,
        (ReportFormat::Words, Which::Open) if answer.incidents.is_empty() => {
            out::line("no incident is open; --all lists those that are over, too")?;
        }
        (ReportFormat::Words, Which::All) if answer.incidents.is_empty() => out::line("there was no incident yet")?,
        (ReportFormat::Words, _) => {
            answer.incidents.iter().try_for_each(|incident| out::line(line(incident, zone)))?;
        }
    }
    Ok(())
}

/// Which incidents are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Open,
    All,
}

/// An incident in one line.
fn line(incident: &IncidentAnswer, zone: &TimeZone) -> String {
    let since = hour(incident.started_at, zone);
    format!("{}  {since}  {:13}  {}", incident.id, incident.stage.word(), title(incident))
}

fn title(incident: &IncidentAnswer) -> String {
    match (&incident.title, &incident.finding) {
        (Some(title), _) => inert(title.0.get(Language::En)),
        (None, Some(finding)) => {
            let status = finding.http_status.map(|status| format!(" {status}")).unwrap_or_default();
            let only = incident.components.keys().next().filter(|_| finding.components == 1);
            let whom = only.map_or_else(|| format!("{} services", finding.components), ToString::to_string);
            format!("{}{status} on {whom}", finding.kind.word())
        }
        (None, None) => "untitled".to_owned(),
    }
}

/// An incident for people.
fn words(incident: &IncidentAnswer, zone: &TimeZone) -> String {
    let mut text = format!("{}\nversion {}, led by {}\n", line(incident, zone), incident.version, incident.lead);
    if let Some(taken) = &incident.acknowledgement {
        text += &format!("acknowledged by {} at {}\n", actor(&taken.by), hour(taken.at, zone));
    }
    if let Some(at) = incident.reported_by_users_at {
        text += &format!("users told of it at {}\n", hour(at, zone));
    }
    if let Some(at) = incident.next_update_at {
        text += &format!("next update promised before {}\n", hour(at, zone));
    }
    if let Some(earlier) = &incident.relapse_of {
        text += &format!("the return of {earlier}\n");
    }
    for (id, part) in &incident.components {
        text += &format!("    {id}: {}\n", part.status.word());
    }
    for update in incident.updates.iter().rev() {
        text +=
            &format!("{}  {}  {}  {}\n", hour(update.at, zone), update.stage.word(), actor(&update.by), update.kind);
        let said = update.body.as_ref().map(|body| body.0.get(Language::En)).unwrap_or_default();
        said.lines().for_each(|line| text += &format!("    {}\n", inert(line)));
    }
    text
}

/// Who did something, in words.
pub(super) fn actor(actor: &Actor) -> &str {
    match actor {
        Actor::Monitor => "the monitor",
        Actor::Operator(name) | Actor::Channel(name) => name,
        Actor::Socket => "the hub's machine",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_one_line_that_says_whether_it_was_refused() {
        let check = |entry: serde_json::Value, expected: &str| {
            assert_eq!(ordered(&serde_json::from_value(entry).expect("an entry"), &TimeZone::UTC), expected);
        };
        let at = "2026-11-22T14:05:00Z";
        check(
            serde_json::json!({ "number": 7, "at": at, "actor": "socket", "what": "open", "subject": null, "refusal": null }),
            "    7  2026-11-22 14:05:00 UTC  the hub's machine  open                -",
        );
        check(
            serde_json::json!({
                "number": 8, "at": at, "actor": { "operator": "amel" }, "what": "say", "subject": "kctbh9vrtdwd",
                "refusal": "no\u{1b}[31m",
            }),
            "    8  2026-11-22 14:05:00 UTC  amel          say                 kctbh9vrtdwd  refused: no [31m",
        );
    }
}
