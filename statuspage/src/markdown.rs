//! Operators' Markdown: as HTML that can do nothing but be read, and as plain text.
//!
//! It does not know who wrote it, and trusts nobody: of what the parser finds, only what is listed here becomes an element, and only
//! links that we write ourselves have attributes.

mod plain;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html::push_html};
use url::Url;

use crate::words::inert;

pub use plain::plain;

/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];
/// Quotations and lists deeper than that are read by nobody, and cost whoever draws them.
const DEEPEST: usize = 16;

/// Safe HTML: no markup of the author's own, no images, headings from the fourth level on, links that lead out and vouch for nothing.
pub fn html(source: &str) -> String {
    let source = readable(source);
    let mut link = Link::None;
    let mut html = String::new();
    push_html(&mut html, Parser::new_ext(&source, options()).filter_map(|event| harmless(event, &mut link)));
    html
}

/// A text in which nothing is markup, to stand inside an element.
pub fn escape(text: &str) -> String {
    let mut html = String::new();
    push_html(&mut html, std::iter::once(Event::Text(text.into())));
    html
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

/// The link that is open; Markdown knows no links inside links.
enum Link {
    None,
    /// It leads somewhere.
    Written,
    /// It leads nowhere that we send people: its words stay.
    Dropped,
}

/// What the author meant as markup of his own becomes text; an image becomes the words that describe it.
fn harmless<'a>(event: Event<'a>, link: &mut Link) -> Option<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { link_type, dest_url, .. }) => match anchor(link_type, &dest_url) {
            Some(anchor) => {
                *link = Link::Written;
                Some(Event::InlineHtml(anchor.into()))
            }
            None => {
                *link = Link::Dropped;
                None
            }
        },
        Event::End(TagEnd::Link) => match std::mem::replace(link, Link::None) {
            Link::Written => Some(Event::InlineHtml("</a>".into())),
            Link::None | Link::Dropped => None,
        },
        Event::Start(tag) => begun(tag).map(Event::Start),
        Event::End(tag) => ended(tag).map(Event::End),
        // Who presses Enter on a phone means a new line.
        Event::SoftBreak | Event::HardBreak => Some(Event::HardBreak),
        Event::Text(_) | Event::Code(_) | Event::Rule => Some(event),
        Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => None,
    }
}

/// The beginning of a link; none for an address that is not absolute or of another scheme.
fn anchor(link_type: LinkType, address: &str) -> Option<String> {
    // An address in pointed brackets comes without its scheme.
    let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
    let url = Url::parse(&format!("{scheme}{address}"));
    let url = url.ok().filter(|url| SCHEMES.contains(&url.scheme()))?;
    let address = escape(url.as_str()).replace('"', "&quot;");
    Some(format!("<a href=\"{address}\" rel=\"noopener nofollow ugc\">"))
}

/// The elements that may come out, without any attribute but the first number of a list.
fn begun(tag: Tag<'_>) -> Option<Tag<'_>> {
    Some(match tag {
        Tag::Paragraph | Tag::HtmlBlock => Tag::Paragraph,
        Tag::Heading { level, .. } => {
            Tag::Heading { level: lower(level), id: None, classes: Vec::new(), attrs: Vec::new() }
        }
        Tag::BlockQuote(_) => Tag::BlockQuote(None),
        Tag::CodeBlock(_) => Tag::CodeBlock(CodeBlockKind::Indented),
        // Alignment would be a style attribute, which our policy forbids.
        Tag::Table(columns) => Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()]),
        Tag::List(_) | Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell => tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough => tag,
        Tag::Link { .. } | Tag::Image { .. } | Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_) => return None,
        Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => return None,
        Tag::Superscript | Tag::Subscript => return None,
    })
}

fn ended(tag: TagEnd) -> Option<TagEnd> {
    Some(match tag {
        TagEnd::Paragraph | TagEnd::HtmlBlock => TagEnd::Paragraph,
        TagEnd::Heading(level) => TagEnd::Heading(lower(level)),
        TagEnd::BlockQuote(_) => TagEnd::BlockQuote(None),
        TagEnd::CodeBlock | TagEnd::Table | TagEnd::List(_) | TagEnd::Item => tag,
        TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell => tag,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => tag,
        TagEnd::Link | TagEnd::Image | TagEnd::FootnoteDefinition | TagEnd::MetadataBlock(_) => return None,
        TagEnd::DefinitionList | TagEnd::DefinitionListTitle | TagEnd::DefinitionListDefinition => return None,
        TagEnd::Superscript | TagEnd::Subscript => return None,
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

#[cfg(test)]
mod tests;
