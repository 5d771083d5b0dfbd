//! Keeps a definition's own secrets out of what is shown of an answer: a page of debugging repeats the request that it answers.
//!
//! It does not know where evidence comes from nor who reads it.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::definition::{Check, HeartbeatCheck, HttpCheck, Secret, TcpCheck};

/// Shorter ones stand in any text by chance.
const SHORTEST: usize = 4;
const STARS: &str = "***";

/// The text without any secret of `check`.
pub(super) fn masked(text: String, check: &Check) -> String {
    let secrets = secrets(check);
    secrets.iter().filter(|secret| secret.len() >= SHORTEST).fold(text, |text, secret| without(text, secret))
}

fn secrets(check: &Check) -> Vec<String> {
    match check {
        Check::Http(check) => {
            let HttpCheck { headers, body, basic_auth, .. } = check.as_ref();
            let given = headers.iter().map(|(_name, value)| value).chain(body).map(confidential);
            let pair = basic_auth.iter().flat_map(|auth| {
                let password = auth.password.reveal();
                [STANDARD.encode(format!("{}:{password}", auth.user)), password.to_owned()]
            });
            given.chain(pair).collect()
        }
        Check::Tcp(TcpCheck { send, .. }) => send.iter().map(confidential).collect(),
        Check::Heartbeat(HeartbeatCheck { token, .. }) => vec![token.reveal().to_owned()],
    }
}

fn confidential(secret: &Secret) -> String {
    secret.confidential().to_owned()
}

/// `text` with stars instead of `secret`; at the end, where evidence is cut, instead of a beginning of it.
fn without(text: String, secret: &str) -> String {
    let text = text.replace(secret, STARS);
    let beginnings = secret.char_indices().map(|(at, _)| &secret[..at]).filter(|part| part.len() >= SHORTEST);
    match beginnings.rev().find_map(|part| text.strip_suffix(part)) {
        Some(before) => format!("{before}{STARS}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_wherever_it_stands_and_where_it_was_cut_off() {
        let send = Some(Secret::of_template("PASS ${env:P}", "PASS hunter2".to_owned()));
        let check = Check::Tcp(TcpCheck { host: "a.test".to_owned(), port: 1, tls: false, send, expect: None });
        let masked = |text: &str| masked(text.to_owned(), &check);
        assert_eq!(masked("PASS hunter2: no, not hunter2"), "PASS ***: no, not ***");
        assert_eq!(masked("you said hunte"), "you said ***");
        assert_eq!(masked("a hunt for hun"), "a hunt for hun");
    }
}
