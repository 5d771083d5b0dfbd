//! The query of an address. Parameters that we do not know are left alone, as the web has it.
//!
//! It does not know which parameters there are.

use std::borrow::Cow;

use shared::Timestamp;

use super::problem::Problem;

/// Names with their values, as they were given.
pub(crate) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    pub(crate) fn of(query: Option<&'a str>) -> Self {
        Self(url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect())
    }

    /// The value of a parameter that may be given once.
    pub(crate) fn one(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_ref());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Problem::parameter(name, format!("`{name}` is given more than once"))),
            (first, None) => Ok(first),
        }
    }

    /// The same, of a time.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<Timestamp>, Problem> {
        let parse = |text: &str| {
            // An offset's `+` that nobody encoded arrives as a space.
            let mended = match text.rfind(' ') {
                Some(at) if at > 10 => format!("{}+{}", &text[..at], &text[at + 1..]),
                Some(_) | None => text.to_owned(),
            };
            mended.parse().map_err(|fault| Problem::parameter(name, format!("`{name}` cannot be read: {fault}")))
        };
        self.one(name)?.map(parse).transpose()
    }
}
