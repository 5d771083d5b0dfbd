//! The parts of a letter, and how they look as text and as HTML: the same words in the same order.
//!
//! It does not know what they say. The HTML loads nothing and runs nothing.

use shared::Language;

use crate::markdown::{escape, paragraph};

/// Columns of the text; addresses of pages may be longer.
const WIDTH: usize = 72;

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// The first line, which mail programs show beside the subject.
    Lead(String),
    /// A paragraph.
    Words(String),
    /// An operator's words, in both forms.
    Said { text: String, html: String },
    /// What a part of several is about.
    Title(String),
    /// What stands above a list.
    Heading(String),
    /// A list.
    Items(Vec<String>),
    /// A page, and what it is.
    Link { words: String, url: String },
    /// Here the letter is over; what follows is about itself.
    Rule,
    /// A sentence about the letter.
    Small(String),
    /// A page about the letter.
    SmallLink { words: String, url: String },
}

/// As text.
pub(super) fn text(blocks: &[Block], language: Language) -> String {
    let mut text = String::new();
    let mut before: Option<&Block> = None;
    for block in blocks {
        if before.is_some_and(|before| !close(before, block)) {
            text.push('\n');
        }
        before = Some(block);
        match block {
            Block::Lead(words) | Block::Words(words) | Block::Title(words) | Block::Small(words) => {
                fold(words, "", "", &mut text);
            }
            Block::Said { text: said, .. } => said.lines().for_each(|line| fold(line, "", "", &mut text)),
            Block::Heading(words) => fold(&format!("{words}{}", colon(language)), "", "", &mut text),
            Block::Items(items) => items.iter().for_each(|item| fold(item, "- ", "  ", &mut text)),
            Block::Link { words, url } | Block::SmallLink { words, url } => {
                fold(words, "", "", &mut text);
                text.push_str(url);
                text.push('\n');
            }
            // What mail programs take for the beginning of a signature (RFC 3676, section 4.3).
            Block::Rule => text.push_str("-- \n"),
        }
    }
    text
}

/// Whether no empty line stands between the two.
fn close(before: &Block, block: &Block) -> bool {
    matches!((before, block), (Block::Heading(_), Block::Items(_)) | (Block::Title(_), _) | (Block::Rule, _))
        || matches!((before, block), (Block::Small(_), Block::Small(_)))
}

/// A heading of a list ends in a colon, with the space that its language puts before it.
fn colon(language: Language) -> &'static str {
    match language {
        Language::En => ":",
        Language::Fr => "\u{a0}:",
    }
}

/// Breaks a line at spaces, never at those that do not break.
fn fold(line: &str, first: &str, rest: &str, text: &mut String) {
    let (mut column, start) = (0, text.len());
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if text.len() == start {
            text.push_str(first);
            column = first.len();
        } else if column + 1 + length > WIDTH {
            text.push('\n');
            text.push_str(rest);
            column = rest.len();
        } else {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}

const PAGE: &str = "margin:0;padding:16px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;color:#1b1b1b;background:#ffffff";
const COLUMN: &str = "max-width:40em;margin:0 auto";
const LEAD: &str = "font-size:18px;font-weight:bold;margin:0 0 16px";
const HEADING: &str = "font-size:16px;margin:16px 0 4px";
const LIST: &str = "margin:0 0 16px;padding-left:20px";
const RULE: &str = "border:0;border-top:1px solid #8a8a8a;margin:24px 0 12px";
const SMALL: &str = "font-size:14px;color:#4a4a4a;margin:0 0 8px";

/// As HTML.
pub(super) fn html(blocks: &[Block], language: Language, title: &str) -> String {
    let (title, body) = (escape(title), blocks.iter().map(element).collect::<Vec<_>>().join("\n"));
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title></head>\n<body style=\"{PAGE}\">\n<div style=\"{COLUMN}\">\n{body}\n</div>\n</body>\n</html>\n"
    )
}

fn element(block: &Block) -> String {
    match block {
        Block::Lead(words) => format!("<p style=\"{LEAD}\">{}</p>", escape(words)),
        Block::Words(words) => paragraph(words).trim_end().to_owned(),
        Block::Said { html, .. } => html.trim_end().to_owned(),
        Block::Title(words) | Block::Heading(words) => format!("<h2 style=\"{HEADING}\">{}</h2>", escape(words)),
        Block::Items(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", escape(item))).collect();
            format!("<ul style=\"{LIST}\">{items}</ul>")
        }
        Block::Link { words, url } => format!("<p>{} {}</p>", escape(words), anchor(url)),
        Block::Rule => format!("<hr style=\"{RULE}\">"),
        Block::Small(words) => format!("<p style=\"{SMALL}\">{}</p>", escape(words)),
        Block::SmallLink { words, url } => format!("<p style=\"{SMALL}\">{} {}</p>", escape(words), anchor(url)),
    }
}

/// The address itself is what is clicked on: nobody has to trust words.
fn anchor(url: &str) -> String {
    let url = escape(url).replace('"', "&quot;");
    format!("<a href=\"{url}\">{url}</a>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_at_spaces_that_may_break_and_nowhere_else() {
        let mut text = String::new();
        fold(&format!("{} b\u{a0}c", "a".repeat(69)), "- ", "  ", &mut text);
        assert_eq!(text, format!("- {}\n  b\u{a0}c\n", "a".repeat(69)));
        text.clear();
        fold("", "", "", &mut text);
        assert_eq!(text, "\n");
    }

    #[test]
    fn what_is_markup_in_a_name_is_shown_as_it_is_written() {
        let blocks = [Block::Lead("<script>".into()), Block::Items(vec!["a & b".into()])];
        let html = html(&blocks, Language::En, "</title>\"");
        assert!(
            html.contains("&lt;script&gt;") && html.contains("a &amp; b") && !html.contains("</title>\""),
            "{html}"
        );
    }
}
