//! Numbers, sizes, statuses, switches and JSON values.
//!
//! It does not know which key a value is given to.

use toml::de::DeValue;

use super::{Context, Fault, Node, Read, quoted, schema};
use crate::{definition::StatusPattern, load::report::Mistake};

/// How many results in a row: 1 to 100.
#[derive(Debug, Clone, Copy)]
pub struct Count(pub u32);

/// How many redirects: 0 to 20.
#[derive(Debug, Clone, Copy)]
pub struct Redirects(pub u32);

/// Days left: 1 to 3650.
#[derive(Debug, Clone, Copy)]
pub struct Days(pub u32);

/// A number of bytes: up to 64 MiB.
#[derive(Debug, Clone, Copy)]
pub struct Size(pub u64);

/// A status or a class of them.
#[derive(Debug, Clone, Copy)]
pub struct Status(pub StatusPattern);

/// A switch.
#[derive(Debug, Clone, Copy)]
pub struct Flag(pub bool);

/// Any finite number.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub f64);

/// A value that JSON can hold.
#[derive(Debug, Clone)]
pub struct Json(pub serde_json::Value);

schema! {
    Count: { "type": "integer", "minimum": 1, "maximum": 100 };
    Redirects: { "type": "integer", "minimum": 0, "maximum": 20 };
    Days: { "type": "integer", "minimum": 1, "maximum": 3650 };
    Size: { "anyOf": [
        { "type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*([kKmMgG]?[iI]?[bB]?)\s*$", "examples": ["64KiB", "1MiB"] },
        { "type": "integer", "minimum": 1, "maximum": LARGEST },
    ] };
    Status: { "anyOf": [
        { "type": "integer", "minimum": 200, "maximum": 599 },
        { "type": "string", "pattern": "^[2-5][xX][xX]$", "examples": ["2xx"] },
    ] };
    Flag: { "type": "boolean" };
    Number: { "type": "number" };
    Json: { "type": ["string", "number", "boolean", "array", "object"] };
}

/// A probe holds that much of a body in memory at most.
const LARGEST: u64 = 64 << 20;

/// A whole number; nothing where the value is something else.
fn integer(node: Node<'_, '_>) -> Option<i128> {
    let number = node.value.get_ref().as_integer()?;
    // Sixteen bytes hold every integer that fits into a line; a longer one is out of every range all the same.
    Some(i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX))
}

fn in_range(
    node: Node<'_, '_>,
    range: std::ops::RangeInclusive<u32>,
    example: &str,
    context: &mut Context<'_>,
) -> Option<u32> {
    let found = integer(node);
    let number = found.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number));
    if number.is_none() {
        let limits = format!("`{}` must be a number from {} to {}", node.key, range.start(), range.end());
        Fault::new(limits).help(format!("write it like this: {} = {example}", node.key)).report(node.span(), context);
    }
    number
}

macro_rules! ranged {
    ($($type:ident: $range:expr, $example:literal;)*) => {$(
        impl Read for $type {
            const WHAT: &'static str = "a number";
            const EXAMPLE: &'static str = $example;

            fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
                in_range(node, $range, $example, context).map(Self)
            }
        }
    )*};
}

ranged! {
    Count: 1..=100, "3";
    Redirects: 0..=20, "5";
    Days: 1..=3650, "14";
}

impl Read for Size {
    const WHAT: &'static str = "a size";
    const EXAMPLE: &'static str = "\"1MiB\"";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let bytes = match node.text() {
            Some(text) => text.parse::<bytesize::ByteSize>().ok().map(|size| size.as_u64()),
            None => integer(node).and_then(|number| u64::try_from(number).ok()),
        };
        let size = bytes.filter(|size| (1..=LARGEST).contains(size)).map(Self);
        if size.is_none() {
            Fault::new(format!("`{}` must be a size from 1 byte to 64 MiB", node.key))
                .help(format!("write it like this: {} = \"64KiB\" or \"1MiB\"", node.key))
                .report(node.span(), context);
        }
        size
    }
}

impl Read for Status {
    const WHAT: &'static str = "a status";
    const EXAMPLE: &'static str = "200";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let pattern = match node.text() {
            Some(text) => class(text).map(StatusPattern::Class),
            None => integer(node)
                .and_then(|number| u16::try_from(number).ok())
                .filter(|code| (200..=599).contains(code))
                .map(StatusPattern::Exactly),
        };
        if pattern.is_none() {
            let number = node.text().and_then(|text| text.parse::<u16>().ok());
            let help = match number {
                Some(number) => format!("write the number without quotes: {number}"),
                None => {
                    "a status is a number from 200 to 599, or a class: \"2xx\", \"3xx\", \"4xx\", \"5xx\"".to_owned()
                }
            };
            let written = node.text().map_or_else(|| "that number".to_owned(), quoted);
            Fault::new(format!("{written} is not a status that an answer can have"))
                .help(help)
                .report(node.span(), context);
        }
        pattern.map(Self)
    }
}

fn class(text: &str) -> Option<u8> {
    match text.to_ascii_lowercase().as_str() {
        "2xx" => Some(2),
        "3xx" => Some(3),
        "4xx" => Some(4),
        "5xx" => Some(5),
        _ => None,
    }
}

impl Read for Flag {
    const WHAT: &'static str = "true or false";
    const EXAMPLE: &'static str = "true";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let flag = node.value.get_ref().as_bool();
        if flag.is_none() {
            Fault::new(format!("`{}` must be true or false", node.key))
                .help("write it without quotes")
                .report(node.span(), context);
        }
        flag.map(Self)
    }
}

impl Read for Number {
    const WHAT: &'static str = "a number";
    const EXAMPLE: &'static str = "10";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let number = match node.value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n as f64),
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::String(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                return context.wrong_type(node);
            }
        };
        let number = number.filter(|number: &f64| number.is_finite());
        if number.is_none() {
            Fault::new(format!("`{}` must be a finite number", node.key))
                .help(format!("write it like this: {} = 10", node.key))
                .report(node.span(), context);
        }
        number.map(Self)
    }
}

impl Read for Json {
    const WHAT: &'static str = "a value";
    const EXAMPLE: &'static str = "true";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let value = json(node.value.get_ref());
        if value.is_none() {
            context.report(
                Mistake::error("JSON has no such number")
                    .at(node.span())
                    .help("write a finite number of at most 64 bits"),
            );
        }
        value.map(Self)
    }
}

/// Dates become texts, for JSON has none; infinities and giants have no counterpart.
fn json(value: &DeValue<'_>) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok()?.into(),
        DeValue::Float(number) => serde_json::Number::from_f64(number.as_str().parse().ok()?)?.into(),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(values) => values.iter().map(|value| json(value.get_ref())).collect::<Option<Vec<_>>>()?.into(),
        DeValue::Table(table) => {
            let entry = |(key, value): (&toml::Spanned<toml::de::DeString<'_>>, &toml::Spanned<DeValue<'_>>)| {
                Some((key.get_ref().to_string(), json(value.get_ref())?))
            };
            serde_json::Value::Object(table.iter().map(entry).collect::<Option<_>>()?)
        }
    })
}
