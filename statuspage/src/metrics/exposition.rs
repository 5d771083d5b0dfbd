//! Prometheus' text format 0.0.4: families with their help and type, then their samples.
//!
//! It does not know what is measured. The crate `prometheus-client` writes OpenMetrics only, whose `info` type and counters without
//! their suffix in `# TYPE` the classic parsers (`promtool check metrics`) refuse, and keeps a registry, where we have a snapshot.

use std::fmt::Write as _;

/// The media type of the format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What kind of number a family holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows, until a restart.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// A text that grows family by family.
#[derive(Debug, Default)]
pub(super) struct Exposition(String);

impl Exposition {
    /// Writes a family; one without samples leaves no trace.
    pub(super) fn family(&mut self, kind: Kind, name: &str, help: &str, samples: impl FnOnce(&mut Family<'_>)) {
        let mut family = Family { name, lines: String::new() };
        samples(&mut family);
        if family.lines.is_empty() {
            return;
        }
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        self.0.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{}", family.lines));
    }

    /// A family of one sample without labels.
    pub(super) fn single(&mut self, kind: Kind, name: &str, help: &str, value: f64) {
        self.family(kind, name, help, |family| family.sample(&[], value));
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// The samples of one family.
#[derive(Debug)]
pub(super) struct Family<'a> {
    name: &'a str,
    lines: String,
}

impl Family<'_> {
    /// Writes one sample.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        self.lines.push_str(self.name);
        for (at, (name, text)) in labels.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            let _ = write!(self.lines, "{before}{name}=\"{}\"", escape(text));
        }
        if !labels.is_empty() {
            self.lines.push('}');
        }
        let _ = writeln!(self.lines, " {value}");
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_written_once_with_its_labels_escaped() {
        let mut out = Exposition::default();
        out.family(Kind::Gauge, "x", "two\nlines", |family| {
            family.sample(&[("a", "1"), ("b", "q\"\\\n")], 0.5);
            family.sample(&[], 1e9);
        });
        out.family(Kind::Counter, "y_total", "nothing to say", |_| {});
        let expected = "# HELP x two\\nlines\n# TYPE x gauge\nx{a=\"1\",b=\"q\\\"\\\\\\n\"} 0.5\nx 1000000000\n";
        assert_eq!(out.finish(), expected);
    }
}
