//! Durations on the wire: seconds as a decimal number, exact to the microsecond; use with `#[serde(with = "seconds")]`.
//!
//! It does not know what was measured.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Seconds, rounded to the microsecond.
pub fn to_f64(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e6
}

/// Writes seconds.
pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    to_f64(*duration).serialize(serializer)
}

/// Reads seconds; negative, infinite and overlong values are errors.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    let micros =
        Duration::try_from_secs_f64(seconds).map_err(de::Error::custom)?.as_nanos().div_euclid(100).div_ceil(10);
    Ok(Duration::from_micros(u64::try_from(micros).map_err(de::Error::custom)?))
}

/// The same for a duration that may be absent.
pub mod option {
    use super::{Deserialize, Deserializer, Duration, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Wrapped(#[serde(with = "super")] Duration);

    /// Writes seconds or null.
    pub fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        duration.map(Wrapped).serialize(serializer)
    }

    /// Reads seconds or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|wrapped| wrapped.0))
    }
}
