use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    task::JoinSet,
};

use super::*;
use crate::mail::{
    Refused, Scribe,
    compose::management,
    sample::{ada, desk, settings, site},
};

const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(5),
    command: Duration::from_millis(300),
    letter: Duration::from_millis(300),
};

/// What a bad server answers to the command that begins with that word; nothing means that it hangs, `cut` that it hangs up.
type Script = &'static [(&'static str, &'static str)];

/// A server that says what its script says, and 250 otherwise; it lives as long as the set.
async fn server(script: Script, tasks: &mut JoinSet<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tasks.spawn(async move {
        let mut sessions = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            sessions.spawn(session(stream, script));
        }
    });
    format!("smtp://{address}")
}

async fn session(stream: tokio::net::TcpStream, script: Script) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let scripted = |word: &str| script.iter().find(|(begin, _)| word.starts_with(begin)).map(|(_, answer)| *answer);
    let greeting = scripted("greeting").unwrap_or("220 test ESMTP");
    stream.write_all(format!("{greeting}\r\n").as_bytes()).await.ok()?;
    let (mut line, mut letter) = (String::new(), false);
    loop {
        line.clear();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let command = line.trim_end();
        if letter && command != "." {
            continue;
        }
        let answer = match (letter, command) {
            (true, _) => scripted("end").unwrap_or("250 2.0.0 queued as 42"),
            (false, command) if command.starts_with("EHLO") => scripted("EHLO").unwrap_or("250 test"),
            (false, command) if command.starts_with("DATA") => scripted("DATA").unwrap_or("354 go on"),
            (false, command) => scripted(command).unwrap_or("250 2.0.0 ok"),
        };
        letter = !letter && answer.starts_with("354");
        match answer {
            "" => std::future::pending().await,
            "cut" => return None,
            answer => stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?,
        }
    }
}

fn letter() -> Signed {
    let token = "e".repeat(26).parse().expect("a token");
    let at = shared::Timestamp::from_millis(1_763_800_000_000);
    let scribe = Scribe::new(&settings(), &site()).expect("there is no key to read");
    scribe.sign(&management(&ada().address, shared::Language::Fr, &token, at, &desk())).expect("it can be written")
}

fn relays(urls: &[String]) -> Relays {
    let relays = urls.iter().map(|url| url.parse().expect("a relay")).collect();
    Relays::with(&MailSettings { relays, ..settings() }, PATIENCE).expect("no certificates to read")
}

/// What becomes of a letter at a server with that script, in a word, and whether the relay rests afterwards.
async fn check(script: Script, suffix: &str, expected: &str) {
    let mut tasks = JoinSet::new();
    let relays = relays(&[server(script, &mut tasks).await + suffix]);
    let delivery = relays.send(&letter()).await;
    let rests = relays.state().first().is_some_and(|state| !state.rests.is_zero());
    let word = match (&delivery, rests) {
        (Delivery::Accepted { .. }, _) => "accepted",
        (Delivery::Refused { what: Refused::Mailbox, .. }, _) => "mailbox",
        (Delivery::Refused { what: Refused::Message, .. }, _) => "message",
        (Delivery::Refused { what: Refused::Policy, .. }, _) => "policy",
        (Delivery::Later { .. }, false) => "later",
        (Delivery::Later { .. }, true) => "rests",
    };
    assert_eq!(word, expected, "{script:?}: {delivery:?}");
    assert!(!format!("{delivery:?}").contains("ada@"), "no address is told: {delivery:?}");
}

#[tokio::test]
async fn an_answer_means_what_its_step_makes_of_it() {
    check(&[], "", "accepted").await;
    check(&[("RCPT", "451 4.7.1 <ada@example.net> greylisted")], "", "later").await;
    check(&[("RCPT", "550 5.1.1 <ada@example.net>: no such user")], "", "mailbox").await;
    check(&[("RCPT", "550 no such user")], "", "message").await;
    check(&[("RCPT", "550 relay not permitted")], "", "message").await;
    check(&[("RCPT", "554 5.7.1 relay access denied")], "", "policy").await;
    check(&[("RCPT", "500 5.5.1 what?")], "", "policy").await;
    check(&[("DATA", "503 5.5.1 not now")], "", "policy").await;
    check(&[("RCPT", "421 too many")], "", "rests").await;
    check(&[("MAIL", "550 5.7.1 sender refused")], "", "rests").await;
    check(&[("greeting", "554 go away")], "", "rests").await;
    check(&[("RCPT", "550 5.2.1 closed")], "", "message").await;
    check(&[("RCPT", "550 5.1.2 no such domain")], "", "message").await;
    check(&[("end", "552 5.3.4 too large")], "", "policy").await;
    check(&[("end", "554 looks like spam")], "", "policy").await;
    check(&[("end", "451 4.3.0 try later")], "", "later").await;
    check(&[("end", "cut")], "", "rests").await;
    check(&[("DATA", "cut")], "", "rests").await;
    check(&[("RCPT", "")], "", "rests").await;
    check(&[("end", "")], "", "rests").await;
}

#[tokio::test]
async fn nothing_is_sent_where_tls_is_required_and_not_to_be_had() {
    check(&[], "?tls=required", "rests").await;
    check(&[("EHLO", "250-test\r\n250 STARTTLS"), ("STARTTLS", "454 4.7.0 not now")], "?tls=required", "rests").await;
    check(&[], "?tls=opportunistic", "accepted").await;
}

