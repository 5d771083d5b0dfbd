//! What a sign of life says: that all is well or not, since when, and values.
//!
//! It does not know who may say it.

use std::{collections::BTreeMap, time::Duration};

/// So many values are taken.
const MOST: usize = 64;
/// A message is cut there, in bytes.
const LONGEST: usize = 2_048;

/// What kind of sign it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sign {
    /// All is well.
    #[default]
    Alive,
    /// Something is wrong.
    Down,
    /// A job has begun; it proves nothing yet.
    Begun,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Push {
    /// What kind.
    pub sign: Sign,
    /// What the sender says of it: for operators.
    pub message: Option<String>,
    /// How long something took, as the sender measured it.
    pub took: Option<Duration>,
    /// Numbers by their names.
    pub values: BTreeMap<String, f64>,
}

impl Push {
    /// One of that kind that says nothing else.
    pub fn of(sign: Sign) -> Self {
        Self { sign, ..Self::default() }
    }

    /// Takes pairs as Uptime Kuma names them: `status` (all but `up` is down), `msg`, `ping` in milliseconds; each other one that
    /// is a number is a value.
    #[must_use]
    pub fn with_pairs<'a>(mut self, pairs: impl Iterator<Item = (impl AsRef<str> + 'a, impl AsRef<str> + 'a)>) -> Self {
        for (name, text) in pairs {
            let (name, text) = (name.as_ref(), text.as_ref().trim());
            match name {
                "status" if text.is_empty() || text.eq_ignore_ascii_case("up") => {}
                "status" => self.sign = Sign::Down,
                "msg" => self = self.saying(text),
                "ping" => self.took = text.parse().ok().and_then(milliseconds).or(self.took),
                _ => {
                    if let Some(value) = number(text).filter(|_| self.values.len() < MOST) {
                        self.values.insert(name.to_owned(), value);
                    }
                }
            }
        }
        self
    }

    /// The same with a message; an empty one is none.
    #[must_use]
    pub fn saying(mut self, text: &str) -> Self {
        let cut = text.floor_char_boundary(LONGEST);
        self.message = Some(text[..cut].trim().to_owned()).filter(|text| !text.is_empty()).or(self.message);
        self
    }
}

/// `12`, `12.5` and `12%`, as `df` writes it.
fn number(text: &str) -> Option<f64> {
    text.trim_end_matches('%').parse().ok().filter(|number: &f64| number.is_finite())
}

fn milliseconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number / 1e3).ok().filter(|took| *took < Duration::from_secs(86_400 * 366))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushed(query: &str) -> Push {
        Push::default().with_pairs(url::form_urlencoded::parse(query.as_bytes()))
    }

    #[test]
    fn it_reads_what_uptime_kumas_senders_say_and_values_beside() {
        assert_eq!(pushed("status=up&msg=OK&ping="), Push::of(Sign::Alive).saying("OK"));
        assert_eq!(pushed("status=down&msg=disk+full"), Push::of(Sign::Down).saying("disk full"));
        assert_eq!(pushed("status=broken").sign, Sign::Down);
        assert_eq!(pushed("").sign, Sign::Alive);
        assert_eq!(pushed("ping=12.5").took, Some(Duration::from_micros(12_500)));
        let values = pushed("free_pct=12%25&load=0.5&words=many&nan=NaN").values;
        assert_eq!(values, BTreeMap::from([("free_pct".to_owned(), 12.0), ("load".to_owned(), 0.5)]));
    }

    #[test]
    fn nothing_of_it_grows_without_bounds() {
        let many: String = (0..1_000).map(|i| format!("v{i}=1&")).collect();
        assert_eq!(pushed(&many).values.len(), MOST);
        assert_eq!(pushed(&format!("msg={}", "é".repeat(10_000))).message.map(|text| text.len()), Some(LONGEST));
        assert_eq!(pushed("ping=1e300").took, None);
    }
}
