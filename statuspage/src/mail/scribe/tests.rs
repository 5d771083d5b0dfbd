use std::{io::Write as _, process::Stdio};

use proptest::prelude::*;
use shared::Timestamp;

use super::*;
use crate::mail::{
    Dkim, Leave, Thread,
    sample::{ada, settings, site},
};

fn letter(wild: &str) -> Letter {
    Letter {
        at: Timestamp::from_millis(1_763_800_000_000),
        to: ada().address,
        subject: wild.to_owned(),
        message_id: format!("{wild}@status.example.org"),
        thread: Some(Thread { root: wild.to_owned() }),
        leave: Some(Leave { url: wild.to_owned(), mailto: Some(wild.to_owned()), one_click: OneClick::Yes }),
        return_path: None,
        archive: Some(wild.to_owned()),
        language: Language::Fr,
        text: wild.to_owned(),
        html: wild.to_owned(),
    }
}

/// The names of all headers of a message, in their order.
fn names(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
}

proptest! {
    #[test]
    fn whatever_is_put_into_a_letter_it_has_one_recipient_and_the_same_headers(
        wild in "\\PC*|[a-z<>@,:\r\n\0\" =?]{0,60}|(a\r\nBcc: eve@example.net\r\n\r\n){0,2}"
    ) {
        let mut site = site();
        site.title = wild.as_str().into();
        let scribe = Scribe::new(&settings(), &site).expect("there is no key to read");
        let signed = scribe.sign(&letter(&wild)).expect("it can be written");
        let tame = scribe.sign(&letter("tame")).expect("it can be written");
        prop_assert_eq!(signed.recipients().len(), 1);
        prop_assert_eq!(names(signed.bytes()), names(tame.bytes()));
        prop_assert!(signed.bytes().is_ascii());
    }
}

/// Another implementation than ours, given the public key in place of DNS.
const VERIFY: &str = "import dkim, sys; k = sys.argv[1].encode(); sys.exit(0 if dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda *a, **b: k) else 1)";

fn run(program: &str, arguments: &[&str], input: &[u8]) -> (bool, Vec<u8>) {
    let mut child = std::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it is installed");
    child.stdin.take().expect("piped").write_all(input).expect("written");
    let output = child.wait_with_output().expect("it ends");
    (output.status.success(), output.stdout)
}

#[test]
fn a_signature_is_verified_by_another_implementation_and_covers_how_to_leave() {
    let place = tempfile::tempdir().expect("a directory");
    let check = |kind: &str, algorithm: &[&str]| {
        let file = place.path().join(kind);
        let path = file.to_str().expect("UTF-8");
        assert!(run("openssl", &[algorithm, &["-out", path]].concat(), b"").0, "{kind}");
        let (_, public) = run("openssl", &["pkey", "-in", path, "-pubout", "-outform", "DER"], b"");
        // RFC 8463 publishes the bare key, RFC 6376 the whole structure.
        let public = if kind == "ed25519" { public.get(12..).expect("32 bytes").to_vec() } else { public };
        let record =
            format!("v=DKIM1; k={kind}; p={}", base64::Engine::encode(&base64::prelude::BASE64_STANDARD, public));
        let dkim = Dkim { domain: "status.example.org".into(), selector: "belfry".into(), key_file: file.clone() };
        let scribe = Scribe::new(&MailSettings { dkim: Some(dkim), ..settings() }, &site()).expect("a key");
        let signed = scribe.sign(&letter("https://status.example.org/u/abc été")).expect("it can be written");
        let text = String::from_utf8(signed.bytes().to_vec()).expect("ASCII");
        assert!(run("/usr/bin/python3", &["-c", VERIFY, &record], text.as_bytes()).0, "{kind}\n{text}");
        for covered in ["<mailto:", "=One-Click"] {
            let changed = text.replacen(covered, "other", 1);
            assert!(!run("/usr/bin/python3", &["-c", VERIFY, &record], changed.as_bytes()).0, "{kind}: {covered}");
        }
    };
    check("rsa", &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    check("ed25519", &["genpkey", "-algorithm", "ED25519"]);
}
