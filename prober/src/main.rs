//! The command line of the prober.

use std::process::ExitCode;

use clap::Parser as _;
use prober::cli::{Arguments, Terminal, run};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(&arguments, &mut Terminal::standard()).into()
}
