//! What is said at the start.
//!
//! It does not know who reads it.

use std::{fmt, path::PathBuf};

use prober::definition::DefinitionSet;
use url::Url;

use super::Post;
use crate::settings::Settings;

/// What is said at the start: the address, what is watched and where data lie.
#[derive(Debug, Clone)]
pub struct Announcement {
    url: Url,
    probes: PathBuf,
    data: PathBuf,
    components: usize,
    probe_count: usize,
    quarantined: Vec<String>,
    /// Where it reports to, as which place.
    reports: Option<String>,
}

impl Announcement {
    /// The same with the address that was taken.
    pub(super) fn at(self, url: Url) -> Self {
        Self { url, ..self }
    }
}

impl fmt::Display for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the page is at   {}", self.url)?;
        let (probes, components) = (counted(self.probe_count, "probe"), counted(self.components, "service"));
        writeln!(f, "it watches       {components} with {probes}, defined in {}", self.probes.display())?;
        if let Some(reports) = &self.reports {
            writeln!(f, "it reports to    {reports}")?;
        }
        write!(f, "data lie in      {}", self.data.display())?;
        if self.components == 0 && self.quarantined.is_empty() {
            let probes = self.probes.display();
            write!(f, "\n\nNothing is watched yet. Write a first definition, which is taken up at once:\n")?;
            write!(f, "    prober new --probes {probes} https://your-service.example.org")?;
        }
        for report in &self.quarantined {
            write!(f, "\n\n{}", report.trim_end())?;
        }
        Ok(())
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn announcement(settings: &Settings, post: &Post, set: &DefinitionSet) -> Announcement {
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    Announcement {
        // Replaced once the address is taken.
        url: Url::parse("http://localhost").expect("a constant"),
        probes: absolute(&settings.probes),
        data: absolute(&settings.data),
        components: set.definitions.len(),
        probe_count: set.probes().count(),
        reports: match post {
            Post::Hub => None,
            Post::Outpost(outpost) => Some(format!("{} as {}", outpost.hub, settings.location)),
        },
        quarantined: set.quarantined.iter().map(|quarantined| quarantined.report.clone()).collect(),
    }
}
