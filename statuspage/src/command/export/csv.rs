//! A result as a line of CSV (RFC 4180).
//!
//! It does not know where lines go. Texts of a target may begin with `=` or `@`, which some spreadsheets run as a formula; they are
//! written as they were observed all the same, because a file whose texts were changed cannot be read back: import it as text.

use std::{io::Write, time::Duration};

use shared::{HttpFacts, Observation};

/// The columns. Times are RFC 3339, durations and phases seconds; what was not reached or is not known is empty; `redirects` is
/// their number (JSON lines have each of them).
pub(super) const HEADER: [&str; 20] = [
    "started_at",
    "component",
    "probe",
    "location",
    "verdict",
    "failure_kind",
    "failure_detail",
    "failure_evidence",
    "resolve",
    "connect",
    "tls",
    "processing",
    "transfer",
    "duration",
    "http_status",
    "http_version",
    "redirects",
    "certificate_expires_at",
    "confirmation",
    "address",
];

/// Quotes as the RFC has it; lines end as everywhere on this system.
pub(super) fn writer<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().from_writer(out)
}

/// The fields of a result, in the order of [`HEADER`].
pub(super) fn record(observation: &Observation) -> [String; 20] {
    let Observation { probe, location, started_at, verdict, failure, timings, .. } = observation;
    let text = |of: fn(&shared::Failure) -> Option<&str>| failure.as_ref().and_then(of).unwrap_or_default().to_owned();
    let phase = |phase: Option<Duration>| phase.map(seconds).unwrap_or_default();
    let http = observation.http.as_ref();
    let fact = |of: fn(&HttpFacts) -> String| http.map(of).unwrap_or_default();
    let optional = |value: Option<String>| value.unwrap_or_default();
    [
        started_at.to_string(),
        probe.component.to_string(),
        probe.name.to_string(),
        location.to_string(),
        verdict.word().to_owned(),
        text(|failure| Some(failure.kind.word())),
        text(|failure| Some(&failure.detail)),
        text(|failure| failure.evidence.as_deref()),
        phase(timings.resolve),
        phase(timings.connect),
        phase(timings.tls),
        phase(timings.processing),
        phase(timings.transfer),
        seconds(observation.duration),
        fact(|http| http.status.to_string()),
        fact(|http| http.version.word().to_owned()),
        fact(|http| http.redirects.len().to_string()),
        optional(observation.certificate_expires_at.map(|at| at.to_string())),
        observation.confirmation.to_string(),
        optional(observation.address.map(|address| address.to_string())),
    ]
}

/// As JSON has them.
fn seconds(duration: Duration) -> String {
    duration.as_secs_f64().to_string()
}

#[cfg(test)]
mod tests {
    use shared::FailureKind;

    use super::*;
    use crate::server::stage;

    #[test]
    fn a_line_reads_back_whatever_a_target_said() {
        let mut observation = stage::bad_gateway("cloud", shared::Timestamp::from_millis(1_795_000_000_000));
        let said = "=1+1; \"quoted\", and\nmore\r\n";
        observation.failure = Some(shared::Failure::new(FailureKind::Body, said));
        let mut writer = writer(Vec::new());
        writer.write_record(HEADER).expect("written");
        writer.write_record(record(&observation)).expect("written");
        let text = writer.into_inner().expect("written");
        let mut reader = csv::Reader::from_reader(text.as_slice());
        assert_eq!(reader.headers().expect("a header"), HEADER.as_slice());
        let read = reader.records().next().expect("a line").expect("sound");
        assert_eq!(read.iter().collect::<Vec<_>>(), record(&observation));
        assert_eq!((&read[6], &read[8], &read[13], &read[14]), (said, "0.002", "0.08", "502"));
    }

    #[test]
    fn the_header_is_part_of_the_interface() {
        insta::assert_snapshot!(HEADER.join(","));
    }
}
