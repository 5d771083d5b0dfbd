//! What a page is on the wire: its headers, its languages, its weight.

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{StatusCode, header};
use sha2::{Digest, Sha256};
use tests::{
    backend::Backend,
    browser::{Browser, Scripts},
    hub::Setup,
    wait,
};

use crate::page::hub_with_cloud;

/// First paint needs no more than the first window of a fresh connection.
const ONE_ROUND_TRIP: usize = 14_000;

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_out_of_trouble() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    for path in ["/", "/services/cloud", "/nothing-here"] {
        let response = hub.get(path).send().await?;
        let headers = response.headers().clone();
        let html = response.text().await?;
        let style = Sha256::digest(between(&html, "<style>", "</style>").context("a style sheet")?);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str()?;
        // The sheet of this page, and that of forms, each by its hash and nothing else.
        let styles = between(policy, "style-src ", ";").context("styles")?;
        assert!(
            styles.split(' ').all(|source| source.starts_with("'sha256-") && source.len() == 53),
            "{path}: {styles}"
        );
        assert!(styles.contains(&STANDARD.encode(style)) && styles.split(' ').count() == 2, "{path}: {styles}");
        let rest = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src …; img-src 'self' data:; \
                    connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        assert_eq!(policy.replace(styles, "…"), rest, "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn the_language_is_the_one_asked_for_then_the_readers_then_the_sites() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let check = async |path: &str, accepts: &str, language: &str| -> Result<()> {
        let response = hub.get(path).header(header::ACCEPT_LANGUAGE, accepts).send().await?;
        assert_eq!(response.headers()[header::CONTENT_LANGUAGE], language, "{path} for {accepts}");
        let vary = response.headers()[header::VARY].to_str()?;
        assert!(vary.contains("Accept-Language"), "{vary}");
        assert!(response.text().await?.contains(&format!("<html lang=\"{language}\"")), "{path} for {accepts}");
        Ok(())
    };
    check("/", "fr-CA,fr;q=0.9,en;q=0.5", "fr").await?;
    check("/", "en-GB", "en").await?;
    check("/", "de,en;q=0.3", "en").await?;
    check("/?lang=fr", "en", "fr").await?;
    check("/services/cloud?lang=en", "fr", "en").await
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_twice() -> Result<()> {
    let backend = Backend::start().await?;
    let (_setup, hub) = hub_with_cloud(&backend).await?;
    let again = wait::until("the same edition answers twice", async || {
        let first = hub.get("/").send().await.ok()?;
        let tag = first.headers()[header::ETAG].clone();
        let second = hub.get("/").header(header::IF_NONE_MATCH, tag).send().await.ok()?;
        (second.status() == StatusCode::NOT_MODIFIED).then_some(second)
    })
    .await;
    assert_eq!(again.text().await?, "");
    Ok(())
}

#[tokio::test]
async fn in_a_browser_fifty_components_are_light_and_few_files_follow() -> Result<()> {
    let backend = Backend::start().await?;
    let setup = Setup::new()?;
    for i in 0..50 {
        let (url, group) = (backend.url(), i / 8);
        let probe = format!(
            "name = \"Service {i}\"\ngroup = \"Group {group}\"\n[[probe]]\nevery = \"10s\"\n[probe.http]\nurl = \"{url}\"\n"
        );
        setup.define(&format!("service-{i}"), &probe)?;
    }
    let hub = setup.start().await?;
    hub.until_ready().await;
    let weigh = async |path: &str| -> Result<usize> {
        let response = hub.get(path).header(header::ACCEPT_ENCODING, "br").send().await?;
        anyhow::ensure!(response.headers()[header::CONTENT_ENCODING] == "br", "{path} comes compressed");
        Ok(response.bytes().await?.len())
    };
    let page = hub.text("/").await?;
    let script = between(&page, "<script type=\"module\" src=\"", "\"").context("the start script")?;
    let weight = weigh("/").await? + weigh(script).await?;
    assert!(weight <= ONE_ROUND_TRIP, "page and script weigh {weight} bytes");

    let browser = Browser::start(Scripts::On).await?;
    browser.client.goto(&format!("{}/", hub.url())).await?;
    let asked = async || {
        let asked = browser.value("performance.getEntriesByType('resource').map((entry) => entry.name)").await.ok()?;
        let asked: Vec<String> = asked.as_array()?.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
        (asked.len() >= 4).then_some(asked)
    };
    let asked = wait::until("the page is live", asked).await;
    for (name, file) in asked.iter().zip(["/assets/start-", "/assets/islands-", "/assets/islands-", "/snapshot.json"]) {
        assert!(name.starts_with(&format!("{}{file}", hub.url())), "{name} is no {file}");
    }
    Ok(())
}
