//! The page in a real browser, with scripts and without, and in lynx.

use anyhow::Result;
use fantoccini::Locator;
use tests::{
    backend::Backend,
    browser::{Browser, Scripts},
    hub::{Hub, Setup},
    wait,
};
use tokio::process::Command;

async fn hub_with_cloud(backend: &Backend) -> Result<(Setup, Hub)> {
    let setup = Setup::new()?;
    setup.define(
        "cloud",
        &format!(
            "name = {{ fr = \"Nuage\", en = \"Cloud\" }}\ngroup = \"Work\"\n[[probe]]\nid = \"login\"\nevery = \"1s\"\n\
             [probe.http]\nurl = \"{}\"\n",
            backend.url()
        ),
    )?;
    let hub = setup.start().await?;
    hub.until_status("Cloud", "operational").await;
    Ok((setup, hub))
}

async fn body(browser: &Browser) -> Option<String> {
    browser.client.find(Locator::Css("body")).await.ok()?.text().await.ok()
}

#[tokio::test]
async fn in_a_browser_with_scripts_an_outage_appears_without_a_reload() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.goto(&format!("{}/?lang=en", hub.url())).await?;
    browser.client.execute("window.loadedOnce = true", vec![]).await?;
    let calm = body(&browser).await.expect("a body");
    assert!(calm.contains("Operational"), "{calm}");

    backend.answer("502 Bad Gateway", "");
    wait::until("the outage is on the page", async || body(&browser).await.filter(|text| text.contains("502"))).await;
    let same = browser.client.execute("return window.loadedOnce === true", vec![]).await?;
    assert_eq!(same, serde_json::Value::Bool(true), "the page was not loaded again");

    backend.answer("200 OK", "");
    wait::until("so is its end", async || body(&browser).await.filter(|text| text.contains("Operational"))).await;
    browser.close().await
}

#[tokio::test]
async fn in_a_browser_a_page_whose_hub_died_confesses_it() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, mut hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.goto(&format!("{}/?lang=en", hub.url())).await?;
    wait::until("the page is live", async || body(&browser).await.filter(|text| text.contains(" s ago"))).await;
    hub.program.kill().await?;
    let stale = async || body(&browser).await.filter(|text| !text.contains("Operational"));
    wait::until("nothing is called operational any more", stale).await;
    browser.close().await
}

#[tokio::test]
async fn in_a_browser_without_scripts_everything_can_be_read() -> Result<()> {
    let backend = Backend::start().await?;
    backend.answer("502 Bad Gateway", "");
    let setup = Setup::new()?;
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "major_outage").await;
    let browser = Browser::start(Scripts::Off).await?;
    for path in ["/?lang=fr", "/services/cloud?lang=fr"] {
        browser.client.goto(&format!("{}{path}", hub.url())).await?;
        let text = body(&browser).await.expect("a body");
        assert!(text.contains("Panne") && text.contains("502"), "{path}: {text}");
    }
    browser.close().await
}

#[tokio::test]
async fn in_lynx_everything_can_be_read() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let url = format!("{}/services/cloud?lang=fr", hub.url());
    let output = Command::new("lynx").args(["-dump", "-nolist", "-display_charset=utf-8", &url]).output().await?;
    let text = String::from_utf8_lossy(&output.stdout);
    for words in ["Nuage", "Opérationnel", "90 jours"] {
        assert!(text.replace('\u{a0}', " ").contains(words), "{words:?} in\n{text}");
    }
    Ok(())
}
