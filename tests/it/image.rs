//! The container image: what is in it, and that it does inside what the programs do outside.

use anyhow::Result;
use serde_json::json;
use tests::{backend::Backend, image::Image, names::Names};

const MEGABYTE: u64 = 1_000_000;

#[tokio::test]
async fn the_image_holds_one_program_under_two_names_and_says_how_to_run_them() -> Result<()> {
    let image = Image::unpack().await?;
    assert_eq!(image.files()?, ["prober", "statuspage"].map(std::path::PathBuf::from));
    assert!(image.compressed() < 25 * MEGABYTE, "{} bytes travel", image.compressed());
    let config = image.config();
    assert_eq!(config["User"], "65532:65532");
    assert_eq!(config["Entrypoint"], json!(["/statuspage"]));
    assert_eq!(config["Volumes"], json!({ "/data": {} }));
    assert_eq!(config["Healthcheck"]["Test"], json!(["CMD", "/statuspage", "health"]));
    Ok(())
}

#[tokio::test]
async fn names_addresses_zones_and_roots_work_inside() -> Result<()> {
    let (image, names) = (Image::unpack().await?, Names::serving("cloud.example.test").await?);
    let backend = Backend::start_at("[::1]:0".parse()?).await?;
    let port = backend.address().port();
    image.mount("probes.d/cloud.toml", &format!(
        "name = \"cloud\"\n[[probe]]\nevery = \"1s\"\n[probe.http]\nurl = \"http://cloud.example.test:{port}/\"\nip = \"6\"\n"
    ))?;
    image.mount("probes.d/shop.toml", &format!(
        "name = \"shop\"\n[[probe]]\nevery = \"1s\"\n[probe.http]\nurl = \"https://cloud.example.test:{port}/\"\nip = \"6\"\n"
    ))?;
    let settings = "title = \"Nuages\"\ntime_zone = \"Pacific/Marquesas\"";
    let mut hub = image.start(&[("BELFRY_CONFIG", settings)], &names.resolv_conf()).await?;
    hub.until_status("cloud", "operational").await;
    // A server without TLS fails in the handshake: the roots were read, or it would be a fault of our own and nothing said.
    hub.until_status("shop", "major_outage").await;
    let page = hub.text("/services/cloud?lang=en").await?;
    assert!(page.contains("Marquesas"), "no zone in\n{page}");
    assert_eq!(image.run(&["health"]).await?.expect(0)?, "the hub answers and goes on publishing\n");
    assert!(image.volume().join("control.sock").exists());
    assert!(hub.program.terminate().await?.success());
    assert_eq!(image.run(&["health"]).await?.code, Some(1));
    Ok(())
}

#[tokio::test]
async fn what_is_missing_is_said_in_one_sentence() -> Result<()> {
    let image = Image::unpack().await?;
    std::fs::remove_dir(image.mounted().join("probes.d"))?;
    let ended = image.run(&["serve"]).await?;
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("probes.d"), "{}", ended.err);
    assert_eq!(image.run(&["/prober", "check"]).await?.code, Some(2));
    Ok(())
}
