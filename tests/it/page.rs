//! The page in a real browser, with scripts and without, and in lynx.

use anyhow::Result;
use tests::{
    backend::Backend,
    browser::{Browser, Scripts},
    hub::{Hub, Setup},
    wait,
};
use tokio::process::Command;

pub(crate) async fn hub_with_cloud(backend: &Backend) -> Result<(Setup, Hub)> {
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

#[tokio::test]
async fn in_a_browser_with_scripts_an_outage_appears_without_a_reload() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.goto(&format!("{}/?lang=en", hub.url())).await?;
    browser.client.execute("window.loadedOnce = true", vec![]).await?;
    let calm = browser.text().await.expect("a body");
    assert!(calm.contains("Operational"), "{calm}");

    backend.answer("502 Bad Gateway", "");
    wait::until("the outage is on the page", async || browser.text().await.filter(|text| text.contains("502"))).await;
    let same = browser.client.execute("return window.loadedOnce === true", vec![]).await?;
    assert_eq!(same, serde_json::Value::Bool(true), "the page was not loaded again");

    backend.answer("200 OK", "");
    wait::until("so is its end", async || browser.text().await.filter(|text| text.contains("Operational"))).await;
    Ok(())
}

#[tokio::test]
async fn in_a_browser_a_page_whose_hub_died_confesses_it() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, mut hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.goto(&format!("{}/?lang=en", hub.url())).await?;
    wait::until("the page is live", async || browser.text().await.filter(|text| text.contains(" s ago"))).await;
    hub.program.kill().await?;
    let stale = async || browser.text().await.filter(|text| !text.contains("Operational"));
    let text = wait::until("nothing is called operational any more", stale).await;
    assert!(!text.contains("All services are working"), "{text}");
    assert_eq!(browser.value("document.querySelector('h1').className").await?, "none", "{text}");
    assert!(!browser.client.title().await?.contains("All working"), "{text}");
    Ok(())
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
        let text = browser.text().await.expect("a body");
        assert!(text.contains("Panne") && text.contains("502"), "{path}: {text}");
    }
    Ok(())
}

#[tokio::test]
async fn in_lynx_everything_can_be_read() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let check = async |path: &str, words: &[&str]| -> Result<()> {
        let url = format!("{}{path}?lang=fr", hub.url());
        let output = Command::new("lynx").args(["-dump", "-nolist", "-display_charset=utf-8", &url]).output().await?;
        let text = String::from_utf8_lossy(&output.stdout).replace('\u{a0}', " ");
        for words in words {
            assert!(text.contains(words), "{words:?} in\n{text}");
        }
        Ok(())
    };
    check("/", &["Tous les services fonctionnent.", "Work", "Nuage", "Opérationnel", "Dernière mesure à"]).await?;
    check("/services/cloud", &["Nuage", "Opérationnel", "90 derniers jours", "Disponibilité", "100 %"]).await?;
    check("/history", &["Historique", "Rien à signaler."]).await?;
    check("/monitoring", &["Lieux de mesure", "Transmet", "Cibles de contrôle", "Aucune", "Sans veille"]).await?;
    check("/affected", &["Mon service est-il touché", "Vérifier"]).await
}
