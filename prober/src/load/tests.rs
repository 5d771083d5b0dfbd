//! Loading from the outside: directories of bad and good files, and what no repository can hold.

use std::{fs, os::unix::fs::symlink, path::Path};

use super::*;

fn options() -> LoadOptions {
    let variables = [("CLOUD_PASSWORD", "s3cret-of-the-cloud"), ("TWO_LINES", "s3cret\nof two lines"), ("EMPTY", "")];
    LoadOptions {
        time_zone: TimeZone::get("Europe/Paris").expect("a zone"),
        variables: variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        limits: Limits { files: 1_000, probes: 1_000, file_bytes: 64 << 10 },
    }
}

const SOUND: &str = "name = \"Cloud\"\n[[probe]]\nhttp.url = \"https://cloud.example.org/\"\n";

/// A directory with these files.
fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        fs::write(directory.path().join(name), text).expect("written");
    }
    directory
}

fn loaded(directory: &Path) -> Loaded {
    load(directory, &options()).expect("the directory can be read")
}

/// The report of one file, with the directory's name left out.
fn report(directory: &Path, stem: &str) -> String {
    let loaded = loaded(directory);
    let report = loaded.files.iter().find(|file| file.stem == stem).expect("a report of each file");
    report.to_string().replace(&format!("{}/", directory.display()), "")
}

/// The files that are used, by id.
fn used(loaded: &Loaded) -> Vec<&str> {
    loaded.definitions.keys().map(ComponentId::as_str).collect()
}

/// Each `x.toml` has its report beside it as `x.txt`. `BLESS=1 cargo test -p prober` writes them anew.
#[test]
fn every_bad_file_gets_the_report_beside_it() {
    let directory = Path::new("../tests/bad-config");
    let mut wrong = Vec::new();
    for file in loaded(directory).files {
        let expected = directory.join(format!("{}.txt", file.stem));
        let report = format!("{file}\n").replace("../tests/bad-config/", "");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &report).expect("written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != report {
            wrong.push(format!("{}:\n{report}", expected.display()));
        }
        assert!(!file.mistakes.is_empty(), "{} is a good file", file.path);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_report_shows_a_secret() {
    let everything = loaded(Path::new("../tests/bad-config")).to_string();
    for secret in ["hunter2", "s3cret"] {
        assert!(!everything.contains(secret), "{secret} is shown");
    }
}

#[test]
fn a_file_with_every_key_is_read_as_it_is_meant() {
    let mut loaded = loaded(Path::new("../tests/good-config"));
    assert_eq!(loaded.to_string(), "");
    let everything = loaded.definitions.remove(&"everything".parse().expect("an id")).expect("it is used");
    insta::assert_debug_snapshot!(everything);
}

#[test]
fn what_is_left_out_has_the_documented_default() {
    let loaded = loaded(Path::new("../tests/good-config"));
    insta::assert_debug_snapshot!(loaded.definitions[&"defaults".parse::<ComponentId>().expect("an id")]);
}

#[test]
fn editors_leftovers_and_other_files_are_not_looked_at() {
    let names =
        [".cloud.toml.swp", "cloud.toml~", "#cloud.toml#", ".#cloud.toml", ".toml", "cloud.toml.bak", "README.md"];
    let directory = directory(&names.map(|name| (name, "nonsense")));
    assert_eq!(loaded(directory.path()).files, []);
}

#[test]
fn what_is_no_regular_file_is_skipped_with_a_warning_and_never_waited_for() {
    let directory = directory(&[("good.toml", SOUND)]);
    let at = |name: &str| directory.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(at("pipe.toml")).status().expect("mkfifo").success());
    fs::create_dir(at("folder.toml")).expect("made");
    symlink("loop.toml", at("loop.toml")).expect("linked");
    symlink("nowhere", at("dangling.toml")).expect("linked");
    symlink("/dev/zero", at("device.toml")).expect("linked");
    symlink("/etc/passwd", at("outside.toml")).expect("linked");
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.toml")).expect("bound");
    let loaded = loaded(directory.path());
    assert_eq!((used(&loaded), loaded.errors()), (vec!["good"], 0));
    insta::assert_snapshot!(loaded.to_string().replace(&format!("{}/", directory.path().display()), ""));
}

#[test]
fn a_mounted_config_map_is_read_through_its_links() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("..2026_11_22")).expect("made");
    fs::write(directory.path().join("..2026_11_22/cloud.toml"), SOUND).expect("written");
    symlink("..2026_11_22", directory.path().join("..data")).expect("linked");
    symlink("..data/cloud.toml", directory.path().join("cloud.toml")).expect("linked");
    let loaded = loaded(directory.path());
    assert_eq!((used(&loaded), loaded.to_string().as_str()), (vec!["cloud"], ""));
}

#[test]
fn a_directory_behind_a_link_is_read() {
    let directory = directory(&[("cloud.toml", SOUND)]);
    let elsewhere = tempfile::tempdir().expect("a directory");
    symlink(directory.path(), elsewhere.path().join("probes.d")).expect("linked");
    assert_eq!(used(&loaded(&elsewhere.path().join("probes.d"))), ["cloud"]);
}

