//! Rows of every version.

use std::time::Duration;

use sketches_ddsketch::{Config, DDSketch};

use super::*;

/// A row as version 1 wrote it.
fn first_version(durations: &[u64]) -> Box<[u8]> {
    let mut sketch = DDSketch::new(Config::new(0.018, 2_048, 1.0e-9));
    durations.iter().for_each(|micros| sketch.add(*micros as f64 / 1e6));
    let span = (1_795_000_000_000_i64, Some(1_795_000_000_000_i64), None::<i64>);
    let kinds = [("http_status", 3_u64), ("of_the_future", 1)];
    let latency = [("lyon", [9_u32, 1, 2, 3], sketch.to_java_bytes())];
    let body = (span, [3_600_000_u32, 0, 0, 0, 0], [116_u64, 0, 4, 0], kinds.as_slice(), latency.as_slice());
    let mut row = postcard::to_extend(&body, vec![1]).expect("a Vec grows");
    row.extend(crc32c::crc32c(&row).to_be_bytes());
    row.into()
}

#[test]
fn a_row_of_version_1_says_the_same_in_version_2() {
    let durations: Vec<u64> = (0..116).map(|i| 90_000 + i * 700).chain([0, 9_000_000]).collect();
    let old = first_version(&durations);
    let body = Body::of(&old).expect("readable");
    let mut sketch = Sketch::default();
    durations.iter().for_each(|micros| sketch.add(Duration::from_micros(*micros)));
    assert_eq!(body.latency, [("lyon".parse().expect("a name"), sketch)]);
    assert_eq!((body.verdicts, &body.kinds[1]), ([116, 0, 4, 0], &("of_the_future".to_owned(), 1)));
    assert_eq!((body.span.known_from, body.account.to_millis()[0]), (Some(1_795_000_000_000), 3_600_000));
    let new = body.to_row();
    assert_eq!((new[0], Body::of(&new).expect("readable")), (2, body));
    assert!(new.len() * 3 < old.len() * 2, "{} bytes instead of {}", new.len(), old.len());
}

#[test]
fn a_version_of_the_future_is_named_and_one_that_never_was_is_damage() {
    let check = |version: u8, expected: &str| {
        let mut row = vec![version, 0, 0];
        row.extend(crc32c::crc32c(&row).to_be_bytes());
        assert_eq!(format!("{:?}", Body::of(&row).expect_err("unreadable")), expected);
    };
    check(0, "Damaged");
    check(1, "Damaged");
    check(2, "Damaged");
    check(3, "Newer(3)");
}
