//! A compose file of `docs/container/` as an engine reads it: YAML by another program's reader, variables put in, one service after the
//! other.
//!
//! It does not know what the image makes of a service.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};

/// What the Compose Specification lets a service say, as far as ours do.
const WORDS: [&str; 17] = [
    "image",
    "build",
    "restart",
    "read_only",
    "cap_drop",
    "security_opt",
    "user",
    "ports",
    "volumes",
    "environment",
    "env_file",
    "stop_grace_period",
    "mem_limit",
    "ulimits",
    "entrypoint",
    "command",
    "healthcheck",
];

/// A file, read.
#[derive(Debug)]
pub struct Compose {
    document: Value,
}

/// One of its services.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: String,
    fields: Map<String, Value>,
}

/// What is mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// A directory beside the file, or the name of a volume.
    pub from: String,
    /// Where it is in the container.
    pub to: String,
    /// What else is said: `ro`.
    pub mode: Option<String>,
}

impl Compose {
    /// Reads a file of `docs/container/`; `variables` are those of whoever starts it.
    pub fn read(name: &str, variables: &[(&str, &str)]) -> Result<Self> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/container").join(name);
        let text = interpolate(&std::fs::read_to_string(&file).context(name.to_owned())?, variables)?;
        let reader = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))";
        let output = Command::new("/usr/bin/python3").args(["-c", reader, &text]).output()?;
        ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout)?;
        let top = document.as_object().context("a mapping")?;
        let known = |key: &String| ["services", "volumes"].contains(&key.as_str()) || key.starts_with("x-");
        ensure!(top.keys().all(known), "{name}: {:?}", top.keys());
        Ok(Self { document })
    }

    /// Its services, by name.
    pub fn services(&self) -> Result<Vec<Service>> {
        let services = self.document["services"].as_object().context("services")?;
        let service = |(name, fields): (&String, &Value)| {
            let fields = fields.as_object().with_context(|| format!("{name} is no mapping"))?.clone();
            let foreign = fields.keys().find(|key| !WORDS.contains(&key.as_str()));
            ensure!(foreign.is_none(), "{name}: {foreign:?} is no word of a service");
            Ok(Service { name: name.clone(), fields })
        };
        services.iter().map(service).collect()
    }

    /// The service of that name.
    pub fn service(&self, name: &str) -> Result<Service> {
        self.services()?.into_iter().find(|service| service.name == name).with_context(|| format!("no service {name}"))
    }

    /// The volumes that it makes.
    pub fn volumes(&self) -> Vec<&str> {
        self.document["volumes"].as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect()
    }
}

impl Service {
    /// What it says of something.
    pub fn says(&self, key: &str) -> &Value {
        self.fields.get(key).unwrap_or(&Value::Null)
    }

    /// A list of words, absent where nothing is said.
    pub fn words(&self, key: &str) -> Option<Vec<String>> {
        let words = self.says(key).as_array()?.iter().filter_map(Value::as_str);
        Some(words.map(str::to_owned).collect())
    }

    /// Its environment.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = self.says("environment").as_object().into_iter().flatten();
        variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }

    /// What is mounted.
    pub fn mounts(&self) -> Vec<Mount> {
        let mount = |text: String| {
            let mut parts = text.split(':').map(str::to_owned);
            Some(Mount { from: parts.next()?, to: parts.next()?, mode: parts.next() })
        };
        self.words("volumes").unwrap_or_default().into_iter().filter_map(mount).collect()
    }
}

/// Puts `${NAME:-default}` in.
fn interpolate(text: &str, variables: &[(&str, &str)]) -> Result<String> {
    let (mut whole, mut rest) = (String::new(), text);
    // What stands in a comment, such as `${env:…}`, is nobody's variable.
    while let Some((before, after)) = rest.split_once("${") {
        let (inside, after) = after.split_once('}').context("a variable that does not end")?;
        whole.push_str(before);
        match inside.split_once(":-") {
            Some((name, default)) => {
                let given = variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
                whole.push_str(given.unwrap_or(default));
            }
            None if before.rsplit('\n').next().is_some_and(|line| line.contains('#')) => whole.push_str("${…}"),
            None => anyhow::bail!("{inside} has no default"),
        }
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in_and_comments_are_left_alone() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(interpolate(text, &[("CODE", "x")]).ok().as_deref(), expected, "{text}");
        };
        check("a: ${CODE:-}\nb: ${OTHER:-y}\n", Some("a: x\nb: y\n"));
        check("# by ${env:NAME}\n", Some("# by ${…}\n"));
        check("a: ${CODE}\n", None);
    }
}
