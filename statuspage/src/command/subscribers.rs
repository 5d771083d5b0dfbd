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
        BounceAnswer, BounceOrder, BouncedForm, CountsAnswer, ImportAnswer, ImportLine, ImportOrder, LanguageForm,
        MailboxForm, RefusedLine, RemoveAnswer, RemoveOrder, StageForm, SubscriberAnswer, SubscribersAnswer,
    },
    cli::{BounceArgs, ImportSubscribersArgs, ReportFormat, SubscribersCommand},
    control::Client,
    mail::report,
    settings::Settings,
    words::inert,
};

/// Lines that are handed in at once.
const AT_ONCE: usize = 500;
/// Mistakes of a file that are named; there are mostly one or all.
const NAMED: usize = 20;
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
    let leaving = leaving.or_else(|| settings.mail.as_ref()?.unsubscribe_mailbox.as_deref());
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
        ReportFormat::Words => {
            answer.subscribers.iter().for_each(|one| println!("{}", line(one)));
            println!("\n{}", counted(&answer.counts));
        }
    }
    Ok(Ended::Well)
}

/// How many there are, those first who need an operator's eye least.
fn counted(CountsAnswer { confirmed, asked, quarantined, refused }: &CountsAnswer) -> String {
    format!(
        "{confirmed} confirmed, {asked} have not answered yet, {quarantined} quarantined (their mailbox takes no mail), \
         {refused} never want a mail"
    )
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

/// A subscriber, and the line of the file where he stands.
type Numbered = (u64, ImportLine);

/// Every line is read before the first is handed in, so that a file with mistakes changes nothing; all of them are named.
fn rows(file: impl Read) -> Result<Vec<Numbered>> {
    let mut text = Vec::new();
    file.take(LONGEST).read_to_end(&mut text)?;
    let (mut csv, mut lines) = (csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(&*text), Lines::of(&text));
    let names = csv.headers().context("line 1 cannot be read")?.clone();
    let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
    for record in csv.records() {
        let position = record.as_ref().map_or_else(csv::Error::position, csv::StringRecord::position);
        let line = lines.number(position.map_or(0, csv::Position::byte));
        let row = record.and_then(|record| record.deserialize::<Row>(Some(&names))).map_err(anyhow::Error::from);
        match row.and_then(Row::read) {
            Ok(row) => rows.push((line, row)),
            Err(error) => mistakes.push(format!("line {line}: {}", plain(&error))),
        }
    }
    let rest = mistakes.len().saturating_sub(NAMED);
    mistakes.truncate(NAMED);
    if rest > 0 {
        mistakes.push(format!("and {rest} further lines"));
    }
    if mistakes.is_empty() { Ok(rows) } else { bail!("{}", mistakes.join("\n")) }
}

/// Counts the lines of a text as editors do, from its beginning to its end. The reader of CSV counts a record's line from where the
/// one before it ended, so that empty lines between them are missing.
struct Lines<'a> {
    rest: &'a [u8],
    byte: u64,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a [u8]) -> Self {
        Self { rest: text, byte: 0, line: 1 }
    }

    /// The line in which the first thing stands that is no line end, from that byte on.
    fn number(&mut self, byte: u64) -> u64 {
        while let Some((first, rest)) = self.rest.split_first() {
            if self.byte >= byte && !matches!(first, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*first == b'\n');
            (self.rest, self.byte) = (rest, self.byte + 1);
        }
        self.line
    }
}

/// What is wrong, without the position that the reader of CSV puts before it: records are not lines.
fn plain(error: &anyhow::Error) -> String {
    let kind = error.downcast_ref::<csv::Error>().map(csv::Error::kind);
    match kind {
        Some(csv::ErrorKind::Deserialize { err, .. }) => err.to_string(),
        Some(csv::ErrorKind::UnequalLengths { expected_len, len, .. }) => {
            format!("it has {len} fields, and the first line names {expected_len}")
        }
        Some(csv::ErrorKind::Utf8 { .. }) => "it is no UTF-8".to_owned(),
        _ => format!("{error:#}"),
    }
}

