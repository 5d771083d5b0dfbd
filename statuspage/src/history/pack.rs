//! The rows of one component packed together, by columns: what a frame of a block file holds.
//!
//! It does not know files. A row of an hour with three locations takes a third of what it takes alone.
//!
//! First comes what a start needs: the version, and in postcard the beginnings, the accounts and the percentiles. The rest follows,
//! counts and sketches, also in postcard, deflated where that makes it shorter: sketches of neighbouring hours are alike, and the
//! length of Huffman's codes does for their bins what a codec for numbers would. Rows that cannot be read are carried as they are.

mod column;

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
};

use bytes::Bytes;
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Deserialize, Serialize};
use shared::{LocationName, Timestamp};

use super::{
    account::Account,
    latency::{Bin, Point, Sketch},
    row::{Body, RowError, Span},
};
use column::Column;

const VERSION: u8 = 1;
/// More rows than there are hours in eleven years are nothing that was packed here: frames hold those of a month at most.
const MAX_ROWS: usize = 100_000;
/// A deflated rest never holds more than a thousand times its length (RFC 1951: 258 bytes for 2 bits), nor than that.
const MAX_REST: u64 = 64 << 20;

/// What a start reads.
#[derive(Serialize, Deserialize)]
struct Head {
    rows: u32,
    starts: Column,
    watched_from: Column,
    known_from: Column,
    spent_until: Column,
    accounts: [Column; 5],
    places: Vec<Place>,
}

/// The percentiles at one location.
#[derive(Serialize, Deserialize)]
struct Place {
    name: LocationName,
    /// The rows in which it is not.
    absent: Vec<u32>,
    counts: Column,
    percentiles: [Column; 3],
}

/// What only those read who ask for it.
#[derive(Serialize, Deserialize)]
struct Rest {
    verdicts: [Column; 4],
    /// Each kind's word, with the rows in which it is and how often.
    kinds: Vec<(String, Vec<(u32, u64)>)>,
    /// In the order of the places, and of their rows.
    sketches: Vec<Vec<Sketch>>,
    /// Rows that this release cannot read.
    strange: Vec<(i64, Vec<u8>)>,
}

/// One row as a start needs it.
pub(super) struct Summary {
    pub(super) start: Timestamp,
    pub(super) span: Span,
    pub(super) account: Account,
    pub(super) points: Vec<(LocationName, Point)>,
}

/// Packs the rows of one component, each with the start under which it is kept, the oldest first.
pub fn pack(rows: &[(Timestamp, Bytes)]) -> Vec<u8> {
    let (mut known, mut strange) = (Vec::new(), Vec::new());
    for (start, row) in rows {
        match Body::of(row) {
            Ok(body) => known.push((*start, body)),
            Err(RowError::Newer(_) | RowError::Damaged) => strange.push((start.as_millis(), row.to_vec())),
        }
    }
    let names: BTreeSet<_> = known.iter().flat_map(|(_, body)| &body.latency).map(|(name, _)| name).collect();
    let names: Vec<_> = names.into_iter().collect();
    let mut payload = vec![VERSION];
    payload.extend(encode(&head(&known, &names)));
    let rest = encode(&rest(&known, &names, strange));
    let deflated = deflate(&rest);
    payload.push(u8::from(deflated.len() < rest.len()));
    payload.extend(if deflated.len() < rest.len() { deflated } else { rest });
    payload
}

/// Gives back rows that replace the packed ones: they say the same. Nothing when the payload was not made by [`pack`], or has
/// been damaged since.
pub fn unpack(payload: &[u8]) -> Option<Vec<(Timestamp, Bytes)>> {
    let (head, rest) = head_of(payload).ok()?;
    let (&is_deflated, rest) = rest.split_first()?;
    let rest = match is_deflated {
        0 => rest.to_vec(),
        1 => inflate(rest)?,
        _ => return None,
    };
    let rest: Rest = postcard::from_bytes(&rest).ok()?;
    let mut rows = bodies(&head)?;
    rest.complete(&mut rows, &head.places)?;
    let mut rows: Vec<_> = rows.into_iter().map(|(start, body)| (start, Bytes::from(body.to_row()))).collect();
    rows.extend(rest.strange.into_iter().map(|(start, row)| (Timestamp::from_millis(start), Bytes::from(row))));
    rows.sort_by_key(|(start, _)| *start);
    Some(rows)
}

