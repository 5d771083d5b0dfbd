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

/// The whole sheet without comments, indentation and line breaks.
pub fn sheet() -> String {
    let mut sheet = String::new();
    let mut rest = PARTS.concat();
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
        for line in PARTS.iter().flat_map(|part| part.lines()).map(str::trim).filter(|line| !line.is_empty()) {
            let safe = ["{", "}", ";", ",", "*/"].iter().any(|end| line.ends_with(end)) || line.starts_with("/*");
            assert!(safe, "{line}");
        }
    }
}
