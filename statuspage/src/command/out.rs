//! What commands print. Who reads it may have seen enough (`… | head`): that is an end like any other, and no panic.
//!
//! It does not know what is said.

use std::{
    fmt::{self, Display},
    io::{self, ErrorKind, Write as _},
};

use anyhow::{Context as _, Result};

/// Nobody reads the output any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody reads the output any more")]
pub struct Unread;

/// Prints a line.
///
/// # Errors
///
/// [`Unread`], or when the output cannot be written.
pub fn line(line: impl Display) -> Result<()> {
    print(format_args!("{line}\n"))
}

/// Prints text that ends its lines itself.
///
/// # Errors
///
/// [`Unread`], or when the output cannot be written.
pub fn text(text: impl Display) -> Result<()> {
    print(format_args!("{text}"))
}

fn print(text: fmt::Arguments<'_>) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unread.into()),
        result => result.context("cannot write the output"),
    }
}
