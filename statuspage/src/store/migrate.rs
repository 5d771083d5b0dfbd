//! From the formats of earlier versions to the present one; each step may be cut off and begun again.
//!
//! It does not know newer formats: they are refused before.
//!
//! | format | what changed |
//! |---|---|
//! | 2 | the newest failures are kept as copies, since results leave the database when their hour is sealed; observations are counted |

use std::ops::ControlFlow;

use super::{
    database::{Broken, Order},
    directory::FORMAT,
    frame,
    key::{self, Kind},
    restore::FAILURES,
    shelf::Shelf,
    tally::Tallies,
};

/// Rows changed in one transaction.
const STEP: usize = 500;

/// Brings a database of format `from` to the present one.
pub(super) fn migrate(shelf: &Shelf, from: u32) -> Result<(), Broken> {
    tracing::info!(from, to = FORMAT, "bringing the database to the format of this version");
    copy_failures(shelf)?;
    count(shelf)?;
    shelf.set_format()
}

/// Gives the newest failures of each component the body of their observation and removes the others.
fn copy_failures(shelf: &Shelf) -> Result<(), Broken> {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    let (mut component, mut newest) = (None, 0);
    for key in keys(shelf, Kind::Failure, Order::Descending)? {
        let Some((of, place)) = key::read_observation(&key) else { continue };
        newest = if component.as_ref() == Some(&of) { newest + 1 } else { 1 };
        let body = shelf.get(&key::observation(Kind::Observation, &of, place))?;
        match body.filter(|_| newest <= FAILURES) {
            Some(body) => new.push((key.clone(), frame::seal(&key, &body))),
            None => gone.push(key.clone()),
        }
        component = Some(of);
    }
    for step in gone.chunks(STEP) {
        shelf.remove(step)?;
    }
    for step in new.chunks(STEP) {
        shelf.replace(&[], step)?;
    }
    Ok(())
}

fn count(shelf: &Shelf) -> Result<(), Broken> {
    let mut tallies = Tallies::new();
    shelf.scan(&Kind::Observation.prefix(), &[Kind::Observation as u8 + 1], Order::Ascending, |key, _| {
        if let Some(location) = key::location_of(key) {
            tallies.entry(location.to_owned()).or_default().written += 1;
        }
        ControlFlow::Continue(())
    })?;
    shelf.set_tallies(tallies)
}

fn keys(shelf: &Shelf, kind: Kind, order: Order) -> Result<Vec<Vec<u8>>, Broken> {
    let mut keys = Vec::new();
    shelf.scan(&kind.prefix(), &[kind as u8 + 1], order, |key, _| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    })?;
    Ok(keys)
}
