//! Whether the name servers are silent altogether, or only about one name.
//!
//! It knows no deadlines: it is told of each silence and of each answer.

use std::sync::{Mutex, PoisonError};

/// Silence about that many names in a row, with no answer in between, is no longer the names' fault.
const NAMES: usize = 3;

/// The names that the servers have been silent about since their last answer.
#[derive(Debug, Default)]
pub(super) struct Silence(Mutex<Vec<String>>);

impl Silence {
    /// A server answered, whatever it said.
    pub(super) fn broken(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// No server answered about `name`; whether they are silent altogether.
    pub(super) fn about(&self, name: &str) -> bool {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() < NAMES && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        names.len() >= NAMES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_about_one_name_is_the_names_and_about_several_ours() {
        let silence = Silence::default();
        assert!(!silence.about("a.test"));
        assert!(!silence.about("a.test"));
        assert!(!silence.about("b.test"));
        assert!(silence.about("c.test"));
        silence.broken();
        assert!(!silence.about("c.test"));
    }
}
