//! Precedence, every mistake of a file, and printing that reads back.

use std::{collections::BTreeSet, ffi::OsString, fs};

use super::*;
use crate::notify::{Answers, ChannelName};

const COMPLETE: &str = r#"
title = { fr = "Hébergement solidaire", en = "Hosting \"together\"" }
languages = ["fr", "en"]
mode = "production"
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
max_bytes = "10GB"
disk_reserve = "512MiB"
metrics = "public"
metrics_token = "${env:CANARY}"
groups = ["Bureau", "Réseau"]
deny_private = true
frame_ancestors = "'self' https://www.example.org"
log_format = "json"
tls_cert = "/etc/belfry/cert.pem"
tls_key = "/etc/belfry/key.pem"

[backup]
directory = "/var/backups/belfry"
cron = "0 15 2 * * SUN"
keep = 4

[verify]
cron = "0 0 5 * * *"

[incidents]
quiet = "5m"

[watch]
ping = "https://hc.example.org/ping/s3cret-canary"
peer = "https://status.sister.example/api/push/s3cret-canary"

[mail]
relays = ["smtp://127.0.0.1:2525", "smtps://relay.example.org"]
from = "Service status <status@example.org>"
reply_to = "support@example.org"
bounce = "bounce.example.org"
unsubscribe_mailbox = "unsub@example.org"
dkim = { domain = "example.org", selector = "belfry", key_file = "/etc/belfry/dkim.pem" }
key_file = "/etc/belfry/subscribers.key"
rate = 1200
identity = { fr = "Collectif", en = "Collective" }
ca_file = "/etc/belfry/relays.pem"
own_domains = ["status.example.org"]

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

[[channel]]
name = "karma"
kind = "alertmanager"
urls = ["http://192.0.2.1:9093", "http://192.0.2.2:9093"]
token = "${env:CANARY}"
labels = { cluster = "paris" }

[[channel]]
name = "room"
kind = "chat"
url = "https://chat.example.org"
channel = "ops"

[[channel]]
name = "mail"
kind = "email"
relays = ["smtp://192.0.2.3:25"]
from = "Belfry <belfry@example.org>"
to = ["amel@example.org", "boris@example.org"]
ca_file = "/etc/belfry/relays.pem"
dkim = { domain = "example.org", selector = "alarms", key_file = "alarms.pem" }

[[channel]]
name = "sms-amel"
kind = "free_mobile"
user = "${env:CANARY}"
pass = "${env:CANARY}"

[[channel]]
name = "matrix"
kind = "matrix"
url = "https://matrix.example.org"
room = "!abcdef:example.org"
token = "${env:CANARY}"

[[channel]]
name = "sms-all"
kind = "ovh_sms"
account = "${env:CANARY}"
login = "${env:CANARY}"
password = "${env:CANARY}"
from = "Belfry"
to = ["${env:PHONE}"]
low_credit = 50

[[channel]]
name = "signal"
kind = "signal"
url = "http://127.0.0.1:8080"
number = "${env:PHONE}"
recipients = ["${env:PHONE}"]

[[policy]]
name = "on-call"
matters = ["incidents", "faults"]
components = ["cloud"]
groups = ["Bureau"]
impact = "major"
hours = ["Mon-Fri 08:00-20:00", "Sat-Sun"]
steps = [["sms-amel"], ["signal", "mail"]]
after = "10m"
repeat = 3

[drill]
cron = "0 0 9 * * TUE"
unproven_days = 9
unanswered_days = 21

[[operator]]
name = "amel"
password = "${env:PASSWORD_HASH}"

[[token]]
name = "deploy"
hash = "${env:TOKEN_HASH}"
expires = "2027-01-01"
[[maintenance]]
title = { fr = "Mises à jour", en = "Updates" }
description = "A few minutes each."
groups = ["Bureau"]
cron = "0 0 3 * * TUE"
duration = "1h 30m"

