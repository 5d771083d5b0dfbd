//! Masks what looks like a secret in a definition's text, so that no excerpt shows it.
//!
//! It goes by the looks alone: it works on text that does not parse.

use std::ops::Range;

use regex::Regex;

/// Whoever is asked for: a key that names a secret with its text, closed or not, and the password of a URL.
const SECRETS: &str = concat!(
    r#"(?i)[\w-]*(?:pass|auth|cookie|token|secret|key|credential)[\w-]*["']?\s*=\s*"#,
    r#"(?:"""(?<a>(?s:.*?))(?:"""|\z)|'''(?<b>(?s:.*?))(?:'''|\z)|"(?<c>(?:[^"\\\r\n]|\\.)*)|'(?<d>[^'\r\n]*))"#,
    r#"|(?:://|["'](?://)?)[^/\s"'?\#:@]*:(?<e>[^\s"'/?\#]*)@"#,
);

/// Knows secrets by their looks. Making one takes a moment: one serves a whole directory.
pub(crate) struct Redactor(Regex);

impl Redactor {
    pub(crate) fn new() -> Self {
        Self(Regex::new(SECRETS).expect("a constant that the tests compile"))
    }

    /// The text with each secret replaced by asterisks, byte for byte, so that places keep their meaning. References such as
    /// `${env:NAME}` stay: they are no secrets, and what is wrong with them should be seen.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for found in self.0.captures_iter(text) {
            for name in ["a", "b", "c", "d", "e"] {
                if let Some(secret) = found.name(name).filter(|secret| !secret.as_str().contains("${")) {
                    mask(&mut masked, secret.range());
                }
            }
        }
        masked
    }
}

fn mask(text: &mut String, place: Range<usize>) {
    let stars = text[place.clone()]
        .chars()
        .map(|c| if matches!(c, '\r' | '\n') { c.to_string() } else { "*".repeat(c.len_utf8()) })
        .collect::<String>();
    text.replace_range(place, &stars);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_masked_in_place() {
        let redactor = Redactor::new();
        let check = |text: &str, expected: &str| {
            assert_eq!(redactor.redact(text), expected);
            assert_eq!(expected.len(), text.len());
        };
        check(
            r#"basic_auth = { user = "u", password = "hé\"1" }"#,
            r#"basic_auth = { user = "u", password = "******" }"#,
        );
        check(r#"headers = { "Authorization" = 'Bearer x' }"#, r#"headers = { "Authorization" = '********' }"#);
        check("X-Api-Key = \"\"\"a\nb\"\"\"", "X-Api-Key = \"\"\"*\n*\"\"\"");
        check("password = \"never closed\nname = 1", "password = \"************\nname = 1");
        check(r#"url = "https://me:pw@example.org/a:b@c""#, r#"url = "https://me:**@example.org/a:b@c""#);
        check(r#"address = "me:pw@example.org:25""#, r#"address = "me:**@example.org:25""#);
        check(r#"password = "${env:CLOUD}""#, r#"password = "${env:CLOUD}""#);
        check(r#"name = "Password service""#, r#"name = "Password service""#);
    }
}
