//! Where mail is at home: a hub that watches one service, the clock that it goes by, and the key that its letters are signed with.
//!
//! It does not know which post office takes the letters.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Response, StatusCode, Url, header::CONTENT_TYPE};
use serde_json::Value;
use shared::Timestamp;
use tokio::process::Command;

use crate::{
    backend::Backend,
    clock::Clock,
    hub::{Hub, Setup},
    wait,
};

/// Where letters' links lead to; the test asks the hub itself.
pub const PUBLIC: &str = "https://status.example.org";
/// Who takes the wish to leave.
pub const UNSUBSCRIBE: &str = "unsub@status.example.org";
/// The domain whose mailboxes take what comes back.
pub const BOUNCE: &str = "bounce.example.org";

/// A hub's surroundings.
#[derive(Debug)]
pub struct Town {
    /// What it watches, as the component `cloud`.
    pub target: Backend,
    /// What it is started with.
    pub setup: Setup,
    /// What it goes by.
    pub clock: Clock,
    /// The public key of its letters as DNS would have it.
    pub record: String,
    client: reqwest::Client,
}

impl Town {
    /// A town whose letters go to these relays, with further lines of `[mail]`.
    pub async fn new(relays: &[String], more: &str) -> Result<Self> {
        let (target, mut setup, clock) = (Backend::start().await?, Setup::new()?, Clock::new()?);
        for (name, value) in clock.environment() {
            setup = setup.environment(name, &value.display().to_string());
        }
        // Whatever the log can say, it says to these tests.
        setup = setup.environment("BELFRY_LOG", "trace");
        setup.define_http("cloud", &target.url())?;
        let record = signing_key(&setup.directory().join("dkim.pem")).await?;
        let relays = relays.iter().map(|relay| format!("{relay:?}")).collect::<Vec<_>>().join(", ");
        setup.settings(&format!(
            "public_url = \"{PUBLIC}\"\ntime_zone = \"Europe/Paris\"\n[incidents]\nquiet = \"1s\"\n\
             [mail]\nrelays = [{relays}]\nfrom = \"État des services <status@status.example.org>\"\n\
             reply_to = \"support@example.org\"\nbounce = \"{BOUNCE}\"\nunsubscribe_mailbox = \"{UNSUBSCRIBE}\"\n\
             key_file = \"keys/subscribers.key\"\n\
             dkim = {{ domain = \"status.example.org\", selector = \"belfry\", key_file = \"dkim.pem\" }}\n{more}\n"
        ))?;
        std::fs::create_dir(setup.directory().join("keys"))?;
        Ok(Self { target, setup, clock, record, client: reqwest::Client::builder().no_proxy().build()? })
    }

    /// Lets a program give orders to a hub that is not started yet; gives the file of its token.
    pub async fn token(&self, name: &str) -> Result<PathBuf> {
        let block = self.setup.run(&["token", "add", name, "--token-file", name]).await?.expect(0)?;
        let settings = self.setup.directory().join("statuspage.toml");
        std::fs::write(&settings, format!("{}\n{block}", std::fs::read_to_string(&settings)?))?;
        Ok(self.setup.directory().join(name))
    }

    /// Starts the hub and waits until it has seen its service.
    pub async fn start(&self) -> Result<Hub> {
        let hub = self.setup.start().await?;
        hub.until_status("cloud", "operational").await;
        Ok(hub)
    }

    /// Brings subscribers, each a line `address,components,language,mailbox`.
    pub async fn import(&self, people: &[String]) -> Result<()> {
        let file = self.setup.directory().join("people.csv");
        std::fs::write(&file, format!("address,components,language,mailbox\n{}\n", people.join("\n")))?;
        let said = self.setup.run(&["subscribers", "import", "people.csv"]).await?.expect(0)?;
        anyhow::ensure!(said.starts_with(&format!("{} added", people.len())), "{said}");
        Ok(())
    }

    /// Who is subscribed, as the operators see it.
    pub async fn list(&self) -> Result<String> {
        self.setup.run(&["subscribers", "list"]).await?.expect(0)
    }

    /// Waits until the operators' list says that of somebody.
    pub async fn until_listed(&self, address: &str, stage: &str) {
        wait::until(&format!("a subscriber is {stage}"), async || {
            let list = self.list().await.ok()?;
            list.lines().find(|line| line.starts_with(address))?.contains(stage).then_some(())
        })
        .await;
    }

