//! `statuspage subscribers` and `statuspage bounce`: the book of subscribers from the command line, and mails that came back.
//!
//! It does not know how the hub keeps the book.

use std::{
    fs::File,
    io::{self, Read},
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use shared::ComponentId;

use super::{Ended, incident::client};
use crate::{
    api::subscribers::{
        BounceAnswer, BounceOrder, BouncedForm, ImportAnswer, ImportLine, ImportOrder, LanguageForm, MailboxForm,
        RefusedLine, RemoveAnswer, RemoveOrder, StageForm, SubscriberAnswer, SubscribersAnswer,
    },
    cli::{BounceArgs, ImportSubscribersArgs, ReportFormat, SubscribersCommand},
    control::Client,
    mail::report,
    settings::Settings,
    words::inert,
};

/// Lines that are handed in at once.
const AT_ONCE: usize = 500;
/// The longest file, and the longest message.
const LONGEST: u64 = 16 << 20;

/// Runs one of them.
///
/// # Errors
///
/// When the hub cannot be reached or refuses: its own words.
pub async fn subscribers(command: SubscribersCommand, settings: &Settings) -> Result<Ended> {
    let format = command.hub().format();
    let hub = client(command.hub(), settings)?;
    match command {
        SubscribersCommand::List(_) => print_list(&everybody(&hub).await?, format),
        SubscribersCommand::Export(_) => print_csv(&everybody(&hub).await?, io::stdout().lock()),
        SubscribersCommand::Import(arguments) => import(&hub, &arguments).await,
        SubscribersCommand::Remove(arguments) => {
            let order = RemoveOrder { address: arguments.address };
            let answer: RemoveAnswer = hub.post("/api/v1/subscribers/remove", &order).await?;
            println!("erased, in the audit log as {}", answer.id);
            println!("older backups still hold the address, encrypted, until they are deleted");
            Ok(Ended::Well)
        }
    }
}

/// Hands in what a mail system has from the return path or from the mailbox for leaving. What is of no use is said and well: a mail
/// system would send it back to where it came from. When the hub cannot be reached, the mail system keeps it and comes again.
///
/// # Errors
///
/// When the message cannot be read from standard input.
pub async fn bounce(arguments: &BounceArgs, settings: &Settings) -> Result<Ended> {
    let mut message = Vec::new();
    io::stdin().lock().take(LONGEST).read_to_end(&mut message).context("cannot read the message")?;
    let leaving = arguments.unsubscribe_mailbox.as_deref();
    let order = match leaving.and_then(|mailbox| report::wish_to_leave(&message, mailbox)) {
        Some(token) => BounceOrder::Unsubscribe { token },
        None => match report::read(&message) {
            Ok(report) => BounceOrder::Returned { return_path: report.return_path, bounce: report.bounce.into() },
            Err(no_report) => {
                eprintln!("statuspage: {no_report}");
                return Ok(Ended::Well);
            }
        },
    };
    match hand_in(arguments, settings, &order).await {
        Ok(outcome) => {
            println!("{}", outcome_words(outcome));
            Ok(Ended::Well)
        }
        Err(error) => {
            eprintln!("statuspage: {error:#}");
            Ok(Ended::Later)
        }
    }
}

async fn hand_in(arguments: &BounceArgs, settings: &Settings, order: &BounceOrder) -> Result<BouncedForm> {
    let answer: BounceAnswer = client(&arguments.hub, settings)?.post("/api/v1/bounces", order).await?;
    Ok(answer.outcome)
}

fn outcome_words(outcome: BouncedForm) -> &'static str {
    match outcome {
        BouncedForm::Counted => "counted",
        BouncedForm::Quarantined => {
            "the subscriber's mailbox takes no mail: nothing is sent there until its owner asks again"
        }
        BouncedForm::Left => "the subscriber has left",
        BouncedForm::Unknown => "about nobody who subscribes",
    }
}

async fn everybody(hub: &Client) -> Result<SubscribersAnswer> {
    Ok(hub.get("/api/v1/subscribers").await?)
}

fn print_list(answer: &SubscribersAnswer, format: ReportFormat) -> Result<Ended> {
    match format {
        ReportFormat::Json => println!("{}", serde_json::to_string_pretty(answer)?),
        ReportFormat::Words if answer.subscribers.is_empty() => println!("nobody subscribes yet"),
        ReportFormat::Words => answer.subscribers.iter().for_each(|one| println!("{}", line(one))),
    }
    Ok(Ended::Well)
}

/// A subscriber in one line.
fn line(one: &SubscriberAnswer) -> String {
    let (stage, since) = match one.stage {
        StageForm::Asked => ("asked", Some(one.asked_at)),
        StageForm::Confirmed => ("confirmed", one.confirmed_at),
        StageForm::Quarantined => ("quarantined", one.quarantined_at),
    };
    let since = since.map(|at| at.to_string()).unwrap_or_default();
    let wanted = one.components.iter().map(ComponentId::as_str).chain(one.groups.iter().map(String::as_str));
    let wanted = wanted.collect::<Vec<_>>().join(", ");
    let wanted = if wanted.is_empty() { "everything".to_owned() } else { inert(&wanted).to_string() };
    format!("{:40}  {stage:11}  {since}  {wanted}", one.address)
}

/// A line of the file: what stands in it, and nothing else.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    address: String,
    #[serde(default)]
    components: String,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    language: Option<LanguageForm>,
    #[serde(default)]
    mailbox: Option<MailboxForm>,
}

