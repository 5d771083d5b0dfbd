//! `/api/v1/components/{id}/observations`: its parameters, and the page it answers with.
//!
//! It does not know where observations are kept.

use std::sync::Arc;

use serde::Serialize;
use shared::{ComponentId, Observation, Timestamp};

use super::problem::Problem;
use crate::store::{MAX_PAGE, ObservationPage, ObservationQuery};

/// How many observations come when nobody says.
const DEFAULT_LIMIT: usize = 100;

/// Reads the query of the address. Parameters that we do not know are left alone, as the web has it.
///
/// # Errors
///
/// A problem that names the parameter.
pub(crate) fn query(component: ComponentId, query: Option<&str>) -> Result<ObservationQuery, Problem> {
    let pairs: Vec<_> = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect();
    let one = |name: &'static str| {
        let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_ref());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Problem::parameter(name, format!("`{name}` is given more than once"))),
            (first, None) => Ok(first),
        }
    };
    let (from, to) = (time("from", one("from")?)?, time("to", one("to")?)?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::parameter("to", "`to` is before `from`"));
    }
    let cursor = one("cursor")?.map(str::parse).transpose();
    let cursor = cursor.map_err(|fault| Problem::parameter("cursor", format!("{fault}")))?;
    Ok(ObservationQuery { component, from, to, limit: limit(one("limit")?)?, cursor })
}

fn time(name: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let parse = |text: &str| {
        // An offset's `+` that nobody encoded arrives as a space.
        let mended = match text.rfind(' ') {
            Some(at) if at > 10 => format!("{}+{}", &text[..at], &text[at + 1..]),
            Some(_) | None => text.to_owned(),
        };
        mended.parse().map_err(|fault| Problem::parameter(name, format!("`{name}` cannot be read: {fault}")))
    };
    text.map(parse).transpose()
}

fn limit(text: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = text else { return Ok(DEFAULT_LIMIT) };
    let limit = text.parse::<usize>().ok().filter(|limit| (1..=MAX_PAGE).contains(limit));
    limit.ok_or_else(|| Problem::parameter("limit", format!("`limit` is a number from 1 to {MAX_PAGE}")))
}

/// The answer.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    observations: Vec<Observation>,
    next: Option<String>,
}

impl Page {
    /// Leaves out what is not for everybody.
    pub(crate) fn public(page: ObservationPage) -> Self {
        Self::of(page, Observation::public)
    }

    /// With what is private: for operators.
    pub(crate) fn whole(page: ObservationPage) -> Self {
        Self::of(page, |observation| observation)
    }

    fn of(page: ObservationPage, shown: impl Fn(Observation) -> Observation) -> Self {
        let shown = |observation| shown(Arc::unwrap_or_clone(observation));
        Self {
            observations: page.observations.into_iter().map(shown).collect(),
            next: page.next.map(|cursor| cursor.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ObservationQuery, serde_json::Value> {
        let id = "cloud".parse().expect("an id");
        query(id, Some(text)).map_err(|problem| serde_json::to_value(problem).expect("it serialises"))
    }

    #[test]
    fn a_parameter_that_cannot_be_used_is_named() {
        let check = |text: &str, parameter: &str| {
            let problem = read(text).expect_err(text);
            assert_eq!((&problem["parameter"], &problem["status"]), (&parameter.into(), &400.into()), "{text}");
            assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{text}");
        };
        check("from=yesterday", "from");
        check("to=2026-13-01T00:00:00Z", "to");
        check("from=2026-11-22T13:00:00Z&to=2026-11-22T12:00:00Z", "to");
        check("limit=0", "limit");
        check("limit=1001", "limit");
        check("limit=-1", "limit");
        check("limit=ten", "limit");
        check("limit=1&limit=2", "limit");
        check("cursor=!", "cursor");
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let query = read("other=1").expect("sound");
        assert_eq!((query.limit, query.from, query.to, query.cursor), (100, None, None, None));
    }

    #[test]
    fn an_offset_may_come_without_its_encoding() {
        let expected = "2026-11-22T12:00:00Z".parse().ok();
        for text in ["from=2026-11-22T13:00:00%2B01:00", "from=2026-11-22T13:00:00+01:00", "from=2026-11-22T12:00:00Z"]
        {
            assert_eq!(read(text).expect("sound").from, expected, "{text}");
        }
    }
}
