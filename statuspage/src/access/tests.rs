//! Sessions over their whole life, and who is let in.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use tempfile::TempDir;

use super::*;

const PASSWORD: &str = "correct horse battery";

fn account(name: &str, password: &str) -> Account {
    Account { name: name.parse().expect("a name"), password: PasswordHash::new(password).expect("long enough") }
}

fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

fn after(hours: u64) -> Timestamp {
    noon().plus(Duration::from_secs(hours * 3_600))
}

fn open(data: &TempDir, accounts: &Accounts) -> Access {
    Access::open(data.path(), accounts.clone(), TimeZone::UTC, noon())
}

fn stage() -> (TempDir, Accounts, Access) {
    let data = tempfile::tempdir().expect("a directory");
    let accounts = Accounts { operators: vec![account("amel", PASSWORD)], tokens: vec![] };
    let access = open(&data, &accounts);
    (data, accounts, access)
}

#[test]
fn a_session_outlives_a_restart_and_ends_with_the_password() {
    let (data, accounts, access) = stage();
    let cookie = access.begin(&accounts.operators[0], noon());
    assert_eq!(access.session(&cookie, noon()).expect("it lasts").name.as_str(), "amel");
    assert!(open(&data, &accounts).session(&cookie, noon()).is_some(), "the key lies in the data directory");
    let another = Accounts { operators: vec![account("amel", PASSWORD)], tokens: vec![] };
    assert!(open(&data, &another).session(&cookie, noon()).is_none(), "the hash is another one");
    assert!(open(&data, &Accounts::default()).session(&cookie, noon()).is_none(), "the account is gone");
}

#[test]
fn a_session_ends_after_two_idle_hours_and_after_twelve_in_any_case() {
    let (_data, accounts, access) = stage();
    let mut cookie = access.begin(&accounts.operators[0], noon());
    assert!(access.session(&cookie, after(2)).is_none(), "two hours of silence");
    for hour in 1..12 {
        let session = access.session(&cookie, after(hour)).expect("it is used");
        cookie = access.renew(&session, after(hour)).expect("it goes on");
        assert!(
            access.renew(&access.session(&cookie, after(hour)).expect("used"), after(hour)).is_none(),
            "just renewed"
        );
    }
    assert!(access.session(&cookie, after(12)).is_none());
    assert!(access.session(&cookie, noon()).is_none(), "the clock was set back too far to tell how old it is");
}

#[test]
fn a_session_that_was_signed_out_of_is_over_everywhere_also_after_a_restart() {
    let (data, accounts, access) = stage();
    let cookie = access.begin(&accounts.operators[0], noon());
    let other = access.begin(&accounts.operators[0], noon());
    access.end(&access.session(&cookie, noon()).expect("it lasts"), noon());
    for access in [access, open(&data, &accounts)] {
        assert!(access.session(&cookie, noon()).is_none());
        assert!(access.session(&other, noon()).is_some(), "another browser goes on");
    }
}

#[test]
fn a_forged_cookie_is_nobodys() {
    let (_data, accounts, access) = stage();
    let cookie = access.begin(&accounts.operators[0], noon());
    let (said, mac) = cookie.split_once('.').expect("two parts");
    let foreign = stage().2.begin(&accounts.operators[0], noon());
    let check = |cookie: &str| assert_eq!(access.session(cookie, noon()), None, "{cookie}");
    check("");
    check(".");
    check(said);
    check(&format!("{said}."));
    check(&format!("{said}.{}", &mac[1..]));
    check(&format!("{}.{mac}", &said[4..]));
    check(&foreign);
    for at in 0..cookie.len() {
        let mut bytes = cookie.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).expect("text");
        // The last character of base64 carries bits that mean nothing, and the decoder refuses other ones.
        assert!(forged == cookie || access.session(&forged, noon()).is_none(), "{at}");
    }
}

#[test]
fn a_form_belongs_to_one_session() {
    let (_data, accounts, access) = stage();
    let session = |cookie: &str| access.session(cookie, noon()).expect("it lasts");
    let one = session(&access.begin(&accounts.operators[0], noon()));
    let other = session(&access.begin(&accounts.operators[0], noon()));
    let token = access.form_token(&one);
    assert!(access.is_form_of(&one, &token));
    assert!(!access.is_form_of(&other, &token) && !access.is_form_of(&one, ""));
}

#[test]
fn the_key_is_its_users_alone_and_is_made_anew_when_others_could_read_it() {
    let (data, accounts, access) = stage();
    let key = data.path().join("operators.key");
    let cookie = access.begin(&accounts.operators[0], noon());
    assert_eq!(fs::metadata(&key).expect("there").permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("opened");
    assert!(open(&data, &accounts).session(&cookie, noon()).is_none());
    assert_eq!(fs::metadata(&key).expect("there").permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn only_the_right_password_of_the_right_name_lets_in() {
    let (_data, _accounts, access) = stage();
    let here = Neighbourhood::Unknown;
    assert_eq!(access.sign_in("amel", PASSWORD, here).await.expect("let in").name.as_str(), "amel");
    assert_eq!(access.sign_in("amel", "correct horse batterx", here).await, Err(Denied::Wrong));
    assert_eq!(access.sign_in("Amel", PASSWORD, here).await, Err(Denied::Wrong));
    assert_eq!(access.sign_in("", "", here).await, Err(Denied::Wrong));
    let mut waits = Vec::new();
    for _ in 0..20 {
        waits.push(access.sign_in("amel", "wrong wrong wrong", here).await);
    }
    assert!(matches!(waits.last(), Some(Err(Denied::Wait(wait))) if !wait.is_zero()), "{waits:?}");
}

#[test]
fn a_token_opens_until_its_day() {
    let ((token, hash), expires) = (TokenHash::mint(), Some("2026-11-23".parse().expect("a day")));
    let tokens = vec![ApiToken { name: "ci".parse().expect("a name"), hash, expires }];
    let data = tempfile::tempdir().expect("a directory");
    let access = open(&data, &Accounts { operators: vec![], tokens });
    assert_eq!(access.bearer(&token, noon()).as_ref().map(OperatorName::as_str), Some("ci"));
    assert_eq!(access.bearer(&token, after(12)), None);
    assert_eq!(access.bearer(&format!("{token} "), noon()), None);
    assert_eq!(access.bearer("", noon()), None);
}

#[tokio::test]
async fn other_accounts_are_taken_up_and_end_the_sessions_of_those_that_are_gone() {
    let data = tempfile::tempdir().expect("a directory");
    let here = Neighbourhood::Unknown;
    let (token, hash) = TokenHash::mint();
    let password = PasswordHash::new(PASSWORD).expect("long enough");
    let operators = vec![Account { name: "amel".parse().expect("a name"), password }];
    let tokens = vec![ApiToken { name: "ci".parse().expect("a name"), hash, expires: None }];
    let access = Access::open(data.path(), Accounts { operators, tokens: Vec::new() }, TimeZone::UTC, noon());
    let account = access.sign_in("amel", PASSWORD, here).await.expect("let in");
    let cookie = access.begin(&account, noon());
    assert!(access.session(&cookie, noon()).is_some() && access.bearer(&token, noon()).is_none());
    access.take(Accounts { operators: Vec::new(), tokens }, noon());
    assert!(access.session(&cookie, noon()).is_none() && access.bearer(&token, noon()).is_some());
    assert!(!access.has_accounts());
}
