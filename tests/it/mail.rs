//! Mail to subscribers from the form to the last letter: the real hub, a real SMTP server, and letters read by other programs.

use std::path::Path;

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Response, StatusCode, Url, header::CONTENT_TYPE};
use tests::{
    backend::Backend,
    hub::{Hub, Setup},
    letter::Letter,
    smtpd::Smtpd,
    wait,
};
use tokio::process::Command;

/// Where letters' links lead to; the test asks the hub itself.
const PUBLIC: &str = "https://status.example.org";

/// A hub that watches one service, the post office that its letters go through, and who reads them.
struct Town {
    target: Backend,
    post: Smtpd,
    setup: Setup,
    /// The public key as DNS would have it.
    record: String,
    reader: String,
    client: reqwest::Client,
}

impl Town {
    async fn new() -> Result<Self> {
        let (target, post, setup) = (Backend::start().await?, Smtpd::start().await?, Setup::new()?);
        setup.define_http("cloud", &target.url())?;
        let record = signing_key(&setup.directory().join("dkim.pem")).await?;
        setup.settings(&format!(
            "public_url = \"{PUBLIC}\"\n[incidents]\nquiet = \"1s\"\n\
             [mail]\nrelays = [\"{}\"]\nfrom = \"Service status <status@status.example.org>\"\n\
             unsubscribe_mailbox = \"unsub@status.example.org\"\nkey_file = \"keys/subscribers.key\"\n\
             dkim = {{ domain = \"status.example.org\", selector = \"belfry\", key_file = \"dkim.pem\" }}\n",
            post.url()
        ))?;
        std::fs::create_dir(setup.directory().join("keys"))?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { reader: post.reader(), target, post, setup, record, client })
    }

    /// Waits for the letter of that number, and reads it.
    async fn letter(&self, number: usize) -> Result<Letter> {
        let what = format!("letter {number} comes");
        let file = wait::until(&what, async || {
            let letters = self.post.letters_to(&self.reader).ok()?;
            letters.get(number.checked_sub(1)?).cloned()
        });
        Letter::read(&file.await, &self.record).await
    }

    async fn send(&self, hub: &Hub, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        let url = format!("{}{path}", hub.url());
        // The query of a URL is written as a form is.
        let form = Url::parse_with_params(hub.url(), form)?.query().unwrap_or_default().to_owned();
        let kind = "application/x-www-form-urlencoded";
        Ok(self.client.post(url).header(CONTENT_TYPE, kind).body(form).send().await?)
    }

    /// Fills in the form, and gives it back once that may have taken a human so long.
    async fn ask(&self, hub: &Hub) -> Result<()> {
        let page = hub.text("/subscribe?lang=en").await?;
        let (_, after) = page.split_once("name=\"stamp\" value=\"").with_context(|| format!("no stamp in {page}"))?;
        let stamp = after.split('"').next().unwrap_or_default();
        let form = [("email", self.reader.as_str()), ("component", "cloud"), ("language", "en"), ("stamp", stamp)];
        let answer = wait::until("the form is not too hasty", async || {
            let answer = self.send(hub, "/subscribe?lang=en", &form).await.ok()?;
            (answer.status() != StatusCode::UNPROCESSABLE_ENTITY).then_some(answer)
        })
        .await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{}", hub.program.output().join("\n"));
        Ok(())
    }

    /// Who is subscribed, as the operators see it.
    async fn list(&self) -> Result<String> {
        self.setup.run(&["subscribers", "list"]).await?.expect(0)
    }

    /// Asks, opens the link twice, and says yes.
    async fn subscribe(&self, hub: &Hub) -> Result<()> {
        self.ask(hub).await?;
        let letter = self.letter(1).await?;
        let link = path_of(letter.line_with("/s/")?)?.to_owned();
        for _ in 0..2 {
            assert_eq!(hub.get(&link).send().await?.status(), StatusCode::OK);
            assert!(self.list().await?.contains("asked"), "a link that is opened changes nothing");
        }
        let confirmed = self.send(hub, &link, &[("do", "confirm")]).await?;
        assert_eq!(confirmed.status(), StatusCode::OK, "{}", confirmed.text().await?);
        assert!(self.list().await?.contains("confirmed"));
        Ok(())
    }

    /// The log tells nobody who subscribes, nor what opens their page.
    fn assert_discreet(&self, hub: &Hub) {
        let log = hub.program.output().join("\n");
        assert!(!log.contains(&self.reader) && !log.contains("/s/") && !log.contains("/u/"), "{log}");
    }
}

