//! From TOML's tree to the tables of the format, reporting each mistake and going on.
//!
//! It does not know the keys of the format: they are declared in `typed`. serde is not used, for it stops at the first mistake and
//! forgets the places.

use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{LoadOptions, report::Mistake, report::quoted, suggest, typed};

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
        self.mistakes.push(mistake);
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

/// A key that must be there; empty where that was reported.
#[derive(Debug, Clone)]
pub(super) struct Required<T>(pub(super) Option<At<T>>);

impl<T> Required<T> {
    pub(super) fn value(&self) -> Option<&T> {
        self.0.as_ref()?.value.as_ref()
    }
}

/// A key's value inside a table: [`Required`] or an `Option`.
pub(super) trait Field: Sized {
    fn take(keys: &Keys<'_, '_>, key: &'static str, context: &mut Context<'_>) -> Self;
}

impl<T: Read> Field for Option<At<T>> {
    fn take(keys: &Keys<'_, '_>, key: &'static str, context: &mut Context<'_>) -> Self {
        let value = keys.table.get(key)?;
        Some(At::read(Node { key, value }, context))
    }
}

impl<T: Read> Field for Required<T> {
    fn take(keys: &Keys<'_, '_>, key: &'static str, context: &mut Context<'_>) -> Self {
        let given: Option<At<T>> = Field::take(keys, key, context);
        if given.is_none() && context.syntax == Syntax::Sound {
            let mistake = Mistake::error(format!("{} has no `{key}`", keys.name)).at(keys.span.clone());
            context.report(mistake.help(format!("add {}", T::example(key))));
        }
        Self(given)
    }
}

/// A table while its keys are taken.
pub(super) struct Keys<'t, 'i> {
    pub(super) name: &'static str,
    pub(super) table: &'t DeTable<'i>,
    pub(super) span: Range<usize>,
}

/// A table of the format: declared with [`table!`].
pub(super) trait Table: Sized {
    /// As it is called in messages.
    const NAME: &'static str;
    /// Its keys in their order.
    const KEYS: &'static [&'static str];

    fn take(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Self;

    /// Reads a table and reports the keys that it does not have.
    fn read_keys(table: &DeTable<'_>, span: Range<usize>, context: &mut Context<'_>) -> Self {
        for (key, value) in table {
            if !Self::KEYS.contains(&key.get_ref().as_ref()) {
                context.report(unknown_key::<Self>(key.get_ref(), value.get_ref()).at(key.span()));
            }
        }
        Self::take(&Keys { name: Self::NAME, table, span }, context)
    }
}

fn unknown_key<T: Table>(key: &str, value: &DeValue<'_>) -> Mistake {
    let mistake = Mistake::error(format!("{} has no key {}", T::NAME, quoted(key)));
    let elsewhere = typed::TABLES.iter().find(|(_, keys)| keys.contains(&key));
    if let Some((home, _)) = elsewhere {
        return mistake.label("not here").help(format!("`{key}` belongs to {home}"));
    }
    if T::NAME == typed::Probe::NAME && value.is_table() {
        let kinds = typed::KINDS.map(|kind| format!("`[probe.{kind}]`")).join(" and ");
        return mistake.label("no such kind of probe").help(format!("the kinds are {kinds}"));
    }
    match suggest::nearest(key, T::KEYS.iter().copied()) {
        Some(meant) => mistake.label("unknown key").help(format!("did you mean `{meant}`?")),
        None => mistake.label("unknown key").help(format!("its keys are {}", listed(T::KEYS))),
    }
}

fn listed(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// Declares a table of the format once, for the reader and for the schema: the keys, their types and their descriptions.
macro_rules! table {
    ($(#[$doc:meta])* $type:ident = $name:literal, $example:literal {
        $($(#[$about:meta])* $key:ident: $value:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(super) struct $type {
            $($(#[$about])* pub(super) $key: $value,)*
        }

        impl $crate::load::tree::Table for $type {
            const NAME: &'static str = $name;
            const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            fn take(
                keys: &$crate::load::tree::Keys<'_, '_>,
                context: &mut $crate::load::tree::Context<'_>,
            ) -> Self {
                Self { $($key: $crate::load::tree::Field::take(keys, stringify!($key), context),)* }
            }
        }

        impl $crate::load::tree::Read for $type {
            const WHAT: &'static str = "a table";
            const EXAMPLE: &'static str = $example;

            fn read(
                node: $crate::load::tree::Node<'_, '_>,
                context: &mut $crate::load::tree::Context<'_>,
            ) -> Option<Self> {
                $crate::load::tree::read_table(node, context)
            }
        }
    };
}
pub(super) use table;

/// The body of each table's [`Read`].
pub(super) fn read_table<T: Table + Read>(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<T> {
    match node.value.get_ref() {
        DeValue::Table(table) => Some(T::read_keys(table, node.span(), context)),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_) => context.wrong_type(node),
    }
}

/// A list of things of one type.
#[derive(Debug, Clone)]
pub(super) struct List<T>(pub(super) Vec<At<T>>);

impl<T: Read> Read for List<T> {
    const WHAT: &'static str = "a list";
    const EXAMPLE: &'static str = "[…]";

    fn example(key: &str) -> String {
        format!("{key} = [{}]", T::EXAMPLE)
    }

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(values) = node.value.get_ref().as_array() else { return context.wrong_type(node) };
        Some(Self(values.iter().map(|value| At::read(Node { key: node.key, value }, context)).collect()))
    }
}

/// One thing or a list of such.
#[derive(Debug, Clone)]
pub(super) struct OneOrMore<T>(pub(super) Vec<At<T>>);

impl<T: Read> Read for OneOrMore<T> {
    const WHAT: &'static str = T::WHAT;
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        if node.value.get_ref().is_array() {
            return List::read(node, context).map(|list: List<T>| Self(list.0));
        }
        Some(Self(vec![At::read(node, context)]))
    }
}

/// A table whose keys are the user's own.
#[derive(Debug, Clone)]
pub(super) struct Entries<T>(pub(super) Vec<Entry<T>>);

/// One of its keys and what was given to it.
#[derive(Debug, Clone)]
pub(super) struct Entry<T> {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: At<T>,
}

impl<T: Read> Read for Entries<T> {
    const WHAT: &'static str = "a table";
    const EXAMPLE: &'static str = "{ … }";

    fn example(key: &str) -> String {
        format!("{key} = {{ \"…\" = {} }}", T::EXAMPLE)
    }

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(table) = node.value.get_ref().as_table() else { return context.wrong_type(node) };
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let key: &Spanned<toml::de::DeString<'_>> = key;
            let name = key.get_ref().to_string();
            let value = At::read(Node { key: &name, value }, context);
            Entry { key: name, key_span: key.span(), value }
        };
        Some(Self(table.iter().map(entry).collect()))
    }
}

/// Makes a type look in the schema like another.
macro_rules! schema_of {
    ($($type:ident<T> as $other:ty;)*) => {$(
        impl<T: JsonSchema> JsonSchema for $type<T> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                <$other>::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$other>::json_schema(generator)
            }
        }
    )*};
}

schema_of! {
    At<T> as T;
    Required<T> as T;
    List<T> as Vec<T>;
    Entries<T> as std::collections::BTreeMap<String, T>;
}

impl<T: JsonSchema> JsonSchema for OneOrMore<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (one, more) = (generator.subschema_for::<T>(), generator.subschema_for::<Vec<T>>());
        schemars::json_schema!({ "anyOf": [one, more] })
    }
}
