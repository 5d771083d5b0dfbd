//! "Did you mean": the nearest of the words that would have been right.
//!
//! It does not know what the words are for.

/// What people type who come from another tool, and our word for it.
const OTHER_TOOLS: &[(&str, &str)] = &[
    ("interval", "every"),
    ("period", "every"),
    ("frequency", "every"),
    ("schedule", "cron"),
    ("title", "name"),
    ("label", "name"),
    ("category", "group"),
    ("retries", "fall"),
    ("failure_threshold", "fall"),
    ("success_threshold", "rise"),
    ("follow_redirects", "max_redirects"),
    ("host", "address"),
    ("port", "address"),
    ("target", "url"),
    ("endpoint", "url"),
    ("status_code", "status"),
    ("max_latency", "within"),
    ("response_time", "within"),
    ("auth", "basic_auth"),
    ("dependencies", "depends_on"),
    ("probes", "probe"),
    ("expected", "expect"),
    ("regex", "matches"),
];

/// The word among `known` that was probably meant.
pub(crate) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase().replace('-', "_");
    let synonym = OTHER_TOOLS.iter().find(|(other, _)| *other == typed).map(|(_, ours)| *ours);
    known
        .into_iter()
        .filter_map(|word| {
            let distance = if synonym == Some(word) { 0 } else { strsim::damerau_levenshtein(&typed, word) };
            // A third of the letters may be wrong; a word of two letters is no longer recognised after one change.
            (distance <= typed.chars().count().max(3) / 3).then_some((distance, word))
        })
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_proposed_and_a_far_one_is_not() {
        let known = ["every", "timeout", "max_redirects", "address"];
        let check = |typed: &str, expected: Option<&str>| assert_eq!(nearest(typed, known), expected, "{typed}");
        check("timout", Some("timeout"));
        check("Every", Some("every"));
        check("max-redirect", Some("max_redirects"));
        check("interval", Some("every"));
        check("colour", None);
    }
}
