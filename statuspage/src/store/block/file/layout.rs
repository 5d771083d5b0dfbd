//! The bytes of a block file's parts.
//!
//! It does not know files; the table is in the module above.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::{Facts, Frame, Kind};

/// The newest version that is read and the one that is written.
pub(super) const VERSION: u16 = 1;
/// How long the header, a frame's head and the trailer are.
pub(super) const HEADER: usize = 16;
pub(super) const HEAD: usize = 12;
pub(super) const TRAILER: usize = 16;
/// The longest body of a frame or footer.
pub(super) const MAX_BODY: u32 = 64 << 20;

const FILE: [u8; 8] = *b"BELFRYBK";
const END: [u8; 8] = *b"BELFRYND";

/// What a part begins with. The first byte is in no text of UTF-8, the lowest bits differ in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    Frame,
    Footer,
}

impl Magic {
    const BYTES: [(Self, [u8; 4]); 2] = [(Self::Frame, *b"\xf5BLK"), (Self::Footer, *b"\xf6BLK")];

    fn bytes(self) -> [u8; 4] {
        match self {
            Self::Frame => Self::BYTES[0].1,
            Self::Footer => Self::BYTES[1].1,
        }
    }

    /// Whether these four bytes are a magic, and which.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        Self::BYTES.iter().find(|(_, magic)| magic == bytes).map(|&(magic, _)| magic)
    }
}

pub(super) fn header(kind: Kind) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&FILE);
    header[8..10].copy_from_slice(&VERSION.to_le_bytes());
    header[10] = kind.code();
    let checksum = crc32c::crc32c(&header[..12]);
    header[12..].copy_from_slice(&checksum.to_le_bytes());
    header
}

/// The version and the kind, where this version knows it; none when it is not a header as one was written.
pub(super) fn read_header(bytes: &[u8]) -> Option<(u16, Option<Kind>)> {
    let (said, checksum) = bytes.split_at_checked(12)?;
    if !said.starts_with(&FILE) || checksum != crc32c::crc32c(said).to_le_bytes() {
        return None;
    }
    Some((u16::from_le_bytes([said[8], said[9]]), Kind::read(said[10])))
}

pub(super) fn trailer(footer: u64) -> [u8; TRAILER] {
    let mut trailer = [0; TRAILER];
    trailer[..8].copy_from_slice(&footer.to_le_bytes());
    trailer[8..].copy_from_slice(&END);
    trailer
}

/// Where the footer begins.
pub(super) fn read_trailer(bytes: &[u8]) -> Option<u64> {
    let (offset, magic) = bytes.split_first_chunk::<8>()?;
    (magic == END).then(|| u64::from_le_bytes(*offset))
}

/// What stands before a body.
pub(super) fn head(magic: Magic, body: &[u8]) -> Option<[u8; HEAD]> {
    let length = u32::try_from(body.len()).ok().filter(|&length| length <= MAX_BODY)?;
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&magic.bytes());
    head[4..8].copy_from_slice(&length.to_le_bytes());
    head[8..].copy_from_slice(&checksum(length, body).to_le_bytes());
    Some(head)
}

/// Which part begins, the length of its body, and its checksum.
pub(super) fn read_head(bytes: &[u8]) -> Option<(Magic, u32, u32)> {
    let (magic, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (checksum, _) = rest.split_first_chunk::<4>()?;
    Some((Magic::read(magic)?, u32::from_le_bytes(*length), u32::from_le_bytes(*checksum)))
}

pub(super) fn checksum(length: u32, body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length.to_le_bytes()), body)
}

/// How many bytes a part with that body takes.
pub(super) fn length_of(body: &[u8]) -> u64 {
    (HEAD + body.len()) as u64
}

/// What a frame says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
    facts: StoredFacts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct StoredFacts {
    rows: u32,
    from: i64,
    /// From `from` to `to`, in milliseconds.
    span: u64,
}

impl From<Facts> for StoredFacts {
    fn from(facts: Facts) -> Self {
        let span = facts.to.as_millis().saturating_sub(facts.from.as_millis());
        Self { rows: facts.rows, from: facts.from.as_millis(), span: u64::try_from(span).unwrap_or(0) }
    }
}

impl From<StoredFacts> for Facts {
    fn from(stored: StoredFacts) -> Self {
        let from = Timestamp::from_millis(stored.from);
        Self { rows: stored.rows, from, to: from.plus(Duration::from_millis(stored.span)) }
    }
}

impl Label {
    pub(super) fn new(name: &str, facts: Facts) -> Self {
        Self { name: name.to_owned(), facts: facts.into() }
    }

    /// The frame that begins at `offset` with a body of `length` bytes.
    pub(super) fn at(self, offset: u64, length: usize) -> Option<Frame> {
        Some(Frame { name: self.name, facts: self.facts.into(), offset, length: u32::try_from(length).ok()? })
    }
}

pub(super) fn body(label: &Label, payload: &[u8]) -> Vec<u8> {
    let mut body = stored(label);
    body.extend_from_slice(payload);
    body
}

pub(super) fn read_body(body: &[u8]) -> Option<(Label, &[u8])> {
    postcard::take_from_bytes(body).ok()
}

fn stored(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value)
        .expect("postcard fails on missing lengths and foreign errors only, and writing to memory has neither")
}

/// What the footer says.
#[derive(Debug)]
pub(super) struct Footer {
    pub(super) kind: Option<Kind>,
    pub(super) frames: Vec<Frame>,
    pub(super) sha256: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Entry {
    name: String,
    offset: u64,
    length: u32,
    facts: StoredFacts,
}

#[derive(Serialize, Deserialize)]
struct StoredFooter {
    kind: u8,
    frames: Vec<Entry>,
    count: u32,
    sha256: [u8; 32],
}

/// The body of a footer.
pub(super) fn footer(kind: Kind, frames: &[Frame], sha256: [u8; 32]) -> Vec<u8> {
    let entry = |frame: &Frame| Entry {
        name: frame.name.clone(),
        offset: frame.offset,
        length: frame.length,
        facts: frame.facts.into(),
    };
    let count = u32::try_from(frames.len()).unwrap_or(u32::MAX);
    stored(&StoredFooter { kind: kind.code(), frames: frames.iter().map(entry).collect(), count, sha256 })
}

impl Footer {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let (stored, []) = postcard::take_from_bytes::<StoredFooter>(body).ok()? else { return None };
        if u32::try_from(stored.frames.len()) != Ok(stored.count) {
            return None;
        }
        let frame = |entry: Entry| {
            let Entry { name, offset, length, facts } = entry;
            Frame { name, facts: facts.into(), offset, length }
        };
        let frames = stored.frames.into_iter().map(frame).collect();
        Some(Self { kind: Kind::read(stored.kind), frames, sha256: stored.sha256 })
    }
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Raw => 1,
            Self::Hours => 2,
            Self::Days => 3,
            Self::Rows => 4,
        }
    }

    fn read(code: u8) -> Option<Self> {
        [Self::Raw, Self::Hours, Self::Days, Self::Rows].into_iter().find(|kind| kind.code() == code)
    }
}
