//! The percentiles, compared with the sorted durations and with the library.

use proptest::prelude::*;
use sketches_ddsketch::DDSketch;

use super::*;

fn sketch(micros: &[u64]) -> Sketch {
    let mut sketch = Sketch::default();
    micros.iter().for_each(|&micros| sketch.add(Duration::from_micros(micros)));
    sketch
}

fn library(micros: &[u64]) -> DDSketch {
    let mut sketch = DDSketch::new(mapping());
    micros.iter().for_each(|&micros| sketch.add(Duration::from_micros(micros).as_secs_f64()));
    sketch
}

fn exact(sorted: &[u64], quantile: f64) -> f64 {
    sorted[(quantile * (sorted.len() - 1) as f64) as usize] as f64
}

proptest! {
    #[test]
    fn percentiles_are_within_two_percent(mut micros in prop::collection::vec(1_u64..60_000_000, 1..400)) {
        let point = sketch(&micros).point();
        micros.sort_unstable();
        for (found, quantile) in [(point.p50, 0.50), (point.p95, 0.95), (point.p99, 0.99)] {
            let (found, exact) = (f64::from(found.micros()), exact(&micros, quantile));
            // Cut to whole microseconds.
            prop_assert!((found - exact).abs() <= 0.02 * exact + 1.0, "{quantile}: {found} for {exact}");
        }
        prop_assert_eq!(point.count as usize, micros.len());
    }

    #[test]
    fn percentiles_are_those_of_the_library(micros in prop::collection::vec(0_u64..60_000_000, 1..400)) {
        let (point, library) = (sketch(&micros).point(), library(&micros));
        for (found, quantile) in [(point.p50, 0.50), (point.p95, 0.95), (point.p99, 0.99)] {
            let seconds = library.quantile(quantile).expect("a quantile").expect("not empty");
            prop_assert_eq!(found.micros(), (seconds * 1e6) as u32);
        }
    }

    #[test]
    fn a_sketch_of_version_1_is_read_whole(micros in prop::collection::vec(0_u64..60_000_000, 0..400)) {
        prop_assert_eq!(Sketch::from_java_bytes(&library(&micros).to_java_bytes()), Some(sketch(&micros)));
    }

    #[test]
    fn a_sketch_reads_back_as_it_was_written_and_goes_on(
        before in prop::collection::vec(0_u64..60_000_000, 0..100),
        after in prop::collection::vec(0_u64..60_000_000, 0..100),
    ) {
        let mut stored = Sketch::from_bytes(&sketch(&before).0).expect("our own bytes");
        after.iter().for_each(|&micros| stored.add(Duration::from_micros(micros)));
        prop_assert_eq!(stored, sketch(&[before, after].concat()));
    }

    #[test]
    fn sketches_of_two_periods_merge_into_that_of_both(
        one in prop::collection::vec(0_u64..60_000_000, 0..100),
        other in prop::collection::vec(0_u64..60_000_000, 0..100),
    ) {
        let mut merged = sketch(&one);
        merged.absorb(&sketch(&other));
        prop_assert_eq!(merged, sketch(&[one, other].concat()));
    }
}

#[test]
fn every_duration_has_its_bin() {
    for duration in [Duration::ZERO, Duration::from_nanos(1), Duration::from_nanos(2), Duration::MAX] {
        let mut sketch = Sketch::default();
        sketch.add(duration);
        assert_eq!(Sketch::from_bytes(&sketch.0), Some(sketch), "{duration:?}");
    }
}