async fn import(hub: &Client, arguments: &ImportSubscribersArgs) -> Result<Ended> {
    let file = &arguments.file;
    let read = if file.as_os_str() == "-" {
        rows(io::stdin().lock())
    } else {
        rows(File::open(file).with_context(|| format!("cannot open {}", file.display()))?)
    };
    let rows = read.with_context(|| format!("{} was not imported", file.display()))?;
    if rows.is_empty() {
        bail!("{} holds no subscriber: it is CSV with the line `address` first", file.display());
    }
    let all = hand_over(hub, rows).await?;
    for RefusedLine { number, reason } in &all.refused {
        eprintln!("line {number}: {reason}");
    }
    let (added, present, unwanted, refused) = (all.added, all.present, all.unwanted, all.refused.len());
    println!("{added} added, {present} were subscribers already, {unwanted} want no mail, {refused} cannot be used");
    Ok(if all.refused.is_empty() { Ended::Well } else { Ended::Poorly })
}

/// Hands all of them in, some at once; what is refused goes by its line.
async fn hand_over(hub: &Client, mut rows: Vec<Numbered>) -> Result<ImportAnswer> {
    let mut all = ImportAnswer::default();
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(AT_ONCE));
        let (lines, subscribers): (Vec<u64>, Vec<ImportLine>) = std::mem::replace(&mut rows, rest).into_iter().unzip();
        let answer: ImportAnswer = hub.post("/api/v1/subscribers/import", &ImportOrder { subscribers }).await?;
        all.added += answer.added;
        all.present += answer.present;
        all.unwanted += answer.unwanted;
        let refused = answer.refused.into_iter();
        all.refused.extend(refused.map(|refused| in_file(refused, &lines)));
    }
    Ok(all)
}

/// What the hub counts from the first one that it was given, by its line in the file.
fn in_file(refused: RefusedLine, lines: &[u64]) -> RefusedLine {
    let line = refused.number.checked_sub(1).and_then(|at| lines.get(at)).and_then(|line| usize::try_from(*line).ok());
    RefusedLine { number: line.unwrap_or(refused.number), ..refused }
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
        let (_, read) = rows(csv.as_slice()).expect("read").remove(0);
        assert_eq!(
            (read.address.as_str(), read.components.len(), read.groups),
            ("amel@example.org", 2, vec!["Outils".to_owned()])
        );
    }

    #[test]
    fn a_list_of_addresses_is_enough_and_every_mistake_names_its_line() {
        assert_eq!(rows("address\n amel@example.org \nbo@example.org\n".as_bytes()).expect("read").len(), 2);
        let check = |text: &str, expected: &str| {
            let refused = format!("{:#}", rows(text.as_bytes()).expect_err("a mistake"));
            assert!(refused.starts_with(expected), "{refused}");
        };
        check("address,components\na@example.org,cloud\nb@example.org,É\n", "line 3: ");
        check(
            "address,language\na@example.org,de\nb@example.org,fr\nc@example.org,it\n",
            "line 2: unknown variant `de`",
        );
        check("mail\na@example.org\n", "line 2: unknown field `mail`");
        check("address,language\na@example.org\n", "line 2: it has 1 fields, and the first line names 2");
        let wrong = "a@example.org,de\n".repeat(30);
        let all = format!("{:#}", rows(format!("address,language\n{wrong}").as_bytes()).expect_err("mistakes"));
        assert!(all.contains("\nline 21: ") && all.ends_with("\nand 10 further lines"), "{all}");
    }

    #[test]
    fn a_line_is_counted_as_editors_count_it() {
        let text = "address,groups\r\n\r\na@example.org,\"two\nlines\"\r\n\r\nb@example.org,x\r\n";
        let lines: Vec<u64> = rows(text.as_bytes()).expect("read").iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 6]);
        let refused = RefusedLine { number: 2, reason: "x".to_owned() };
        assert_eq!(in_file(refused, &lines).number, 6);
    }

    #[test]
    fn ten_thousand_rows_are_read() {
        let text: String = (0..10_000).map(|number| format!("reader{number}@example.org\n")).collect();
        assert_eq!(rows(format!("address\n{text}").as_bytes()).expect("read").len(), 10_000);
    }

    #[test]
    fn a_subscriber_is_one_line() {
        let line = line(&one("amel@example.org"));
        assert!(line.starts_with("amel@example.org ") && line.ends_with("cloud, mail, Tools; more"), "{line}");
    }
}
