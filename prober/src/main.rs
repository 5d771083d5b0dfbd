//! The command line of the prober.

use std::process::ExitCode;

fn main() -> ExitCode {
    prober::cli::main()
}
