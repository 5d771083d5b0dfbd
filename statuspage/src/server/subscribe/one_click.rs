//! The body of somebody who leaves: the page's own form, or `List-Unsubscribe=One-Click` of RFC 8058.
//!
//! It does not know who leaves.

use axum::http::{HeaderMap, header};
use mail_parser::{MessageParser, MimeHeaders as _};

use super::URLENCODED;
use crate::server::body;

/// The name of the one field that a program sends, and its value (RFC 8058 §3.1).
const FIELD: (&str, &str) = ("List-Unsubscribe", "One-Click");

/// Who says that they leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// Somebody who saw the page.
    Page,
    /// A mail program, at one click.
    OneClick,
}

/// Which of the two it is; nothing when it is neither.
pub(super) fn read(headers: &HeaderMap, content: &[u8]) -> Option<Leave> {
    if body::is_of(headers, URLENCODED) {
        return url::form_urlencoded::parse(content).find_map(|(name, value)| meaning(&name, &value));
    }
    if body::is_of(headers, "multipart/form-data") {
        return parts(headers, content)?.into_iter().find_map(|(name, value)| meaning(&name, &value));
    }
    None
}

fn meaning(name: &str, value: &str) -> Option<Leave> {
    let is = |(field, expected): (&str, &str)| {
        name.eq_ignore_ascii_case(field) && value.trim().eq_ignore_ascii_case(expected)
    };
    if is(FIELD) {
        return Some(Leave::OneClick);
    }
    is(("do", "leave")).then_some(Leave::Page)
}

/// The fields of a body in parts (RFC 7578), which is made as mails are: the boundary stands in the head of the request.
fn parts(headers: &HeaderMap, content: &[u8]) -> Option<Vec<(String, String)>> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let message = [b"Content-Type: ", kind.as_bytes(), b"\r\n\r\n", content].concat();
    let message = MessageParser::new().parse(&message)?;
    let field = |part: &mail_parser::MessagePart<'_>| {
        let name = part.content_disposition()?.attribute("name")?.to_owned();
        Some((name, part.text_contents()?.to_owned()))
    };
    Some(message.parts.iter().filter_map(field).collect())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(kind: &'static str, body: &str) -> Option<Leave> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        read(&headers, body.as_bytes())
    }

    #[test]
    fn both_forms_of_rfc_8058_are_one_click() {
        assert_eq!(of(URLENCODED, "List-Unsubscribe=One-Click"), Some(Leave::OneClick));
        // The example of RFC 8058 §8.2, but for its line ends.
        let parts = "-----FormBoundary\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n\
             -----FormBoundary--\r\n";
        assert_eq!(of("multipart/form-data; boundary=---FormBoundary", parts), Some(Leave::OneClick));
        assert_eq!(of("multipart/form-data; boundary=\"---FormBoundary\"", parts), Some(Leave::OneClick));
    }

    #[test]
    fn the_page_s_own_form_is_told_apart_and_anything_else_is_nothing() {
        assert_eq!(of(URLENCODED, "do=leave"), Some(Leave::Page));
        let check = |kind: &'static str, body: &str| assert_eq!(of(kind, body), None, "{kind} {body}");
        check(URLENCODED, "");
        check(URLENCODED, "List-Unsubscribe=Two-Clicks");
        check("text/plain", "List-Unsubscribe=One-Click");
        check("multipart/form-data", "List-Unsubscribe=One-Click");
        check("multipart/form-data; boundary=x", "--y\r\n\r\nOne-Click\r\n--y--");
        check(
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nOne-Click\r\n--x--",
        );
    }
}
