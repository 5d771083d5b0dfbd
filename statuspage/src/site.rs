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
    /// What keeps watch over the monitoring itself.
    pub safeguards: Safeguards,
    /// Who writes to subscribers; absent when no mail is sent to them.
    pub mail: Option<Mail>,
}

/// What readers are told of mail before they ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address that mail comes from and that answers go to, without a name.
    pub sender: String,
    /// Who answers for the data of subscribers: name, legal form, postal address.
    pub identity: Text,
}

/// What the operator has set up against faults of the monitoring itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Safeguards {
    /// How many targets tell a place that sees nothing from an outage; with none it is never taken to be blind.
    pub control_targets: usize,
    /// Who notices when this process is gone.
    pub dead_man: DeadManSwitch,
}

/// Whether somebody outside expects a sign of life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeadManSwitch {
    /// Somebody does.
    Expected,
    /// Nobody would notice.
    #[default]
    Absent,
}

impl Site {
    /// The language for those who ask for none that is on offer.
    pub fn default_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::En)
    }
}
