//! Badges for other people's pages: a state in a word and a colour, as a picture and as shields.io's endpoint reads it.
//!
//! It does not know HTTP. What is not proven is grey and an error, never the green of yesterday.

use serde::Serialize;
use shared::{ComponentId, Language, Status};

use crate::{
    markdown::escape,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// The media type of the picture.
pub const SVG: &str = "image/svg+xml; charset=utf-8";

/// What a badge is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Everything: the worst of all.
    Overall,
    /// One component.
    Component(ComponentId),
}

/// How a badge is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A picture.
    Svg,
    /// shields.io's endpoint schema.
    Json,
}

/// A badge that is not written yet.
struct Badge {
    label: String,
    message: String,
    status: Status,
}

/// Longer names are cut: a badge stands in a line of text.
const LONGEST: usize = 60;
/// How long services may show it without asking again.
const CACHE_SECONDS: u32 = 60;

/// The badge about `subject`; there is none about a component that does not exist.
pub fn write(snapshot: &Snapshot, subject: &Subject, format: Format, language: Language) -> Option<String> {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let (label, status) = match subject {
        Subject::Overall => (snapshot.site.title.get(language), overall(snapshot)),
        Subject::Component(id) => {
            let component = snapshot.component(id)?;
            (component.name.get(language), component.status)
        }
    };
    let label = inert(label).chars().take(LONGEST).collect();
    let badge = Badge { label, message: words.status(status), status };
    Some(match format {
        Format::Svg => badge.svg(&words),
        Format::Json => badge.json(),
    })
}

/// A page that watches nothing proves nothing, and no component is better than the whole says.
fn overall(snapshot: &Snapshot) -> Status {
    let status = if snapshot.components.is_empty() { Status::Unknown } else { snapshot.status };
    snapshot.components.iter().fold(status, |worst, component| worst.worst(component.status))
}

/// The colour behind white letters: each has a contrast of 4.5 to 1 at least (WCAG 1.4.3).
fn colour(status: Status) -> &'static str {
    match status {
        Status::Operational => "#1f7a3d",
        Status::UnderMaintenance => "#2f5fb3",
        Status::Unknown => "#5f6670",
        Status::DegradedPerformance => "#8a6100",
        Status::PartialOutage => "#a8480a",
        Status::MajorOutage => "#b3261e",
    }
}

/// shields.io's endpoint schema: `label` and a message that is not empty are required.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint<'a> {
    schema_version: u8,
    label: &'a str,
    message: &'a str,
    color: &'static str,
    is_error: bool,
    cache_seconds: u32,
}

impl Badge {
    fn json(&self) -> String {
        let endpoint = Endpoint {
            schema_version: 1,
            label: &self.label,
            message: &self.message,
            color: colour(self.status),
            is_error: self.status == Status::Unknown,
            cache_seconds: CACHE_SECONDS,
        };
        serde_json::to_string(&endpoint).expect("every key is a text and no serializer of ours fails")
    }

    /// Two boxes with a word in each. Letters are as wide as the reader's font makes them, and pressed into the box by `textLength`.
    fn svg(&self, words: &Words) -> String {
        let (left, right) = (width(&self.label), width(&self.message));
        let (whole, title) = (left + right, escape(&words.item(self.label.as_str(), self.message.as_str())));
        let text = |words: &str, from: u32, width: u32| {
            let (middle, length) = (from + width / 2, width - 2 * PADDING);
            format!("<text x=\"{middle}\" y=\"14\" textLength=\"{length}\">{}</text>", escape(words))
        };
        let attribute = title.replace('"', "&quot;");
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"20\" viewBox=\"0 0 {whole} 20\" role=\"img\" \
             aria-label=\"{attribute}\" xml:lang=\"{language}\"><title>{title}</title>\
             <clipPath id=\"r\"><rect width=\"{whole}\" height=\"20\" rx=\"4\"/></clipPath>\
             <g clip-path=\"url(#r)\"><rect width=\"{left}\" height=\"20\" fill=\"#3d4249\"/>\
             <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{colour}\"/></g>\
             <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">{label}{message}</g></svg>\n",
            language = words.language(),
            colour = colour(self.status),
            label = text(&self.label, 0, left),
            message = text(&self.message, left, right),
        )
    }
}

/// Beside the letters, in pixels.
const PADDING: u32 = 7;

/// How wide a box is: letters of 11 pixels are about so wide, in half pixels, in the fonts that are asked for.
fn width(text: &str) -> u32 {
    let letter = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '’' | '|' | '!' => 7,
        'f' | 't' | 'r' | ' ' | '\u{a0}' | '(' | ')' => 8,
        'm' | 'w' | 'M' | 'W' => 20,
        c if c.is_uppercase() || !c.is_alphabetic() => 14,
        c if c < '\u{250}' => 13,
        _ => 22,
    };
    2 * PADDING + text.chars().map(letter).sum::<u32>().div_ceil(2).max(8)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{incident::sample::time, server::stage};

    fn first_is(status: Status) -> Snapshot {
        stage::with_first(stage::snapshot(time("2026-11-22T13:25:03Z")), |component| component.status = status)
    }

    fn cloud() -> Subject {
        Subject::Component("cloud".parse().expect("an id"))
    }

    fn json(snapshot: &Snapshot, subject: &Subject) -> serde_json::Value {
        let text = write(snapshot, subject, Format::Json, Language::Fr).expect("there is one");
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn the_endpoint_is_what_shields_reads() {
        insta::assert_json_snapshot!(json(&first_is(Status::Operational), &cloud()));
    }

    #[test]
    fn what_is_not_proven_is_grey_and_an_error() {
        for status in Status::ALL {
            for subject in [cloud(), Subject::Overall] {
                let badge = json(&first_is(status), &subject);
                assert_eq!(badge["isError"], status == Status::Unknown, "{status}");
                assert_eq!(badge["color"], colour(status), "{status}");
                assert!(!badge["message"].as_str().expect("text").is_empty());
            }
        }
        let mut empty = first_is(Status::Operational);
        empty.components.clear();
        assert_eq!(json(&empty, &Subject::Overall)["isError"], true, "who watches nothing proves nothing");
    }

    #[test]
    fn the_picture_says_in_words_what_it_shows() {
        let svg = write(&first_is(Status::MajorOutage), &cloud(), Format::Svg, Language::En).expect("there is one");
        insta::assert_snapshot!(svg);
    }

    #[test]
    fn letters_stand_out_from_every_colour() {
        let channel = |hex: &str| {
            let value = f64::from(u8::from_str_radix(hex, 16).expect("hexadecimal")) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |colour: &str| {
            0.2126 * channel(&colour[1..3]) + 0.7152 * channel(&colour[3..5]) + 0.0722 * channel(&colour[5..7])
        };
        for colour in Status::ALL.map(colour).into_iter().chain(["#3d4249"]) {
            assert!(1.05 / (luminance(colour) + 0.05) >= 4.5, "{colour}");
        }
    }

    #[test]
    fn no_name_breaks_the_picture() {
        let mut snapshot = first_is(Status::Operational);
        let evil = "\"><script>alert(1)</script>\u{202e}&\u{0}";
        Arc::make_mut(&mut snapshot.components[0]).name = evil.into();
        let svg = write(&snapshot, &cloud(), Format::Svg, Language::En).expect("there is one");
        assert!(!svg.contains("<script") && !svg.contains('\u{202e}') && !svg.contains('\u{0}'), "{svg}");
        assert!(
            write(&snapshot, &Subject::Component("x".parse().expect("an id")), Format::Svg, Language::En).is_none()
        );
    }
}