/// Makes a key to sign with; what DNS would say of it.
async fn signing_key(file: &Path) -> Result<String> {
    let openssl = |arguments: &'static [&'static str]| {
        let output = Command::new("openssl").args(arguments).arg(file).kill_on_drop(true).output();
        async move {
            let output = output.await?;
            anyhow::ensure!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
            Ok(output.stdout)
        }
    };
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out"]).await?;
    let public = openssl(&["pkey", "-pubout", "-outform", "DER", "-in"]).await?;
    Ok(format!("v=DKIM1; k=rsa; p={}", BASE64_STANDARD.encode(public)))
}

/// What the hub is asked for by a link of a letter.
fn path_of(link: &str) -> Result<&str> {
    link.strip_prefix(PUBLIC).with_context(|| format!("{link} leads elsewhere"))
}

/// The link that leaves at one click, as mail programs find it (RFC 8058).
fn way_out(letter: &Letter) -> Result<&str> {
    assert_eq!(letter.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    let ways = letter.header("list-unsubscribe");
    let mut links = ways.split(',').map(|way| way.trim().trim_start_matches('<').trim_end_matches('>'));
    path_of(links.find(|link| link.starts_with("https:")).with_context(|| format!("no link in {ways}"))?)
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
async fn a_subscriber_is_told_once_of_an_outage_and_of_its_end_and_leaves_at_one_click() -> Result<()> {
    let town = Town::new().await?;
    let hub = town.setup.start().await?;
    hub.until_status("cloud", "operational").await;
    town.subscribe(&hub).await?;

    town.target.answer("502 Bad Gateway", "");
    let opened = town.letter(2).await?;
    assert!(opened.plain.contains("502") && opened.html.contains("502"), "{}", opened.plain);
    assert_eq!(opened.header("to"), town.reader);
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
    let resolved = town.letter(3).await?;
    assert_eq!(resolved.header("in-reply-to"), opened.header("message-id"));
    assert_eq!(resolved.header("references"), opened.header("message-id"));
    assert_eq!(resolved.header("subject"), opened.header("subject"), "the subject of a thread stays");
    assert_ne!(resolved.header("message-id"), opened.header("message-id"));

    let left = town.send(&hub, way_out(&opened)?, &[("List-Unsubscribe", "One-Click")]).await?;
    assert_eq!(left.status(), StatusCode::OK, "{}", left.text().await?);
    let again = town.send(&hub, way_out(&resolved)?, &[("List-Unsubscribe", "One-Click")]).await?;
    assert_eq!(again.status(), StatusCode::OK, "who has left is told the same");
    assert_eq!(town.list().await?, "nobody subscribes yet\n");
    let left_over = holding(&town.setup.data(), &town.reader)?;
    assert!(left_over.is_empty(), "{left_over:?}");
    assert_eq!(town.post.letters_to(&town.reader)?.len(), 3, "each was told once");
    wait::until("three letters are counted", async || {
        hub.text("/metrics").await.ok().filter(|metrics| metrics.contains("belfry_mail_accepted_total 3\n"))
    })
    .await;
    town.assert_discreet(&hub);
    Ok(())
}

#[tokio::test]
async fn a_hub_that_is_killed_before_its_notice_left_sends_it_once_when_it_is_back() -> Result<()> {
    let town = Town::new().await?;
    let mut hub = town.setup.start().await?;
    hub.until_status("cloud", "operational").await;
    town.subscribe(&hub).await?;

    town.target.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    hub.program.kill().await?;
    assert_eq!(town.post.letters_to(&town.reader)?.len(), 1, "the notice waits for what fails together with it");

    let hub = town.setup.start().await?;
    assert!(town.list().await?.contains("confirmed"), "what was confirmed is kept");
    let opened = town.letter(2).await?;
    town.target.answer("200 OK", "ok");
    let resolved = town.letter(3).await?;
    assert_eq!(resolved.header("in-reply-to"), opened.header("message-id"), "the third letter is the end already");
    assert_eq!(town.post.letters_to(&town.reader)?.len(), 3);
    town.assert_discreet(&hub);
    Ok(())
}
