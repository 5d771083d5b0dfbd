//! Several values under one key: lists, one or more, and tables whose keys are the user's own. And how they look in the schema.
//!
//! It does not know what the values are.

use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{At, Context, Mistake, Node, Place, Read, Required};

/// A list of things of one type.
#[derive(Debug, Clone)]
pub struct List<T>(pub Vec<At<T>>);

impl<T: Read> Read for List<T> {
    const WHAT: &'static str = "a list";
    const EXAMPLE: &'static str = "[…]";

    fn example(key: &str) -> String {
        format!("{key} = [{}]", T::EXAMPLE)
    }

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(values) = node.value.get_ref().as_array() else { return context.wrong_type(node) };
        let item = |value| At::read(Node { key: node.key, value, place: Place::List }, context);
        Some(Self(values.iter().map(item).collect()))
    }
}

/// A list of tables, each under a heading of its own: `[[key]]`.
#[derive(Debug, Clone)]
pub struct Tables<T>(pub Vec<At<T>>);

/// A table that stands in such a list.
pub trait Listed: Read {
    /// How a first one is written: "write `[[key]]`, and under it …".
    const FIRST: &'static str;
}

impl<T: Listed> Read for Tables<T> {
    const WHAT: &'static str = "a list";
    const EXAMPLE: &'static str = T::FIRST;

    fn example(key: &str) -> String {
        format!("a {key}: {}", T::FIRST)
    }

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        if node.value.get_ref().is_table() {
            let key = node.key;
            let mistake = Mistake::error(format!("`{key}` is a list: each {key} begins with `[[{key}]]`"));
            context.report(mistake.at(node.span()).help(T::FIRST));
            return None;
        }
        List::read(node, context).map(|list: List<T>| Self(list.0))
    }
}

/// One thing or a list of such.
#[derive(Debug, Clone)]
pub struct OneOrMore<T>(pub Vec<At<T>>);

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
pub struct Entries<T>(pub Vec<Entry<T>>);

/// One of its keys and what was given to it.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Range<usize>,
    /// What was given to it.
    pub value: At<T>,
}

impl<T: Read> Read for Entries<T> {
    const WHAT: &'static str = "a table";
    const EXAMPLE: &'static str = "{ … }";

    fn example(key: &str) -> String {
        format!("{key} = {{ \"…\" = {} }}", T::EXAMPLE)
    }

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(table) = node.value.get_ref().as_table() else { return context.wrong_type(node) };
        let entry = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
            let name = key.get_ref().to_string();
            let value = At::read(Node::new(&name, value), context);
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
    Tables<T> as Vec<T>;
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
