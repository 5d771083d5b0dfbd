//! The codec of observations: the rows of one probe at one location, column by column.
//!
//! It does not know files, nor what the frame is called: probe and location come from outside.
//!
//! | part | what |
//! |---|---|
//! | version | one byte, 1 |
//! | rows | varint, at most [`MAX_ROWS`] |
//! | shapes | what is not a time ([`shape`]), in the order of first appearance: varint number of them, then each as varint length and postcard |
//! | pco | the two bytes of pco's format version |
//! | columns | the shape's number of each row; starts in milliseconds; each phase in microseconds, only where it was reached; the rest of the duration beyond the sum of the phases, which may be negative; then each phase of all redirects |
//!
//! Columns ([`column`]) follow each other without lengths: how many values each has follows from the shapes.

mod column;
mod shape;

#[cfg(test)]
pub(super) mod sample;

use std::{collections::HashMap, time::Duration};

use shared::{LocationName, Observation, ProbeId, Timestamp, Timings};

use column::{Packer, Unpacker, put_varint, take_varint};
use shape::{PHASES, Present, Said, Shape};

const VERSION: u8 = 1;
/// The most rows of one payload, so that what a few bytes may claim stays bounded in memory.
pub(super) const MAX_ROWS: usize = 8_192;

/// The payload for at most [`MAX_ROWS`] observations of one probe at one location; they come back in the same order.
pub(super) fn pack(observations: &[Observation]) -> Vec<u8> {
    let mut numbers = HashMap::new();
    let mut shapes = Vec::new();
    let mut index = Vec::with_capacity(observations.len());
    for observation in observations {
        let shape = Shape::of(observation);
        let number = *numbers.entry(shape.clone()).or_insert(shapes.len());
        if number == shapes.len() {
            shapes.push(shape);
        }
        index.push(whole(number));
    }
    let mut payload = vec![VERSION];
    put_varint(&mut payload, observations.len() as u64);
    put_varint(&mut payload, shapes.len() as u64);
    for shape in &shapes {
        let stored = shape.store();
        put_varint(&mut payload, stored.len() as u64);
        payload.extend(stored);
    }
    let mut packer = Packer::new(&mut payload);
    packer.column(&index);
    packer.column(&observations.iter().map(|observation| observation.started_at.as_millis()).collect::<Vec<_>>());
    pack_times(&mut packer, observations);
    payload
}

fn pack_times(packer: &mut Packer<'_>, observations: &[Observation]) {
    for phase in 0..PHASES {
        let times = observations.iter().filter_map(|observation| observation.timings.phases()[phase].1);
        packer.column(&times.map(micros).collect::<Vec<_>>());
    }
    let rest = |observation: &Observation| micros(observation.duration).wrapping_sub(sum(&observation.timings));
    packer.column(&observations.iter().map(rest).collect::<Vec<_>>());
    for phase in 0..PHASES {
        let hops = observations.iter().flat_map(|observation| &observation.http).flat_map(|http| {
            // As many as the shape keeps.
            http.redirects.iter().take(shape::MAX_HOPS)
        });
        let times = hops.filter_map(|hop| hop.timings.phases()[phase].1);
        packer.column(&times.map(micros).collect::<Vec<_>>());
    }
}

/// The observations of a payload; none when it is not one of these. Whatever the bytes are, it does not panic, and takes no more
/// memory than [`MAX_ROWS`] rows can.
pub(super) fn unpack(probe: &ProbeId, location: &LocationName, payload: &[u8]) -> Option<Vec<Observation>> {
    let (&VERSION, mut rest) = payload.split_first()? else { return None };
    let rows = usize::try_from(take_varint(&mut rest)?).ok().filter(|&rows| rows <= MAX_ROWS)?;
    let (shapes, said) = unpack_shapes(&mut rest, rows)?;
    let mut columns = Unpacker::new(rest)?;
    let index: Vec<usize> =
        columns.column(rows)?.into_iter().map(|number| usize::try_from(number).ok()).collect::<Option<_>>()?;
    let rows: Vec<&Shape> = index.iter().map(|&number| shapes.get(number)).collect::<Option<_>>()?;
    let starts = columns.column(rows.len())?;
    let phases: Vec<Present> = rows.iter().map(|shape| shape.phases()).collect();
    let timings = unpack_times(&mut columns, &phases)?;
    let rests = columns.column(rows.len())?;
    let phases: Vec<Present> = rows.iter().flat_map(|shape| shape.redirect_phases()).collect();
    let mut hops = unpack_times(&mut columns, &phases)?.into_iter();
    if !columns.is_done() {
        return None;
    }
    let rows = index.iter().zip(starts).zip(timings).zip(rests);
    let observations = rows.map(|(((&number, start), timings), rest)| {
        let mut said = said[number].clone();
        for hop in said.http.iter_mut().flat_map(|http| &mut http.redirects) {
            hop.timings = hops.next().unwrap_or_default();
        }
        observation(probe, location, Timestamp::from_millis(start), timings, rest, said)
    });
    Some(observations.collect())
}

/// The shapes and what they say; no more of them than rows.
fn unpack_shapes(rest: &mut &[u8], rows: usize) -> Option<(Vec<Shape>, Vec<Said>)> {
    let count = usize::try_from(take_varint(rest)?).ok().filter(|&count| count <= rows)?;
    let (mut shapes, mut said) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let length = usize::try_from(take_varint(rest)?).ok()?;
        let (stored, behind) = rest.split_at_checked(length)?;
        let shape = Shape::read(stored)?;
        said.push(shape.said()?);
        shapes.push(shape);
        *rest = behind;
    }
    Some((shapes, said))
}

fn observation(
    probe: &ProbeId,
    location: &LocationName,
    started_at: Timestamp,
    timings: Timings,
    rest: i64,
    said: Said,
) -> Observation {
    Observation {
        probe: probe.clone(),
        location: location.clone(),
        started_at,
        verdict: said.verdict,
        failure: said.failure,
        timings,
        duration: duration(rest.wrapping_add(sum(&timings))),
        http: said.http,
        certificate_expires_at: said.certificate_expires_at,
        confirmation: said.confirmation,
        address: said.address,
    }
}

/// Timings for each row, from a column for each phase with values where that phase was reached.
fn unpack_times(columns: &mut Unpacker<'_>, rows: &[Present]) -> Option<Vec<Timings>> {
    let mut times = vec![[None; PHASES]; rows.len()];
    for phase in 0..PHASES {
        let reached = || rows.iter().map(|present| present.has(phase));
        let values = columns.column(reached().filter(|&has| has).count())?;
        let places = times.iter_mut().zip(reached()).filter(|&(_, has)| has);
        places.zip(values).for_each(|((row, _), value)| row[phase] = Some(duration(value)));
    }
    let timings = |[resolve, connect, tls, processing, transfer]: [Option<Duration>; PHASES]| Timings {
        resolve,
        connect,
        tls,
        processing,
        transfer,
    };
    Some(times.into_iter().map(timings).collect())
}

/// All phases together, wrapping: it is added to what it was subtracted from.
fn sum(timings: &Timings) -> i64 {
    timings.phases().iter().filter_map(|&(_, time)| time).map(micros).fold(0, i64::wrapping_add)
}

/// Whole microseconds, as the bits of an unsigned number.
fn micros(duration: Duration) -> i64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX).cast_signed()
}

fn duration(micros: i64) -> Duration {
    Duration::from_micros(micros.cast_unsigned())
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
