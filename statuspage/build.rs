//! Builds the browser's half: the islands as WASM, their JavaScript, and the script that starts them, all embedded in the server.
//!
//! It does not know what the islands do. Without the feature `bundle` it does nothing, which also ends the recursion: the cargo
//! that it starts builds this same package, without `bundle`.

use std::process::ExitCode;

#[cfg(feature = "bundle")]
#[path = "build/browser.rs"]
mod browser;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "bundle")]
    if let Err(error) = browser::build() {
        println!("cargo::error={}", error.to_string().replace('\n', "; "));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
