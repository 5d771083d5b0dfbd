//! The two days of October: twelve services behind one ingress answer 502, come back one after another, and fail again the next
//! morning. Who learnt it by telephone then is told by the monitor now, and the post-mortem has its numbers.
//!
//! Probes have the default interval of 30 s, three places vote, and the operators' first channel is a chat on the cluster that fails.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use jiff::tz::TimeZone;
use serde_json::Value;
use shared::{Language, Timestamp};
use statuspage::words::Words;
use tests::{
    backend::Backend,
    clock::Clock,
    hook::taking,
    hub::Hub,
    letter::Letter,
    measured::{Row, rows},
    nginx::Nginx,
    place::Place,
    program::Program,
    relay::Relay,
    town::Town,
    wait,
};

/// What the collective hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Product {
    Nextcloud,
    Discourse,
    RocketChat,
    Minio,
}

impl Product {
    /// The group on the page.
    fn group(self) -> &'static str {
        match self {
            Self::Nextcloud => "Nextcloud",
            Self::Discourse => "Discourse",
            Self::RocketChat => "Rocket.Chat",
            Self::Minio => "MinIO",
        }
    }

    /// Where it says how it does, what it answers when it is well, and what is expected of that.
    fn health(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Nextcloud => (
                "/status.php",
                r#"{"installed":true,"maintenance":false,"needsDbUpgrade":false,"productname":"Nextcloud"}"#,
                "json = { \"/installed\" = true, \"/maintenance\" = false, \"/needsDbUpgrade\" = false }",
            ),
            Self::Discourse => ("/srv/status", "ok", "body = { contains = \"ok\" }"),
            // The same words are its answer to a message.
            Self::RocketChat => ("/api/info", r#"{"success":true,"version":"7.0"}"#, "json = { \"/success\" = true }"),
            Self::Minio => ("/minio/health/cluster", "", "status = [200]"),
        }
    }
}

/// The services by their ids and names.
const SERVICES: [(&str, &str, Product); 12] = [
    ("nuage-amap", "Nuage de l'AMAP", Product::Nextcloud),
    ("nuage-ecole", "Nuage de l'école", Product::Nextcloud),
    ("nuage-lilas", "Nuage des Lilas", Product::Nextcloud),
    ("nuage-radio", "Nuage de la radio", Product::Nextcloud),
    ("nuage-theatre", "Nuage du théâtre", Product::Nextcloud),
    ("forum-entraide", "Forum d'entraide", Product::Discourse),
    ("forum-habitat", "Forum de l'habitat", Product::Discourse),
    ("forum-jardins", "Forum des jardins", Product::Discourse),
    ("chat-equipe", "Discussions de l'équipe", Product::RocketChat),
    ("chat-membres", "Discussions des membres", Product::RocketChat),
    ("objets", "Stockage d'objets", Product::Minio),
    ("sauvegardes", "Sauvegardes", Product::Minio),
];

/// The one that operators talk in.
const TEAM: usize = 8;
/// In which order they came back.
const RETURN: [Product; 4] = [Product::Minio, Product::Discourse, Product::RocketChat, Product::Nextcloud];
/// Who reads about everything, and who about one service only.
const READERS: [&str; 2] = ["contributrice@example.net", "association@example.net"];

/// The collective: its services, its operator's telephone, its post.
struct Collective {
    town: Town,
    ingress: Nginx,
    addresses: Vec<std::net::SocketAddr>,
    servers: Vec<Option<Backend>>,
    phone: Backend,
    relay: Relay,
}

