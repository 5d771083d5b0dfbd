//! What enhanced status codes (RFC 3463) say of a mailbox, whoever says it: a relay at once, or a report days later.
//!
//! It does not know what is done about it.

/// Whether the parts of a code say for certain that there is no such mailbox: 5.1.1, moved without a trace (5.1.6), and a domain that
/// takes no mail at all (5.1.10, RFC 7505). Other refusals may pass: domains are gone for a day, mailboxes are closed and opened again.
pub(super) fn names_no_mailbox(parts: &[&str]) -> bool {
    matches!(parts, ["5", "1", "1" | "6" | "10"])
}
