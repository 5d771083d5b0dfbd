//! Subscribing, managing and leaving by HTTP, with a real book of subscribers and the letters that it wants sent.

mod hostile;
mod silence;

use tokio::sync::mpsc;

use super::*;
use crate::{
    site::Mail,
    subscriber::{
        Counts, Imported, Mailbox, Recipient, Registry, RegistryHandle, RegistryOptions, Scope, Token, Vault, Wanted,
    },
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// A stage whose site sends mail, and the letters that would be sent.
struct Office {
    stage: Stage,
    letters: mpsc::Receiver<Wanted>,
    _keys: TempDir,
}

impl Office {
    fn new() -> Self {
        let keys = tempfile::tempdir().expect("a directory");
        let key_file = keys.path().join("subscribers.key");
        Self::with_key(&key_file, keys)
    }

    fn with_key(key_file: &std::path::Path, keys: TempDir) -> Self {
        let mut snapshot = stage::snapshot(now());
        let mail = Mail { sender: "etat@status.example.org".to_owned(), identity: "The collective".into() };
        Arc::make_mut(&mut snapshot.site).mail = Some(mail);
        let mut stage = Stage::showing(snapshot);
        let (send, letters) = mpsc::channel(64);
        let options = RegistryOptions { own_domains: vec!["asso.example".to_owned()], now };
        let vault = Vault::at(stage.directory(), key_file);
        stage.app.subscribers = Registry::start(vault, options, send).expect("a thread");
        Self { stage, letters, _keys: keys }
    }

    fn book(&self) -> &RegistryHandle {
        &self.stage.app.subscribers
    }

    /// Sends a form, as from another network each time.
    async fn post(&mut self, path: &str, body: &str) -> Answer {
        let Peer(std::net::IpAddr::V4(before)) = self.stage.peer else { panic!("an IPv4 address") };
        self.stage.peer = Peer(std::net::Ipv4Addr::from_bits(before.to_bits().wrapping_add(256)).into());
        self.post_again(path, &[FORM], body).await
    }

    /// Sends something from the same network as before.
    async fn post_again(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        let request = Request::builder().method("POST").uri(path).extension(self.stage.peer);
        let request = request.header("host", "status.example.org");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.stage.send(request.body(Body::from(body.into())).expect("a request")).await
    }

    /// Fills in the form as a person does.
    async fn ask(&mut self, email: &str, more: &str) -> Answer {
        let body = self.filled(email, more);
        self.post("/subscribe?lang=en", &body).await
    }

    fn filled(&self, email: &str, more: &str) -> String {
        let stamp = self.stage.app.stamps.give_ripe(now());
        let email: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
        format!("stamp={stamp}&email={email}{more}")
    }

    fn letter(&mut self) -> Wanted {
        self.letters.try_recv().expect("a letter is wanted before the form is answered")
    }

    fn no_letter(&mut self) {
        assert!(self.letters.try_recv().is_err(), "nothing is sent");
    }

    /// The links of the letter that asks for a yes.
    fn question(&mut self) -> (Token, Token) {
        match self.letter() {
            Wanted::Confirm { token, refuse, .. } => (token, refuse),
            Wanted::Manage { to, .. } => panic!("{to:?} is subscribed already"),
        }
    }

    /// Somebody who said yes.
    async fn subscriber(&mut self, email: &str, more: &str) -> Recipient {
        assert_eq!(self.ask(email, more).await.status, StatusCode::ACCEPTED);
        let (token, _) = self.question();
        assert_eq!(self.post(&link(&token), "do=confirm").await.status, StatusCode::OK);
        self.recipient(email).await.expect("he is written to")
    }

    /// The link to the page of somebody whom an operator brought, as a letter brings it.
    async fn own_page(&mut self, email: &str) -> String {
        let address = email.parse().expect("an address");
        let (scope, mailbox) = (Scope::default(), Mailbox::Personal);
        let imported = Imported { address, language: shared::Language::En, scope, mailbox };
        self.book().import(vec![imported]).await.expect("it can be written");
        assert_eq!(self.ask(email, "&component=forum").await.status, StatusCode::ACCEPTED);
        match self.letter() {
            Wanted::Manage { token, .. } => link(&token),
            Wanted::Confirm { to, .. } => panic!("{to:?} is not subscribed"),
        }
    }

    async fn recipient(&self, email: &str) -> Option<Recipient> {
        let everybody = self.book().list().await.expect("it can be read");
        let id = everybody.into_iter().find(|profile| profile.address.as_str() == email)?.id;
        self.book().recipient(id).await.expect("it can be read")
    }

    async fn counts(&self) -> Counts {
        self.book().counts().await.expect("it can be read")
    }
}

fn link(token: &Token) -> String {
    format!("/s/{}", token.as_str())
}

fn way_out(recipient: &Recipient) -> String {
    format!("/u/{}", recipient.unsubscribe.as_str())
}

#[tokio::test]
async fn somebody_asks_confirms_changes_takes_along_and_leaves() {
    let mut office = Office::new();
    let form = office.stage.get("/subscribe?lang=en&component=forum").await;
    assert_eq!((form.status, form.header("cache-control")), (StatusCode::OK, "private, no-store"));
    assert!(form.text().contains("value=\"forum\" checked"), "{}", form.text());
    let amel = office.subscriber("amel@example.org", "&component=forum&group=Bureau&language=en").await;
    assert_eq!((amel.scope.components.len(), amel.scope.groups.len(), amel.language), (1, 1, shared::Language::En));
    let left = office.post(&way_out(&amel), "do=leave").await;
    assert_eq!(left.status, StatusCode::OK);
    assert_eq!(office.counts().await.confirmed, 0);
}

#[tokio::test]
async fn who_is_subscribed_gets_the_way_to_their_own_page_and_changes_it_there() {
    let mut office = Office::new();
    let page = office.own_page("amel@example.org").await;
    let shown = office.stage.get(&page).await;
    assert!(shown.text().contains("amel@example.org"), "{}", shown.text());
    let saved = office.post(&page, "do=change&component=mail&language=en&shared=yes").await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    assert!(saved.text().contains("It is changed.") && saved.text().contains("value=\"mail\" checked"));
    let amel = office.recipient("amel@example.org").await.expect("he stays");
    assert_eq!((amel.scope.components.len(), amel.mailbox), (1, Mailbox::Shared));
    let lost = office.post(&page, "do=change&component=gone").await;
    assert_eq!(lost.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lost.text().contains("is not there any more"), "{}", lost.text());
    assert_eq!(office.recipient("amel@example.org").await, Some(amel), "nothing was changed by that");
}

#[tokio::test]
async fn somebody_takes_their_data_along_and_leaves_on_their_own_page() {
    let mut office = Office::new();
    let page = office.own_page("amel@example.org").await;
    let file = office.post(&page, "do=export").await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"subscription.json\"");
    assert_eq!((file.json()["address"].as_str(), file.header("cache-control")), (Some("amel@example.org"), "no-store"));
    let left = office.post(&page, "do=leave").await;
    assert_eq!(left.status, StatusCode::OK);
    assert_eq!(office.recipient("amel@example.org").await, None);
    assert_eq!(office.stage.get(&page).await.status, StatusCode::NOT_FOUND, "the link opened a page that is gone");
}

