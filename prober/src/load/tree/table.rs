//! Tables with keys that are known: declared once with [`table!`](crate::table!), for the reader and for the schema.
//!
//! It does not know the keys: whoever has a format declares them.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{At, Context, Format, Node, Read, Syntax};
use crate::load::{
    report::{Mistake, quoted},
    suggest,
};

/// A key that must be there; empty where that was reported.
#[derive(Debug, Clone)]
pub struct Required<T>(pub Option<At<T>>);

impl<T> Required<T> {
    /// What was read, where it is sound.
    pub fn value(&self) -> Option<&T> {
        self.0.as_ref()?.value.as_ref()
    }
}

/// A key's value inside a table: [`Required`] or an `Option`.
pub trait Field: Sized {
    /// Reads the value of `key`.
    fn take(keys: &Keys<'_, '_>, key: &'static str, context: &mut Context<'_>) -> Self;
}

impl<T: Read> Field for Option<At<T>> {
    fn take(keys: &Keys<'_, '_>, key: &'static str, context: &mut Context<'_>) -> Self {
        let value = keys.table.get(key)?;
        Some(At::read(Node::new(key, value), context))
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
pub struct Keys<'t, 'i> {
    /// As the table is called in messages.
    pub name: &'static str,
    /// Its content.
    pub table: &'t DeTable<'i>,
    /// Where it stands.
    pub span: Range<usize>,
}

/// A table of the format: declared with [`table!`](crate::table!).
pub trait Table: Sized {
    /// As it is called in messages.
    const NAME: &'static str;
    /// Its keys in their order.
    const KEYS: &'static [&'static str];

    /// Reads each key.
    fn take(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Self;

    /// Reads a table and reports the keys that it does not have.
    fn read_keys(table: &DeTable<'_>, span: Range<usize>, context: &mut Context<'_>) -> Self {
        for (key, value) in table {
            if !Self::KEYS.contains(&key.get_ref().as_ref()) {
                context.hide(key.get_ref(), value.span());
                context.report(unknown_key::<Self>(key.get_ref(), value.get_ref(), context.format).at(key.span()));
            }
        }
        Self::take(&Keys { name: Self::NAME, table, span }, context)
    }
}

fn unknown_key<T: Table>(key: &str, value: &DeValue<'_>, format: &Format) -> Mistake {
    let mistake = Mistake::error(format!("{} has no key {}", T::NAME, quoted(key)));
    let elsewhere = format.tables.iter().find(|(_, keys)| keys.contains(&key));
    if let Some((home, _)) = elsewhere {
        return mistake.label("not here").help(format!("`{key}` belongs to {home}"));
    }
    if T::NAME == format.of_kinds && value.is_table() {
        let kinds: Vec<String> = format.kinds.iter().map(|kind| format.kind_example.replace("{}", kind)).collect();
        let kinds = kinds.join(" and ");
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
///
/// The crate that uses it depends on schemars. The table's name is the one in messages, its example the one in hints.
#[macro_export]
macro_rules! table {
    ($(#[$doc:meta])* $visibility:vis $type:ident = $name:literal, $example:literal {
        $($(#[$about:meta])* $key:ident: $value:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $visibility struct $type {
            $($(#[$about])* $visibility $key: $value,)*
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
/// The body of each table's [`Read`].
pub fn read_table<T: Table + Read>(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<T> {
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
