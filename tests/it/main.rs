//! End-to-end, browser and fault tests, in one binary.
