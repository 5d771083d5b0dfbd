//! The pages of `docs/`: every file in them is sound and every command works, in the order in which they stand.

use std::path::Path;

use anyhow::Result;
use tests::manual;

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
