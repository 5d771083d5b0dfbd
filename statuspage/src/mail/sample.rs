//! An invented site, its mail settings and two subscribers, for tests.
//!
//! It does not know what is told.

use jiff::tz::TimeZone;
use shared::Language;

use super::{MailSettings, compose::Desk};
use crate::{
    incident::sample::both,
    site::{Safeguards, Site},
    subscriber::{Mailbox, Recipient, Scope, SubscriberId},
};

pub(crate) fn site() -> Site {
    Site {
        title: both("Collectif Étoile", "Star Collective"),
        languages: vec![Language::Fr, Language::En],
        time_zone: TimeZone::get("Europe/Paris").expect("bundled"),
        public_url: Some("https://status.example.org".parse().expect("a URL")),
        groups: Vec::new(),
        frame_ancestors: "'none'".to_owned(),
        safeguards: Safeguards::default(),
        mail: None,
    }
}

pub(crate) fn settings() -> MailSettings {
    MailSettings {
        relays: vec!["smtp://127.0.0.1:9".parse().expect("a relay")],
        from: "État des services <etat@status.example.org>".parse().expect("a mailbox"),
        reply_to: Some("support@example.org".parse().expect("a mailbox")),
        bounce_domain: Some("bounce.status.example.org".to_owned()),
        unsubscribe_mailbox: Some("unsub@status.example.org".to_owned()),
        dkim: None,
        key_file: "/etc/belfry/subscribers.key".into(),
        rate: 600.try_into().expect("not zero"),
        identity: Some(both(
            "Collectif Étoile, 1 rue des Lilas, 75020 Paris",
            "Star Collective, 1 rue des Lilas, Paris",
        )),
        ca_file: None,
        own_domains: None,
    }
}

pub(crate) fn desk() -> Desk {
    Desk::new(&site(), &settings()).expect("the site has an address")
}

/// Reads French, wants everything.
pub(crate) fn ada() -> Recipient {
    let id = SubscriberId::of([7; 16]);
    Recipient {
        id,
        address: "ada@example.net".parse().expect("an address"),
        language: Language::Fr,
        scope: Scope::default(),
        mailbox: Mailbox::Personal,
        unsubscribe: "a".repeat(52).parse().expect("a token"),
        bounce: format!("b+{id}.bbbbbbbbbbbbbbbb"),
        recent: Vec::new(),
    }
}

/// Reads English, wants two services; several read the mailbox.
pub(crate) fn office() -> Recipient {
    let components = ["service-150", "documents"].map(|id| id.parse().expect("an id"));
    Recipient {
        id: SubscriberId::of([9; 16]),
        address: "contact@asso.example".parse().expect("an address"),
        language: Language::En,
        scope: Scope { components: components.into(), ..Scope::default() },
        mailbox: Mailbox::Shared,
        ..ada()
    }
}