#[tokio::test]
async fn who_says_that_it_was_not_them_is_never_written_to_again() {
    let mut office = Office::new();
    office.ask("victim@example.org", "").await;
    let (confirm, refuse) = office.question();
    let page = office.stage.get(&link(&refuse)).await;
    assert!(page.text().contains("Ne plus jamais") || page.text().contains("Never write"), "{}", page.text());
    assert_eq!(office.counts().await.refused, 0, "opening it does nothing");
    assert_eq!(office.post(&link(&refuse), "do=refuse").await.status, StatusCode::OK);
    assert_eq!(office.post(&link(&refuse), "do=refuse").await.status, StatusCode::OK, "again is as good");
    assert_eq!(office.counts().await.refused, 1);
    assert_eq!(office.post(&link(&confirm), "do=confirm").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_click_leaves_at_once_without_a_redirect_and_again_is_as_good() {
    let mut office = Office::new();
    let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    for (email, kind, body) in
        [("amel@example.org", FORM.1, ONE_CLICK), ("basile@example.org", "multipart/form-data; boundary=x", parts)]
    {
        let recipient = office.subscriber(email, "").await;
        for _ in 0..2 {
            let answer = office.post_again(&way_out(&recipient), &[("content-type", kind)], body).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, ""), "{email}");
            assert_eq!(answer.header("set-cookie"), "");
        }
        assert_eq!(office.recipient(email).await, None, "{email}");
        assert_eq!(office.stage.get(&way_out(&recipient)).await.status, StatusCode::OK, "the page stays");
    }
}

#[tokio::test]
async fn one_click_does_not_leave_for_all_who_share_a_mailbox_but_the_page_s_button_does() {
    let mut office = Office::new();
    let shared = office.subscriber("contact@collectif.example", "&shared=yes").await;
    let asked = office.post(&way_out(&shared), ONE_CLICK).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.text().contains("value=\"leave\""), "{}", asked.text());
    assert!(office.recipient("contact@collectif.example").await.is_some());
    assert_eq!(office.post(&way_out(&shared), "do=leave").await.status, StatusCode::OK);
    assert_eq!(office.recipient("contact@collectif.example").await, None);
}

#[tokio::test]
async fn filters_that_open_every_link_change_nothing() {
    let mut office = Office::new();
    let subscribed = office.subscriber("basile@example.org", "").await;
    office.ask("amel@example.org", "").await;
    let (confirm, refuse) = office.question();
    let page = office.own_page("chloe@example.org").await;
    let before = office.counts().await;
    for path in [link(&confirm), link(&refuse), page, way_out(&subscribed)] {
        for method in ["GET", "GET", "HEAD"] {
            let answer = office.stage.ask(method, &format!("{path}?lang=fr"), &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{method}");
        }
        for method in ["DELETE", "OPTIONS"] {
            assert_eq!(office.stage.ask(method, &path, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        }
    }
    office.no_letter();
    assert_eq!(office.counts().await, before);
    assert_eq!(office.post(&link(&confirm), "do=confirm").await.status, StatusCode::OK, "and the link still serves");
}

#[tokio::test]
async fn without_mail_the_page_says_so_and_takes_nothing() {
    let stage = Stage::new();
    let page = stage.get("/subscribe?lang=en").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("/history.atom") && !page.text().contains("<form"), "{}", page.text());
    let request = Request::builder().method("POST").uri("/subscribe").extension(stage.peer).header("host", "x");
    let sent = stage.send(request.body(Body::from("email=a@example.org")).expect("a request")).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    assert!(!stage.get("/?lang=en").await.text().contains("/subscribe"), "nothing leads there");
}