impl Collective {
    async fn new() -> Result<Self> {
        let (mut addresses, mut servers) = (Vec::new(), Vec::new());
        for (_, _, product) in SERVICES {
            let server = Backend::start().await?;
            server.answer("200 OK", product.health().1);
            addresses.push(server.address());
            servers.push(Some(server));
        }
        let ingress = Nginx::ingress(&addresses).await?;
        let (phone, relay) = (Backend::start().await?, Relay::start().await?);
        let doors = ingress.urls();
        let settings = format!(
            "[drill]\ncron = \"0 0 0 1 1 *\"\n\
             [[channel]]\nname = \"equipe\"\nkind = \"chat\"\nurl = \"{}/hooks/alarmes\"\n\
             [[channel]]\nname = \"sms-amel\"\nkind = \"free_mobile\"\nuser = \"u\"\npass = \"p\"\nurl = \"{}\"\n\
             [[policy]]\nname = \"astreinte\"\nsteps = [[\"equipe\"], [\"sms-amel\"]]\nafter = \"10m\"\n",
            doors[TEAM],
            phone.url()
        );
        let town = Town::new(&[relay.url()], &settings).await?;
        // What stands before all tables.
        let file = town.setup.directory().join("statuspage.toml");
        std::fs::write(&file, format!("languages = [\"fr\", \"en\"]\n{}", std::fs::read_to_string(&file)?))?;
        for ((id, name, product), door) in SERVICES.into_iter().zip(&doors) {
            let (path, _, expect) = product.health();
            let probe = format!("[[probe]]\n[probe.http]\nurl = \"{door}{path}\"\n[probe.http.expect]\n{expect}\n");
            town.setup.define(id, &format!("name = \"{name}\"\ngroup = \"{}\"\n{probe}", product.group()))?;
        }
        Ok(Self { town, ingress, addresses, servers, phone, relay })
    }

    /// Two places elsewhere, by the same clock.
    async fn places(&self, hub: &Hub) -> Result<Vec<(Place, Program)>> {
        let mut places = Vec::new();
        for name in ["lyon", "montreal"] {
            let mut place = Place::add(&self.town.setup, name, hub.url()).await?;
            for (name, value) in self.town.clock.environment() {
                place = place.environment(name, &value.display().to_string());
            }
            let prober = place.start()?;
            places.push((place, prober));
        }
        Ok(places)
    }

    /// Waits until each service is known to work by every place.
    async fn until_well(&self, hub: &Hub) {
        let limit = Duration::from_secs(150);
        wait::until_within("every place finds every service well", limit, async || {
            let metrics = hub.text("/metrics").await.ok()?;
            let well = metrics.lines().filter(|line| line.starts_with("probe_success{") && line.ends_with(" 1"));
            (well.count() == 3 * (SERVICES.len() + 1)).then_some(())
        })
        .await;
        for (_, name, _) in SERVICES {
            hub.until_status(name, "operational").await;
        }
    }

    /// The disk of the control plane is full: nothing stands behind the ingress any more.
    fn fail(&mut self) -> Instant {
        self.servers.fill_with(|| None);
        Instant::now()
    }

    /// The services of a product work again.
    async fn repair(&mut self, repaired: Product) -> Result<()> {
        for (index, (_, _, product)) in SERVICES.into_iter().enumerate() {
            if product == repaired {
                let server = Backend::start_at(self.addresses[index]).await?;
                server.answer("200 OK", product.health().1);
                self.servers[index] = Some(server);
            }
        }
        Ok(())
    }

    /// What the operator's telephone was told, the oldest first.
    fn texts(&self) -> Vec<String> {
        let body = |request: String| {
            let document: Value = serde_json::from_str(request.split_once("\r\n\r\n")?.1).ok()?;
            Some(document["msg"].as_str()?.to_owned())
        };
        self.phone.requests().into_iter().filter_map(body).collect()
    }

    /// Whether each reader has so many letters.
    fn letters(&self, count: usize) -> Option<()> {
        READERS.iter().all(|reader| self.relay.taken_for(reader).len() >= count).then_some(())
    }

    /// The letter of that number to each reader names the error, as it stands in the bytes that the relay took.
    fn name_the_error(&self, number: usize) -> bool {
        let taken = READERS.map(|reader| self.relay.taken_for(reader));
        taken
            .iter()
            .all(|taken| taken.get(number - 1).is_some_and(|one| String::from_utf8_lossy(&one.bytes).contains("502")))
    }

