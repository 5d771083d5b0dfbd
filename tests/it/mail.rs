//! Mail to subscribers from the form to the last letter: the real hub, a real SMTP server, and letters read by other programs.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use reqwest::StatusCode;
use tests::{
    hub::Hub,
    letter::Letter,
    smtpd::Smtpd,
    town::{Town, path_of},
    wait,
};

/// One reader, who writes his address into the form.
struct Reader {
    town: Town,
    post: Smtpd,
    address: String,
}

impl Reader {
    async fn new() -> Result<Self> {
        let post = Smtpd::start().await?;
        Ok(Self { town: Town::new(&[post.url()], "").await?, address: post.address("reader"), post })
    }

    /// Waits for the letter of that number, and reads it.
    async fn letter(&self, number: usize) -> Result<Letter> {
        Letter::read(&self.post.letter_to(&self.address, number).await, &self.town.record).await
    }

    /// Asks, opens the link twice, and says yes. Gives the letter with the link.
    async fn subscribe(&self, hub: &Hub) -> Result<Letter> {
        self.town.ask(hub, &self.address).await?;
        let letter = self.letter(1).await?;
        let link = path_of(letter.line_with("/s/")?)?.to_owned();
        for _ in 0..2 {
            assert_eq!(hub.get(&link).send().await?.status(), StatusCode::OK);
            assert!(self.town.list().await?.contains("asked"), "a link that is opened changes nothing");
        }
        let confirmed = self.town.send(hub, &link, &[("do", "confirm")]).await?;
        assert_eq!(confirmed.status(), StatusCode::OK, "{}", confirmed.text().await?);
        assert!(self.town.list().await?.contains("confirmed"));
        Ok(letter)
    }

    /// The log tells nobody who subscribes, nor what opens their page.
    fn assert_discreet(&self, hub: &Hub, letters: &[&Letter]) {
        let secrets = letters.iter().flat_map(|letter| letter.secrets()).collect::<Vec<_>>();
        self.town.assert_discreet(hub, secrets.iter().map(String::as_str).chain([self.address.as_str()]));
    }
}

/// The link that leaves at one click, as mail programs find it (RFC 8058).
fn way_out(letter: &Letter) -> Result<&str> {
    assert_eq!(letter.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    let ways = letter.ways_out();
    path_of(ways.iter().find(|link| link.starts_with("https:")).with_context(|| format!("no link in {ways:?}"))?)
}

/// The files below a directory that hold a text.
fn holding(directory: &Path, text: &str) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(holding(&entry.path(), text)?);
        } else if entry.file_type()?.is_file() {
            let content = std::fs::read(entry.path())?;
            if content.windows(text.len()).any(|part| part == text.as_bytes()) {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

#[tokio::test]
async fn by_mail_a_subscriber_is_told_once_of_an_outage_and_of_its_end_and_leaves_at_one_click() -> Result<()> {
    let reader = Reader::new().await?;
    let (town, post) = (&reader.town, &reader.post);
    let hub = town.start().await?;
    let question = reader.subscribe(&hub).await?;

    town.target.answer("502 Bad Gateway", "");
    let opened = reader.letter(2).await?;
    assert!(opened.plain.contains("502") && opened.html.contains("502"), "{}", opened.plain);
    assert_eq!(opened.header("to"), reader.address);
    let signed = opened.header("dkim-signature").to_ascii_lowercase();
    assert!(signed.contains(":list-unsubscribe:list-unsubscribe-post:"), "{signed}");
    assert_eq!(hub.get(way_out(&opened)?).send().await?.status(), StatusCode::OK);
    assert!(town.list().await?.contains("confirmed"), "a filter that opens the link takes nobody off the list");
    let archive = opened.header("list-archive").trim_start_matches('<').trim_end_matches('>');
    let incident = format!("{}?lang=en", path_of(archive)?);
    wait::until("the page says whom the notice reached", async || {
        hub.text(&incident).await.ok().filter(|page| page.contains("Notices sent: 1 of 1"))
    })
    .await;

    town.target.answer("200 OK", "ok");
    let resolved = reader.letter(3).await?;
    assert_eq!(resolved.header("in-reply-to"), opened.header("message-id"));
    assert_eq!(resolved.header("references"), opened.header("message-id"));
    assert_eq!(resolved.header("subject"), opened.header("subject"), "the subject of a thread stays");
    assert_ne!(resolved.header("message-id"), opened.header("message-id"));

    let left = town.send(&hub, way_out(&opened)?, &[("List-Unsubscribe", "One-Click")]).await?;
    assert_eq!(left.status(), StatusCode::OK, "{}", left.text().await?);
    let again = town.send(&hub, way_out(&resolved)?, &[("List-Unsubscribe", "One-Click")]).await?;
    assert_eq!(again.status(), StatusCode::OK, "who has left is told the same");
    assert_eq!(town.list().await?, "nobody subscribes yet\n");
    let left_over = holding(&town.setup.data(), &reader.address)?;
    assert!(left_over.is_empty(), "{left_over:?}");
    assert_eq!(post.letters_to(&reader.address)?.len(), 3, "each was told once");
    wait::until("three letters are counted", async || {
        hub.text("/metrics").await.ok().filter(|metrics| metrics.contains("belfry_mail_accepted_total 3\n"))
    })
    .await;
    reader.assert_discreet(&hub, &[&question, &opened, &resolved]);
    Ok(())
}

#[tokio::test]
async fn by_mail_a_notice_comes_once_from_a_hub_that_was_killed_before_it_left() -> Result<()> {
    let reader = Reader::new().await?;
    let (town, post) = (&reader.town, &reader.post);
    let mut hub = town.start().await?;
    let question = reader.subscribe(&hub).await?;

    town.target.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    hub.program.kill().await?;
    assert_eq!(post.letters_to(&reader.address)?.len(), 1, "the notice waits for what fails together with it");

    town.clock.advance(Duration::from_secs(31))?;
    let hub = town.setup.start().await?;
    assert!(town.list().await?.contains("confirmed"), "what was confirmed is kept");
    let opened = reader.letter(2).await?;
    town.target.answer("200 OK", "ok");
    let resolved = reader.letter(3).await?;
    assert_eq!(resolved.header("in-reply-to"), opened.header("message-id"), "the third letter is the end already");
    assert_eq!(post.letters_to(&reader.address)?.len(), 3);
    reader.assert_discreet(&hub, &[&question, &opened, &resolved]);
    Ok(())
}
