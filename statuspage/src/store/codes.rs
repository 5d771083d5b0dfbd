//! The numbers under which closed sets are stored, in rows and in block files alike.
//!
//! A number keeps its meaning for ever. It does not know what they are parts of.

use shared::{HttpVersion, Verdict};

/// The number of a verdict.
pub(super) fn of_verdict(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Warn => 1,
        Verdict::Fail => 2,
        Verdict::Unknown => 3,
    }
}

/// The verdict of a number.
pub(super) fn verdict(code: u8) -> Option<Verdict> {
    Verdict::ALL.into_iter().find(|verdict| of_verdict(*verdict) == code)
}

/// The number of a version of HTTP.
pub(super) fn of_version(version: HttpVersion) -> u8 {
    match version {
        HttpVersion::Http10 => 10,
        HttpVersion::Http11 => 11,
        HttpVersion::Http2 => 20,
    }
}

/// The version of HTTP of a number.
pub(super) fn version(code: u8) -> Option<HttpVersion> {
    let all = [HttpVersion::Http10, HttpVersion::Http11, HttpVersion::Http2];
    all.into_iter().find(|version| of_version(*version) == code)
}
