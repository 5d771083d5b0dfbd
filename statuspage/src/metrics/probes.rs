//! What the probes found, by blackbox_exporter's names and labelled by component, probe and location.
//!
//! It does not invent what is not known: `probe_success` is absent without fresh proof, never 0.

use shared::{FailureKind, HttpVersion, Observation, Status, Verdict, seconds::to_f64};

use super::{
    Scrape,
    exposition::{Exposition, Family, Kind},
    hub::seconds,
};
use crate::snapshot::{ComponentView, ProbeAtLocation, ProbeView};

/// One probe at one location.
#[derive(Clone, Copy)]
struct Row<'a> {
    labels: [(&'static str, &'a str); 3],
    kind: &'static str,
    /// The last result, while it proves something.
    fresh: Option<&'a Observation>,
    last: Option<&'a Observation>,
}

impl Row<'_> {
    fn sample(&self, family: &mut Family<'_>, value: f64) {
        family.sample(&self.labels, value);
    }

    fn labelled(&self, family: &mut Family<'_>, name: &str, text: &str, value: f64) {
        let [component, probe, location] = self.labels;
        family.sample(&[component, probe, location, (name, text)], value);
    }

    fn verdict(&self) -> Verdict {
        self.fresh.map_or(Verdict::Unknown, |observation| observation.verdict)
    }

    /// The last result, while it says something of an HTTP service.
    fn http(&self) -> Option<&Observation> {
        self.fresh.filter(|_| self.kind == "http")
    }
}

fn rows<'a>(scrape: &Scrape<'a>) -> Vec<Row<'a>> {
    let row = |component: &'a ComponentView, probe: &'a ProbeView, location: &'a str, at: &'a ProbeAtLocation| {
        let proven = at.stale_at.is_some_and(|stale_at| scrape.now < stale_at);
        let last = at.last.as_deref();
        Row {
            labels: [("component", component.id.as_str()), ("probe", probe.name.as_str()), ("location", location)],
            kind: probe.kind,
            fresh: last.filter(|observation| proven && observation.verdict != Verdict::Unknown),
            last,
        }
    };
    let components = scrape.snapshot.components.iter();
    let probes = components.flat_map(|component| component.probes.iter().map(move |probe| (component, probe)));
    probes
        .flat_map(|(component, probe)| {
            probe.locations.iter().map(move |(location, at)| (component, probe, location, at))
        })
        .map(|(component, probe, location, at)| row(component, probe, location.as_str(), at))
        .collect()
}

pub(super) fn write(scrape: &Scrape<'_>, out: &mut Exposition) {
    let rows = rows(scrape);
    general(&rows, out);
    http(&rows, out);
    verdicts(&rows, out);
    components(scrape, out);
}

/// A gauge of the rows that have a value.
fn gauge(rows: &[Row<'_>], out: &mut Exposition, name: &str, help: &str, value: impl Fn(&Row<'_>) -> Option<f64>) {
    out.family(Kind::Gauge, name, help, |family| {
        for row in rows {
            if let Some(value) = value(row) {
                row.sample(family, value);
            }
        }
    });
}

fn flag(is: impl Into<bool>) -> f64 {
    f64::from(u8::from(is.into()))
}

fn general(rows: &[Row<'_>], out: &mut Exposition) {
    gauge(
        rows,
        out,
        "probe_success",
        "Displays whether or not the probe was a success; absent when that is not known",
        |row| row.fresh.map(|observation| flag(observation.verdict != Verdict::Fail)),
    );
    gauge(rows, out, "probe_duration_seconds", "Returns how long the probe took to complete in seconds", |row| {
        row.fresh.map(|observation| to_f64(observation.duration))
    });
    gauge(
        rows,
        out,
        "probe_dns_lookup_time_seconds",
        "Returns the time taken for probe dns lookup in seconds",
        |row| row.fresh?.timings.resolve.map(to_f64),
    );
    gauge(rows, out, "probe_ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6", |row| {
        row.fresh?.address.map(|address| if address.is_ipv4() { 4.0 } else { 6.0 })
    });
    gauge(rows, out, "probe_ssl_earliest_cert_expiry", "Returns earliest SSL cert expiry in unixtime", |row| {
        row.fresh?.certificate_expires_at.map(seconds)
    });
}

fn http(rows: &[Row<'_>], out: &mut Exposition) {
    out.family(
        Kind::Gauge,
        "probe_http_duration_seconds",
        "Duration of http request by phase, summed over all redirects",
        |family| {
            for (row, observation) in rows.iter().filter_map(|row| Some((row, row.http()?))) {
                for (phase, duration) in observation.timings.phases() {
                    if let Some(duration) = duration {
                        row.labelled(family, "phase", phase, to_f64(duration));
                    }
                }
            }
        },
    );
    gauge(rows, out, "probe_http_status_code", "Response HTTP status code", |row| {
        Some(f64::from(row.http()?.http.as_ref()?.status))
    });
    gauge(rows, out, "probe_http_version", "Returns the version of HTTP of the probe response", |row| {
        Some(match row.http()?.http.as_ref()?.version {
            HttpVersion::Http10 => 1.0,
            HttpVersion::Http11 => 1.1,
            HttpVersion::Http2 => 2.0,
        })
    });
    gauge(rows, out, "probe_http_redirects", "The number of redirects", |row| {
        Some(row.http()?.http.as_ref()?.redirects.len() as f64)
    });
    gauge(rows, out, "probe_http_ssl", "Indicates if SSL was used for the final redirect", |row| {
        let observation = row.http()?;
        observation.http.as_ref()?;
        Some(flag(observation.timings.tls.is_some()))
    });
    gauge(rows, out, "probe_failed_due_to_regex", "Indicates if probe failed due to regex", |row| {
        let kind = row.http()?.failure.as_ref().map(|failure| failure.kind);
        Some(flag(matches!(kind, Some(FailureKind::Body | FailureKind::Header))))
    });
}

fn verdicts(rows: &[Row<'_>], out: &mut Exposition) {
    out.family(
        Kind::Gauge,
        "belfry_probe_verdict",
        "The probe's verdict: 1 for the present one; stale results are unknown",
        |family| {
            for row in rows {
                for verdict in Verdict::ALL {
                    row.labelled(family, "verdict", verdict.word(), flag(row.verdict() == verdict));
                }
            }
        },
    );
    out.family(Kind::Gauge, "belfry_probe_failure", "Why the probe does not pass; absent when it does", |family| {
        for row in rows {
            // Our own fault is said too: its verdict is unknown, so that it is not among the fresh ones.
            let said = row.fresh.or(row.last.filter(|last| last.verdict == Verdict::Unknown));
            if let Some(failure) = said.and_then(|observation| observation.failure.as_ref()) {
                row.labelled(family, "kind", failure.kind.word(), 1.0);
            }
        }
    });
    gauge(rows, out, "belfry_probe_last_result_timestamp_seconds", "When the last result ended, in unixtime", |row| {
        row.last.map(|observation| seconds(observation.ended_at()))
    });
}

fn components(scrape: &Scrape<'_>, out: &mut Exposition) {
    out.family(Kind::Gauge, "belfry_component_status", "The component's state: 1 for the present one", |family| {
        for component in &scrape.snapshot.components {
            for status in Status::ALL {
                let labels = [("component", component.id.as_str()), ("status", status.word())];
                family.sample(&labels, flag(component.status == status));
            }
        }
    });
}
