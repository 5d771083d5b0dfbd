//! A frame: a few results together, compressed, with a length and a checksum, so that the next one is found behind damage.
//!
//! It does not know files. Four bytes of magic, the length and the CRC-32C of what follows (each four bytes, little-endian), then
//! zlib of JSON.

use std::io::{self, Read as _, Write as _};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use shared::report::Entry;

/// At most so many results of a frame: damage costs no more.
pub(super) const MOST: usize = 64;

const MAGIC: [u8; 4] = *b"BJR1";
const HEAD: usize = 12;
/// No frame of ours is larger, unpacked.
const LARGEST: u64 = 16 << 20;

/// The bytes of a frame.
pub(super) fn seal(entries: &[Entry]) -> io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&serde_json::to_vec(entries)?)?;
    let packed = packed.finish()?;
    let length = u32::try_from(packed.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let head = [MAGIC, length.to_le_bytes(), crc32c::crc32c(&packed).to_le_bytes()].concat();
    Ok([head, packed].concat())
}

/// A frame, and where it lies in its file.
#[derive(Debug, PartialEq)]
pub(super) struct Found {
    pub(super) at: usize,
    pub(super) length: usize,
    pub(super) entries: Vec<Entry>,
}

/// What lies in a file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Contents {
    pub(super) frames: Vec<Found>,
    /// Where the last whole frame ends.
    pub(super) end: usize,
    /// Places that are no frame with whole frames behind them.
    pub(super) damaged: u64,
}

/// Reads all frames; what is none is passed over up to the next one.
pub(super) fn read(bytes: &[u8]) -> Contents {
    let (mut contents, mut at, mut stray) = (Contents::default(), 0, false);
    while at < bytes.len() {
        match open(&bytes[at..]) {
            Some((entries, length)) => {
                contents.damaged += u64::from(std::mem::take(&mut stray));
                contents.frames.push(Found { at, length, entries });
                at += length;
                contents.end = at;
            }
            None => {
                stray = true;
                let rest = &bytes[at + 1..];
                at += 1 + memchr::memmem::find(rest, &MAGIC).unwrap_or(rest.len());
            }
        }
    }
    contents
}

/// Whether this is nothing, or the beginning of one frame: a write that was cut short.
pub(super) fn is_torn(bytes: &[u8]) -> bool {
    let begun = bytes.len().min(MAGIC.len());
    let length = bytes.get(4..8).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
    let whole = length.map_or(HEAD as u64, |length| HEAD as u64 + u64::from(length));
    bytes[..begun] == MAGIC[..begun] && (bytes.len() as u64) < whole
}

/// The frame at the beginning of the bytes, and its length.
pub(super) fn open(bytes: &[u8]) -> Option<(Vec<Entry>, usize)> {
    let head = bytes.get(..HEAD)?;
    let number = |at: usize| Some(u32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let (length, crc) = (usize::try_from(number(4)?).ok()?, number(8)?);
    let packed = bytes.get(HEAD..HEAD.checked_add(length)?)?;
    if head[..4] != MAGIC || crc32c::crc32c(packed) != crc {
        return None;
    }
    let mut text = Vec::new();
    ZlibDecoder::new(packed).take(LARGEST).read_to_end(&mut text).ok()?;
    Some((serde_json::from_slice(&text).ok()?, HEAD + length))
}
