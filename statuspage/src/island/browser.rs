//! The few things that islands want of the browser, each in one function.
//!
//! It does not know what they are wanted for.

use js_sys::Date;
use leptos::prelude::{document, window};
use shared::{Timestamp, live};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestInit, Response, VisibilityState};

use super::present::Told;

/// An answer that takes longer is none.
const DEADLINE_MILLIS: u32 = 8_000;
const RELOADED_FOR: &str = "belfry-build";

/// Milliseconds since the page was asked for, by a clock that only goes forward, and stands still while some machines sleep.
pub(super) fn elapsed() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// The time by the visitor's clock, in milliseconds: right for most, and for some off by a day.
pub(super) fn wall() -> f64 {
    Date::now()
}

/// Somebody may be looking.
pub(super) fn visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Uniform in [0, 1).
pub(super) fn random() -> f64 {
    js_sys::Math::random()
}

/// What the page says to its islands.
pub(super) fn told() -> Told {
    let block = document().get_element_by_id(Told::ID).and_then(|block| block.text_content()).unwrap_or_default();
    let told = js_sys::JSON::parse(&block).ok().and_then(|value| serde_wasm_bindgen::from_value(value).ok());
    told.expect("the server wrote it")
}

/// The present as it came, and the time at which the answer says it came.
pub(super) struct Answer {
    pub(super) live: live::Live,
    pub(super) time: Option<Timestamp>,
}

/// Asks for the present; the browser's cache makes the question conditional (`If-None-Match`).
pub(super) async fn ask(address: &str) -> Result<Answer, JsValue> {
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoCache);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(DEADLINE_MILLIS)));
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(address, &options)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::UNDEFINED);
    }
    let time = time(&response.headers());
    let live = serde_wasm_bindgen::from_value(JsFuture::from(response.json()?).await?)?;
    Ok(Answer { live, time })
}

/// Says which news there are: the start script, which needs no WASM for it, puts them into the page when it does not show them.
pub(super) fn tell_news(news: &str) {
    if let Some(main) = document().get_element_by_id("main") {
        // A page without them is complete: it says what was known when it was loaded.
        let _ = main.set_attribute("data-due", news);
    }
}

/// `Date` and `Age` (RFC 9110 §6.6.1, RFC 9111 §5.1).
fn time(headers: &Headers) -> Option<Timestamp> {
    let date = Date::parse(&headers.get("date").ok()??);
    let age: u32 = headers.get("age").ok().flatten().and_then(|age| age.parse().ok()).unwrap_or(0);
    date.is_finite().then(|| Timestamp::from_millis(date as i64 + i64::from(age) * 1_000))
}

/// Loads the page again, once for each build, however often it is asked: a cache may go on serving the old page.
pub(super) fn reload_for(build: &str) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    if storage.get_item(RELOADED_FOR).ok().flatten().as_deref() != Some(build)
        && storage.set_item(RELOADED_FOR, build).is_ok()
    {
        // A reload that is refused changes nothing: the page goes on as it is.
        let _ = window().location().reload();
    }
}
