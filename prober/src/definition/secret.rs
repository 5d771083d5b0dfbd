//! A text that may be secret: it can be used and never be seen.
//!
//! It does not know where the text came from.

use std::fmt;

/// A text whose `Debug` shows nothing; there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    /// How many bytes in front of the confidential part and after it anybody may see.
    around: (usize, usize),
}

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), around: (0, 0) }
    }

    /// Takes into custody what was made of `template`: confidential is what its references, such as `${env:NAME}`, stood for.
    pub fn of_template(template: &str, text: String) -> Self {
        let around = match (template.find("${"), template.rfind("${")) {
            // Escaped characters move what follows them.
            _ if template.contains("$${") => (0, 0),
            (Some(first), Some(last)) => {
                let end = template[last..].find('}').map_or(template.len(), |length| last + length + 1);
                (first, template.len() - end)
            }
            (None, _) | (_, None) => (text.len(), 0),
        };
        Self { text, around }
    }

    /// The text, to be sent to whom it is meant for and shown to nobody.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What must not be seen of it; may be nothing.
    pub(crate) fn confidential(&self) -> &str {
        self.text.get(self.around.0..self.text.len().saturating_sub(self.around.1)).unwrap_or_default()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidential_is_what_references_stood_for() {
        let check = |template: &str, text: &str, expected: &str| {
            assert_eq!(Secret::of_template(template, text.to_owned()).confidential(), expected, "{template}");
        };
        check("text/html", "text/html", "");
        check("${env:TOKEN}", "hunter2", "hunter2");
        check("Bearer ${env:TOKEN}", "Bearer hunter2", "hunter2");
        check(r#"{"password": "${env:P}"}"#, r#"{"password": "hunter2"}"#, "hunter2");
        check("a ${env:A} b ${env:B} c", "a 1234 b 5678 c", "1234 b 5678");
        check("$${x} ${env:A}", "${x} hunter2", "${x} hunter2");
        assert_eq!(Secret::new("hunter2").confidential(), "hunter2");
    }
}
