//! `/operator`: maintenance planned, changed, begun, spoken of, ended and taken back by forms alone.

use shared::{Language, MaintenanceStage, Text};

use super::{console::Office, maintenances::HOUR, *};
use crate::{
    maintenance::{Maintenance, Scope},
    moment,
};

const ON: &str = "on";

/// The site's.
fn zone() -> TimeZone {
    stage::site().time_zone
}

impl Office {
    /// A form that plans something for the cloud, in an hour, with these fields besides or instead.
    async fn plan_by_form(&self, signed: &(String, String), other: &[(&str, &str)]) -> Answer {
        let time = |ahead| moment::write(now().plus(ahead), &zone());
        let (starts_at, ends_at) = (time(HOUR), time(2 * HOUR));
        let usual = [
            ("token", signed.1.as_str()),
            ("title_fr", "Nouveaux disques"),
            ("title_en", "New disks"),
            ("component.cloud", ON),
            ("starts_at", &starts_at),
            ("ends_at", &ends_at),
        ];
        let replaced = |name: &str| other.iter().any(|(other, _)| *other == name);
        let fields = usual.into_iter().filter(|(name, _)| !replaced(name)).chain(other.iter().copied());
        // A box that is not ticked is not sent.
        let fields: Vec<_> =
            fields.filter(|(name, value)| !name.starts_with("component.") || !value.is_empty()).collect();
        self.post("/operator/plan?lang=en", &signed.0, &fields).await
    }

    /// One of the forms of the maintenance that begins last.
    async fn turn(&self, signed: &(String, String), order: &str, version: u64, other: &[(&str, &str)]) -> Answer {
        let path = format!("/operator/maintenances/{}/{order}?lang=en", self.maintenance().id);
        let version = version.to_string();
        let fields = [&[("token", signed.1.as_str()), ("version", &version)], other].concat();
        self.post(&path, &signed.0, &fields).await
    }
}

