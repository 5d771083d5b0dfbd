use super::*;
use crate::faultd::Validity;

/// A frame (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn settings() -> Vec<u8> {
    frame(4, 0, 0, &[])
}

/// `:status: 200`, by its index in HPACK's static table.
fn ok(flags: u8) -> Vec<u8> {
    frame(1, 4 | flags, 1, &[0x88])
}

const END_STREAM: u8 = 1;

fn goaway(last_stream: u32, code: u32) -> Vec<u8> {
    frame(7, 0, 0, &[last_stream.to_be_bytes(), code.to_be_bytes()].concat())
}

fn say(frames: &[Vec<u8>]) -> Vec<Act> {
    vec![Act::Listen, Act::Send(frames.concat()), Act::Hold]
}

async fn asked_in_turn(scripts: Vec<Vec<Act>>, timeout: Duration) -> Observation {
    let lab = Lab::new();
    let config = lab.authority.issue(&["127.0.0.1"], Validity::Days(30)).server(&["h2"]);
    let server = Server::start(scripts, Some(config)).await.expect("a server");
    lab.probe(Check::Http(Box::new(containing(&server.url("/"), "hello"))), timeout).await
}

async fn answered(frames: &[Vec<u8>]) -> Observation {
    asked_in_turn(vec![say(frames)], PATIENT).await
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_wants_it() {
    let observation = answered(&[settings(), ok(0), frame(0, END_STREAM, 1, b"hello")]).await;
    passed(&observation);
    assert_eq!(observation.http.map(|http| http.version.word()), Some("2"));
}

#[tokio::test]
async fn being_sent_away_politely_is_tried_once_more() {
    let good = say(&[settings(), ok(0), frame(0, END_STREAM, 1, b"hello")]);
    let away = say(&[settings(), goaway(0, 0)]);
    passed(&asked_in_turn(vec![away.clone(), good], PATIENT).await);
    failed(&asked_in_turn(vec![away], PATIENT).await, FailureKind::HttpProtocol);
}

#[tokio::test]
async fn breaches_of_http2_are_told_apart() {
    let check = async |frames: &[Vec<u8>], kind: FailureKind| failed(&answered(frames).await, kind);
    let continuations: Vec<_> = (0..5_000).map(|_| frame(9, 0, 1, &[0; 16])).collect();
    check(&[settings(), goaway(0, 2)], FailureKind::HttpProtocol).await;
    check(&[settings(), frame(3, 0, 1, &2_u32.to_be_bytes())], FailureKind::HttpProtocol).await;
    check(&[b"HTTP/1.1 200 OK\r\n\r\n".to_vec()], FailureKind::HttpProtocol).await;
    check(&[settings(), frame(1, 0, 1, &[0x88]), continuations.concat()], FailureKind::HttpProtocol).await;
    check(
        &[settings(), ok(0), frame(0, 0, 1, b"hel"), frame(3, 0, 1, &2_u32.to_be_bytes())],
        FailureKind::BodyTruncated,
    )
    .await;
}

#[tokio::test]
async fn an_http2_answer_that_stalls_is_named_by_what_was_missing() {
    let check = async |frames: &[Vec<u8>], kind: FailureKind| {
        failed(&asked_in_turn(vec![say(frames)], Duration::from_secs(1)).await, kind);
    };
    check(&[settings()], FailureKind::HttpTimeout).await;
    check(&[settings(), ok(0), frame(0, 0, 1, b"hel")], FailureKind::BodyTimeout).await;
}

#[tokio::test]
async fn a_flood_of_interim_answers_or_settings_does_not_outlast_the_deadline() {
    // `:status: 103` as a literal with the name indexed (RFC 7541 §6.2.2).
    let hint = frame(1, 4, 1, &[0x08, 3, b'1', b'0', b'3']);
    let hints = vec![Act::Listen, Act::Send(settings()), Act::Forever(hint)];
    failed(&asked_in_turn(vec![hints], PATIENT).await, FailureKind::HttpProtocol);
    let flood = vec![Act::Listen, Act::Forever(settings())];
    let observation = asked_in_turn(vec![flood], Duration::from_secs(1)).await;
    assert_eq!(observation.verdict, Verdict::Fail);
}
