//! Operators in a real browser, on a phone and without scripts.

use anyhow::Result;
use fantoccini::{Client, Locator, key::Key};
use tests::{
    backend::Backend,
    browser::{Browser, Scripts, Theme},
    hub::{Hub, Setup},
    wait::{self, LIMIT},
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
    browser.until_text("This name and this password do not go together").await;
    sign_in(client, &hub, PASSWORD).await?;
    let page = browser.until_text("Signed in as amel").await;
    assert!(page.contains("Outage"), "{page}");
    client.find(Locator::Css("details summary")).await?.click().await?;
    let page = browser.text().await.expect("a body");
    assert!(page.contains("Error 502") && page.contains("127.0.0.1"), "{page}");
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
        for path in ["/operator", "/operator/open", "/operator/plan"] {
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

#[tokio::test]
async fn an_account_that_is_added_to_the_settings_opens_the_door_without_a_restart() -> Result<()> {
    let setup = Setup::new()?;
    let hub = setup.start().await?;
    let door = async || hub.text("/operator?lang=en").await.ok();
    assert!(door().await.is_some_and(|page| page.contains("Nobody has an account yet")));
    let file = setup.directory().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n"))?;
    let path = file.display().to_string();
    let block = setup.run(&["operator", "add", "amel", "--password-file", &path]).await?.expect(0)?;
    setup.settings(&block)?;
    wait::until("somebody can sign in", async || door().await.filter(|page| page.contains("type=\"password\""))).await;
    Ok(())
}

/// A phone on which an operator works, without scripts.
struct Phone<'a> {
    browser: &'a Browser,
    hub: &'a Hub,
}

impl Phone<'_> {
    async fn go(&self, path: &str) -> Result<()> {
        Ok(self.browser.client.goto(&format!("{}{path}?lang=en", self.hub.url())).await?)
    }

    async fn press(&self, selector: &str) -> Result<()> {
        Ok(self.browser.client.find(Locator::Css(selector)).await?.click().await?)
    }

    async fn fill(&self, id: &str, text: &str) -> Result<()> {
        Ok(self.browser.client.find(Locator::Id(id)).await?.send_keys(text).await?)
    }

    async fn choose(&self, id: &str, value: &str) -> Result<()> {
        Ok(self.browser.client.find(Locator::Id(id)).await?.select_by_value(value).await?)
    }

    /// A form that sends an order; one that is folded is opened first.
    async fn send(&self, order: &str, fields: &[(&str, &str)]) -> Result<()> {
        let form = format!("form[action*=\"/{order}?\"]");
        let folded = format!("details:not([open]):has({form}) > summary");
        if let Ok(summary) = self.browser.client.find(Locator::Css(&folded)).await {
            summary.click().await?;
        }
        for (name, text) in fields {
            self.fill(&format!("{order}-{name}"), text).await?;
        }
        self.press(&format!("{form} > button")).await
    }

    async fn until(&self, words: &str) {
        self.browser.until_text(words).await;
    }
}

/// A time so many minutes from now, in UTC, as it is typed into an American Chromium's field for one.
fn in_minutes(minutes: u64) -> Result<String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let at = shared::Timestamp::from_millis(i64::try_from(now.as_millis())?);
    let text = at.plus(std::time::Duration::from_secs(60 * minutes)).to_string();
    let (year, month, day) = (&text[..4], &text[5..7], &text[8..10]);
    let (hour, minute): (u32, &str) = (text[11..13].parse()?, &text[14..16]);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = (hour + 11) % 12 + 1;
    Ok(format!("{month}{day}{year}{}{hour:02}{minute}{half}", char::from(Key::Tab)))
}

#[tokio::test]
async fn an_operator_leads_an_incident_to_its_post_mortem_and_plans_maintenance_from_a_phone() -> Result<()> {
    let backend = Backend::start().await?;
    backend.answer("502 Bad Gateway", "");
    let (_setup, hub) = hub_with_an_operator(&backend).await?;
    let browser = Browser::start(Scripts::Off).await?;
    browser.client.set_window_size(360, 740).await?;
    sign_in(&browser.client, &hub, PASSWORD).await?;
    browser.until_text("Nobody has taken it yet").await;
    let phone = Phone { browser: &browser, hub: &hub };
    phone.press("form[action*=\"/acknowledge\"] > button").await?;
    phone.until("Taken by amel").await;
    let path = browser.client.current_url().await?.path().to_owned();
    let public = path.replace("/operator", "");

    phone.choose("say-stage", "identified").await?;
    phone.press("form[action*=\"/say?\"] summary").await?;
    let promise = in_minutes(60)?;
    phone.send("say", &[("body_en", "It is the **switch**"), ("next_update_at", &promise)]).await?;
    phone.until("Next update promised before").await;
    phone.send("told", &[]).await?;
    phone.until("Users told us").await;
    phone.go(&public).await?;
    phone.until("It is the switch").await;
    phone.until("Next update").await;

    backend.answer("200 OK", "");
    hub.until_status("cloud", "operational").await;
    phone.go(&path).await?;
    phone.choose("say-stage", "resolved").await?;
    phone.send("say", &[("body_en", "A new switch")]).await?;
    phone.until("Resolved").await;
    phone.go(&format!("{path}/postmortem")).await?;
    phone.send("publish", &[]).await?;
    phone.until("Withdraw it").await;
    phone.go(&format!("{public}/postmortem")).await?;
    phone.until("cloud").await;

    phone.go("/operator/plan").await?;
    phone.press("input[name=all]").await?;
    phone.send("plan", &[("title_en", "New disks"), ("ends_at", &in_minutes(120)?)]).await?;
    phone.until("all services").await;
    phone.go("/").await?;
    phone.until("New disks").await;
    Ok(())
}