    /// Sends a form as browsers do.
    pub async fn send(&self, hub: &Hub, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        let url = format!("{}{path}", hub.url());
        // The query of a URL is written as a form is.
        let form = Url::parse_with_params(hub.url(), form)?.query().unwrap_or_default().to_owned();
        let kind = "application/x-www-form-urlencoded";
        Ok(self.client.post(url).header(CONTENT_TYPE, kind).body(form).send().await?)
    }

    /// Fills in the form, and gives it back once that may have taken a human so long.
    pub async fn ask(&self, hub: &Hub, address: &str) -> Result<()> {
        let page = hub.text("/subscribe?lang=en").await?;
        let (_, after) = page.split_once("name=\"stamp\" value=\"").with_context(|| format!("no stamp in {page}"))?;
        let stamp = after.split('"').next().unwrap_or_default();
        let form = [("email", address), ("component", "cloud"), ("language", "en"), ("stamp", stamp)];
        let answer = wait::until("the form is not too hasty", async || {
            let answer = self.send(hub, "/subscribe?lang=en", &form).await.ok()?;
            (answer.status() != StatusCode::UNPROCESSABLE_ENTITY).then_some(answer)
        });
        let status = answer.await.status();
        anyhow::ensure!(status == StatusCode::ACCEPTED, "{status}");
        Ok(())
    }

    /// Plans a maintenance of the service, as the hub's clock goes; gives its id.
    pub async fn plan(&self, starts_in: Duration, title: &str) -> Result<String> {
        let starts = self.clock.now().duration_since(std::time::UNIX_EPOCH)? + starts_in;
        let starts = Timestamp::from_millis(i64::try_from(starts.as_millis())?).to_string();
        let mut plan = vec!["maintenance", "plan", "--component", "cloud", "--duration", "3h", "--title-en", title];
        if !starts_in.is_zero() {
            plan.extend(["--starts", &starts]);
        }
        plan.push("--json");
        let planned: Value = serde_json::from_str(&self.setup.run(&plan).await?.expect(0)?)?;
        Ok(planned["id"].as_str().context("an id")?.to_owned())
    }

    /// The log, however much it tells, tells none of these.
    ///
    /// # Panics
    /// When it does: the test has failed.
    pub fn assert_discreet<'a>(&self, hub: &Hub, secrets: impl IntoIterator<Item = &'a str>) {
        let secrets: Vec<&str> = secrets.into_iter().filter(|secret| !secret.is_empty()).collect();
        for line in hub.program.output() {
            let told = secrets.iter().find(|secret| line.contains(**secret));
            assert!(told.is_none(), "the log tells {told:?}: {line}");
        }
    }
}

/// Makes a key to sign with; what DNS would say of it.
pub async fn signing_key(file: &Path) -> Result<String> {
    let path = file.display().to_string();
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", &path]).await?;
    let public = openssl(&["pkey", "-pubout", "-outform", "DER", "-in", &path]).await?;
    Ok(format!("v=DKIM1; k=rsa; p={}", BASE64_STANDARD.encode(public)))
}

/// Makes a certificate for an address and a name, with an authority of its own: `ca.pem`, `cert.pem` and `key.pem` in a directory.
pub async fn certificate(directory: &Path, address: &str, name: &str) -> Result<()> {
    let at = |file: &str| directory.join(file).display().to_string();
    let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
    let authority = ["-subj", "/CN=Town authority", "-keyout", &at("ca.key"), "-out", &at("ca.pem")];
    openssl(&[&new[..], &authority].concat()).await?;
    let names = format!("subjectAltName=IP:{address},DNS:{name}");
    let (subject, of) = (format!("/CN={name}"), ["-CA", &at("ca.pem"), "-CAkey", &at("ca.key")]);
    let leaf = ["-subj", &subject, "-addext", &names, "-addext", "basicConstraints=critical,CA:FALSE"];
    let files = ["-keyout", &at("key.pem"), "-out", &at("cert.pem")];
    openssl(&[&new[..], &of, &leaf, &files].concat()).await?;
    Ok(())
}

async fn openssl(arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("openssl").args(arguments).kill_on_drop(true).output().await?;
    anyhow::ensure!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

/// What the hub is asked for by a link of a letter.
pub fn path_of(link: &str) -> Result<&str> {
    link.strip_prefix(PUBLIC).with_context(|| format!("{link} leads elsewhere"))
}