    /// Everything fails: the alarm, and subscribers told within the time that is promised. Gives the alarm.
    async fn outage(&mut self, hub: &Hub, [alarm, page, letters]: [Row; 3], letter: usize) -> Result<String> {
        let before = self.texts().len();
        let began = self.fail();
        let rings = |text: &&String| text.contains("EN PANNE") && text.contains("/a/");
        let alarm = alarm.until(began, async || self.texts().get(before..)?.iter().find(rings).cloned());
        let page = page.until(began, async || hub.text("/?lang=fr").await.ok().filter(|page| page.contains("502")));
        let told = letters.until(began, async || self.letters(letter));
        let (text, _, ()) = tokio::try_join!(alarm, page, told)?;
        ensure!(text.contains("502"), "the alarm names the error: {text}");
        ensure!(self.name_the_error(letter), "letter {letter} names the error");
        Ok(text)
    }

    async fn incident(&self, which: &[&str]) -> Result<Value> {
        let said = self.town.setup.run(&[&["incident"], which, &["--json"]].concat()).await?.expect(0)?;
        serde_json::from_str(&said).with_context(|| format!("no JSON: {said}"))
    }

    /// The incidents, the newest first.
    async fn incidents(&self) -> Result<Vec<Value>> {
        Ok(self.incident(&["list", "--all"]).await?["incidents"].as_array().context("a list")?.clone())
    }
}

fn instant(document: &Value, field: &str) -> Result<Timestamp> {
    document[field].as_str().with_context(|| format!("no {field} in {document}"))?.parse().map_err(Into::into)
}

fn wall(clock: &Clock) -> Result<Timestamp> {
    let now = clock.now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(Timestamp::from_millis(i64::try_from(now.as_millis())?))
}

/// The operator opens the link on the telephone, and presses the button.
async fn take(collective: &Collective, hub: &Hub, text: &str) -> Result<()> {
    let path = taking(text)?;
    let page = hub.text(&path).await?;
    ensure!(page.contains("<button"), "{page}");
    let began = Instant::now();
    let answer = reqwest::Client::builder().no_proxy().build()?.post(format!("{}{path}", hub.url())).send().await?;
    ensure!(answer.status() == 200, "{}", answer.text().await?);
    let told = async || collective.texts().into_iter().find(|text| text.contains("PRIS EN CHARGE"));
    rows::TAKEN.until(began, told).await?;
    Ok(())
}

/// The products come back one after the other; gives between which instants each service did.
async fn comes_back(collective: &mut Collective, hub: &Hub) -> Result<BTreeMap<&'static str, (Timestamp, Timestamp)>> {
    let mut back = BTreeMap::new();
    for product in RETURN {
        let repaired = wall(&collective.town.clock)?;
        collective.repair(product).await?;
        let services: Vec<_> = SERVICES.iter().filter(|(_, _, of)| *of == product).collect();
        wait::until(product.group(), async || {
            for (_, name, _) in &services {
                if hub.status_of(name).await? == "operational" {
                    return Some(());
                }
            }
            None
        })
        .await;
        back.extend(services.into_iter().map(|(id, _, _)| (*id, (repaired, repaired))));
    }
    collective.until_well(hub).await;
    let now = wall(&collective.town.clock)?;
    back.values_mut().for_each(|(_, until)| *until = now);
    Ok(back)
}

/// What the post-mortem says of a field.
fn field<'a>(draft: &'a Value, name: &str) -> Result<&'a str> {
    let mut fields = draft["fields"].as_array().context("fields")?.iter();
    let field = fields.find(|field| field["field"] == name).with_context(|| format!("no {name} in {draft}"))?;
    field["text"].as_str().with_context(|| format!("{name} is not measured: {field}"))
}

