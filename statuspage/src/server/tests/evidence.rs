//! What probes met is for operators: nothing of it is in anything that the public may ask for.

use shared::{Certificate, Exhibit, Failure, Language};

use super::*;
use crate::{incident::sample, page::operator};

const CANARIES: [&str; 5] = ["x-canary-head", "canary-body", "canary-subject", "198.51.100.77", "canary-hop"];

/// What everybody may ask for, of the page and of an incident and a component.
const PUBLIC: [&str; 34] = [
    "/",
    "/?lang=fr",
    "/services/cloud",
    "/services/cloud?lang=fr",
    "/incidents/ID",
    "/incidents/ID?lang=fr",
    "/incidents/ID/postmortem",
    "/history",
    "/monitoring",
    "/affected",
    "/status.txt",
    "/status.txt?for=voice",
    "/snapshot.json",
    "/metrics",
    "/history.atom",
    "/history.rss",
    "/feed.json",
    "/updates.atom",
    "/updates.rss",
    "/updates.json",
    "/services/cloud/feed.atom",
    "/services/cloud/feed.rss",
    "/services/cloud/feed.json",
    "/calendar.ics",
    "/badges/cloud.svg",
    "/badges/cloud.json",
    "/api/v2/summary.json",
    "/api/v2/status.json",
    "/api/v2/components.json",
    "/api/v2/incidents.json",
    "/api/v2/incidents/unresolved.json",
    "/api/v2/incidents/ID.json",
    "/api/v1/incidents",
    "/api/v1/incidents/ID",
];

/// An outage of the first component whose every private part is a canary.
fn outage() -> Snapshot {
    let mut seen = stage::bad_gateway("cloud", now());
    let at = shared::Timestamp::from_millis(1_795_000_000_000);
    let own = Certificate {
        subject: "CN=canary-subject".to_owned(),
        issuer: "CN=canary-issuer".to_owned(),
        serial: "01".to_owned(),
        not_before: at,
        not_after: at,
    };
    let exhibit = Exhibit {
        addresses: vec![[198, 51, 100, 77].into(), [198, 51, 100, 78].into()],
        certificates: vec![own],
        head: vec!["HTTP/1.1 502 Bad Gateway".to_owned(), "x-canary-head: <b>".to_owned()],
    };
    seen.failure = seen
        .failure
        .map(|failure| Failure { exhibit: Some(Box::new(exhibit)), ..failure.with_evidence("canary-body <script>") });
    let hop = shared::Hop { status: 302, location: Some("https://canary-hop".to_owned()), timings: seen.timings };
    seen.http.iter_mut().for_each(|http| http.redirects.push(hop.clone()));
    let mut incident = sample::storm();
    incident.evidence.keep(&"cloud".parse().expect("an id"), &seen);
    let mut snapshot = stage::with_first(stage::snapshot(now()), |component| {
        component.status = shared::Status::MajorOutage;
        let at = component.probes[0].locations.values_mut().next().expect("a place");
        at.last = Some(Arc::new(seen));
    });
    snapshot.incidents = Arc::new(vec![Arc::new(incident)]);
    snapshot
}

#[tokio::test]
async fn nothing_that_a_probe_met_is_public() {
    let snapshot = outage();
    let id = snapshot.incidents[0].id.to_string();
    let stage = Stage::showing(snapshot);
    for path in PUBLIC.map(|path| path.replace("ID", &id)) {
        let answer = stage.get(&path).await;
        let text = String::from_utf8_lossy(&answer.body);
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary} is public at {path}");
        }
    }
}

#[test]
fn operators_see_it_on_the_page_of_the_incident_and_it_does_no_harm() {
    let snapshot = outage();
    let signed = operator::Signed { name: "amel".to_owned(), form_token: String::new() };
    for language in Language::ALL {
        let page = operator::incident(&snapshot, language, &signed, &snapshot.incidents[0], None);
        for canary in CANARIES {
            assert!(page.contains(canary), "{canary} is missing ({language})");
        }
        assert!(!page.contains("<script>") && page.contains("x-canary-head: &lt;b&gt;"), "{page}");
    }
}
