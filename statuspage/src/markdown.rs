//! Operators' Markdown: as HTML that can do nothing but be read, and as plain text.
//!
//! It does not know who wrote it, and trusts nobody: what the parser makes passes a sanitiser that knows what is allowed, and nothing
//! else gets through.

mod plain;

use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

use crate::words::inert;

pub use plain::plain;

/// The elements that may come out.
const TAGS: [&str; 22] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];
/// Quotations and lists deeper than that are read by nobody, and cost whoever draws them.
const DEEPEST: usize = 16;

/// Safe HTML: no markup of the author's own, no images, headings from the fourth level on, links that lead out and vouch for nothing.
pub fn html(source: &str) -> String {
    let source = readable(source);
    let mut html = String::new();
    push_html(&mut html, Parser::new_ext(&source, options()).filter_map(harmless));
    sanitiser().clean(&html).to_string()
}

/// A sentence of our own as a paragraph, in which nothing is markup.
pub fn paragraph(sentence: &str) -> String {
    let mut html = String::new();
    let events = [Event::Start(Tag::Paragraph), Event::Text(sentence.into()), Event::End(TagEnd::Paragraph)];
    push_html(&mut html, events.into_iter());
    html
}

/// The source without what turns text around, and without nesting that only a machine would write.
fn readable(source: &str) -> String {
    let line = |line: &str| {
        let line: String = line.split('\t').map(inert).collect::<Vec<_>>().join("    ");
        let marks = |c: char| matches!(c, '>' | '-' | '*' | '+' | ' ' | '.' | ')') || c.is_ascii_digit();
        let depth = line.chars().take_while(|&c| marks(c)).filter(|c| !c.is_ascii_digit()).count();
        // Such a line is shown as it was typed, which is what it is worth.
        if depth > 4 * DEEPEST { format!("`{}`", line.replace('`', "'")) } else { line }
    };
    source.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn options() -> Options {
    Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES
}

/// What the author meant as markup of his own becomes text; an image becomes the words that describe it.
fn harmless(event: Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        Event::Start(Tag::Heading { level, .. }) => {
            Event::Start(Tag::Heading { level: lower(level), id: None, classes: Vec::new(), attrs: Vec::new() })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        // Who presses Enter on a phone means a new line.
        Event::SoftBreak => Event::HardBreak,
        event => event,
    })
}

/// The page has headings of its own above.
fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H4,
        HeadingLevel::H2 => HeadingLevel::H5,
        HeadingLevel::H3 | HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

fn sanitiser() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .add_tag_attributes("a", &["href"])
        .add_tag_attributes("ol", &["start"])
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener nofollow ugc"));
    builder
}

#[cfg(test)]
mod tests;
