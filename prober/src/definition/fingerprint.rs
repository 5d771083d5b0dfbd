//! Whether two places run the same definitions, in one word.
//!
//! It does not know files. Secrets are left out: each place has its own. It says something only between programs of one version,
//! because it is made of how they hold the definitions.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};

use super::DefinitionSet;

impl DefinitionSet {
    /// Sixteen hexadecimal digits: the same for the same definitions.
    pub fn fingerprint(&self) -> String {
        let mut text = String::new();
        for definition in self.definitions.values() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{definition:?}");
        }
        let digest = digest(&SHA256, text.as_bytes());
        digest.as_ref().iter().take(8).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::load::{LoadOptions, load};

    #[test]
    fn the_same_definitions_have_the_same_fingerprint_and_others_another() {
        let of = |text: &str| {
            let directory = tempfile::tempdir().expect("a directory");
            std::fs::write(directory.path().join("cloud.toml"), text).expect("written");
            let loaded = load(directory.path(), &LoadOptions::from_environment(TimeZone::UTC)).expect("read");
            let set = super::DefinitionSet { definitions: loaded.definitions, ..Default::default() };
            set.fingerprint()
        };
        let text = |url: &str| format!("name = \"Cloud\"\n[[probe]]\n[probe.http]\nurl = \"{url}\"\n");
        let one = of(&text("https://cloud.example.org"));
        assert_eq!((one.len(), of(&text("https://cloud.example.org"))), (16, one.clone()));
        assert_ne!(one, of(&text("https://cloud.example.net")));
    }
}
