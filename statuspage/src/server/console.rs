//! `/operator`: signing in and out, the pages, and the forms that give orders.
//!
//! It does not know what pages look like, nor how an order is carried out.

mod form;
mod postmortem;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use shared::{IncidentId, Language};
use tokio::time;

use super::{
    body::{self, Unread},
    edition::now,
    gate::{self, Visitor, Way},
    negotiate,
    router::App,
};
use crate::{
    access::{Denied, Session},
    api::parameters::Parameters,
    incident::{Actor, Command, Incident, Refusal},
    page::operator::{self, AUDIT, Fault, Form, HOME, NotSignedIn, Refused, Signed, Typed},
    snapshot::Snapshot,
};

/// The largest form: two languages, a text and a workaround each, every character percent-encoded.
const LARGEST: usize = 512 << 10;
/// How long a page waits for its own order to be published.
const PUBLISHED: Duration = Duration::from_secs(2);

/// The paths of operators.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(HOME, get(home))
        .route("/operator/sign-in", get(to_home).post(sign_in))
        .route("/operator/sign-out", post(sign_out))
        .route("/operator/open", get(opening).post(open))
        .route("/operator/incidents/{id}", get(incident))
        .route("/operator/incidents/{id}/{order}", post(order))
        .route("/operator/incidents/{id}/postmortem", get(postmortem::show))
        .route("/operator/incidents/{id}/postmortem/{order}", post(postmortem::order))
        .route("/operator/incidents/{id}/postmortem/fields/{field}", post(postmortem::write))
        .route(AUDIT, get(audit))
}

/// Somebody who is signed in, as a handler needs them.
struct Desk<'a> {
    app: &'a App,
    request: &'a Parts,
    visitor: &'a Visitor,
    session: &'a Session,
    language: Language,
}

impl<'a> Desk<'a> {
    fn of(app: &'a App, request: &'a Parts, visitor: &'a Visitor) -> Option<Self> {
        let session = visitor.session.as_ref()?;
        Some(Self { app, request, visitor, session, language: language(app, request) })
    }

    fn signed(&self) -> Signed {
        Signed { name: self.session.name.to_string(), form_token: self.app.access.form_token(self.session) }
    }

    fn actor(&self) -> Actor {
        Actor::Operator(self.session.name.to_string())
    }

