//! Feeds, the calendar and badges of a real hub, read by programs of other people.

use std::process::Stdio;

use anyhow::{Context as _, Result};
use tests::backend::Backend;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::page::hub_with_cloud;

/// Reads a feed as Python's feedparser does and says what it found wrong, how many entries there are, and the title.
const FEEDPARSER: &str = "import sys, feedparser; feed = feedparser.parse(sys.stdin.buffer.read()); \
     print(feed.bozo, feed.version, len(feed.entries), feed.feed.title)";
/// Reads a calendar likewise.
const ICALENDAR: &str = "import sys, icalendar; \
     calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read()); print(calendar['VERSION'], calendar['METHOD'])";

/// What a program says that is given `text`; an error when it is not content.
async fn say(program: &str, arguments: &[&str], text: &str) -> Result<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().with_context(|| format!("{program} is installed by tests/run.sh"))?;
    let mut input = child.stdin.take().context("a pipe")?;
    input.write_all(text.as_bytes()).await?;
    drop(input);
    let output = child.wait_with_output().await?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{program}: {complaint}\n{text}");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Debian's own Python, which has Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

#[tokio::test]
async fn other_people_s_programs_read_every_feed_and_the_calendar() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let feeds = ["/history", "/feed", "/updates", "/services/cloud/feed"];
    for (feed, version) in feeds.into_iter().flat_map(|feed| [(feed, "atom"), (feed, "rss")]) {
        let text = hub.text(&format!("{feed}.{version}?lang=en")).await?;
        say("xmllint", &["--noout", "-"], &text).await?;
        let read = say(PYTHON, &["-c", FEEDPARSER], &text).await?;
        let expected = if version == "atom" { "False atom10 " } else { "False rss20 " };
        assert!(read.starts_with(expected), "{feed}.{version}: {read}");
    }
    for calendar in ["/calendar.ics", "/services/cloud/calendar.ics"] {
        let text = hub.text(calendar).await?;
        assert_eq!(say(PYTHON, &["-c", ICALENDAR], &text).await?, "2.0 PUBLISH", "{calendar}");
    }
    let picture = hub.text("/badges/cloud.svg?lang=en").await?;
    say("xmllint", &["--noout", "-"], &picture).await?;
    assert!(picture.contains("Cloud: Operational"), "{picture}");
    Ok(())
}
