//! From TOML's tree to the tables of the format, reporting each mistake and going on.
//!
//! It does not know the keys of the format: they are declared in `typed`. serde is not used, for it stops at the first mistake and
//! forgets the places.

mod document;
mod several;
mod table;

use std::ops::Range;

use toml::{Spanned, de::DeValue};

use super::{
    LoadOptions,
    report::{self, Mistake},
};

pub(super) use document::syntax_error;
pub use document::{Refusal, decode, read_document};
pub use several::{Entries, Entry, List, OneOrMore};
pub use table::{Field, Keys, Required, Table, read_table};

/// What reading a file needs and gathers.
pub struct Context<'a> {
    /// Where secrets come from.
    pub options: &'a LoadOptions,
    /// The tables that there are.
    pub format: &'static Format,
    /// What is wrong so far.
    pub mistakes: Vec<Mistake>,
    /// Whether what is missing is really missing.
    pub syntax: Syntax,
}

/// What must be known of a format as a whole to say what is wrong with a key.
#[derive(Debug)]
pub struct Format {
    /// The tables by their names with their keys: a misplaced key is told where it belongs, to the first that has it.
    pub tables: &'static [(&'static str, &'static [&'static str])],
    /// The table of which some keys are kinds, by its name.
    pub of_kinds: &'static str,
    /// The kinds, as keys.
    pub kinds: &'static [&'static str],
    /// How a kind is written, with `{}` for its key.
    pub kind_example: &'static str,
}

/// Whether the whole file could be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// It could.
    Sound,
    /// What seems to be missing may stand in the part that is unreadable, so that nothing is said of it.
    Broken,
}

impl Context<'_> {
    /// Adds a mistake.
    pub fn report(&mut self, mistake: Mistake) {
        report::keep(&mut self.mistakes, mistake);
    }

    /// Reports a value of the wrong type, and returns nothing for the caller to return.
    pub fn wrong_type<T: Read>(&mut self, node: Node<'_, '_>) -> Option<T> {
        let found = type_name(node.value.get_ref());
        self.report(
            Mistake::error(format!("`{}` must be {}, not {found}", node.key, T::WHAT))
                .at(node.span())
                .help(format!("write it like this: {}", T::example(node.key))),
        );
        None
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A value and the key it was given to.
#[derive(Clone, Copy)]
pub struct Node<'t, 'i> {
    /// The key.
    pub key: &'t str,
    /// The value.
    pub value: &'t Spanned<DeValue<'i>>,
}

impl<'t> Node<'t, '_> {
    /// Where the value stands.
    pub fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// The value as text, where it is one.
    pub fn text(&self) -> Option<&'t str> {
        self.value.get_ref().as_str()
    }
}

/// What can be read from a value.
pub trait Read: Sized {
    /// With its article, as in "must be …".
    const WHAT: &'static str;
    /// As it is written in a file.
    const EXAMPLE: &'static str;

    /// How `key` is given such a value.
    fn example(key: &str) -> String {
        format!("{key} = {}", Self::EXAMPLE)
    }

    /// Nothing where a mistake was reported.
    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self>;
}

/// What is written as text and read on its own.
pub trait ReadText: Sized {
    /// With its article, as in "must be …".
    const WHAT: &'static str;
    /// As it is written in a file.
    const EXAMPLE: &'static str;

    /// Reads the text.
    fn parse(text: &str) -> Result<Self, Fault>;
}

/// Why a text is not what it should be, and what to do about it.
pub struct Fault {
    message: String,
    help: Option<String>,
}

impl Fault {
    /// What is wrong: lower case, no full stop, no secret.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The way out alone.
    pub fn into_help(self) -> Option<String> {
        self.help
    }

    /// Reports it at its place.
    pub fn report(self, span: Range<usize>, context: &mut Context<'_>) {
        context.report(Mistake { help: self.help, ..Mistake::error(self.message).at(span) });
    }
}

impl<T: ReadText> Read for T {
    const WHAT: &'static str = T::WHAT;
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(text) = node.text() else { return context.wrong_type(node) };
        T::parse(text).map_err(|fault| fault.report(node.span(), context)).ok()
    }
}

/// Something with its place; without a value where a mistake in it was reported.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// What was read.
    pub value: Option<T>,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
}

impl<T: Read> At<T> {
    /// Reads a value with its place.
    pub fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Self {
        Self { value: T::read(node, context), span: node.span() }
    }
}
