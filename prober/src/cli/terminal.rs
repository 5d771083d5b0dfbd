//! Where a command speaks: standard output for what was asked for, standard error for what went wrong.
//!
//! It does not know what is said.

use std::io::{self, IsTerminal as _, Write};

use crate::load::Style;

/// Narrower than that nothing can be drawn.
const NARROWEST: usize = 40;
/// Where nobody says how wide it is.
const USUAL: usize = 80;

/// Two streams, and how to write on them.
pub struct Terminal<'a> {
    out: Box<dyn Write + 'a>,
    err: Box<dyn Write + 'a>,
    /// For standard output.
    pub(super) out_style: Style,
    /// For standard error.
    pub(super) err_style: Style,
    /// In columns.
    pub(super) width: usize,
}

impl<'a> Terminal<'a> {
    /// The process's own: with colours on a terminal, unless `NO_COLOR` is set (no-color.org).
    pub fn standard() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let style = |colours: bool| if colours && !plain { Style::Coloured } else { Style::Plain };
        let wanted = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
        let there = || rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
        let columns = wanted.or_else(there).filter(|columns| *columns > 0);
        Self {
            out_style: style(io::stdout().is_terminal()),
            err_style: style(io::stderr().is_terminal()),
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            width: columns.unwrap_or(USUAL).max(NARROWEST),
        }
    }

    /// Writes plain text elsewhere.
    pub fn plain(out: impl Write + 'a, err: impl Write + 'a) -> Self {
        Self { out: Box::new(out), err: Box::new(err), out_style: Style::Plain, err_style: Style::Plain, width: USUAL }
    }

    /// What was asked for. Fails where nobody reads any more.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// What went wrong. Where even that cannot be written, the exit code still says it.
    pub(super) fn complain(&mut self, text: &str) {
        let _ = writeln!(self.err, "{text}");
    }
}
