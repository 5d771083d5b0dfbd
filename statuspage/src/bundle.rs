//! The browser's half as it was built into this binary: the scripts and the WASM that make the islands live.
//!
//! It does not know how files are served. Built without the feature `bundle` it is empty, and pages carry no script.

/// One file, immutable under its name.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its path on the page's origin, with the hash of its content in it.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// The file.
    pub bytes: &'static [u8],
    /// The same by brotli, quality 11.
    pub brotli: &'static [u8],
}

#[cfg(feature = "bundle")]
include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

#[cfg(not(feature = "bundle"))]
const START: Option<&str> = None;
#[cfg(not(feature = "bundle"))]
const ASSETS: &[Asset] = &[];

/// Every file there is.
pub fn assets() -> &'static [Asset] {
    ASSETS
}

/// The script that a page must name to come alive.
pub fn start_script() -> Option<&'static str> {
    START
}

/// Names the build that pages and islands must share. The start script names the others, so that its path stands for all.
pub fn build_id() -> &'static str {
    START.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "bundle")]
    use super::*;

    #[test]
    fn the_two_halves_of_wasm_bindgen_are_one_version() {
        let lock = include_str!("../../Cargo.lock");
        let version = |package: &str| {
            let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = ")).expect("locked");
            after.lines().next().expect("a version follows").to_owned()
        };
        assert_eq!(version("wasm-bindgen"), version("wasm-bindgen-cli-support"));
    }

    #[cfg(feature = "bundle")]
    #[test]
    fn scripts_and_wasm_weigh_at_most_90_kilobytes() {
        let weight: usize = assets().iter().map(|asset| asset.brotli.len()).sum();
        assert!(weight <= 90_000, "{weight} bytes of brotli");
        assert!(weight > 10_000, "{weight} bytes of brotli: nothing was built");
    }

    #[cfg(feature = "bundle")]
    #[test]
    fn every_file_is_named_by_another_one_or_by_the_page() {
        let start = assets().iter().find(|asset| Some(asset.path) == start_script()).expect("it is among the files");
        let script = str::from_utf8(start.bytes).expect("a script is text");
        for asset in assets().iter().filter(|asset| asset.path != start.path) {
            assert!(script.contains(asset.path.trim_start_matches("/assets/")), "{}", asset.path);
        }
    }
}
