//! Where the room on a disk is going: a straight line through what was taken lately. Pure.
//!
//! It does not know what takes the room. Its memory begins with the process.

use std::{collections::VecDeque, time::Duration};

/// One point each ten minutes, a day of them.
const EVERY: Duration = Duration::from_secs(600);
const POINTS: usize = 144;
/// A line through less time than that says nothing of days to come.
const LEAST: Duration = Duration::from_secs(6 * 3_600);

/// What was free when.
#[derive(Debug, Default)]
pub(super) struct Trend {
    /// Time since the start, and bytes.
    points: VecDeque<(Duration, u64)>,
}

impl Trend {
    /// Takes what is free `at` a time since the start.
    pub(super) fn add(&mut self, at: Duration, free: u64) {
        if self.points.back().is_some_and(|(last, _)| at.saturating_sub(*last) < EVERY) {
            return;
        }
        self.points.push_back((at, free));
        if self.points.len() > POINTS {
            self.points.pop_front();
        }
    }

    /// When nothing will be left, from the newest point on, if all goes on as it did; none where it does not shrink.
    pub(super) fn full_in(&self) -> Option<Duration> {
        let ((first, _), (last, free)) = (self.points.front()?, self.points.back()?);
        if last.saturating_sub(*first) < LEAST {
            return None;
        }
        let count = self.points.len() as f64;
        let mean = |of: &dyn Fn(&(Duration, u64)) -> f64| self.points.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(&|point| point.0.as_secs_f64()), mean(&|point| point.1 as f64));
        let spread = mean(&|point| (point.0.as_secs_f64() - x).powi(2));
        let slope = mean(&|point| (point.0.as_secs_f64() - x) * (point.1 as f64 - y)) / spread;
        // What shrinks by less than a thousandth in a day is the coming and going of files.
        let falls = slope < 0.0 && -slope * 86_400.0 * 1_000.0 > *free as f64;
        falls.then(|| Duration::try_from_secs_f64(*free as f64 / -slope).unwrap_or(Duration::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn after(hours: u32, free: impl Fn(u32) -> u64) -> Option<u64> {
        let mut trend = Trend::default();
        (0..=hours * 6).for_each(|step| trend.add(EVERY * step, free(step)));
        trend.full_in().map(|left| (left.as_secs_f64() / 3_600.0).round() as u64)
    }

    #[test]
    fn a_disk_that_shrinks_evenly_is_full_when_the_line_says() {
        let gigabyte = 1_000_000_000_u64;
        assert_eq!(after(10, |step| 100 * gigabyte - u64::from(step) * gigabyte / 6), Some(90));
        assert_eq!(after(5, |step| 100 * gigabyte - u64::from(step) * gigabyte / 6), None, "too short");
        assert_eq!(after(10, |_| 100 * gigabyte), None);
        assert_eq!(after(10, |step| 100 * gigabyte + u64::from(step)), None, "it grows");
        assert_eq!(after(10, |step| 100 * gigabyte - u64::from(step % 6) * 1_000_000), None, "files come and go");
    }

    #[test]
    fn only_the_last_day_counts() {
        let mut trend = Trend::default();
        (0..1_000).for_each(|step| trend.add(EVERY * step, 1_000_000 - u64::from(step)));
        assert_eq!(trend.points.len(), POINTS);
        trend.add(EVERY * 999 + HOUR / 60, 5);
        assert_eq!(trend.points.back().map(|point| point.1), Some(999_001), "one in ten minutes");
    }
}
