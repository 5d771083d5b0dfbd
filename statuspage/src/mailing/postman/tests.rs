//! The postman with a book of subscribers on a disk, and relays that do not work.

use std::path::Path;

use tempfile::TempDir;

use super::{accounts::MOST, *};
use crate::{
    mail::{
        MailSettings,
        sample::{ada, desk, settings, site},
    },
    mailing::{HubEnd, Notice, Turn, post},
    server::stage,
    subscriber::{Imported, Mailbox, Registry, RegistryOptions, Scope, Vault},
};

/// What the channel of letters of subscriptions holds.
const CHANNEL: usize = 8;

/// A postman at work, and the ends that others hold.
struct Round {
    hub: HubEnd,
    letters: mpsc::Sender<Wanted>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    directory: TempDir,
    _snapshots: watch::Sender<Arc<Snapshot>>,
}

fn vault(directory: &Path) -> Vault {
    Vault::at(&directory.join("data"), &directory.join("key"))
}

fn start(relay: &str) -> (Round, RegistryHandle) {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(directory.path().join("data")).expect("made");
    let (letters, inbox) = mpsc::channel(CHANNEL);
    let options = RegistryOptions { own_domains: Vec::new(), now: crate::clock::now };
    let registry = Registry::start(vault(directory.path()), options, letters.clone()).expect("a thread");
    let mail = MailSettings { relays: vec![relay.parse().expect("a relay")], ..settings() };
    let (hub, end) = post();
    let (shown, snapshots) = watch::channel(Arc::new(stage::snapshot(crate::clock::now())));
    let options = PostmanOptions {
        end,
        rounds: BTreeMap::new(),
        registry: registry.clone(),
        letters: inbox,
        snapshots,
        relays: Arc::new(Relays::new(&mail).expect("no certificates to read")),
        scribe: Arc::new(Scribe::new(&mail, &site()).expect("no key to read")),
        rate: 60_000.try_into().expect("not zero"),
        now: crate::clock::now,
    };
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
    tasks.spawn(Postman::new(options, desk()).run(stop.clone()));
    (Round { hub, letters, stop, tasks, directory, _snapshots: shown }, registry)
}

fn page() -> Wanted {
    let token = "e".repeat(26).parse().expect("a token");
    Wanted::Manage { to: ada().address, language: shared::Language::Fr, token }
}

#[tokio::test]
async fn while_no_relay_works_letters_of_subscriptions_wait_in_their_channel_and_operators_are_told() {
    // Nothing listens there.
    let (mut round, registry) = start("smtp://127.0.0.1:9");
    let most = MOST + IN_FLIGHT + CHANNEL;
    let mut taken = 0;
    while let Ok(Ok(())) = time::timeout(Duration::from_secs(1), round.letters.send(page())).await {
        taken += 1;
        assert!(taken <= most, "no more are taken than can wait");
    }
    assert!(taken >= MOST + CHANNEL, "{taken}");
    let asked = crate::subscriber::Asked {
        address: "amel@example.org".parse().expect("an address"),
        scope: Scope::default(),
        language: shared::Language::Fr,
        mailbox: Mailbox::Personal,
        network: [192, 0, 2, 1].into(),
    };
    let refused = registry.ask(asked).await.expect_err("nobody more can be written to");
    assert!(refused.to_string().contains("too many letters wait"), "{refused}");
    let trouble = loop {
        let report = round.hub.reports.recv().await.expect("the postman reports");
        if let Some(trouble) = report.trouble.filter(|trouble| trouble.waiting > 0) {
            break trouble;
        }
    };
    assert!(trouble.reason.contains("127.0.0.1:9"), "{trouble:?}");
}

/// A relay that lets everybody in; it lives as long as the set.
async fn relay(tasks: &mut JoinSet<()>) -> String {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut line = String::from("220 test ESMTP");
            while !line.is_empty() && stream.write_all(b"250 2.0.0 ok\r\n").await.is_ok() {
                line.clear();
                if stream.read_line(&mut line).await.is_err() {
                    break;
                }
            }
        }
    });
    format!("smtp://{address}")
}

#[tokio::test]
async fn with_nothing_to_send_a_relay_that_works_is_proven_and_one_that_is_dead_is_told() {
    let mut tasks = JoinSet::new();
    let (mut round, _registry) = start(&relay(&mut tasks).await);
    let flow = loop {
        let report = round.hub.reports.recv().await.expect("the postman reports");
        assert_eq!(report.trouble, None);
        if report.flow.proven_at.is_some() {
            break report.flow;
        }
    };
    assert_eq!((flow.accepted, flow.accepted_at), (0, None), "no letter was sent");
    let (mut round, _registry) = start("smtp://127.0.0.1:9");
    let (trouble, flow) = loop {
        let report = round.hub.reports.recv().await.expect("the postman reports");
        if let Some(trouble) = report.trouble {
            break (trouble, report.flow);
        }
    };
    assert_eq!((trouble.waiting, flow.proven_at), (0, None));
    assert!(trouble.reason.contains("127.0.0.1:9"), "{trouble:?}");
}

#[tokio::test]
async fn a_postman_who_stops_writes_down_who_got_letters() {
    let (mut round, registry) = start("smtp://127.0.0.1:9");
    let ada = ada();
    let (address, scope, language, mailbox) = (ada.address, Scope::default(), ada.language, Mailbox::Personal);
    let made = registry.import(vec![Imported { address, scope, language, mailbox }]).await.expect("written");
    let [crate::subscriber::Importing::Added(id)] = made.as_slice() else { panic!("one is new: {made:?}") };
    registry.mailed(vec![(*id, crate::clock::now())]).expect("it is heard");
    round.stop.cancel();
    round.tasks.join_next().await.expect("it ends").expect("no panic");
    let kept = vault(round.directory.path()).open().expect("opened");
    assert_eq!(kept.recipient(*id).expect("he stays").recent.len(), 1);
}

#[tokio::test]
async fn a_postman_reports_what_the_hub_has_forgotten_as_over() {
    let (mut round, _registry) = start("smtp://127.0.0.1:9");
    let story: Story = "incident-kctbh9vrtdwd".parse().expect("a story");
    let now = crate::clock::now();
    let notices = BTreeMap::from([(story.clone(), Notice::first(1, Turn::Opened, now, now))]);
    round.hub.notices.send_replace(Arc::new(notices));
    // Its incident is on no page: nobody is told of it, and nothing is reported of it.
    let report = round.hub.reports.recv().await.expect("the postman reports");
    assert!(report.rounds.is_empty() && report.tallies.is_empty(), "{report:?}");
}
