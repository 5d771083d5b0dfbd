//! Names of things: components, probes and locations, each with a type of its own and one constructor.
//!
//! It does not know whether the thing named exists.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Longest id, in bytes: it becomes a file name, a path segment, a metric label and a database key.
pub const MAX_ID_BYTES: usize = 64;

/// Why a text cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidId {
    /// Nothing between the quotes.
    Empty,
    /// Longer than [`MAX_ID_BYTES`].
    TooLong,
    /// The first character that is not allowed.
    Character(char),
    /// A probe id without its one `/`.
    NoSlash,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an id cannot be empty"),
            Self::TooLong => write!(f, "an id has at most {MAX_ID_BYTES} characters"),
            Self::Character(c) => {
                write!(
                    f,
                    "an id has lower-case letters, digits, `-` and `_`, and begins with a letter or digit: found {c:?}"
                )
            }
            Self::NoSlash => f.write_str("a probe id reads component/probe"),
        }
    }
}

impl std::error::Error for InvalidId {}

fn check(text: &str) -> Result<(), InvalidId> {
    if text.is_empty() {
        return Err(InvalidId::Empty);
    }
    if text.len() > MAX_ID_BYTES {
        return Err(InvalidId::TooLong);
    }
    let allowed =
        |(i, c): (usize, char)| c.is_ascii_lowercase() || c.is_ascii_digit() || (i > 0 && matches!(c, '-' | '_'));
    match text.char_indices().find(|&at| !allowed(at)) {
        Some((_, c)) => Err(InvalidId::Character(c)),
        None => Ok(()),
    }
}

/// A name of a thing, as text that `$check` has passed: the only way to make one is to parse it.
macro_rules! name {
    ($(#[$doc:meta])* $type:ident: $check:path => $error:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Arc<str>);

        impl $type {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                $check(text).map(|()| Self(text.into()))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

pub(crate) use name;

name! {
    /// One hosted service as the public reads it; the stem of its definition file.
    ComponentId: check => InvalidId
}
name! {
    /// A probe's id inside its component, such as `login`.
    ProbeName: check => InvalidId
}
name! {
    /// A vantage point: where a prober stands, such as `lyon`.
    LocationName: check => InvalidId
}

/// A probe's full id, written `component/probe`, such as `cloud/login`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProbeId {
    /// The component it speaks for.
    pub component: ComponentId,
    /// Its id inside the component.
    pub name: ProbeName,
}

impl FromStr for ProbeId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (component, name) = text.split_once('/').ok_or(InvalidId::NoSlash)?;
        Ok(Self { component: component.parse()?, name: name.parse()? })
    }
}

impl fmt::Display for ProbeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.component, self.name)
    }
}

impl Serialize for ProbeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProbeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_safe_file_name_path_segment_and_label() {
        let check = |text: &str, expected: Result<(), InvalidId>| {
            assert_eq!(text.parse::<ComponentId>().map(|_| ()), expected, "{text:?}");
        };
        check("cloud", Ok(()));
        check("web-2_b", Ok(()));
        check("2", Ok(()));
        check("", Err(InvalidId::Empty));
        check("-x", Err(InvalidId::Character('-')));
        check("Cloud", Err(InvalidId::Character('C')));
        check("../x", Err(InvalidId::Character('.')));
        check("é", Err(InvalidId::Character('é')));
        check(&"x".repeat(65), Err(InvalidId::TooLong));
    }

    #[test]
    fn a_probe_id_reads_back_as_it_is_written() {
        let id: ProbeId = "cloud/login".parse().expect("well formed");
        let json = serde_json::to_string(&id).expect("strings serialise");
        assert_eq!(json, r#""cloud/login""#);
        assert_eq!(serde_json::from_str::<ProbeId>(&json).expect("reads back"), id);
        assert_eq!("cloud".parse::<ProbeId>(), Err(InvalidId::NoSlash));
    }
}