/// Its durations are those of the incidents, in the words of the page.
fn durations(draft: &Value, days: [&Value; 2]) -> Result<()> {
    let words = Words::new(Language::Fr, TimeZone::get("Europe/Paris")?);
    let mut detected = Vec::new();
    for day in days {
        detected.push(words.lapse(instant(day, "detected_at")?.since(instant(day, "started_at")?)));
    }
    let detection = field(draft, "detection")?;
    ensure!(detection.starts_with(&detected.join(" + ")), "{detection} is not {detected:?}");
    let taken = instant(&days[0]["acknowledgement"], "at")?.since(instant(days[0], "detected_at")?);
    ensure!(detection.contains(&words.lapse(taken)) && detection.contains("sms-amel"), "{detection}");
    let first = instant(days[0], "started_at")?;
    let resolution = words.lapse(instant(days[1], "resolved_at")?.since(first));
    ensure!(field(draft, "resolution")?.contains(&resolution), "{draft}");
    ensure!(field(draft, "return")?.contains("50"), "quantiles of the return: {draft}");
    Ok(())
}

#[tokio::test]
async fn the_incident_of_october_comes_out_differently() -> Result<()> {
    let mut collective = Collective::new().await?;
    let hub = collective.town.setup.start().await?;
    let _places = collective.places(&hub).await?;
    collective.until_well(&hub).await;
    collective
        .town
        .import(&[format!("{},,fr,personal", READERS[0]), format!("{},nuage-lilas,fr,personal", READERS[1])])
        .await?;
    ensure!(collective.texts().is_empty(), "all is well: {:?}", collective.texts());

    // The first of October.
    let alarm = collective.outage(&hub, [rows::FIRST_ALARM, rows::PAGE, rows::LETTERS], 1).await?;
    take(&collective, &hub, &alarm).await?;
    let back = comes_back(&mut collective, &hub).await?;
    let over = async || {
        collective.texts().into_iter().find(|text| text.contains("RÉTABLI") && text.contains("en panne pendant"))
    };
    wait::until("the end is told with how long it was", over).await;
    wait::until("subscribers hear of the end", async || collective.letters(2)).await;
    let incidents = collective.incidents().await?;
    let letter = Letter::of(&collective.relay.taken_for(READERS[0])[1].bytes, &collective.town.record).await?;
    ensure!(letter.header("in-reply-to") == collective.relay.taken_for(READERS[0])[0].id, "one thread");
    ensure!(incidents.len() == 1, "one incident, however many services: {incidents:?}");
    let id = incidents[0]["id"].as_str().context("an id")?.to_owned();
    let first = collective.incident(&["show", &id]).await?;
    for (service, (repaired, well)) in &back {
        let at = instant(&first["components"][service], "recovered_at")?;
        ensure!(*repaired <= at && at <= *well, "{service} came back {at}, repaired {repaired}, all well {well}");
    }
    ensure!(first["components"].as_object().context("parts")?.len() == SERVICES.len(), "{first}");

    // The second of October, in the morning.
    collective.town.clock.advance(Duration::from_secs(16 * 3_600 + 58 * 60))?;
    collective.until_well(&hub).await;
    collective.outage(&hub, [rows::SECOND_ALARM, rows::SECOND_PAGE, rows::SECOND_LETTERS], 3).await?;
    let second = collective.incidents().await?.into_iter().next().context("the newest")?;
    ensure!(second["relapse_of"] == id.as_str(), "it is the return of the first: {second}");
    for product in RETURN {
        collective.repair(product).await?;
    }
    collective.until_well(&hub).await;
    wait::until("subscribers hear of the end", async || collective.letters(4)).await;

    let second = collective.incident(&["show", second["id"].as_str().context("an id")?]).await?;
    let draft = collective.town.setup.run(&["postmortem", &id, "--lang", "fr", "--json"]).await?.expect(0)?;
    durations(&serde_json::from_str(&draft)?, [&first, &second])?;
    drop(collective.ingress);
    Ok(())
}
