//! Markdown as plain text: paragraphs, dashes before the items of a list, addresses behind the words that lead there.
//!
//! It does not know where the text is shown.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{options, readable};

/// The text without its marks: paragraphs with an empty line between them, nothing at the end.
pub fn plain(source: &str) -> String {
    let source = readable(source);
    let mut text = Plain::default();
    Parser::new_ext(&source, options()).for_each(|event| text.take(event));
    text.written.trim().to_owned()
}

#[derive(Default)]
struct Plain {
    written: String,
    /// One for each open list: the next number of those that count.
    lists: Vec<Option<u64>>,
    /// Where the words of the open link begin, and where it leads.
    link: Option<(usize, String)>,
}

impl Plain {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.written.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => self.written.push('\n'),
            Event::Start(tag) => self.begin(tag),
            Event::End(tag) => self.end(tag),
            Event::Rule => self.paragraph(),
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(first) => {
                self.line();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Link { dest_url, .. } => self.link = Some((self.written.len(), dest_url.into_string())),
            Tag::TableCell => self.written.push(' '),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item if !self.lists.is_empty() => self.line(),
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Table => {
                self.paragraph();
            }
            TagEnd::TableHead | TagEnd::TableRow => self.line(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.paragraph();
                }
            }
            TagEnd::Link => self.address(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.line();
        self.written.push_str(&"  ".repeat(self.lists.len().saturating_sub(1)));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.written.push_str(&format!("{number}. "));
                *number += 1;
            }
            Some(None) | None => self.written.push_str("- "),
        }
    }

    /// An address that is its own text is told once; one that no reader could follow is not told.
    fn address(&mut self) {
        let Some((from, address)) = self.link.take() else { return };
        let words = self.written.get(from..).unwrap_or_default();
        let follow = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
        if follow && words != address && format!("mailto:{words}") != address {
            self.written.push_str(&format!(" ({address})"));
        }
    }

    fn line(&mut self) {
        if !self.written.is_empty() && !self.written.ends_with('\n') {
            self.written.push('\n');
        }
    }

    fn paragraph(&mut self) {
        self.line();
        if !self.written.is_empty() && !self.written.ends_with("\n\n") {
            self.written.push('\n');
        }
    }
}
