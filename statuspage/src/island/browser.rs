//! The few things that islands want of the browser, each in one function.
//!
//! It does not know what they are wanted for.

use js_sys::Date;
use leptos::prelude::{document, window};
use shared::{Timestamp, live};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, DomParser, Element, Headers, RequestCache, RequestInit, Response, SupportedType, VisibilityState,
};

use super::present::Told;

/// An answer that takes longer is none.
const DEADLINE_MILLIS: u32 = 8_000;
/// Where a page says which news it shows.
const NEWS: &str = "data-news";
const NEWS_OF: &str = "main";
const RELOADED_FOR: &str = "belfry-build";

/// Milliseconds since the page was asked for, by a clock that only goes forward.
pub(super) fn elapsed() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
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
    told.expect("the server wrote the block that its own build reads")
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
        return Err(JsValue::from(response.status()));
    }
    let time = time(&response.headers());
    let live = serde_wasm_bindgen::from_value(JsFuture::from(response.json()?).await?)?;
    Ok(Answer { live, time })
}

/// Which news the page shows.
pub(super) fn news() -> Option<String> {
    document().query_selector(NEWS_OF).ok()??.get_attribute(NEWS)
}

/// Asks for the page itself and puts its news, which no island stands in, into the place of those that are shown.
pub(super) async fn renew() -> Result<(), JsValue> {
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoCache);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(DEADLINE_MILLIS)));
    let address = window().location().href()?;
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(&address, &options)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from(response.status()));
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let fresh = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let (old, new) = (document().query_selector_all(".news")?, fresh.query_selector_all(".news")?);
    if old.length() != new.length() {
        // Another page than the one that is shown: it is loaded by whoever comes next.
        return Ok(());
    }
    for place in 0..old.length() {
        if let (Some(old), Some(new)) = (old.item(place), new.item(place)) {
            old.unchecked_into::<Element>().set_inner_html(&new.unchecked_into::<Element>().inner_html());
        }
    }
    let shown = fresh.query_selector(NEWS_OF)?.and_then(|main| main.get_attribute(NEWS)).unwrap_or_default();
    document().query_selector(NEWS_OF)?.map_or(Ok(()), |main| main.set_attribute(NEWS, &shown))
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