[[maintenance]]
title = "New disks"
components = ["cloud"]
starts_at = "2026-12-01T22:00:00"
ends_at = "2026-12-02T01:00:00+01:00"
"#;

/// Hashes that nothing fits.
const HASHES: [(&str, &str); 2] = [
    ("PASSWORD_HASH", "$argon2id$v=19$m=19456,t=2,p=1$QmVsZnJ5J3MgZGVjb3k$8p3gcp4Jk9rRxF7kQ3Ynhmw2dQm1V7m3v5k0mJ0bYvA"),
    ("TOKEN_HASH", "sha256:0000000000000000000000000000000000000000000000000000000000000000"),
];

fn variables(given: &[(&str, &str)]) -> Variables {
    given.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn with_file(text: &str, flags: Given, given: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let variables =
        variables(&[&[("CANARY", "s3cret-canary"), ("PHONE", "+33612345678")], &HASHES[..], given].concat());
    let path = Path::new("statuspage.toml");
    let (file, warnings) = read(path, text, &variables)?;
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
fn no_secret_is_in_the_settings_however_they_are_shown() {
    let text = r#"
metrics_token = "canary"
[watch]
ping = "https://canary:canary@hc.example.org/canary?canary#canary"
[[channel]]
name = "ops"
kind = "webhook"
url = "https://canary:canary@hooks.example.org/canary?canary#canary"
token = "canary"
headers = { "X-Team" = "canary", "Authorization" = "Basic ${env:CANARY}" }
[[channel]]
name = "phone"
kind = "ntfy"
url = "https://canary:canary@ntfy.example.org?canary"
topic = "canary"
token = "${env:CANARY}canary"
[[channel]]
name = "sms"
kind = "ovh_sms"
url = "https://canary.example.org/canary"
account = "sms-xx00000-1"
login = "belfry"
password = "canary"
from = "Belfry"
to = ["+33612345678"]
[[channel]]
name = "free"
kind = "free_mobile"
user = "12345678"
pass = "canary"
[[channel]]
name = "room"
kind = "matrix"
url = "https://canary:canary@matrix.example.org"
room = "!x:example.org"
token = "canary"
[[channel]]
name = "template"
kind = "webhook"
url = "https://hooks.example.org/canary"
template = "{{ text }}canary${env:CANARY}"
content_type = "text/plain"
[[channel]]
name = "mail"
kind = "email"
relays = ["smtps://canary:canary@relay.example.org"]
from = "a@example.org"
to = ["b@example.org"]
"#;
    let settings = with_file(text, Given::default(), &[("CANARY", "canary")]).expect("sound");
    let shown = format!("{}{settings:?}{settings:#?}{:?}", settings.print(), settings.channels);
    // The host of an address is shown.
    let shown = shown.replace("https://canary.example.org/***", "");
    assert!(!shown.contains("canary") && !shown.contains("33612345678"), "{shown}");
    // A name that opens nothing by itself is shown, and so much of a number that one is told from the other.
    for harmless in ["account = \"sms-xx00000-1\"", "login = \"belfry\"", "user = \"12345678\"", "[\"***78\"]"] {
        assert!(shown.contains(harmless), "{harmless}: {shown}");
    }
}

#[test]
fn a_warning_shows_no_secret() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().expect("a directory");
    let open = directory.path().join("open");
    fs::write(&open, "canary").expect("written");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).expect("opened");
    let text = format!("[watch]\nping = \"https://hc.example.org/canary/${{file:{}}}\"", open.display());
    let settings = with_file(&text, Given::default(), &[]).expect("it can be used");
    assert!(settings.warnings.contains("everybody on this machine may read"), "{}", settings.warnings);
    assert!(!format!("{settings:?}").contains("canary"), "{settings:?}");
}

