//! The command line of the prober.

use std::process::ExitCode;

use clap::Parser as _;
use prober::{
    cli::{Arguments, Terminal, run},
    limits,
};

fn main() -> ExitCode {
    limits::raise_open_files();
    let arguments = Arguments::parse();
    run(&arguments, &mut Terminal::standard()).into()
}
