//! The values of the format: how each is written, read and described in the schema.
//!
//! It does not know which key a value is given to.

mod network;
mod number;
mod text;
mod time;

pub use network::{Address, Family, Host, Method, User, UserAgent, WebUrl, header_name, unsendable};
pub use number::{Count, Days, Flag, Json, Number, Redirects, Size, Status};
pub use text::{Id, Pattern, SecretText, Texts, Words, given, invalid_id};
pub use time::{Every, Line, Span};

use super::{
    report::quoted,
    tree::{Context, Fault, Node, Read, ReadText},
};

/// How a value looks in the schema.
macro_rules! schema {
    ($($type:ty: $json:tt;)*) => {$(
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($json)
            }
        }
    )*};
}
use schema;
