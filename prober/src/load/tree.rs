//! From TOML's tree to the tables of the format, reporting each mistake and going on.
//!
//! It does not know the keys of a format: whoever has one declares them with [`table!`](crate::table!). serde is not used, for it stops at the first mistake and
//! forgets the places.

mod document;
mod several;
mod table;

use std::ops::Range;

use toml::{Spanned, de::DeValue};

use super::{
    LoadOptions,
    report::{self, Mistake},
    suggest,
};

pub use document::{Document, read_document};
pub(super) use document::{Refusal, decode};
pub use several::{Entries, Entry, List, Listed, OneOrMore, Tables};
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
    /// Where texts stand that may be secret: no excerpt shows them.
    pub secrets: Vec<Range<usize>>,
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
    /// Keys whose values hold secrets: what is given to them is not shown even where it cannot be read.
    pub secrets: &'static [&'static str],
    /// What to do instead of giving a key twice.
    pub twice: &'static str,
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

    /// Keeps a value that is not read out of excerpts, where its key is one for secrets or was probably meant to be.
    pub fn hide(&mut self, key: &str, value: Range<usize>) {
        if suggest::nearest(key, self.format.secrets.iter().copied()).is_some() {
            self.secrets.push(value);
        }
    }

    /// Reports a value of the wrong type, and returns nothing for the caller to return.
    pub fn wrong_type<T: Read>(&mut self, node: Node<'_, '_>) -> Option<T> {
        let found = type_name(node.value.get_ref());
        self.hide(node.key, node.span());
        self.report(
            Mistake::error(format!("`{}` must be {}, not {found}", node.key, T::WHAT))
                .at(node.span())
                .help(format!("write it like this: {}", node.example::<T>())),
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
    /// How it was given to the key.
    pub place: Place,
}

/// How a value was given to its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is the key's value.
    Key,
    /// It is one of several in a list.
    List,
}

impl<'t, 'i> Node<'t, 'i> {
    /// The value of a key.
    pub fn new(key: &'t str, value: &'t Spanned<DeValue<'i>>) -> Self {
        Self { key, value, place: Place::Key }
    }

    /// How the key is given such a value, as a line of the file.
    pub fn example<T: Read>(&self) -> String {
        match self.place {
            Place::Key => T::example(self.key),
            Place::List => List::<T>::example(self.key),
        }
    }

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

/// A value that was given and is sound.
pub fn value<T>(given: &Option<At<T>>) -> Option<&T> {
    given.as_ref()?.value.as_ref()
}

impl<T: Read> At<T> {
    /// Reads a value with its place.
    pub fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Self {
        Self { value: T::read(node, context), span: node.span() }
    }
}
