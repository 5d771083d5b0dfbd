//! `statuspage maintenance`: what operators plan from the command line, through the hub's socket or from afar.
//!
//! It does not know how the hub carries orders out.

use anyhow::{Result, bail};
use jiff::tz::TimeZone;
use serde::Serialize;
use shared::{Language, MaintenanceId, Text};

use super::{
    Ended,
    clock::{Clock, hour},
    incident::{actor, client, typed, wording},
    out,
};
use crate::{
    api::{
        maintenances::{
            CancelOrder, ChangeOrder, ExtentForm, MaintenanceAnswer, MaintenancesAnswer, NoticeOrder, OnceForm,
            PlanOrder, RecurringForm, ScopeForm, TurnOrder, WhenForm,
        },
        wording::Wording,
    },
    cli::{
        CancelMaintenanceArgs, ChangeMaintenanceArgs, DescribedArgs, MaintenanceCommand, NoticeArgs,
        PlanMaintenanceArgs, ReportFormat, SayMaintenanceArgs, TurnMaintenanceArgs,
    },
    clock::now,
    control::Client,
    settings::Settings,
    words::inert,
};

/// Runs one of them.
///
/// # Errors
///
/// When the hub cannot be reached or refuses: its own words.
pub async fn maintenance(command: MaintenanceCommand, settings: &Settings) -> Result<Ended> {
    let format = command.hub().format();
    let client = client(command.hub(), settings)?;
    let clock = Clock::of(&client).await?;
    let hub = Hub(client, clock.clone());
    let zone = &clock.zone();
    let answer = match command {
        MaintenanceCommand::List(arguments) => {
            let open = if arguments.all { "" } else { "&open=true" };
            let answer: MaintenancesAnswer = hub.0.get(&format!("/api/v1/maintenances?limit=1000{open}")).await?;
            print_list(&answer, format, zone)?;
            return Ok(Ended::Well);
        }
        MaintenanceCommand::Show(arguments) => hub.one(&arguments.id).await?,
        MaintenanceCommand::Plan(arguments) => {
            hub.0.post("/api/v1/maintenances", &planning(*arguments, &clock)?).await?
        }
        MaintenanceCommand::Change(arguments) => hub.change(*arguments).await?,
        MaintenanceCommand::Cancel(CancelMaintenanceArgs { maintenance, notice, series }) => {
            let (version, body) = hub.notice(&maintenance.id, notice).await?;
            let extent = if series { ExtentForm::Series } else { ExtentForm::One };
            hub.order(&maintenance.id, "cancel", &CancelOrder { version, extent, body }).await?
        }
        MaintenanceCommand::Begin(TurnMaintenanceArgs { maintenance, notice }) => {
            let (version, body) = hub.notice(&maintenance.id, notice).await?;
            hub.order(&maintenance.id, "begin", &TurnOrder { version, body }).await?
        }
        MaintenanceCommand::End(TurnMaintenanceArgs { maintenance, notice }) => {
            let (version, body) = hub.notice(&maintenance.id, notice).await?;
            hub.order(&maintenance.id, "end", &TurnOrder { version, body }).await?
        }
        MaintenanceCommand::Say(SayMaintenanceArgs { maintenance, notice, stage }) => {
            let (version, body) = hub.notice(&maintenance.id, notice).await?;
            let Some(body) = body else { bail!("say something, with --fr or --en") };
            hub.order(&maintenance.id, "updates", &NoticeOrder { version, stage, body }).await?
        }
    };
    match format {
        ReportFormat::Words => out::text(words(&answer, zone))?,
        ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
    }
    Ok(Ended::Well)
}

struct Hub(Client, Clock);

impl Hub {
    async fn one(&self, id: &MaintenanceId) -> Result<MaintenanceAnswer> {
        Ok(self.0.get(&format!("/api/v1/maintenances/{id}")).await?)
    }

    async fn order(&self, id: &MaintenanceId, order: &str, body: &impl Serialize) -> Result<MaintenanceAnswer> {
        Ok(self.0.post(&format!("/api/v1/maintenances/{id}/{order}"), body).await?)
    }

    /// The version that was seen, and the words.
    async fn notice(&self, id: &MaintenanceId, arguments: NoticeArgs) -> Result<(u64, Option<Wording>)> {
        let NoticeArgs { fr, en, version_seen } = arguments;
        let version = match version_seen {
            Some(version) => version,
            None => self.one(id).await?.version,
        };
        Ok((version, wording(typed(fr)?, typed(en)?)))
    }

    async fn change(&self, arguments: ChangeMaintenanceArgs) -> Result<MaintenanceAnswer> {
        let ChangeMaintenanceArgs { maintenance, described, version_seen } = arguments;
        let present = self.one(&maintenance.id).await?;
        let scope = scope(&described);
        let DescribedArgs { title_fr, title_en, description_fr, description_en, starts, ends, .. } = described;
        let description = wording(typed(description_fr)?, typed(description_en)?);
        let order = ChangeOrder {
            version: version_seen.unwrap_or(present.version),
            title: wording(title_fr, title_en).map(|title| over(title, present.title)),
            description: description.map(|description| over(description, present.description)),
            scope,
            starts_at: starts.map(|at| self.1.to_come(&at, now())).transpose()?,
            ends_at: ends.map(|at| self.1.to_come(&at, now())).transpose()?,
        };
        self.order(&maintenance.id, "change", &order).await
    }
}

/// A text over an earlier one: a language that is not spoken of keeps its words.
fn over(text: Wording, earlier: Wording) -> Wording {
    match (text.0, earlier.0) {
        (Text::ByLanguage(texts), Text::ByLanguage(mut all)) => {
            all.extend(texts);
            Wording(Text::ByLanguage(all))
        }
        (text, _) => Wording(text),
    }
}

