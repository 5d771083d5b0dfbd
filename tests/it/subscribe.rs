//! Subscribing as readers meet it in a real browser: on a phone, without scripts, in both themes.

use anyhow::Result;
use tests::{
    backend::Backend,
    browser::{Browser, Scripts, Theme},
};

use crate::page::hub_with_cloud;

#[tokio::test]
async fn in_a_browser_a_site_without_mail_names_what_tells_the_same() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.set_window_size(360, 640).await?;
    for theme in [Theme::Light, Theme::Dark] {
        browser.prefer(theme).await?;
        browser.client.goto(&format!("{}/subscribe?lang=fr", hub.url())).await?;
        let text = browser.text().await.expect("a body");
        assert!(text.contains("Ici, pas de courriel") && text.contains("Flux (Atom)"), "{text}");
        assert_eq!(browser.barriers().await?, [""; 0], "{theme:?}");
        let wide = browser.value("document.documentElement.scrollWidth > innerWidth").await?;
        assert_eq!(wide, serde_json::Value::Bool(false), "{theme:?}");
    }
    Ok(())
}
