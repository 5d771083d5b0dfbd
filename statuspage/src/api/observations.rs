//! `/api/v1/components/{id}/observations`: its parameters, and the page it answers with.
//!
//! It does not know where observations are kept.

use std::sync::Arc;

use serde::Serialize;
use shared::{ComponentId, Observation};

use super::{parameters::Parameters, problem::Problem};
use crate::store::{MAX_PAGE, ObservationPage, ObservationQuery};

/// How many observations come when nobody says.
const DEFAULT_LIMIT: usize = 100;

/// Reads the query of the address. Parameters that we do not know are left alone, as the web has it.
///
/// # Errors
///
/// A problem that names the parameter.
pub(crate) fn query(component: ComponentId, query: Option<&str>) -> Result<ObservationQuery, Problem> {
    let parameters = Parameters::of(query);
    let (from, to) = (parameters.time("from")?, parameters.time("to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::parameter("to", "`to` is before `from`"));
    }
    let cursor = parameters.one("cursor")?.map(str::parse).transpose();
    let cursor = cursor.map_err(|fault| Problem::parameter("cursor", format!("{fault}")))?;
    let limit = parameters.limit(DEFAULT_LIMIT, MAX_PAGE)?;
    Ok(ObservationQuery { component, formerly: Vec::new(), from, to, limit, cursor })
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