#[tokio::test]
async fn a_wrong_password_is_the_relays_business_and_is_not_told() {
    let mut tasks = JoinSet::new();
    let script: Script = &[("EHLO", "250-test\r\n250 AUTH PLAIN LOGIN"), ("AUTH", "535 5.7.8 bad credentials")];
    let url = server(script, &mut tasks).await.replace("smtp://", "smtp://belfry:hunter2@");
    let relays = relays(&[url]);
    let delivery = relays.send(&letter()).await;
    assert!(matches!(delivery, Delivery::Later { .. }), "{delivery:?}");
    assert!(!format!("{delivery:?} {:?} {relays:?}", relays.state()).contains("hunter2"));
}

#[tokio::test]
async fn the_next_relay_takes_over_while_the_first_is_down_and_the_first_rests() {
    let mut tasks = JoinSet::new();
    let relays = relays(&["smtp://127.0.0.1:9".to_owned(), server(&[], &mut tasks).await]);
    for _ in 0..2 {
        assert!(matches!(relays.send(&letter()).await, Delivery::Accepted { .. }));
    }
    let [first, second] = relays.state().try_into().expect("two relays");
    assert_eq!((first.failures, second.accepted), (1, 2));
    assert!(!first.rests.is_zero() && second.rests.is_zero());
    assert!(relays.rest().is_zero(), "letters may leave while one of them works");
}

#[tokio::test]
async fn letters_wait_while_every_relay_rests() {
    let relays = relays(&["smtp://127.0.0.1:9".to_owned(), "smtp://127.0.0.1:10".to_owned()]);
    assert!(relays.rest().is_zero(), "nobody knows yet that they fail");
    assert!(matches!(relays.send(&letter()).await, Delivery::Later { cause: Postponed::Relays, .. }));
    assert!(!relays.rest().is_zero());
    let next = relays.send(&letter()).await;
    assert!(matches!(next, Delivery::Later { cause: Postponed::Rest, .. }), "another letter was not tried: {next:?}");
}

#[tokio::test]
async fn a_session_is_used_again_even_after_a_refusal() {
    let mut tasks = JoinSet::new();
    let relays = relays(&[server(&[("RCPT", "550 5.1.1 no")], &mut tasks).await]);
    for _ in 0..3 {
        assert!(matches!(relays.send(&letter()).await, Delivery::Refused { .. }));
    }
    relays.prove(Duration::ZERO).await;
    assert_eq!(relays.state().first().map(|state| state.failures), Some(0));
}

const HOUR: Duration = Duration::from_secs(3_600);

/// Whether a server with that script is found to work when nothing is to be sent.
async fn check_proof(script: Script, works: bool) {
    let mut tasks = JoinSet::new();
    let relays = relays(&[server(script, &mut tasks).await]);
    assert!(relays.proof_due(HOUR) <= Instant::now(), "at the start");
    relays.prove(HOUR).await;
    let state = relays.state().remove(0);
    assert_eq!((state.worked.is_some(), state.failures == 0, state.why.is_none()), (works, works, works), "{script:?}");
    let again = relays.proof_due(HOUR) - Instant::now();
    assert!(if works { again > HOUR / 2 } else { !again.is_zero() && again < HOUR / 100 }, "{script:?}: {again:?}");
    assert!(!format!("{state:?}").contains("@example"), "no address is told: {state:?}");
}

#[tokio::test]
async fn a_relay_proves_itself_by_all_that_comes_before_a_letter() {
    check_proof(&[], true).await;
    check_proof(&[("DATA", "554 no letter is sent")], true).await;
    check_proof(&[("greeting", "554 go away")], false).await;
    check_proof(&[("MAIL", "550 5.7.1 sender refused")], false).await;
    check_proof(&[("RCPT", "554 5.7.1 relay access denied")], false).await;
    check_proof(&[("RCPT", "550 5.1.1 no such user")], true).await;
    check_proof(&[("RCPT", "451 4.7.1 greylisted")], true).await;
    check_proof(&[("RCPT", "")], false).await;
    check_proof(&[("RSET", "cut")], false).await;
}

#[tokio::test]
async fn a_relay_that_fell_silent_is_found_before_a_letter_is_to_leave_and_one_that_came_back_too() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let relays = relays(&[format!("smtp://{address}")]);
    relays.prove(HOUR).await;
    assert_eq!(relays.state().first().map(|state| (state.failures, state.worked)), Some((1, None)));
    relays.prove(HOUR).await;
    assert_eq!(relays.state().first().map(|state| state.failures), Some(1), "it rests");
    let listener = TcpListener::bind(address).await.expect("nobody took it");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            session(stream, &[]).await;
        }
    });
    tokio::time::sleep_until(relays.proof_due(HOUR)).await;
    relays.prove(HOUR).await;
    assert!(relays.state().first().is_some_and(|state| state.failures == 0 && state.worked.is_some()));
}

#[tokio::test]
async fn a_relay_that_refuses_everybody_is_not_believed_about_mailboxes() {
    let mut tasks = JoinSet::new();
    let relays = relays(&[server(&[("RCPT", "550 5.1.1 no")], &mut tasks).await]);
    let mut said = Vec::new();
    for _ in 0..12 {
        let Delivery::Refused { what, .. } = relays.send(&letter()).await else { panic!("it refuses") };
        said.push(what);
    }
    assert_eq!(said, [vec![Refused::Mailbox; 10], vec![Refused::Policy; 2]].concat());
}
