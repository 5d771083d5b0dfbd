//! Spans of time in the reader's words, the same on the server and in the browser.
//!
//! It does not know languages: patterns come with `#` in the place of each number.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Patterns for spans of time, `#` standing for the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spans {
    /// Under a minute: `# s`.
    pub seconds: String,
    /// Under an hour: `# min`.
    pub minutes: String,
    /// Under two days, hours and two digits of minutes: `# h #`.
    pub hours: String,
    /// Days: `# d`.
    pub days: String,
}

impl Spans {
    /// The span, rounded down to what its unit can say.
    pub fn write(&self, span: Duration) -> String {
        let seconds = span.as_secs();
        match seconds {
            0..60 => fill(&self.seconds, &seconds.to_string()),
            60..3_600 => fill(&self.minutes, &(seconds / 60).to_string()),
            3_600..172_800 => {
                let hours = fill(&self.hours, &(seconds / 3_600).to_string());
                fill(&hours, &format!("{:02}", seconds / 60 % 60))
            }
            172_800.. => fill(&self.days, &(seconds / 86_400).to_string()),
        }
    }
}

/// Puts a value in the place of the first `#`.
pub(super) fn fill(pattern: &str, value: &str) -> String {
    pattern.replacen('#', value, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_in_its_own_unit_and_rounded_down() {
        let spans = Spans {
            seconds: "# s".to_owned(),
            minutes: "# min".to_owned(),
            hours: "# h #".to_owned(),
            days: "# d".to_owned(),
        };
        let check = |seconds: u64, text: &str| assert_eq!(spans.write(Duration::from_secs(seconds)), text);
        check(0, "0 s");
        check(59, "59 s");
        check(60, "1 min");
        check(3_599, "59 min");
        check(3_600, "1 h 00");
        check(7_500, "2 h 05");
        check(172_799, "47 h 59");
        check(172_800, "2 d");
    }
}
