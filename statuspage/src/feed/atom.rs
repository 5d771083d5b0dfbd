//! Atom (RFC 4287).
//!
//! It does not know what the entries are about.

use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed as AtomFeed, FixedDateTime, Generator, Link, Person, Text,
};
use chrono::DateTime;
use shared::Timestamp;

use super::{Feed, entry::Entry};

pub(super) fn write(feed: &Feed) -> String {
    AtomFeed {
        title: feed.title.as_str().into(),
        id: feed.id.clone(),
        updated: time(feed.updated),
        authors: vec![Person { name: feed.author.clone(), ..Person::default() }],
        generator: Some(Generator {
            value: "Belfry".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            uri: None,
        }),
        links: vec![link("self", &feed.own, "application/atom+xml"), link("alternate", &feed.home, "text/html")],
        entries: feed.entries.iter().map(entry).collect(),
        lang: Some(feed.language.tag().to_owned()),
        ..AtomFeed::default()
    }
    .to_string()
}

fn entry(entry: &Entry) -> AtomEntry {
    AtomEntry {
        title: entry.title.as_str().into(),
        id: entry.id.clone(),
        updated: time(entry.updated),
        published: Some(time(entry.published)),
        categories: entry.services.iter().map(|name| category(name)).collect(),
        links: vec![link("alternate", &entry.link, "text/html")],
        summary: Some(Text::plain(entry.summary.clone())),
        content: Some(Content {
            content_type: Some("html".to_owned()),
            value: Some(entry.html.clone()),
            ..Content::default()
        }),
        ..AtomEntry::default()
    }
}

fn category(name: &str) -> Category {
    Category { term: name.to_owned(), ..Category::default() }
}

fn link(relation: &str, address: &str, media_type: &str) -> Link {
    Link {
        href: address.to_owned(),
        rel: relation.to_owned(),
        mime_type: Some(media_type.to_owned()),
        ..Link::default()
    }
}

/// Our times lie inside the years 0 to 9999, which chrono knows.
fn time(at: Timestamp) -> FixedDateTime {
    DateTime::from_timestamp_millis(at.as_millis()).unwrap_or_default().fixed_offset()
}
