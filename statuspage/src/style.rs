//! The style sheet, one for all pages, which stands inside each of them.
//!
//! It does not know which page uses which rule.

/// The parts in the order of the cascade.
const PARTS: [&str; 4] = [
    include_str!("../style/base.css"),
    include_str!("../style/overview.css"),
    include_str!("../style/service.css"),
    include_str!("../style/media.css"),
];

/// What stands beside it on the pages of operators: nobody else carries its weight.
const OPERATOR: &str = include_str!("../style/operator.css");

/// What stands beside it on the pages of mail to subscribers: nobody else has a form to fill in.
const FORM: &str = include_str!("../style/form.css");

/// The whole sheet without comments, indentation and line breaks.
pub(crate) fn sheet() -> String {
    dense(PARTS.concat())
}

/// The second sheet of operators' pages, likewise.
pub(crate) fn operator() -> String {
    dense(OPERATOR.to_owned())
}

/// The second sheet of the pages of mail to subscribers, likewise.
pub(crate) fn form() -> String {
    dense(FORM.to_owned())
}

fn dense(mut rest: String) -> String {
    let mut sheet = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        sheet.push_str(before);
        rest = after.split_once("*/").map_or_else(String::new, |(_, after)| after.to_owned());
    }
    sheet.push_str(&rest);
    // Every line of ours ends in a brace, a comma or a semicolon, so that nothing is needed between two of them.
    let dense: String = sheet.lines().map(str::trim).collect();
    dense.replace(": ", ":").replace(" {", "{").replace(", ", ",").replace(";}", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_weighs_at_most_eight_kilobytes() {
        let weight = sheet().len();
        assert!(weight <= 8_192, "{weight} bytes");
    }

    #[test]
    fn it_asks_for_nothing_from_elsewhere_and_its_braces_match() {
        let sheet = sheet();
        for outside in ["@import", "url(", "http"] {
            assert!(!sheet.contains(outside), "{outside}");
        }
        assert_eq!(sheet.matches('{').count(), sheet.matches('}').count());
    }

    #[test]
    fn every_line_ends_where_joining_is_safe() {
        for line in PARTS
            .iter()
            .chain(&[OPERATOR, FORM])
            .flat_map(|part| part.lines())
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            let safe = ["{", "}", ";", ",", "*/"].iter().any(|end| line.ends_with(end)) || line.starts_with("/*");
            assert!(safe, "{line}");
        }
    }

    /// Relative luminance of `#rgb` or `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let digits = colour.trim_start_matches('#');
        let full: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits.to_owned(),
        };
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&full[at..at + 2], 16).expect("two hexadecimal digits")) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_of_words_and_drawings_stands_out_in_both_themes() {
        let (light, dark) = PARTS[0].split_once("@media (prefers-color-scheme: dark)").expect("two themes");
        for theme in [light, dark] {
            let colour = |name: &str| {
                let (_, after) = theme.split_once(&format!("--{name}: ")).expect("defined in both themes");
                after.split(';').next().expect("ends").to_owned()
            };
            let check = |name: &str, least: f64| {
                for ground in ["paper", "card"] {
                    let found = contrast(&colour(name), &colour(ground));
                    assert!(found >= least, "{name} on {ground}: {found:.2}");
                }
            };
            for name in ["ink", "mute", "accent", "ok", "slow", "part", "down", "work", "none"] {
                check(name, 4.5);
            }
            for name in ["ok-soft", "none-soft"] {
                check(name, 3.0);
            }
        }
    }
}
