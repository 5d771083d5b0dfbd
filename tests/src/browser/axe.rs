//! axe-core in the page: what it finds that shuts readers out.
//!
//! It does not know the rules; `tests/run.sh` brings them.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Browser;
use crate::program;

const RUN: &str = "const done = arguments[arguments.length - 1];
    const told = (violation) => `${violation.id}: ${violation.nodes.map((node) => node.html + ' ' + node.failureSummary)}`;
    axe.run(document, { resultTypes: ['violations'] })
        .then((found) => done(found.violations.map(told)), (error) => done([String(error)]));";

impl Browser {
    /// What axe-core finds on the page, in words.
    pub async fn barriers(&self) -> Result<Vec<String>> {
        let file = program::target()?.join("axe/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&file);
        let axe = axe.with_context(|| format!("read {}, which tests/run.sh brings", file.display()))?;
        self.client.execute(&axe, vec![]).await?;
        let found = self.client.execute_async(RUN, vec![]).await?;
        let found = found.as_array().context("axe-core answers with a list")?;
        Ok(found.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
    }
}
