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

    /// The same, of `true` or `false`.
    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, Problem> {
        let parse =
            |text: &str| text.parse().map_err(|_| Problem::parameter(name, format!("`{name}` is `true` or `false`")));
        self.one(name)?.map(parse).transpose()
    }

    /// `limit`: how many are asked for, from one on; so many where nobody says.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, Problem> {
        let Some(text) = self.one("limit")? else { return Ok(default) };
        let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
        limit.ok_or_else(|| Problem::parameter("limit", format!("`limit` is a number from 1 to {most}")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_from_one_to_the_most() {
        let check = |query: &str, expected: Option<usize>| {
            assert_eq!(Parameters::of(Some(query)).limit(100, 1_000).ok(), expected, "{query}");
        };
        check("", Some(100));
        check("limit=1", Some(1));
        check("limit=1000", Some(1_000));
        check("limit=0", None);
        check("limit=1001", None);
        check("limit=-1", None);
        check("limit=ten", None);
        check("limit=1&limit=2", None);
    }

    #[test]
    fn a_flag_is_true_or_false() {
        let check = |query: &str, expected: Option<Option<bool>>| {
            assert_eq!(Parameters::of(Some(query)).flag("open").ok(), expected, "{query}");
        };
        check("", Some(None));
        check("open=true", Some(Some(true)));
        check("open=false", Some(Some(false)));
        check("open=1", None);
        check("open=", None);
        check("open=true&open=true", None);
    }
}