#[test]
fn a_name_that_is_not_utf_8_is_rejected_and_shown_escaped() {
    use std::os::unix::ffi::OsStrExt as _;
    let directory = directory(&[]);
    fs::write(directory.path().join(OsStr::from_bytes(b"caf\xe9.toml")), SOUND).expect("written");
    insta::assert_snapshot!(report(directory.path(), r"caf\xe9"));
}

#[test]
fn a_huge_file_is_rejected_alone() {
    let directory = directory(&[("good.toml", SOUND), ("huge.toml", &"#".repeat((64 << 10) + 1))]);
    assert_eq!(used(&loaded(directory.path())), ["good"]);
    insta::assert_snapshot!(report(directory.path(), "huge"));
}

#[test]
fn a_thousand_warnings_do_not_hide_an_error() {
    let probe = |n: usize| format!("[[probe]]\nid = \"p{n}\"\nevery = \"2s\"\ntcp.address = \"h:1\"\n");
    let probes: String = (0..1_000).map(probe).collect();
    let directory = directory(&[("many.toml", &format!("name = \"x\"\n{probes}rise = 0\n"))]);
    let loaded = loaded(directory.path());
    assert_eq!((loaded.definitions.len(), loaded.errors(), loaded.files[0].outcome), (0, 1, Outcome::Rejected));
}

#[test]
fn an_unreadable_file_is_rejected_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory(&[("good.toml", SOUND), ("closed.toml", SOUND)]);
    let closed = directory.path().join("closed.toml");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("closed");
    // Root reads everything; nothing is shown then.
    if fs::read(&closed).is_err() {
        assert_eq!(used(&loaded(directory.path())), ["good"]);
        assert!(report(directory.path(), "closed").contains("permission denied"));
    }
}

#[test]
fn a_secret_comes_from_the_environment_or_a_file_and_is_never_seen() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory(&[("token", "t0ken-of-the-file\n")]);
    let token = directory.path().join("token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("closed");
    let body = format!("{SOUND}http.body = \"$${{x}} ${{env:CLOUD_PASSWORD}} ${{file:{}}}\"\n", token.display());
    fs::write(directory.path().join("cloud.toml"), body).expect("written");
    let loaded = loaded(directory.path());
    assert_eq!(loaded.to_string(), "");
    let definition = &loaded.definitions[&"cloud".parse::<ComponentId>().expect("an id")];
    let crate::definition::Check::Http(http) = &definition.probes[0].check else { panic!("it is an http probe") };
    let body = http.body.as_ref().expect("a body");
    assert_eq!(body.reveal(), "${x} s3cret-of-the-cloud t0ken-of-the-file");
    assert!(!format!("{definition:?}").contains("s3cret"));
}

#[test]
fn a_secret_file_that_everybody_may_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory(&[("token", "t0ken")]);
    let token = directory.path().join("token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).expect("opened");
    fs::write(directory.path().join("cloud.toml"), format!("{SOUND}http.body = \"${{file:{}}}\"\n", token.display()))
        .expect("written");
    let loaded = loaded(directory.path());
    assert_eq!((used(&loaded), loaded.warnings()), (vec!["cloud"], 1));
    assert!(loaded.to_string().contains("everybody on this machine may read the secret file"), "{loaded}");
}

#[test]
fn a_directory_that_cannot_be_looked_at_is_told_apart() {
    let directory = directory(&[("a.toml", SOUND), ("b.toml", SOUND)]);
    let check = |path: &Path, limits: Limits, expected: &str| {
        let error = load(path, &LoadOptions { limits, ..options() }).expect_err("it cannot be looked at").to_string();
        assert!(error.contains(expected), "{error}");
    };
    let limits = Limits::default();
    check(&directory.path().join("nowhere"), limits, "there is no directory");
    check(&directory.path().join("a.toml"), limits, "is not a directory");
    check(directory.path(), Limits { files: 1, ..limits }, "holds more than 1 definition files");
    check(directory.path(), Limits { probes: 1, ..limits }, "hold more than 1 probes");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever stands in a file: a report and never a panic.
    #[test]
    fn no_text_breaks_the_loader(lines in proptest::collection::vec("(\\[\\[?probe[.a-z]{0,6}\\]?\\]|[a-z_]{1,8} ?= ?.{0,20}|.{0,30})", 0..12)) {
        let directory = directory(&[("x.toml", &lines.join("\n"))]);
        let loaded = loaded(directory.path());
        proptest::prop_assert_eq!(loaded.definitions.is_empty(), loaded.errors() > 0);
        let _ = loaded.to_string();
    }

    #[test]
    fn no_bytes_break_the_loader(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let directory = directory(&[]);
        fs::write(directory.path().join("x.toml"), bytes).expect("written");
        let loaded = loaded(directory.path());
        proptest::prop_assert_eq!(loaded.definitions.is_empty(), loaded.errors() > 0);
        let _ = loaded.to_string();
    }
}
