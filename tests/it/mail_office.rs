//! Letters through a real post office: who may hand them in, what comes back, who manages or leaves, and what mail programs make of
//! them.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use reqwest::StatusCode;
use serde_json::Value;
use tests::{
    hub::Hub,
    letter::Letter,
    program::free_port,
    smtpd::{FAR, Smtpd},
    submission::{Mechanism, PASSWORD, Submission},
    town::{Town, UNSUBSCRIBE, path_of},
    wait,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// What the command says of a letter to leave.
const LEFT: &str = "the subscriber has left";

/// A town and its post office.
struct Office {
    town: Town,
    post: Smtpd,
}

impl Office {
    async fn letter(&self, address: &str, number: usize) -> Result<Letter> {
        Letter::read(&self.post.letter_to(address, number).await, &self.town.record).await
    }

    async fn page(&self, hub: &Hub, link: &str, form: &[(&str, &str)], status: StatusCode) -> Result<String> {
        let answer = match form {
            [] => hub.get(link).send().await?,
            form => self.town.send(hub, link, form).await?,
        };
        let given = answer.status();
        let page = answer.text().await?;
        anyhow::ensure!(given == status, "{given}: {page}");
        Ok(page)
    }

    /// Gives an order about incidents; its answer as JSON.
    async fn order(&self, arguments: &[&str]) -> Result<Value> {
        let said = self.town.setup.run(&[arguments, &["--json"]].concat()).await?.expect(0)?;
        serde_json::from_str(&said).with_context(|| format!("no JSON: {said}"))
    }
}

#[tokio::test]
async fn by_mail_over_tls_letters_take_the_second_relay_until_the_first_is_back() -> Result<()> {
    let (post, submission) = (Smtpd::start().await?, Submission::new().await?);
    let door = || Ok::<_, anyhow::Error>(SocketAddr::from(([127, 0, 0, 1], free_port()?)));
    let [first, second] = [door()?, door()?];
    let login = submission.open(second, Mechanism::Login, post.socket()).await?;
    let more = format!("ca_file = \"{}\"", submission.authority().display());
    let town = Town::new(&[submission.url(first), submission.url(second)], &more).await?;
    let office = Office { town, post };
    let (town, post) = (&office.town, &office.post);
    let hub = town.start().await?;
    let reader = post.address("reader");
    town.import(&[format!("{reader},cloud,en,personal")]).await?;
    let id = town.plan(Duration::ZERO, "New disks").await?;
    let letter = office.letter(&reader, 1).await?;
    let said = login.output();
    assert!(
        said.contains(&"signed in by LOGIN".to_owned()) && said.contains(&format!("taken for {reader}")),
        "{said:?}"
    );

    let plain = submission.open(first, Mechanism::Plain, post.socket()).await?;
    let mut asked = Vec::new();
    wait::until("the first relay takes letters again", async || {
        asked.push(format!("new{}@example{}.net", asked.len(), asked.len()));
        // Nobody may fill in the form so often in so short a time.
        town.clock.advance(11 * MINUTE).ok()?;
        town.ask(&hub, asked.last()?).await.ok()?;
        plain.output().iter().any(|line| line.starts_with("taken for")).then_some(())
    })
    .await;
    assert!(plain.output().contains(&"signed in by PLAIN".to_owned()), "{:?}", plain.output());
    town.setup.run(&["maintenance", "end", &id, "--en", "They turn"]).await?.expect(0)?;
    office.letter(&reader, 2).await?;
    assert!(plain.output().contains(&format!("taken for {reader}")), "the end goes by the first");
    let secrets = letter.secrets().into_iter().chain(asked).collect::<Vec<_>>();
    town.assert_discreet(&hub, secrets.iter().map(String::as_str).chain(PASSWORD).chain([reader.as_str()]));
    Ok(())
}

#[tokio::test]
async fn by_mail_a_subscriber_manages_what_he_gets_and_a_shared_mailbox_is_asked_before_it_leaves() -> Result<()> {
    let post = Smtpd::start().await?;
    let office = Office { town: Town::new(&[post.url()], "").await?, post };
    let (town, post) = (&office.town, &office.post);
    let hub = town.start().await?;
    let (reader, team) = (post.address("reader"), post.address("team"));
    town.import(&[format!("{reader},cloud,en,personal"), format!("{team},,fr,shared")]).await?;
    town.ask(&hub, &reader).await?;
    let manage = office.letter(&reader, 1).await?;
    let link = path_of(manage.line_with("/s/")?)?.to_owned();
    let page = office.page(&hub, &link, &[], StatusCode::OK).await?;
    assert!(page.contains(&reader) && page.contains("cloud"), "{page}");
    let change = [("do", "change"), ("language", "fr"), ("shared", "yes")];
    office.page(&hub, &link, &change, StatusCode::OK).await?;
    let export: Value = serde_json::from_str(&office.page(&hub, &link, &[("do", "export")], StatusCode::OK).await?)?;
    assert_eq!((&export["address"], &export["language"]), (&reader.as_str().into(), &"fr".into()), "{export}");
    office.page(&hub, &link, &[("do", "leave")], StatusCode::OK).await?;
    assert!(!town.list().await?.contains(&reader));
    office.page(&hub, &link, &[("do", "leave")], StatusCode::NOT_FOUND).await?;

    town.plan(Duration::ZERO, "New disks").await?;
    let shared = office.letter(&team, 1).await?;
    assert_eq!(shared.header("list-unsubscribe-post"), "", "one of several readers is not all of them");
    let out = path_of(shared.ways_out().first().context("a way out")?)?.to_owned();
    office.page(&hub, &out, &[("List-Unsubscribe", "One-Click")], StatusCode::CONFLICT).await?;
    assert!(town.list().await?.contains(&team), "a program's click takes no team off the list");
    office.page(&hub, &out, &[("do", "leave")], StatusCode::OK).await?;
    assert_eq!(town.list().await?, "nobody subscribes yet\n");
    assert_eq!(post.letters_to(&reader)?.len(), 1, "who left hears nothing");
    let secrets = [&manage, &shared].into_iter().flat_map(Letter::secrets).collect::<Vec<_>>();
    town.assert_discreet(&hub, secrets.iter().map(String::as_str).chain([reader.as_str(), &team]));
    Ok(())
}

#[tokio::test]
async fn by_mail_what_a_mail_system_reports_parks_a_reader_and_a_letter_to_leave_takes_him_out() -> Result<()> {
    let post = Smtpd::start().await?;
    let office = Office { town: Town::new(&[post.url()], "").await?, post };
    let (town, post) = (&office.town, &office.post);
    let token = town.token("mail-system").await?;
    let hub = town.start().await?;
    post.report_to(&hub, &token)?;
    let (reader, known, gone) = (post.address("reader"), post.address("known"), format!("missing@{FAR}"));
    town.import(&[&reader, &known, &gone].map(|address| format!("{address},,en,personal"))).await?;

    let mut id = town.plan(Duration::ZERO, "New disks").await?;
    let letter = office.letter(&reader, 1).await?;
    let mailto = letter.ways_out().into_iter().find_map(|way| way.strip_prefix("mailto:")).context("a mailbox")?;
    assert!(mailto.starts_with("unsub+") && mailto.ends_with(&UNSUBSCRIBE[5..]), "{mailto}");
    post.post(&reader, mailto).await?;
    wait::until("the reader is gone", async || town.list().await.ok().filter(|list| !list.contains(&reader)).map(drop))
        .await;
    // OpenSMTPD does not say in its reports why the far server refused: the third one counts.
    for reports in 1..=3 {
        let what = format!("report {reports} is handed in");
        wait::until(&what, async || {
            (post.reports().lines().filter(|line| *line != LEFT).count() >= reports).then_some(())
        })
        .await;
        if reports < 3 {
            town.setup.run(&["maintenance", "end", &id, "--en", "They turn"]).await?.expect(0)?;
            // One letter for the beginning and one for the end; the clock moves once both have left.
            office.letter(&known, 2 * reports).await?;
            town.clock.advance(16 * MINUTE)?;
            id = town.plan(Duration::ZERO, "New disks").await?;
        }
    }
    town.until_listed(&gone, "quarantined").await;
    assert!(post.reports().contains("takes no mail"), "{}", post.reports());
    assert!(post.reports().contains(LEFT), "{}", post.reports());
    office.letter(&known, 5).await?;
    assert_eq!(post.letters_to(&reader)?.len(), 1, "who left hears nothing");
    assert!(town.list().await?.lines().any(|line| line.starts_with(&known) && line.contains("confirmed")));
    let secrets = letter.secrets();
    town.assert_discreet(&hub, secrets.iter().map(String::as_str).chain([reader.as_str(), &known, &gone]));
    Ok(())
}

#[tokio::test]
async fn by_mail_each_story_is_one_thread_as_notmuch_sees_it() -> Result<()> {
    let post = Smtpd::start().await?;
    let office = Office { town: Town::new(&[post.url()], "").await?, post };
    let (town, post) = (&office.town, &office.post);
    town.setup.define_http("wiki", &town.target.url())?;
    let hub = town.start().await?;
    let (cloud, wiki) = (post.address("cloud"), post.address("wiki"));
    town.import(&[format!("{cloud},cloud,fr,personal"), format!("{wiki},wiki,en,personal")]).await?;

    town.plan(2 * HOUR, "New disks").await?;
    let open =
        ["incident", "open", "--title-en", "Slow pages", "--component", "wiki=partial_outage", "--en", "We look."];
    let first = office.order(&open).await?["id"].as_str().context("an id")?.to_owned();
    let announced = office.letter(&cloud, 1).await?;
    town.clock.advance(31 * SECOND)?;
    let opened = office.letter(&wiki, 1).await?;
    town.clock.advance(16 * MINUTE)?;
    office.order(&["incident", "say", &first, "--en", "A disk is full."]).await?;
    let said = office.letter(&wiki, 2).await?;
    office.order(&["incident", "resolve", &first, "--en", "It has room again."]).await?;
    let resolved = office.letter(&wiki, 3).await?;
    town.clock.advance(2 * HOUR)?;
    let begun = office.letter(&cloud, 2).await?;
    office.order(&open).await?;
    town.clock.advance(3 * HOUR + MINUTE)?;
    let other = office.letter(&wiki, 4).await?;
    let ended = office.letter(&cloud, 3).await?;

    for (thread, letters) in [(&announced, [&begun, &ended]), (&opened, [&said, &resolved])] {
        for letter in letters {
            assert_eq!(letter.header("subject"), thread.header("subject"));
            assert_eq!(letter.header("references"), thread.header("message-id"));
        }
    }
    assert_eq!(other.header("references"), "", "another incident begins a thread of its own");
    let mut threads: Vec<u64> = post.threads().await?.into_iter().map(|(_, letters)| letters).collect();
    threads.sort_unstable();
    assert_eq!(threads, [1, 3, 3]);
    headers(&said, &wiki);
    let all = [&announced, &opened, &said, &resolved, &begun, &other, &ended];
    let secrets = all.into_iter().flat_map(Letter::secrets).collect::<Vec<_>>();
    town.assert_discreet(&hub, secrets.iter().map(String::as_str).chain([cloud.as_str(), &wiki]));
    Ok(())
}

/// Every header that the design promises, as another program decodes it.
fn headers(letter: &Letter, to: &str) {
    let root = letter.header("references").to_owned();
    let number = |id: &str| Some(id.split_once(".update-")?.1.split_once('.')?.0.to_owned());
    assert_ne!(number(letter.header("message-id")), number(&root));
    for (name, value) in [
        ("from", "État des services <status@status.example.org>"),
        ("to", to),
        ("reply-to", "support@example.org"),
        ("in-reply-to", root.as_str()),
        ("auto-submitted", "auto-generated"),
        ("x-auto-response-suppress", "All"),
        ("content-language", "en"),
        ("list-unsubscribe-post", "List-Unsubscribe=One-Click"),
    ] {
        assert_eq!(letter.header(name), value, "{name}");
    }
    assert!(letter.header("list-id").ends_with("<status.status.example.org>"), "{}", letter.header("list-id"));
    assert!(letter.header("list-archive").starts_with("<https://status.example.org/incidents/"));
    assert!(
        letter.header("return-path").starts_with("<b+")
            && letter.header("return-path").ends_with("@bounce.example.org>")
    );
    let ways = letter.ways_out();
    assert!(ways[0].starts_with("https://status.example.org/u/") && ways[1].starts_with("mailto:unsub+"), "{ways:?}");
    assert!(letter.header("subject").contains("wiki"), "{}", letter.header("subject"));
}

#[tokio::test]
async fn by_mail_two_hundred_services_that_fail_together_are_one_letter_each() -> Result<()> {
    let post = Smtpd::start().await?;
    let office = Office { town: Town::new(&[post.url()], "").await?, post };
    let (town, post) = (&office.town, &office.post);
    let url = town.target.url();
    for number in 1..200 {
        let probe = format!("[[probe]]\nevery = \"12s\"\n[probe.http]\nurl = \"{url}\"\n");
        town.setup.define(&format!("service{number}"), &format!("name = \"service{number}\"\n{probe}"))?;
    }
    let hub = town.start().await?;
    hub.until_ready().await;
    let (all, own) = (post.address("all"), post.address("own"));
    town.import(&[format!("{all},,fr,personal"), format!("{own},service150;service151,en,personal")]).await?;

    town.target.answer("502 Bad Gateway", "");
    wait::until("all of them fail", async || {
        let all = hub.json("/api/v2/components.json").await.ok()?;
        let failing = all["components"].as_array()?.iter().filter(|one| one["status"] == "major_outage");
        (failing.count() == 200).then_some(())
    })
    .await;
    town.clock.advance(31 * SECOND)?;
    let (opened, mine) = (office.letter(&all, 1).await?, office.letter(&own, 1).await?);
    let services = |letter: &Letter| letter.plain.lines().filter(|line| line.starts_with("- ")).count();
    // Ten services, and how many others there are.
    assert_eq!((services(&opened), services(&mine)), (11, 11), "{}\n{}", opened.plain, mine.plain);
    let first = mine.line_with("- ")?;
    assert!(first.contains("service150") || first.contains("service151"), "{first}");
    town.target.answer("200 OK", "ok");
    let (ended, also) = (office.letter(&all, 2).await?, office.letter(&own, 2).await?);
    assert!(ended.plain.contains("190 autres") && also.plain.contains("190 others"), "{}", also.plain);
    wait::until("four letters are counted", async || {
        hub.text("/metrics").await.ok().filter(|metrics| metrics.contains("belfry_mail_accepted_total 4\n"))
    })
    .await;
    let threads: Vec<u64> = post.threads().await?.into_iter().map(|(_, letters)| letters).collect();
    assert_eq!(threads, [2, 2], "what began and its end, once for each of them");
    Ok(())
}
