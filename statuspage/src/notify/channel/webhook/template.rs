//! The template of a webhook's body, in the language of Jinja.
//!
//! It does not know where the body goes. A template is tried when the settings are read, with one document of each event: a name that
//! does not exist, or JSON that is none, is found then and not when an alarm is to leave.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use serde_json::Value;

use super::samples;

/// The name of the only template of an environment.
const NAME: &str = "template";
/// No body may be longer.
const LONGEST: usize = 64 * 1024;
/// Steps that a template may take: a loop that never ends does.
const FUEL: u64 = 100_000;

/// A template that made a body of every sample.
#[derive(Clone)]
pub struct Template {
    environment: Arc<Environment<'static>>,
    content_type: HeaderValue,
}

/// It may hold secrets.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Template([secret])")
    }
}

/// Why a template makes no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// Its words are not understood.
    #[error("line {line} of the template: {why}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// What it makes is no JSON.
    #[error("for the event {event} the template makes no JSON: {why}")]
    Json {
        /// Of which event.
        event: String,
        /// Why.
        why: String,
    },
    /// What it makes is too long.
    #[error("the template makes more than 64 kB")]
    Long,
}

impl Template {
    /// Takes a template and tries it.
    ///
    /// # Errors
    ///
    /// When it makes no body of some document.
    pub fn new(source: String, content_type: HeaderValue) -> Result<Self, TemplateFault> {
        let json = is_json(&content_type);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        // In JSON a value is written as JSON, with its quotes, so that no text can end the document.
        environment.set_auto_escape_callback(move |_| if json { AutoEscape::Json } else { AutoEscape::None });
        environment.add_template_owned(NAME, source).map_err(|error| fault(&error))?;
        let template = Self { environment: Arc::new(environment), content_type };
        for document in samples() {
            let made = template.fill(&document)?;
            let event = || document["event"].as_str().unwrap_or_default().to_owned();
            if json && let Err(error) = serde_json::from_str::<Value>(&made) {
                return Err(TemplateFault::Json { event: event(), why: error.to_string() });
            }
        }
        Ok(template)
    }

    /// The body for a document.
    pub(super) fn fill(&self, document: &Value) -> Result<String, TemplateFault> {
        let template = self.environment.get_template(NAME).map_err(|error| fault(&error))?;
        let made = template.render(document).map_err(|error| fault(&error))?;
        if made.len() > LONGEST { Err(TemplateFault::Long) } else { Ok(made) }
    }

    pub(super) fn content_type(&self) -> HeaderValue {
        self.content_type.clone()
    }
}

fn is_json(content_type: &HeaderValue) -> bool {
    let kind = content_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

fn fault(error: &minijinja::Error) -> TemplateFault {
    let why = match error.kind() {
        ErrorKind::UndefinedError => "it names a field that the document does not have in every event".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), |detail| format!("{kind}: {detail}")),
    };
    TemplateFault::Syntax { line: error.line().unwrap_or(1), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(source: &str, kind: &'static str) -> Result<String, String> {
        let template = Template::new(source.to_owned(), HeaderValue::from_static(kind));
        let template = template.map_err(|fault| fault.to_string())?;
        template.fill(&samples()[0]).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_template_makes_its_body_of_the_document() {
        let json = "application/json";
        assert_eq!(
            made("{\"what\": {{ event }}, \"n\": {{ times }}}", json),
            Ok("{\"what\": \"down\", \"n\": 1}".into())
        );
        assert_eq!(made("{{ site }}: {{ event }}{% if link %}!{% endif %}", "text/plain"), Ok("Site: down!".into()));
    }

    #[test]
    fn a_template_that_would_fail_is_refused_before_it_is_needed() {
        let check = |source: &str, kind: &'static str, expected: &str| {
            let refused = made(source, kind).expect_err("refused");
            assert!(refused.contains(expected), "{refused}");
        };
        check("{{ event", "text/plain", "line 1 of the template: syntax error");
        check("\n{{ evnet }}", "text/plain", "line 2 of the template: it names a field");
        check("{{ incident.id }}", "text/plain", "it names a field");
        check("{\"x\": {{ event }}", "application/json", "for the event down the template makes no JSON");
        check("{% for i in range(100000000) %}x{% endfor %}", "text/plain", "line 1");
    }
}
