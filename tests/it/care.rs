//! What operators do for their data: export, backup, restore, verify and repair, beside a running hub and without one.

use std::{
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use serde_json::Value;
use shared::{Failure, FailureKind, Observation, Timestamp, Timings, Verdict};
use statuspage::store::{Durability, Store, StoreOptions};
use tests::{
    backend::Backend,
    hub::{Hub, Setup},
    wait,
};

const ALL: &str = "/api/v1/components/cloud/observations?from=2020-01-01T00:00:00Z&limit=1000";

/// What everybody may read of a result.
fn public(mut observation: Value) -> Value {
    observation["address"].take();
    let object = observation.as_object_mut().expect("an object");
    object.remove("address");
    if let Some(failure) = object.get_mut("failure").and_then(Value::as_object_mut) {
        failure.remove("evidence");
    }
    observation
}

async fn recorded(hub: &Hub) -> Option<Vec<Value>> {
    hub.json(ALL).await.ok()?["observations"].as_array().cloned()
}

async fn until_recorded(hub: &Hub, count: usize) -> Vec<Value> {
    let what = format!("{count} results are recorded");
    wait::until(&what, async || recorded(hub).await.filter(|seen| seen.len() >= count)).await
}

fn lines(text: &str) -> Result<Vec<Value>> {
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

async fn watched(backend: &Backend) -> Result<(Setup, Hub)> {
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    Ok((setup, hub))
}

#[tokio::test]
async fn an_export_is_what_the_api_says_and_what_is_private_besides() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    backend.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    let known = until_recorded(&hub, 6).await;
    let export = ["export", "--component", "cloud", "--format"];
    let exported = lines(&setup.run(&[&export[..], &["jsonl"]].concat()).await?.expect(0)?)?;
    assert!(exported.iter().all(|line| line["address"] == "127.0.0.1"), "operators see the address: {exported:?}");
    let shown: Vec<_> = exported.iter().take(known.len()).cloned().map(public).collect();
    assert_eq!(shown, known);

    hub.program.terminate().await?;
    let after = lines(&setup.run(&[&export[..], &["jsonl"]].concat()).await?.expect(0)?)?;
    assert_eq!(after[..exported.len()], exported[..], "without a hub the directory says the same");
    setup.run(&[&export[..], &["csv", "--output", "cloud.csv"]].concat()).await?.expect(0)?;
    let file = setup.directory().join("cloud.csv");
    assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    let mut reader = csv::Reader::from_path(file)?;
    let starts = reader.records().map(|record| Ok(record?[0].to_owned())).collect::<Result<Vec<_>>>()?;
    let expected: Vec<_> = after.iter().map(|line| line["started_at"].as_str().unwrap_or_default()).collect();
    assert_eq!(starts, expected);
    Ok(())
}

#[tokio::test]
async fn an_export_goes_from_an_instant_to_another_and_knows_its_components() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    let known = until_recorded(&hub, 4).await;
    let at = |n: usize| known[n]["started_at"].as_str().expect("a time");
    let check = async |setup: &Setup| -> Result<()> {
        let range = ["export", "--component", "cloud", "--format", "jsonl", "--from", at(1), "--to", at(3)];
        let some = lines(&setup.run(&range).await?.expect(0)?)?;
        assert_eq!(some.into_iter().map(public).collect::<Vec<_>>(), known[1..3]);
        let nothing = ["export", "--component", "cloud", "--format", "jsonl", "--to", "2020-01-01T00:00:00Z"];
        assert_eq!(setup.run(&nothing).await?.expect(0)?, "", "a component without results then is no mistake");
        let unknown = setup.run(&["export", "--component", "clod", "--format", "csv"]).await?;
        assert_eq!(unknown.code, Some(2));
        assert!(unknown.err.contains("no component `clod`"), "{}", unknown.err);
        Ok(())
    };
    check(&setup).await?;
    // A directory that loses everything at once keeps what it had.
    setup.define_http("forum", &backend.url())?;
    hub.until_status("forum", "operational").await;
    std::fs::remove_file(setup.probes().join("cloud.toml"))?;
    wait::until("it is retired", async || hub.status_of("cloud").await.is_none().then_some(())).await;
    check(&setup).await?;
    hub.program.terminate().await?;
    check(&setup).await?;
    let nowhere = setup.run(&["export", "--component", "cloud", "--format", "csv", "--data", "elsewhere"]).await?;
    assert_eq!((nowhere.code, setup.directory().join("elsewhere").exists()), (Some(2), false), "{}", nowhere.err);
    Ok(())
}

