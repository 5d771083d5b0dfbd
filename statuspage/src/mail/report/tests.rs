use super::*;

const RETURNED: &str = "b+aaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbb";

/// As postfix writes it.
fn postfix(action: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\r\nDelivered-To: {RETURNED}@bounce.example.org\r\nFrom: MAILER-DAEMON@mx.example.org\r\n\
         To: {RETURNED}@bounce.example.org\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_x\"\r\n\r\n--=_x\r\n\
         Content-Type: text/plain\r\n\r\nI'm sorry.\r\n--=_x\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Sun, 22 Nov 2026 14:05:00 +0000\r\n\r\n\
         Final-Recipient: rfc822; ada@example.net\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--=_x\r\nContent-Type: message/rfc822\r\n\r\n\
         Return-Path: <{RETURNED}@bounce.example.org>\r\nSubject: News\r\n\r\nText\r\n--=_x--\r\n"
    )
}

#[test]
fn a_report_of_delivery_says_whose_letter_was_lost_and_how() {
    let check = |action: &str, status: &str, expected: Result<Bounce, NoReport>| {
        let report = read(postfix(action, status).as_bytes());
        assert_eq!(report.as_ref().map(|report| report.bounce).map_err(|fault| *fault), expected, "{action} {status}");
        assert!(report.is_err() || report.is_ok_and(|report| report.return_path == RETURNED));
    };
    check("failed", "5.1.1", Ok(Bounce::NoMailbox));
    check("failed", "5.1.10", Ok(Bounce::NoMailbox));
    check("failed", "5.1.2", Ok(Bounce::Hard));
    check("failed", "5.2.1 (disabled)", Ok(Bounce::Hard));
    check("Failed", "5.2.2", Ok(Bounce::Hard));
    check("failed", "5.7.1", Ok(Bounce::Hard));
    check("failed", "4.4.7", Ok(Bounce::Soft));
    check("delayed", "4.4.1", Err(NoReport::NothingLost));
    check("delivered", "2.0.0", Err(NoReport::NothingLost));
}

#[test]
fn a_complaint_names_the_letter_by_the_return_path_of_its_sender() {
    let complaint = |kind: &str| {
        format!(
            "From: fbl@isp.example\r\nTo: abuse@example.org\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=x\r\n\r\n--x\r\n\
             Content-Type: text/plain\r\n\r\nA complaint.\r\n--x\r\nContent-Type: message/feedback-report\r\n\r\n\
             Feedback-Type: {kind}\r\nUser-Agent: FBL/1.0\r\nVersion: 1\r\n\
             Original-Mail-From: <{}@bounce.example.org>\r\n\r\n--x--\r\n",
            RETURNED.to_ascii_uppercase()
        )
    };
    let report = read(complaint("abuse").as_bytes()).expect("a report");
    assert_eq!((report.bounce, report.return_path.as_str()), (Bounce::Complaint, RETURNED));
    assert_eq!(read(complaint("not-spam").as_bytes()), Err(NoReport::NothingLost));
}

#[test]
fn what_people_and_holiday_responders_write_is_not_counted() {
    let answer = format!(
        "From: ada@example.net\r\nTo: {RETURNED}@bounce.example.org\r\nSubject: Away\r\n\r\nBack on Monday.\r\n"
    );
    assert_eq!(read(answer.as_bytes()), Err(NoReport::SomethingElse));
    let stranger = postfix("failed", "5.1.1").replace(RETURNED, "somebody");
    assert_eq!(read(stranger.as_bytes()), Err(NoReport::NotOurs));
}

#[test]
fn no_bytes_whatsoever_make_the_reader_stumble() {
    proptest::proptest!(|(bytes in proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..400), cut in 0_usize..900)| {
        let _ = read(&bytes);
        let whole = postfix("failed", "5.1.1");
        let _ = read(whole.as_bytes().get(..cut).unwrap_or_default());
        let _ = wish_to_leave(&bytes, "unsub@example.org");
    });
}

#[test]
fn a_wish_to_leave_is_the_token_of_the_mailbox_that_it_was_sent_to() {
    let check = |mail: &str, expected: Option<&str>| {
        assert_eq!(wish_to_leave(mail.as_bytes(), "unsub@example.org").as_deref(), expected, "{mail}");
    };
    check("From: a@b\r\nTo: <Unsub+ABC123@Example.org>\r\n\r\n", Some("abc123"));
    check("Delivered-To: unsub+abc@example.org\nTo: x\n\nunsub+def@example.org", Some("abc"));
    check("To: x@example.org\r\n\r\nunsub+abc@example.org", None);
    check("To: unsub+@example.org, unsub+abc@example.net\r\n\r\n", None);
}
