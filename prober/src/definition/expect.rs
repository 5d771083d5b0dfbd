//! What an answer must be: the checked form of `[probe.http.expect]`.
//!
//! It does not know how to judge an answer.

use std::time::Duration;

/// What an HTTP answer must be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectation {
    /// 2xx unless given.
    pub status: ExpectStatus,
    /// Slower than that, over everything, is a warning.
    pub within: Option<Duration>,
    /// Fewer days left on the chain is a warning.
    pub certificate_days: Option<u32>,
    /// All must hold of the body.
    pub body: Vec<TextRule>,
    /// All must hold of the headers.
    pub headers: Vec<ExpectHeader>,
    /// Each pointer must lead to an equal value.
    pub json: Vec<ExpectJson>,
    /// No pointer may lead to an equal value.
    pub not_json: Vec<ExpectJson>,
}

/// Which statuses are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectStatus(pub Vec<StatusPattern>);

impl Default for ExpectStatus {
    fn default() -> Self {
        Self(vec![StatusPattern::Class(2)])
    }
}

impl ExpectStatus {
    /// Whether `status` is one of them.
    pub fn allows(&self, status: u16) -> bool {
        self.0.iter().any(|pattern| match *pattern {
            StatusPattern::Exactly(code) => code == status,
            StatusPattern::Class(class) => u16::from(class) == status / 100,
        })
    }
}

/// One status or a class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusPattern {
    /// `200`.
    Exactly(u16),
    /// `"2xx"`, as 2.
    Class(u8),
}

/// A rule for a text.
#[derive(Debug, Clone)]
pub enum TextRule {
    /// Holds that somewhere.
    Contains(String),
    /// Holds it nowhere.
    NotContains(String),
    /// Matches somewhere.
    Matches(regex::bytes::Regex),
    /// Matches nowhere.
    NotMatches(regex::bytes::Regex),
}

/// A regular expression is its text.
impl PartialEq for TextRule {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Contains(a), Self::Contains(b)) | (Self::NotContains(a), Self::NotContains(b)) => a == b,
            (Self::Matches(a), Self::Matches(b)) | (Self::NotMatches(a), Self::NotMatches(b)) => {
                a.as_str() == b.as_str()
            }
            (Self::Contains(_) | Self::NotContains(_) | Self::Matches(_) | Self::NotMatches(_), _) => false,
        }
    }
}

/// A rule for a header.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectHeader {
    /// Its name.
    pub name: http::HeaderName,
    /// What must hold.
    pub rule: HeaderRule,
}

/// What must hold of a header: some of its values satisfies each rule, or there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum HeaderRule {
    /// The header is not there.
    Absent,
    /// The header is there, and all hold of its values joined by `, `.
    Text(Vec<TextRule>),
}

/// A JSON Pointer (RFC 6901) and a value.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectJson {
    /// Empty for the whole document, else begins with `/`.
    pub pointer: String,
    /// Compared as JSON: `1` and `1.0` are equal.
    pub value: serde_json::Value,
}