#[tokio::test]
async fn only_the_hubs_own_user_reaches_its_socket_and_it_goes_with_the_hub() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    let socket = setup.data().join("control.sock");
    assert_eq!(std::fs::metadata(&socket)?.permissions().mode() & 0o777, 0o600);
    hub.program.kill().await?;
    assert!(socket.exists(), "a killed hub leaves it");
    let mut hub = setup.start().await?;
    setup.run(&["export", "--component", "cloud", "--format", "jsonl"]).await?.expect(0)?;
    hub.program.terminate().await?;
    assert!(!socket.exists());
    Ok(())
}

#[tokio::test]
async fn a_backup_of_a_running_hub_becomes_the_same_history_elsewhere() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, hub) = watched(&backend).await?;
    backend.answer("502 Bad Gateway", "");
    hub.until_status("cloud", "major_outage").await;
    let known = until_recorded(&hub, 6).await;
    let said = setup.run(&["backup", "belfry.tar"]).await?.expect(0)?;
    assert!(said.starts_with("belfry.tar: "), "{said}");
    let file = setup.directory().join("belfry.tar");
    assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    until_recorded(&hub, known.len() + 2).await;
    assert!(!setup.data().join("backup.tmp").read_dir()?.any(|_| true), "nothing is left of the copy");

    let elsewhere = Setup::new()?;
    elsewhere.define_http("cloud", &backend.url())?;
    let file = file.to_str().expect("a path");
    elsewhere.run(&["restore", file]).await?.expect(0)?;
    let restored = elsewhere.start().await?;
    assert_eq!(restored.status_of("cloud").await.as_deref(), Some("major_outage"));
    let after = recorded(&restored).await.expect("the history is served at once");
    assert_eq!(after[..known.len()], known[..]);
    let page = restored.text("/services/cloud?lang=en").await?;
    assert!(page.contains("502"), "the last failures are on the page");
    Ok(())
}

#[tokio::test]
async fn a_backup_never_takes_the_place_of_a_store_unasked() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    until_recorded(&hub, 3).await;
    setup.run(&["backup", "belfry.tar"]).await?.expect(0)?;
    let refused = async |arguments: &[&str], code: i32, words: &str| -> Result<()> {
        let ended = setup.run(arguments).await?;
        assert_eq!(ended.code, Some(code), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(words), "{arguments:?} says {:?}, not {words:?}", ended.err);
        Ok(())
    };
    refused(&["backup", "belfry.tar"], 2, "--force writes over it").await?;
    refused(&["restore", "belfry.tar", "--force"], 2, "stop it first").await?;
    hub.program.terminate().await?;
    refused(&["restore", "belfry.tar"], 2, "--force sets it aside").await?;
    let file = setup.directory().join("belfry.tar");
    let mut bytes = std::fs::read(&file)?;
    let frame = bytes.windows(4).position(|four| four == b"\xf5BLK").expect("rows");
    bytes[frame + 100] ^= 1;
    std::fs::write(setup.directory().join("flipped.tar"), &bytes)?;
    refused(&["restore", "flipped.tar", "--force"], 1, "nothing was changed").await?;

    let before = setup.run(&["export", "--component", "cloud", "--format", "jsonl"]).await?.expect(0)?;
    let said = setup.run(&["restore", "belfry.tar", "--force"]).await?.expect(0)?;
    assert!(said.contains("store.replaced-"), "{said}");
    let after = setup.run(&["export", "--component", "cloud", "--format", "jsonl"]).await?.expect(0)?;
    assert!(before.starts_with(&after) && !after.is_empty(), "the backup is the older one");
    Ok(())
}

