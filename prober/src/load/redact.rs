//! Masks secrets in a file's text, so that no excerpt shows one: those that were read as such, and what looks like one.
//!
//! It does not know the keys of a format. Going by the looks works on text that does not parse.

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
                if let Some(secret) = found.name(name) {
                    mask(&mut masked, secret.range());
                }
            }
        }
        masked
    }
}

/// The text with what stands at these places masked in the same way; the quotes around a value stay.
pub(crate) fn masked(text: &str, places: &[Range<usize>]) -> String {
    const QUOTES: [char; 2] = ['"', '\''];
    let mut masked = text.to_owned();
    for place in places {
        let value = text.get(place.clone()).unwrap_or_default();
        let start = place.start + value.len() - value.trim_start_matches(QUOTES).len();
        mask(&mut masked, start..start + value.trim_matches(QUOTES).len());
    }
    masked
}

fn mask(text: &mut String, place: Range<usize>) {
    let mut stars = String::new();
    let mut rest = &text[place.clone()];
    while let Some(first) = rest.chars().next() {
        let kept = reference(rest).unwrap_or_default();
        // What follows `$${` is no reference but a part of the secret.
        let length = if rest.starts_with("$${") { "$${".len() } else { kept.len().max(first.len_utf8()) };
        match first {
            _ if !kept.is_empty() => stars.push_str(kept),
            '\r' | '\n' => stars.push(first),
            _ => stars.push_str(&"*".repeat(length)),
        }
        rest = &rest[length..];
    }
    text.replace_range(place, &stars);
}

/// The reference that the text begins with: what has the form of one, so that it is hardly a part of a password.
pub(super) fn reference(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix("${")?.split_once('}')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let sound = match name.split_once(':') {
        Some((scheme, what)) => scheme.chars().all(|c| c.is_ascii_lowercase()) && what.trim().chars().all(plain),
        None => name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'),
    };
    sound.then(|| &text[.."${}".len() + name.len()])
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
        check(r#"password = "s3cret${env:CLOUD}$${x}${x""#, r#"password = "******${env:CLOUD}********""#);
        check(r#"name = "Password service""#, r#"name = "Password service""#);
    }

    #[test]
    fn what_was_read_as_a_secret_is_masked_whatever_its_key_is_called() {
        let check = |text: &str, place: Range<usize>, expected: &str| {
            assert_eq!(masked(text, &[place]), expected);
        };
        check("url = \"https://x/T0\" # a", 6..20, "url = \"************\" # a");
        check("body = '''a\nb'''", 7..16, "body = '''*\n*'''");
        check("a = \"${file:/run/x} é\"", 4..23, "a = \"${file:/run/x}***\"");
        check("a = \"\"", 4..6, "a = \"\"");
    }
}
