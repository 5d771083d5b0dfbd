//! Operators in a real browser, on a phone and without scripts.

use anyhow::Result;
use fantoccini::{Client, Locator};
use tests::{
    backend::Backend,
    browser::{Browser, Scripts, Theme},
    hub::{Hub, Setup},
    wait::LIMIT,
};

const PASSWORD: &str = "correct horse battery";

/// A hub with one service that fails, and an operator whose account was made by command.
async fn hub_with_an_operator(backend: &Backend) -> Result<(Setup, Hub)> {
    let setup = Setup::new()?;
    let file = setup.directory().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n"))?;
    let path = file.display().to_string();
    let block = setup.run(&["operator", "add", "amel", "--password-file", &path]).await?.expect(0)?;
    setup.settings(&block)?;
    setup.define_http("cloud", &backend.url())?;
    let hub = setup.start().await?;
    hub.until_status("cloud", "major_outage").await;
    Ok((setup, hub))
}

async fn sign_in(client: &Client, hub: &Hub, password: &str) -> Result<()> {
    client.goto(&format!("{}/operator?lang=en", hub.url())).await?;
    client.find(Locator::Id("name")).await?.send_keys("amel").await?;
    client.find(Locator::Id("password")).await?.send_keys(password).await?;
    client.find(Locator::Css("form button")).await?.click().await?;
    Ok(())
}

#[tokio::test]
async fn an_operator_signs_in_on_a_phone_without_scripts_and_sees_the_evidence() -> Result<()> {
    let backend = Backend::start().await?;
    backend.answer("502 Bad Gateway", "<b>nginx</b>");
    let (_setup, hub) = hub_with_an_operator(&backend).await?;
    let browser = Browser::start(Scripts::Off).await?;
    let client = &browser.client;
    client.set_window_size(320, 640).await?;
    sign_in(client, &hub, "wrong wrong wrong").await?;
    browser.until_text("The name or the password is wrong").await;
    sign_in(client, &hub, PASSWORD).await?;
    let page = browser.until_text("Signed in as amel").await;
    assert!(page.contains("Outage"), "{page}");
    client.find(Locator::Css("details summary")).await?.click().await?;
    let page = browser.text().await.expect("a body");
    assert!(page.contains("502 Bad Gateway") && page.contains("127.0.0.1"), "{page}");
    client.find(Locator::Css(".who-am-i button")).await?.click().await?;
    client.wait().at_most(LIMIT).for_element(Locator::Id("password")).await?;
    Ok(())
}

#[tokio::test]
async fn axe_finds_nothing_on_the_pages_of_operators() -> Result<()> {
    let backend = Backend::start().await?;
    backend.answer("502 Bad Gateway", "");
    let (_setup, hub) = hub_with_an_operator(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.set_window_size(320, 640).await?;
    for theme in [Theme::Light, Theme::Dark] {
        browser.prefer(theme).await?;
        browser.client.goto(&format!("{}/operator?lang=fr", hub.url())).await?;
        assert_eq!(browser.barriers().await?, [""; 0], "signing in, {theme:?}");
        sign_in(&browser.client, &hub, PASSWORD).await?;
        browser.until_text("amel").await;
        for path in ["/operator", "/operator/open"] {
            browser.client.goto(&format!("{}{path}?lang=en", hub.url())).await?;
            assert_eq!(browser.barriers().await?, [""; 0], "{path}, {theme:?}");
            let wide = browser.value("document.documentElement.scrollWidth > innerWidth").await?;
            assert_eq!(wide, serde_json::Value::Bool(false), "{path} fits a phone");
        }
        browser.client.goto(&format!("{}/operator?lang=en", hub.url())).await?;
        browser.client.find(Locator::Css(".who-am-i button")).await?.click().await?;
        browser.client.wait().at_most(LIMIT).for_element(Locator::Id("password")).await?;
    }
    Ok(())
}
