//! What the browser may have to say by itself, in the reader's words as they came with the page.
//!
//! It does not know when to say what.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, LocationName};

use super::age::{Spans, fill};

/// More names than that in one sentence are counted instead.
pub const NAMED: usize = 3;

/// Words for what the browser finds out by itself; `#` stands for a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrases {
    /// The headline of a page that is older than its promise.
    pub stopped: String,
    /// The tab's title of such a page.
    pub stopped_title: String,
    /// The headline when the last results of a few components are too old, with `#` in the place of their names.
    pub unproven: String,
    /// The same when they are many: their number, then that of all.
    pub unproven_many: String,
    /// The same when they are all.
    pub unproven_all: String,
    /// The tab's title of such a page.
    pub unproven_title: String,
    /// Two names, or a list and one more name, joined.
    pub comma: String,
    /// The last name joined to those before it.
    pub and: String,
    /// The state of a component whose last result is too old.
    pub unverified: String,
    /// The same when there has been no result.
    pub unverified_ever: String,
    /// Since when a component has its state.
    pub since: String,
    /// How long ago something was.
    pub ago: String,
    /// Spans of time.
    pub spans: Spans,
    /// The last measurement of each location as a time of day, for as long as the hub's time is unknown.
    pub measured: BTreeMap<LocationName, String>,
    /// When the page was made, and until when it may be believed.
    pub valid: String,
    /// What a page that keeps itself fresh says instead.
    pub promise: String,
    /// How to read a drawing part by part.
    pub hint: String,
    /// The tab's title of a page about one component, with `#` in the place of its state; other pages take the hub's.
    pub subject: Option<(ComponentId, String)>,
    /// The tab's title of a page about something that has no state; other pages take the hub's.
    pub title: Option<String>,
}

impl Phrases {
    /// The same for a page about one component.
    #[must_use]
    pub fn about(self, component: &ComponentId, title: String) -> Self {
        Self { subject: Some((component.clone(), title)), ..self }
    }

    /// The tab's title of a page about one component in that state; empty for other pages.
    pub fn title(&self, state: &str) -> String {
        self.subject.as_ref().map_or_else(String::new, |(_, title)| fill(title, state))
    }

    /// The state of a component whose last result is so old.
    pub(super) fn unverified(&self, age: Duration) -> String {
        fill(&self.unverified, &self.spans.write(age))
    }

    /// The headline when nobody knows how these components do, of so many.
    pub(super) fn unproven(&self, names: &[&str], total: usize) -> String {
        let count = names.len();
        if count == total {
            return self.unproven_all.clone();
        }
        match names.split_last() {
            Some((last, before)) if count <= NAMED => fill(&self.unproven, &self.list(before, last)),
            Some(_) | None => fill(&fill(&self.unproven_many, &count.to_string()), &total.to_string()),
        }
    }

    fn list(&self, before: &[&str], last: &str) -> String {
        let join = |pattern: &str, first: &str, second: &str| {
            // The second place first: a name may hold the mark of a place.
            pattern.rsplit_once('#').map_or_else(String::new, |(head, tail)| fill(head, first) + second + tail)
        };
        let before = before.iter().map(ToString::to_string).reduce(|list, name| join(&self.comma, &list, &name));
        before.map_or_else(|| last.to_owned(), |before| join(&self.and, &before, last))
    }
}
