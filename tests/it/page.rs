//! The page in a real browser, with scripts and without, and in lynx.

use anyhow::Result;
use tests::{
    backend::Backend,
    browser::{Browser, Scripts},
    hub::{Hub, Setup},
    nginx::Nginx,
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
async fn in_a_browser_a_visitors_clock_that_is_a_day_off_changes_nothing() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    for seconds in [86_400, -86_400] {
        let browser = Browser::start(Scripts::On).await?;
        browser.set_clock_off(seconds).await?;
        browser.client.goto(&format!("{}/?lang=en", hub.url())).await?;
        let live = async || browser.text().await.filter(|text| text.contains(" s ago"));
        let text = wait::until("the page is live", live).await;
        assert!(text.contains("All services are working.") && text.contains("Operational"), "{seconds}: {text}");
    }
    Ok(())
}

#[tokio::test]
async fn in_a_browser_a_copy_that_a_cache_has_kept_is_never_green_for_long() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let cache = Nginx::keeping_answers_of(hub.url().trim_start_matches("http://").parse()?).await?;
    for path in ["/?lang=en", "/snapshot.json?lang=en"] {
        let kept = reqwest::get(format!("{}{path}", cache.url())).await?.text().await?;
        assert!(kept.contains("All services are working."), "{kept}");
    }
    backend.answer("502 Bad Gateway", "");
    hub.until_status("Cloud", "major_outage").await;
    // The cache tells the right time beside the old answer; when it tells nothing, the visitor's own clock is better than none.
    for refused in [None, Some("*/snapshot.json*")] {
        let browser = Browser::start(Scripts::On).await?;
        if let Some(pattern) = refused {
            browser.refuse(pattern).await?;
        } else {
            browser.set_clock_off(-86_400).await?;
        }
        browser.client.goto(&format!("{}/?lang=en", cache.url())).await?;
        let grey = async || browser.text().await.filter(|text| text.contains("Not verified for"));
        let text = wait::until("the old copy says that it is old", grey).await;
        assert!(!text.contains("All services are working.") && !text.contains("Operational"), "{refused:?}: {text}");
    }
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
    check("/monitoring", &["Lieux de mesure", "Transmet", "Aucun point de repère", "Sans veille"]).await?;
    check("/affected", &["Mon service est-il touché", "Vérifier"]).await
}