fn planned(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

#[tokio::test]
async fn it_is_planned_changed_begun_spoken_of_and_ended() {
    let office = Office::new();
    let signed = office.sign_in().await;
    let answer = office.plan_by_form(&signed, &[("description_en", "Two <hours> at most")]).await;
    planned(&answer);
    let one = office.maintenance();
    assert_eq!(answer.header("location"), format!("/operator/maintenances/{}?lang=en", one.id));
    assert_eq!(
        (one.title.get(Language::Fr), one.scope.to_string()),
        ("Nouveaux disques", "components cloud".to_owned())
    );
    let page = office.get(answer.header("location"), &signed.0).await;
    assert!(page.text().contains("Two &lt;hours> at most</textarea>"), "{}", page.text());

    let stays = [("title_fr", "Nouveaux disques"), ("title_en", "Old disks"), ("all", ON)];
    let times = [one.starts_at, one.ends_at].map(|at| moment::write(at, &zone()));
    let change = [stays.as_slice(), &[("starts_at", &times[0]), ("ends_at", &times[1])]].concat();
    planned(&office.turn(&signed, "change", one.version, &change).await);
    let changed = office.maintenance();
    assert_eq!((changed.title.get(Language::En), &changed.scope), ("Old disks", &Scope::All));
    assert_eq!((changed.starts_at, changed.ends_at), (one.starts_at, one.ends_at), "what was not touched stays");
    assert_eq!(changed.description, Text::from(""), "what was emptied is taken back");

    planned(&office.turn(&signed, "begin", changed.version, &[]).await);
    let said = [("stage", "verifying"), ("body_fr", "On vérifie")];
    planned(&office.turn(&signed, "say", office.maintenance().version, &said).await);
    assert_eq!(office.maintenance().stage, MaintenanceStage::Verifying);
    planned(&office.turn(&signed, "end", office.maintenance().version, &[("body_en", "They turn")]).await);
    let over = office.maintenance();
    assert_eq!(over.stage, MaintenanceStage::Completed);
    assert_eq!(
        over.updates.last().and_then(|last| last.body.clone()).map(|body| body.get(Language::Fr).to_owned()),
        Some("They turn".to_owned())
    );
    let public = office.get(&format!("/incidents/{}?lang=fr", over.id), "").await;
    assert!(public.text().contains("On vérifie"), "{}", public.text());
}

#[tokio::test]
async fn a_series_is_planned_by_a_line_and_cancelled_as_a_whole() {
    let office = Office::new();
    let signed = office.sign_in().await;
    let weekly = [("starts_at", ""), ("ends_at", ""), ("cron", "0 0 3 * * TUE"), ("duration", "1h 30m")];
    let answer = office.plan_by_form(&signed, &weekly).await;
    planned(&answer);
    let one = office.maintenance();
    assert!(one.plan.is_some() && one.ends_at.since(one.starts_at) == HOUR + HOUR / 2, "{one:?}");
    let page = office.get(answer.header("location"), &signed.0).await;
    assert!(page.text().contains("this one and all that follow"), "{}", page.text());
    planned(&office.turn(&signed, "cancel", one.version, &[("extent", "series")]).await);
    let open = |one: &&Arc<Maintenance>| !one.stage.is_over();
    assert_eq!(office.stage.app.edition().snapshot().maintenances.iter().filter(open).count(), 0);
}

#[tokio::test]
async fn groups_and_services_are_ticked_and_both_together_are_services() {
    let office = Office::new();
    let signed = office.sign_in().await;
    let snapshot = Arc::clone(office.stage.app.edition().snapshot());
    let grouped = snapshot.components.iter().find(|one| one.group.is_some()).expect("a group");
    let name = grouped.group.as_ref().expect("a group").get(snapshot.site.default_language()).to_owned();
    let tick = format!("group.{name}");
    let check = async |fields: &[(&str, &str)], expected: &dyn Fn(&Scope) -> bool| {
        planned(&office.plan_by_form(&signed, fields).await);
        let scope = office.maintenance().scope.clone();
        assert!(expected(&scope), "{fields:?}: {scope:?}");
        let version = office.maintenance().version;
        planned(&office.turn(&signed, "cancel", version, &[]).await);
    };
    let all = |scope: &Scope| *scope == Scope::All;
    check(&[("all", ON), (&tick, ON)], &all).await;
    let both = |scope: &Scope| {
        let (own, cloud) = (grouped.id.clone(), "cloud".parse().expect("an id"));
        matches!(scope, Scope::Components(ids) if ids.contains(&own) && ids.contains(&cloud))
    };
    let later = [3 * HOUR, 4 * HOUR].map(|ahead| moment::write(now().plus(ahead), &zone()));
    check(&[(&tick, ON), ("starts_at", &later[0]), ("ends_at", &later[1])], &both).await;
}

#[tokio::test]
async fn what_cannot_be_planned_is_told_by_its_field_and_everything_typed_stays() {
    let office = Office::new();
    let signed = office.sign_in().await;
    let check = async |fields: &[(&str, &str)], expected: &str, field: &str| {
        let answer = office.plan_by_form(&signed, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let page = answer.text();
        assert!(page.contains(expected), "{expected}: {page}");
        assert!(field.is_empty() || page.contains(&format!("id=\"plan-{field}-fault\"")), "{field}: {page}");
        assert!(page.contains("value=\"New disks\"") || fields[0].0.starts_with("title"), "{page}");
    };
    check(&[("title_fr", ""), ("title_en", "")], "Please write something here", "title_fr").await;
    check(&[("title_fr", "a\u{202e}b")], "the invisible character U+202E", "title_fr").await;
    check(&[("ends_at", "soon")], "This is no time", "ends_at").await;
    check(&[("ends_at", "")], "Please write something here", "ends_at").await;
    check(&[("ends_at", "2026-01-01T00:00")], "give a time to come", "ends_at").await;
    check(&[("ends_at", "2027-03-28T02:30")], "it goes from 02:00 to 03:00", "ends_at").await;
    let twice = "Write 2027-10-31T02:30+02:00 for the first one, 2027-10-31T02:30+01:00 for the second";
    check(&[("ends_at", "2027-10-31T02:30")], twice, "ends_at").await;
    check(&[("cron", "0 0 3 * * TUE"), ("duration", "1h")], "Once, or again and again", "cron").await;
    let repeat = [("starts_at", ""), ("ends_at", "")];
    let with = |line, length| [repeat.as_slice(), &[("cron", line), ("duration", length)]].concat();
    check(&with("0 3 * * TUE", "1h"), "The seconds come first: “0 0 3 * * TUE”", "cron").await;
    check(&with("0 0 3 * * TUE", "long"), "no length of time", "duration").await;
    check(&with("0 0 3 * * TUE", "200h"), "more than 7 days", "duration").await;
    check(&with("0 0 * * * *", "3h"), "comes again after", "cron").await;
    check(&[("component.cloud", ON), ("component.ghost", ON)], "no service “ghost”", "").await;
    check(&[("component.../x", ON)], "no service “../x”", "").await;
    check(&[("component.cloud", "")], "It concerns nobody", "").await;
    check(&[("component.cloud", ""), ("group.Ghosts", ON)], "no group “Ghosts”", "").await;
    assert_eq!(office.stage.app.edition().snapshot().maintenances.len(), 0, "nothing was planned");
}

#[tokio::test]
async fn whoever_was_slower_with_a_maintenance_is_told_and_keeps_the_own_words() {
    let office = Office::new();
    let signed = office.sign_in().await;
    planned(&office.plan_by_form(&signed, &[]).await);
    let seen = office.maintenance().version;
    planned(&office.turn(&signed, "begin", seen, &[]).await);
    for (order, fields) in [
        ("say", [("body_fr", "À <moi>")].as_slice()),
        ("cancel", [("body_fr", "À <moi>")].as_slice()),
        ("begin", [("body_fr", "À <moi>")].as_slice()),
    ] {
        let slower = office.turn(&signed, order, seen, fields).await;
        assert_eq!(slower.status, StatusCode::CONFLICT, "{order}");
        let page = slower.text();
        assert!(page.contains("Somebody else was quicker") && page.contains("À &lt;moi"), "{order}: {page}");
    }
    let without = office.turn(&signed, "end", u64::MAX, &[]).await;
    assert_eq!(without.status, StatusCode::CONFLICT);
    assert_eq!(office.maintenance().stage, MaintenanceStage::InProgress);
}

#[tokio::test]
async fn nothing_about_maintenance_is_done_without_a_session_its_token_and_a_hub() {
    let mut office = Office::new();
    let signed = office.sign_in().await;
    planned(&office.plan_by_form(&signed, &[]).await);
    let version = office.maintenance().version;
    for bad in [(signed.0.clone(), "AAAA".to_owned()), (String::new(), signed.1.clone())] {
        assert_eq!(office.plan_by_form(&bad, &[("title_en", "x")]).await.status, StatusCode::FORBIDDEN);
        for order in ["change", "begin", "say", "end", "cancel"] {
            assert_eq!(office.turn(&bad, order, version, &[]).await.status, StatusCode::FORBIDDEN, "{order}");
        }
    }
    assert_eq!(office.turn(&signed, "burn", version, &[]).await.status, StatusCode::NOT_FOUND);
    for id in ["kctbh9vrtdwd", "nonsense"] {
        let path = format!("/operator/maintenances/{id}");
        assert_eq!(office.get(&path, &signed.0).await.status, StatusCode::NOT_FOUND);
        let gone = office.post(&format!("{path}/begin"), &signed.0, &[("token", &signed.1), ("version", "1")]).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(office.get("/operator/plan", "").await.header("location"), "/operator?next=%2Foperator%2Fplan");
    office.close();
    let refused = office.turn(&signed, "begin", version, &[("body_en", "Now")]).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text().contains("The database is behind"), "{}", refused.text());
}
