//! Who is signed in and what they sent: what every handler of `/operator` begins with, and how it answers.
//!
//! It does not know which pages there are, nor what a form is for.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::tz::TimeZone;
use shared::Language;

use super::form;
use crate::{
    access::Session,
    clock::now,
    incident::Actor,
    page::operator::{self, HOME, Refused, Signed, Typed},
    server::{
        body::{self, Unread},
        gate::{self, Visitor, Way},
        negotiate,
        router::App,
    },
    snapshot::Snapshot,
};

/// The largest form: two languages, a text and a workaround each, every character percent-encoded.
const LARGEST: usize = 512 << 10;

/// Somebody who is signed in. A handler that takes it sends everybody else to the door.
pub(super) struct Desk {
    pub(super) app: App,
    pub(super) session: Session,
    request: Parts,
    visitor: Visitor,
    language: Language,
}

impl FromRequestParts<App> for Desk {
    type Rejection = Response;

    async fn from_request_parts(request: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = Visitor::of(app, request);
        Self::of(app, request, visitor).map_err(|_| to_door(request))
    }
}

/// A form that an operator sent from a page of ours, with the token of their session.
pub(super) struct Sent {
    pub(super) desk: Desk,
    pub(super) typed: Typed,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (request, body) = request.into_parts();
        let visitor = Visitor::of(app, &request);
        let typed = typed(app, &request, visitor.way, body).await?;
        let token = typed.get("token").map(String::as_str).unwrap_or_default();
        match Desk::of(app, &request, visitor) {
            Ok(desk) if app.access.is_form_of(&desk.session, token) => Ok(Self { desk, typed }),
            Ok(desk) => {
                let (path, refusal) =
                    (request.uri.path().to_owned(), "the form's token is not of this session".to_owned());
                app.desk.note(desk.actor(), "foreign_form", Some(path), Some(refusal)).await;
                Err(refuse(app, &request, StatusCode::FORBIDDEN, Refused::Foreign))
            }
            Err(_) => Err(refuse(app, &request, StatusCode::FORBIDDEN, Refused::Foreign)),
        }
    }
}

impl Desk {
    /// The desk of a visitor; the visitor again when nobody is signed in.
    pub(super) fn of(app: &App, request: &Parts, mut visitor: Visitor) -> Result<Self, Visitor> {
        let Some(session) = visitor.session.take() else { return Err(visitor) };
        let language = language(app, request);
        Ok(Self { app: app.clone(), session, request: request.clone(), visitor, language })
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Operator(self.session.name.to_string())
    }

    /// Where the clock hangs that times are read from.
    pub(super) fn zone(&self) -> TimeZone {
        self.app.edition().snapshot().site.time_zone.clone()
    }

    /// What stands behind the `?` of the address.
    pub(super) fn query(&self) -> Option<&str> {
        self.request.uri.query()
    }

    fn signed(&self) -> Signed {
        Signed { name: self.session.name.to_string(), form_token: self.app.access.form_token(&self.session) }
    }

    /// A page, with the cookie that goes on; or why there is none.
    pub(super) async fn page(
        &self,
        status: StatusCode,
        make: impl FnOnce(&Snapshot, Language, &Signed) -> Result<String, Refused> + Send + 'static,
    ) -> Response {
        let (edition, language, signed) = (self.app.edition(), self.language, self.signed());
        let made = tokio::task::spawn_blocking(move || make(edition.snapshot(), language, &signed)).await;
        match made {
            Ok(Ok(page)) => self.go_on(html(status, page)),
            Ok(Err(missing)) => self.go_on(self.missing(missing)),
            Err(_) => self.go_on(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        }
    }

    /// That there is no such thing.
    pub(super) fn missing(&self, what: Refused) -> Response {
        refuse(&self.app, &self.request, StatusCode::NOT_FOUND, what)
    }

    /// Back to a page by GET (303), in the same language.
    pub(super) fn back(&self, path: &str) -> Response {
        self.go_on(to(path, &self.request))
    }

    /// To the door, without a session.
    pub(super) fn out(&self) -> Response {
        with_cookie(to(HOME, &self.request), &self.visitor, "")
    }

    fn go_on(&self, response: Response) -> Response {
        match self.app.access.renew(&self.session, now()) {
            Some(renewed) => with_cookie(response, &self.visitor, &renewed),
            None => response,
        }
    }
}

/// The fields of a form that was sent by a page of ours.
pub(super) async fn typed(app: &App, request: &Parts, way: Way, body: Body) -> Result<Typed, Response> {
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

pub(super) fn language(app: &App, request: &Parts) -> Language {
    negotiate::language(&app.edition().snapshot().site, &request.uri, &request.headers)
}

pub(super) fn with_cookie(mut response: Response, visitor: &Visitor, value: &str) -> Response {
    if let Some(cookie) = visitor.set_cookie(value) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

pub(super) fn html(status: StatusCode, page: String) -> Response {
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

pub(super) fn to(path: &str, request: &Parts) -> Response {
    let language = negotiate::asked_language(&request.uri);
    let query = language.map(|language| format!("?lang={language}")).unwrap_or_default();
    Redirect::to(&format!("{path}{query}")).into_response()
}

/// To the door, which leads on to where somebody wanted to go.
fn to_door(request: &Parts) -> Response {
    let language = negotiate::asked_language(&request.uri).map(|language| ("lang", language.to_string()));
    let next = destination(request.uri.path()).map(|path| ("next", path.to_owned()));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(language.into_iter().chain(next));
    let query = query.finish();
    Redirect::to(&if query.is_empty() { HOME.to_owned() } else { format!("{HOME}?{query}") }).into_response()
}

/// A page of operators that one may be led to. Anything else that stands in a form or an address leads nowhere.
pub(super) fn destination(path: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
    let inside = path.strip_prefix(HOME)?.strip_prefix('/')?;
    (!inside.is_empty() && !inside.starts_with("sign-") && inside.chars().all(plain)).then_some(path)
}

fn refuse(app: &App, request: &Parts, status: StatusCode, why: Refused) -> Response {
    let edition = app.edition();
    html(status, operator::refused(&edition.snapshot().site, language(app, request), why))
}