    /// A page, with the cookie that goes on.
    async fn page(
        &self,
        status: StatusCode,
        make: impl FnOnce(&Snapshot, Language, &Signed) -> Option<String> + Send + 'static,
    ) -> Response {
        let (edition, language, signed) = (self.app.edition(), self.language, self.signed());
        let made = tokio::task::spawn_blocking(move || make(edition.snapshot(), language, &signed)).await;
        let page = match made {
            Ok(Some(page)) => html(status, page),
            Ok(None) => refuse(self.app, self.request, StatusCode::NOT_FOUND, Refused::UnknownIncident),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        self.go_on(page)
    }

    fn go_on(&self, response: Response) -> Response {
        match self.app.access.renew(self.session, now()) {
            Some(renewed) => with_cookie(response, self.visitor, &renewed),
            None => response,
        }
    }

    /// Back to a page by GET (303), in the same language.
    fn back(&self, path: &str) -> Response {
        self.go_on(to(path, self.request))
    }
}

async fn home(State(app): State<App>, request: Parts) -> Response {
    let visitor = Visitor::of(&app, &request);
    match Desk::of(&app, &request, &visitor) {
        Some(desk) => {
            desk.page(StatusCode::OK, |snapshot, language, signed| Some(operator::overview(snapshot, language, signed)))
                .await
        }
        None => door(&app, &request, &visitor, "", why(&app, &visitor)),
    }
}

async fn audit(State(app): State<App>, request: Parts) -> Response {
    let visitor = Visitor::of(&app, &request);
    let Some(desk) = Desk::of(&app, &request, &visitor) else { return to(HOME, &request) };
    let log = app.desk.audit();
    // A number that is none shows the newest: there is nothing to mend in an address that a link of ours made.
    let before = Parameters::of(request.uri.query()).one("before").ok().flatten().and_then(|text| text.parse().ok());
    desk.page(StatusCode::OK, move |snapshot, language, signed| {
        Some(operator::audit(snapshot, language, signed, &log, before))
    })
    .await
}

async fn to_home(request: Parts) -> Response {
    to(HOME, &request)
}

async fn sign_in(State(app): State<App>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let visitor = Visitor::of(&app, &request);
    match why(&app, &visitor) {
        NotSignedIn::Yet => {}
        why => return door(&app, &request, &visitor, "", why),
    }
    let typed = match typed(&app, &request, visitor.way, body).await {
        Ok(typed) => typed,
        Err(response) => return response,
    };
    let given = |name: &str| typed.get(name).map(String::as_str).unwrap_or_default();
    let (name, password) = (given("name").trim(), given("password"));
    match app.access.sign_in(name, password, visitor.from).await {
        Ok(account) => {
            tracing::info!(operator = %account.name, "an operator signed in");
            let cookie = app.access.begin(&account, now());
            with_cookie(to(HOME, &request), &visitor, &cookie)
        }
        Err(denied) => {
            // What was typed for a name may be a password by mistake: it is not written anywhere.
            tracing::warn!(network = ?visitor.from, reason = ?denied, "somebody could not sign in");
            let why = match denied {
                Denied::Wrong => NotSignedIn::Wrong,
                Denied::Wait(wait) => NotSignedIn::Wait(wait),
                Denied::Busy => NotSignedIn::Busy,
            };
            door(&app, &request, &visitor, name, why)
        }
    }
}

async fn sign_out(State(app): State<App>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let visitor = Visitor::of(&app, &request);
    let (session, _) = match permitted(&app, &request, &visitor, body).await {
        Ok(permitted) => permitted,
        Err(response) => return response,
    };
    app.access.end(session, now());
    tracing::info!(operator = %session.name, "an operator signed out");
    with_cookie(to(HOME, &request), &visitor, "")
}

async fn opening(State(app): State<App>, request: Parts) -> Response {
    let visitor = Visitor::of(&app, &request);
    let Some(desk) = Desk::of(&app, &request, &visitor) else { return to(HOME, &request) };
    desk.page(StatusCode::OK, |snapshot, language, signed| Some(operator::open(snapshot, language, signed, None))).await
}

async fn open(State(app): State<App>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let visitor = Visitor::of(&app, &request);
    let (session, typed) = match permitted(&app, &request, &visitor, body).await {
        Ok(permitted) => permitted,
        Err(response) => return response,
    };
    let desk = Desk { app: &app, request: &request, visitor: &visitor, session, language: language(&app, &request) };
    let opening = form::opening(&typed, &app.edition().snapshot().site.time_zone);
    let fault = match opening {
        Ok(opening) => match give(&desk, Command::Open(opening)).await {
            Ok(incident) => return desk.back(&address(&incident.id)),
            Err(refusal) => form::fault(refusal),
        },
        Err(fault) => fault,
    };
    let form = Form { action: "open".to_owned(), typed, fault };
    let page = move |snapshot: &Snapshot, language, signed: &Signed| {
        Some(operator::open(snapshot, language, signed, Some(&form)))
    };
    desk.page(StatusCode::UNPROCESSABLE_ENTITY, page).await
}

async fn incident(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let visitor = Visitor::of(&app, &request);
    let Some(desk) = Desk::of(&app, &request, &visitor) else { return to(HOME, &request) };
    show(&desk, id, StatusCode::OK, None).await
}

async fn show(desk: &Desk<'_>, id: String, status: StatusCode, form: Option<Form>) -> Response {
    let page = move |snapshot: &Snapshot, language, signed: &Signed| {
        let incident = snapshot.incident(&id.parse().ok()?)?;
        Some(operator::incident(snapshot, language, signed, incident, form.as_ref()))
    };
    desk.page(status, page).await
}

async fn order(State(app): State<App>, Path((id, order)): Path<(String, String)>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let visitor = Visitor::of(&app, &request);
    let (session, typed) = match permitted(&app, &request, &visitor, body).await {
        Ok(permitted) => permitted,
        Err(response) => return response,
    };
    let desk = Desk { app: &app, request: &request, visitor: &visitor, session, language: language(&app, &request) };
    let Ok(incident) = id.parse::<IncidentId>() else {
        return refuse(&app, &request, StatusCode::NOT_FOUND, Refused::UnknownIncident);
    };
    let zone = app.edition().snapshot().site.time_zone.clone();
    let command = match form::command(&order, &incident, &typed, &zone) {
        Some(command) => command,
        None => return refuse(&app, &request, StatusCode::NOT_FOUND, Refused::UnknownIncident),
    };
    let fault = match command {
        Ok(command) => match give(&desk, command).await {
            Ok(_) => return desk.back(&address(&incident)),
            Err(Refusal::UnknownIncident(_)) => {
                return refuse(&app, &request, StatusCode::NOT_FOUND, Refused::UnknownIncident);
            }
            Err(refusal) => form::fault(refusal),
        },
        Err(fault) => fault,
    };
    let status = status(&fault);
    show(&desk, id, status, Some(Form { action: order, typed, fault })).await
}

/// How a form that was not taken is answered.
fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::Changed => StatusCode::CONFLICT,
        Fault::StoreBehind => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Empty(_)
        | Fault::Long(..)
        | Fault::Time(_)
        | Fault::Choice(_)
        | Fault::NoComponent
        | Fault::Field(..)
        | Fault::UnknownComponent(_)
        | Fault::Resolved
        | Fault::StillOpen
        | Fault::Link => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Gives an order, and waits until the pages know what came of it.
async fn give(desk: &Desk<'_>, command: Command) -> Result<Arc<Incident>, Refusal> {
    let incident = desk.app.desk.order(desk.actor(), command).await;
    if let Err(refusal) = &incident {
        tracing::info!(operator = %desk.session.name, %refusal, "an order was refused");
    }
    let incident = incident?;
    let shows =
        |snapshot: &Snapshot| snapshot.incident(&incident.id).is_some_and(|shown| shown.version >= incident.version);
    let mut editions = desk.app.editions.clone();
    // Without it the page would show what was before; a hub that does not publish says so itself.
    let _ = time::timeout(PUBLISHED, editions.wait_for(|edition| shows(edition.snapshot()))).await;
    Ok(incident)
}

fn address(id: &IncidentId) -> String {
    format!("/operator/incidents/{id}")
}

fn language(app: &App, request: &Parts) -> Language {
    negotiate::language(&app.edition().snapshot().site, &request.uri, &request.headers)
}

/// What keeps somebody from signing in before they try.
fn why(app: &App, visitor: &Visitor) -> NotSignedIn {
    match visitor.way {
        Way::InTheClear => NotSignedIn::InTheClear,
        Way::Secure | Way::Local if !app.access.has_accounts() => NotSignedIn::NoAccounts,
        Way::Secure | Way::Local => NotSignedIn::Yet,
    }
}

/// The form to sign in with, and why nobody did.
fn door(app: &App, request: &Parts, visitor: &Visitor, name: &str, why: NotSignedIn) -> Response {
    let edition = app.edition();
    let page = operator::sign_in(&edition.snapshot().site, language(app, request), name, why);
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

fn with_cookie(mut response: Response, visitor: &Visitor, value: &str) -> Response {
    if let Some(cookie) = visitor.set_cookie(value) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The session and the fields of a form that is really its own.
async fn permitted<'a>(
    app: &App,
    request: &Parts,
    visitor: &'a Visitor,
    body: Body,
) -> Result<(&'a Session, Typed), Response> {
    let typed = typed(app, request, visitor.way, body).await?;
    let token = typed.get("token").map(String::as_str).unwrap_or_default();
    match visitor.session.as_ref().filter(|session| app.access.is_form_of(session, token)) {
        Some(session) => Ok((session, typed)),
        None => Err(refuse(app, request, StatusCode::FORBIDDEN, Refused::Foreign)),
    }
}

/// The fields of a form that was sent by a page of ours.
async fn typed(app: &App, request: &Parts, way: Way, body: Body) -> Result<Typed, Response> {
    if !gate::is_from_here(app, request, way) {
        tracing::warn!(path = request.uri.path(), "a form came from elsewhere and was refused");
        return Err(refuse(app, request, StatusCode::FORBIDDEN, Refused::Foreign));
    }
    if !body::is_of(&request.headers, "application/x-www-form-urlencoded") {
        return Err(refuse(app, request, StatusCode::UNSUPPORTED_MEDIA_TYPE, Refused::Foreign));
    }
    match body::whole(body, LARGEST).await {
        Ok(bytes) => Ok(form::typed(&bytes)),
        Err(unread @ Unread::TooLarge) => Err(refuse(app, request, unread.status(), Refused::TooLarge)),
        Err(unread @ (Unread::TooLate | Unread::Broken)) => {
            Err(refuse(app, request, unread.status(), Refused::Foreign))
        }
    }
}

fn refuse(app: &App, request: &Parts, status: StatusCode, why: Refused) -> Response {
    let edition = app.edition();
    html(status, operator::refused(&edition.snapshot().site, language(app, request), why))
}

fn html(status: StatusCode, page: String) -> Response {
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn to(path: &str, request: &Parts) -> Response {
    let language = negotiate::asked_language(&request.uri);
    let query = language.map(|language| format!("?lang={language}")).unwrap_or_default();
    Redirect::to(&format!("{path}{query}")).into_response()
}
