//! A letter as Python's email package reads it and python3-dkim verifies it: other implementations than ours.
//!
//! It does not know how it came.

use std::{collections::BTreeMap, path::Path, process::Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::{io::AsyncWriteExt as _, process::Command};

/// Prints a letter as JSON. The key's record stands in for DNS. Of both bodies the words are compared, without what marks lists.
const READ: &str = "
import dkim, email, email.policy, html.parser, json, sys
raw = sys.stdin.buffer.read()
letter = email.message_from_bytes(raw, policy=email.policy.default)
body = lambda kind: letter.get_body((kind,)).get_content()
class Shown(html.parser.HTMLParser):
    shown, inside = '', False
    def handle_starttag(self, tag, attrs): self.inside |= tag == 'body'; self.shown += ' ' * (tag not in ('a', 'em', 'strong'))
    def handle_data(self, data): self.shown += data * self.inside
shown = Shown()
shown.feed(body('html'))
words = lambda text: [word for word in (word.rstrip(':') for word in text.split()) if word not in ('', '-', '--')]
head = raw.replace(b'\\r\\n', b'\\n').split(b'\\n\\n')[0].split(b'\\n')
print(json.dumps({
    'headers': {name.lower(): str(value) for name, value in letter.items()},
    'names': [name.lower() for name in letter.keys()],
    'defects': [repr(defect) for part in letter.walk() for defect in part.defects]
        + [repr(d) for value in letter.values() for d in getattr(value, 'defects', [])]
        + ['not ASCII'] * (not raw.isascii()) + ['a long line'] * any(len(line) > 998 for line in raw.split(b'\\n'))
        + ['not folded: ' + repr(line) for line in head if len(line) > 78 and b' ' in line.strip().split(b': ', 1)[-1]],
    'plain': body('plain'), 'html': body('html'), 'alike': words(body('plain')) == words(shown.shown),
    'signed': dkim.verify(raw, dnsfunc=lambda *a, **b: sys.argv[1].encode()),
}))";

/// Ends well when the letter is signed with the key in the record.
const VERIFY: &str = "
import dkim, sys
sys.exit(0 if dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda *a, **b: sys.argv[1].encode()) else 1)";

/// Whether a letter, of whatever form, is signed with the key in `record` and is as it was then.
pub async fn is_signed(bytes: &[u8], record: &str) -> Result<bool> {
    let mut command = Command::new("/usr/bin/python3");
    let mut python = command.args(["-c", VERIFY, record]).stdin(Stdio::piped()).kill_on_drop(true).spawn()?;
    python.stdin.take().context("a pipe")?.write_all(bytes).await?;
    Ok(python.wait().await?.success())
}

/// What was read.
#[derive(Debug)]
pub struct Letter {
    /// The decoded headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The text.
    pub plain: String,
    /// The same as HTML.
    pub html: String,
}

impl Letter {
    /// Reads a file; an error when it is not well formed or its signature is not that of the key in `record`.
    pub async fn read(file: &Path, record: &str) -> Result<Self> {
        Self::of(&std::fs::read(file)?, record).await
    }

    /// Reads the bytes of one. Text and HTML say the same, or it is an error too.
    pub async fn of(bytes: &[u8], record: &str) -> Result<Self> {
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-c", READ, record]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut python = command.kill_on_drop(true).spawn()?;
        python.stdin.take().context("a pipe")?.write_all(bytes).await?;
        let output = python.wait_with_output().await?;
        let (complaint, whole) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(bytes));
        anyhow::ensure!(output.status.success(), "python3: {complaint}\n{whole}");
        let read: Value = serde_json::from_slice(&output.stdout)?;
        anyhow::ensure!(read["defects"] == Value::Array(Vec::new()), "{}\n{whole}", read["defects"]);
        anyhow::ensure!(read["signed"] == true, "the signature is not verified:\n{whole}");
        let text = |key: &str| read[key].as_str().map(str::to_owned).with_context(|| format!("no {key}:\n{whole}"));
        let headers: BTreeMap<String, String> = serde_json::from_value(read["headers"].clone())?;
        let names = read["names"].as_array().map_or(0, Vec::len);
        anyhow::ensure!(names == headers.len(), "a header stands twice:\n{whole}");
        let letter = Self { headers, plain: text("plain")?, html: text("html")? };
        anyhow::ensure!(
            read["alike"] == true,
            "the text\n{}\nis not what the HTML says\n{}",
            letter.plain,
            letter.html
        );
        Ok(letter)
    }

    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The first line of the text that holds `part`: a link, say.
    pub fn line_with(&self, part: &str) -> Result<&str> {
        let line = self.plain.lines().find(|line| line.contains(part));
        line.map(str::trim).with_context(|| format!("no {part} in\n{}", self.plain))
    }

    /// What nobody but its reader may know: the tokens of its links, however they are carried.
    pub fn secrets(&self) -> Vec<String> {
        let links = self.plain.split(['\n', ' ']).chain(self.ways_out());
        let token = |link: &str| {
            let (_, rest) =
                link.split_once("/s/").or_else(|| link.split_once("/u/")).or_else(|| link.split_once("unsub+"))?;
            let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            (!token.is_empty()).then_some(token)
        };
        links.into_iter().filter_map(token).collect()
    }

    /// The ways to leave that mail programs find (RFC 2369): the page, and the mailbox where there is one.
    pub fn ways_out(&self) -> Vec<&str> {
        let ways = self.header("list-unsubscribe").split(',');
        ways.map(|way| way.trim().trim_start_matches('<').trim_end_matches('>')).collect()
    }
}
