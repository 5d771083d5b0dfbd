//! A place watches over itself: a real `prober run` whose parts are broken in turn, and who notices.

use std::{os::unix::process::ExitStatusExt as _, process::Command, time::Instant};

use anyhow::{Result, ensure};
use tests::{
    backend::Backend,
    hub::{Hub, Setup},
    manager::Manager,
    namespace::Namespace,
    place::{Place, location, until_whole},
    program::{Program, free_port},
    wait,
};

/// A hub that probes nothing itself and tells a webhook, and the backend that the place is to ask.
async fn hub(receiver: &Backend) -> Result<(Setup, Hub, Backend, String)> {
    let (port, backend) = (free_port()?, Backend::start().await?);
    let setup = Setup::new()?.listening_on(&format!("0.0.0.0:{port}")).arguments(&["--no-prober"]);
    setup
        .settings(&format!("[[channel]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{}/hook\"\n", receiver.url()))?;
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    Ok((setup, hub, backend, port.to_string()))
}

#[tokio::test]
async fn a_service_manager_hears_that_a_place_works_how_it_does_and_that_it_ends() -> Result<()> {
    let receiver = Backend::start().await?;
    let (setup, _hub, _backend, port) = hub(&receiver).await?;
    let place = Place::add(&setup, "lyon", &format!("http://127.0.0.1:{port}")).await?;
    let manager = Manager::new(setup.directory())?;
    let mut command = place.command()?;
    command.env("NOTIFY_SOCKET", manager.path()).env("WATCHDOG_USEC", "3000000");
    let mut prober = Program::start(&mut command)?;
    manager.until("READY=1").await;
    manager.until("WATCHDOG=1").await;
    manager.until("STATUS=1 probes; the hub took a report at").await;
    ensure!(place.data().join("starts").exists(), "a start that did not end is remembered");
    ensure!(prober.terminate().await?.success(), "{:?}", prober.output());
    manager.until("STOPPING=1").await;
    ensure!(!place.data().join("starts").exists(), "it ended well");
    Ok(())
}

/// A disk of its own for a place's data, which can be made to hang.
struct Disk {
    at: String,
}

impl Disk {
    fn mount(place: &Place) -> Result<Self> {
        std::fs::create_dir_all(place.data())?;
        let (at, image) =
            (place.data().display().to_string(), place.data().with_extension("img").display().to_string());
        for line in [
            vec!["truncate", "-s", "32M", &image],
            vec!["mkfs.ext4", "-q", &image],
            vec!["mount", "-o", "loop", &image, &at],
        ] {
            ensure!(Command::new(line[0]).args(&line[1..]).status()?.success(), "{line:?}: the tests run as root");
        }
        Ok(Self { at })
    }

    fn hang(&self) -> Result<()> {
        ensure!(Command::new("fsfreeze").args(["--freeze", &self.at]).status()?.success(), "it is mounted");
        Ok(())
    }

    fn go_on(&self) {
        drop(Command::new("fsfreeze").args(["--unfreeze", &self.at]).output());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.go_on();
        drop(Command::new("umount").args(["--lazy", &self.at]).status());
    }
}

#[tokio::test]
async fn a_place_whose_journal_hangs_on_its_disk_ends_within_a_minute_and_loses_nothing_that_was_acknowledged()
-> Result<()> {
    let receiver = Backend::start().await?;
    let (setup, _hub, _backend, port) = hub(&receiver).await?;
    let place = Place::add(&setup, "lyon", &format!("http://127.0.0.1:{port}")).await?;
    let disk = Disk::mount(&place)?;
    let mut prober = place.start()?;
    until_whole(&setup, "lyon").await;
    disk.hang()?;
    let began = Instant::now();
    let line = prober.line_with("a part gave no sign of life").await;
    let after = began.elapsed();
    // Nobody can end a process whose thread waits for such a disk.
    disk.go_on();
    ensure!(line?.contains("journal"), "it names the part");
    ensure!(after.as_secs() < 60, "said after {after:?}");
    ensure!(prober.end().await?.signal() == Some(6), "it ends itself");
    println!("a journal that hangs was noticed after {after:?}");
    let before = location(&setup, "lyon").await?["counts"]["taken"].as_u64();
    let mut prober = place.start()?;
    wait::until("it goes on", async || {
        (location(&setup, "lyon").await.ok()?["counts"]["taken"].as_u64() > before).then_some(())
    })
    .await;
    let whole = until_whole(&setup, "lyon").await;
    ensure!(whole["counts"]["lost"] == 0, "{whole}");
    prober.terminate().await?;
    Ok(())
}

