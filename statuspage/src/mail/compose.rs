//! What letters say, as pure functions of what is told and to whom.
//!
//! It does not know relays, signatures nor when something is told.

/// How the local part of a return path begins (VERP).
pub const RETURN: &str = "b+";
