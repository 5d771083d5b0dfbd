//! What a probe met on its way to a failure: for operators, never public, and small enough to be kept with an incident.
//!
//! It does not know what any of it means, nor which failure it belongs to. A prober takes out secrets before it makes one.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, verdict::printable};

/// So many addresses of a name are kept.
const MAX_ADDRESSES: usize = 8;
/// So many certificates of a chain are kept, from the server's own upwards.
const MAX_CERTIFICATES: usize = 4;
/// A response head is cut after so many bytes.
const MAX_HEAD: usize = 2_048;
/// The names in a certificate are cut after so many characters.
const MAX_NAME: usize = 200;

/// What was seen before something failed; what was not reached is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Every address that the name had, in the order of the answer; the first one was tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// The chain that the server sent, its own certificate first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// The status line and the headers of the answer that was judged, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub head: Vec<String>,
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// Its number at the issuer, in hexadecimal.
    pub serial: String,
    /// Its beginning.
    pub not_before: Timestamp,
    /// Its end.
    pub not_after: Timestamp,
}

impl Exhibit {
    /// Whether nothing was met.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.certificates.is_empty() && self.head.is_empty()
    }

    /// The same within its limits and without characters that steer what shows them, whoever made it.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.addresses.truncate(MAX_ADDRESSES);
        self.certificates.truncate(MAX_CERTIFICATES);
        for certificate in &mut self.certificates {
            for name in [&mut certificate.subject, &mut certificate.issuer, &mut certificate.serial] {
                *name = printable(name, MAX_NAME);
            }
        }
        let mut room = MAX_HEAD;
        self.head = self.head.iter().map_while(|line| fitting(line, &mut room)).collect();
        self
    }
}

/// The line, or what there is room for of it.
fn fitting(line: &str, room: &mut usize) -> Option<String> {
    if *room == 0 {
        return None;
    }
    let mut line = printable(line, *room);
    line.truncate(line.floor_char_boundary(*room));
    // A line costs its end, too.
    *room = room.saturating_sub(line.len() + 1);
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(subject: &str) -> Certificate {
        let (subject, at) = (subject.to_owned(), Timestamp::from_millis(0));
        Certificate { subject, issuer: "i".into(), serial: "01".into(), not_before: at, not_after: at }
    }

    #[test]
    fn whatever_a_target_says_an_exhibit_stays_small_and_harmless() {
        let endless = Exhibit {
            addresses: vec![[192, 0, 2, 1].into(); 900],
            certificates: vec![certificate(&"é\u{1b}".repeat(9_000)); 40],
            head: vec![format!("x: \u{202e}{}", "ü".repeat(700)); 40],
        };
        let bounded = endless.bounded();
        let size = serde_json::to_string(&bounded).expect("serialises").len();
        assert!(size < 8_000, "{size}");
        assert!(bounded.head.iter().map(|line| line.len() + 1).sum::<usize>() <= MAX_HEAD + 1);
        assert!(bounded.head[0].starts_with(r"x: \u{202e}ü"), "{}", bounded.head[0]);
        assert_eq!(bounded.clone().bounded(), bounded);
    }

    #[test]
    fn what_is_short_stays_as_it_is() {
        let head = vec!["HTTP/1.1 502 Bad Gateway".to_owned(), "server: nginx".to_owned()];
        let exhibit = Exhibit { addresses: vec![], certificates: vec![certificate("CN=a.test")], head };
        assert_eq!(exhibit.clone().bounded(), exhibit);
        assert!(!exhibit.is_empty() && Exhibit::default().is_empty());
    }
}
