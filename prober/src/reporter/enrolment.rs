//! How a location introduces itself: with a key of its own and the code that an operator made for it, once.
//!
//! It does not know what is reported later.

use shared::report::{ENROLMENT_FORMAT, Enrolment, RefusalKind};

use super::{
    Identity, ReporterError, ReporterOptions,
    hub::{HubClient, Unanswered},
};
use crate::journal::UnreadJournal;

/// Why a location is not enrolled: one sentence for the operator, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    /// There is neither a key nor a code.
    #[error(
        "this location is not enrolled yet: `statuspage location add {0}` on the hub prints a code, which goes here as --enrol CODE"
    )]
    NoCode(shared::LocationName),
    /// The hub says no.
    #[error("the hub does not enrol this location: {0}")]
    Refused(String),
    /// The hub says nothing that can be understood.
    #[error("the hub could not be asked to enrol this location: {0}; the same code can be used again")]
    Unanswered(String),
}

/// The key to sign with: the one that is there, or a new one that the hub has just learnt.
pub(super) async fn identity(
    options: &ReporterOptions,
    hub: &HubClient,
    journal: &mut UnreadJournal,
) -> Result<Identity, ReporterError> {
    let (data, location) = (&options.data, &options.location);
    let known = Identity::read(data, location)?;
    let code = options.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let (known, code) = match (known, code) {
        (Some(known), None) => return Ok(known),
        // Once is enough: a container has the same flags at each start.
        (Some(known), Some(code)) if known.is_of(code) => return Ok(known),
        (None, None) => return Err(EnrolmentError::NoCode(location.clone()).into()),
        (known, Some(code)) => (known, code),
    };
    let pending = Identity::read_pending(data, location)?.filter(|pending| pending.is_of(code));
    let identity = match pending {
        Some(pending) => pending,
        None => {
            let made = Identity::generate(location.clone(), code)?;
            made.write_pending(data)?;
            made
        }
    };
    let enrolled = match (hub.enrol(&enrolment(&identity, code)).await.map_err(refused), known) {
        (Ok(enrolled), _) => enrolled,
        // What can still probe and report does: the code is tried again at the next start.
        (Err(error), Some(known)) => {
            tracing::warn!(%location, %error, "the new code brought no new key: this location goes on with the key that it has");
            return Ok(known);
        }
        (Err(error), None) => return Err(error.into()),
    };
    journal.go_on_above(enrolled.highest);
    Identity::confirm(data)?;
    tracing::info!(%location, "the hub knows this location's key");
    Ok(identity)
}

fn enrolment(identity: &Identity, code: &str) -> Enrolment {
    let (location, public_key) = (identity.location().clone(), identity.public_key());
    let signature = identity.sign(&Enrolment::signed(&location, code, &public_key));
    let (format, code) = (ENROLMENT_FORMAT.to_owned(), code.to_owned());
    Enrolment { format, location, code, public_key, signature }
}

fn refused(unanswered: Unanswered) -> EnrolmentError {
    match unanswered {
        Unanswered::Refused(refusal) => match refusal.kind {
            RefusalKind::TooOften | RefusalKind::Behind | RefusalKind::Late => {
                EnrolmentError::Unanswered(refusal.detail)
            }
            RefusalKind::Unknown
            | RefusalKind::Revoked
            | RefusalKind::Conflict
            | RefusalKind::Code
            | RefusalKind::Malformed => EnrolmentError::Refused(refusal.detail),
        },
        other @ (Unanswered::TooOften { .. } | Unanswered::Foreign(_) | Unanswered::Lost(_)) => {
            EnrolmentError::Unanswered(other.to_string())
        }
    }
}