/// Whom it concerns; nothing when nobody said it.
fn scope(described: &DescribedArgs) -> Option<ScopeForm> {
    let DescribedArgs { all, groups, components, .. } = described;
    match (all, groups.is_empty(), components.is_empty()) {
        (true, _, _) => Some(ScopeForm::All),
        (false, false, _) => Some(ScopeForm::Groups(groups.clone())),
        (false, true, false) => Some(ScopeForm::Components(components.clone())),
        (false, true, true) => None,
    }
}

fn planning(arguments: PlanMaintenanceArgs, clock: &Clock) -> Result<PlanOrder> {
    let PlanMaintenanceArgs { hub: _, described, duration, cron } = arguments;
    let Some(scope) = scope(&described) else { bail!("say whom it concerns, with --all, --group or --component") };
    let DescribedArgs { title_fr, title_en, description_fr, description_en, starts, ends, .. } = described;
    let Some(title) = wording(title_fr, title_en) else { bail!("give it a title, with --title-fr or --title-en") };
    let now = now();
    let starts = starts.map(|at| clock.to_come(&at, now)).transpose()?;
    // An end that is a time of day or a length is meant from the beginning on.
    let ends = ends.map(|at| clock.to_come(&at, starts.unwrap_or(now))).transpose()?;
    let when = match (cron, duration, ends) {
        (Some(cron), Some(length), _) => WhenForm::Recurring(RecurringForm { cron, seconds: length.as_secs() }),
        (None, Some(length), _) => {
            // The hub's clock may differ: both times are said by the same one.
            let starts_at = starts.unwrap_or(now);
            WhenForm::Once(OnceForm { starts_at: Some(starts_at), ends_at: starts_at.plus(length) })
        }
        (None, None, Some(ends_at)) => WhenForm::Once(OnceForm { starts_at: starts, ends_at }),
        (_, None, _) => bail!("say how long it lasts, with --duration, or when it ends, with --ends"),
    };
    let description = wording(typed(description_fr)?, typed(description_en)?);
    Ok(PlanOrder { title, description, scope, when })
}

fn print_list(answer: &MaintenancesAnswer, format: ReportFormat, zone: &TimeZone) -> Result<()> {
    match format {
        ReportFormat::Json => out::line(serde_json::to_string_pretty(answer)?)?,
        ReportFormat::Words if answer.maintenances.is_empty() => {
            out::line("no maintenance is planned; --all lists what is over, too")?;
        }
        ReportFormat::Words => answer.maintenances.iter().try_for_each(|one| out::line(line(one, zone)))?,
    }
    Ok(())
}

/// A maintenance in one line.
fn line(maintenance: &MaintenanceAnswer, zone: &TimeZone) -> String {
    let MaintenanceAnswer { id, starts_at, ends_at, title, .. } = maintenance;
    let stage = maintenance.stage.word();
    let (starts_at, ends_at) = (hour(*starts_at, zone), hour(*ends_at, zone));
    format!("{id}  {starts_at}  {ends_at}  {stage:11}  {}", inert(title.0.get(Language::En)))
}

/// A maintenance for people.
fn words(maintenance: &MaintenanceAnswer, zone: &TimeZone) -> String {
    let mut text = format!("{}\nversion {}", line(maintenance, zone), maintenance.version);
    if let Some(by) = &maintenance.by {
        text += &format!(", planned by {}", actor(by));
    }
    if let Some(plan) = &maintenance.plan {
        text += &format!(", from the plan {plan} that repeats");
    }
    text += &match &maintenance.scope {
        ScopeForm::All => "\nconcerns everything\n".to_owned(),
        ScopeForm::Groups(names) => format!("\nconcerns the groups {}\n", inert(&names.join(", "))),
        ScopeForm::Components(ids) => {
            let ids: Vec<&str> = ids.iter().map(shared::ComponentId::as_str).collect();
            format!("\nconcerns {}\n", ids.join(", "))
        }
    };
    text += &indented(&maintenance.description);
    for update in maintenance.updates.iter().rev() {
        text += &format!("{}  {}\n", hour(update.at, zone), update.stage.word());
        text += &update.body.as_ref().map(indented).unwrap_or_default();
    }
    text
}

fn indented(text: &Wording) -> String {
    text.0.get(Language::En).lines().map(|line| format!("    {}\n", inert(line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maintenance::sample;

    #[test]
    fn a_maintenance_reads_as_lines() {
        let expected = "m00000000003  2026-10-11 22:00:00 UTC  2026-10-12 01:00:00 UTC  completed    Moving the mail
version 3, planned by camille
concerns the groups Échanges
2026-10-12 01:00:00 UTC  completed
    All went as planned.
2026-10-12 00:40:00 UTC  verifying
2026-10-11 22:00:00 UTC  in_progress
2026-10-01 09:00:00 UTC  scheduled
";
        assert_eq!(words(&MaintenanceAnswer::whole(&sample::over()), &TimeZone::UTC), expected);
    }

    #[test]
    fn a_language_that_is_not_spoken_of_keeps_its_words() {
        let said = |fr: Option<&str>, en: Option<&str>| {
            wording(fr.map(str::to_owned), en.map(str::to_owned)).expect("something was said")
        };
        let check = |text: Wording, earlier: Wording, expected: Wording| assert_eq!(over(text, earlier), expected);
        check(said(None, Some("New")), said(Some("Ancien"), Some("Old")), said(Some("Ancien"), Some("New")));
        check(said(Some("Neuf"), Some("New")), said(Some("Ancien"), None), said(Some("Neuf"), Some("New")));
        check(said(None, Some("New")), Wording("Old".into()), said(None, Some("New")));
    }
}
