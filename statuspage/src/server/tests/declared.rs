//! What operators declare reads the same wherever it is read.

use shared::Status;

use super::*;

/// The cloud works as far as is measured, and operators say that it does not quite.
fn stage_of(status: Status, measured: Status) -> Stage {
    let since = now().minus(Duration::from_secs(600));
    Stage::showing(stage::with_first(stage::snapshot(now()), |component| {
        component.status = measured;
        *component = component.clone().declared_as(status, since);
    }))
}

#[tokio::test]
async fn every_page_and_document_shows_it_and_what_is_measured_beside_it() {
    let stage = stage_of(Status::PartialOutage, Status::Operational);
    let note = "declared by operators, measured: Operational";
    let check = async |uri: &str, expected: &[&str]| {
        let answer = stage.ask("GET", uri, &[("accept-language", "en")]).await;
        let text = answer.text().replace('\u{a0}', " ");
        expected.iter().for_each(|expected| assert!(text.contains(expected), "{uri}: {expected}: {text}"));
    };
    check("/", &["The cloud works only in part.", "Partial outage", note]).await;
    check("/services/cloud", &["Partial outage", note, "Only measurements count"]).await;
    check("/status.txt", &["Partial outage", note]).await;
    check("/badges/overall.json", &["Partial outage"]).await;
    check("/badges/cloud.json", &["Partial outage", "\"isError\":false"]).await;
    check("/snapshot.json", &["\"lasting\":true", note]).await;
    check("/api/v2/status.json", &["\"indicator\":\"major\"", "Partial System Outage"]).await;
    check("/api/v2/components.json", &["\"measured_status\":\"operational\"", "\"partial_outage\""]).await;
}

#[tokio::test]
async fn what_is_declared_of_something_unverified_hides_neither() {
    let stage = stage_of(Status::DegradedPerformance, Status::Unknown);
    let summary = stage.get("/api/v2/summary.json").await.json();
    assert_eq!(summary["incidents"][0]["name"], "Surveillance interrompue");
    assert_eq!(summary["components"][1]["x_monitor"]["state"], "stale");
    assert_eq!(summary["components"][1]["x_monitor"]["measured_status"], "unknown");
    assert!(stage.get("/status.txt?lang=en").await.text().contains("measured: Not verified"));
}

#[tokio::test]
async fn what_is_measured_to_be_worse_speaks_for_itself() {
    let stage = stage_of(Status::DegradedPerformance, Status::MajorOutage);
    let text = stage.get("/status.txt?lang=en").await;
    assert!(text.text().contains("Outage") && !text.text().contains("declared by"), "{}", text.text());
}
