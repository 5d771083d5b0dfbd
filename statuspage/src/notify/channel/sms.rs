//! Texts for SMS: one or two segments, in the alphabet of GSM where that can be.
//!
//! It does not know who sends them. A segment has 160 characters of GSM 03.38, of two 153 each; with one character that this alphabet
//! does not have, the whole text is UCS-2: 70, or 67 each.

use crate::notify::Message;

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// The alphabet of GSM 03.38, 7 bits a character.
    Gsm,
    /// 16 bits a character.
    Ucs2,
}

/// A text that fits into two segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sms {
    pub(super) text: String,
    pub(super) coding: Coding,
}

/// The characters of the alphabet that take one septet, beside ASCII's.
const GSM: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// Those that take two.
const ESCAPED: &str = "^{}\\[]~|€";
/// ASCII that the alphabet does not have.
const FOREIGN: &str = "`";

impl Sms {
    /// The headline, that it is late, and the link to answer by, or to read more; what is too long is cut before those.
    pub(super) fn of(message: &Message) -> Self {
        let head = plain(&message.headline());
        let late = message.late.as_ref().map(|late| plain(&format!(" ({late})"))).unwrap_or_default();
        let link = message.acknowledge.as_ref().or(message.link.as_ref()).map(|link| format!(" {link}"));
        let link = link.unwrap_or_default();
        let whole = format!("{head}{late}{link}");
        let coding = coding(&whole);
        if fits(&whole, coding) {
            return Self { text: whole, coding };
        }
        let end = if fits(&format!("{late}{link}"), coding) { format!("{late}{link}") } else { late };
        let mut cut = head;
        while cut.pop().is_some() {
            let text = format!("{}...{end}", cut.trim_end());
            if fits(&text, coding) {
                return Self { text, coding };
            }
        }
        Self { text: end, coding }
    }
}

fn coding(text: &str) -> Coding {
    let known = |c: char| (c.is_ascii() && !FOREIGN.contains(c)) || GSM.contains(c) || ESCAPED.contains(c);
    if text.chars().all(known) { Coding::Gsm } else { Coding::Ucs2 }
}

fn fits(text: &str, coding: Coding) -> bool {
    match coding {
        Coding::Gsm => text.chars().map(|c| if ESCAPED.contains(c) { 2 } else { 1 }).sum::<usize>() <= 2 * 153,
        Coding::Ucs2 => text.encode_utf16().count() <= 2 * 67,
    }
}

/// A letter that the alphabet lacks becomes its nearest relative, so that one accent does not halve what fits.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{a0}' | '\u{202f}' | '\n' | '\r' | '\t' => plain.push(' '),
            '’' | '‘' | '`' => plain.push('\''),
            '“' | '”' | '«' | '»' => plain.push('"'),
            '–' | '—' | '·' => plain.push('-'),
            '…' => plain.push_str("..."),
            'œ' => plain.push_str("oe"),
            'Œ' => plain.push_str("OE"),
            'â' | 'á' => plain.push('a'),
            'ê' | 'ë' => plain.push('e'),
            'î' | 'ï' | 'í' => plain.push('i'),
            'ô' | 'ó' => plain.push('o'),
            'û' | 'ú' => plain.push('u'),
            'ç' => plain.push('c'),
            'ÿ' => plain.push('y'),
            'À' | 'Â' | 'Á' => plain.push('A'),
            'È' | 'Ê' | 'Ë' => plain.push('E'),
            'Î' | 'Ï' => plain.push('I'),
            'Ô' | 'Ó' => plain.push('O'),
            'Ù' | 'Û' => plain.push('U'),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::Language;
    use url::Url;

    use super::*;

    fn message(text: &str, link: &str) -> Message {
        let link: Option<Url> = link.parse().ok();
        let mut message = Message::bare("DOWN Nextcloud", Language::En);
        (message.text, message.acknowledge) = (text.to_owned(), link);
        message
    }

    #[test]
    fn a_text_is_cut_before_its_link_and_never_more_than_two_segments() {
        let check = |text: &str, link: &str, expected: &str, coding: Coding| {
            let sms = Sms::of(&message(text, link));
            assert_eq!((sms.text.as_str(), sms.coding), (expected, coding), "{text}");
        };
        check("502", "https://x.example/a/1", "DOWN Nextcloud: 502 https://x.example/a/1", Coding::Gsm);
        check("arrêté ici…", "", "DOWN Nextcloud: arreté ici...", Coding::Gsm);
        check("сбой", "", "DOWN Nextcloud: сбой", Coding::Ucs2);
        let long = Sms::of(&message(&"x".repeat(400), "https://x.example/a/1"));
        assert_eq!(long.text.len(), 306);
        assert!(long.text.ends_with("x... https://x.example/a/1"), "{}", long.text);
        let foreign = Sms::of(&message(&"ж".repeat(400), "https://x.example/a/1"));
        assert_eq!(foreign.text.chars().count(), 134);
        let endless = format!("https://x.example/{}", "a".repeat(400));
        assert!(!Sms::of(&message("502", &endless)).text.contains("https"));
    }

    #[test]
    fn a_late_text_says_so_before_its_link_however_long_it_is() {
        let late = |text: &str, link: &str| {
            let mut message = message(text, link);
            message.late = Some("late: detected 10:41".to_owned());
            Sms::of(&message)
        };
        let link = "https://x.example/a/1";
        assert_eq!(late("502", link).text, format!("DOWN Nextcloud: 502 (late: detected 10:41) {link}"));
        let long = late(&"x".repeat(400), link);
        assert_eq!((long.text.len(), long.coding), (306, Coding::Gsm));
        assert!(long.text.ends_with(&format!("x... (late: detected 10:41) {link}")), "{}", long.text);
        let endless = late("502", &format!("https://x.example/{}", "a".repeat(400)));
        assert_eq!(endless.text, "DOWN Nextcloud: 50... (late: detected 10:41)");
    }

    proptest! {
        #[test]
        fn whatever_is_said_fits(text in "\\PC{0,500}", link in "[a-z]{0,300}", late in any::<bool>()) {
            let late = late.then(|| "en retard\u{a0}: détecté à 2026-11-22 10:41".to_owned());
            let mut message = message(&text, &format!("https://x.example/{link}"));
            message.late = late;
            let sms = Sms::of(&message);
            prop_assert!(fits(&sms.text, sms.coding) && coding(&sms.text) == sms.coding || sms.coding == Coding::Ucs2);
            prop_assert!(fits(&sms.text, sms.coding));
        }
    }
}