impl Row {
    fn of(one: &SubscriberAnswer) -> Self {
        let components: Vec<_> = one.components.iter().map(ComponentId::as_str).collect();
        Self {
            address: one.address.clone(),
            components: components.join(";"),
            groups: one.groups.join(";"),
            language: Some(one.language),
            mailbox: Some(one.mailbox),
        }
    }

    fn read(self) -> Result<ImportLine> {
        let parts = |text: &str| -> Vec<String> {
            text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let components = parts(&self.components).iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
        let groups = parts(&self.groups);
        Ok(ImportLine { address: self.address, components, groups, language: self.language, mailbox: self.mailbox })
    }
}

/// Those who get mail or would: who has not answered yet is none.
fn print_csv(answer: &SubscribersAnswer, out: impl io::Write) -> Result<Ended> {
    let mut csv = csv::Writer::from_writer(out);
    for one in answer.subscribers.iter().filter(|one| one.stage != StageForm::Asked) {
        csv.serialize(Row::of(one))?;
    }
    csv.flush()?;
    Ok(Ended::Well)
}

/// Every line is read before the first is handed in.
fn rows(file: impl Read) -> Result<Vec<ImportLine>> {
    let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file.take(LONGEST));
    let row = |(row, number): (Result<Row, csv::Error>, usize)| {
        row.map_err(anyhow::Error::from).and_then(Row::read).with_context(|| format!("line {number} cannot be read"))
    };
    // The first line holds the names.
    csv.deserialize().zip(2..).map(row).collect()
}

async fn import(hub: &Client, arguments: &ImportSubscribersArgs) -> Result<Ended> {
    let file = &arguments.file;
    let read = if file.as_os_str() == "-" {
        rows(io::stdin().lock())
    } else {
        rows(File::open(file).with_context(|| format!("cannot open {}", file.display()))?)
    };
    let mut rows = read.with_context(|| format!("{} was not imported", file.display()))?;
    if rows.is_empty() {
        bail!("{} holds no subscriber: it is CSV with the line `address` first", file.display());
    }
    let (mut all, mut before) = (ImportAnswer::default(), 0);
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(AT_ONCE));
        let order = ImportOrder { subscribers: std::mem::replace(&mut rows, rest) };
        let answer: ImportAnswer = hub.post("/api/v1/subscribers/import", &order).await?;
        all.added += answer.added;
        all.present += answer.present;
        all.unwanted += answer.unwanted;
        all.refused
            .extend(answer.refused.into_iter().map(|line| RefusedLine { number: line.number + before + 1, ..line }));
        before += order.subscribers.len();
    }
    for RefusedLine { number, reason } in &all.refused {
        eprintln!("line {number}: {reason}");
    }
    let (added, present, unwanted, refused) = (all.added, all.present, all.unwanted, all.refused.len());
    println!("{added} added, {present} were subscribers already, {unwanted} want no mail, {refused} cannot be used");
    Ok(if all.refused.is_empty() { Ended::Well } else { Ended::Poorly })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(address: &str) -> SubscriberAnswer {
        serde_json::from_value(serde_json::json!({
            "id": "a".repeat(26), "address": address, "components": ["cloud", "mail"], "groups": ["Tools; more"],
            "language": "fr", "mailbox": "shared", "stage": "confirmed", "asked_at": "2026-11-22T14:05:00Z",
            "confirmed_at": "2026-11-22T14:06:00Z", "quarantined_at": null, "form": 1, "bounces": 0,
        }))
        .expect("a subscriber")
    }

    #[test]
    fn what_is_exported_can_be_imported() {
        let counts = serde_json::json!({ "confirmed": 1, "asked": 0, "quarantined": 0, "refused": 0 });
        let answer = SubscribersAnswer {
            counts: serde_json::from_value(counts).expect("counts"),
            subscribers: vec![SubscriberAnswer { groups: vec!["Outils".to_owned()], ..one("amel@example.org") }],
        };
        let mut csv = Vec::new();
        print_csv(&answer, &mut csv).expect("written");
        let text = String::from_utf8(csv.clone()).expect("text");
        assert_eq!(text, "address,components,groups,language,mailbox\namel@example.org,cloud;mail,Outils,fr,shared\n");
        let read = rows(csv.as_slice()).expect("read").remove(0);
        assert_eq!(
            (read.address.as_str(), read.components.len(), read.groups),
            ("amel@example.org", 2, vec!["Outils".to_owned()])
        );
    }

    #[test]
    fn a_list_of_addresses_is_enough_and_a_mistake_names_its_line() {
        assert_eq!(rows("address\n amel@example.org \nbo@example.org\n".as_bytes()).expect("read").len(), 2);
        let check = |text: &str, reason: &str| {
            let refused = format!("{:#}", rows(text.as_bytes()).expect_err("a mistake"));
            assert!(refused.contains(reason), "{refused}");
        };
        check("address,components\na@example.org,cloud\nb@example.org,É\n", "line 3");
        check("address,language\na@example.org,de\n", "line 2");
        check("mail\na@example.org\n", "line 2");
    }

    #[test]
    fn a_subscriber_is_one_line() {
        let line = line(&one("amel@example.org"));
        assert!(line.starts_with("amel@example.org ") && line.ends_with("cloud, mail, Tools; more"), "{line}");
    }
}
