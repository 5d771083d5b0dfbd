//! Judges what probers observe and tells everybody.
