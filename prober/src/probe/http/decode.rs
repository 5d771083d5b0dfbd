//! Decodes a body that came encoded although `identity` was asked for, as some servers do.
//!
//! It runs only where an expectation looks into the body, and never makes more of it than the definition's `max_body`.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header::CONTENT_ENCODING};
use shared::{Failure, FailureKind};

/// Whether all of a body is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// It goes on after what is there.
    Part,
}

/// The content of a body, of which `extent` is there; at most `limit` bytes of it.
pub(super) fn decode(
    headers: &HeaderMap,
    bytes: Vec<u8>,
    extent: Extent,
    limit: u64,
) -> Result<(Vec<u8>, Extent), Failure> {
    let encodings = headers.get_all(CONTENT_ENCODING).iter();
    let encodings: Vec<_> = encodings.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let named = encodings.join(",").to_ascii_lowercase();
    let mut names = named.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "identity"));
    let Some(name) = names.next() else { return Ok((bytes, extent)) };
    if names.next().is_some() {
        return Err(undecodable("the body is encoded more than once").with_evidence(&named));
    }
    let encoded = bytes.as_slice();
    let reader: Box<dyn Read + '_> = match name {
        "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(encoded)),
        "deflate" if encoded.first().is_some_and(|byte| byte & 0x0f == 8) => Box::new(ZlibDecoder::new(encoded)),
        "deflate" => Box::new(DeflateDecoder::new(encoded)),
        "br" => Box::new(brotli::Decompressor::new(encoded, 4096)),
        _ => return Err(undecodable("the body has an encoding that was not asked for").with_evidence(name)),
    };
    read(reader, extent, limit)
        .map_err(|error| undecodable("the body cannot be decoded").with_evidence(error.to_string()))
}

fn read(reader: impl Read, extent: Extent, limit: u64) -> io::Result<(Vec<u8>, Extent)> {
    let mut content = Vec::new();
    let read = reader.take(limit.saturating_add(1)).read_to_end(&mut content);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match (read, extent) {
        (Ok(_), _) if content.len() > limit => {
            content.truncate(limit);
            Ok((content, Extent::Part))
        }
        (Ok(_), extent) => Ok((content, extent)),
        // A beginning ends where it was cut off.
        (Err(_), Extent::Part) => Ok((content, Extent::Part)),
        (Err(error), Extent::Whole) => Err(error),
    }
}

fn undecodable(words: &str) -> Failure {
    Failure::new(FailureKind::BodyEncoding, words)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use http::HeaderValue;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    fn decoded(encoding: &str, bytes: Vec<u8>) -> Result<(Vec<u8>, Extent), FailureKind> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_str(encoding).expect("a header"));
        decode(&headers, bytes, Extent::Whole, 1_000).map_err(|failure| failure.kind)
    }

    #[test]
    fn an_encoding_that_was_forced_on_us_is_undone() {
        let content = b"hello".to_vec();
        assert_eq!(decoded("gzip", gzip(b"hello")), Ok((content.clone(), Extent::Whole)));
        assert_eq!(decoded("identity", content.clone()), Ok((content, Extent::Whole)));
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = gzip(&vec![0; 10_000_000]);
        let (content, extent) = decoded("GZIP", bomb).expect("decodes");
        assert_eq!((content.len(), extent), (1_000, Extent::Part));
    }

    #[test]
    fn what_cannot_be_decoded_says_so() {
        assert_eq!(decoded("gzip", b"not gzip".to_vec()), Err(FailureKind::BodyEncoding));
        assert_eq!(decoded("br", b"\xff\xff\xff\xff".to_vec()), Err(FailureKind::BodyEncoding));
        assert_eq!(decoded("zstd", b"".to_vec()), Err(FailureKind::BodyEncoding));
        assert_eq!(decoded("gzip, br", b"".to_vec()), Err(FailureKind::BodyEncoding));
        assert_eq!(decoded("gzip", gzip(b"hello")[..12].to_vec()), Err(FailureKind::BodyEncoding));
    }
}
