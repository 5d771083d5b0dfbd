//! Judges what probers observe and tells everybody: store, engine, notifications, API and pages.
//!
//! It does not know how a probe is made. The feature `ssr` is the server, `hydrate` the browser's half; they never meet in one
//! build.

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!(
    "`ssr` is the server and `hydrate` the browser: build one of them, never both (and never --all-features)"
);

#[cfg(feature = "ssr")]
pub mod bundle;
pub mod island;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(feature = "ssr")]
pub mod snapshot;
#[cfg(feature = "ssr")]
pub mod style;
#[cfg(feature = "ssr")]
pub mod words;
