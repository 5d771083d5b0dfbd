//! The flags of `statuspage maintenance`.
//!
//! It does not know how an order reaches the hub.

use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use shared::{ComponentId, MaintenanceId, MaintenanceStage};

use super::{HubArgs, ListArgs, Moment, moment::length};

/// What is done with planned maintenance.
#[derive(Debug, Clone, Subcommand)]
pub enum MaintenanceCommand {
    /// List maintenance, what begins last first
    List(ListArgs),
    /// Show one maintenance with everything that was said of it
    Show(OneMaintenanceArgs),
    /// Plan a maintenance, once or again and again; it is announced 48 hours before, and left out of uptime
    Plan(Box<PlanMaintenanceArgs>),
    /// Change one occurrence; it follows its plan no more then
    Change(Box<ChangeMaintenanceArgs>),
    /// Take back what has not begun
    Cancel(CancelMaintenanceArgs),
    /// Begin before its time
    Begin(TurnMaintenanceArgs),
    /// End before its time
    End(TurnMaintenanceArgs),
    /// Publish a notice
    Say(SayMaintenanceArgs),
}

/// The flags of what needs a maintenance and nothing else.
#[derive(Debug, Clone, Args)]
pub struct OneMaintenanceArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The maintenance's id
    pub id: MaintenanceId,
}

/// What is done, and for whom.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("scope").args(["all", "groups", "components"]))]
pub struct DescribedArgs {
    /// What is done, in French
    #[arg(long, value_name = "TEXT")]
    pub title_fr: Option<String>,
    /// The same in English
    #[arg(long, value_name = "TEXT")]
    pub title_en: Option<String>,
    /// What readers should know, in French, in Markdown; `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    pub description_fr: Option<String>,
    /// The same in English
    #[arg(long, value_name = "TEXT")]
    pub description_en: Option<String>,
    /// It concerns everything on the page
    #[arg(long)]
    pub all: bool,
    /// It concerns the services of this group, by its name on the page; repeatable
    #[arg(long = "group", value_name = "NAME", id = "groups")]
    pub groups: Vec<String>,
    /// It concerns this service; repeatable
    #[arg(long = "component", value_name = "ID", id = "components")]
    pub components: Vec<ComponentId>,
    /// When it begins: "2026-12-01 22:00" or 22:00 by the page's clock, 2026-12-01T22:00:00+01:00, or in so long (2h)
    #[arg(long, value_name = "TIME")]
    pub starts: Option<Moment>,
    /// When it ends, at most seven days later; typed likewise
    #[arg(long, value_name = "TIME")]
    pub ends: Option<Moment>,
}

/// The flags of `maintenance plan`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("title").args(["title_fr", "title_en"]).required(true).multiple(true))]
#[command(group = ArgGroup::new("whom").args(["all", "groups", "components"]).required(true))]
#[command(group = ArgGroup::new("end").args(["ends", "duration"]).required(true))]
pub struct PlanMaintenanceArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// What and for whom.
    #[command(flatten)]
    pub described: DescribedArgs,
    /// How long it lasts, such as 45m, "1h 30m" or 2d, instead of --ends; without --starts it begins now
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    pub duration: Option<Duration>,
    /// Again and again: six fields, seconds first, in the page's time zone, such as "0 0 3 * * TUE"
    #[arg(long, value_name = "LINE", requires = "duration", conflicts_with_all = ["starts", "ends"])]
    pub cron: Option<String>,
}

/// The flags of `maintenance change`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args([
    "title_fr", "title_en", "description_fr", "description_en", "all", "groups", "components", "starts", "ends",
]))]
pub struct ChangeMaintenanceArgs {
    /// Which one.
    #[command(flatten)]
    pub maintenance: OneMaintenanceArgs,
    /// What is different; the rest stays as it is.
    #[command(flatten)]
    pub described: DescribedArgs,
    /// The version that you saw; another one now is refused [default: whatever it is]
    #[arg(long)]
    pub version_seen: Option<u64>,
}

/// What is said, in one or two languages.
#[derive(Debug, Clone, Args)]
pub struct NoticeArgs {
    /// The words in French, in Markdown; `-` reads them from standard input
    #[arg(long, value_name = "TEXT")]
    pub fr: Option<String>,
    /// The words in English
    #[arg(long, value_name = "TEXT")]
    pub en: Option<String>,
    /// The version that you saw; another one now is refused [default: whatever it is]
    #[arg(long)]
    pub version_seen: Option<u64>,
}

