//! `/api/v1/maintenances`: planned, changed and taken back in the name of a token, and read by everybody.

use serde_json::{Value, json};

use super::{console::Office, v1::Asks, *};
use crate::maintenance::Maintenance;

const PATH: &str = "/api/v1/maintenances";
pub(super) const HOUR: Duration = Duration::from_secs(3_600);

/// For the cloud alone, so long from now.
pub(super) fn once(begins_in: Duration, length: Duration) -> Value {
    let starts_at = now().plus(begins_in);
    json!({
        "title": { "fr": "Nouveaux disques", "en": "New disks" }, "scope": { "components": ["cloud"] },
        "when": { "once": { "starts_at": starts_at, "ends_at": starts_at.plus(length) } },
    })
}

fn weekly() -> Value {
    let when = json!({ "recurring": { "cron": "0 0 3 * * TUE", "seconds": 7_200 } });
    json!({ "title": "Updates", "scope": "all", "when": when })
}

impl Office {
    /// The maintenance that begins last.
    pub(super) fn maintenance(&self) -> Arc<Maintenance> {
        Arc::clone(self.stage.app.edition().snapshot().maintenances.first().expect("one is planned"))
    }

    pub(super) async fn plan(&self, body: &Value) -> Answer {
        let answer = self.v1(Asks::Operator, "POST", PATH, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer
    }

    async fn direct(&self, id: &str, order: &str, body: &Value) -> Answer {
        self.v1(Asks::Operator, "POST", &format!("{PATH}/{id}/{order}"), body).await
    }
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn what_a_token_plans_everybody_reads_but_not_who_did() {
    let office = Office::new();
    let planned = office.plan(&once(HOUR, HOUR)).await;
    assert_eq!(planned.json()["by"], json!({ "operator": "ci" }), "{}", planned.text());
    let place = planned.header("location").to_owned();
    let seen = office.v1(Asks::Operator, "GET", &place, &Value::Null).await;
    assert_eq!((seen.status, seen.json()), (StatusCode::OK, planned.json()));
    let public = office.v1(Asks::Public, "GET", &place, &Value::Null).await;
    let mut known = planned.json();
    known.as_object_mut().expect("an object").remove("by");
    assert_eq!((public.status, public.json()), (StatusCode::OK, known));
    let statuspage = office.stage.get("/api/v2/scheduled-maintenances.json").await.json();
    assert_eq!(statuspage["scheduled_maintenances"][0]["id"], planned.json()["id"]);
}

#[tokio::test]
async fn it_is_changed_begun_spoken_of_and_ended_each_at_the_version_that_was_seen() {
    let office = Office::new();
    let id = id(&office.plan(&once(HOUR, HOUR)).await);
    let version = || office.maintenance().version;
    let title = json!({ "version": version(), "title": "Old disks" });
    let changed = office.direct(&id, "change", &title).await;
    assert_eq!((changed.status, &changed.json()["title"]), (StatusCode::OK, &json!("Old disks")), "{}", changed.text());
    let late = office.direct(&id, "change", &title).await;
    assert_eq!((late.status, &late.json()["version"]), (StatusCode::CONFLICT, &json!(version())), "{}", late.text());
    let begun = office.direct(&id, "begin", &json!({ "version": version() })).await;
    assert_eq!(begun.json()["stage"], "in_progress", "{}", begun.text());
    let said = json!({ "version": version(), "stage": "verifying", "body": { "fr": "On vérifie" } });
    let said = office.direct(&id, "updates", &said).await;
    assert_eq!(said.json()["stage"], "verifying", "{}", said.text());
    let ended = office.direct(&id, "end", &json!({ "version": version(), "body": "Done" })).await;
    assert_eq!(ended.json()["stage"], "completed", "{}", ended.text());
    let bodies: Vec<_> =
        ended.json()["updates"].as_array().expect("updates").iter().map(|u| u["body"].clone()).collect();
    assert_eq!(bodies[bodies.len() - 2..], [json!({ "fr": "On vérifie" }), json!("Done")]);
}

#[tokio::test]
async fn a_series_is_cancelled_as_a_whole_and_the_list_says_what_is_to_come() {
    let office = Office::new();
    let weekly = office.plan(&weekly()).await;
    assert!(weekly.json()["plan"].is_string(), "{}", weekly.text());
    let open = async |open: bool| {
        let list = office.v1(Asks::Public, "GET", &format!("{PATH}?open={open}"), &Value::Null).await.json();
        list["maintenances"].as_array().expect("a list").len()
    };
    assert!(open(true).await >= 1);
    let order = json!({ "version": weekly.json()["version"], "extent": "series" });
    let cancelled = office.direct(&id(&weekly), "cancel", &order).await;
    assert!(cancelled.json()["cancelled_at"].is_string(), "{}", cancelled.text());
    assert_eq!((open(true).await, open(false).await), (0, 1));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_status_and_field() {
    let office = Office::new();
    let planned = office.plan(&once(HOUR, HOUR)).await;
    let (id, version) = (id(&planned), planned.json()["version"].clone());
    let window = planned.json();
    let twin = json!({
        "title": "x", "scope": { "components": ["cloud"] },
        "when": { "once": { "starts_at": window["starts_at"], "ends_at": window["ends_at"] } },
    });
    let with = |key: &str, value: Value| {
        let mut body = once(HOUR, 2 * HOUR);
        body[key] = value;
        body
    };
    let past = json!({ "once": { "ends_at": "2026-01-01T00:00:00Z" } });
    let hasty = json!({ "recurring": { "cron": "* * * * * *", "seconds": 60 } });
    let (plan, own) = (PATH.to_owned(), |order: &str| format!("{PATH}/{id}/{order}"));
    let seen = || json!({ "version": version });
    let cases = [
        (plan.clone(), twin, 409, Value::Null),
        (plan.clone(), with("scope", json!({ "components": ["nobody"] })), 422, json!("scope")),
        (plan.clone(), with("scope", json!({ "groups": [] })), 422, json!("scope")),
        (plan.clone(), with("title", json!(" ")), 422, json!("title")),
        (plan.clone(), with("when", past), 422, json!("ends_at")),
        (plan.clone(), with("when", hasty), 422, json!("when")),
        (plan.clone(), with("wehn", json!(1)), 422, Value::Null),
        (plan, json!({}), 422, Value::Null),
        (own("end"), seen(), 409, Value::Null),
        (own("cancel"), json!({ "version": version, "extent": "series" }), 409, Value::Null),
        (format!("{PATH}/kctbh9vrtdwd/cancel"), seen(), 404, Value::Null),
        (format!("{PATH}/nonsense/cancel"), seen(), 404, Value::Null),
    ];
    for (path, body, status, field) in cases {
        let answer = office.v1(Asks::Operator, "POST", &path, &body).await;
        let got = (answer.status.as_u16(), answer.json().get("field").cloned().unwrap_or_default());
        assert_eq!(got, (status, field), "{path} {body}: {}", answer.text());
    }
    let list = office.v1(Asks::Public, "GET", PATH, &Value::Null).await.json();
    assert_eq!(list["maintenances"].as_array().map(Vec::len), Some(1), "nothing was changed: {list}");
}

#[tokio::test]
async fn only_operators_give_orders() {
    let office = Office::new();
    let id = id(&office.plan(&once(HOUR, HOUR)).await);
    for order in ["change", "cancel", "begin", "end", "updates"] {
        let path = format!("{PATH}/{id}/{order}");
        let answer = office.v1(Asks::Public, "POST", &path, &json!({ "version": 1 })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{order}");
    }
    let answer = office.v1(Asks::Public, "POST", PATH, &weekly()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let answer = office.v1(Asks::Public, "GET", "/api/v1/maintenances/kctbh9vrtdwd", &Value::Null).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