#[tokio::test]
async fn a_backup_without_a_hub_is_made_of_its_directory() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    until_recorded(&hub, 3).await;
    hub.program.terminate().await?;
    let export = ["export", "--component", "cloud", "--format", "jsonl"];
    let before = setup.run(&export).await?.expect(0)?;
    setup.run(&["backup", "belfry.tar"]).await?.expect(0)?;
    setup.run(&["restore", "belfry.tar", "--data", "second"]).await?.expect(0)?;
    assert_eq!(setup.run(&[&export[..], &["--data", "second"]].concat()).await?.expect(0)?, before);
    Ok(())
}

#[tokio::test]
async fn a_sound_store_is_verified_beside_its_hub_and_without_it() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    until_recorded(&hub, 3).await;
    let said = setup.run(&["verify"]).await?.expect(0)?;
    assert!(said.contains("results of local") && said.ends_with("everything is as it was written\n"), "{said}");
    hub.program.terminate().await?;
    let report: Value = serde_json::from_str(&setup.run(&["verify", "--json"]).await?.expect(0)?)?;
    assert!(report["checked"]["results"]["local"].as_u64() >= Some(3), "{report}");
    let said = setup.run(&["repair"]).await?.expect(0)?;
    assert!(said.starts_with("the database is sound"), "{said}");
    assert_eq!(setup.run(&["verify", "--data", "elsewhere"]).await?.code, Some(2));
    Ok(())
}

#[tokio::test]
async fn repair_refuses_while_the_hub_runs() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, _hub) = watched(&backend).await?;
    let refused = setup.run(&["repair"]).await?;
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("stop it first"), "{}", refused.err);
    Ok(())
}

#[tokio::test]
async fn verify_names_a_file_that_is_not_what_was_written_and_repair_keeps_it_apart() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, mut hub) = watched(&backend).await?;
    until_recorded(&hub, 3).await;
    hub.program.terminate().await?;
    let file = setup.data().join("blocks/raw/2020/01/01.blk");
    std::fs::create_dir_all(file.parent().expect("a directory"))?;
    std::fs::write(&file, "no block file")?;
    let found = setup.run(&["verify"]).await?.expect(1)?;
    assert!(found.contains("damaged: blocks/raw/2020/01/01.blk: ") && found.contains("statuspage repair"), "{found}");
    let repaired = setup.run(&["repair"]).await?.expect(1)?;
    assert!(repaired.contains("01.blk.damaged-1"), "{repaired}");
    assert!(!file.exists() && file.with_file_name("01.blk.damaged-1").exists());
    setup.run(&["verify"]).await?.expect(0)?;
    Ok(())
}

/// One result a minute of a component's probe, the first at `start`; some failed.
fn results(component: &str, start: Timestamp, count: u64) -> Vec<Arc<Observation>> {
    let result = |number: u64| {
        let failed = number % 10 == 9;
        Arc::new(Observation {
            probe: format!("{component}/http").parse().expect("an id"),
            location: "local".parse().expect("a name"),
            started_at: start.plus(Duration::from_secs(60 * number)),
            verdict: if failed { Verdict::Fail } else { Verdict::Pass },
            failure: failed.then(|| Failure::new(FailureKind::HttpStatus, "502, \"Bad Gateway\"")),
            timings: Timings { connect: Some(Duration::from_micros(1_234 + number)), ..Timings::default() },
            duration: Duration::from_micros(20_000 + number * 7),
            http: None,
            certificate_expires_at: None,
            confirmation: false,
            address: Some([203, 0, 113, 7].into()),
        })
    };
    (0..count).map(result).collect()
}

/// The beginning of an hour, so many hours ago.
fn hours_ago(hours: u64) -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let seconds = since / 3_600 * 3_600 - hours * 3_600;
    Timestamp::from_millis(i64::try_from(seconds * 1_000).unwrap_or_default())
}

/// A store in `data` whose results all lie in block files.
async fn sealed(data: &Path, all: &[Arc<Observation>]) {
    let rest = Duration::from_millis(20);
    let options = StoreOptions { rest, reserve: 0, disk_reserve: 0, ..StoreOptions::default() };
    let handle = Store::open(data, options).expect("opens").handle;
    assert_eq!(handle.append(all.to_vec()).await, Durability::Synced);
    wait::until("all is sealed", async || (handle.unsealed().await == Ok(0)).then_some(())).await;
    assert_eq!(handle.close(Duration::from_secs(30)).await, Durability::Synced);
}

