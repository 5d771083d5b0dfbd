//! Passwords: argon2id hashes in the form of the PHC, by OWASP's parameters.
//!
//! It does not know whose password it is.

use std::str::FromStr;

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc},
};
use aws_lc_rs::rand;

/// Shorter ones are guessed (NIST SP 800-63B-4 asks for 15 where nothing else protects; sign-in is also limited here).
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest that is hashed, in bytes.
const LONGEST: usize = 1_024;
const SALT: usize = 16;

/// The least of OWASP's equivalent choices, by memory (KiB) and by memory times passes.
const LEAST_MEMORY: u32 = 7_168;
const LEAST_WORK: u64 = 35_840;
/// More would let a sign-in take the machine's memory or a core for seconds.
const MOST_MEMORY: u32 = 256 << 10;
const MOST_WORK: u64 = 1 << 20;
const MOST_LANES: u32 = 16;

/// The hash of nothing that anybody knows, for when there is no account.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$QmVsZnJ5J3MgZGVjb3k$8p3gcp4Jk9rRxF7kQ3Ynhmw2dQm1V7m3v5k0mJ0bYvA";

/// An argon2id hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordHash(phc::PasswordHash);

/// A password has too few characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the password has fewer than {SHORTEST_PASSWORD} characters: whoever gets the settings file tries short ones by the billion; \
     four or five words in a row are long and easy to remember"
)]
pub struct TooShort;

/// Why a text is no hash that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnusableHash {
    /// It is not in the form of the PHC: it may be the password itself.
    #[error("it is no hash of a password")]
    Foreign,
    /// It is a hash by another function.
    #[error("it is a hash by another function than argon2id")]
    Algorithm,
    /// Something of it is missing or cut off.
    #[error("the hash is not complete")]
    Incomplete,
    /// It is too cheap to compute.
    #[error("the hash was made with parameters that are too weak: at least m=19456,t=2,p=1 or OWASP's equivalents")]
    Weak,
    /// It is too dear to compute.
    #[error(
        "the hash was made with parameters that are too strong: at most m=262144, m × t at most 1048576, p at most 16"
    )]
    Strong,
}

impl PasswordHash {
    /// The hash of a new password; takes a moment by design.
    ///
    /// # Errors
    ///
    /// When the password is too short.
    pub fn new(password: &str) -> Result<Self, TooShort> {
        if password.chars().count() < SHORTEST_PASSWORD {
            return Err(TooShort);
        }
        let mut salt = [0; SALT];
        rand::fill(&mut salt).expect("the system has randomness");
        let hash = function().hash_password_with_salt(password.as_bytes(), &salt);
        Ok(Self(hash.expect("a salt of 16 bytes and the default parameters are sound")))
    }

    /// Whether it is the hash of that password; takes a moment by design.
    pub fn is_of(&self, password: &str) -> bool {
        password.len() <= LONGEST && function().verify_password(password.as_bytes(), &self.0).is_ok()
    }

    /// As it is written.
    pub fn as_text(&self) -> String {
        self.0.to_string()
    }

    pub(super) fn decoy() -> Self {
        DECOY.parse().expect("a constant, which a test reads")
    }
}

/// Argon2id with 19 MiB, 2 passes and 1 lane: OWASP's first choice and the crate's default.
fn function() -> Argon2<'static> {
    Argon2::default()
}

impl FromStr for PasswordHash {
    type Err = UnusableHash;

    fn from_str(text: &str) -> Result<Self, UnusableHash> {
        let function = text.strip_prefix('$').and_then(|rest| rest.split_once('$')).map(|(function, _)| function);
        match function {
            Some("argon2id") => {}
            // Without a dollar in front it is likely to be a password.
            None | Some("") => return Err(UnusableHash::Foreign),
            Some(_) => return Err(UnusableHash::Algorithm),
        }
        let hash = phc::PasswordHash::new(text).map_err(|_| UnusableHash::Incomplete)?;
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err(UnusableHash::Incomplete);
        }
        let params = Params::try_from(&hash).map_err(|_| UnusableHash::Incomplete)?;
        let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
        if params.m_cost() < LEAST_MEMORY || work < LEAST_WORK {
            return Err(UnusableHash::Weak);
        }
        if params.m_cost() > MOST_MEMORY || work > MOST_WORK || params.p_cost() > MOST_LANES {
            return Err(UnusableHash::Strong);
        }
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_recognised_by_its_hash_alone() {
        let hash = PasswordHash::new("correct horse battery").expect("long enough");
        let written: PasswordHash = hash.as_text().parse().expect("it reads back");
        assert!(hash.as_text().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_text());
        assert!(written.is_of("correct horse battery"));
        assert!(!written.is_of("correct horse batterx"));
        assert!(!written.is_of(&"x".repeat(LONGEST + 1)));
        assert_ne!(hash, PasswordHash::new("correct horse battery").expect("long enough"), "each has its own salt");
    }

    #[test]
    fn a_short_password_is_refused_by_its_characters() {
        assert_eq!(PasswordHash::new("été été été"), Err(TooShort));
        assert!(PasswordHash::new("été été été !").is_ok());
    }

    #[test]
    fn a_text_that_is_no_usable_hash_is_refused_with_the_reason() {
        let check =
            |text: &str, expected: UnusableHash| assert_eq!(text.parse::<PasswordHash>(), Err(expected), "{text}");
        let rest = "$QmVsZnJ5J3MgZGVjb3k$8p3gcp4Jk9rRxF7kQ3Ynhmw2dQm1V7m3v5k0mJ0bYvA";
        check("correct horse battery", UnusableHash::Foreign);
        check("$$$", UnusableHash::Foreign);
        check("$2b$12$abcdefghijklmnopqrstuv", UnusableHash::Algorithm);
        check(&format!("$argon2i$v=19$m=19456,t=2,p=1{rest}"), UnusableHash::Algorithm);
        check("$argon2id$v=19$m=19456,t=2,p=1$QmVsZnJ5J3MgZGVjb3k", UnusableHash::Incomplete);
        check(&format!("$argon2id$v=19$m=19456,t=x,p=1{rest}"), UnusableHash::Incomplete);
        check(&format!("$argon2id$v=19$m=4096,t=12,p=1{rest}"), UnusableHash::Weak);
        check(&format!("$argon2id$v=19$m=19456,t=1,p=1{rest}"), UnusableHash::Weak);
        check(&format!("$argon2id$v=19$m=4194304,t=1,p=1{rest}"), UnusableHash::Strong);
        assert!(format!("$argon2id$v=19$m=7168,t=5,p=1{rest}").parse::<PasswordHash>().is_ok());
        assert!(!PasswordHash::decoy().is_of(""));
    }
}
