//! Random histories thrown at the engine.
