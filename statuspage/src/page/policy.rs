//! What a page may do in a browser.
//!
//! It does not know which pages there are: they share one policy, which allows the style sheet of all and that of forms.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::style;

/// The value of `Content-Security-Policy`. `frame_ancestors` is the operator's setting, by default `'none'`.
pub fn content_security_policy(frame_ancestors: &str) -> String {
    policy(&format!("{} {}", source(&style::sheet()), source(&style::form())), frame_ancestors)
}

/// The same for the pages of operators: they have a second sheet, and nobody shows them in a frame.
pub fn operator_security_policy() -> String {
    policy(&format!("{} {}", source(&style::sheet()), source(&style::operator())), "'none'")
}

fn source(sheet: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(sheet)))
}

fn policy(styles: &str, frame_ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src {styles}; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {frame_ancestors}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_promised_one_byte_for_byte() {
        let policy = content_security_policy("'none'");
        let (before, rest) = policy.split_once("sha256-").expect("the style sheet is allowed by its hash");
        let (hash, rest) = rest.split_once('\'').expect("quoted");
        let (between, rest) = rest.split_once("sha256-").expect("the sheet of forms too");
        let (other, after) = rest.split_once('\'').expect("quoted");
        assert_eq!(before, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src '");
        assert_eq!((hash.len(), between, other.len()), (44, " '", 44));
        assert_eq!(
            after,
            "; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
    }
}
