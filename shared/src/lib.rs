//! The vocabulary of Belfry: what its crates say to each other, to the wire and to the browser.
//!
//! It knows no clock, no I/O, no runtime and no database; serde is its only dependency, so that it weighs little in the WASM.

pub mod bulletin;
pub mod exhibit;
pub mod health;
pub mod id;
pub mod incident;
pub mod live;
pub mod observation;
pub mod report;
pub mod seconds;
pub mod sequence;
pub mod status;
pub mod text;
pub mod time;
pub mod verdict;

pub use bulletin::Bulletin;
pub use exhibit::{Certificate, Exhibit};
pub use health::{Health, Hysteresis, Thresholds};
pub use id::{ComponentId, InvalidId, LocationName, ProbeId, ProbeName};
pub use incident::{Impact, IncidentId, InvalidPublicId, MaintenanceId, MaintenanceStage, PlanId, Stage};
pub use observation::{Hop, HttpFacts, HttpVersion, Observation, Timings};
pub use sequence::{InvalidSpan, Sequence, Span, Spans};
pub use status::Status;
pub use text::{Language, Text};
pub use time::Timestamp;
pub use verdict::{Failure, FailureKind, Verdict};