/// The flags of `maintenance cancel`.
#[derive(Debug, Clone, Args)]
pub struct CancelMaintenanceArgs {
    /// Which one.
    #[command(flatten)]
    pub maintenance: OneMaintenanceArgs,
    /// Why.
    #[command(flatten)]
    pub notice: NoticeArgs,
    /// All that its plan has to come, not the one alone
    #[arg(long)]
    pub series: bool,
}

/// The flags of `maintenance begin` and `maintenance end`.
#[derive(Debug, Clone, Args)]
pub struct TurnMaintenanceArgs {
    /// Which one.
    #[command(flatten)]
    pub maintenance: OneMaintenanceArgs,
    /// What is said.
    #[command(flatten)]
    pub notice: NoticeArgs,
}

/// The flags of `maintenance say`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("words").args(["fr", "en"]).required(true).multiple(true))]
pub struct SayMaintenanceArgs {
    /// Which one.
    #[command(flatten)]
    pub maintenance: OneMaintenanceArgs,
    /// What is said.
    #[command(flatten)]
    pub notice: NoticeArgs,
    /// While it goes on: in_progress, or verifying [default: as it is]
    #[arg(long, value_parser = stage)]
    pub stage: Option<MaintenanceStage>,
}

impl MaintenanceCommand {
    /// Which hub is meant.
    pub fn hub(&self) -> &HubArgs {
        match self {
            Self::List(ListArgs { hub, .. }) | Self::Show(OneMaintenanceArgs { hub, .. }) => hub,
            Self::Plan(arguments) => &arguments.hub,
            Self::Change(arguments) => &arguments.maintenance.hub,
            Self::Cancel(arguments) => &arguments.maintenance.hub,
            Self::Begin(arguments) | Self::End(arguments) => &arguments.maintenance.hub,
            Self::Say(arguments) => &arguments.maintenance.hub,
        }
    }
}

fn stage(word: &str) -> Result<MaintenanceStage, String> {
    let found = [MaintenanceStage::InProgress, MaintenanceStage::Verifying].into_iter().find(|one| one.word() == word);
    found.ok_or_else(|| "while it goes on it is in_progress or verifying; `begin` and `end` do the rest".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::Cli;

    #[test]
    fn what_cannot_be_planned_is_refused_before_the_hub_is_asked() {
        let check = |line: &str, refusal: Option<&str>| {
            let words = ["statuspage", "maintenance"].into_iter().chain(line.split(' '));
            let refused = Cli::try_parse_from(words).err().map(|error| error.to_string());
            match (refusal, &refused) {
                (None, None) => {}
                (Some(words), Some(refused)) if refused.contains(words) => {}
                (_, _) => panic!("{line}: {refused:?}"),
            }
        };
        check("plan --title-en Disks --all --duration 45m", None);
        check("plan --title-en Disks --component mail --component cloud --ends 2026-12-01T22:00:00Z", None);
        check("plan --title-fr x --group Bureau --cron @daily --duration 2h", None);
        check("plan --all --duration 45m", Some("--title-fr"));
        check("plan --title-en Disks --duration 45m", Some("--component"));
        check("plan --title-en Disks --all --component mail --duration 45m", Some("cannot be used with"));
        check("plan --title-en Disks --all", Some("--duration"));
        check("plan --title-en Disks --all --cron @daily", Some("--duration"));
        check(
            "plan --title-en Disks --all --cron @daily --duration 2h --starts 2026-12-01T22:00:00Z",
            Some("--starts"),
        );
        check("plan --title-en Disks --all --duration soon", Some("45m"));
        check("plan --title-en Disks --all --starts tomorrow --duration 2d", Some("2026-12-01 22:00"));
        check("plan --title-en Disks --all --starts 22:00 --duration 2d", None);
        check("change kctbh9vrtdwd", Some("--ends"));
        check("change kctbh9vrtdwd --ends 2026-12-01T22:00:00Z --version-seen 3", None);
        check("cancel kctbh9vrtdwd --series --fr Non", None);
        check("begin kctbh9vrtdwd", None);
        check("say kctbh9vrtdwd --stage verifying", Some("--fr"));
        check("say kctbh9vrtdwd --stage completed --en x", Some("`begin` and `end`"));
        check("end ../../etc", Some("invalid value"));
    }
}
