//! `/operator`: signing in and out, the first page, and the log of orders.
//!
//! It does not know what pages look like, nor how an order is carried out.

mod desk;
mod form;
mod incident;
mod maintenance;
mod postmortem;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
    routing::{get, post},
};

use super::{
    gate::{Visitor, Way},
    router::App,
};
use crate::{
    access::Denied,
    api::parameters::Parameters,
    clock::now,
    incident::{Actor, Refusal},
    maintenance::Refusal as PlanRefusal,
    page::operator::{self, AUDIT, Fault, HOME, NotSignedIn, PLAN},
};
use desk::{Desk, Sent, destination, html, language, to, typed, with_cookie};

/// The paths of operators.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(HOME, get(home))
        .route("/operator/sign-in", get(to_home).post(sign_in))
        .route("/operator/sign-out", post(sign_out))
        .route("/operator/open", get(incident::opening).post(incident::open))
        .route("/operator/incidents/{id}", get(incident::show))
        .route("/operator/incidents/{id}/{order}", post(incident::order))
        .route("/operator/incidents/{id}/postmortem", get(postmortem::show))
        .route("/operator/incidents/{id}/postmortem/{order}", post(postmortem::order))
        .route("/operator/incidents/{id}/postmortem/fields/{field}", post(postmortem::write))
        .route(PLAN, get(maintenance::planning).post(maintenance::plan))
        .route("/operator/maintenances/{id}", get(maintenance::show))
        .route("/operator/maintenances/{id}/{order}", post(maintenance::order))
        .route(AUDIT, get(audit))
}

async fn home(State(app): State<App>, request: Parts) -> Response {
    match Desk::of(&app, &request, Visitor::of(&app, &request)) {
        Ok(desk) => {
            let page = |snapshot: &_, language, signed: &_| Ok(operator::overview(snapshot, language, signed));
            desk.page(StatusCode::OK, page).await
        }
        Err(visitor) => {
            let query = Parameters::of(request.uri.query());
            let next = query.one("next").ok().flatten();
            door(&app, &request, &visitor, ("", next), why(&app, &visitor))
        }
    }
}

async fn audit(desk: Desk) -> Response {
    let log = desk.app.desk.audit();
    // A number that is none shows the newest: there is nothing to mend in an address that a link of ours made.
    let before = Parameters::of(desk.query()).one("before").ok().flatten().and_then(|text| text.parse().ok());
    let page = move |snapshot: &_, language, signed: &_| Ok(operator::audit(snapshot, language, signed, &log, before));
    desk.page(StatusCode::OK, page).await
}

async fn to_home(request: Parts) -> Response {
    to(HOME, &request)
}

async fn sign_in(State(app): State<App>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let visitor = Visitor::of(&app, &request);
    match why(&app, &visitor) {
        NotSignedIn::Yet => {}
        why => return door(&app, &request, &visitor, ("", None), why),
    }
    let typed = match typed(&app, &request, visitor.way, body).await {
        Ok(typed) => typed,
        Err(response) => return response,
    };
    let given = |name: &str| typed.get(name).map(String::as_str).unwrap_or_default();
    let (name, password) = (given("name").trim(), given("password"));
    match app.access.sign_in(name, password, visitor.from).await {
        Ok(account) => {
            app.desk.note(Actor::Operator(account.name.to_string()), "sign_in", None, None).await;
            let cookie = app.access.begin(&account, now());
            with_cookie(to(destination(given("next")).unwrap_or(HOME), &request), &visitor, &cookie)
        }
        Err(denied) => {
            // What was typed for a name may be a password by mistake: it is not written anywhere.
            tracing::warn!(network = %visitor.from, reason = denied.word(), "somebody could not sign in");
            // … but whoever tries the name of an operator is noted with it. Those who must wait are not tried at all.
            if denied == Denied::Wrong && app.access.has_account(name) {
                let refusal = operator::WRONG_PASSWORD.to_owned();
                app.desk.note(Actor::Operator(name.to_owned()), "sign_in", None, Some(refusal)).await;
            }
            let why = match denied {
                Denied::Wrong => NotSignedIn::Wrong,
                Denied::Wait(wait) => NotSignedIn::Wait(wait),
                Denied::Busy => NotSignedIn::Busy,
            };
            door(&app, &request, &visitor, (name, Some(given("next"))), why)
        }
    }
}

async fn sign_out(Sent { desk, .. }: Sent) -> Response {
    desk.app.access.end(&desk.session, now());
    desk.app.desk.note(desk.actor(), "sign_out", None, None).await;
    desk.out()
}

/// How a form that was not taken is answered.
fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::Incident(Refusal::Changed { .. }) | Fault::Maintenance(PlanRefusal::Changed { .. }) => {
            StatusCode::CONFLICT
        }
        Fault::Incident(Refusal::StoreBehind) | Fault::Maintenance(PlanRefusal::StoreBehind) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Fault::Incident(_)
        | Fault::Maintenance(_)
        | Fault::Empty(_)
        | Fault::Long(..)
        | Fault::Time(_)
        | Fault::Skipped(..)
        | Fault::Twice(..)
        | Fault::Length(_)
        | Fault::Choice(_)
        | Fault::OnceAndAgain
        | Fault::NoComponent
        | Fault::UnknownComponent(_)
        | Fault::UnknownGroup(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// What keeps somebody from signing in before they try.
fn why(app: &App, visitor: &Visitor) -> NotSignedIn {
    match visitor.way {
        Way::InTheClear => NotSignedIn::InTheClear,
        Way::Secure | Way::Local if !app.access.has_accounts() => NotSignedIn::NoAccounts,
        Way::Secure | Way::Local => NotSignedIn::Yet,
    }
}

/// The form to sign in with, the name that was typed and where it leads to, and why nobody did.
fn door(
    app: &App,
    request: &Parts,
    visitor: &Visitor,
    (name, next): (&str, Option<&str>),
    why: NotSignedIn,
) -> Response {
    let edition = app.edition();
    let next = next.and_then(destination);
    let page = operator::sign_in(&edition.snapshot().site, language(app, request), (name, next), why);
    let mut response = html(
        match why {
            NotSignedIn::Yet => StatusCode::OK,
            NotSignedIn::Wrong => StatusCode::UNAUTHORIZED,
            NotSignedIn::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
            NotSignedIn::Busy => StatusCode::SERVICE_UNAVAILABLE,
            NotSignedIn::InTheClear | NotSignedIn::NoAccounts => StatusCode::FORBIDDEN,
        },
        page,
    );
    if let NotSignedIn::Wait(wait) = why {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    // What is no session any more need not be sent again.
    if visitor.session.is_none() && request.headers.contains_key(header::COOKIE) {
        return with_cookie(response, visitor, "");
    }
    response
}
