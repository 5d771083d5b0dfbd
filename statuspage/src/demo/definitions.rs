//! The files that make the product watch the demonstration.
//!
//! It does not know how the services behave.

use super::services::Ports;

/// `statuspage.toml`.
pub(super) const SETTINGS: &str = r#"title = { fr = "Le Collectif (démonstration)", en = "The Collective (demonstration)" }
languages = ["en", "fr"]
location = "local"
groups = ["Collaboration", "Infrastructure"]

[incidents]
quiet = "30s"
"#;

/// Each component's id and its definition.
pub(super) fn all(ports: &Ports) -> [(&'static str, String); 6] {
    let Ports { cloud, forum, chat, storage, vault, mail } = *ports;
    [
        ("cloud", self::cloud(cloud)),
        ("forum", self::forum(forum)),
        ("chat", self::chat(chat)),
        ("storage", self::storage(storage)),
        ("vault", self::vault(vault)),
        ("mail", self::mail(mail)),
    ]
}

fn cloud(port: u16) -> String {
    format!(
        r#"name = {{ fr = "Nuage", en = "Cloud" }}
group = "Collaboration"
description = {{ fr = "Fichiers, agendas, contacts", en = "Files, calendars, contacts" }}

[[probe]]
id = "login"
every = "5s"
[probe.http]
url = "http://127.0.0.1:{port}/login"
expect = {{ within = "1s", body = {{ contains = "Nextcloud" }}, header = {{ "content-type" = {{ contains = "text/html" }} }} }}

[[probe]]
id = "status"
every = "10s"
[probe.http]
url = "http://127.0.0.1:{port}/status.php"
expect = {{ json = {{ "/maintenance" = false }} }}
"#
    )
}

fn forum(port: u16) -> String {
    format!(
        r#"name = "Forum"
group = "Collaboration"
description = {{ fr = "Discussions ; lent de temps en temps", en = "Discussions; slow now and then" }}

[[probe]]
every = "5s"
[probe.http]
url = "http://127.0.0.1:{port}/"
expect = {{ within = "1s", body = {{ contains = "Discourse" }} }}
"#
    )
}

fn chat(port: u16) -> String {
    format!(
        r#"name = {{ fr = "Messagerie instantanée", en = "Chat" }}
group = "Collaboration"
description = {{ fr = "Tombe en panne et se rétablit toutes les quatre minutes", en = "Fails and recovers every four minutes" }}

[[probe]]
every = "5s"
[probe.http]
url = "http://127.0.0.1:{port}/health"
"#
    )
}

fn storage(port: u16) -> String {
    format!(
        r#"name = {{ fr = "Stockage objet", en = "Object storage" }}
group = "Infrastructure"

[[probe]]
every = "5s"
[probe.http]
url = "http://127.0.0.1:{port}/health/live"
"#
    )
}

fn vault(port: u16) -> String {
    format!(
        r#"name = {{ fr = "Coffre de mots de passe", en = "Password vault" }}
group = "Infrastructure"
description = {{ fr = "Son certificat expire dans quelques jours", en = "Its certificate ends in a few days" }}

[[probe]]
every = "5s"
[probe.http]
url = "https://127.0.0.1:{port}/alive"
expect = {{ certificate_days = 14 }}
"#
    )
}

fn mail(port: u16) -> String {
    format!(
        r#"name = {{ fr = "Courriel", en = "Mail" }}
group = "Infrastructure"

[[probe]]
every = "5s"
[probe.tcp]
address = "127.0.0.1:{port}"
expect = "^220 "
"#
    )
}
