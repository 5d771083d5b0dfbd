//! `statuspage channel`: what proves each channel, and tests by hand.
//!
//! It does not know how the hub speaks to a channel.

use anyhow::Result;
use jiff::tz::TimeZone;

use super::{
    Ended,
    clock::{Clock, hour},
    incident::client,
    out,
};
use crate::{
    api::channels::{ChannelAnswer, ChannelsAnswer, TestAnswer},
    cli::{ChannelCommand, ReportFormat},
    settings::Settings,
    words::inert,
};

/// Runs one of them.
///
/// # Errors
///
/// When the hub cannot be reached or refuses: its own words.
pub async fn channel(command: ChannelCommand, settings: &Settings) -> Result<Ended> {
    let format = command.hub().format();
    let hub = client(command.hub(), settings)?;
    match command {
        ChannelCommand::List(_) => {
            let answer: ChannelsAnswer = hub.get("/api/v1/channels").await?;
            match format {
                ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
                ReportFormat::Words if answer.channels.is_empty() => {
                    out::line(
                        "there are no channels, so nobody is told anything: add a [[channel]] to the settings file",
                    )?;
                }
                ReportFormat::Words => {
                    let clock = Clock::of(&hub).await?;
                    answer.channels.iter().try_for_each(|channel| out::line(listed(channel, &clock.zone())))?;
                }
            }
            Ok(Ended::Well)
        }
        ChannelCommand::Test(arguments) => {
            let answer: TestAnswer = hub.post(&format!("/api/v1/channels/{}/test", arguments.name), &()).await?;
            match format {
                ReportFormat::Json => out::line(serde_json::to_string_pretty(&answer)?)?,
                ReportFormat::Words => out::line(tested(&answer))?,
            }
            Ok(if answer.taken { Ended::Well } else { Ended::Poorly })
        }
    }
}

/// What a test came to, in one line.
fn tested(answer: &TestAnswer) -> String {
    match (answer.taken, &answer.receipt, &answer.error) {
        (true, Some(receipt), _) => format!("taken: {}", inert(receipt)),
        (true, None, _) => "taken; the channel gives no receipt".to_owned(),
        (false, _, error) => format!("not taken: {}", inert(error.as_deref().unwrap_or("no reason was given"))),
    }
}

/// A channel in one line.
fn listed(channel: &ChannelAnswer, zone: &TimeZone) -> String {
    let proven = channel.proven_at.map_or_else(|| "never proven".to_owned(), |at| format!("proven {}", hour(at, zone)));
    let failing = channel
        .failing_since
        .map(|since| (hour(since, zone), inert(channel.error.as_deref().unwrap_or_default())))
        .map(|(since, error)| format!("  failing since {since}: {error}"));
    let unanswered = channel.unanswered_since.map(|since| format!("  drills unanswered since {}", hour(since, zone)));
    let rest = [failing, unanswered].into_iter().flatten().collect::<String>();
    format!("{:20}  {:12}  {proven}{rest}", channel.name, channel.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_and_its_test_are_one_line_each() {
        let at = "2026-11-22T13:02:00Z".parse().expect("a time");
        let channel = ChannelAnswer {
            name: "sms".into(),
            kind: "free_mobile".into(),
            proven_at: Some(at),
            receipt: None,
            failing_since: Some(at),
            error: Some("no\nanswer".into()),
            drilled_at: None,
            unanswered_since: Some(at),
        };
        assert_eq!(
            listed(&channel, &TimeZone::UTC),
            "sms                   free_mobile   proven 2026-11-22 13:02:00 UTC  failing since 2026-11-22 13:02:00 UTC: no answer  drills unanswered since 2026-11-22 13:02:00 UTC"
        );
        let test = |taken, receipt: Option<&str>, error: Option<&str>| {
            tested(&TestAnswer { taken, receipt: receipt.map(Into::into), error: error.map(Into::into) })
        };
        assert_eq!(test(true, Some("x"), None), "taken: x");
        assert_eq!(test(true, None, None), "taken; the channel gives no receipt");
        assert_eq!(test(false, None, Some("402")), "not taken: 402");
    }
}
