//! RSS 2.0, with the one element of Atom that every validator asks for: the feed's own address.
//!
//! It does not know what the items are about.

use chrono::DateTime;
use rss::{
    Category, Channel, Guid, Item,
    extension::atom::{AtomExtension, Link},
};
use shared::Timestamp;

use super::{Feed, entry::Entry};

pub(super) fn write(feed: &Feed) -> String {
    let own = Link {
        href: feed.own.clone(),
        rel: "self".to_owned(),
        mime_type: Some("application/rss+xml".to_owned()),
        ..Link::default()
    };
    let mut channel = Channel {
        title: feed.title.clone(),
        link: feed.home.clone(),
        description: feed.title.clone(),
        language: Some(feed.language.tag().to_owned()),
        last_build_date: Some(time(feed.updated)),
        generator: Some(format!("Belfry {}", env!("CARGO_PKG_VERSION"))),
        items: feed.entries.iter().map(item).collect(),
        atom_ext: Some(AtomExtension { links: vec![own] }),
        ..Channel::default()
    };
    channel.namespaces.insert("atom".to_owned(), "http://www.w3.org/2005/Atom".to_owned());
    channel.to_string()
}

fn item(entry: &Entry) -> Item {
    Item {
        title: Some(entry.title.clone()),
        link: Some(entry.link.clone()),
        // Readers take it for HTML, whatever it is.
        description: Some(entry.html.clone()),
        guid: Some(Guid { value: entry.id.clone(), permalink: false }),
        pub_date: Some(time(entry.published)),
        categories: entry.services.iter().map(|name| category(name)).collect(),
        ..Item::default()
    }
}

fn category(name: &str) -> Category {
    Category { name: name.to_owned(), domain: None }
}

/// RFC 2822, as RSS wants it.
fn time(at: Timestamp) -> String {
    DateTime::from_timestamp_millis(at.as_millis()).unwrap_or_default().to_rfc2822()
}
