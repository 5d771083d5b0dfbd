//! A letter as Python's email package reads it and python3-dkim verifies it: other implementations than ours.
//!
//! It does not know how it came.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::process::Command;

/// Prints a letter as JSON. The key's record stands in for DNS.
const READ: &str = "
import dkim, email, email.policy, json, sys
raw = open(sys.argv[1], 'rb').read()
letter = email.message_from_bytes(raw, policy=email.policy.default)
body = lambda kind: letter.get_body((kind,)).get_content()
print(json.dumps({
    'headers': {name.lower(): str(value) for name, value in letter.items()},
    'names': [name.lower() for name in letter.keys()],
    'defects': [repr(defect) for part in letter.walk() for defect in part.defects],
    'plain': body('plain'), 'html': body('html'),
    'signed': dkim.verify(raw, dnsfunc=lambda *a, **b: sys.argv[2].encode()),
}))";

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
        let mut command = Command::new("/usr/bin/python3");
        let output = command.args(["-c", READ]).arg(file).arg(record).kill_on_drop(true).output().await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        let whole = std::fs::read_to_string(file)?;
        anyhow::ensure!(output.status.success(), "python3: {complaint}\n{whole}");
        let read: Value = serde_json::from_slice(&output.stdout)?;
        anyhow::ensure!(read["defects"] == Value::Array(Vec::new()), "{}\n{whole}", read["defects"]);
        anyhow::ensure!(read["signed"] == true, "the signature is not verified:\n{whole}");
        let text = |key: &str| read[key].as_str().map(str::to_owned).with_context(|| format!("no {key}:\n{whole}"));
        let headers: BTreeMap<String, String> = serde_json::from_value(read["headers"].clone())?;
        let names = read["names"].as_array().map_or(0, Vec::len);
        anyhow::ensure!(names == headers.len(), "a header stands twice:\n{whole}");
        Ok(Self { headers, plain: text("plain")?, html: text("html")? })
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
}
