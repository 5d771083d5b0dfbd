//! JSON Feed 1.1 (jsonfeed.org).
//!
//! It does not know what the items are about.

use serde::Serialize;
use shared::Timestamp;

use super::{Feed, entry::Entry};

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    language: &'static str,
    authors: [Author<'a>; 1],
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    content_html: &'a str,
    summary: &'a str,
    date_published: Timestamp,
    date_modified: Timestamp,
    tags: &'a [String],
}

pub(super) fn write(feed: &Feed) -> String {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: &feed.home,
        feed_url: &feed.own,
        language: feed.language.tag(),
        authors: [Author { name: &feed.author }],
        items: feed.entries.iter().map(item).collect(),
    };
    serde_json::to_string(&document).expect("every key is a text and no serializer of ours fails")
}

fn item(entry: &Entry) -> Item<'_> {
    Item {
        id: &entry.id,
        url: &entry.link,
        title: &entry.title,
        content_html: &entry.html,
        summary: &entry.summary,
        date_published: entry.published,
        date_modified: entry.updated,
        tags: &entry.services,
    }
}
