//! The commands from the outside: what they say, where, and the code they end with.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    thread,
};

use clap::CommandFactory as _;

use super::*;

/// What a command said on its two streams and how it ended.
struct Said {
    out: String,
    err: String,
    outcome: Outcome,
}

fn command(arguments: &[&str]) -> Said {
    let arguments = Arguments::try_parse_from([&["prober"], arguments].concat()).expect("the arguments are understood");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(&arguments, &mut Terminal::plain(&mut out, &mut err));
    let text = |bytes| String::from_utf8(bytes).expect("it is text");
    Said { out: text(out), err: text(err), outcome }
}

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        fs::write(directory.path().join(name), text).expect("written");
    }
    directory
}

fn path(directory: &Path) -> &str {
    directory.to_str().expect("it is text")
}

/// A service that answers `status` to everybody until the test ends, and a definition of it.
fn service(status: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("name = \"x\"\n[[probe]]\nid = \"a\"\nhttp.url = \"{url}\"\n[[probe]]\nid = \"b\"\nhttp.url = \"{url}b\"\n")
}

#[test]
fn the_command_line_is_consistent() {
    Arguments::command().debug_assert();
}

#[test]
fn check_ends_with_the_documented_codes() {
    let check = |files: &[(&str, &str)], outcome: Outcome, expected: &str| {
        let directory = directory(files);
        let said = command(&["check", path(directory.path())]);
        assert_eq!(said.outcome, outcome, "{}{}", said.out, said.err);
        assert!(said.out.contains(expected), "{}", said.out);
    };
    let sound = "name = \"x\"\n[[probe]]\nhttp.url = \"https://example.org/\"\n";
    check(&[], Outcome::Fine, "there is no definition file yet");
    check(&[("a.toml", sound)], Outcome::Fine, "1 file with 1 sound probe, no mistakes");
    check(&[("a.toml", &format!("{sound}every = \"2s\"\n"))], Outcome::Fine, "1 warning");
    check(&[("a.toml", sound), ("b.toml", "")], Outcome::Found, "2 files with 1 sound probe, 1 error");
    let said = command(&["--probes", "/nowhere/at/all", "check"]);
    assert_eq!((said.outcome, said.out.as_str()), (Outcome::CouldNot, ""));
    assert!(said.err.starts_with("error: there is no directory /nowhere/at/all"), "{}", said.err);
}

#[test]
fn the_repositorys_own_definitions_have_no_mistakes() {
    let said = command(&["check", "../probes.d"]);
    assert_eq!((said.outcome, said.out.contains("no mistakes")), (Outcome::Fine, true), "{}", said.out);
}

#[test]
fn once_shows_all_probes_of_a_component_in_their_order_or_one_of_them() {
    let directory = directory(&[("up.toml", &service("200 OK")), ("down.toml", &service("502 Bad Gateway"))]);
    let check = |ids: &[&str], outcome: Outcome, expected: &[&str]| {
        let said = command(&[&["once", "--json", "--probes", path(directory.path())], ids].concat());
        let lines: Vec<serde_json::Value> =
            said.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        let found: Vec<String> =
            lines.iter().map(|line| format!("{} {}", line["probe"], line["verdict"]).replace('"', "")).collect();
        assert_eq!(
            (found, said.outcome),
            (expected.iter().map(ToString::to_string).collect(), outcome),
            "{}",
            said.err
        );
    };
    check(&["up"], Outcome::Fine, &["up/a pass", "up/b pass"]);
    check(&["up/b"], Outcome::Fine, &["up/b pass"]);
    check(&["up/b", "down/a"], Outcome::Found, &["down/a fail", "up/b pass"]);
    check(&[], Outcome::Found, &["down/a fail", "down/b fail", "up/a pass", "up/b pass"]);
}

#[test]
fn once_draws_a_waterfall_and_counts() {
    let directory = directory(&[("down.toml", &service("502 Bad Gateway"))]);
    let said = command(&["once", "--probes", path(directory.path())]);
    assert_eq!(said.outcome, Outcome::Found);
    assert!(said.out.contains("down/a  fail") && said.out.contains("http_status: 502"), "{}", said.out);
    assert!(said.out.ends_with("2 fail\n"), "{}", said.out);
}

#[test]
fn once_refuses_unknown_ids_and_definitions_with_mistakes() {
    let sound = "name = \"x\"\n[[probe]]\nid = \"login\"\nhttp.url = \"https://example.org/\"\n";
    let check = |files: &[(&str, &str)], id: &str, expected: &str| {
        let directory = directory(files);
        let said = command(&["once", "--probes", path(directory.path()), id]);
        assert_eq!((said.outcome, said.out.as_str()), (Outcome::CouldNot, ""), "{}", said.err);
        assert!(said.err.contains(expected), "{}", said.err);
    };
    check(&[("cloud.toml", sound)], "clod", "did you mean cloud?");
    check(&[("cloud.toml", sound)], "cloud/logn", "did you mean cloud/login?");
    check(&[("cloud.toml", sound)], "elsewhere", "the components are cloud");
    check(&[("cloud.toml", sound), ("bad.toml", "x")], "cloud", "bad.toml:1:");
    check(&[], "cloud", "there is no definition file yet");
}

#[test]
fn new_writes_a_file_that_check_accepts_and_says_what_to_do_next() {
    let directory = directory(&[]);
    let probes = directory.path().join("probes.d");
    let said = command(&["new", "https://cloud.example.org/login", "--probes", path(&probes)]);
    assert_eq!(said.outcome, Outcome::Fine, "{}", said.err);
    insta::assert_snapshot!(said.out.replace(path(directory.path()), "DIR"));
    assert_eq!(command(&["check", path(&probes)]).outcome, Outcome::Fine);
    let again = command(&["new", "https://cloud.example.org/", "--probes", path(&probes)]);
    assert_eq!(again.outcome, Outcome::CouldNot);
    assert!(again.err.contains("stays as it is"), "{}", again.err);
}

#[test]
fn schema_prints_json() {
    let said = command(&["schema"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said.out).expect("it is JSON"), schema());
}
