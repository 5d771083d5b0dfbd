//! Every word that readers see, in their language: one method for each message of the Fluent files in `locales/`.
//!
//! It does not know where a message stands on a page. That every language has every message with the same placeables is proven by a
//! test, so that looking one up cannot fail.

mod calendar;
mod detail;
mod messages;
pub mod quantity;
pub mod sentence;

pub use detail::Detail;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::tz::TimeZone;
use shared::Language;
use unic_langid::LanguageIdentifier;

/// One language's words, and the time zone its times are told in.
pub struct Words {
    language: Language,
    zone: TimeZone,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Reads the language's files.
    pub fn new(language: Language, zone: TimeZone) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![identifier(language)]);
        // Names are cleaned of what turns text around before they come here, and marks would show in feeds and plain text.
        bundle.set_use_isolating(false);
        for source in sources(language) {
            // What a broken file still holds is used; a test proves that none is broken.
            let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(source.to_owned());
            bundle.add_resource_overriding(resource);
        }
        Self { language, zone, bundle }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Where days begin.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn say(&self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let arguments: FluentArgs<'_> = values.iter().cloned().collect();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

/// The files of a language: what messages and pages say, what probes say beside a failure, the draft of a post-mortem, what operators read, letters to subscribers and
/// the pages behind their links.
fn sources(language: Language) -> [&'static str; 7] {
    match language {
        Language::En => [
            include_str!("../locales/en.ftl"),
            include_str!("../locales/en.detail.ftl"),
            include_str!("../locales/en.pages.ftl"),
            include_str!("../locales/en.postmortem.ftl"),
            include_str!("../locales/en.operator.ftl"),
            include_str!("../locales/en.mail.ftl"),
            include_str!("../locales/en.subscribe.ftl"),
        ],
        Language::Fr => [
            include_str!("../locales/fr.ftl"),
            include_str!("../locales/fr.detail.ftl"),
            include_str!("../locales/fr.pages.ftl"),
            include_str!("../locales/fr.postmortem.ftl"),
            include_str!("../locales/fr.operator.ftl"),
            include_str!("../locales/fr.mail.ftl"),
            include_str!("../locales/fr.subscribe.ftl"),
        ],
    }
}

/// The language as Fluent's plural rules want it named.
fn identifier(language: Language) -> LanguageIdentifier {
    // Our tags are well formed; the root language, without plurals, would stand in for one that is not.
    language.tag().parse().unwrap_or_default()
}

/// A name or text from outside without the characters that turn the text around them, or that no reader sees.
pub fn inert(text: &str) -> String {
    let harmful = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(|&c| !harmful(c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn lines(language: Language) -> impl Iterator<Item = &'static str> {
        sources(language).into_iter().flat_map(str::lines)
    }

    /// Each message of a language with the placeables it uses.
    fn placeables(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages = BTreeMap::new();
        let mut key = String::new();
        for line in lines(language).filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" = ").filter(|_| line.starts_with(char::is_alphabetic)) {
                key = name.to_owned();
            }
            let found: &mut BTreeSet<String> = messages.entry(key.clone()).or_default();
            let names = line.split('$').skip(1).map(|rest| {
                rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
            });
            found.extend(names);
        }
        messages.remove("");
        messages
    }

    #[test]
    fn every_language_has_every_message_with_the_same_placeables_and_no_other() {
        let declared: BTreeMap<String, BTreeSet<String>> = messages::declared()
            .map(|(key, names)| (key, names.iter().map(|name| (*name).to_owned()).collect()))
            .collect();
        for language in Language::ALL {
            let written = placeables(language);
            for (key, names) in &declared {
                assert_eq!(written.get(key), Some(names), "{language}: {key}");
            }
            let unused: Vec<_> = written.keys().filter(|key| !declared.contains_key(*key)).collect();
            assert!(unused.is_empty(), "{language}: messages that nothing says: {unused:?}");
        }
    }

    #[test]
    fn every_file_is_well_formed() {
        for language in Language::ALL {
            for source in sources(language) {
                let errors = FluentResource::try_new(source.to_owned()).err().map(|(_, errors)| errors);
                assert_eq!(errors, None, "{language}");
            }
        }
    }

    #[test]
    fn french_never_breaks_a_line_before_its_punctuation() {
        for line in lines(Language::Fr).filter(|line| !line.starts_with('#')) {
            let breaks = [" : ", " ;", " ?", " !", " %", " »"].into_iter().find(|mark| line.contains(mark));
            assert_eq!(breaks, None, "{line}");
        }
    }

    #[test]
    fn a_text_from_outside_cannot_turn_the_page_around() {
        assert_eq!(inert("a\u{202e}b\u{2066}c\nd"), "abc d");
        assert_eq!(inert("Nuage été"), "Nuage été");
    }
}
