//! `/api/v1` by its own document: requests are made from it, sound and hostile, and every answer is held against it.

use serde_json::{Value, json};

use super::{
    console::Office,
    maintenances::{HOUR, once},
    *,
};
use crate::{api::openapi, incident::Actor};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asks {
    Public,
    Operator,
}

impl Office {
    pub(super) async fn v1(&self, asks: Asks, method: &str, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let bearer = match asks {
            Asks::Public => "",
            Asks::Operator => bearer.as_str(),
        };
        self.send(method, path, &[JSON, ("authorization", bearer)], &body.to_string()).await
    }

    fn incident_path(&self, rest: &str) -> String {
        format!("/api/v1/incidents/{}{rest}", self.incident.id)
    }
}

/// Holds an answer against what the document says of the operation.
fn hold(document: &Value, operation: &Value, answer: &Answer, what: &str) {
    let status = answer.status.as_u16();
    assert!(status < 500, "{what}: {status} {}", answer.text());
    let said = &operation["responses"][status.to_string()];
    assert!(said.is_object(), "{what}: {status} is not in the document: {}", answer.text());
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let schema = &said["content"][kind]["schema"];
    assert!(said["content"][kind].is_object(), "{what}: {status} is {kind}");
    if schema.is_object() {
        let whole = json!({ "allOf": [schema], "components": document["components"] });
        let validator = jsonschema::draft202012::new(&whole).expect("a schema");
        let errors: Vec<String> = validator.iter_errors(&answer.json()).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{what}: {}", answer.text());
    }
}

/// A sound body for an operation with that id.
fn sound(id: &str, version: u64) -> Value {
    match id {
        "open" => json!({
            "title": { "fr": "Panne", "en": "Outage" }, "components": { "cloud": "major_outage" },
            "stage": "investigating", "body": "We look", "started_at": "2026-11-22T14:00:00Z",
        }),
        "say" => json!({ "version": version, "stage": "identified", "body": { "fr": "Un câble" }, "workaround": "" }),
        "release" => json!({ "version": version }),
        "told" => json!({ "version": version, "at": "2026-11-22T15:00:00+01:00" }),
        "link" => json!({ "version": version, "relapse_of": null }),
        "plan_maintenance" => json!({
            "title": { "fr": "Disques", "en": "Disks" }, "description": "**Short**", "scope": { "components": ["mail"] },
            "when": { "once": { "starts_at": "2099-11-22T14:00:00Z", "ends_at": "2099-11-22T15:00:00Z" } },
        }),
        "change_maintenance" => json!({
            "version": version, "title": "Disks", "description": "", "scope": { "groups": ["Office"] },
            "starts_at": now().plus(HOUR), "ends_at": now().plus(2 * HOUR),
        }),
        "cancel_maintenance" => json!({ "version": version, "extent": "series", "body": "Not now" }),
        "begin_maintenance" | "end_maintenance" => json!({ "version": version, "body": { "fr": "Voilà" } }),
        "say_maintenance" => json!({ "version": version, "stage": "verifying", "body": "All is well so far" }),
        "import_subscribers" => json!({
            "subscribers": [{ "address": "amel@example.org", "components": ["cloud"], "language": "fr", "mailbox": "shared" }],
        }),
        "add_location" => json!({ "name": "lyon" }),
        "remove_subscriber" => json!({ "address": "amel@example.org" }),
        "bounce" => json!({ "returned": { "return_path": "b+a.b", "bounce": "hard" } }),
        _ => Value::Null,
    }
}

/// The body with each of its parts spoilt in every way, one at a time.
fn spoilt(body: &Value) -> Vec<Value> {
    let Some(fields) = body.as_object() else { return vec![] };
    let hostile = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e308),
        json!(18_446_744_073_709_551_615_u64),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{202e}\u{0}\u{1b}[31m<script>alert(1)</script>"),
        json!("é".repeat(30_000)),
        json!([[[[[[]]]]]]),
        json!({ "de": "x" }),
        json!({ "../../etc/passwd": "major_outage" }),
        json!("9999-99-99T99:99:99Z"),
    ];
    let mut bodies = vec![json!([]), json!("x"), json!(null), json!({}), json!("x".repeat(600 << 10))];
    for name in fields.keys() {
        let mut without = fields.clone();
        without.remove(name);
        bodies.push(without.into());
        bodies.extend(hostile.iter().map(|value| {
            let mut changed = fields.clone();
            changed.insert(name.clone(), value.clone());
            Value::from(changed)
        }));
    }
    let mut more = fields.clone();
    more.insert("surprise".to_owned(), json!(1));
    bodies.push(more.into());
    bodies
}