impl Rest {
    /// Gives the rows what the head does not know of them.
    fn complete(&self, rows: &mut [(Timestamp, Body)], places: &[Place]) -> Option<()> {
        for (column, verdict) in self.verdicts.iter().zip(0..) {
            let counts = column.read(rows.len())?;
            for ((_, body), count) in rows.iter_mut().zip(counts) {
                *body.verdicts.get_mut::<usize>(verdict)? = count.cast_unsigned();
            }
        }
        for (word, counts) in &self.kinds {
            for (row, count) in counts {
                rows.get_mut(*row as usize)?.1.kinds.push((word.clone(), *count));
            }
        }
        for (i, place) in places.iter().enumerate() {
            let mut sketches = self.sketches.get(i)?.iter();
            for row in place.rows(rows.len()) {
                rows[row].1.latency.push((place.name.clone(), sketches.next()?.clone()));
            }
        }
        Some(())
    }
}

/// Reads of each row what a start needs, without the sketches.
pub(super) fn summaries(payload: &[u8]) -> Result<Vec<Summary>, RowError> {
    let (head, _) = head_of(payload)?;
    let rows = bodies(&head).ok_or(RowError::Damaged)?;
    let mut points: Vec<Vec<(LocationName, Point)>> =
        rows.iter().map(|_| Vec::with_capacity(head.places.len())).collect();
    for place in &head.places {
        place.read(&mut points).ok_or(RowError::Damaged)?;
    }
    let summary = |((start, body), points): ((Timestamp, Body), _)| Summary {
        start,
        span: body.span,
        account: body.account,
        points,
    };
    Ok(rows.into_iter().zip(points).map(summary).collect())
}

/// The rows, so far as the head knows them.
fn bodies(head: &Head) -> Option<Vec<(Timestamp, Body)>> {
    let count = head.rows as usize;
    let read = |column: &Column| column.read(count);
    let (starts, watched_from) = (read(&head.starts)?, read(&head.watched_from)?);
    let (known_from, spent_until) = (read(&head.known_from)?, read(&head.spent_until)?);
    let mut accounts = vec![[0; 5]; count];
    for (column, status) in head.accounts.iter().zip(0..) {
        for (account, millis) in accounts.iter_mut().zip(read(column)?) {
            *account.get_mut::<usize>(status)? = u32::try_from(millis).ok()?;
        }
    }
    let body = |(row, account): (usize, [u32; 5])| {
        let span = Span {
            watched_from: watched_from[row],
            known_from: some(known_from[row]),
            spent_until: some(spent_until[row]),
        };
        let account = Account::from_millis(account);
        let body = Body { span, account, verdicts: [0; 4], kinds: Vec::new(), latency: Vec::new() };
        (Timestamp::from_millis(starts[row]), body)
    };
    Some(accounts.into_iter().enumerate().map(body).collect())
}

fn head(rows: &[(Timestamp, Body)], names: &[&LocationName]) -> Head {
    let column = |number: &dyn Fn(&Body) -> i64| Column::of(rows.iter().map(|(_, body)| number(body)));
    Head {
        rows: u32::try_from(rows.len()).expect("a component has fewer hours"),
        starts: Column::of(rows.iter().map(|(start, _)| start.as_millis())),
        watched_from: column(&|body| body.span.watched_from),
        known_from: column(&|body| body.span.known_from.unwrap_or(NONE)),
        spent_until: column(&|body| body.span.spent_until.unwrap_or(NONE)),
        accounts: std::array::from_fn(|status| column(&|body| body.account.to_millis()[status].into())),
        places: names.iter().map(|name| Place::of(rows, name)).collect(),
    }
}

