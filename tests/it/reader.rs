//! What readers can do with a page in a real browser, whoever they are and whatever fails.

use anyhow::Result;
use fantoccini::{
    Locator,
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use tests::{
    backend::Backend,
    browser::{Browser, Scripts, Theme},
    wait,
};

use crate::page::hub_with_cloud;

/// What the browser says of a page that is not there, which is as it should be.
fn is_about_missing_page(complaint: &str) -> bool {
    complaint.contains("/nothing-here") && complaint.contains("404")
}

/// One of each that a hub has from its start.
const PAGES: [&str; 7] = [
    "/",
    "/services/cloud",
    "/history",
    "/monitoring",
    "/affected",
    "/affected?domain=cloud.example.org",
    "/nothing-here",
];

#[tokio::test]
async fn in_a_browser_news_come_into_the_page_without_a_reload() -> Result<()> {
    let backend = Backend::start().await?;
    let (setup, hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.goto(&format!("{}/monitoring?lang=en", hub.url())).await?;
    browser.client.execute("window.loadedOnce = true", vec![]).await?;
    let text = browser.text().await.expect("a body");
    assert!(text.contains("All understood"), "{text}");
    setup.define("broken", "name = ")?;
    wait::until("it is told", async || browser.text().await.filter(|text| text.contains("One file with mistakes")))
        .await;
    assert!(!browser.text().await.expect("a body").contains("broken"), "files are not named in public");
    assert_eq!(browser.value("window.loadedOnce === true").await?, true, "the page was not loaded again");
    Ok(())
}

#[tokio::test]
async fn in_a_browser_no_page_has_barriers_or_complaints_in_any_theme_or_time() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::On).await?;
    for (answer, status) in [("200 OK", "operational"), ("502 Bad Gateway", "major_outage")] {
        backend.answer(answer, "");
        hub.until_status("Cloud", status).await;
        for theme in [Theme::Light, Theme::Dark] {
            browser.prefer(theme).await?;
            for path in PAGES {
                let mark = if path.contains('?') { '&' } else { '?' };
                browser.client.goto(&format!("{}{path}{mark}lang=fr", hub.url())).await?;
                assert_eq!(browser.barriers().await?, [""; 0], "{path}, {status}, {theme:?}");
            }
        }
    }
    let complaints: Vec<_> = browser.complaints().await?.into_iter().filter(|c| !is_about_missing_page(c)).collect();
    assert_eq!(complaints, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn in_a_browser_the_days_are_one_tab_stop_walked_by_arrow_keys() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let measured = async || {
        let page = hub.text("/services/cloud?lang=en").await.ok()?;
        let (_, strip) = page.split_once("class=\"days tall\"")?;
        strip.split("</svg>").next()?.contains(": 100").then_some(())
    };
    wait::until("today has been measured", measured).await;
    let browser = Browser::start(Scripts::On).await?;
    browser.client.goto(&format!("{}/services/cloud?lang=en", hub.url())).await?;
    let hint = async || browser.text().await.filter(|text| text.contains("walk through it with the arrow keys"));
    wait::until("the drawing can be walked through", hint).await;
    browser.client.execute("document.querySelector('.days [tabindex=\"0\"]').focus()", vec![]).await?;
    let press = async |key: Key| -> Result<String> {
        let value = char::from(key);
        let keys = KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
        browser.client.perform_actions(keys).await?;
        Ok(browser
            .value("document.activeElement.getAttribute('aria-label')")
            .await?
            .as_str()
            .unwrap_or_default()
            .into())
    };
    let today = press(Key::End).await?;
    assert!(today.contains(": 100"), "{today}");
    let yesterday = press(Key::Left).await?;
    assert!(yesterday.contains(": nothing observed"), "{yesterday}");
    assert_eq!(press(Key::Right).await?, today);
    assert_ne!(press(Key::Home).await?, yesterday);
    assert_eq!(browser.value("document.querySelectorAll('.days [tabindex=\"0\"]').length").await?, 1);
    Ok(())
}

#[tokio::test]
async fn in_a_browser_a_refused_script_leaves_a_complete_page_that_is_loaded_again() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    for refused in ["*.wasm", "*/islands-*.js"] {
        let browser = Browser::start(Scripts::On).await?;
        browser.refuse(refused).await?;
        browser.hurry().await?;
        browser.client.goto(&format!("{}/?lang=en", hub.url())).await?;
        browser.client.execute("window.loadedOnce = true", vec![]).await?;
        let text = browser.text().await.expect("a body");
        for words in ["All services are working.", "Cloud", "Operational", "Last measurement"] {
            assert!(text.contains(words), "{words:?} without {refused}: {text}");
        }
        let again = async || browser.value("window.loadedOnce === undefined").await.ok().filter(|new| new == true);
        wait::until("the page is loaded again", again).await;
    }
    Ok(())
}

#[tokio::test]
async fn in_a_browser_the_language_is_switched_by_a_link() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let browser = Browser::start(Scripts::Off).await?;
    browser.client.goto(&format!("{}/services/cloud", hub.url())).await?;
    for (link, language, state) in [("Français", "fr", "Opérationnel"), ("English", "en", "Operational")] {
        browser.client.find(Locator::LinkText(link)).await?.click().await?;
        let text = browser.text().await.expect("a body");
        assert!(text.contains(state), "{text}");
        let html = browser.client.find(Locator::Css("html")).await?;
        assert_eq!(html.attr("lang").await?.as_deref(), Some(language));
    }
    Ok(())
}
