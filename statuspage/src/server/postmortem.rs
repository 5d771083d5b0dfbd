//! `/api/v1/incidents/{id}/postmortem`: the draft for operators, its fields, and making it public; and its public page.
//!
//! It does not know what a draft says.

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use shared::{IncidentId, Language};

use tokio::time::{self, Duration};

use super::{
    incidents::{give, unknown},
    machine::{turn, unavailable},
    press::Work,
    reader,
    reply::{self, json, read},
    rights::Operator,
    router::App,
};
use crate::{
    api::{
        incidents::{FieldOrder, PostmortemAnswer, ReleaseOrder, refused},
        parameters::Parameters,
        problem::Problem,
    },
    clock::now,
    incident::{Command, Refusal, wording},
    postmortem::{
        Draft, Measured, Story,
        measure::{Extent, Measurer},
    },
    snapshot::Snapshot,
    store::{MAX_PAGE, ObservationQuery},
    words::{Words, inert},
};

/// How long the results around an incident may take to be read.
const READING: Duration = Duration::from_secs(10);

/// `/incidents/{id}/postmortem`: the one that keeps it has the page, and its returns lead there.
pub(super) async fn page(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let edition = app.edition();
    let story = id.parse::<IncidentId>().ok().and_then(|id| Story::of(edition.snapshot(), &id));
    match story.filter(|story| story.first().postmortem.published_at.is_some()) {
        Some(story) => {
            let id = story.first().id.clone();
            reader::work(&app, &request, |language| Work::Postmortem(id.clone(), language)).await
        }
        None => reader::failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await,
    }
}

/// `GET /api/v1/incidents/{id}/postmortem`.
pub(super) async fn draft(_: Operator, State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    match drafted(&app, &id, request.uri.query()).await {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(problem) => problem.respond(),
    }
}

async fn drafted(app: &App, id: &str, query: Option<&str>) -> Result<PostmortemAnswer, Problem> {
    let edition = app.edition();
    let snapshot = edition.snapshot();
    let language = match Parameters::of(query).one("lang")? {
        None => snapshot.site.default_language(),
        Some(tag) => {
            tag.parse().map_err(|error: shared::text::UnknownLanguage| Problem::parameter("lang", error.to_string()))?
        }
    };
    let story = id.parse().ok().and_then(|id| Story::of(snapshot, &id)).ok_or_else(unknown)?;
    let measured = measure(app, &story).await?;
    let (draft, words) = written(snapshot, &story, measured, language);
    Ok(PostmortemAnswer::new(story.first(), &draft, &words))
}

/// The draft as it stands now.
pub(super) fn written(
    snapshot: &Snapshot,
    story: &Story<'_>,
    measured: Measured,
    language: Language,
) -> (Draft, Words) {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let title = inert(&wording::title(story.first(), &words));
    (Draft::of(&story.facts(snapshot, measured, &words, title, now()), &words), words)
}

/// Reads the raw results around a story, a page at a time, so that nobody waits long for the store.
pub(super) async fn measure(app: &App, story: &Story<'_>) -> Result<Measured, Problem> {
    let late = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "reading the results takes too long: try again later");
    time::timeout(READING, read_results(app, story)).await.map_err(late)?
}

async fn read_results(app: &App, story: &Story<'_>) -> Result<Measured, Problem> {
    let extent = Extent::of(story, now());
    let mut measurer = Measurer::new(extent.clone());
    for component in &extent.components {
        let mut query = ObservationQuery {
            formerly: app.edition().snapshot().formerly(component),
            component: component.clone(),
            from: Some(extent.from),
            to: Some(extent.to),
            limit: MAX_PAGE,
            cursor: None,
        };
        loop {
            let page = {
                let _turn = turn(app).await?;
                app.store.observations(query.clone()).await.map_err(unavailable)?
            };
            for observation in &page.observations {
                measurer.add(observation).map_err(unavailable)?;
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
    }
    Ok(measurer.end())
}

/// `POST /api/v1/incidents/{id}/postmortem/fields`.
pub(super) async fn field(
    operator: Operator,
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let Some(id) = keeper(&app, &id) else { return unknown().respond() };
    match read::<FieldOrder>(request).await {
        Ok(order) => give(&app, operator, order.command(id), StatusCode::OK).await,
        Err(problem) => problem.respond(),
    }
}

/// `POST /api/v1/incidents/{id}/postmortem/publish`.
pub(super) async fn publish(
    operator: Operator,
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let order = match read::<ReleaseOrder>(request).await {
        Ok(order) => order,
        Err(problem) => return problem.respond(),
    };
    let Some(id) = keeper(&app, &id) else { return unknown().respond() };
    match publication(&app, id, order.version).await {
        Ok(command) => give(&app, operator, command, StatusCode::OK).await,
        Err(refusal) => reply::refused(refused(&refusal)),
    }
}

/// The order to make the post-mortem of a story public, with what raw results say now.
pub(super) async fn publication(app: &App, incident: IncidentId, version: u64) -> Result<Command, Refusal> {
    let edition = app.edition();
    let Some(story) = Story::of(edition.snapshot(), &incident) else { return Err(Refusal::UnknownIncident(incident)) };
    if !story.is_over() {
        return Err(Refusal::StillOpen(incident));
    }
    // All that can go wrong with reading results is that the store cannot be asked now.
    let measured = measure(app, &story).await.map_err(|_| Refusal::StoreBehind)?;
    Ok(Command::Publish { incident, version, measured: Box::new(measured) })
}

/// `POST /api/v1/incidents/{id}/postmortem/withdraw`.
pub(super) async fn withdraw(
    operator: Operator,
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let Some(incident) = keeper(&app, &id) else { return unknown().respond() };
    match read::<ReleaseOrder>(request).await {
        Ok(ReleaseOrder { version }) => {
            give(&app, operator, Command::Withdraw { incident, version }, StatusCode::OK).await
        }
        Err(problem) => problem.respond(),
    }
}

/// The incident that keeps the post-mortem of the story that one belongs to.
pub(super) fn keeper(app: &App, id: &str) -> Option<IncidentId> {
    let edition = app.edition();
    let story = Story::of(edition.snapshot(), &id.parse().ok()?)?;
    Some(story.first().id.clone())
}
