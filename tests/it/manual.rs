//! The pages of `docs/`: every file in them is sound and every command works, in the order in which they stand.

use std::path::Path;

use anyhow::Result;
use tests::{hub::Ended, manual};
use tokio::process::Command;

async fn follow(page: &str) -> Result<()> {
    manual::follow(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page)).await
}

#[tokio::test]
async fn the_page_about_probes_works() -> Result<()> {
    follow("probes.md").await
}

#[tokio::test]
async fn the_page_about_incidents_and_maintenance_works() -> Result<()> {
    follow("incidents.md").await
}

#[tokio::test]
async fn the_page_about_operating_works() -> Result<()> {
    follow("operating.md").await
}

#[tokio::test]
async fn the_page_about_security_works() -> Result<()> {
    follow("security.md").await
}

#[tokio::test]
async fn the_page_about_subscribers_works() -> Result<()> {
    follow("subscribers.md").await
}

#[tokio::test]
async fn the_page_about_locations_works() -> Result<()> {
    follow("locations.md").await
}

#[tokio::test]
async fn the_page_about_alarms_works() -> Result<()> {
    follow("alarms.md").await
}

#[tokio::test]
async fn the_page_about_installing_works() -> Result<()> {
    follow("install.md").await
}

#[tokio::test]
async fn every_command_line_in_the_readme_and_on_the_pages_is_one_that_the_programs_take() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    manual::parse(&root.join("README.md")).await?;
    for page in std::fs::read_dir(root.join("docs"))? {
        let page = page?.path();
        if page.extension().is_some_and(|extension| extension == "md") {
            manual::parse(&page).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_the_pages_say_to_opensmtpd_and_nginx_is_taken_by_them() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let check = async |program: &str, options: &[&str], text: String| -> Result<()> {
        let file = directory.path().join("configuration");
        std::fs::write(&file, &text)?;
        let output = Command::new(program).args(options).arg(&file).kill_on_drop(true).output().await?;
        let ended = Ended::of(output)?;
        assert_eq!(ended.code, Some(0), "{text}{}", ended.err);
        Ok(())
    };
    let block = manual::block("subscribers.md", "smtpd")?;
    check("/usr/sbin/smtpd", &["-n", "-f"], format!("listen on lo\n{block}")).await?;
    let (block, at) = (manual::block("install.md", "nginx")?, directory.path().display());
    let whole = format!(
        "pid {at}/pid;\nerror_log {at}/log;\nevents {{}}\nhttp {{ server {{ listen 127.0.0.1:1; {block} }} }}\n"
    );
    check("/usr/sbin/nginx", &["-t", "-c"], whole).await
}