#[tokio::test]
async fn a_place_whose_canaries_are_cut_off_is_named_by_the_hub_and_gives_no_sign_of_life() -> Result<()> {
    let receiver = Backend::start_at("0.0.0.0:0".parse()?).await?;
    let (setup, running, _backend, port) = hub(&receiver).await?;
    let namespace = Namespace::new("", 0)?;
    // What runs inside must reach the target over the cable.
    let backend = Backend::start_at("0.0.0.0:0".parse()?).await?;
    setup.define_http("cloud", &format!("http://{}:{}", namespace.here(), backend.address().port()))?;
    let place =
        Place::add(&setup, "lyon", &format!("http://{}:{port}", namespace.here())).await?.inside(namespace.name());
    let mut command = place.command()?;
    command.args(["--ping", &format!("http://{}:{}/ping", namespace.here(), receiver.address().port())]);
    let mut prober = Program::start(&mut command)?;
    running.until_status("cloud", "operational").await;
    let pings = || receiver.requests().iter().filter(|request| request.starts_with("GET /ping")).count();
    wait::until("it gives a sign of life", async || (pings() == 1).then_some(())).await;
    for path in ["/", "/monitoring", "/snapshot.json", "/api/v2/summary.json", "/api/v1/locations", "/status.txt"] {
        ensure!(!running.text(path).await?.contains("belfry-canary"), "{path} shows the canaries");
    }
    let told = |event: &str| {
        let is_it = |request: &String| {
            request.contains("detection_broken")
                && request.contains(&format!("\"{event}\""))
                && request.contains("lyon")
        };
        receiver.requests().iter().any(is_it)
    };
    ensure!(!told("fault"), "nothing is wrong yet");
    namespace.cut_loopback()?;
    let began = Instant::now();
    wait::until("the hub names the place", async || told("fault").then_some(())).await;
    println!("broken detection of a place was told after {:?}", began.elapsed());
    ensure!(began.elapsed().as_secs() < 90);
    prober.line_with("a canary is not found to be what it is").await?;
    ensure!(pings() <= 2, "{} signs of life", pings());
    ensure!(
        running.status_of("cloud").await.as_deref() == Some("operational"),
        "what it measures elsewhere is as it was"
    );
    namespace.heal_loopback()?;
    wait::until("the hub tells that it is over", async || told("fault_over").then_some(())).await;
    prober.terminate().await?;
    Ok(())
}

/// A service that is well and takes its time: whoever asks holds a descriptor for two seconds.
async fn slow() -> Result<u16> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let mut answers = tokio::task::JoinSet::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                answers.spawn(async move {
                    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
                    let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
                });
            }
        });
    });
    Ok(port)
}