fn values(results: &[Arc<Observation>]) -> Vec<Value> {
    results.iter().map(|result| serde_json::to_value(result.as_ref()).expect("serializes")).collect()
}

#[tokio::test]
async fn an_export_of_sealed_hours_is_what_was_written() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    setup.define_http("wiki", &backend.url())?;
    let start = hours_ago(30);
    let (cloud, wiki) = (results("cloud", start, 300), results("wiki", start, 90));
    sealed(&setup.data(), &[&cloud[..], &wiki[..]].concat()).await;
    assert!(setup.data().join("blocks/raw").exists(), "they lie in files");
    // Before what the hub adds.
    let end = start.plus(Duration::from_secs(60 * 300)).to_string();
    let (from, to) = (cloud[50].started_at.to_string(), cloud[170].started_at.to_string());
    let check = async |setup: &Setup| -> Result<()> {
        let export =
            |component: &'static str, format: &'static str| ["export", "--component", component, "--format", format];
        let exported = async |component, format, more: &[&str]| -> Result<String> {
            setup.run(&[&export(component, format)[..], more].concat()).await?.expect(0)
        };
        assert_eq!(lines(&exported("cloud", "jsonl", &["--to", &end]).await?)?, values(&cloud));
        assert_eq!(lines(&exported("wiki", "jsonl", &["--to", &end]).await?)?, values(&wiki));
        let part = lines(&exported("cloud", "jsonl", &["--from", &from, "--to", &to]).await?)?;
        assert_eq!(part, values(&cloud[50..170]));
        let sheet = exported("cloud", "csv", &["--to", &end]).await?;
        let mut reader = csv::Reader::from_reader(sheet.as_bytes());
        let said = |record: csv::StringRecord| [0, 4, 6].map(|column| record[column].to_owned());
        let rows = reader.records().map(|record| Ok(said(record?))).collect::<Result<Vec<_>>>()?;
        let expected: Vec<_> = cloud.iter().map(|result| line_of(result)).collect();
        assert_eq!(rows, expected);
        Ok(())
    };
    check(&setup).await?;
    let mut hub = setup.start().await?;
    hub.until_status("cloud", "operational").await;
    check(&setup).await?;
    hub.program.terminate().await?;
    check(&setup).await
}

/// What is looked at of a line of a sheet: when, the verdict, and the detail of a failure.
fn line_of(result: &Observation) -> [String; 3] {
    let detail = result.failure.as_ref().map(|failure| failure.detail.clone()).unwrap_or_default();
    [result.started_at.to_string(), result.verdict.to_string(), detail]
}

#[tokio::test]
async fn a_data_directory_of_somebody_else_is_refused_in_one_sentence() -> Result<()> {
    let setup = Setup::new()?;
    let data = setup.data();
    std::fs::create_dir(&data)?;
    let is_root = std::fs::metadata(&data)?.uid() == 0;
    // Nobody but root can give a directory away; whoever else runs this shuts itself out.
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(if is_root { 0o700 } else { 0 }))?;
    std::fs::set_permissions(setup.directory(), std::fs::Permissions::from_mode(0o755))?;
    let mut command = if is_root {
        let mut command = tokio::process::Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(tests::program::own("statuspage")?);
        command
    } else {
        tokio::process::Command::new(tests::program::own("statuspage")?)
    };
    command.current_dir(setup.directory()).arg("serve").args(["--listen", "127.0.0.1:0"]).kill_on_drop(true);
    let ended = tokio::time::timeout(wait::LIMIT, command.output()).await??;
    let said = String::from_utf8(ended.stderr)?;
    let last: Vec<_> = said.lines().filter(|line| line.starts_with("statuspage: ")).collect();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(matches!(last[..], [sentence] if sentence.contains("data") && !sentence.contains("panicked")), "{said}");
    Ok(())
}
