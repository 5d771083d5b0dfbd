//! The flags of what makes accounts and tokens.
//!
//! It does not know how either is made, nor the settings they are written into.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::access::{ExpiryDate, OperatorName};

/// What is done with operators' accounts.
#[derive(Debug, Clone, Subcommand)]
pub enum OperatorCommand {
    /// Ask for a password and print the `[[operator]]` block for the settings file
    ///
    /// The password is asked for twice on the terminal and not shown; from a pipe or a file it is the first line. Only its
    /// argon2id hash is printed. A running hub takes the block up within seconds of its being in the settings file.
    Add(AddOperator),
}

/// What is done with tokens of programs.
#[derive(Debug, Clone, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a program, show it once, and print the `[[token]]` block for the settings file
    ///
    /// The block, which holds only the token's hash, goes to standard output, the token to standard error or into a file: it cannot
    /// be shown again. Programs send it as `Authorization: Bearer …`. A running hub takes the block up within seconds of its being in
    /// the settings file.
    Add(AddToken),
}

/// The flags of `operator add`.
#[derive(Debug, Clone, Args)]
pub struct AddOperator {
    /// What the operator is called, at sign-in and in the audit log
    pub name: OperatorName,
    /// Read the password from the first line of this file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// The flags of `token add`.
#[derive(Debug, Clone, Args)]
pub struct AddToken {
    /// What the program is called in the audit log
    pub name: OperatorName,
    /// The day from which on it opens nothing, in the site's time zone, such as 2027-01-01
    #[arg(long, value_name = "DAY")]
    pub expires: Option<ExpiryDate>,
    /// Write the token into this new file, for its user alone, and do not show it
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}
