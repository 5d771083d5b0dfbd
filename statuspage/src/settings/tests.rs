//! Precedence, every mistake of a file, and printing that reads back.

use std::ffi::OsString;

use super::*;

const COMPLETE: &str = r#"
title = { fr = "Hébergement solidaire", en = "Hosting \"together\"" }
languages = ["fr", "en"]
time_zone = "Europe/Paris"
public_url = "https://status.example.org/"
listen = "[::1]:8443"
location = "lyon"
probes = "/etc/belfry/probes.d"
data = "/var/lib/belfry"
prober = false
nameservers = ["9.9.9.9", "[2620:fe::fe]:53"]
ca_file = "/etc/belfry/ca.pem"
control = ["https://example.org", "tcp://9.9.9.9:53"]
trusted_proxies = ["10.0.0.0/8", "192.0.2.1"]
retention = "60d"
metrics = "public"
metrics_token = "${env:CANARY}"
groups = ["Bureau", "Réseau"]
deny_private = true
frame_ancestors = "'self' https://www.example.org"
log_format = "json"
tls_cert = "/etc/belfry/cert.pem"
tls_key = "/etc/belfry/key.pem"

[watch]
ping = "https://hc.example.org/ping/s3cret-canary"

[[channel]]
name = "ops"
kind = "webhook"
url = "https://hooks.example.org/s3cret-canary"
token = "s3cret-canary"
headers = { "X-Team" = "s3cret-canary" }

[[channel]]
name = "phone"
kind = "ntfy"
url = "https://ntfy.example.org"
topic = "${env:CANARY}"
"#;

fn variables(given: &[(&str, &str)]) -> Variables {
    given.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn with_file(text: &str, flags: Given, given: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let variables = variables(&[&[("CANARY", "s3cret-canary")], given].concat());
    let path = Path::new("statuspage.toml");
    let (file, warnings) = read(path, TomlFile::new(path, text.into()), &variables)?;
    merge(flags, Given::from_environment(&variables)?, file, Some(path.to_owned()), warnings)
}

#[test]
fn a_complete_file_is_read_and_printed_without_its_secrets() {
    let settings = with_file(COMPLETE, Given::default(), &[]).expect("sound");
    let printed = settings.print();
    assert!(!printed.contains("s3cret-canary"), "{printed}");
    insta::assert_snapshot!(printed);
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    let sound =
        COMPLETE.replace("s3cret-canary", "").replace("ping/", "").replace("token = \"\"", "token = \"${env:CANARY}\"");
    let sound = sound.replace("\"X-Team\" = \"\"", "\"X-Team\" = \"${env:CANARY}\"");
    let printed = with_file(&sound, Given::default(), &[]).expect("sound").print();
    let again = with_file(&printed, Given::default(), &[]).expect("it reads back").print();
    assert_eq!(again, printed);
    let defaults = with_file("", Given::default(), &[]).expect("sound").print();
    let again = with_file(&defaults, Given::default(), &[]).expect("it reads back");
    assert_eq!(again.print().replace("# file", "# default"), defaults);
}

#[test]
fn a_mask_is_not_taken_for_the_secret() {
    let printed = with_file(COMPLETE, Given::default(), &[]).expect("sound").print();
    let refused = with_file(&printed, Given::default(), &[]).expect_err("it has masks").to_string();
    assert!(refused.contains("stands for a secret that was not printed"), "{refused}");
}

#[test]
fn a_flag_comes_before_the_environment_that_before_the_file_and_that_before_the_default() {
    let file = "listen = \"127.0.0.1:1\"\nlocation = \"file\"\ndata = \"file\"";
    let flags = Given { location: Some("flag".parse().expect("a name")), ..Given::default() };
    let environment = [("BELFRY_LOCATION", "environment"), ("BELFRY_DATA", "environment"), ("BELFRY_PROBES", "")];
    let settings = with_file(file, flags, &environment).expect("sound");
    let check = |key: &str, value: String, expected: &str, source: Source| {
        assert_eq!((value.as_str(), settings.source(key)), (expected, source), "{key}");
    };
    check("location", settings.location.to_string(), "flag", Source::Flag);
    check("data", settings.data.display().to_string(), "environment", Source::Environment);
    check("listen", settings.listen.to_string(), "127.0.0.1:1", Source::File);
    check("probes", settings.probes.display().to_string(), "probes.d", Source::Default);
}

#[test]
fn lists_in_the_environment_have_commas() {
    let environment = [("BELFRY_NAMESERVER", "9.9.9.9, 127.0.0.1:5353"), ("BELFRY_NO_PROBER", "1")];
    let settings = with_file("", Given::default(), &environment).expect("sound");
    assert_eq!(settings.nameservers.len(), 2);
    assert_eq!(settings.prober, EmbeddedProber::Absent);
    let refused = with_file("", Given::default(), &[("BELFRY_LISTEN", "8080"), ("BELFRY_LOG_FORMAT", "xml")]);
    let refused = refused.expect_err("two mistakes").to_string();
    assert!(refused.contains("BELFRY_LISTEN cannot be \"8080\"") && refused.contains("BELFRY_LOG_FORMAT"), "{refused}");
}

#[test]
fn every_mistake_of_a_file_is_reported_in_its_place() {
    let text = r#"
titel = "Status"
languages = ["fr", "de"]
time_zone = "Europe/Lyon"
public_url = "status.example.org"
listen = 8080
nameservers = "9.9.9.9"
control = ["ping://example.org"]
retention = "forever"
metrics = "secret"
metrics_token = "${env:MISSING}"
frame_ancestors = "'none'; script-src *"
deny_private = "yes"

[watch]
ping = "hc-ping.com"

[[channel]]
name = "ops"
kind = "pager"

[[channel]]
kind = "ntfy"
url = "https://ntfy.example.org"
topics = "x"

[[channel]]
name = "a"
kind = "webhook"
url = "https://hooks.example.org"
token = "canary
"#;
    insta::assert_snapshot!(with_file(text, Given::default(), &[]).expect_err("many mistakes"));
}

#[test]
fn half_of_tls_is_none() {
    let refused = with_file("tls_cert = \"cert.pem\"", Given::default(), &[]).expect_err("no key");
    assert!(refused.to_string().contains("give both --tls-cert and --tls-key"), "{refused}");
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let flags = Given { settings: Some("/nowhere/statuspage.toml".into()), ..Given::default() };
    let refused = Settings::load(flags, &Variables::default()).expect_err("it is not there");
    assert!(matches!(refused, SettingsError::Missing(_)), "{refused}");
}