#[tokio::test]
async fn a_place_without_descriptors_calls_nothing_down_and_operators_hear_of_it() -> Result<()> {
    let receiver = Backend::start().await?;
    let (setup, running, _backend, port) = hub(&receiver).await?;
    let target = slow().await?;
    let ids: Vec<_> = (0..300).map(|number| format!("s{number}")).collect();
    for id in &ids {
        let probe = "[[probe]]\nevery = \"5s\"\ntimeout = \"5s\"\n[probe.http]";
        setup.define(id, &format!("name = \"{id}\"\n{probe}\nurl = \"http://127.0.0.1:{target}/\"\n"))?;
    }
    let place = Place::add(&setup, "lyon", &format!("http://127.0.0.1:{port}")).await?;
    let whole = place.command()?;
    let mut command = tokio::process::Command::new("prlimit");
    command.arg("--nofile=64:64").arg(whole.as_std().get_program()).args(whole.as_std().get_args());
    command.current_dir(whole.as_std().get_current_dir().expect("it has one")).env_clear().env("PATH", "/usr/bin:/bin");
    let mut prober = Program::start(&mut command)?;
    let (mut starved, mut told) = (false, false);
    wait::until("operators hear that the place is not well", async || {
        let components = running.json("/api/v2/components.json").await.ok()?;
        for component in components["components"].as_array()? {
            let status = component["status"].as_str()?;
            assert!(status != "major_outage" && status != "partial_outage", "{component}");
        }
        let observed =
            running.json("/api/v1/components/s0/observations?from=2020-01-01T00:00:00Z&limit=1000").await.ok()?;
        starved |= observed.to_string().contains("prober_fault");
        told |=
            receiver.requests().iter().any(|request| request.contains("detection_broken") && request.contains("lyon"));
        (starved && told).then_some(())
    })
    .await;
    ensure!(prober.terminate().await?.success(), "{:?}", prober.output());
    Ok(())
}

/// A group of processes that may use so much memory (cgroup v1, as it is here; it needs root).
struct Bounded(std::path::PathBuf);

impl Bounded {
    fn new(bytes: u64) -> Result<Self> {
        let group = std::path::Path::new("/sys/fs/cgroup/memory").join(format!("belfry-{}", std::process::id()));
        std::fs::create_dir(&group)?;
        std::fs::write(group.join("memory.limit_in_bytes"), bytes.to_string())?;
        Ok(Self(group))
    }

    fn read(&self, name: &str) -> Result<String> {
        Ok(std::fs::read_to_string(self.0.join(name))?)
    }
}

impl Drop for Bounded {
    fn drop(&mut self) {
        // Who was in it has ended, or is about to.
        for _ in 0..100 {
            if std::fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::yield_now();
        }
    }
}

#[tokio::test]
async fn a_place_with_a_thousand_probes_and_64_mebibytes_is_not_killed_for_its_memory() -> Result<()> {
    let receiver = Backend::start().await?;
    let (setup, _running, backend, port) = hub(&receiver).await?;
    let probe = |number: u32| {
        format!("[[probe]]\nid = \"p{number}\"\nevery = \"10s\"\n[probe.http]\nurl = \"{}/{number}\"\n", backend.url())
    };
    for group in 0..10 {
        let probes: String = (0..100).map(|number| probe(group * 100 + number)).collect();
        setup.define(&format!("g{group}"), &format!("name = \"g{group}\"\n{probes}"))?;
    }
    let place = Place::add(&setup, "lyon", &format!("http://127.0.0.1:{port}")).await?;
    let bounded = Bounded::new(64 << 20)?;
    let whole = place.command()?;
    let mut command = tokio::process::Command::new("sh");
    let enter = format!("echo $$ > {}/cgroup.procs; exec \"$@\"", bounded.0.display());
    command.args(["-c", &enter, "sh"]).arg(whole.as_std().get_program()).args(whole.as_std().get_args());
    command.current_dir(whole.as_std().get_current_dir().expect("it has one")).env_clear().env("PATH", "/usr/bin:/bin");
    let mut prober = Program::start(&mut command)?;
    wait::until("each of the probes has run several times", async || {
        (location(&setup, "lyon").await.ok()?["counts"]["taken"].as_u64()? > 4_000).then_some(())
    })
    .await;
    let peak: u64 = bounded.read("memory.max_usage_in_bytes")?.trim().parse()?;
    println!("at most {} KiB of 65536, pages of its files included", peak >> 10);
    ensure!(!bounded.read("memory.oom_control")?.contains("under_oom 1"), "it waits for memory");
    ensure!(prober.terminate().await?.success(), "{:?}", prober.output());
    drop(prober);
    Ok(())
}
