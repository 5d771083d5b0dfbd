//! How values that read themselves are written in the settings file, and how they look in its schema.
//!
//! It does not know which key a value is given to, nor what it means.

use std::{borrow::Cow, fmt, str::FromStr};

use prober::{
    ControlTarget, NameServer,
    load::tree::{At, Context, Fault, List, Node, Read, value},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use shared::{Language, LocationName};

use super::{
    MetricsMode, Mode,
    keeping::{DiskReserve, MaxBytes},
    maintenance::Length,
    value::{
        ContentType, FrameAncestors, Group, Kind, Label, LogFormat, Matter, Network, PathText, PublicUrl, Quiet,
        Reopen, Retention, Room, Severity, Zone,
    },
};
use crate::{
    access::{ExpiryDate, OperatorName},
    notify::{ChannelName, PolicyName, Shift},
    server::ListenAddress,
};

/// A value that reads itself from a text.
#[derive(Debug, Clone)]
pub(super) struct Written<T>(pub(super) T);

/// How such a value is written.
pub(super) trait Form: FromStr<Err: fmt::Display> {
    /// With its article, as in "must be …".
    const WHAT: &'static str;
    /// As it is written in a file.
    const EXAMPLE: &'static str;
    /// All there are, where they can be counted.
    const CHOICES: &'static [&'static str] = &[];
}

impl<T: Form> Read for Written<T> {
    const WHAT: &'static str = T::WHAT;
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(text) = node.text() else { return context.wrong_type(node) };
        let refuse = |reason: T::Err| {
            Fault::new(format!("`{}` cannot be used: {reason}", node.key))
                .help(format!("write it like this: {}", node.example::<Self>()))
                .report(node.span(), context);
        };
        text.parse().map(Self).map_err(refuse).ok()
    }
}

impl<T: Form> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Written".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        if T::CHOICES.is_empty() {
            json_schema!({ "type": "string", "examples": [T::EXAMPLE.trim_matches('"')] })
        } else {
            json_schema!({ "enum": T::CHOICES })
        }
    }
}

/// What was given to a key.
pub(super) fn given<T: Clone>(written: &Option<At<Written<T>>>) -> Option<T> {
    value(written).map(|written| written.0.clone())
}

/// The list that was given to a key.
pub(super) fn listed<T: Clone>(list: &Option<At<List<Written<T>>>>) -> Option<Vec<T>> {
    let items =
        |list: &List<Written<T>>| list.0.iter().filter_map(|item| Some(item.value.as_ref()?.0.clone())).collect();
    value(list).map(items)
}

macro_rules! forms {
    ($($type:ty: $what:literal, $example:literal $(, $choices:expr)?;)*) => {$(
        impl Form for $type {
            const WHAT: &'static str = $what;
            const EXAMPLE: &'static str = $example;
            $(const CHOICES: &'static [&'static str] = $choices;)?
        }
    )*};
}

forms! {
    ChannelName: "a name in quotes", "\"ops\"";
    ContentType: "a type in quotes", "\"application/json\"";
    ControlTarget: "an address in quotes", "\"https://example.org\"";
    DiskReserve: "a size in quotes", "\"1GB\"";
    ExpiryDate: "a day in quotes", "\"2027-01-01\"";
    FrameAncestors: "a text in quotes", "\"'self' https://www.example.org\"";
    Group: "a group's name in quotes", "\"Collaboration\"";
    Label: "a text in quotes", "\"…\"";
    Language: "a language in quotes", "\"fr\"", &["en", "fr"];
    Kind: "a word in quotes", "\"webhook\"", Self::WORDS;
    Length: "a duration in quotes", "\"2h\"";
    ListenAddress: "an address in quotes", "\"127.0.0.1:8080\"";
    LocationName: "a name in quotes", "\"lyon\"";
    LogFormat: "a word in quotes", "\"text\"", Self::WORDS;
    Matter: "a word in quotes", "\"incidents\"", Self::WORDS;
    MaxBytes: "a size in quotes", "\"2GB\"";
    MetricsMode: "a word in quotes", "\"private\"", Self::WORDS;
    Mode: "a word in quotes", "\"production\"", Self::WORDS;
    NameServer: "an address in quotes", "\"9.9.9.9\"";
    Network: "a network in quotes", "\"10.0.0.0/8\"";
    OperatorName: "a name in quotes", "\"amel\"";
    PathText: "a path in quotes", "\"/path/to/it\"";
    PolicyName: "a name in quotes", "\"on-call\"";
    PublicUrl: "an address in quotes", "\"https://status.example.org\"";
    Quiet: "a time in quotes", "\"3m\"";
    Reopen: "a time in quotes", "\"10m\"";
    Room: "a room's id in quotes", "\"!abcdef:example.org\"";
    Severity: "a word in quotes", "\"major\"", Self::WORDS;
    Retention: "a number of days in quotes", "\"30d\"";
    Shift: "hours in quotes", "\"Mon-Fri 08:00-20:00\"";
    Zone: "a time zone in quotes", "\"Europe/Paris\"";
}
