//! The compose files and systemd units of `docs/`, taken at their word: the real image and the real programs run as they say.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::{
    backend::Backend,
    compose::{Compose, Mount},
    hub::{Ended, Hub, Setup},
    image::Image,
    manager::Manager,
    place::{code, until_whole},
    program::{Program, free_port},
    unit::Unit,
};

/// What stands in the files for the hub's own address.
const PUBLIC: &str = "https://status.example.org";
const FILES: [&str; 2] = ["hub.yaml", "locations.yaml"];
const UNITS: [&str; 3] = ["belfry.service", "belfry-prober.service", "belfry-outpost.service"];

fn mount(from: &str, to: &str, mode: Option<&str>) -> Mount {
    Mount { from: from.to_owned(), to: to.to_owned(), mode: mode.map(str::to_owned) }
}

#[tokio::test]
async fn each_service_of_the_compose_files_is_as_closed_as_the_image_and_fits_it() -> Result<()> {
    let image = Image::unpack().await?;
    let (config, files) = (image.config(), image.files()?);
    for file in FILES {
        let compose = Compose::read(file, &[])?;
        let mut volumes = Vec::new();
        for service in compose.services()? {
            let name = format!("{file}: {}", service.name);
            let said = ["read_only", "cap_drop", "security_opt", "user"].map(|key| service.says(key).clone());
            let closed = [json!(true), json!(["ALL"]), json!(["no-new-privileges:true"]), config["User"].clone()];
            assert_eq!(said, closed, "{name}");
            assert_eq!((service.says("image"), service.says("restart")), (&json!("belfry:latest"), &json!("always")));
            let mounts = service.mounts();
            let etc = config["WorkingDir"].as_str().context("a directory")?;
            let [data, settings] = mounts.as_slice() else { anyhow::bail!("{name}: {mounts:?}") };
            assert_eq!(*settings, mount("./belfry", etc, Some("ro")), "{name}");
            assert!(config["Volumes"].get(&data.to).is_some() && data.mode.is_none(), "{name}: {data:?}");
            volumes.push(data.from.clone());
            for port in service.words("ports").unwrap_or_default() {
                let inside = port.rsplit(':').next().unwrap_or_default();
                assert!(config["ExposedPorts"].get(format!("{inside}/tcp")).is_some(), "{name}: {port}");
                assert!(config["Env"].to_string().contains(&format!("BELFRY_LISTEN=[::]:{inside}")), "{name}: {port}");
            }
            let program = service.words("entrypoint").map_or(config["Entrypoint"][0].clone(), |words| json!(words[0]));
            let check = match service.says("healthcheck") {
                Value::Null => &config["Healthcheck"]["Test"][1],
                other => {
                    assert_eq!(*other, json!({ "disable": true }), "{name}");
                    &Value::Null
                }
            };
            for program in [&program, check].into_iter().filter_map(Value::as_str) {
                assert!(files.contains(&Path::new(program).strip_prefix("/")?.to_owned()), "{name}: {program}");
            }
            if let Some(context) = service.says("build").as_str() {
                let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/container");
                assert!(docs.join(context).join("Dockerfile").exists(), "{name}: {context}");
            }
        }
        volumes.sort();
        // Each has one of its own, and none is left over.
        assert_eq!(volumes, compose.volumes(), "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn the_image_runs_the_hub_alone_as_the_compose_file_has_it() -> Result<()> {
    let (image, backend) = (Image::unpack().await?, Backend::start().await?);
    let service = Compose::read("hub.yaml", &[])?.service("belfry")?;
    image.mount("probes.d/cloud.toml", &definition(&backend))?;
    let listen = format!("127.0.0.1:{}", free_port()?);
    let mut hub = Program::start(&mut image.service(&service, &[("BELFRY_LISTEN", &listen)])?)?;
    hub.line_with(&listen).await?;
    let line = hub.line_with("\"level\"").await?;
    let line: Value = serde_json::from_str(&line).with_context(|| format!("json is what the file asks for: {line}"))?;
    ensure!(line["timestamp"].is_string(), "{line}");
    image.run(&["health"]).await?.expect(0)?;
    ensure!(hub.terminate().await?.success(), "{:?}", hub.output());
    Ok(())
}

fn definition(backend: &Backend) -> String {
    format!("name = \"cloud\"\n[[probe]]\nevery = \"1s\"\n[probe.http]\nurl = \"{}\"\n", backend.url())
}

#[tokio::test]
async fn the_image_runs_a_hub_and_two_places_as_the_compose_file_has_them() -> Result<()> {
    let (image, backend) = (Image::unpack().await?, Backend::start().await?);
    image.mount("probes.d/cloud.toml", &definition(&backend))?;
    let (listen, compose) = (format!("127.0.0.1:{}", free_port()?), Compose::read("locations.yaml", &[])?);
    let hub = Program::start(&mut image.service(&compose.service("hub")?, &[("BELFRY_LISTEN", &listen)])?)?;
    let _hub = Hub::behind(hub).await?;
    // Another of the programs that speak to the hub in the container.
    let ask = async |words: &[&str]| -> Result<Value> {
        Ok(serde_json::from_str(&image.run(&[&["/statuspage"], words].concat()).await?.expect(0)?)?)
    };
    for (name, variable) in [("lille", "LILLE_CODE"), ("lyon", "LYON_CODE")] {
        let code = ask(&["location", "add", name, "--json"]).await?["code"].as_str().context("a code")?.to_owned();
        let service = Compose::read("locations.yaml", &[(variable, &code)])?.service(name)?;
        let own = Image::unpack().await?;
        own.mount("probes.d/cloud.toml", &definition(&backend))?;
        let mut command = own.service(&service, &[])?;
        ensure!(command.as_std().get_args().any(|word| word == PUBLIC), "{command:?}");
        let mut prober = Program::start(&mut elsewhere(&mut command, &format!("http://{listen}")))?;
        tests::wait::until(&format!("{name} reports"), async || {
            let list = ask(&["location", "list", "--json"]).await.ok()?;
            let mut all = list["locations"].as_array()?.iter();
            all.any(|one| one["name"] == name && one["standing"] == "reports").then_some(())
        })
        .await;
        // The key lies in the volume: the code is not needed again.
        ensure!(prober.terminate().await?.success(), "{:?}", prober.output());
        let service = compose.service(name)?;
        let mut again = Program::start(&mut elsewhere(&mut own.service(&service, &[])?, &format!("http://{listen}")))?;
        again.line_with("reports to").await?;
        ensure!(again.terminate().await?.success(), "{:?}", again.output());
    }
    Ok(())
}

/// The same command with the hub at that address.
fn elsewhere(command: &mut tokio::process::Command, hub: &str) -> tokio::process::Command {
    let command = command.as_std();
    let mut other = tokio::process::Command::new(command.get_program());
    other.args(command.get_args().map(|word| if word == PUBLIC { hub.as_ref() } else { word })).env_clear();
    other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    other
}

#[tokio::test]
async fn systemd_has_nothing_against_the_units_and_finds_them_closed() -> Result<()> {
    for name in UNITS {
        let unit = Unit::read(name)?;
        let Ended { code, out, err } = unit.analyze(&["verify", "--man=no"]).await?;
        assert_eq!((code, out + &err), (Some(0), String::new()), "{name}");
        // In tenths, of a hundred.
        unit.analyze(&["security", "--offline=true", "--threshold=20"]).await?.expect(0).context(name)?;
        // What is not there cannot be taken: a unit with a mistake in it is noticed.
        assert_eq!(unit.says("WorkingDirectory"), ["/etc/belfry"], "{name}");
        assert_eq!(unit.says("StateDirectory"), [name.trim_end_matches(".service")], "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn the_units_run_a_hub_a_place_and_an_outpost_and_a_service_manager_hears_that_they_work() -> Result<()> {
    let backend = Backend::start().await?;
    let (state, listen) = (tempfile::tempdir()?, format!("127.0.0.1:{}", free_port()?));
    let setup = Setup::new()?.environment("BELFRY_DATA", &state.path().join("belfry").display().to_string());
    setup.define("cloud", &definition(&backend))?;
    let hub = Unit::read("belfry.service")?;
    let _hub = begin(&hub, setup.directory(), state.path(), &[("BELFRY_LISTEN", &listen)]).await?;
    let address = format!("http://{listen}");
    for (name, location) in [("belfry-prober.service", "lille"), ("belfry-outpost.service", "lyon")] {
        let (unit, code) = (Unit::read(name)?, code(&setup, location).await?);
        let given: Vec<(&str, &str)> = unit
            .to_be_given()
            .into_iter()
            .map(|(name, value)| match name {
                "BELFRY_HUB" => (name, address.as_str()),
                "BELFRY_ENROL" => (name, code.as_str()),
                _ => (name, value),
            })
            .chain([("BELFRY_LISTEN", "127.0.0.1:0")])
            .collect();
        ensure!(given.contains(&("BELFRY_LOCATION", location)), "{name} says {given:?}");
        let directory = tempfile::tempdir()?;
        std::fs::create_dir(directory.path().join("probes.d"))?;
        std::fs::write(directory.path().join("probes.d/cloud.toml"), definition(&backend))?;
        std::fs::write(directory.path().join("statuspage.toml"), "max_bytes = \"100MB\"\n")?;
        let mut running = begin(&unit, directory.path(), state.path(), &given).await?;
        until_whole(&setup, location).await;
        ensure!(running.terminate().await?.success(), "{name}: {:?}", running.output());
    }
    Ok(())
}

/// Starts what a unit says, and waits until its service manager hears that it works.
async fn begin(unit: &Unit, directory: &Path, state: &Path, given: &[(&str, &str)]) -> Result<Program> {
    assert_eq!((unit.says("Type"), unit.says("WatchdogSec")), (vec!["notify"], vec!["60"]));
    let manager = Manager::new(directory)?;
    let mut command = unit.command(directory, state, given)?;
    let program = Program::start(command.env("NOTIFY_SOCKET", manager.path()).env("WATCHDOG_USEC", "60000000"))?;
    manager.until("READY=1").await;
    Ok(program)
}
