//! Histories compared with a slow and obvious count.
