//! From TOML's tree to the tables of the format, reporting each mistake and going on.
//!
//! It does not know the keys of the format: they are declared in `typed`. serde is not used, for it stops at the first mistake and
//! forgets the places.

mod several;
mod table;

use std::ops::Range;

use toml::{Spanned, de::DeValue};

use super::{
    LoadOptions,
    report::{self, Mistake},
};

pub(super) use several::{Entries, List, OneOrMore};
pub(super) use table::{Field, Keys, Required, Table, read_table, table};

/// What reading a file needs and gathers.
pub(super) struct Context<'a> {
    pub(super) options: &'a LoadOptions,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) syntax: Syntax,
}

/// Whether the whole file could be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Sound,
    /// What seems to be missing may stand in the part that is unreadable, so that nothing is said of it.
    Broken,
}

impl Context<'_> {
    pub(super) fn report(&mut self, mistake: Mistake) {
        report::keep(&mut self.mistakes, mistake);
    }

    /// Reports a value of the wrong type, and returns nothing for the caller to return.
    fn wrong_type<T: Read>(&mut self, node: Node<'_, '_>) -> Option<T> {
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
pub(super) struct Node<'t, 'i> {
    pub(super) key: &'t str,
    pub(super) value: &'t Spanned<DeValue<'i>>,
}

impl<'t> Node<'t, '_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.value.span()
    }

    pub(super) fn text(&self) -> Option<&'t str> {
        self.value.get_ref().as_str()
    }
}

/// What can be read from a value.
pub(super) trait Read: Sized {
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
pub(super) trait ReadText: Sized {
    const WHAT: &'static str;
    const EXAMPLE: &'static str;

    fn parse(text: &str) -> Result<Self, Fault>;
}

/// Why a text is not what it should be, and what to do about it.
pub(super) struct Fault {
    message: String,
    help: Option<String>,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The way out alone.
    pub(super) fn into_help(self) -> Option<String> {
        self.help
    }

    pub(super) fn report(self, span: Range<usize>, context: &mut Context<'_>) {
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
pub(super) struct At<T> {
    pub(super) value: Option<T>,
    pub(super) span: Range<usize>,
}

impl<T: Read> At<T> {
    pub(super) fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Self {
        Self { value: T::read(node, context), span: node.span() }
    }
}
