//! Logging: one subscriber for the process, for people or for machines, on standard error.
//!
//! It does not know what is logged. What is `error` asks somebody to act, `warn` is degraded, `info` a life event, `debug` per probe.

use std::{
    ffi::OsStr,
    io::{self, IsTerminal as _},
};

use prober::load::Variables;
use tracing_subscriber::{EnvFilter, fmt, util::SubscriberInitExt as _};

use crate::settings::LogFormat;

/// The variables that set the level, the first that is there.
const VARIABLES: [&str; 2] = ["BELFRY_LOG", "RUST_LOG"];
/// Ours by life events; a library only when something is wrong.
const DEFAULT: &str = "warn,statuspage=info,prober=info";

/// Logging cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level cannot be read.
    #[error(
        "{variable} cannot be {text:?}: a level is error, warn, info, debug or trace, for all or by module: info,prober=debug"
    )]
    Filter {
        /// The variable.
        variable: &'static str,
        /// Its value.
        text: String,
    },
    /// There is a subscriber already.
    #[error("logging is set up already")]
    Twice,
}

/// Sets up logging for the whole process; call it once, first.
///
/// # Errors
///
/// When the level cannot be read, or logging was set up before.
pub fn init(format: LogFormat, variables: &Variables) -> Result<(), TelemetryError> {
    let subscriber =
        fmt().with_env_filter(filter(variables)?).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let done = match format {
        LogFormat::Text => subscriber.with_target(false).finish().try_init(),
        LogFormat::Json => {
            subscriber.json().flatten_event(true).with_current_span(true).with_span_list(false).finish().try_init()
        }
    };
    done.map_err(|_| TelemetryError::Twice)
}

fn filter(variables: &Variables) -> Result<EnvFilter, TelemetryError> {
    let given = VARIABLES.iter().find_map(|&variable| {
        let text = variables.get(OsStr::new(variable))?.to_string_lossy().into_owned();
        (!text.is_empty()).then_some((variable, text))
    });
    let Some((variable, text)) = given else { return Ok(EnvFilter::new(DEFAULT)) };
    EnvFilter::builder().parse(&text).map_err(|_| TelemetryError::Filter { variable, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_variable_comes_before_the_customary_one() {
        let check = |given: &[(&str, &str)], expected: &str| {
            let variables = given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let filter = filter(&variables);
            assert_eq!(filter.map_or_else(|fault| fault.to_string(), |filter| filter.to_string()), expected);
        };
        check(&[], "statuspage=info,prober=info,warn");
        check(&[("RUST_LOG", "debug")], "debug");
        check(&[("BELFRY_LOG", "trace"), ("RUST_LOG", "debug")], "trace");
        check(&[("BELFRY_LOG", ""), ("RUST_LOG", "debug")], "debug");
        let wrong = "BELFRY_LOG cannot be \"a=b=c\": a level is error, warn, info, debug or trace, for all or by module: info,prober=debug";
        check(&[("BELFRY_LOG", "a=b=c")], wrong);
    }
}
