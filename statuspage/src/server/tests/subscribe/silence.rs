//! What nobody may learn: who subscribes, from the form; and tokens, from anywhere but the letter.

use std::{
    io,
    sync::{Mutex, PoisonError},
};

use tracing::level_filters::LevelFilter;

use super::*;

#[tokio::test]
async fn the_form_answers_the_same_whatever_is_known_of_an_address() {
    let mut office = Office::new();
    office.subscriber("known@example.org", "").await;
    office.own_page("imported@example.org").await;
    office.ask("victim@example.org", "").await;
    let (_, refuse) = office.question();
    office.post(&link(&refuse), "do=refuse").await;
    office.ask("waiting@example.org", "").await;
    office.question();
    let stranger = office.ask("stranger@example.org", "").await;
    assert_eq!(stranger.status, StatusCode::ACCEPTED);
    for email in ["known@example.org", "imported@example.org", "victim@example.org", "waiting@example.org"] {
        let answer = office.ask(email, "&component=mail").await;
        assert_eq!(
            (answer.status, &answer.headers, &answer.body),
            (stranger.status, &stranger.headers, &stranger.body),
            "{email}"
        );
    }
}

/// Everything that is logged, at the greatest detail there is.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// Every link there is, opened and acted on, well and badly; gives the secrets that were in use.
async fn everything(office: &mut Office) -> Vec<String> {
    let amel = office.subscriber("amel@example.org", "").await;
    office.ask("basile@example.org", "").await;
    let (confirm, refuse) = office.question();
    let page = office.own_page("chloe@example.org").await;
    let paths = [link(&confirm), link(&refuse), page, way_out(&amel)];
    for path in &paths {
        for method in ["GET", "HEAD", "PUT"] {
            office.stage.ask(method, path, &[]).await;
        }
        office.stage.ask("GET", &format!("{path}/more?x=%"), &[]).await;
        for body in ["do=change&component=gone", "do=export", "do=confirm", "do=leave", "do=refuse", ONE_CLICK] {
            office.post(path, body).await;
        }
    }
    let tokens = paths.iter().map(|path| path[3..].to_owned());
    tokens.chain(["amel@", "basile@", "chloe@"].map(ToOwned::to_owned)).collect()
}

#[tokio::test]
async fn no_log_ever_has_a_token_or_an_address_in_it() {
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || sink.clone())
        .finish();
    let secrets = {
        let _here = tracing::subscriber::set_default(subscriber);
        everything(&mut Office::new()).await
    };
    let text = log.text();
    assert!(text.contains("somebody subscribed"), "something is logged: {text}");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn what_is_counted_for_prometheus_names_nobody() {
    let mut office = Office::new();
    office.stage.app.metrics = Arc::new(MetricsAccess::Public);
    let secrets = everything(&mut office).await;
    let metrics = office.stage.get("/metrics").await;
    assert_eq!(metrics.status, StatusCode::OK);
    assert!(secrets.iter().all(|secret| !metrics.text().contains(secret)), "{}", metrics.text());
}

#[tokio::test]
async fn the_pages_of_letters_are_in_no_cache_no_search_engine_and_no_referrer_and_name_no_token() {
    let mut office = Office::new();
    let amel = office.subscriber("amel@example.org", "").await;
    let page = office.own_page("chloe@example.org").await;
    let unknown = format!("/s/{}", "a".repeat(26));
    for path in [&way_out(&amel), &page, &unknown, "/s/", "/s/x.json", "/u/a/b"] {
        for method in ["GET", "POST", "PUT"] {
            let answer = office.stage.ask(method, path, &[FORM]).await;
            let kept = ["cache-control", "referrer-policy", "x-robots-tag"].map(|name| answer.header(name));
            assert_eq!(kept, ["no-store", "no-referrer", "noindex"], "{method} {path}");
            let to_others = ["access-control-allow-origin", "etag", "set-cookie", "location"];
            assert_eq!(to_others.map(|name| answer.header(name)), [""; 4], "{method} {path}");
            let token = path.rsplit('/').next().filter(|token| token.len() > 20);
            assert!(token.is_none_or(|token| !answer.text().contains(token)), "{method}: {}", answer.text());
        }
    }
}
