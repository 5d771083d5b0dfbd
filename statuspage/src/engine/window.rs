//! When components are under maintenance: spans of time, in order, that never touch.
//!
//! It does not know what is done in them, who planned them, nor which group they were planned for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Timestamp};

/// A span of time with its beginning and without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Window {
    /// Whether it goes on at that instant.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// The windows of every component that has any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Windows(BTreeMap<ComponentId, Vec<Window>>);

impl Windows {
    /// Those of one component, the earliest first; between each two of them lies some time.
    pub fn of(&self, component: &ComponentId) -> &[Window] {
        self.0.get(component).map_or(&[], Vec::as_slice)
    }
}

impl IntoIterator for Windows {
    type Item = (ComponentId, Window);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        let all = self
            .0
            .into_iter()
            .flat_map(|(component, windows)| windows.into_iter().map(move |window| (component.clone(), window)));
        all.collect::<Vec<_>>().into_iter()
    }
}

impl FromIterator<(ComponentId, Window)> for Windows {
    /// Windows that overlap or touch become one; one that ends before it begins is none.
    fn from_iter<I: IntoIterator<Item = (ComponentId, Window)>>(windows: I) -> Self {
        let mut all = BTreeMap::<ComponentId, Vec<Window>>::new();
        for (component, window) in windows {
            if window.from < window.until {
                all.entry(component).or_default().push(window);
            }
        }
        for windows in all.values_mut() {
            windows.sort_unstable();
            windows.dedup_by(|later, earlier| {
                let joined = later.from <= earlier.until;
                if joined {
                    earlier.until = earlier.until.max(later.until);
                }
                joined
            });
        }
        Self(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_overlap_or_touch_are_one() {
        let at = Timestamp::from_millis;
        let cloud: ComponentId = "cloud".parse().expect("an id");
        let check = |given: &[(i64, i64)], expected: &[(i64, i64)]| {
            let windows = given.iter().map(|&(from, until)| Window { from: at(from), until: at(until) });
            let windows: Windows = windows.map(|window| (cloud.clone(), window)).collect();
            let joined = windows.of(&cloud).iter().map(|window| (window.from.as_millis(), window.until.as_millis()));
            assert_eq!(joined.collect::<Vec<_>>(), expected, "{given:?}");
        };
        check(&[(5, 9), (1, 3)], &[(1, 3), (5, 9)]);
        check(&[(3, 9), (1, 3)], &[(1, 9)]);
        check(&[(1, 9), (2, 3), (8, 10)], &[(1, 10)]);
        check(&[(3, 3), (5, 4)], &[]);
    }
}
