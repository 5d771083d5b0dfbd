//! What the programs say and how they end, as an operator at a shell meets them.

use anyhow::Result;
use tests::{backend::Backend, hub::Setup, program};
use tokio::process::Command;

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn run(command: &mut Command) -> Result<Ended> {
    let output = command.output().await?;
    Ok(Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    })
}

fn prober(setup: &Setup, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(program::own("prober")?);
    command.current_dir(setup.directory()).args(arguments);
    Ok(command)
}

#[tokio::test]
async fn check_names_every_mistake_with_its_place() -> Result<()> {
    let setup = Setup::new()?;
    setup.define("cloud", "nmae = \"x\"\n[[probe]]\nevery = \"0s\"\n[probe.http]\nurl = \"ftp://x\"\n")?;
    let ended = run(&mut prober(&setup, &["check"])?).await?;
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    let report = ended.out + &ended.err;
    for place in ["cloud.toml:1:1", "cloud.toml:3:", "cloud.toml:5:"] {
        assert!(report.contains(place), "{place} in\n{report}");
    }
    assert_eq!(run(&mut prober(&setup, &["check", "nowhere"])?).await?.code, Some(2));
    Ok(())
}

#[tokio::test]
async fn once_prints_an_observation_a_line_and_ends_by_what_it_found() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let ended = run(&mut prober(&setup, &["once", "--json"])?).await?;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let line: serde_json::Value = serde_json::from_str(ended.out.trim())?;
    assert_eq!((&line["probe"], &line["verdict"]), (&"cloud/http".into(), &"pass".into()));
    assert_eq!((&line["failure"], &line["http"]["status"]), (&serde_json::Value::Null, &200.into()));
    assert!(line["timings"]["tls"].is_null() && line["timings"]["processing"].is_f64(), "{line}");

    backend.answer("502 Bad Gateway", "");
    let ended = run(&mut prober(&setup, &["once", "cloud/http", "--json"])?).await?;
    assert_eq!(ended.code, Some(1));
    let line: serde_json::Value = serde_json::from_str(ended.out.trim())?;
    assert_eq!(line["failure"]["kind"], "http_status");
    assert_eq!(run(&mut prober(&setup, &["once", "clod"])?).await?.code, Some(2));
    Ok(())
}

#[tokio::test]
async fn new_writes_a_definition_that_passes_check() -> Result<()> {
    let setup = Setup::new()?;
    let ended = run(&mut prober(&setup, &["new", "https://cloud.example.org/login"])?).await?;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let ended = run(&mut prober(&setup, &["check"])?).await?;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    Ok(())
}

#[tokio::test]
async fn serve_that_cannot_start_says_why_in_one_sentence_and_ends_with_2() -> Result<()> {
    let setup = Setup::new()?;
    let _running = setup.start().await?;
    let check = async |setup: &Setup, arguments: &[&str], sentence: &str| -> Result<()> {
        let ended = run(setup.command()?.args(arguments)).await?;
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains(sentence), "{arguments:?} says {:?}, not {sentence:?}", ended.err);
        Ok(())
    };
    check(&setup, &[], "in use by another process").await?;
    let other = Setup::new()?;
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let other = other.listening_on(&taken.local_addr()?.to_string());
    check(&other, &[], "in use").await?;
    check(&other, &["--probes", "nowhere"], "nowhere").await?;
    Ok(())
}

#[tokio::test]
async fn settings_are_printed_with_their_secrets_masked() -> Result<()> {
    let setup = Setup::new()?;
    setup.settings("title = \"Le Collectif\"\nmetrics_token = \"canary-secret\"\n")?;
    let ended = run(setup.command()?.args(["--print-settings"])).await?;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("Le Collectif"), "{}", ended.out);
    assert!(!(ended.out + &ended.err).contains("canary-secret"));
    Ok(())
}

#[tokio::test]
async fn a_command_whose_output_nobody_reads_ends_well() -> Result<()> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let mut command = Command::new(program::own("statuspage")?);
    let output = command.arg("schema").stdout(writer).stderr(std::process::Stdio::piped()).spawn()?;
    let output = output.wait_with_output().await?;
    let said = String::from_utf8(output.stderr)?;
    assert!(output.status.success() && said.is_empty(), "{:?}: {said}", output.status);
    Ok(())
}
