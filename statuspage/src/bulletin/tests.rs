//! How large a bulletin becomes, read as outposts read it.

use std::{iter::repeat_n, sync::Arc, time::Duration};

use axum::{Json, Router, routing::get};
use prober::supervisor::Pulse;
use rustls::RootCertStore;
use shared::{Language, Stage, bulletin::LARGEST_BULLETIN};
use tokio::{net::TcpListener, task::JoinSet, time};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    clock::now,
    incident::{
        Body,
        sample::{both, storm, update},
    },
    maintenance::{Scope, sample::running},
    notify::Client,
    order::{LONGEST_TEXT, LONGEST_TITLE},
    outpost::{Hearing, Lookout},
    server::stage,
};

/// `count` incidents of `updates` texts, each as long as they are taken.
fn crisis(count: usize, updates: u32) -> Snapshot {
    let mut incident = storm();
    // Each of these characters takes two bytes in JSON.
    let (text, title) = ("\"\n".repeat(LONGEST_TEXT / 2), "\"".repeat(LONGEST_TITLE));
    let said = |number| update(number, "2026-11-22T14:00:00Z", Stage::Identified, Body::Written(both(&text, &text)));
    incident.title = Some(both(&title, &title));
    incident.updates = (0..updates).map(said).collect();
    Snapshot { incidents: Arc::new(repeat_n(Arc::new(incident), count).collect()), ..stage::snapshot(now()) }
}

/// Much of everything else, too: components with long names, and maintenance of all of them.
fn everything(components: usize) -> Snapshot {
    let mut snapshot = crisis(5, 10);
    let first = snapshot.components[0].as_ref().clone();
    let one = |number: usize| {
        let name = format!("xx{}", "é\"".repeat(249));
        let id = format!("{number:064}").parse().expect("an id");
        Arc::new(crate::snapshot::ComponentView { id, name: both(&name, &name), ..first.clone() })
    };
    snapshot.components = (0..components).map(one).collect();
    let mut work = running();
    (work.scope, work.ends_at) = (Scope::All, snapshot.generated_at.plus(Duration::from_secs(3_600)));
    snapshot.maintenances = Arc::new(repeat_n(Arc::new(work), 60).collect());
    snapshot
}

#[test]
fn a_bulletin_says_less_rather_than_that_it_grows_too_large() {
    // How many incidents, updates of each, maintenances and components are told.
    let check = |snapshot: &Snapshot, expected: [usize; 4]| {
        let said = bulletin(snapshot);
        let bytes = serde_json::to_vec(&said).expect("JSON");
        assert!(bytes.len() < LARGEST_BULLETIN, "{}", bytes.len());
        assert_eq!(serde_json::from_slice::<Bulletin>(&bytes).expect("a bulletin"), said);
        let updates = said.incidents.first().map_or(0, |incident| incident.updates.len());
        let found = [said.incidents.len(), updates, said.maintenances.len(), said.components.len()];
        assert_eq!(found, expected, "{} bytes", bytes.len());
    };
    check(&crisis(5, 10), [5, 3, 0, 3]);
    check(&crisis(60, 10), [50, 1, 0, 3]);
    check(&everything(500), [5, 2, 50, 500]);
    check(&everything(5_000), [5, 1, 3, 5_000]);
    check(&everything(20_000), [3, 1, 3, 2_000]);
}

#[test]
fn a_text_is_cut_between_two_letters() {
    let said = bulletin(&everything(5_000));
    let name = said.components[0].name.get(Language::En);
    assert_eq!(name, format!("xx{}…", "é\"".repeat(19)), "the 60th byte is half a letter");
}

#[tokio::test]
async fn a_hub_in_the_largest_crisis_is_heard_by_its_outpost() {
    let said = bulletin(&everything(5_000));
    let answer = said.clone();
    let router = Router::new().route("/bulletin.json", get(|| async { Json(answer) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let hub = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a hub's address");
    let mut tasks = JoinSet::new();
    tasks.spawn(async { drop(axum::serve(listener, router).await) });
    let data = tempfile::tempdir().expect("a directory");
    let client = Client::new(RootCertStore::empty(), "test").expect("a client");
    let pulse = Pulse::new("lookout", Duration::from_secs(60));
    let (lookout, mut views) = Lookout::new(hub, client, data.path(), now, pulse);
    tasks.spawn(lookout.run(CancellationToken::new()));
    let heard = views.wait_for(|view| view.as_ref().is_some_and(|view| view.hearing == Hearing::Heard));
    let heard = time::timeout(Duration::from_secs(60), heard).await.expect("it is heard").expect("it listens");
    assert_eq!(heard.as_ref().and_then(|view| view.bulletin.clone()).as_deref(), Some(&said));
}
