//! What is made with the key of subscribers: MACs that say whose a link is, and hashes that nobody else can compute.
//!
//! It does not know where the key lies. Each use has a key of its own, so that none says anything of another.

use std::fmt;

use aws_lc_rs::hmac;

use super::{MailAddress, SubscriberId, Token, id::digits};

/// Bytes of the key.
pub(super) const KEY: usize = 32;
/// Bytes of a MAC in a return path: who tries 2^80 mails has better ways.
const SHORT: usize = 10;
/// In front of the return path of a mail, see [`Keys::return_path`].
const RETURN: &str = "b+";

/// The keys that follow from the one in the file.
#[derive(Clone)]
pub struct Keys {
    seal: [u8; KEY],
    fingerprint: [u8; 8],
    unsubscribe: hmac::Key,
    refuse: hmac::Key,
    bounce: hmac::Key,
    mailbox: hmac::Key,
}

/// A mailbox that is not known any more but by those who know it already and have the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Trace(pub(super) [u8; 16]);

impl Keys {
    /// Those of a key.
    pub fn of(key: &[u8; KEY]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, key);
        let derived = |purpose: &str| first::<KEY>(&root, &[b"belfry subscribers ", purpose.as_bytes()]);
        let mac = |purpose| hmac::Key::new(hmac::HMAC_SHA256, &derived(purpose));
        Self {
            seal: derived("seal"),
            fingerprint: first(&root, &[b"belfry subscribers fingerprint"]),
            unsubscribe: mac("unsubscribe"),
            refuse: mac("refuse"),
            bounce: mac("bounce"),
            mailbox: mac("mailbox"),
        }
    }

    /// What the file is sealed with.
    pub(super) fn seal(&self) -> &[u8; KEY] {
        &self.seal
    }

    /// Tells keys apart without saying anything of them.
    pub(super) fn fingerprint(&self) -> [u8; 8] {
        self.fingerprint
    }

    /// The link by which a subscriber leaves: it needs no table, so that it lives as long as the mail does.
    pub(super) fn unsubscribe(&self, id: SubscriberId) -> Token {
        sign(&self.unsubscribe, id.bits())
    }

    /// Whose link to leave that is.
    pub(super) fn unsubscribed(&self, token: &Token) -> Option<SubscriberId> {
        verify(&self.unsubscribe, token).map(SubscriberId::of)
    }

    /// The link by which a mailbox is never written to again.
    pub(super) fn refuse(&self, trace: Trace) -> Token {
        sign(&self.refuse, &trace.0)
    }

    /// Which mailbox is never to be written to again.
    pub(super) fn refused(&self, token: &Token) -> Option<Trace> {
        verify(&self.refuse, token).map(Trace)
    }

    /// The name in front of the `@` of a mail's return path: `b+`, whose it is, and that we wrote it.
    pub(super) fn return_path(&self, id: SubscriberId) -> String {
        format!("{RETURN}{id}.{}", digits(&first::<SHORT>(&self.bounce, &[id.bits()])))
    }

    /// Whose return path that is, where it is one of ours.
    pub(super) fn returned(&self, local_part: &str) -> Option<SubscriberId> {
        let (prefix, rest) = local_part.split_at_checked(RETURN.len())?;
        let (id, mac) = rest.split_once('.').filter(|_| prefix.eq_ignore_ascii_case(RETURN))?;
        let (id, mac) = (id.parse::<SubscriberId>().ok()?, super::id::bits::<SHORT>(mac)?);
        same(&mac, &first::<SHORT>(&self.bounce, &[id.bits()])).then_some(id)
    }

    /// What is remembered of the mailbox behind an address, however it is written.
    pub(super) fn mailbox(&self, address: &MailAddress) -> Trace {
        Trace(first(&self.mailbox, &[b"mailbox ", address.folded().as_bytes()]))
    }

    /// What is remembered of exactly this address.
    pub(super) fn address(&self, address: &MailAddress) -> Trace {
        Trace(first(&self.mailbox, &[b"address ", address.key().as_bytes()]))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

fn sign(key: &hmac::Key, name: &[u8; 16]) -> Token {
    Token::signed(name, &first(key, &[name]))
}

fn verify(key: &hmac::Key, token: &Token) -> Option<[u8; 16]> {
    let (name, mac) = token.parts()?;
    same(&mac, &first::<16>(key, &[&name])).then_some(name)
}

/// In a time that does not tell where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

fn first<const N: usize>(key: &hmac::Key, parts: &[&[u8]]) -> [u8; N] {
    let mut context = hmac::Context::with_key(key);
    parts.iter().for_each(|part| context.update(part));
    *context.sign().as_ref().first_chunk().expect("at most the 32 bytes of HMAC-SHA-256 are asked for")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_what_it_was_made_for_and_nothing_else() {
        let (keys, others) = (Keys::of(&[1; KEY]), Keys::of(&[2; KEY]));
        let (id, trace) = (SubscriberId::of([3; 16]), Trace([3; 16]));
        let (leave, refuse) = (keys.unsubscribe(id), keys.refuse(trace));
        assert_eq!((keys.unsubscribed(&leave), keys.refused(&refuse)), (Some(id), Some(trace)));
        assert_eq!((keys.unsubscribed(&refuse), keys.refused(&leave)), (None, None));
        assert_eq!((others.unsubscribed(&leave), others.refused(&refuse)), (None, None));
        assert_ne!(keys.fingerprint(), others.fingerprint());
    }

    #[test]
    fn a_return_path_is_known_again_however_mail_systems_write_it() {
        let keys = Keys::of(&[1; KEY]);
        let id = SubscriberId::of([3; 16]);
        let path = keys.return_path(id);
        assert!(path.len() <= 64, "{path} is too long for a local part");
        assert_eq!(keys.returned(&path), Some(id));
        assert_eq!(keys.returned(&path.to_ascii_uppercase()), Some(id));
        let other = keys.return_path(SubscriberId::of([4; 16]));
        let mixed = format!("{}{}", &path[..29], &other[29..]);
        for forged in ["", "b+", "é", &path[1..], &path[..path.len() - 1], mixed.as_str()] {
            assert_eq!(keys.returned(forged), None, "{forged}");
        }
    }
}