#[tokio::test]
async fn every_answer_to_every_request_is_what_the_document_says() {
    let mut office = Office::new();
    let _keys = subscribers::send_mail(&mut office);
    office.plan(&once(HOUR, HOUR)).await;
    let document = office.v1(Asks::Public, "GET", "/api/v1/openapi.json", &Value::Null).await.json();
    assert_eq!(document, openapi::document());
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let (method, id) = (method.to_uppercase(), operation["operationId"].as_str().expect("an id"));
            let private = operation["security"] == json!([{ "token": [] }]);
            for address in addresses(path, &office) {
                let what = format!("{method} {address}");
                let refused = office.v1(Asks::Public, &method, &address, &Value::Null).await;
                hold(&document, operation, &refused, &what);
                assert_eq!(refused.status == StatusCode::UNAUTHORIZED, private, "{what}: {}", refused.text());
                let version = if path.contains("/maintenances") {
                    office.maintenance().version
                } else {
                    office.present().version
                };
                let mut bodies = spoilt(&sound(id, version));
                bodies.push(sound(id, version));
                for body in bodies {
                    let answer = office.v1(Asks::Operator, &method, &address, &body).await;
                    hold(&document, operation, &answer, &format!("{what} {:.200}", body.to_string()));
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 500, "{asked}");
}

/// The address with a sound id, and with ids that nobody has.
fn addresses(path: &str, office: &Office) -> Vec<String> {
    let known = match path.split('/').nth(3) {
        Some("components") => "cloud".to_owned(),
        Some("maintenances") => office.maintenance().id.to_string(),
        Some(_) | None => office.incident.id.to_string(),
    };
    if !path.contains("{id}") {
        return vec![path.to_owned(), format!("{path}?open=maybe&limit=x&from=y&step=z&cursor=!")];
    }
    [known.as_str(), "kctbh9vrtdwd", "%00", "..%2F..%2Fetc", "%F0%9F%92%A9"].map(|id| path.replace("{id}", id)).into()
}

#[tokio::test]
async fn an_order_is_carried_out_in_the_name_of_its_token() {
    let office = Office::new();
    let taken = office.v1(Asks::Operator, "POST", &office.incident_path("/acknowledge"), &Value::Null).await;
    assert_eq!(taken.json()["acknowledgement"]["by"], json!({ "operator": "ci" }), "{}", taken.text());
    let said = office.v1(Asks::Operator, "POST", &office.incident_path("/updates"), &sound("say", 2)).await;
    assert_eq!((said.status, &said.json()["version"]), (StatusCode::OK, &json!(3)), "{}", said.text());
    let late = office.v1(Asks::Operator, "POST", &office.incident_path("/updates"), &sound("say", 2)).await;
    assert_eq!((late.status, &late.json()["version"]), (StatusCode::CONFLICT, &json!(3)), "{}", late.text());
    let opened = office.v1(Asks::Operator, "POST", "/api/v1/incidents", &sound("open", 0)).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text());
    let place = opened.header("location").to_owned();
    assert_eq!(office.v1(Asks::Operator, "GET", &place, &Value::Null).await.json()["title"], "Outage");
    assert_eq!(office.present().acknowledgement.as_ref().map(|taken| &taken.by), Some(&Actor::Operator("ci".into())));
}

#[tokio::test]
async fn a_cookie_opens_nothing_here_and_a_wrong_token_is_told_so() {
    let office = Office::new();
    let cookie = office.stage.app.access.begin(&account(), now());
    let answer = office.send("GET", "/api/v1/incidents", &[("cookie", &format!("belfry={cookie}"))], "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let wrong = [("authorization", "Bearer belfry_wrong")];
    let answer = office.send("GET", "/api/v1/components/cloud/observations", &wrong, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "it is not taken for the public's");
    let answer = office.send("DELETE", "/api/v1/incidents", &[], "").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let bearer = format!("Bearer {}", office.token);
    let form = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let answer = office.send("POST", "/api/v1/incidents", &form, "title=x").await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let broken = [("authorization", bearer.as_str()), JSON];
    assert_eq!(office.send("POST", "/api/v1/incidents", &broken, "{").await.status, StatusCode::BAD_REQUEST);
}

fn account() -> crate::access::Account {
    let password = crate::access::PasswordHash::new("correct horse battery").expect("long enough");
    crate::access::Account { name: "amel".parse().expect("a name"), password }
}
