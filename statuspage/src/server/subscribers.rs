//! `/api/v1/subscribers` and `/api/v1/bounces`: the book of subscribers for operators and for the mail system beside the hub.
//!
//! It does not know how the book is kept, nor the shape of any document. Every order is noted in the audit log, by the subscriber's
//! id and never by an address.

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};

use super::{
    reply::{self, json, read},
    rights::Operator,
    router::App,
};
use crate::{
    api::{
        problem::Problem,
        subscribers::{
            BounceAnswer, BounceOrder, BouncedForm, ImportAnswer, ImportLine, ImportOrder, RefusedLine, RemoveAnswer,
            RemoveOrder, SubscribersAnswer,
        },
    },
    incident::Actor,
    order::{Known, Names},
    snapshot::{ComponentView, Snapshot},
    subscriber::{Bounced, MailAddress, SubscriberId, Unavailable},
};

/// The most at once: each order is one transaction.
const MOST: usize = 2_000;

/// Their paths.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/api/v1/subscribers", get(list))
        .route("/api/v1/subscribers/import", post(import))
        .route("/api/v1/subscribers/remove", post(remove))
        .route("/api/v1/bounces", post(bounced))
}

async fn list(operator: Operator, State(app): State<App>) -> Response {
    let listed = async {
        let (profiles, counts) = (app.subscribers.list().await?, app.subscribers.counts().await?);
        Ok(SubscribersAnswer { counts: counts.into(), subscribers: profiles.into_iter().map(Into::into).collect() })
    };
    let answer = match listed.await {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(unavailable) => refused(&unavailable),
    };
    // That somebody looked is noted too: the list says who uses which service.
    note(&app, operator.actor, "list_subscribers", None, answer.status()).await;
    answer
}

async fn import(operator: Operator, State(app): State<App>, request: Request) -> Response {
    let answer = match read::<ImportOrder>(request).await {
        Ok(order) if order.subscribers.len() > MOST => {
            let detail = format!("at most {MOST} subscribers are taken at once: send the rest afterwards");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).of_field("subscribers").respond()
        }
        Ok(order) => match imported(&app, order).await {
            Ok(answer) => json(StatusCode::OK, &answer),
            Err(unavailable) => refused(&unavailable),
        },
        Err(problem) => return problem.respond(),
    };
    note(&app, operator.actor, "import_subscribers", None, answer.status()).await;
    answer
}

async fn imported(app: &App, order: ImportOrder) -> Result<ImportAnswer, Unavailable> {
    let edition = app.edition();
    let (language, names) = (edition.snapshot().site.default_language(), names(edition.snapshot()));
    let (mut sound, mut answer) = (Vec::new(), ImportAnswer::default());
    for (line, number) in order.subscribers.into_iter().zip(1..) {
        if let Some(reason) = strange(&line, &names) {
            answer.refused.push(RefusedLine { number, reason });
            continue;
        }
        let read = line.read(language).and_then(|one| app.subscribers.accepts(&one.address).map(|()| one));
        match read {
            Ok(one) => sound.push(one),
            Err(refusal) => answer.refused.push(RefusedLine { number, reason: refusal.to_string() }),
        }
    }
    Ok(answer.count(&app.subscribers.import(sound).await?))
}

/// The components and groups of the page by all their names.
fn names(snapshot: &Snapshot) -> Names {
    snapshot.components.iter().map(|one| known(one)).collect()
}

fn known(one: &ComponentView) -> Known<'_> {
    Known { id: &one.id, formerly: &one.formerly, name: &one.name, group: one.group.as_ref() }
}

/// Why nobody can subscribe to what a line names.
fn strange(line: &ImportLine, names: &Names) -> Option<String> {
    let component = line.components.iter().find_map(|id| names.component(id));
    let group = || line.groups.iter().find_map(|name| names.group(name));
    let component = component.map(|stranger| format!("there is no component {stranger}"));
    component.or_else(|| group().map(|stranger| format!("there is no group {stranger}")))
}

async fn remove(operator: Operator, State(app): State<App>, request: Request) -> Response {
    let address = match read::<RemoveOrder>(request).await {
        Ok(order) => order.address.parse::<MailAddress>(),
        Err(problem) => return problem.respond(),
    };
    let address = match address {
        Ok(address) => address,
        Err(refusal) => {
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.to_string());
            return problem.of_field("address").respond();
        }
    };
    let (id, answer) = match app.subscribers.remove(address).await {
        Ok(Some(id)) => (Some(id), json(StatusCode::OK, &RemoveAnswer { id: id.to_string() })),
        Ok(None) => (None, Problem::new(StatusCode::NOT_FOUND, "nobody subscribes with that address").respond()),
        Err(unavailable) => (None, refused(&unavailable)),
    };
    note(&app, operator.actor, "remove_subscriber", id, answer.status()).await;
    answer
}

async fn bounced(operator: Operator, State(app): State<App>, request: Request) -> Response {
    let order = match read::<BounceOrder>(request).await {
        Ok(order) => order,
        Err(problem) => return problem.respond(),
    };
    let done = match order {
        BounceOrder::Returned { return_path, bounce } => app.subscribers.returned(&return_path, bounce.into()).await,
        BounceOrder::Unsubscribe { token } => leave(&app, &token).await.map(|outcome| (outcome, None)),
    };
    let (outcome, id) = match done {
        Ok(done) => done,
        Err(unavailable) => return refused(&unavailable),
    };
    let answer = json(StatusCode::OK, &BounceAnswer { outcome: BouncedForm::from(outcome) });
    // What changes nothing for anybody would fill the log in a storm.
    if matches!(outcome, Bounced::Quarantined | Bounced::Left) {
        note(&app, operator.actor, "bounce", id, answer.status()).await;
    }
    answer
}

async fn leave(app: &App, token: &str) -> Result<Bounced, Unavailable> {
    let Ok(token) = token.parse() else { return Ok(Bounced::Unknown) };
    let left = app.subscribers.leave(&token).await?;
    Ok(if left.is_some() { Bounced::Left } else { Bounced::Unknown })
}

/// Why the book could not be read or written; operators are told what is wrong with its file.
fn refused(unavailable: &Unavailable) -> Response {
    reply::refused(Problem::new(StatusCode::SERVICE_UNAVAILABLE, unavailable.to_string()))
}

async fn note(app: &App, actor: Actor, what: &'static str, subscriber: Option<SubscriberId>, status: StatusCode) {
    let refusal = (!status.is_success()).then(|| status.canonical_reason().unwrap_or("refused").to_owned());
    app.desk.note(actor, what, subscriber.map(|id| id.to_string()), refusal).await;
}