/// Each `x.toml` has its message beside it as `x.txt`. `BLESS=1 cargo test -p statuspage every_bad_settings_file` writes them anew.
#[test]
fn every_bad_settings_file_gets_the_message_beside_it() {
    let directory = Path::new("../tests/bad-settings");
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    assert!(files.len() >= 12, "{files:?}");
    let mut wrong = Vec::new();
    for file in files {
        let flags = Given { settings: Some(file.clone()), ..Given::default() };
        let refused = Settings::load(flags, &Variables::default()).expect_err("it is bad");
        let message = format!("{refused}\n").replace("../tests/bad-settings/", "");
        let expected = file.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &message).expect("written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != message {
            wrong.push(format!("{}:\n{message}", expected.display()));
        }
        if message.contains("s3cret") || message.contains("hunter2") {
            wrong.push(format!("a secret is shown:\n{message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn paths_begin_at_the_directory_of_the_file() {
    let path = Path::new("/etc/belfry/statuspage.toml");
    let (file, _) = read(path, "data = \"data\"\nca_file = \"/ca.pem\"", &Variables::default()).expect("sound");
    assert_eq!(file.given.data, Some("/etc/belfry/data".into()));
    assert_eq!(file.given.ca_file, Some("/ca.pem".into()));
}

#[test]
fn the_schema_is_what_editors_are_given() {
    insta::assert_json_snapshot!(schema());
}

#[test]
fn a_complete_file_has_every_key_of_the_schema_and_is_valid() {
    let file = toml::from_str::<toml::Table>(COMPLETE).expect("it is TOML");
    let file = serde_json::to_value(file).expect("it is JSON");
    let keys = |value: &serde_json::Value| value.as_object().expect("a table").keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&file), keys(&schema()["properties"]));
    let validator = jsonschema::draft202012::new(&schema()).expect("it is a schema");
    assert_eq!(validator.iter_errors(&file).map(|error| error.to_string()).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    let sound = COMPLETE
        .replace("s3cret-canary", "")
        .replace("ping/", "")
        .replace("api/push/", "")
        .replace("token = \"\"", "token = \"${env:CANARY}\"");
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
token = "canary\n"
"#;
    insta::assert_snapshot!(with_file(text, Given::default(), &[]).expect_err("many mistakes"));
}

#[test]
fn half_of_tls_is_none() {
    let refused = with_file("tls_cert = \"cert.pem\"", Given::default(), &[]).expect_err("no key");
    assert!(refused.to_string().contains("give both --tls-cert and --tls-key"), "{refused}");
}

#[test]
fn a_variable_may_stand_for_the_file() {
    let variable = |text: &str| [(TEXT.into(), text.into())].into_iter().collect::<Variables>();
    let settings = Settings::load(Given::default(), &variable("title = \"Nuages\"\ndata = \"here\"")).expect("sound");
    assert_eq!((settings.title.get(Language::Fr), settings.data.to_str()), ("Nuages", Some("here")));
    let refused = Settings::load(Given::default(), &variable("titel = \"x\"")).expect_err("no such key");
    assert!(refused.to_string().contains("BELFRY_CONFIG:1:1"), "{refused}");
    let flags = Given { settings: Some("statuspage.toml".into()), ..Given::default() };
    let refused = Settings::load(flags, &variable("title = \"x\"")).expect_err("two sources").to_string();
    assert_eq!(refused, "the settings stand in a file and in the variable BELFRY_CONFIG: unset one of them");
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let flags = Given { settings: Some("/nowhere/statuspage.toml".into()), ..Given::default() };
    let refused = Settings::load(flags, &Variables::default()).expect_err("it is not there");
    assert!(matches!(refused, SettingsError::Missing(_)), "{refused}");
}

#[test]
fn hashes_are_read_and_never_shown() {
    let [(_, password), (_, token)] = HASHES;
    let text = format!(
        "[[operator]]\nname = \"amel\"\npassword = \"{password}\"\n[[token]]\nname = \"ci\"\nhash = \"{token}\""
    );
    let settings = with_file(&text, Given::default(), &[]).expect("sound");
    assert_eq!(settings.accounts.operators[0].password, password.parse().expect("a hash"));
    assert_eq!(settings.accounts.tokens[0].hash, token.parse().expect("a hash"));
    let printed = settings.print();
    assert!(printed.contains("[[operator]] # file\nname = \"amel\"\npassword = \"***\""), "{printed}");
    assert!(!printed.contains("argon2id") && !printed.contains("sha256"), "{printed}");
}

#[test]
fn a_hub_in_production_that_nobody_outside_watches_lacks_that() {
    let check = |text: &str, lacks: bool| {
        let variables: Variables = [(OsString::from(TEXT), OsString::from(text))].into_iter().collect();
        let settings = Settings::load(Given::default(), &variables).expect("it is sound");
        assert_eq!(settings.lacks().is_some(), lacks, "{text}");
    };
    check("", false);
    check("mode = \"production\"", true);
    check("mode = \"production\"\n[watch]\nping = \"https://hc-ping.com/x\"", false);
    check("mode = \"production\"\n[watch]\npeer = \"https://status.example.org/api/push/x\"", false);
}

const BRIDGE: &str = "[[channel]]\nname = \"bridge\"\nkind = \"webhook\"\nurl = \"https://hooks.example.org\"\n";

#[test]
fn messages_that_cannot_have_links_are_warned_of() {
    let check = |text: &str, answers: Answers, warns: bool| {
        let settings = with_file(text, Given::default(), &[]).expect("sound");
        let warned = settings.warnings.contains("will have no link");
        assert_eq!((settings.drills.answers, warned, settings.lacks()), (answers, warns, None), "{text}");
    };
    let karma = "[[channel]]\nname = \"karma\"\nkind = \"alertmanager\"\nurl = \"http://am.example.org:9093\"";
    check("", Answers::Impossible, false);
    check(karma, Answers::Impossible, false);
    check(BRIDGE, Answers::Impossible, true);
    check(&format!("public_url = \"https://status.example.org\"\n{BRIDGE}"), Answers::Expected, false);
}

#[test]
fn a_channel_may_have_no_drills() {
    for (drill, left_out) in [("", vec![]), ("drill = true", vec![]), ("drill = false", vec!["bridge"])] {
        let settings = with_file(&format!("{BRIDGE}{drill}"), Given::default(), &[]).expect("sound");
        let names: Vec<_> = settings.drills.left_out.iter().map(ChannelName::as_str).collect();
        assert_eq!((names, settings.print().contains("\ndrill = false\n")), (left_out.clone(), !left_out.is_empty()));
    }
}

#[test]
fn a_single_peer_or_relay_may_stand_under_url_and_not_twice() {
    let karma = "[[channel]]\nname = \"x\"\nkind = \"alertmanager\"\n";
    let mail = "[[channel]]\nname = \"x\"\nkind = \"email\"\nfrom = \"a@example.org\"\nto = [\"b@example.org\"]\n";
    for (channel, key, url) in [(karma, "urls", "http://am.example.org:9093"), (mail, "relays", "smtp://127.0.0.1:25")]
    {
        let load = |keys: String| with_file(&format!("{channel}{keys}"), Given::default(), &[]);
        let (one, list) = (format!("url = \"{url}\"\n"), format!("{key} = [\"{url}\"]\n"));
        let printed = |keys: &str| load(keys.to_owned()).expect("sound").print();
        assert_eq!(printed(&one), printed(&list));
        let refused = load(one + &list).expect_err("twice").to_string();
        assert!(refused.contains(&format!("`url` stands for `{key}` with one element")), "{refused}");
        let refused = load(String::new()).expect_err("nowhere").to_string();
        assert!(refused.contains(&format!("channel has no `{key}`")) && refused.contains("or `url = "), "{refused}");
    }
}