fn rest(rows: &[(Timestamp, Body)], names: &[&LocationName], strange: Vec<(i64, Vec<u8>)>) -> Rest {
    let verdicts =
        std::array::from_fn(|verdict| Column::of(rows.iter().map(|(_, body)| body.verdicts[verdict].cast_signed())));
    let mut kinds: Vec<(String, Vec<(u32, u64)>)> = Vec::new();
    for ((_, body), row) in rows.iter().zip(0..) {
        for (word, count) in &body.kinds {
            match kinds.iter_mut().find(|(other, _)| other == word) {
                Some((_, counts)) => counts.push((row, *count)),
                None => kinds.push((word.clone(), vec![(row, *count)])),
            }
        }
    }
    let of = |name: &&LocationName| rows.iter().filter_map(|(_, body)| body.sketch(name)).cloned().collect();
    Rest { verdicts, kinds, sketches: names.iter().map(of).collect(), strange }
}

impl Place {
    fn of(rows: &[(Timestamp, Body)], name: &LocationName) -> Self {
        let sketches = || rows.iter().map(|(_, body)| body.sketch(name));
        let points: Vec<Point> = sketches().flatten().map(Sketch::point).collect();
        let column = |bin: fn(&Point) -> Bin| Column::of(points.iter().map(|point| bin(point).0.into()));
        Self {
            name: name.clone(),
            absent: sketches().zip(0..).filter(|(sketch, _)| sketch.is_none()).map(|(_, row)| row).collect(),
            counts: Column::of(points.iter().map(|point| point.count.into())),
            percentiles: [column(|point| point.p50), column(|point| point.p95), column(|point| point.p99)],
        }
    }

    /// The rows in which it is, of so many.
    fn rows(&self, count: usize) -> impl Iterator<Item = usize> {
        let mut absent = self.absent.iter().map(|row| *row as usize).peekable();
        (0..count).filter(move |row| absent.next_if_eq(row).is_none())
    }

    /// Gives each row its percentiles.
    fn read(&self, rows: &mut [Vec<(LocationName, Point)>]) -> Option<()> {
        let present: Vec<usize> = self.rows(rows.len()).collect();
        let counts = self.counts.read(present.len())?;
        let [p50, p95, p99] = self.percentiles.each_ref().map(|column| column.read(present.len()));
        let (p50, p95, p99) = (p50?, p95?, p99?);
        for (at, row) in present.into_iter().enumerate() {
            let bin = |column: &[i64]| i16::try_from(column[at]).ok().map(Bin);
            let count = u32::try_from(counts[at]).ok()?;
            rows[row].push((self.name.clone(), Point { count, p50: bin(&p50)?, p95: bin(&p95)?, p99: bin(&p99)? }));
        }
        Some(())
    }
}

/// In a column, no time.
const NONE: i64 = i64::MIN;

fn some(millis: i64) -> Option<i64> {
    Some(millis).filter(|millis| *millis != NONE)
}

fn head_of(payload: &[u8]) -> Result<(Head, &[u8]), RowError> {
    match payload.split_first() {
        Some((&VERSION, body)) => {
            let (head, rest) = postcard::take_from_bytes::<Head>(body).map_err(|_| RowError::Damaged)?;
            if head.rows as usize > MAX_ROWS { Err(RowError::Damaged) } else { Ok((head, rest)) }
        }
        Some((&version, _)) if version > VERSION => Err(RowError::Newer(version)),
        Some(_) | None => Err(RowError::Damaged),
    }
}

fn encode(part: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(part).expect("every length in it is known, and a Vec grows")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a Vec takes everything")
}

fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    DeflateDecoder::new(bytes).take(MAX_REST).read_to_end(&mut inflated).ok()?;
    Some(inflated)
}

#[cfg(test)]
mod tests;
