//! The page's own facts: its title, languages, time zone and address, as the settings gave them.
//!
//! It does not know where they came from.

use jiff::tz::TimeZone;
use shared::{Language, Text};
use url::Url;

/// What the page says of itself.
#[derive(Debug, Clone)]
pub struct Site {
    /// Whose services these are.
    pub title: Text,
    /// The languages on offer, the default first; never empty.
    pub languages: Vec<Language>,
    /// Where days begin.
    pub time_zone: TimeZone,
    /// The page's own address, without a trailing slash in its path; absent when the operator gave none.
    pub public_url: Option<Url>,
    /// The order of the groups by name (any language); groups that are not listed follow in alphabetical order.
    pub groups: Vec<String>,
    /// Whether other pages may show this one in a frame: the value of CSP's `frame-ancestors`.
    pub frame_ancestors: String,
}

impl Site {
    /// The language for those who ask for none that is on offer.
    pub fn default_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::En)
    }
}
